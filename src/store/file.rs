//! Our copies of files, in parts, so that no file is ever whole in memory.
//!
//! Life cycle: `incoming` while parts arrive, each in a transaction of its own; `complete` when all are
//! there, and only then visible; used by one message, once. What stays incoming or unused is swept. A
//! `missing` file stands for one that could not be fetched.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Db, StoreError, Tx, count, on_db, on_tx};
use crate::domain::id::{ConversationId, FileId, MessageId};
use crate::domain::time::UtcMillis;

/// A complete file, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Its id.
    pub id: FileId,
    /// The thread it belongs to, where that is known.
    pub conversation: Option<ConversationId>,
    /// The message that uses it.
    pub message: Option<MessageId>,
    /// Its cleaned name.
    pub name: Option<String>,
    /// What it is, by its first bytes.
    pub mime: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The hash of its bytes, in hexadecimal digits.
    pub sha256: String,
}

const COLUMNS: &str = "id, conversation_id, message_id, name, mime, bytes, sha256";

type FileRow = (Uuid, Option<Uuid>, Option<Uuid>, Option<String>, String, i64, String);

impl From<FileRow> for StoredFile {
    fn from((id, conversation, message, name, mime, bytes, sha256): FileRow) -> Self {
        Self {
            id: FileId(id),
            conversation: conversation.map(ConversationId),
            message: message.map(MessageId),
            name,
            mime,
            bytes: count(bytes),
            sha256,
        }
    }
}

/// Where a file is used: a message's attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which message.
    pub message: MessageId,
    /// Which of its attachments, from 0.
    pub n: i64,
}

/// Begins a file that nobody sees yet.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(
    tx: &mut Tx,
    id: FileId,
    conversation: Option<ConversationId>,
    at: UtcMillis,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO file (id, conversation_id, bytes, status, created_at) \
         VALUES ($1, $2, 0, 'incoming', $3)")
        .bind(id.0).bind(conversation.map(|id| id.0)).bind(at.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Adds a part.
///
/// # Errors
/// [`StoreError`]; also when the file was swept meanwhile.
pub async fn add_part(tx: &mut Tx, id: FileId, n: i64, bytes: &[u8]) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("INSERT INTO file_part (file_id, n, bytes) VALUES ($1, $2, $3)")
        .bind(id.0).bind(n).bind(bytes).execute(c).await.map(drop))?;
    Ok(())
}

/// Makes a file visible whose parts are all there; `false` when it was swept meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn complete(tx: &mut Tx, file: &StoredFile) -> Result<bool, StoreError> {
    let bytes = i64::try_from(file.bytes).unwrap_or(i64::MAX);
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE file SET status = 'complete', name = $2, mime = $3, bytes = $4, sha256 = $5 \
         WHERE id = $1 AND status = 'incoming'")
        .bind(file.id.0).bind(file.name.as_deref()).bind(&file.mime).bind(bytes)
        .bind(&file.sha256).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// Gives a complete file to a message of its conversation; `None` when it is not there, is used
/// already, or belongs to another conversation.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(
    tx: &mut Tx,
    id: FileId,
    conversation: ConversationId,
    place: Place,
) -> Result<Option<StoredFile>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "UPDATE file SET conversation_id = $2, message_id = $3, place = $4 \
         WHERE id = $1 AND status = 'complete' AND message_id IS NULL \
         AND (conversation_id IS NULL OR conversation_id = $2) RETURNING {COLUMNS}"
    ));
    let row: Option<FileRow> = on_tx!(tx, c => sqlx::query_as(sql)
        .bind(id.0).bind(conversation.0).bind(place.message.0).bind(place.n)
        .fetch_optional(c).await)?;
    Ok(row.map(Into::into))
}

/// A complete file.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, id: FileId) -> Result<Option<StoredFile>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM file WHERE id = $1 AND status = 'complete'"
    ));
    let row: Option<FileRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(id.0).fetch_optional(pool).await)?;
    Ok(row.map(Into::into))
}

/// As [`get`], under the conversation's lock.
///
/// # Errors
/// [`StoreError`].
pub async fn get_in(tx: &mut Tx, id: FileId) -> Result<Option<StoredFile>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM file WHERE id = $1 AND status = 'complete'"
    ));
    let row: Option<FileRow> =
        on_tx!(tx, c => sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
    Ok(row.map(Into::into))
}

/// One part of a file.
///
/// # Errors
/// [`StoreError`].
pub async fn part(db: &Db, id: FileId, n: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT bytes FROM file_part WHERE file_id = $1 AND n = $2")
        .bind(id.0).bind(n).fetch_optional(pool).await)?;
    Ok(row.map(|(bytes,)| bytes))
}

/// How many complete files of a conversation no message uses.
///
/// # Errors
/// [`StoreError`].
pub async fn unused(db: &Db, conversation: ConversationId) -> Result<u64, StoreError> {
    let (n,): (i64,) = on_db!(db, pool => sqlx::query_as(
        "SELECT COUNT(*) FROM file WHERE conversation_id = $1 AND message_id IS NULL")
        .bind(conversation.0).fetch_one(pool).await)?;
    Ok(count(n))
}

/// How many files a conversation got since then, and their bytes together.
///
/// # Errors
/// [`StoreError`].
pub async fn since(
    db: &Db,
    conversation: ConversationId,
    since: UtcMillis,
) -> Result<(u64, u64), StoreError> {
    let (files, bytes): (i64, i64) = on_db!(db, pool => sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM file \
         WHERE conversation_id = $1 AND created_at > $2")
        .bind(conversation.0).bind(since.0).fetch_one(pool).await)?;
    Ok((count(files), count(bytes)))
}

/// Notes that an attachment's bytes cannot be had, and why: `gone`, `too_large` or `refused`. Said once.
///
/// # Errors
/// [`StoreError`].
pub async fn set_missing(
    tx: &mut Tx,
    id: FileId,
    conversation: ConversationId,
    place: Place,
    problem: &str,
    at: UtcMillis,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO file (id, conversation_id, message_id, place, bytes, status, problem, created_at) \
         VALUES ($1, $2, $3, $4, 0, 'missing', $5, $6) ON CONFLICT (message_id, place) DO NOTHING")
        .bind(id.0).bind(conversation.0).bind(place.message.0).bind(place.n).bind(problem)
        .bind(at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// The attachments of a conversation whose bytes cannot be had, and why.
///
/// # Errors
/// [`StoreError`].
pub async fn missing(
    db: &Db,
    conversation: ConversationId,
) -> Result<HashMap<Place, String>, StoreError> {
    let rows: Vec<(Uuid, i64, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT message_id, place, problem FROM file \
         WHERE conversation_id = $1 AND status = 'missing'")
        .bind(conversation.0).fetch_all(pool).await)?;
    let place = |message, n| Place { message: MessageId(message), n };
    Ok(rows.into_iter().map(|(message, n, problem)| (place(message, n), problem)).collect())
}

/// Files that nobody finished by the first instant or used by the second, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn abandoned(
    db: &Db,
    unfinished: UtcMillis,
    unused: UtcMillis,
    limit: i64,
) -> Result<Vec<FileId>, StoreError> {
    let rows: Vec<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id FROM file WHERE message_id IS NULL AND (created_at < $2 \
         OR (status <> 'complete' AND created_at < $1)) ORDER BY created_at LIMIT $3")
        .bind(unfinished.0).bind(unused.0).bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(id,)| FileId(id)).collect())
}

/// Deletes a file that no message uses; `false` when one does by now.
///
/// # Errors
/// [`StoreError`].
pub async fn discard(tx: &mut Tx, id: FileId) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE file SET status = 'going' WHERE id = $1 AND message_id IS NULL")
        .bind(id.0).execute(c).await.map(|done| done.rows_affected()))?;
    if affected == 0 {
        return Ok(false);
    }
    on_tx!(tx, c => sqlx::query("DELETE FROM file_part WHERE file_id = $1")
        .bind(id.0).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query("DELETE FROM file WHERE id = $1")
        .bind(id.0).execute(c).await.map(drop))?;
    Ok(true)
}

/// Deletes every file of a conversation; its messages' ids of them then lead nowhere.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_of(tx: &mut Tx, conversation: ConversationId) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "DELETE FROM file_part WHERE file_id IN (SELECT id FROM file WHERE conversation_id = $1)")
        .bind(conversation.0).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query("DELETE FROM file WHERE conversation_id = $1")
        .bind(conversation.0).execute(c).await.map(drop))?;
    Ok(())
}

/// How many complete files there are, and their bytes together.
///
/// # Errors
/// [`StoreError`].
pub async fn total(db: &Db) -> Result<(u64, u64), StoreError> {
    let (files, bytes): (i64, i64) = on_db!(db, pool => sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM file \
         WHERE status = 'complete'")
        .fetch_one(pool).await)?;
    Ok((count(files), count(bytes)))
}

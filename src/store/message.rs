//! Messages of conversations.

use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx, word};
use crate::domain::id::{AgentId, ConversationId, InboxId, MessageId};
use crate::domain::language::Language;
use crate::domain::message::{Author, Body, Delivery, Message, Visibility};
use crate::domain::time::UtcMillis;

const COLUMNS: &str = "id, conversation_id, seq, author, agent_id, visibility, body, language, at, delivery, client_id";

#[derive(sqlx::FromRow)]
struct MessageRow {
    id: Uuid,
    conversation_id: Uuid,
    seq: i64,
    author: String,
    agent_id: Option<Uuid>,
    visibility: String,
    body: Json<Body>,
    language: Option<String>,
    at: i64,
    delivery: String,
    client_id: Option<String>,
}

/// A message and the id that the customer's side gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// The customer's own id of it, where there is one.
    pub client_id: Option<String>,
}

impl TryFrom<MessageRow> for StoredMessage {
    type Error = StoreError;

    fn try_from(row: MessageRow) -> Result<Self, StoreError> {
        let author = match (row.author.as_str(), row.agent_id) {
            ("customer", _) => Author::Customer,
            ("bot", _) => Author::Bot,
            ("agent", Some(agent)) => Author::Agent(AgentId(agent)),
            ("system", _) => Author::System,
            (other, _) => return Err(StoreError::Damaged(format!("author {other:?}"))),
        };
        let visibility = match row.visibility.as_str() {
            "public" => Visibility::Public,
            _ => Visibility::Internal,
        };
        let message = Message {
            id: MessageId(row.id),
            conversation_id: ConversationId(row.conversation_id),
            seq: row.seq,
            author,
            visibility,
            body: row.body.0,
            language: row.language.as_deref().and_then(Language::from_tag),
            at: UtcMillis(row.at),
            delivery: word("delivery", &row.delivery, read_delivery)?,
        };
        Ok(Self { message, client_id: row.client_id })
    }
}

/// The word that records keep for a delivery.
pub(crate) const fn delivery_word(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::None => "none",
        Delivery::Pending => "pending",
        Delivery::Unconfirmed => "unconfirmed",
        Delivery::Sent => "sent",
        Delivery::Failed => "failed",
    }
}

fn read_delivery(text: &str) -> Option<Delivery> {
    [Delivery::None, Delivery::Pending, Delivery::Unconfirmed, Delivery::Sent, Delivery::Failed]
        .into_iter()
        .find(|delivery| delivery_word(*delivery) == text)
}

fn author_columns(author: Author) -> (&'static str, Option<Uuid>) {
    match author {
        Author::Customer => ("customer", None),
        Author::Bot => ("bot", None),
        Author::Agent(agent) => ("agent", Some(agent.0)),
        Author::System => ("system", None),
    }
}

/// Adds a message. `cause` is the inbox row that it is, or that it answers.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    tx: &mut Tx,
    message: &Message,
    cause: Option<InboxId>,
    client_id: Option<&str>,
) -> Result<(), StoreError> {
    let (author, agent) = author_columns(message.author);
    let visibility = match message.visibility {
        Visibility::Public => "public",
        Visibility::Internal => "internal",
    };
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO message (id, conversation_id, seq, author, agent_id, visibility, body, language, at, \
         delivery, cause, client_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        .bind(message.id.0).bind(message.conversation_id.0).bind(message.seq).bind(author).bind(agent)
        .bind(visibility).bind(Json(&message.body)).bind(message.language.map(Language::code))
        .bind(message.at.0).bind(delivery_word(message.delivery)).bind(cause.map(|id| id.0))
        .bind(client_id)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The messages of a thread after a place, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn after(
    db: &Db,
    conversation: ConversationId,
    seq: i64,
    limit: i64,
) -> Result<Vec<StoredMessage>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM message WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
    ));
    let rows: Vec<MessageRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(conversation.0).bind(seq).bind(limit).fetch_all(pool).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The last messages of a thread, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn last(
    db: &Db,
    conversation: ConversationId,
    limit: i64,
) -> Result<Vec<StoredMessage>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM message WHERE conversation_id = $1 ORDER BY seq DESC LIMIT $2"
    ));
    let rows: Vec<MessageRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(conversation.0).bind(limit).fetch_all(pool).await)?;
    rows.into_iter().rev().map(TryInto::try_into).collect()
}

/// The messages that an update is or was answered with, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn caused_by(db: &Db, cause: InboxId) -> Result<Vec<StoredMessage>, StoreError> {
    let sql =
        sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM message WHERE cause = $1 ORDER BY seq"));
    let rows: Vec<MessageRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(cause.0).fetch_all(pool).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The update that a message is or answers; `None` when nobody asked for it.
///
/// # Errors
/// [`StoreError`].
pub async fn cause(db: &Db, id: MessageId) -> Result<Option<InboxId>, StoreError> {
    let row: Option<(Option<Uuid>,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT cause FROM message WHERE id = $1")
        .bind(id.0).fetch_optional(pool).await)?;
    Ok(row.and_then(|(cause,)| cause).map(InboxId))
}

/// One message.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, id: MessageId) -> Result<Option<StoredMessage>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM message WHERE id = $1"));
    let row: Option<MessageRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(id.0).fetch_optional(pool).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Notes how far a message got; it never goes back, except that an unconfirmed one may turn out sent.
///
/// # Errors
/// [`StoreError`].
pub async fn set_delivery(
    tx: &mut Tx,
    id: MessageId,
    delivery: Delivery,
    provider_id: Option<&str>,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE message SET delivery = $2, provider_id = COALESCE($3, provider_id) \
         WHERE id = $1 AND delivery IN ('pending', 'unconfirmed')")
        .bind(id.0).bind(delivery_word(delivery)).bind(provider_id)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// How many messages stand at a delivery.
///
/// # Errors
/// [`StoreError`].
pub async fn count_delivery(db: &Db, delivery: Delivery) -> Result<u64, StoreError> {
    let (n,): (i64,) =
        on_db!(db, pool => sqlx::query_as(count_sql(delivery)).fetch_one(pool).await)?;
    Ok(super::count(n))
}

/// The index is over the two deliveries that somebody must look at; only the same words, written
/// out, lead both databases to it.
pub(super) fn count_sql(delivery: Delivery) -> sqlx::AssertSqlSafe<String> {
    let trouble = match delivery {
        Delivery::Unconfirmed | Delivery::Failed => " AND delivery IN ('unconfirmed', 'failed')",
        Delivery::None | Delivery::Pending | Delivery::Sent => "",
    };
    let word = delivery_word(delivery);
    sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM message WHERE delivery = '{word}'{trouble}"))
}

/// What a message says, under its conversation's lock.
///
/// # Errors
/// [`StoreError`].
pub async fn body_in(tx: &mut Tx, id: MessageId) -> Result<Option<Body>, StoreError> {
    let row: Option<(Json<Body>,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT body FROM message WHERE id = $1")
        .bind(id.0).fetch_optional(c).await)?;
    Ok(row.map(|(body,)| body.0))
}

/// Completes what a message says, under its conversation's lock: the copies of what came with it.
///
/// # Errors
/// [`StoreError`].
pub async fn set_body(tx: &mut Tx, id: MessageId, body: &Body) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("UPDATE message SET body = $2 WHERE id = $1")
        .bind(id.0).bind(Json(body)).execute(c).await.map(drop))?;
    Ok(())
}

//! What was received, before it has its effect.

use sqlx::types::Json;
use uuid::Uuid;

use super::account::{self, Entry};
use super::{Db, StoreError, Tx, count, on_db, on_tx};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::id::InboxId;
use crate::domain::inbound::Inbound;
use crate::domain::time::UtcMillis;

/// One update to store.
#[derive(Debug)]
pub struct NewInbox<'a> {
    /// Its id.
    pub id: InboxId,
    /// The channel it came by.
    pub channel: &'a ChannelName,
    /// The provider's id: unique within the channel.
    pub provider_id: &'a str,
    /// What it says, or why it cannot be read.
    pub content: Result<&'a Inbound, &'a str>,
    /// The bytes as they came.
    pub raw: &'a [u8],
    /// When.
    pub at: UtcMillis,
}

/// One update that waits for its turn.
#[derive(Debug)]
pub struct InboxRow {
    /// Its id.
    pub id: InboxId,
    /// What it says.
    pub inbound: Inbound,
    /// When it was received.
    pub received_at: UtcMillis,
    /// Whether others of the same thread wait after it.
    pub followed: bool,
}

/// Stores an update and enters its delivery in the account; `false` when the channel has seen its id
/// before.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, new: &NewInbox<'_>) -> Result<bool, StoreError> {
    let (status, problem) = match new.content {
        Ok(_) => ("waiting", None),
        Err(problem) => ("unparsed", Some(problem)),
    };
    let address = new.content.map_or("", |inbound| &inbound.address.0);
    let affected = on_tx!(tx, c => sqlx::query(
        "INSERT INTO inbox (id, channel, provider_id, address, content, raw, received_at, status, attempts, problem) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) ON CONFLICT (channel, provider_id) DO NOTHING")
        .bind(new.id.0).bind(&new.channel.0).bind(new.provider_id).bind(address)
        .bind(new.content.ok().map(Json)).bind(new.raw).bind(new.at.0).bind(status).bind(problem)
        .execute(c).await.map(|done| done.rows_affected()))?;
    let fresh = affected == 1;
    let entry = if fresh { Entry::Received } else { Entry::Duplicate };
    account::enter(tx, new.channel, new.at, part_of(new.id), (entry, 1)).await?;
    Ok(fresh)
}

/// Which part of the account an update is entered in: chance spreads them.
fn part_of(id: InboxId) -> i64 {
    i64::from(id.0.as_bytes()[15]) % account::PARTS
}

/// The first waiting update of a thread, in order of receipt. Call it with the thread locked.
///
/// # Errors
/// [`StoreError`].
pub async fn next_waiting(
    tx: &mut Tx,
    channel: &ChannelName,
    address: &Address,
) -> Result<Option<InboxRow>, StoreError> {
    let row: Option<(Uuid, Json<Inbound>, i64, bool)> = tx
        .fetch(
            "SELECT id, content, received_at, EXISTS (SELECT 1 FROM inbox AS later \
                 WHERE later.channel = inbox.channel AND later.address = inbox.address \
                 AND later.status = 'waiting' AND later.id > inbox.id) FROM inbox \
             WHERE channel = $1 AND address = $2 AND status = 'waiting' ORDER BY id LIMIT 1",
            [channel.0.as_str().into(), address.0.as_str().into()],
        )
        .await?;
    Ok(row.map(|(id, content, at, followed)| InboxRow {
        id: InboxId(id),
        inbound: content.0,
        received_at: UtcMillis(at),
        followed,
    }))
}

/// The waiting updates of a thread, in order of receipt. Call it with the thread locked.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting_of(
    tx: &mut Tx,
    channel: &ChannelName,
    address: &Address,
    limit: i64,
) -> Result<Vec<InboxRow>, StoreError> {
    let rows: Vec<(Uuid, Json<Inbound>, i64)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT id, content, received_at FROM inbox \
         WHERE channel = $1 AND address = $2 AND status = 'waiting' ORDER BY id LIMIT $3")
        .bind(&channel.0).bind(&address.0).bind(limit).fetch_all(c).await)?;
    let row = |(id, content, at): (Uuid, Json<Inbound>, i64)| InboxRow {
        id: InboxId(id),
        inbound: content.0,
        received_at: UtcMillis(at),
        followed: true,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Marks an update as having had its effect.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_processed(tx: &mut Tx, id: InboxId, at: UtcMillis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE inbox SET status = 'processed', processed_at = $2 WHERE id = $1 AND status = 'waiting'",
        [id.0.into(), at.0.into()],
    )
    .await
}

/// Counts a failed attempt; after `limit` of them the update is set aside, visible as an alarm.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_attempt(
    tx: &mut Tx,
    channel: &ChannelName,
    address: &Address,
    problem: &str,
    limit: i64,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE inbox SET attempts = attempts + 1, problem = $3, \
         status = CASE WHEN attempts + 1 >= $4 THEN 'failed' ELSE status END \
         WHERE id = (SELECT id FROM inbox WHERE channel = $1 AND address = $2 AND status = 'waiting' \
                     ORDER BY id LIMIT 1)")
        .bind(&channel.0).bind(&address.0).bind(problem).bind(limit)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Threads with updates that have waited since before `before`: what a crash left.
///
/// # Errors
/// [`StoreError`].
pub async fn left_waiting(
    db: &Db,
    before: UtcMillis,
) -> Result<Vec<(ChannelName, Address)>, StoreError> {
    let rows: Vec<(String, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT DISTINCT channel, address FROM inbox WHERE status = 'waiting' AND received_at <= $1 LIMIT 200")
        .bind(before.0).fetch_all(pool).await)?;
    Ok(rows
        .into_iter()
        .map(|(channel, address)| (ChannelName(channel), Address(address)))
        .collect())
}

/// Threads with updates that have waited since before `before`, none of which has failed yet.
///
/// # Errors
/// [`StoreError`].
pub async fn untried(
    db: &Db,
    before: UtcMillis,
) -> Result<Vec<(ChannelName, Address)>, StoreError> {
    let rows: Vec<(String, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT DISTINCT channel, address FROM inbox WHERE status = 'waiting' AND received_at <= $1 \
         AND NOT EXISTS (SELECT 1 FROM inbox failed WHERE failed.channel = inbox.channel \
         AND failed.address = inbox.address AND failed.status = 'waiting' AND failed.attempts > 0) LIMIT 200")
        .bind(before.0).fetch_all(pool).await)?;
    let thread = |(channel, address)| (ChannelName(channel), Address(address));
    Ok(rows.into_iter().map(thread).collect())
}

/// The id of an update by the provider's id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    db: &Db,
    channel: &ChannelName,
    provider_id: &str,
) -> Result<Option<InboxId>, StoreError> {
    let row: Option<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id FROM inbox WHERE channel = $1 AND provider_id = $2")
        .bind(&channel.0).bind(provider_id).fetch_optional(pool).await)?;
    Ok(row.map(|(id,)| InboxId(id)))
}

/// How many updates stand at each status that is not the end: waiting, unparsed, failed. What was
/// processed is not counted, so the cost does not grow with the years.
///
/// # Errors
/// [`StoreError`].
pub async fn count_by_status(db: &Db) -> Result<Vec<(String, u64)>, StoreError> {
    let rows: Vec<(String, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT status, COUNT(*) FROM inbox WHERE status IN ('waiting', 'unparsed', 'failed') GROUP BY status ORDER BY status")
        .fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(status, n)| (status, count(n))).collect())
}

/// An update that is not applied, or was.
#[derive(Debug)]
pub struct StoredUpdate {
    /// Its id.
    pub id: InboxId,
    /// The channel it came by.
    pub channel: ChannelName,
    /// The provider's id.
    pub provider_id: String,
    /// `waiting`, `processed`, `unparsed`, `failed`.
    pub status: String,
    /// What was read of it, if anything.
    pub inbound: Option<Inbound>,
    /// The bytes as they came, without card numbers.
    pub raw: Vec<u8>,
    /// Why it is not applied.
    pub problem: Option<String>,
    /// How often it was tried in vain.
    pub attempts: u64,
    /// When it was received.
    pub received_at: UtcMillis,
}

type UpdateRow =
    (Uuid, String, String, String, Option<Json<Inbound>>, Vec<u8>, Option<String>, i64, i64);
const UPDATE: &str = "SELECT id, channel, provider_id, status, content, raw, problem, attempts, \
    received_at FROM inbox";

impl From<UpdateRow> for StoredUpdate {
    fn from(
        (id, channel, provider_id, status, inbound, raw, problem, attempts, at): UpdateRow,
    ) -> Self {
        Self {
            id: InboxId(id),
            channel: ChannelName(channel),
            provider_id,
            status,
            inbound: inbound.map(|json| json.0),
            raw,
            problem,
            attempts: count(attempts),
            received_at: UtcMillis(at),
        }
    }
}

/// One update as it is stored.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, id: InboxId) -> Result<Option<StoredUpdate>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("{UPDATE} WHERE id = $1"));
    let row: Option<UpdateRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(id.0).fetch_optional(pool).await)?;
    Ok(row.map(StoredUpdate::from))
}

/// Updates that were set aside, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn set_aside(db: &Db, limit: i64) -> Result<Vec<StoredUpdate>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{UPDATE} WHERE status IN ('unparsed', 'failed') ORDER BY id DESC LIMIT $1"
    ));
    let rows: Vec<UpdateRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(StoredUpdate::from).collect())
}

/// Lets an update that was set aside wait for its turn again, as it reads today; `false` when it was
/// not set aside (any more), so that nothing is applied twice.
///
/// # Errors
/// [`StoreError`].
pub async fn readmit(tx: &mut Tx, id: InboxId, inbound: &Inbound) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE inbox SET status = 'waiting', content = $2, address = $3, attempts = 0, problem = NULL \
         WHERE id = $1 AND status IN ('unparsed', 'failed')")
        .bind(id.0).bind(Json(inbound)).bind(&inbound.address.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

//! What was received, before it has its effect.

use sqlx::types::Json;
use uuid::Uuid;

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

/// Stores an update; `false` when the channel has seen its id before.
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
    Ok(affected == 1)
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

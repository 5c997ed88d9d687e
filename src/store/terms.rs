//! Which version of the policies was last applied to a ticket.

use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::id::TicketId;

/// Notes the version that was last applied.
///
/// # Errors
/// [`StoreError`].
pub async fn note(tx: &mut Tx, ticket: TicketId, version: &str) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("UPDATE ticket SET policies = $2 WHERE id = $1")
        .bind(ticket.0).bind(version).execute(c).await.map(drop))?;
    Ok(())
}

/// The version that was last applied; empty when that was never noted.
///
/// # Errors
/// [`StoreError`].
pub async fn noted_in(tx: &mut Tx, ticket: TicketId) -> Result<String, StoreError> {
    let row: Option<(String,)> = on_tx!(tx, c => sqlx::query_as("SELECT policies FROM ticket WHERE id = $1")
        .bind(ticket.0).fetch_optional(c).await)?;
    Ok(row.map(|(version,)| version).unwrap_or_default())
}

/// Live tickets to which another version was applied last, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn outdated(db: &Db, version: &str, limit: i64) -> Result<Vec<TicketId>, StoreError> {
    let rows: Vec<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id FROM ticket WHERE status IN ('new', 'open', 'pending', 'on_hold', 'snoozed') \
         AND policies <> $1 ORDER BY status, score LIMIT $2")
        .bind(version).bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

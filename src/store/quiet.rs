//! Since when the customers of held tickets are silent about our last answer.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::id::TicketId;
use crate::domain::time::UtcMillis;

/// Keeps since when, or that they are not; whether that is news.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(
    tx: &mut Tx,
    ticket: TicketId,
    since: Option<UtcMillis>,
) -> Result<bool, StoreError> {
    let affected = match since {
        Some(since) => on_tx!(tx, c => sqlx::query(
            "INSERT INTO quiet (ticket_id, since) VALUES ($1, $2) \
             ON CONFLICT (ticket_id) DO UPDATE SET since = excluded.since WHERE quiet.since <> excluded.since")
            .bind(ticket.0).bind(since.0)
            .execute(c).await.map(|done| done.rows_affected()))?,
        None => on_tx!(tx, c => sqlx::query("DELETE FROM quiet WHERE ticket_id = $1")
            .bind(ticket.0)
            .execute(c).await.map(|done| done.rows_affected()))?,
    };
    Ok(affected > 0)
}

/// Since when a ticket's customer is silent.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, ticket: TicketId) -> Result<Option<UtcMillis>, StoreError> {
    let row: Option<(i64,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT since FROM quiet WHERE ticket_id = $1")
        .bind(ticket.0).fetch_optional(pool).await)?;
    Ok(row.map(|(since,)| UtcMillis(since)))
}

/// The same, inside a turn.
///
/// # Errors
/// [`StoreError`].
pub async fn get_in(tx: &mut Tx, ticket: TicketId) -> Result<Option<UtcMillis>, StoreError> {
    let row: Option<(i64,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT since FROM quiet WHERE ticket_id = $1")
        .bind(ticket.0).fetch_optional(c).await)?;
    Ok(row.map(|(since,)| UtcMillis(since)))
}

/// All of them.
///
/// # Errors
/// [`StoreError`].
pub async fn all(db: &Db) -> Result<HashMap<TicketId, UtcMillis>, StoreError> {
    let rows: Vec<(Uuid, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket_id, since FROM quiet").fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(ticket, since)| (TicketId(ticket), UtcMillis(since))).collect())
}

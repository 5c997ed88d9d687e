//! What the records keep of a contact beside its thread.

use std::collections::BTreeSet;

use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::id::{ContactId, ConversationId, TicketId};

/// The segments of a contact, inside a turn.
///
/// # Errors
/// [`StoreError`].
pub async fn segments_in(tx: &mut Tx, id: ContactId) -> Result<BTreeSet<String>, StoreError> {
    let row: Option<(Json<BTreeSet<String>>,)> = on_tx!(tx, c => sqlx::query_as("SELECT segments FROM contact WHERE id = $1")
        .bind(id.0).fetch_optional(c).await)?;
    Ok(row.map(|(segments,)| segments.0).unwrap_or_default())
}

/// The segments of a contact, for reading; `None` when there is no such contact.
///
/// # Errors
/// [`StoreError`].
pub async fn segments(db: &Db, id: ContactId) -> Result<Option<BTreeSet<String>>, StoreError> {
    let row: Option<(Json<BTreeSet<String>>,)> = on_db!(db, pool => sqlx::query_as("SELECT segments FROM contact WHERE id = $1")
        .bind(id.0).fetch_optional(pool).await)?;
    Ok(row.map(|(segments,)| segments.0))
}

/// Puts a contact into exactly these segments; `false` when there is no such contact.
///
/// # Errors
/// [`StoreError`].
pub async fn set_segments(
    tx: &mut Tx,
    id: ContactId,
    segments: &BTreeSet<String>,
) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query("UPDATE contact SET segments = $2 WHERE id = $1")
        .bind(id.0).bind(Json(segments)).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// The thread of a contact; `None` when there is no such contact.
///
/// # Errors
/// [`StoreError`].
pub async fn conversation(db: &Db, id: ContactId) -> Result<Option<ConversationId>, StoreError> {
    let row: Option<(Uuid,)> = on_db!(db, pool => sqlx::query_as("SELECT id FROM conversation WHERE contact_id = $1")
        .bind(id.0).fetch_optional(pool).await)?;
    Ok(row.map(|(id,)| ConversationId(id)))
}

/// The contact's tickets that somebody works on or waits for, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn live_tickets(tx: &mut Tx, id: ContactId) -> Result<Vec<TicketId>, StoreError> {
    let rows: Vec<(Uuid,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT id FROM ticket WHERE contact_id = $1 \
         AND status IN ('new', 'open', 'pending', 'on_hold', 'snoozed') ORDER BY created_at, id")
        .bind(id.0).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

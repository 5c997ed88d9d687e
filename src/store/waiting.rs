//! Tickets that wait, by what they wait for.

use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, on_db};
use crate::domain::id::TicketId;
use crate::domain::relaxation::Relaxation;

/// Waiting tickets whose wait was planned by another version of the rules, in the order of their ids,
/// those after `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn outdated(
    db: &Db,
    version: &str,
    after: Option<TicketId>,
    limit: i64,
) -> Result<Vec<TicketId>, StoreError> {
    let after = after.map_or(Uuid::nil(), |id| id.0);
    let rows: Vec<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id FROM ticket WHERE status = 'new' AND rules <> $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(version).bind(after).bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// The teams of which tickets wait.
///
/// # Errors
/// [`StoreError`].
pub async fn teams(db: &Db) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT DISTINCT team FROM ticket WHERE status = 'new' AND team IS NOT NULL ORDER BY team")
        .fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(team,)| team).collect())
}

/// Waiting tickets of a team with what they do not ask any more, in the order of their ids, those after
/// `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn of_team(
    db: &Db,
    team: &str,
    after: Option<TicketId>,
    limit: i64,
) -> Result<Vec<(TicketId, Relaxation)>, StoreError> {
    let after = after.map_or(Uuid::nil(), |id| id.0);
    let rows: Vec<(Uuid, Json<Relaxation>)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id, relaxed FROM ticket WHERE status = 'new' AND team = $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(team).bind(after).bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(id, relaxed)| (TicketId(id), relaxed.0)).collect())
}

//! What presence in the queue does not say of the people at the desk.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::time::UtcMillis;

/// One person's shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Who.
    pub agent: AgentId,
    /// Whether they take nothing new and leave when the last ticket is done.
    pub is_finishing: bool,
    /// The last sign of the person.
    pub active_at: UtcMillis,
    /// Since when they are away for want of such signs.
    pub away_since: Option<UtcMillis>,
    /// Since when they are offline.
    pub offline_since: Option<UtcMillis>,
}

type Row = (Uuid, bool, i64, Option<i64>, Option<i64>);
const COLUMNS: &str = "agent_id, is_finishing, active_at, away_since, offline_since";

fn read((agent, is_finishing, active_at, away_since, offline_since): Row) -> Shift {
    Shift {
        agent: AgentId(agent),
        is_finishing,
        active_at: UtcMillis(active_at),
        away_since: away_since.map(UtcMillis),
        offline_since: offline_since.map(UtcMillis),
    }
}

/// Keeps what a person said of their shift.
///
/// # Errors
/// [`StoreError`].
pub async fn save(tx: &mut Tx, shift: &Shift) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO shift (agent_id, is_finishing, active_at, away_since, offline_since) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (agent_id) DO UPDATE SET \
         is_finishing = excluded.is_finishing, active_at = excluded.active_at, \
         away_since = excluded.away_since, offline_since = excluded.offline_since")
        .bind(shift.agent.0).bind(shift.is_finishing).bind(shift.active_at.0)
        .bind(shift.away_since.map(|at| at.0)).bind(shift.offline_since.map(|at| at.0))
        .execute(c).await.map(drop))?;
    Ok(())
}

/// A person's shift, once they have been at the desk.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, agent: AgentId) -> Result<Option<Shift>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM shift WHERE agent_id = $1"));
    let row: Option<Row> =
        on_db!(db, pool => sqlx::query_as(sql).bind(agent.0).fetch_optional(pool).await)?;
    Ok(row.map(read))
}

/// A person's shift, inside a turn.
///
/// # Errors
/// [`StoreError`].
pub async fn get_in(tx: &mut Tx, agent: AgentId) -> Result<Option<Shift>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM shift WHERE agent_id = $1"));
    let row: Option<Row> =
        on_tx!(tx, c => sqlx::query_as(sql).bind(agent.0).fetch_optional(c).await)?;
    Ok(row.map(read))
}

/// Everybody's.
///
/// # Errors
/// [`StoreError`].
pub async fn all(db: &Db) -> Result<HashMap<AgentId, Shift>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM shift"));
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(read).map(|shift| (shift.agent, shift)).collect())
}

/// A sign of the person; they are no longer away for want of one.
///
/// # Errors
/// [`StoreError`].
pub async fn note_active(tx: &mut Tx, agent: AgentId, at: UtcMillis) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE shift SET active_at = $2, away_since = NULL WHERE agent_id = $1 AND active_at <= $2")
        .bind(agent.0).bind(at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Somebody who was never at the desk is given something: absent from now on.
///
/// # Errors
/// [`StoreError`].
pub async fn note_absent(tx: &mut Tx, agent: AgentId, at: UtcMillis) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO shift (agent_id, is_finishing, active_at, away_since, offline_since) \
         VALUES ($1, FALSE, $2, NULL, $2) ON CONFLICT (agent_id) DO NOTHING")
        .bind(agent.0).bind(at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Whoever is away for want of signs gave one; `false` when they are not, or finish their shift.
///
/// # Errors
/// [`StoreError`].
pub async fn wake(tx: &mut Tx, agent: AgentId, at: UtcMillis) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE shift SET active_at = $2, away_since = NULL \
         WHERE agent_id = $1 AND away_since IS NOT NULL AND is_finishing = FALSE")
        .bind(agent.0).bind(at.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// No sign of the person since `silent`: away from `at`; `false` when there was one meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn note_away(
    tx: &mut Tx,
    agent: AgentId,
    silent: UtcMillis,
    at: UtcMillis,
) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE shift SET away_since = COALESCE(away_since, $3) WHERE agent_id = $1 AND active_at <= $2")
        .bind(agent.0).bind(silent.0).bind(at.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// The person is offline since an instant, or is not.
///
/// # Errors
/// [`StoreError`].
pub async fn note_offline(
    tx: &mut Tx,
    agent: AgentId,
    since: Option<UtcMillis>,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("UPDATE shift SET offline_since = $2 WHERE agent_id = $1")
        .bind(agent.0).bind(since.map(|at| at.0)).execute(c).await.map(drop))?;
    Ok(())
}

/// The person's shift is over; `false` when they thought otherwise meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn finish(tx: &mut Tx, agent: AgentId, at: UtcMillis) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE shift SET is_finishing = FALSE, away_since = NULL, offline_since = $2 \
         WHERE agent_id = $1 AND is_finishing = TRUE")
        .bind(agent.0).bind(at.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// Open tickets, with their holders, of people who are offline since `before` or longer.
///
/// # Errors
/// [`StoreError`].
pub async fn left_behind(
    db: &Db,
    before: UtcMillis,
    after: TicketId,
    limit: i64,
) -> Result<Vec<(TicketId, AgentId)>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket.id, shift.agent_id FROM shift JOIN ticket ON ticket.assignee = shift.agent_id \
         WHERE shift.offline_since <= $1 AND ticket.status = 'open' AND ticket.id > $2 \
         ORDER BY ticket.id LIMIT $3")
        .bind(before.0).bind(after.0).bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(ticket, agent)| (TicketId(ticket), AgentId(agent))).collect())
}

/// Keeps which offer a request accepted; those of before `forget` are forgotten.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_taken(
    tx: &mut Tx,
    request: RequestId,
    ticket: TicketId,
    at: UtcMillis,
    forget: UtcMillis,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("DELETE FROM taken WHERE at < $1")
        .bind(forget.0).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO taken (request, ticket_id, at) VALUES ($1, $2, $3) ON CONFLICT (request) DO NOTHING")
        .bind(request.0).bind(ticket.0).bind(at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Which offer a request accepted.
///
/// # Errors
/// [`StoreError`].
pub async fn taken(db: &Db, request: RequestId) -> Result<Option<TicketId>, StoreError> {
    let row: Option<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket_id FROM taken WHERE request = $1")
        .bind(request.0).fetch_optional(pool).await)?;
    Ok(row.map(|(ticket,)| TicketId(ticket)))
}

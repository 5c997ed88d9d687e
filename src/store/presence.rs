//! When agents came and went: an append-only history beside the queue's word of now.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::agent::Presence;
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;

type Row = (Uuid, i64, String);

/// A state that this version does not know takes no new work.
fn read(state: &str) -> Presence {
    Presence::parse(state).unwrap_or(Presence::Away)
}

/// An agent's presence changed. Of two changes in one millisecond the later one stays. Whoever has no
/// account leaves no trace.
///
/// # Errors
/// [`StoreError`].
pub async fn note(
    tx: &mut Tx,
    agent: AgentId,
    at: UtcMillis,
    state: Presence,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO presence_event (agent_id, at, state) \
         SELECT id, CAST($2 AS BIGINT), CAST($3 AS TEXT) FROM agent WHERE id = $1 \
         ON CONFLICT (agent_id, at) DO UPDATE SET state = excluded.state")
        .bind(agent.0).bind(at.0).bind(state.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Everybody's last change.
///
/// # Errors
/// [`StoreError`].
pub async fn last(db: &Db) -> Result<HashMap<AgentId, (UtcMillis, Presence)>, StoreError> {
    before(db, UtcMillis(i64::MAX)).await
}

/// Everybody's last change before an instant.
async fn before(
    db: &Db,
    at: UtcMillis,
) -> Result<HashMap<AgentId, (UtcMillis, Presence)>, StoreError> {
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(
        "SELECT event.agent_id, event.at, event.state FROM agent \
         JOIN presence_event event ON event.agent_id = agent.id AND event.at = \
         (SELECT MAX(earlier.at) FROM presence_event earlier \
          WHERE earlier.agent_id = agent.id AND earlier.at < $1)")
        .bind(at.0).fetch_all(pool).await)?;
    let told = |(agent, at, state): Row| (AgentId(agent), (UtcMillis(at), read(&state)));
    Ok(rows.into_iter().map(told).collect())
}

/// One agent's last change.
///
/// # Errors
/// [`StoreError`].
pub async fn last_of(db: &Db, agent: AgentId) -> Result<Option<(UtcMillis, Presence)>, StoreError> {
    let row: Option<(i64, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT at, state FROM presence_event WHERE agent_id = $1 ORDER BY at DESC LIMIT 1")
        .bind(agent.0).fetch_optional(pool).await)?;
    Ok(row.map(|(at, state)| (UtcMillis(at), read(&state))))
}

/// Everybody's changes in a range, oldest first, after the last one before it.
///
/// # Errors
/// [`StoreError`].
pub async fn between(
    db: &Db,
    (from, to): (UtcMillis, UtcMillis),
) -> Result<BTreeMap<AgentId, Vec<(UtcMillis, Presence)>>, StoreError> {
    let mut found: BTreeMap<_, Vec<_>> =
        before(db, from).await?.into_iter().map(|(agent, last)| (agent, vec![last])).collect();
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(
        "SELECT agent_id, at, state FROM presence_event WHERE at >= $1 AND at < $2 ORDER BY at")
        .bind(from.0).bind(to.0).fetch_all(pool).await)?;
    for (agent, at, state) in rows {
        found.entry(AgentId(agent)).or_default().push((UtcMillis(at), read(&state)));
    }
    Ok(found)
}

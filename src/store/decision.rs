//! The records of assignments, each with its seal.

use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, Tx, count, on_db, on_tx, word};
use crate::domain::decision::{Decision, Way, seal};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::Fence;
use crate::domain::time::UtcMillis;

/// A record as it was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed {
    /// What it says; `None` when it cannot be read any more.
    pub decision: Option<Decision>,
    /// The record itself.
    pub raw: Value,
    /// Its seal when it was written; none of older ones.
    pub seal: Option<String>,
}

impl Sealed {
    /// Whether the record is what was written; `None` of older ones, which have no seal.
    #[must_use]
    pub fn is_unaltered(&self) -> Option<bool> {
        self.seal.as_ref().map(|known| *known == seal(&self.raw))
    }
}

/// Keeps the record of an assignment; its seal.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, decision: &Decision, fence: Fence) -> Result<String, StoreError> {
    let raw = serde_json::to_value(decision)
        .map_err(|error| StoreError::Damaged(format!("a record of an assignment: {error}")))?;
    let sealed = seal(&raw);
    let team = decision.requirement.as_ref().and_then(|asked| asked.team.clone());
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO decision (ticket_id, at, epoch, generation, record, seal, agent_id, way, team, effort, \
         jumped) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (ticket_id, generation, epoch) DO NOTHING")
        .bind(decision.ticket_id.0).bind(decision.at.0).bind(fence.epoch).bind(fence.generation)
        .bind(Json(&raw)).bind(&sealed).bind(decision.agent_id.0).bind(decision.way.as_str()).bind(team)
        .bind(decision.effort.map(i64::from)).bind(i64::from(decision.jumped()))
        .execute(c).await.map(drop))?;
    Ok(sealed)
}

/// The records of a ticket's last assignments, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_ticket(db: &Db, ticket: TicketId, most: i64) -> Result<Vec<Sealed>, StoreError> {
    let rows: Vec<(Json<Value>, Option<String>)> = on_db!(db, pool => sqlx::query_as(
        "SELECT record, seal FROM decision WHERE ticket_id = $1 \
         ORDER BY generation DESC, epoch DESC LIMIT $2")
        .bind(ticket.0).bind(most).fetch_all(pool).await)?;
    let read = |(Json(raw), seal): (Json<Value>, _)| Sealed {
        decision: serde_json::from_value(raw.clone()).ok(),
        raw,
        seal,
    };
    Ok(rows.into_iter().rev().map(read).collect())
}

/// One assignment, as figures of fairness see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The ticket.
    pub ticket: TicketId,
    /// Who got it.
    pub agent: AgentId,
    /// When.
    pub at: UtcMillis,
    /// How.
    pub way: Way,
    /// The team it was for.
    pub team: Option<String>,
    /// The expected handling time, minutes.
    pub effort: u64,
    /// How many more urgent tickets the agent left by choice.
    pub jumped: u64,
}

/// The assignments of a range, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn between(
    db: &Db,
    (from, to): (UtcMillis, UtcMillis),
) -> Result<Vec<Share>, StoreError> {
    type Row = (Uuid, Uuid, i64, String, Option<String>, i64, i64);
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket_id, agent_id, at, way, team, COALESCE(effort, 0), COALESCE(jumped, 0) FROM decision \
         WHERE at >= $1 AND at < $2 AND agent_id IS NOT NULL ORDER BY at, generation, epoch")
        .bind(from.0).bind(to.0).fetch_all(pool).await)?;
    rows.into_iter()
        .map(|(ticket, agent, at, way, team, effort, jumped)| {
            Ok(Share {
                ticket: TicketId(ticket),
                agent: AgentId(agent),
                at: UtcMillis(at),
                way: word("way", &way, Way::parse)?,
                team,
                effort: count(effort),
                jumped: count(jumped),
            })
        })
        .collect()
}

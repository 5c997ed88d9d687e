//! Offers as records of assignments and figures of fairness see them.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::offer::OfferState;
use super::{Db, StoreError, on_db, word};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::time::UtcMillis;

/// How many standing offers a record looks at.
const LOOKED_AT: i64 = 200;

/// Tickets at least as urgent as a score that somebody is asked to take now, most urgent first, at
/// most 200.
///
/// # Errors
/// [`StoreError`].
pub async fn standing(
    db: &Db,
    score: UtcMillis,
    now: UtcMillis,
) -> Result<Vec<(TicketId, UtcMillis)>, StoreError> {
    let rows: Vec<(Uuid, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket_id, score FROM offer WHERE state = 'open' AND expires_at > $1 AND score <= $2 \
         ORDER BY score, ticket_id LIMIT $3")
        .bind(now.0).bind(score.0).bind(LOOKED_AT).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(ticket, score)| (TicketId(ticket), UtcMillis(score))).collect())
}

/// What an agent declined or missed since an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn refused_by(
    db: &Db,
    agent: AgentId,
    since: UtcMillis,
) -> Result<BTreeSet<TicketId>, StoreError> {
    let rows: Vec<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket_id FROM offer WHERE agent_id = $1 AND ended_at > $2 \
         AND state IN ('declined', 'missed')")
        .bind(agent.0).bind(since.0).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(ticket,)| TicketId(ticket)).collect())
}

/// One offer, as figures of fairness see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The ticket.
    pub ticket: TicketId,
    /// Whom.
    pub agent: AgentId,
    /// When.
    pub at: UtcMillis,
    /// How it ended.
    pub state: OfferState,
    /// The ticket's team.
    pub team: Option<String>,
}

/// The offers that were made in a range, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn between(
    db: &Db,
    (from, to): (UtcMillis, UtcMillis),
) -> Result<Vec<Asking>, StoreError> {
    type Row = (Uuid, Uuid, i64, String, Option<String>);
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(
        "SELECT offer.ticket_id, offer.agent_id, offer.offered_at, offer.state, ticket.team FROM offer \
         JOIN ticket ON ticket.id = offer.ticket_id WHERE offer.offered_at >= $1 AND offer.offered_at < $2 \
         ORDER BY offer.offered_at, offer.generation, offer.epoch")
        .bind(from.0).bind(to.0).fetch_all(pool).await)?;
    rows.into_iter()
        .map(|(ticket, agent, at, state, team)| {
            Ok(Asking {
                ticket: TicketId(ticket),
                agent: AgentId(agent),
                at: UtcMillis(at),
                state: word("offer", &state, OfferState::parse)?,
                team,
            })
        })
        .collect()
}

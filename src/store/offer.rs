//! Tickets offered to agents, and since when agents are idle.

use std::collections::HashMap;

use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx, word};
use crate::domain::decision::Choice;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::Fence;
use crate::domain::time::{SECOND, UtcMillis};

const COLUMNS: &str = "ticket_id, generation, epoch, agent_id, score, load, offered_at, expires_at, \
     state, ended_at, choice";
/// How many of an agent's offers are looked at for misses in a row.
const LOOKED_AT: i64 = 100;

/// How an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferState {
    /// The agent is asked.
    Open,
    /// The agent has the ticket.
    Accepted,
    /// The agent did not want it.
    Declined,
    /// The agent did not answer in time.
    Missed,
    /// The ticket went another way.
    Void,
}

impl OfferState {
    const ALL: [Self; 5] = [Self::Open, Self::Accepted, Self::Declined, Self::Missed, Self::Void];

    /// The word in the records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Missed => "missed",
            Self::Void => "void",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// One offer.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The ticket.
    pub ticket: TicketId,
    /// Whom it is offered to.
    pub agent: AgentId,
    /// The reservation's fence.
    pub fence: Fence,
    /// The score the ticket waits with.
    pub score: UtcMillis,
    /// The agent's load before, in cost.
    pub load: u32,
    /// Since when.
    pub offered_at: UtcMillis,
    /// Until when.
    pub expires_at: UtcMillis,
    /// How it stands.
    pub state: OfferState,
    /// When it ended.
    pub ended_at: Option<UtcMillis>,
    /// Whom the agent was chosen from.
    pub choice: Choice,
}

#[derive(sqlx::FromRow)]
struct OfferRow {
    ticket_id: Uuid,
    generation: i64,
    epoch: i64,
    agent_id: Uuid,
    score: i64,
    load: i64,
    offered_at: i64,
    expires_at: i64,
    state: String,
    ended_at: Option<i64>,
    choice: Json<Choice>,
}

impl TryFrom<OfferRow> for Offer {
    type Error = StoreError;

    fn try_from(row: OfferRow) -> Result<Self, StoreError> {
        Ok(Self {
            ticket: TicketId(row.ticket_id),
            agent: AgentId(row.agent_id),
            fence: Fence { generation: row.generation, epoch: row.epoch },
            score: UtcMillis(row.score),
            load: u32::try_from(row.load).unwrap_or(u32::MAX),
            offered_at: UtcMillis(row.offered_at),
            expires_at: UtcMillis(row.expires_at),
            state: word("offer", &row.state, OfferState::parse)?,
            ended_at: row.ended_at.map(UtcMillis),
            choice: row.choice.0,
        })
    }
}

/// Adds an offer; whatever was open for the ticket before is void.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, offer: &Offer) -> Result<(), StoreError> {
    void(tx, offer.ticket, offer.offered_at).await?;
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO offer (ticket_id, generation, epoch, agent_id, score, load, offered_at, expires_at, \
         state, ended_at, choice) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(offer.ticket.0).bind(offer.fence.generation).bind(offer.fence.epoch).bind(offer.agent.0)
        .bind(offer.score.0).bind(i64::from(offer.load)).bind(offer.offered_at.0).bind(offer.expires_at.0)
        .bind(offer.state.as_str()).bind(offer.ended_at.map(|at| at.0)).bind(Json(&offer.choice))
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Whatever is open for a ticket is void from now on.
///
/// # Errors
/// [`StoreError`].
pub async fn void(tx: &mut Tx, ticket: TicketId, at: UtcMillis) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE offer SET state = CASE WHEN expires_at <= $2 THEN 'missed' ELSE 'void' END, ended_at = $2 \
         WHERE ticket_id = $1 AND state = 'open'")
        .bind(ticket.0).bind(at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends an open offer; `false` when it is over.
///
/// # Errors
/// [`StoreError`].
pub async fn end(
    tx: &mut Tx,
    ticket: TicketId,
    fence: Fence,
    state: OfferState,
    at: UtcMillis,
) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE offer SET state = $4, ended_at = $5 \
         WHERE ticket_id = $1 AND generation = $2 AND epoch = $3 AND state = 'open'")
        .bind(ticket.0).bind(fence.generation).bind(fence.epoch).bind(state.as_str()).bind(at.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// The last offer of a ticket to an agent.
///
/// # Errors
/// [`StoreError`].
pub async fn last(db: &Db, ticket: TicketId, agent: AgentId) -> Result<Option<Offer>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM offer WHERE ticket_id = $1 AND agent_id = $2 \
         ORDER BY generation DESC, epoch DESC LIMIT 1"
    ));
    let row: Option<OfferRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(ticket.0).bind(agent.0).fetch_optional(pool).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The offer that was made with a fence.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, ticket: TicketId, fence: Fence) -> Result<Option<Offer>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM offer WHERE ticket_id = $1 AND generation = $2 AND epoch = $3"
    ));
    let row: Option<OfferRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(ticket.0).bind(fence.generation).bind(fence.epoch).fetch_optional(pool).await)?;
    row.map(TryInto::try_into).transpose()
}

/// To whom a ticket is offered now.
///
/// # Errors
/// [`StoreError`].
pub async fn open_for(
    db: &Db,
    ticket: TicketId,
    now: UtcMillis,
) -> Result<Option<AgentId>, StoreError> {
    let row: Option<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT agent_id FROM offer WHERE ticket_id = $1 AND state = 'open' AND expires_at > $2 LIMIT 1")
        .bind(ticket.0).bind(now.0).fetch_optional(pool).await)?;
    Ok(row.map(|(agent,)| AgentId(agent)))
}

/// Every offer that stands: to whom, by ticket.
///
/// # Errors
/// [`StoreError`].
pub async fn open(db: &Db) -> Result<HashMap<TicketId, AgentId>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket_id, agent_id FROM offer WHERE state = 'open'").fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(ticket, agent)| (TicketId(ticket), AgentId(agent))).collect())
}

/// What an agent is asked now, oldest first: tickets that still wait.
///
/// # Errors
/// [`StoreError`].
pub async fn open_of(db: &Db, agent: AgentId, now: UtcMillis) -> Result<Vec<Offer>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM offer WHERE agent_id = $1 AND state = 'open' AND expires_at > $2 \
         AND EXISTS (SELECT 1 FROM ticket WHERE ticket.id = offer.ticket_id AND ticket.status = 'new') \
         ORDER BY offered_at, epoch LIMIT 20"
    ));
    let rows: Vec<OfferRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(agent.0).bind(now.0).fetch_all(pool).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Offers that ran out and that nobody has put down, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn lapsed(
    db: &Db,
    before: UtcMillis,
    limit: i64,
) -> Result<Vec<(TicketId, AgentId)>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket_id, agent_id FROM offer WHERE state = 'open' AND expires_at <= $1 \
         ORDER BY expires_at LIMIT $2")
        .bind(before.0).bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(ticket, agent)| (TicketId(ticket), AgentId(agent))).collect())
}

/// Who declined or missed a ticket since an instant, and when at last.
///
/// # Errors
/// [`StoreError`].
pub async fn refusals(
    db: &Db,
    ticket: TicketId,
    since: UtcMillis,
    now: UtcMillis,
) -> Result<HashMap<AgentId, UtcMillis>, StoreError> {
    let rows: Vec<(Uuid, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT agent_id, MAX(COALESCE(ended_at, expires_at)) FROM offer WHERE ticket_id = $1 \
         AND ((state IN ('declined', 'missed') AND ended_at > $2) OR (state = 'open' AND expires_at <= $3)) \
         GROUP BY agent_id")
        .bind(ticket.0).bind(since.0).bind(now.plus(SECOND).0).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(agent, at)| (AgentId(agent), UtcMillis(at))).collect())
}

/// How many offers an agent missed in a row, of those that ended since an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn misses(db: &Db, agent: AgentId, since: UtcMillis) -> Result<u32, StoreError> {
    let states: Vec<(String,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT state FROM offer WHERE agent_id = $1 AND ended_at >= $2 \
         AND state IN ('accepted', 'declined', 'missed') \
         ORDER BY ended_at DESC, generation DESC, epoch DESC LIMIT $3")
        .bind(agent.0).bind(since.0).bind(LOOKED_AT).fetch_all(pool).await)?;
    let missed = states.iter().take_while(|(state,)| state == OfferState::Missed.as_str());
    Ok(u32::try_from(missed.count()).unwrap_or(u32::MAX))
}

/// When an agent's last answer was that there was none: the end of a missed offer.
///
/// # Errors
/// [`StoreError`].
pub async fn last_miss(db: &Db, agent: AgentId) -> Result<Option<UtcMillis>, StoreError> {
    let last: Option<(i64, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT ended_at, state FROM offer WHERE agent_id = $1 \
         AND state IN ('accepted', 'declined', 'missed') \
         ORDER BY ended_at DESC, generation DESC, epoch DESC LIMIT 1")
        .bind(agent.0).fetch_optional(pool).await)?;
    Ok(last.filter(|(_, state)| state == OfferState::Missed.as_str()).map(|(at, _)| UtcMillis(at)))
}

/// Something was given to an agent, or taken from them.
///
/// # Errors
/// [`StoreError`].
pub async fn touch(tx: &mut Tx, agent: AgentId, at: UtcMillis) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO idle (agent_id, since) VALUES ($1, $2) \
         ON CONFLICT (agent_id) DO UPDATE SET since = excluded.since")
        .bind(agent.0).bind(at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Since when agents are idle, by agent.
///
/// # Errors
/// [`StoreError`].
pub async fn idle(db: &Db) -> Result<HashMap<AgentId, UtcMillis>, StoreError> {
    let rows: Vec<(Uuid, i64)> = on_db!(db, pool => sqlx::query_as("SELECT agent_id, since FROM idle").fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(agent, since)| (AgentId(agent), UtcMillis(since))).collect())
}

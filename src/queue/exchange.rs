//! What goes into the queue and what comes out of it.

use serde::{Deserialize, Serialize};

use crate::domain::agent::Presence;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::{Fence, Requirement};
use crate::domain::time::UtcMillis;

/// A ticket that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The ticket.
    pub ticket: TicketId,
    /// What an agent must have; equal requirements share a lane.
    pub requirement: Requirement,
    /// The routing score: smaller is served first.
    pub score: UtcMillis,
    /// What it weighs against an agent's capacity.
    pub cost: u32,
}

/// A ticket that somebody holds, for a rebuild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The ticket.
    pub ticket: TicketId,
    /// Who holds it.
    pub agent: AgentId,
    /// What it weighs.
    pub cost: u32,
    /// The fence it was assigned with.
    pub fence: Fence,
}

/// A ticket reserved for an agent: accept it before it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The ticket.
    pub ticket: TicketId,
    /// Whom it is reserved for.
    pub agent: AgentId,
    /// The fencing token.
    pub fence: Fence,
    /// The score it waited with.
    pub score: UtcMillis,
    /// The agent's load before, in cost.
    pub load: u32,
    /// When it returns to its place by itself.
    pub expires_at: UtcMillis,
}

/// The answer to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// This one.
    Reserved(Reservation),
    /// Nothing waits that this agent can serve (or the ticket asked for does not wait).
    Empty,
    /// The agent's capacity is used up (the next ticket's cost would exceed it).
    Full,
    /// The agent is not online, or unknown.
    Absent,
}

/// The answer to an accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// The agent holds it (also when repeated).
    Accepted,
    /// Too late: the reservation expired or was taken back.
    Fenced,
}

/// How the queue looks now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Tickets that wait, most urgent first, at most the number asked for.
    pub waiting: Vec<Waiting>,
    /// How many wait in all.
    pub total_waiting: u64,
    /// The agents known to the queue.
    pub agents: Vec<AgentState>,
}

/// How an agent stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentState {
    /// Who.
    pub agent: AgentId,
    /// Whether they take new work.
    pub presence: Presence,
    /// Since when.
    pub since: UtcMillis,
    /// The sum of costs held.
    pub load: u32,
    /// The capacity.
    pub capacity: u32,
}

/// Why the queue could not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Not reachable, or did not answer in time: the outcome of a write is unknown.
    #[error("the routing queue is not reachable: {0}")]
    Unavailable(String),
    /// Its generation is not the one from SQL: it must be rebuilt first.
    #[error("the routing queue must be rebuilt")]
    Stale,
    /// The ticket asks for something new, and there are already as many different things asked for
    /// as the queue can tell apart.
    #[error(
        "tickets ask for more than {} different combinations of team, language and skills: let \
         intents share skills; combinations that no ticket asks for any more are dropped when the \
         queue is rebuilt",
        super::MOST_LANES
    )]
    TooManyLanes,
}

/// Whether eligibility, presence and capacity count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// They do.
    Kept,
    /// A supervisor says so.
    Ignored,
}

/// What `expire` found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Reservations that nobody accepted in time; their tickets wait again.
    pub reservations: Vec<(TicketId, AgentId)>,
    /// Agents whose presence ran out.
    pub absent: Vec<AgentId>,
}

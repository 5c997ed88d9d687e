//! The routing queue: waiting tickets, presence and reservations.
//! (seam: signatures fixed; the queue's owner writes the design here: keys, life cycle, crashes)
//!
//! Architecture invariant: the queue is an index. SQL is the truth; `rebuild` restores everything.

use serde::{Deserialize, Serialize};

use crate::domain::agent::{Presence, Profile};
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ticket::{Fence, Requirement};
use crate::domain::time::UtcMillis;

/// The two queues behind one contract.
#[derive(Clone, Debug)]
pub enum Queue {
    // Memory(memory::MemoryQueue),
    // Redis(redis::RedisQueue),
}

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
}

#[expect(clippy::unused_async, reason = "seam")]
impl Queue {
    /// Adds a ticket, or moves it to a new score; idempotent. A reserved or held ticket stays where
    /// it is.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn push(&self, _waiting: &Waiting) -> Result<(), QueueError> {
        unimplemented!()
    }

    /// Reserves for the agent the most urgent ticket that they can serve and have capacity for, for
    /// `lease` ms. The same request id gives the same answer for a minute.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn claim(
        &self,
        _agent: AgentId,
        _request: RequestId,
        _lease: i64,
        _now: UtcMillis,
    ) -> Result<Claim, QueueError> {
        unimplemented!()
    }

    /// Reserves this ticket for the agent, if it waits and the agent can serve it. With
    /// `Limits::Ignored` (a supervisor's assignment) eligibility, presence and capacity do not count.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn claim_this(
        &self,
        _agent: AgentId,
        _ticket: TicketId,
        _limits: Limits,
        _lease: i64,
        _now: UtcMillis,
    ) -> Result<Claim, QueueError> {
        unimplemented!()
    }

    /// Turns the reservation into a held ticket.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn accept(
        &self,
        _reservation: &Reservation,
        _now: UtcMillis,
    ) -> Result<Acceptance, QueueError> {
        unimplemented!()
    }

    /// Gives a reserved or held ticket back to its lane at its old score; the agent is skipped for
    /// this ticket for `skip` ms. Nothing happens when the fence is no longer the ticket's.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn release(
        &self,
        _reservation: &Reservation,
        _skip: i64,
        _now: UtcMillis,
    ) -> Result<(), QueueError> {
        unimplemented!()
    }

    /// The ticket leaves the queue: resolved, cancelled, or no longer this agent's. Idempotent.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn remove(&self, _ticket: TicketId) -> Result<(), QueueError> {
        unimplemented!()
    }

    /// Makes an agent known, or replaces its profile. Presence and load stay.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn set_profile(
        &self,
        _agent: AgentId,
        _profile: &Profile,
        _now: UtcMillis,
    ) -> Result<(), QueueError> {
        unimplemented!()
    }

    /// Sets an agent's presence, which lasts until `lease` ms from now unless renewed.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn set_presence(
        &self,
        _agent: AgentId,
        _presence: Presence,
        _lease: i64,
        _now: UtcMillis,
    ) -> Result<(), QueueError> {
        unimplemented!()
    }

    /// Returns expired reservations to their lanes and lets expired presences go offline; at most
    /// `limit` of each. Any replica may run it; it is idempotent.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn expire(&self, _limit: usize, _now: UtcMillis) -> Result<Expired, QueueError> {
        unimplemented!()
    }

    /// The generation the queue was last rebuilt with; `None` when it is empty or was lost.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn generation(&self) -> Result<Option<i64>, QueueError> {
        unimplemented!()
    }

    /// Throws everything but presence away and fills the queue from SQL under a new generation.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn rebuild(
        &self,
        _generation: i64,
        _waiting: &[Waiting],
        _held: &[Held],
    ) -> Result<(), QueueError> {
        unimplemented!()
    }

    /// How the queue looks now, with at most `limit` waiting tickets.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn snapshot(&self, _limit: usize, _now: UtcMillis) -> Result<Snapshot, QueueError> {
        unimplemented!()
    }
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

//! The routing queue: waiting tickets, presence and reservations.
//!
//! Architecture invariant: the queue is an index. SQL is the truth: who owns a ticket is decided
//! there by a conditional update that compares fences, and [`Queue::rebuild`] restores everything.
//!
//! # One contract, two queues
//! [`Queue::memory`] lives in this process; [`Queue::redis`] is shared by many replicas. Both pass
//! the same contract tests and the same comparison with a brute-force model.
//!
//! # How it is ordered
//! Tickets that ask for the same (team, language, skills) share a **lane**, ordered by score, then
//! id. Lanes are numbered in the order in which tickets first asked for them; there are at most
//! [`MOST_LANES`], and a rebuild drops those that are empty. The **heads** order the lanes by the score
//! of their first ticket, then by number. A claim walks the heads and takes the first ticket of the
//! first lane that the agent may serve: its cost depends on lanes, not tickets. So of two tickets with
//! equal scores the one in the older lane goes first, and within a lane the one with the smaller id.
//! Which lanes an agent may serve is computed by `routing::eligibility` when a profile is set or a
//! lane opens, never in the queue's own language. A ticket that the agent just gave back is passed
//! over until the skip ends, whatever becomes of it meanwhile; of each lane only the first [`REACH`]
//! tickets are looked at for that. When the most urgent ticket does not fit the agent's capacity the
//! answer is *full*: a cheaper, less urgent one never overtakes. Load is the sum of the costs held and
//! reserved, derived, never counted; [`Queue::reweigh`] changes a cost wherever the ticket is.
//!
//! # Life of a ticket
//! ```text
//! push ─> waiting ─claim─> reserved ─accept─> held ─remove─> gone
//!            ^───release, expire──┴──release────┘
//! ```
//! It is in exactly one place. Whatever gives it back keeps its score, so it loses no time. Every
//! reservation has a lease and a [`Fence`](crate::domain::ticket::Fence): (generation, epoch), which
//! only ever grows. The generation comes from SQL and must be raised for every rebuild; the epoch
//! counts reservations and survives a rebuild. So even a Redis that lost its memory never gives a
//! fence twice.
//!
//! # Keys in Redis
//! All begin with `{tag}:2:`, so they share one slot of a cluster; the 2 counts layouts. Identifiers
//! are 16 raw bytes, lanes four digits, kept numbers decimals of a fixed width.
//!
//! | key | type | content |
//! |---|---|---|
//! | `clock` | string | generation and epoch of the last reservation; gone while the queue is stale |
//! | `heads` | zset | lane → score of its first ticket; only lanes that are not empty |
//! | `l:<lane>` | zset | ticket, cost, score → score |
//! | `t:<ticket>` | string | lane, then cost and score while it waits, or the agent who has it |
//! | `a:<agent>` | string | presence, capacity, and a record for each ticket reserved or held: request, ticket, fence, cost, score, end of the lease, state |
//! | `x:<agent>` | string | tickets that the agent is skipped for, and until when |
//! | `rv` | zset | agent → when `expire` must look at what they have reserved (no later than the first lease ends) |
//! | `pr` | zset | agent → end of the presence's lease |
//! | `ag` | set | every agent seen |
//! | `profiles`, `pv` | hash, counter | agent → profile as JSON; version |
//! | `lanes`, `lv` | hash, counter | lane → digest and requirement as JSON; version |
//! | `n:<digest>` | string | the lane of a requirement |
//! | `e:<agent>`, `s:<agent>` | string, set | the lanes the agent may serve: a 1 in the place of each; their names |
//! | `building`, `epoch` | string | while it is rebuilt: the generation to be, and the last epoch |
//! | `home` | string | the run id of the server that the queue was built on |
//!
//! # When something breaks
//! * **A replica dies** between claim and accept: the lease ends and any replica's
//!   [`Queue::expire`] puts the ticket back. Between accept and the commit in SQL: the ticket is
//!   held here but not there; the reconciler releases it.
//! * **Redis dies or hangs**: every call answers [`QueueError::Unavailable`] within about a second,
//!   and works again when Redis is back. The outcome of the broken call is unknown, so every call
//!   may be repeated; a repeated claim with the same request gets the same answer.
//! * **Redis lost everything** (or this process restarted): there is no generation, so everything
//!   but profiles, presence and rebuild answers [`QueueError::Stale`] until it is rebuilt.
//! * **A rebuild dies half-way**: the clock was taken away first, so the queue stays stale; the next
//!   rebuild, under a higher generation, starts afresh and shuts the older one out.
//! * **Redis came back with old facts** (an old copy, a failover): the generation is there but
//!   facts are not those of SQL. [`Queue::is_at_home`] sees that it is another process than the one
//!   that the queue was built on; the service looks every second, and rebuilds. Whatever was given
//!   out in between is decided by SQL.
//! * **The keys' slot is being moved** to another server of a cluster: calls answer
//!   [`QueueError::Unavailable`] until it is done, because the scripts need all keys in one place.
//! * **Tickets ask for too many different things**: a new combination is refused with
//!   [`QueueError::TooManyLanes`], known ones are served on; a rebuild leaves out what does not fit.
//!
//! # Time
//! In Redis leases, skips and presences are durations counted by the server's clock, so replicas whose
//! clocks differ agree. [`Queue::with_given_time`] makes it go by the `now` of each call instead, for
//! tests that move time by hand; the queue in this process always does.
//!
//! # What a call costs
//! Nearly all of it is the number of commands in a script, and the memory they touch. A claim is seven:
//! the time, one read of what is known of clock and agent, the heads, the front of one lane, the ticket
//! out of the lane, the lane's new head, and one write of clock, agent and ticket. Text in fixed places
//! is cut out without parsing. An accept writes one byte. Agents are in `rv` once, not once for each
//! ticket, so most claims and all accepts leave it alone.

mod agents;
mod exchange;
mod layout;
mod link;
mod memory;
mod redis;
mod reply;
mod script;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod model;
#[cfg(test)]
mod server;

pub use self::exchange::{
    Acceptance, AgentState, Claim, Expired, Held, Limits, QueueError, Reservation, Snapshot,
    Waiting,
};
pub use self::link::{Link, connect};
pub use self::memory::MemoryQueue;
pub use self::redis::RedisQueue;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::time::UtcMillis;

/// The two queues behind one contract.
#[derive(Clone, Debug)]
pub enum Queue {
    /// In this process.
    Memory(MemoryQueue),
    /// In Redis or Valkey.
    Redis(RedisQueue),
}

/// How far into a lane a claim looks past tickets that are skipped for the agent.
pub const REACH: usize = 8;

/// The most lanes there can be: different combinations of what tickets ask for.
pub const MOST_LANES: usize = 4096;

/// The longest lease or skip, in ms: some centuries.
const LONGEST: i64 = 9_999_999_999_999;

/// Says how many tickets a rebuild had to leave out for want of lanes.
fn warn_of_lanes(left_out: usize) {
    if left_out > 0 {
        tracing::warn!(left_out, error = %QueueError::TooManyLanes, "tickets do not wait in the queue");
    }
}

impl Queue {
    /// A queue in this process, empty and stale until its first rebuild.
    pub fn memory() -> Self {
        Self::Memory(MemoryQueue::default())
    }

    /// A queue on the server that `connection` leads to (see [`connect`]); `tag` keeps installations
    /// apart that share a server. Leases go by the server's clock.
    pub fn redis(connection: Link, tag: &str) -> Self {
        Self::Redis(RedisQueue::new(connection, tag))
    }

    /// The same queue going by the `now` of each call also in Redis, for clocks that are moved by hand.
    #[must_use]
    pub fn with_given_time(self) -> Self {
        match self {
            Self::Memory(queue) => Self::Memory(queue),
            Self::Redis(queue) => Self::Redis(queue.with_given_time()),
        }
    }

    /// Adds a ticket, or moves it to a new score; idempotent. A reserved or held ticket stays where
    /// it is.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn push(&self, waiting: &Waiting) -> Result<(), QueueError> {
        match self {
            Self::Memory(queue) => queue.push(waiting),
            Self::Redis(queue) => queue.push(waiting).await,
        }
    }

    /// Changes what a ticket weighs, wherever it is. A held one changes its agent's load at once, even
    /// above their capacity. Nothing happens when the ticket is unknown. Whoever knows its holder says
    /// so: it is found sooner; nobody, or somebody else, does no harm.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn reweigh(
        &self,
        ticket: TicketId,
        cost: u32,
        holder: Option<AgentId>,
    ) -> Result<(), QueueError> {
        match self {
            Self::Memory(queue) => queue.reweigh(ticket, cost),
            Self::Redis(queue) => queue.reweigh(ticket, cost, holder).await,
        }
    }

    /// Reserves for the agent the most urgent ticket that they can serve and have capacity for, for
    /// `lease` ms. The same request gets the same reservation as long as the agent has that ticket,
    /// reserved or held.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn claim(
        &self,
        agent: AgentId,
        request: RequestId,
        lease: i64,
        now: UtcMillis,
    ) -> Result<Claim, QueueError> {
        let lease = lease.clamp(0, LONGEST);
        match self {
            Self::Memory(queue) => queue.claim(agent, request, lease, now),
            Self::Redis(queue) => queue.claim(agent, request, lease, now).await,
        }
    }

    /// Reserves this ticket for the agent, if it waits and the agent can serve it. With
    /// `Limits::Ignored` (a supervisor's assignment) eligibility, presence and capacity do not count.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn claim_this(
        &self,
        agent: AgentId,
        ticket: TicketId,
        limits: Limits,
        lease: i64,
        now: UtcMillis,
    ) -> Result<Claim, QueueError> {
        let lease = lease.clamp(0, LONGEST);
        match self {
            Self::Memory(queue) => queue.claim_this(agent, ticket, limits, lease, now),
            Self::Redis(queue) => queue.claim_this(agent, ticket, limits, lease, now).await,
        }
    }

    /// Turns the reservation into a held ticket.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn accept(
        &self,
        reservation: &Reservation,
        now: UtcMillis,
    ) -> Result<Acceptance, QueueError> {
        match self {
            Self::Memory(queue) => queue.accept(reservation, now),
            Self::Redis(queue) => queue.accept(reservation, now).await,
        }
    }

    /// Gives a reserved or held ticket back to its lane at its old score; the agent is skipped for
    /// this ticket for `skip` ms. Nothing happens when the fence is no longer the ticket's.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn release(
        &self,
        reservation: &Reservation,
        skip: i64,
        now: UtcMillis,
    ) -> Result<(), QueueError> {
        let skip = skip.clamp(0, LONGEST);
        match self {
            Self::Memory(queue) => queue.release(reservation, skip, now),
            Self::Redis(queue) => queue.release(reservation, skip, now).await,
        }
    }

    /// The ticket leaves the queue: resolved, cancelled, or no longer this agent's. Idempotent.
    /// `holder` as in [`Self::reweigh`].
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn remove(
        &self,
        ticket: TicketId,
        holder: Option<AgentId>,
    ) -> Result<(), QueueError> {
        match self {
            Self::Memory(queue) => queue.remove(ticket),
            Self::Redis(queue) => queue.remove(ticket, holder).await,
        }
    }

    /// Returns expired reservations to their lanes and lets expired presences go offline; at most
    /// `limit` of each. Any replica may run it; it is idempotent.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn expire(&self, limit: usize, now: UtcMillis) -> Result<Expired, QueueError> {
        match self {
            Self::Memory(queue) => queue.expire(limit, now),
            Self::Redis(queue) => queue.expire(limit, now).await,
        }
    }

    /// The generation the queue was last rebuilt with; `None` when it is empty or was lost.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn generation(&self) -> Result<Option<i64>, QueueError> {
        match self {
            Self::Memory(queue) => Ok(queue.generation()),
            Self::Redis(queue) => queue.generation().await,
        }
    }

    /// Whether the server is still the very process that the queue was built on. One that was started
    /// again or took over may lack the last writes: then the queue should be rebuilt.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn is_at_home(&self) -> Result<bool, QueueError> {
        match self {
            Self::Memory(_) => Ok(true),
            Self::Redis(queue) => queue.is_at_home().await,
        }
    }

    /// Serves nothing until it is rebuilt under this generation: what is pushed while SQL is read must
    /// wait for the rebuild, which would throw it away.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn close(&self, generation: i64) -> Result<(), QueueError> {
        match self {
            Self::Memory(queue) => queue.close(generation),
            Self::Redis(queue) => queue.close(generation).await,
        }
    }

    /// Throws everything but presence away and fills the queue from SQL under a new generation.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn rebuild(
        &self,
        generation: i64,
        waiting: &[Waiting],
        held: &[Held],
    ) -> Result<(), QueueError> {
        match self {
            Self::Memory(queue) => queue.rebuild(generation, waiting, held),
            Self::Redis(queue) => queue.rebuild(generation, waiting, held).await,
        }
    }

    /// How the queue looks now, with at most `limit` waiting tickets.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn snapshot(&self, limit: usize, now: UtcMillis) -> Result<Snapshot, QueueError> {
        self.look(&[], limit, now).await
    }

    /// How the queue looks to these agents: of the tickets that wait, the most urgent that at least
    /// one of them may serve, whatever waits before these.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn servable(
        &self,
        agents: &[AgentId],
        limit: usize,
        now: UtcMillis,
    ) -> Result<Snapshot, QueueError> {
        let limit = if agents.is_empty() { 0 } else { limit };
        self.look(agents, limit, now).await
    }

    async fn look(
        &self,
        agents: &[AgentId],
        limit: usize,
        now: UtcMillis,
    ) -> Result<Snapshot, QueueError> {
        match self {
            Self::Memory(queue) => queue.snapshot(agents, limit, now),
            Self::Redis(queue) => queue.snapshot(agents, limit, now).await,
        }
    }
}

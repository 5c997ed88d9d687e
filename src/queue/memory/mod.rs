//! The routing queue inside this process: the embedded default.
//!
//! A cloneable handle on one state behind a standard mutex. The lock is never held across an
//! await: every operation is a short synchronous function of the state, so the simple mutex is
//! faster than an asynchronous one, and nothing can deadlock. A restart forgets everything; the
//! service then rebuilds from SQL, as after the loss of Redis.

mod desk;
mod lane;
mod roster;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::state::State;
use super::{
    Acceptance, AgentState, Claim, Expired, Held, Limits, QueueError, Reservation, Snapshot,
    Waiting,
};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::time::UtcMillis;

/// The queue in this process; clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryQueue {
    state: Arc<Mutex<State>>,
}

impl MemoryQueue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, when it was filled from SQL.
    fn filled(&self) -> Result<MutexGuard<'_, State>, QueueError> {
        let state = self.state();
        if state.generation.is_none() { Err(QueueError::Stale) } else { Ok(state) }
    }

    pub(super) fn push(&self, waiting: &Waiting) -> Result<(), QueueError> {
        self.filled()?.push(waiting)
    }

    pub(super) fn reweigh(&self, ticket: TicketId, cost: u32) -> Result<(), QueueError> {
        self.filled()?.reweigh(ticket, cost);
        Ok(())
    }

    pub(super) fn claim(
        &self,
        agent: AgentId,
        request: RequestId,
        lease: i64,
        now: UtcMillis,
    ) -> Result<Claim, QueueError> {
        Ok(self.filled()?.claim(agent, request, lease, now))
    }

    pub(super) fn claim_this(
        &self,
        agent: AgentId,
        ticket: TicketId,
        limits: Limits,
        lease: i64,
        now: UtcMillis,
    ) -> Result<Claim, QueueError> {
        Ok(self.filled()?.claim_this(agent, ticket, limits, lease, now))
    }

    pub(super) fn accept(
        &self,
        reservation: &Reservation,
        now: UtcMillis,
    ) -> Result<Acceptance, QueueError> {
        Ok(self.filled()?.accept(reservation, now))
    }

    pub(super) fn release(
        &self,
        reservation: &Reservation,
        skip: i64,
        now: UtcMillis,
    ) -> Result<(), QueueError> {
        self.filled()?.release(reservation, skip, now);
        Ok(())
    }

    pub(super) fn remove(&self, ticket: TicketId) -> Result<(), QueueError> {
        self.filled()?.remove(ticket);
        Ok(())
    }

    pub(super) fn set_profile(&self, agent: AgentId, profile: &Profile, now: UtcMillis) {
        self.state().set_profile(agent, profile, now);
    }

    pub(super) fn set_presence(
        &self,
        agent: AgentId,
        presence: Presence,
        lease: i64,
        now: UtcMillis,
    ) {
        self.state().roster.set_presence(agent, presence, now.plus(lease), now);
    }

    pub(super) fn renew(&self, agent: AgentId, lease: i64, now: UtcMillis) -> bool {
        self.state().roster.renew(agent, now.plus(lease), now)
    }

    pub(super) fn agent(
        &self,
        agent: AgentId,
        now: UtcMillis,
    ) -> Result<Option<AgentState>, QueueError> {
        Ok(self.filled()?.agent(agent, now))
    }

    pub(super) fn expire(&self, limit: usize, now: UtcMillis) -> Result<Expired, QueueError> {
        Ok(self.filled()?.expire(limit, now))
    }

    pub(super) fn close(&self, generation: i64) -> Result<(), QueueError> {
        let mut state = self.state();
        state.outdate(generation)?;
        state.generation = None;
        Ok(())
    }

    pub(super) fn generation(&self) -> Option<i64> {
        self.state().generation
    }

    pub(super) fn rebuild(
        &self,
        generation: i64,
        waiting: &[Waiting],
        held: &[Held],
    ) -> Result<(), QueueError> {
        let mut state = self.state();
        state.outdate(generation)?;
        state.rebuild(generation, waiting, held);
        Ok(())
    }

    pub(super) fn snapshot(
        &self,
        agents: &[AgentId],
        limit: usize,
        now: UtcMillis,
    ) -> Result<Snapshot, QueueError> {
        Ok(self.filled()?.snapshot(agents, limit, now))
    }
}

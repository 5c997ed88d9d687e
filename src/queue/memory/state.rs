//! What the lock protects: every operation of the queue as a plain function on values.
//!
//! A claim looks at the heads, at one lane and at one desk; what is large (where each ticket waits)
//! it does not touch.

#[cfg(test)]
mod audit;

use std::collections::{BTreeSet, HashMap};

use super::super::{
    Acceptance, AgentState, Claim, Expired, Held, Limits, QueueError, REACH, Reservation, Snapshot,
    Waiting, warn_of_lanes,
};
use super::desk::Desks;
use super::lane::{LaneId, Lanes, Spot};
use super::roster::Roster;
use crate::domain::agent::Profile;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ticket::{Fence, Requirement};
use crate::domain::time::UtcMillis;

/// Who has a ticket, the token that proves it, and the end of the lease until it is accepted.
#[derive(Clone, Copy, Debug)]
struct Taken {
    agent: AgentId,
    fence: Fence,
    until: Option<UtcMillis>,
}

impl Taken {
    fn is_of(&self, reservation: &Reservation) -> bool {
        (self.agent, self.fence) == (reservation.agent, reservation.fence)
    }
}

/// Who reserves, under which conditions.
#[derive(Clone, Copy, Debug)]
struct Wish {
    agent: AgentId,
    request: Option<RequestId>,
    /// None when capacity does not count.
    capacity: Option<u32>,
    expires_at: UtcMillis,
}

/// The whole queue. A ticket waits when it is in `tickets` and not in `taken`.
#[derive(Debug, Default)]
pub(super) struct State {
    /// None while it is not filled.
    pub(super) generation: Option<i64>,
    /// The latest generation that began to fill it.
    latest: i64,
    epoch: i64,
    lanes: Lanes,
    pub(super) roster: Roster,
    desks: Desks,
    tickets: HashMap<TicketId, Spot>,
    taken: HashMap<TicketId, Taken>,
    due: BTreeSet<(UtcMillis, TicketId)>,
}

impl State {
    pub(super) fn push(&mut self, waiting: &Waiting) -> Result<(), QueueError> {
        let ticket = waiting.ticket;
        let lane = Some(self.lane(&waiting.requirement)?);
        if self.taken.contains_key(&ticket) {
            return Ok(());
        }
        let spot = Spot { lane, score: waiting.score, cost: waiting.cost };
        if let Some(old) = self.tickets.insert(ticket, spot) {
            self.lanes.remove(ticket, old);
        }
        self.lanes.insert(ticket, spot);
        Ok(())
    }

    fn lane(&mut self, asked: &Requirement) -> Result<LaneId, QueueError> {
        if let Some(lane) = self.lanes.find(asked) {
            return Ok(lane);
        }
        let lane = self.lanes.open(asked)?;
        self.roster.open_lane(lane, asked);
        Ok(lane)
    }

    pub(super) fn reweigh(&mut self, ticket: TicketId, cost: u32) {
        let Some(spot) = self.tickets.get_mut(&ticket) else { return };
        spot.cost = cost;
        match self.taken.get(&ticket) {
            Some(taken) => self.desks.reweigh(taken.agent, ticket, cost),
            None => self.lanes.insert(ticket, *spot),
        }
    }

    pub(super) fn claim(
        &mut self,
        agent: AgentId,
        request: RequestId,
        lease: i64,
        now: UtcMillis,
    ) -> Claim {
        if let Some(answer) = self.desks.answered(agent, request) {
            return Claim::Reserved(answer);
        }
        let Some((able, capacity)) = self.roster.online(agent, now) else { return Claim::Absent };
        let skips = self.desks.skips(agent);
        let skipped = |ticket| skips.iter().any(|(it, until)| *it == ticket && *until > now);
        let Some((ticket, spot)) = self.lanes.best(able, REACH, skipped) else {
            return Claim::Empty;
        };
        let (request, capacity) = (Some(request), Some(capacity));
        self.reserve(ticket, spot, Wish { agent, request, capacity, expires_at: now.plus(lease) })
    }

    pub(super) fn claim_this(
        &mut self,
        agent: AgentId,
        ticket: TicketId,
        limits: Limits,
        lease: i64,
        now: UtcMillis,
    ) -> Claim {
        let spot = self.tickets.get(&ticket).filter(|_| !self.taken.contains_key(&ticket)).copied();
        let capacity = match limits {
            Limits::Ignored => None,
            Limits::Kept => {
                let Some((able, capacity)) = self.roster.online(agent, now) else {
                    return Claim::Absent;
                };
                let lane = spot.and_then(|spot| spot.lane);
                if lane.is_none_or(|lane| !able.contains(lane)) {
                    return Claim::Empty;
                }
                Some(capacity)
            }
        };
        let Some(spot) = spot else { return Claim::Empty };
        let expires_at = now.plus(lease);
        self.reserve(ticket, spot, Wish { agent, request: None, capacity, expires_at })
    }

    /// Reserves a ticket that waits, if its cost fits.
    fn reserve(&mut self, ticket: TicketId, spot: Spot, wish: Wish) -> Claim {
        let Wish { agent, expires_at, .. } = wish;
        let Some(generation) = self.generation else { return Claim::Empty };
        let load = self.desks.load(agent);
        let after = load + u64::from(spot.cost);
        if wish.capacity.is_some_and(|capacity| after > u64::from(capacity)) {
            return Claim::Full;
        }
        self.epoch += 1;
        let fence = Fence { generation, epoch: self.epoch };
        self.lanes.remove(ticket, spot);
        self.due.insert((expires_at, ticket));
        self.taken.insert(ticket, Taken { agent, fence, until: Some(expires_at) });
        let load = u32::try_from(load).unwrap_or(u32::MAX);
        let answer = Reservation { ticket, agent, fence, score: spot.score, load, expires_at };
        let kept = wish.request.map(|request| (request, answer.clone()));
        self.desks.put(agent, ticket, spot.cost, kept);
        Claim::Reserved(answer)
    }

    pub(super) fn accept(&mut self, reservation: &Reservation, now: UtcMillis) -> Acceptance {
        let ticket = reservation.ticket;
        let taken = self.taken.get_mut(&ticket).filter(|taken| taken.is_of(reservation));
        let Some(taken) = taken else { return Acceptance::Fenced };
        if taken.until.is_some_and(|until| until <= now) {
            return Acceptance::Fenced;
        }
        if let Some(until) = taken.until.take() {
            self.due.remove(&(until, ticket));
        }
        Acceptance::Accepted
    }

    pub(super) fn release(&mut self, reservation: &Reservation, skip: i64, now: UtcMillis) {
        let Reservation { ticket, agent, .. } = *reservation;
        if self.taken.get(&ticket).is_some_and(|taken| taken.is_of(reservation)) {
            self.desks.skip(agent, ticket, now.plus(skip), now);
            self.give_back(ticket);
        }
    }

    /// Puts a reserved or held ticket back in its lane; without a lane it leaves the queue.
    fn give_back(&mut self, ticket: TicketId) -> Option<AgentId> {
        let taken = self.taken.remove(&ticket)?;
        if let Some(until) = taken.until {
            self.due.remove(&(until, ticket));
        }
        self.desks.free(taken.agent, ticket);
        match self.tickets.get(&ticket).copied() {
            Some(spot) if spot.lane.is_some() => self.lanes.insert(ticket, spot),
            _ => {
                self.tickets.remove(&ticket);
            }
        }
        Some(taken.agent)
    }

    pub(super) fn remove(&mut self, ticket: TicketId) {
        self.give_back(ticket);
        if let Some(spot) = self.tickets.remove(&ticket) {
            self.lanes.remove(ticket, spot);
        }
    }

    pub(super) fn expire(&mut self, limit: usize, now: UtcMillis) -> Expired {
        let mut expired = Expired::default();
        let due = self.due.iter().take_while(|(until, _)| *until <= now).take(limit);
        for (_, ticket) in due.copied().collect::<Vec<_>>() {
            expired.reservations.extend(self.give_back(ticket).map(|agent| (ticket, agent)));
        }
        expired.absent = self.roster.expire(limit, now);
        expired
    }

    /// From now on nothing of an older generation may fill the queue.
    ///
    /// # Errors
    /// This generation is the older one.
    pub(super) fn outdate(&mut self, generation: i64) -> Result<(), QueueError> {
        if generation < self.latest {
            return Err(QueueError::Stale);
        }
        self.latest = generation;
        Ok(())
    }

    pub(super) fn rebuild(&mut self, generation: i64, waiting: &[Waiting], held: &[Held]) {
        self.lanes = Lanes::default();
        self.desks = Desks::default();
        self.tickets.clear();
        self.taken.clear();
        self.due.clear();
        self.roster.clear();
        for held in held {
            self.restore(held);
        }
        self.generation = Some(generation);
        warn_of_lanes(waiting.iter().filter(|it| self.push(it).is_err()).count());
    }

    fn restore(&mut self, held: &Held) {
        let Held { ticket, agent, cost, fence } = *held;
        self.tickets.insert(ticket, Spot { lane: None, score: UtcMillis::default(), cost });
        if let Some(before) = self.taken.insert(ticket, Taken { agent, fence, until: None }) {
            self.desks.free(before.agent, ticket);
        }
        self.desks.put(agent, ticket, cost, None);
        self.epoch = self.epoch.max(fence.epoch);
    }

    /// With any agents, only tickets that one of them may serve are listed.
    pub(super) fn snapshot(&self, agents: &[AgentId], limit: usize, now: UtcMillis) -> Snapshot {
        let able: Vec<_> = agents.iter().filter_map(|agent| self.roster.lanes(*agent)).collect();
        let is_wanted = |id| agents.is_empty() || able.iter().any(|lanes| lanes.contains(id));
        let first = self.lanes.first(limit, is_wanted).into_iter();
        let waiting = first.map(|(ticket, Spot { score, cost, .. }, requirement)| Waiting {
            ticket,
            requirement: requirement.clone(),
            score,
            cost,
        });
        Snapshot {
            waiting: waiting.collect(),
            total_waiting: self.lanes.len() as u64,
            agents: self.roster.states(&self.desks, now),
        }
    }

    pub(super) fn agent(&self, agent: AgentId, now: UtcMillis) -> Option<AgentState> {
        self.roster.state(agent, &self.desks, now)
    }

    /// Computes eligibility anew and makes the agent known.
    pub(super) fn set_profile(&mut self, agent: AgentId, profile: &Profile, now: UtcMillis) {
        self.roster.set_profile(agent, profile, &self.lanes, now);
    }
}

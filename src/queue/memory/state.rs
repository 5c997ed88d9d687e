//! What the lock protects: every operation of the queue as a plain function on values.

use std::collections::{BTreeSet, HashMap};

use super::super::{
    Acceptance, Claim, Expired, Held, Limits, REACH, Reservation, Snapshot, Waiting,
};
use super::answer::Answers;
use super::lane::{LaneId, Lanes};
use super::roster::Roster;
use crate::domain::agent::Profile;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ticket::{Fence, Requirement};
use crate::domain::time::UtcMillis;

/// Where a ticket is: in exactly one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Waiting,
    Reserved(Holder, UtcMillis),
    Held(Holder),
}

/// Who has it, and the token that proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Holder {
    agent: AgentId,
    fence: Fence,
}

impl Place {
    const fn holder(self) -> Option<Holder> {
        match self {
            Self::Waiting => None,
            Self::Reserved(holder, _) | Self::Held(holder) => Some(holder),
        }
    }
}

/// One ticket.
#[derive(Debug)]
struct Entry {
    /// Unknown for a ticket that was already held when the queue was rebuilt.
    lane: Option<LaneId>,
    score: UtcMillis,
    cost: u32,
    place: Place,
    skips: Vec<(AgentId, UtcMillis)>,
}

/// The whole queue.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) generation: Option<i64>,
    epoch: i64,
    lanes: Lanes,
    pub(super) roster: Roster,
    tickets: HashMap<TicketId, Entry>,
    due: BTreeSet<(UtcMillis, TicketId)>,
    answers: Answers,
}

impl State {
    pub(super) fn push(&mut self, waiting: &Waiting) {
        let ticket = waiting.ticket;
        let skips = match self.tickets.remove(&ticket) {
            Some(entry) if entry.place != Place::Waiting => {
                self.tickets.insert(ticket, entry);
                return;
            }
            Some(entry) => {
                self.leave_lane(ticket, &entry);
                entry.skips
            }
            None => Vec::new(),
        };
        let lane = self.lane(&waiting.requirement);
        let (score, cost) = (waiting.score, waiting.cost);
        self.lanes.insert(lane, score, ticket);
        let entry = Entry { lane: Some(lane), score, cost, place: Place::Waiting, skips };
        self.tickets.insert(ticket, entry);
    }

    fn lane(&mut self, asked: &Requirement) -> LaneId {
        self.lanes.find(asked).unwrap_or_else(|| {
            let lane = self.lanes.open(asked);
            self.roster.open_lane(lane, asked);
            lane
        })
    }

    fn leave_lane(&mut self, ticket: TicketId, entry: &Entry) {
        if let (Some(lane), Place::Waiting) = (entry.lane, entry.place) {
            self.lanes.remove(lane, entry.score, ticket);
        }
    }

    pub(super) fn claim(
        &mut self,
        agent: AgentId,
        request: RequestId,
        lease: i64,
        now: UtcMillis,
    ) -> Claim {
        if let Some(answer) = self.answers.find(agent, request, now) {
            return answer;
        }
        let answer = self.next(agent, lease, now);
        self.answers.keep(agent, request, &answer, now);
        answer
    }

    fn next(&mut self, agent: AgentId, lease: i64, now: UtcMillis) -> Claim {
        let Some((lanes, capacity)) = self.roster.online(agent, now) else { return Claim::Absent };
        let best = self.lanes.best(lanes, REACH, |ticket| self.skips(ticket, agent, now));
        best.map_or(Claim::Empty, |ticket| self.reserve(agent, ticket, Some(capacity), lease, now))
    }

    fn skips(&self, ticket: TicketId, agent: AgentId, now: UtcMillis) -> bool {
        self.tickets.get(&ticket).is_some_and(|entry| {
            entry.skips.iter().any(|(skipped, until)| *skipped == agent && *until > now)
        })
    }

    pub(super) fn claim_this(
        &mut self,
        agent: AgentId,
        ticket: TicketId,
        limits: Limits,
        lease: i64,
        now: UtcMillis,
    ) -> Claim {
        let capacity = match limits {
            Limits::Ignored => None,
            Limits::Kept => {
                let Some((lanes, capacity)) = self.roster.online(agent, now) else {
                    return Claim::Absent;
                };
                let lane = self.tickets.get(&ticket).and_then(|entry| entry.lane);
                if lane.is_none_or(|lane| !lanes.contains(&lane)) {
                    return Claim::Empty;
                }
                Some(capacity)
            }
        };
        self.reserve(agent, ticket, capacity, lease, now)
    }

    /// Reserves a ticket that waits, if its cost fits.
    fn reserve(
        &mut self,
        agent: AgentId,
        ticket: TicketId,
        capacity: Option<u32>,
        lease: i64,
        now: UtcMillis,
    ) -> Claim {
        let load = self.roster.load(agent);
        let waiting = self.tickets.get_mut(&ticket).filter(|entry| entry.place == Place::Waiting);
        let (Some(generation), Some(entry)) = (self.generation, waiting) else {
            return Claim::Empty;
        };
        if capacity.is_some_and(|capacity| load + u64::from(entry.cost) > u64::from(capacity)) {
            return Claim::Full;
        }
        self.epoch += 1;
        let fence = Fence { generation, epoch: self.epoch };
        let expires_at = now.plus(lease);
        entry.place = Place::Reserved(Holder { agent, fence }, expires_at);
        if let Some(lane) = entry.lane {
            self.lanes.remove(lane, entry.score, ticket);
        }
        self.due.insert((expires_at, ticket));
        self.roster.hold(agent, ticket, entry.cost);
        let load = u32::try_from(load).unwrap_or(u32::MAX);
        Claim::Reserved(Reservation { ticket, agent, fence, score: entry.score, load, expires_at })
    }

    pub(super) fn accept(&mut self, reservation: &Reservation, now: UtcMillis) -> Acceptance {
        let Some(entry) = self.tickets.get_mut(&reservation.ticket) else {
            return Acceptance::Fenced;
        };
        let mine = Holder { agent: reservation.agent, fence: reservation.fence };
        match entry.place {
            Place::Held(holder) if holder == mine => Acceptance::Accepted,
            Place::Reserved(holder, until) if holder == mine && until > now => {
                self.due.remove(&(until, reservation.ticket));
                entry.place = Place::Held(mine);
                Acceptance::Accepted
            }
            _ => Acceptance::Fenced,
        }
    }

    pub(super) fn release(&mut self, reservation: &Reservation, skip: i64, now: UtcMillis) {
        let mine = Holder { agent: reservation.agent, fence: reservation.fence };
        let Some(entry) = self.tickets.get_mut(&reservation.ticket) else { return };
        if entry.place.holder() != Some(mine) {
            return;
        }
        entry.skips.retain(|(agent, until)| *agent != mine.agent && *until > now);
        if skip > 0 {
            entry.skips.push((mine.agent, now.plus(skip)));
        }
        self.give_back(reservation.ticket);
    }

    /// Puts a reserved or held ticket back in its lane; without a lane it leaves the queue.
    fn give_back(&mut self, ticket: TicketId) -> Option<AgentId> {
        let entry = self.tickets.get_mut(&ticket)?;
        let holder = entry.place.holder()?;
        if let Place::Reserved(_, until) = entry.place {
            self.due.remove(&(until, ticket));
        }
        self.roster.free(holder.agent, ticket);
        if let Some(lane) = entry.lane {
            entry.place = Place::Waiting;
            self.lanes.insert(lane, entry.score, ticket);
        } else {
            self.tickets.remove(&ticket);
        }
        Some(holder.agent)
    }

    pub(super) fn remove(&mut self, ticket: TicketId) {
        self.give_back(ticket);
        if let Some(entry) = self.tickets.remove(&ticket) {
            self.leave_lane(ticket, &entry);
        }
    }

    pub(super) fn reweigh(&mut self, ticket: TicketId, cost: u32) {
        let Some(entry) = self.tickets.get_mut(&ticket) else { return };
        entry.cost = cost;
        if let Some(holder) = entry.place.holder() {
            self.roster.hold(holder.agent, ticket, cost);
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

    pub(super) fn rebuild(&mut self, generation: i64, waiting: &[Waiting], held: &[Held]) {
        self.lanes = Lanes::default();
        self.tickets.clear();
        self.due.clear();
        self.answers = Answers::default();
        self.roster.clear();
        for held in held {
            self.restore(held);
        }
        self.generation = Some(generation);
        for waiting in waiting {
            self.push(waiting);
        }
    }

    fn restore(&mut self, held: &Held) {
        let place = Place::Held(Holder { agent: held.agent, fence: held.fence });
        let (score, cost) = (UtcMillis::default(), held.cost);
        let entry = Entry { lane: None, score, cost, place, skips: Vec::new() };
        if let Some(before) = self.tickets.insert(held.ticket, entry)
            && let Some(holder) = before.place.holder()
        {
            self.roster.free(holder.agent, held.ticket);
        }
        self.roster.hold(held.agent, held.ticket, cost);
        self.epoch = self.epoch.max(held.fence.epoch);
    }

    pub(super) fn snapshot(&self, limit: usize, now: UtcMillis) -> Snapshot {
        let first = self.lanes.first(limit).into_iter();
        let waiting = first.map(|(ticket, score, requirement)| Waiting {
            ticket,
            requirement: requirement.clone(),
            score,
            cost: self.tickets.get(&ticket).map_or(0, |entry| entry.cost),
        });
        Snapshot {
            waiting: waiting.collect(),
            total_waiting: self.lanes.len() as u64,
            agents: self.roster.states(now),
        }
    }

    /// Computes eligibility anew and makes the agent known.
    pub(super) fn set_profile(&mut self, agent: AgentId, profile: &Profile, now: UtcMillis) {
        self.roster.set_profile(agent, profile, &self.lanes, now);
    }
}

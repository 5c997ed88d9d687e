//! The model: slow, plain, and easy to believe.

use std::collections::BTreeMap;

use super::super::{
    Acceptance, AgentState, Claim, Expired, Held, Limits, REACH, Reservation, Snapshot, Waiting,
};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ticket::{Fence, Requirement};
use crate::domain::time::UtcMillis;
use crate::routing::eligibility::may_serve;

/// Who has a ticket; without an end it was accepted.
#[derive(Clone, Debug)]
struct Holder {
    agent: AgentId,
    fence: Fence,
    until: Option<UtcMillis>,
}

#[derive(Clone, Debug)]
struct Entry {
    requirement: Option<Requirement>,
    score: UtcMillis,
    cost: u32,
    holder: Option<Holder>,
    /// The claim that reserved it, and the answer.
    answered: Option<(RequestId, Reservation)>,
}

#[derive(Clone, Debug)]
struct Person {
    profile: Option<Profile>,
    presence: Presence,
    since: UtcMillis,
    until: UtcMillis,
}

/// The whole queue, and the time.
pub(super) struct Model {
    pub(super) now: UtcMillis,
    generation: i64,
    tickets: BTreeMap<TicketId, Entry>,
    people: BTreeMap<AgentId, Person>,
    /// In the order in which tickets first asked for them.
    lanes: Vec<Requirement>,
    /// Who is skipped for what until when.
    skips: BTreeMap<(AgentId, TicketId), UtcMillis>,
}

impl Model {
    pub(super) fn new() -> Self {
        let (tickets, people, skips) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { now: UtcMillis(1_000), generation: 1, tickets, people, lanes: Vec::new(), skips }
    }

    fn lane(&mut self, requirement: &Requirement) {
        if !self.lanes.contains(requirement) {
            self.lanes.push(requirement.clone());
        }
    }

    /// Which of the lanes.
    fn number(&self, requirement: &Requirement) -> usize {
        self.lanes.iter().position(|lane| lane == requirement).expect("a lane that was opened")
    }

    pub(super) fn push(&mut self, waiting: &Waiting) {
        self.lane(&waiting.requirement);
        let before = self.tickets.get(&waiting.ticket);
        if before.is_some_and(|entry| entry.holder.is_some()) {
            return;
        }
        let entry = Entry {
            requirement: Some(waiting.requirement.clone()),
            score: waiting.score,
            cost: waiting.cost,
            holder: None,
            answered: None,
        };
        self.tickets.insert(waiting.ticket, entry);
    }

    fn load(&self, agent: AgentId) -> u32 {
        let held = self
            .tickets
            .values()
            .filter(|entry| entry.holder.as_ref().is_some_and(|holder| holder.agent == agent));
        held.map(|entry| entry.cost).sum()
    }

    fn online(&self, agent: AgentId) -> Option<&Profile> {
        let person = self.people.get(&agent)?;
        let present = person.presence == Presence::Online && person.until > self.now;
        person.profile.as_ref().filter(|_| present)
    }

    /// What the agent must get: the ticket, or the reason why there is none.
    pub(super) fn best(&self, agent: AgentId) -> Result<TicketId, Claim> {
        let profile = self.online(agent).ok_or(Claim::Absent)?;
        let mut lanes: BTreeMap<usize, Vec<(UtcMillis, TicketId)>> = BTreeMap::new();
        for (ticket, entry) in &self.tickets {
            if let (None, Some(requirement)) = (&entry.holder, &entry.requirement)
                && may_serve(profile, requirement).is_ok()
            {
                lanes.entry(self.number(requirement)).or_default().push((entry.score, *ticket));
            }
        }
        let skipped = |ticket: &TicketId| {
            self.skips.get(&(agent, *ticket)).is_some_and(|until| *until > self.now)
        };
        let firsts = lanes.into_iter().filter_map(|(number, mut lane)| {
            lane.sort_unstable();
            let mut seen = lane.into_iter().take(REACH);
            seen.find(|(_, ticket)| !skipped(ticket)).map(|(score, ticket)| (score, number, ticket))
        });
        let (_, _, ticket) = firsts.min().ok_or(Claim::Empty)?;
        self.fits(ticket, agent, profile)
    }

    fn fits(&self, ticket: TicketId, agent: AgentId, to: &Profile) -> Result<TicketId, Claim> {
        let load = self.load(agent) + self.tickets[&ticket].cost;
        if load > to.capacity { Err(Claim::Full) } else { Ok(ticket) }
    }

    /// The same for a ticket asked for by name.
    pub(super) fn wanted(
        &self,
        agent: AgentId,
        ticket: TicketId,
        limits: Limits,
    ) -> Result<TicketId, Claim> {
        let entry = self.tickets.get(&ticket).filter(|entry| entry.holder.is_none());
        if limits == Limits::Ignored {
            return entry.map(|_| ticket).ok_or(Claim::Empty);
        }
        let profile = self.online(agent).ok_or(Claim::Absent)?;
        let requirement = entry.and_then(|entry| entry.requirement.as_ref());
        match requirement.map(|requirement| may_serve(profile, requirement)) {
            Some(Ok(())) => self.fits(ticket, agent, profile),
            _ => Err(Claim::Empty),
        }
    }

    /// Reserves; the fence is the queue's choice.
    pub(super) fn reserve(
        &mut self,
        agent: AgentId,
        ticket: TicketId,
        lease: i64,
        asked: Result<RequestId, Limits>,
        fence: Fence,
    ) -> Claim {
        let (load, expires_at) = (self.load(agent), self.now.plus(lease));
        let generation = self.generation;
        let capacity = self.online(agent).map(|profile| profile.capacity);
        let Some(entry) = self.tickets.get_mut(&ticket) else { return Claim::Empty };
        assert!(
            asked == Err(Limits::Ignored) || capacity.is_some_and(|most| load + entry.cost <= most)
        );
        entry.holder = Some(Holder { agent, fence, until: Some(expires_at) });
        let fence = Fence { generation, ..fence };
        let answer = Reservation { ticket, agent, fence, score: entry.score, load, expires_at };
        entry.answered = asked.ok().map(|request| (request, answer.clone()));
        Claim::Reserved(answer)
    }

    /// What a repeated claim must get: the same, while the agent has that ticket.
    pub(super) fn repeated(&self, agent: AgentId, asked: RequestId) -> Option<Reservation> {
        let theirs = self
            .tickets
            .values()
            .filter(|entry| entry.holder.as_ref().is_some_and(|holder| holder.agent == agent));
        let mut answers = theirs.filter_map(|entry| entry.answered.clone());
        answers.find(|(request, _)| *request == asked).map(|(_, answer)| answer)
    }

    pub(super) fn reweigh(&mut self, ticket: TicketId, cost: u32) {
        if let Some(entry) = self.tickets.get_mut(&ticket) {
            entry.cost = cost;
        }
    }

    fn mine(&mut self, reservation: &Reservation) -> Option<&mut Entry> {
        let entry = self.tickets.get_mut(&reservation.ticket)?;
        let holder = entry.holder.as_ref()?;
        let mine = (holder.agent, holder.fence) == (reservation.agent, reservation.fence);
        mine.then_some(entry)
    }

    pub(super) fn accept(&mut self, reservation: &Reservation) -> Acceptance {
        let now = self.now;
        let holder = self.mine(reservation).and_then(|entry| entry.holder.as_mut());
        match holder {
            Some(holder) if holder.until.is_none_or(|until| until > now) => {
                holder.until = None;
                Acceptance::Accepted
            }
            _ => Acceptance::Fenced,
        }
    }

    pub(super) fn release(&mut self, reservation: &Reservation, skip: i64) {
        let now = self.now;
        if self.mine(reservation).is_some() {
            self.skips.insert((reservation.agent, reservation.ticket), now.plus(skip));
            self.give_back(reservation.ticket);
        }
    }

    fn give_back(&mut self, ticket: TicketId) {
        if let Some(entry) = self.tickets.get_mut(&ticket) {
            (entry.holder, entry.answered) = (None, None);
            if entry.requirement.is_none() {
                self.tickets.remove(&ticket);
            }
        }
    }

    pub(super) fn remove(&mut self, ticket: TicketId) {
        self.tickets.remove(&ticket);
    }

    pub(super) fn set_profile(&mut self, agent: AgentId, profile: &Profile) {
        self.person(agent).profile = Some(profile.clone());
    }

    pub(super) fn set_presence(&mut self, agent: AgentId, presence: Presence, lease: i64) {
        let now = self.now;
        let person = self.person(agent);
        let before = Self::presence(person, now);
        person.since = if before.0 == presence { before.1 } else { now };
        (person.presence, person.until) = (presence, now.plus(lease));
    }

    pub(super) fn renew(&mut self, agent: AgentId, lease: i64) -> bool {
        let now = self.now;
        let person = self.people.get_mut(&agent);
        let person = person.filter(|it| Self::presence(it, now).0 != Presence::Offline);
        person.map(|person| person.until = now.plus(lease)).is_some()
    }

    fn person(&mut self, agent: AgentId) -> &mut Person {
        let (now, presence) = (self.now, Presence::Offline);
        self.people.entry(agent).or_insert(Person {
            profile: None,
            presence,
            since: now,
            until: now,
        })
    }

    fn presence(person: &Person, now: UtcMillis) -> (Presence, UtcMillis) {
        if person.presence != Presence::Offline && person.until <= now {
            (Presence::Offline, person.until)
        } else {
            (person.presence, person.since)
        }
    }

    pub(super) fn expire(&mut self, limit: usize) -> Expired {
        let mut due = Vec::new();
        for (ticket, entry) in &self.tickets {
            if let Some(Holder { agent, until: Some(until), .. }) = entry.holder
                && until <= self.now
            {
                due.push((until, *ticket, agent));
            }
        }
        due.sort_unstable();
        due.truncate(limit);
        for (_, ticket, _) in &due {
            self.give_back(*ticket);
        }
        let mut absent: Vec<(UtcMillis, AgentId)> = Vec::new();
        for (agent, person) in &self.people {
            if person.presence != Presence::Offline && person.until <= self.now {
                absent.push((person.until, *agent));
            }
        }
        absent.sort_unstable();
        absent.truncate(limit);
        for (until, agent) in &absent {
            let person = self.person(*agent);
            (person.presence, person.since) = (Presence::Offline, *until);
        }
        Expired {
            reservations: due.into_iter().map(|(_, ticket, agent)| (ticket, agent)).collect(),
            absent: absent.into_iter().map(|(_, agent)| agent).collect(),
        }
    }

    /// What SQL would know: reservations are not in it, so their tickets wait again.
    pub(super) fn rebuild(&mut self) -> (i64, Vec<Waiting>, Vec<Held>) {
        self.generation += 1;
        let mut held = Vec::new();
        self.skips.clear();
        for (ticket, entry) in &mut self.tickets {
            entry.answered = None;
            if let Some(Holder { agent, fence, until: None }) = entry.holder.clone() {
                (entry.requirement, entry.score) = (None, UtcMillis::default());
                held.push(Held { ticket: *ticket, agent, cost: entry.cost, fence });
            } else {
                entry.holder = None;
            }
        }
        self.lanes = Vec::new();
        let mut waiting = Vec::new();
        for (ticket, entry) in &self.tickets {
            if let (None, Some(requirement)) = (&entry.holder, entry.requirement.clone()) {
                let (ticket, score, cost) = (*ticket, entry.score, entry.cost);
                waiting.push(Waiting { ticket, requirement, score, cost });
            }
        }
        for it in &waiting {
            self.lane(&it.requirement);
        }
        (self.generation, waiting, held)
    }

    fn waiting(&self) -> Vec<Waiting> {
        let mut waiting = Vec::new();
        for (ticket, entry) in &self.tickets {
            if let (None, Some(requirement)) = (&entry.holder, entry.requirement.clone()) {
                let (ticket, score, cost) = (*ticket, entry.score, entry.cost);
                waiting.push(Waiting { ticket, requirement, score, cost });
            }
        }
        waiting.sort_by_key(|it| (it.score, self.number(&it.requirement), it.ticket));
        waiting
    }

    pub(super) fn snapshot(&self, limit: usize) -> Snapshot {
        let mut waiting = self.waiting();
        let total_waiting = waiting.len() as u64;
        waiting.truncate(limit);
        let mut agents = Vec::new();
        for (agent, person) in &self.people {
            if let Some(profile) = &person.profile {
                let (presence, since) = Self::presence(person, self.now);
                let (load, capacity) = (self.load(*agent), profile.capacity);
                agents.push(AgentState { agent: *agent, presence, since, load, capacity });
            }
        }
        Snapshot { waiting, total_waiting, agents }
    }
}

//! The agents as the queue knows them: profile, presence, and what they hold.

use std::collections::{BTreeMap, BTreeSet};

use super::super::AgentState;
use super::lane::{LaneId, Lanes};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;
use crate::routing::eligibility::may_serve;

/// One agent.
#[derive(Debug)]
struct Person {
    profile: Option<Profile>,
    presence: Presence,
    since: UtcMillis,
    until: UtcMillis,
    lanes: BTreeSet<LaneId>,
}

impl Person {
    fn new(now: UtcMillis) -> Self {
        Self {
            profile: None,
            presence: Presence::Offline,
            since: now,
            until: now,
            lanes: BTreeSet::new(),
        }
    }

    /// The presence and its start: a lease that ran out is an absence since then.
    fn presence(&self, now: UtcMillis) -> (Presence, UtcMillis) {
        match self.presence {
            Presence::Online | Presence::Away if self.until <= now => {
                (Presence::Offline, self.until)
            }
            presence => (presence, self.since),
        }
    }
}

/// Everybody, by id, and the leases of those who are here.
#[derive(Debug, Default)]
pub(super) struct Roster {
    people: BTreeMap<AgentId, Person>,
    leases: BTreeSet<(UtcMillis, AgentId)>,
    held: BTreeMap<AgentId, BTreeMap<TicketId, u32>>,
}

impl Roster {
    /// Makes an agent known or replaces the profile.
    pub(super) fn set_profile(
        &mut self,
        agent: AgentId,
        profile: &Profile,
        lanes: &Lanes,
        now: UtcMillis,
    ) {
        let person = self.people.entry(agent).or_insert_with(|| Person::new(now));
        let allowed = lanes.iter().filter(|(_, asked)| may_serve(profile, asked).is_ok());
        person.lanes = allowed.map(|(lane, _)| lane).collect();
        person.profile = Some(profile.clone());
    }

    /// A lane was opened: whoever may serve it does from now on.
    pub(super) fn open_lane(&mut self, lane: LaneId, asked: &Requirement) {
        for person in self.people.values_mut() {
            if person.profile.as_ref().is_some_and(|profile| may_serve(profile, asked).is_ok()) {
                person.lanes.insert(lane);
            }
        }
    }

    /// Forgets lanes and what is held; profiles and presence stay.
    pub(super) fn clear(&mut self) {
        for person in self.people.values_mut() {
            person.lanes.clear();
        }
        self.held.clear();
    }

    /// Sets or renews a presence.
    pub(super) fn set_presence(
        &mut self,
        agent: AgentId,
        presence: Presence,
        until: UtcMillis,
        now: UtcMillis,
    ) {
        let person = self.people.entry(agent).or_insert_with(|| Person::new(now));
        if person.presence(now).0 != presence {
            person.since = now;
        } else {
            person.since = person.presence(now).1;
        }
        self.leases.remove(&(person.until, agent));
        (person.presence, person.until) = (presence, until);
        if presence != Presence::Offline {
            self.leases.insert((until, agent));
        }
    }

    /// Lets presences whose lease ran out end; at most `limit`.
    pub(super) fn expire(&mut self, limit: usize, now: UtcMillis) -> Vec<AgentId> {
        let mut absent = Vec::new();
        while absent.len() < limit {
            let Some((until, agent)) = self.leases.first().copied().filter(|(at, _)| *at <= now)
            else {
                break;
            };
            self.leases.remove(&(until, agent));
            if let Some(person) = self.people.get_mut(&agent) {
                (person.presence, person.since) = (Presence::Offline, until);
            }
            absent.push(agent);
        }
        absent
    }

    /// The lanes and the capacity of an agent who takes new work; `None` when absent or unknown.
    pub(super) fn online(
        &self,
        agent: AgentId,
        now: UtcMillis,
    ) -> Option<(&BTreeSet<LaneId>, u32)> {
        let person = self.people.get(&agent)?;
        let profile = person.profile.as_ref()?;
        (person.presence(now).0 == Presence::Online).then_some((&person.lanes, profile.capacity))
    }

    /// The sum of costs held.
    pub(super) fn load(&self, agent: AgentId) -> u64 {
        let held = self.held.get(&agent).into_iter().flat_map(BTreeMap::values);
        held.map(|cost| u64::from(*cost)).sum()
    }

    /// The agent now holds a ticket, or has it reserved.
    pub(super) fn hold(&mut self, agent: AgentId, ticket: TicketId, cost: u32) {
        self.held.entry(agent).or_default().insert(ticket, cost);
    }

    /// The agent holds it no more.
    pub(super) fn free(&mut self, agent: AgentId, ticket: TicketId) {
        if let Some(held) = self.held.get_mut(&agent) {
            held.remove(&ticket);
        }
    }

    /// Everybody with a profile, by id.
    pub(super) fn states(&self, now: UtcMillis) -> Vec<AgentState> {
        let known = self.people.iter().filter_map(|(agent, person)| {
            let (presence, since) = person.presence(now);
            person.profile.as_ref().map(|profile| AgentState {
                agent: *agent,
                presence,
                since,
                load: u32::try_from(self.load(*agent)).unwrap_or(u32::MAX),
                capacity: profile.capacity,
            })
        });
        known.collect()
    }
}

//! The agents as the queue knows them: profile and presence.

use std::collections::{BTreeSet, HashMap};

use super::super::AgentState;
use super::desk::Desks;
use super::lane::{Able, LaneId, Lanes};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::AgentId;
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
    lanes: Able,
}

impl Person {
    fn new(now: UtcMillis) -> Self {
        Self {
            profile: None,
            presence: Presence::Offline,
            since: now,
            until: now,
            lanes: Able::default(),
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
    people: HashMap<AgentId, Person>,
    leases: BTreeSet<(UtcMillis, AgentId)>,
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
        person.lanes.clear();
        allowed.for_each(|(lane, _)| person.lanes.insert(lane));
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

    /// Forgets lanes; profiles and presence stay.
    pub(super) fn clear(&mut self) {
        for person in self.people.values_mut() {
            person.lanes.clear();
        }
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

    /// Lets a presence last until then; whether it still lasted.
    pub(super) fn renew(&mut self, agent: AgentId, until: UtcMillis, now: UtcMillis) -> bool {
        let Some(person) = self.people.get_mut(&agent) else { return false };
        if person.presence(now).0 == Presence::Offline {
            return false;
        }
        self.leases.remove(&(person.until, agent));
        person.until = until;
        self.leases.insert((until, agent));
        true
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
    pub(super) fn online(&self, agent: AgentId, now: UtcMillis) -> Option<(&Able, u32)> {
        let person = self.people.get(&agent)?;
        let profile = person.profile.as_ref()?;
        (person.presence(now).0 == Presence::Online).then_some((&person.lanes, profile.capacity))
    }

    /// The lanes that an agent may serve, present or not; `None` when unknown.
    pub(super) fn lanes(&self, agent: AgentId) -> Option<&Able> {
        self.people.get(&agent).map(|person| &person.lanes)
    }

    /// How an agent stands; `None` without a profile.
    pub(super) fn state(
        &self,
        agent: AgentId,
        desks: &Desks,
        now: UtcMillis,
    ) -> Option<AgentState> {
        let person = self.people.get(&agent)?;
        let (presence, since) = person.presence(now);
        Some(AgentState {
            agent,
            presence,
            since,
            load: u32::try_from(desks.load(agent)).unwrap_or(u32::MAX),
            capacity: person.profile.as_ref()?.capacity,
        })
    }

    /// Everybody with a profile, by id.
    pub(super) fn states(&self, desks: &Desks, now: UtcMillis) -> Vec<AgentState> {
        let known = self.people.keys().filter_map(|agent| self.state(*agent, desks, now));
        let mut states: Vec<_> = known.collect();
        states.sort_unstable_by_key(|state| state.agent);
        states
    }
}

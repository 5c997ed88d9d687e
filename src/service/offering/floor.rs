//! Everybody at the desk, as one pass over the queue sees them.

use std::collections::HashMap;

use super::super::{House, ServiceError};
use crate::domain::agent::{Agent, Presence};
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;
use crate::queue::{AgentState, Waiting};
use crate::routing::choice::{Asked, Candidate};
use crate::routing::eligibility::may_serve;
use crate::store;

/// One person, and what the pass has given them so far.
struct Person {
    agent: Agent,
    presence: Presence,
    load: u32,
    idle_since: UtcMillis,
    /// Gets nothing more in this pass.
    is_closed: bool,
}

impl Person {
    const fn is_open(&self) -> bool {
        let has_room = self.load < self.agent.profile.capacity;
        !self.is_closed && has_room && matches!(self.presence, Presence::Online)
    }
}

/// Everybody.
pub(super) struct Floor(Vec<Person>);

impl Floor {
    /// Who is there, by the queue's word.
    pub(super) async fn read(house: &House, states: &[AgentState]) -> Result<Self, ServiceError> {
        let states: HashMap<_, _> = states.iter().map(|state| (state.agent, state)).collect();
        if !states.values().any(|state| state.presence == Presence::Online) {
            return Ok(Self(Vec::new()));
        }
        let idle = store::offer::idle(&house.db).await?;
        let people = store::agent::all(&house.db).await?.into_iter();
        let people = people.map(|agent| {
            let state = states.get(&agent.id);
            let since = state.map_or(UtcMillis::default(), |state| state.since);
            let given = idle.get(&agent.id).copied().unwrap_or_default();
            Person {
                presence: state.map_or(Presence::Offline, |state| state.presence),
                load: state.map_or(0, |state| state.load),
                idle_since: since.max(given),
                is_closed: false,
                agent,
            }
        });
        Ok(Self(people.collect()))
    }

    /// Whether anybody can take anything more.
    pub(super) fn has_room(&self) -> bool {
        self.0.iter().any(Person::is_open)
    }

    /// Those who can take something more.
    pub(super) fn open(&self) -> Vec<AgentId> {
        self.0.iter().filter(|person| person.is_open()).map(|person| person.agent.id).collect()
    }

    /// Whether anybody who can take more may serve this ticket.
    pub(super) fn may_fit(&self, ticket: &Waiting) -> bool {
        let mut open = self.0.iter().filter(|person| person.is_open());
        open.any(|person| may_serve(&person.agent.profile, &ticket.requirement).is_ok())
    }

    /// Everybody as the choice sees them.
    pub(super) fn candidates(
        &self,
        refusals: &HashMap<AgentId, UtcMillis>,
        skip: i64,
    ) -> Vec<Candidate<'_>> {
        let see = |person: &'_ Person| refusals.get(&person.agent.id).map(|at| at.plus(skip));
        self.0
            .iter()
            .map(|person| Candidate {
                agent: person.agent.id,
                profile: &person.agent.profile,
                presence: person.presence,
                load: if person.is_closed { u32::MAX } else { person.load },
                idle_since: person.idle_since,
                skipped_until: see(person),
            })
            .collect()
    }

    /// An agent was asked.
    pub(super) fn give(&mut self, agent: AgentId, cost: u32, now: UtcMillis) {
        if let Some(person) = self.person(agent) {
            person.load = person.load.saturating_add(cost);
            person.idle_since = now;
        }
    }

    /// An agent gets nothing more in this pass.
    pub(super) fn close(&mut self, agent: AgentId) {
        if let Some(person) = self.person(agent) {
            person.is_closed = true;
        }
    }

    /// Nobody has room for this ticket. Those who will have some when they finish what they hold are
    /// kept for it: what is less urgent must not take their room again and again.
    pub(super) fn keep_for(&mut self, asked: &Asked<'_>, refusals: &HashMap<AgentId, UtcMillis>) {
        for person in &mut self.0 {
            let profile = &person.agent.profile;
            let is_due = may_serve(profile, asked.requirement).is_ok()
                && asked.cost <= profile.capacity
                && !refusals.contains_key(&person.agent.id);
            person.is_closed |= is_due;
        }
    }

    fn person(&mut self, agent: AgentId) -> Option<&mut Person> {
        self.0.iter_mut().find(|person| person.agent.id == agent)
    }
}

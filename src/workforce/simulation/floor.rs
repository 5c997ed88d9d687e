//! Everybody at the desk: who is on shift, who has room, and who may serve what.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Class, Person};
use crate::domain::agent::Presence;
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;
use crate::routing::choice::{Asked, Best, Candidate, choose};
use crate::routing::eligibility::may_serve;

/// How one person stands.
#[derive(Clone, Debug)]
struct Standing {
    load: u32,
    idle_since: UtcMillis,
    is_on_shift: bool,
    /// Gets nothing more in this pass.
    is_kept: bool,
}

/// Everybody.
pub(super) struct Floor<'a> {
    people: &'a [Person],
    classes: &'a [Class],
    /// By class, then by person.
    may: Vec<Vec<bool>>,
    standing: Vec<Standing>,
    /// On shift and not full, longest idle first.
    open: BTreeSet<(UtcMillis, usize)>,
}

impl<'a> Floor<'a> {
    pub(super) fn new(people: &'a [Person], classes: &'a [Class]) -> Self {
        let serves = |class: &Class| {
            let may = |one: &Person| may_serve(&one.profile, &class.requirement).is_ok();
            people.iter().map(may).collect()
        };
        let away =
            Standing { load: 0, idle_since: UtcMillis(0), is_on_shift: false, is_kept: false };
        Self {
            people,
            classes,
            may: classes.iter().map(serves).collect(),
            standing: vec![away; people.len()],
            open: BTreeSet::new(),
        }
    }

    /// Whether this person may serve tickets of this class.
    pub(super) fn may(&self, class: usize, person: usize) -> bool {
        self.may[class][person]
    }

    /// Whether a ticket of this class fits what this person holds already.
    pub(super) fn fits(&self, class: usize, person: usize) -> bool {
        let held = u64::from(self.standing[person].load) + u64::from(self.classes[class].cost);
        held <= u64::from(self.people[person].profile.capacity)
    }

    /// Whoever has some room, longest idle first.
    pub(super) fn open(&self) -> Vec<usize> {
        self.open.iter().map(|&(_, person)| person).collect()
    }

    /// Whether nobody has room.
    pub(super) fn is_full(&self) -> bool {
        self.open.is_empty()
    }

    /// The best of those who are free for a ticket of this class.
    pub(super) fn best(&self, class: usize, best: Best, now: UtcMillis) -> Option<usize> {
        let free = self
            .open
            .iter()
            .filter(|&&(_, person)| self.may[class][person] && !self.standing[person].is_kept);
        let candidates: Vec<_> = free.map(|&(_, person)| self.candidate(person)).collect();
        let Class { requirement, cost, .. } = &self.classes[class];
        let asked = Asked { requirement, cost: *cost, preferred: None };
        let chosen = choose(&asked, &candidates, best, now);
        let first = chosen.named.first()?;
        usize::try_from(first.agent.0.as_u128()).ok()
    }

    fn candidate(&self, person: usize) -> Candidate<'_> {
        let standing = &self.standing[person];
        Candidate {
            agent: AgentId(Uuid::from_u128(person as u128)),
            profile: &self.people[person].profile,
            presence: Presence::Online,
            load: standing.load,
            idle_since: standing.idle_since,
            skipped_until: None,
        }
    }

    /// Nobody has room for a ticket of this class: whoever will have some is kept for it.
    pub(super) fn keep_for(&mut self, class: usize) {
        let cost = self.classes[class].cost;
        for &(_, person) in &self.open {
            let is_due = self.may[class][person] && cost <= self.people[person].profile.capacity;
            self.standing[person].is_kept |= is_due;
        }
    }

    /// Nobody is kept for anything any more.
    pub(super) fn release_all(&mut self) {
        for &(_, person) in &self.open {
            self.standing[person].is_kept = false;
        }
    }

    pub(super) fn begin_shift(&mut self, person: usize, now: UtcMillis) {
        self.change(person, |standing| {
            (standing.is_on_shift, standing.idle_since) = (true, now);
        });
    }

    pub(super) fn end_shift(&mut self, person: usize) {
        self.change(person, |standing| standing.is_on_shift = false);
    }

    /// A ticket of this class is given to this person.
    pub(super) fn give(&mut self, class: usize, person: usize, now: UtcMillis) {
        let cost = self.classes[class].cost;
        self.change(person, |standing| {
            (standing.load, standing.idle_since) = (standing.load.saturating_add(cost), now);
        });
    }

    /// This person is done with a ticket of this class.
    pub(super) fn take_away(&mut self, class: usize, person: usize, now: UtcMillis) {
        let cost = self.classes[class].cost;
        self.change(person, |standing| {
            (standing.load, standing.idle_since) = (standing.load.saturating_sub(cost), now);
        });
    }

    /// Changes how a person stands, and their place among those who have room.
    fn change(&mut self, person: usize, change: impl FnOnce(&mut Standing)) {
        let capacity = self.people[person].profile.capacity;
        let standing = &mut self.standing[person];
        self.open.remove(&(standing.idle_since, person));
        change(standing);
        if standing.is_on_shift && standing.load < capacity {
            self.open.insert((standing.idle_since, person));
        }
    }
}

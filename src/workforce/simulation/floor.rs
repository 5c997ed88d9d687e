//! Everybody at the desk: who is on shift, who has room, and who may serve what.
//!
//! People with the same profile are one group, ordered by load and by how long they have been idle.
//! Of each group only the first of each load can be anybody's choice, so a thousand idle people cost
//! no more than one.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Class, Person};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;
use crate::routing::choice::{Asked, Best, Candidate, choose};
use crate::routing::eligibility::may_serve;

/// How one person stands.
#[derive(Clone, Debug)]
struct Standing {
    group: usize,
    load: u32,
    idle_since: UtcMillis,
    is_on_shift: bool,
}

/// People who are alike.
#[derive(Debug)]
struct Group<'a> {
    profile: &'a Profile,
    /// Which classes they may serve.
    may: Vec<bool>,
    /// Those on shift and not full, by load; the longest idle first.
    open: BTreeMap<u32, BTreeSet<(UtcMillis, usize)>>,
    /// They get nothing more in this pass.
    is_kept: bool,
}

/// Everybody.
pub(super) struct Floor<'a> {
    classes: &'a [Class],
    groups: Vec<Group<'a>>,
    standing: Vec<Standing>,
    /// How many have some room.
    open: usize,
}

impl<'a> Floor<'a> {
    pub(super) fn new(people: &'a [Person], classes: &'a [Class]) -> Self {
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut standing = Vec::with_capacity(people.len());
        for person in people {
            // Those who are alike mostly stand together.
            let known = groups.iter().rposition(|group| *group.profile == person.profile);
            let group = known.unwrap_or(groups.len());
            if known.is_none() {
                groups.push(Group::new(&person.profile, classes));
            }
            let idle_since = UtcMillis::default();
            standing.push(Standing { group, load: 0, idle_since, is_on_shift: false });
        }
        Self { classes, groups, standing, open: 0 }
    }

    /// Whether nobody has room.
    pub(super) const fn is_full(&self) -> bool {
        self.open == 0
    }

    /// The groups in which somebody has room.
    pub(super) fn groups(&self) -> impl Iterator<Item = usize> {
        (0..self.groups.len()).filter(|group| !self.groups[*group].open.is_empty())
    }

    /// Whether this group may serve tickets of this class.
    pub(super) fn may(&self, class: usize, group: usize) -> bool {
        self.groups[group].may[class]
    }

    /// Who of a group has been idle for longest among those whom a ticket of this class fits.
    pub(super) fn idlest(&self, class: usize, group: usize) -> Option<(UtcMillis, usize)> {
        let group = &self.groups[group];
        group.firsts(self.classes[class].cost).map(|(_, first)| first).min()
    }

    /// The best of those who are free for a ticket of this class.
    pub(super) fn best(&self, class: usize, best: Best, now: UtcMillis) -> Option<usize> {
        let Class { requirement, cost, .. } = &self.classes[class];
        let free = self.groups.iter().filter(|group| group.may[class] && !group.is_kept);
        let candidates: Vec<_> = free
            .flat_map(|group| {
                group.firsts(*cost).map(|(load, (idle_since, person))| Candidate {
                    agent: AgentId(Uuid::from_u128(person as u128)),
                    profile: group.profile,
                    presence: Presence::Online,
                    load,
                    idle_since,
                    skipped_until: None,
                })
            })
            .collect();
        let asked = Asked { requirement, cost: *cost, preferred: None };
        let chosen = choose(&asked, &candidates, best, now);
        usize::try_from(chosen.named.first()?.agent.0.as_u128()).ok()
    }

    /// Nobody has room for a ticket of this class: whoever will have some is kept for it.
    pub(super) fn keep_for(&mut self, class: usize) {
        let cost = self.classes[class].cost;
        for group in &mut self.groups {
            group.is_kept |= group.may[class] && cost <= group.profile.capacity;
        }
    }

    /// Nobody is kept for anything any more.
    pub(super) fn release_all(&mut self) {
        for group in &mut self.groups {
            group.is_kept = false;
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
        let standing = &mut self.standing[person];
        let group = &mut self.groups[standing.group];
        let was_open = group.leave(standing.load, (standing.idle_since, person));
        change(standing);
        let is_open = standing.is_on_shift && standing.load < group.profile.capacity;
        if is_open {
            let of_load = group.open.entry(standing.load).or_default();
            of_load.insert((standing.idle_since, person));
        }
        self.open = self.open + usize::from(is_open) - usize::from(was_open);
    }
}

impl<'a> Group<'a> {
    fn new(profile: &'a Profile, classes: &[Class]) -> Self {
        let may = |class: &Class| may_serve(profile, &class.requirement).is_ok();
        let may = classes.iter().map(may).collect();
        Self { profile, may, open: BTreeMap::new(), is_kept: false }
    }

    /// The longest idle of each load with which this cost fits.
    fn firsts(&self, cost: u32) -> impl Iterator<Item = (u32, (UtcMillis, usize))> {
        let room = self.profile.capacity.checked_sub(cost);
        let fitting = self.open.iter().take_while(move |(load, _)| Some(**load) <= room);
        fitting.filter_map(|(load, people)| Some((*load, *people.first()?)))
    }

    /// Takes a person out of those who have room; whether they were among them.
    fn leave(&mut self, load: u32, place: (UtcMillis, usize)) -> bool {
        let Some(people) = self.open.get_mut(&load) else { return false };
        let was_open = people.remove(&place);
        if people.is_empty() {
            self.open.remove(&load);
        }
        was_open
    }
}

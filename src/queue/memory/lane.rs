//! Lanes: waiting tickets that ask for the same, most urgent first.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::TicketId;
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;

/// A lane's number, in order of opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LaneId(usize);

/// One lane.
#[derive(Debug)]
struct Lane {
    requirement: Requirement,
    members: BTreeSet<(UtcMillis, TicketId)>,
}

/// All lanes, and the head of each that is not empty.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    opened: Vec<Lane>,
    ids: BTreeMap<Requirement, LaneId>,
    heads: BTreeSet<(UtcMillis, TicketId, LaneId)>,
}

impl Lanes {
    /// The lane of a requirement, if it was ever opened.
    pub(super) fn find(&self, requirement: &Requirement) -> Option<LaneId> {
        self.ids.get(requirement).copied()
    }

    /// Opens a lane that does not exist yet.
    pub(super) fn open(&mut self, requirement: &Requirement) -> LaneId {
        let id = LaneId(self.opened.len());
        self.opened.push(Lane { requirement: requirement.clone(), members: BTreeSet::new() });
        self.ids.insert(requirement.clone(), id);
        id
    }

    /// Every lane with what it asks for.
    pub(super) fn iter(&self) -> impl Iterator<Item = (LaneId, &Requirement)> {
        self.opened.iter().enumerate().map(|(index, lane)| (LaneId(index), &lane.requirement))
    }

    /// A ticket takes its place.
    pub(super) fn insert(&mut self, id: LaneId, score: UtcMillis, ticket: TicketId) {
        self.change(id, |members| {
            members.insert((score, ticket));
        });
    }

    /// A ticket leaves its place.
    pub(super) fn remove(&mut self, id: LaneId, score: UtcMillis, ticket: TicketId) {
        self.change(id, |members| {
            members.remove(&(score, ticket));
        });
    }

    fn change(&mut self, id: LaneId, change: impl FnOnce(&mut BTreeSet<(UtcMillis, TicketId)>)) {
        let Some(lane) = self.opened.get_mut(id.0) else { return };
        let before = lane.members.first().copied();
        change(&mut lane.members);
        let after = lane.members.first().copied();
        if before == after {
            return;
        }
        if let Some((score, ticket)) = before {
            self.heads.remove(&(score, ticket, id));
        }
        if let Some((score, ticket)) = after {
            self.heads.insert((score, ticket, id));
        }
    }

    /// The most urgent ticket over the lanes allowed, passing over those skipped; of each lane only
    /// the first `reach` tickets are looked at.
    pub(super) fn best(
        &self,
        allowed: &BTreeSet<LaneId>,
        reach: usize,
        skipped: impl Fn(TicketId) -> bool,
    ) -> Option<TicketId> {
        let mut best: Option<(UtcMillis, TicketId)> = None;
        for (score, head, id) in &self.heads {
            if best.is_some_and(|best| best < (*score, *head)) {
                break;
            }
            if !allowed.contains(id) {
                continue;
            }
            let Some(lane) = self.opened.get(id.0) else { continue };
            let found = lane.members.iter().take(reach).find(|(_, ticket)| !skipped(*ticket));
            best = best.into_iter().chain(found.copied()).min();
        }
        best.map(|(_, ticket)| ticket)
    }

    /// The `limit` most urgent tickets, whatever they ask for.
    pub(super) fn first(&self, limit: usize) -> Vec<(TicketId, UtcMillis, &Requirement)> {
        let mut all: Vec<_> = self
            .opened
            .iter()
            .flat_map(|lane| {
                let members = lane.members.iter().take(limit);
                members.map(|(score, ticket)| (*score, *ticket, &lane.requirement))
            })
            .collect();
        all.sort_unstable_by_key(|(score, ticket, _)| (*score, *ticket));
        all.truncate(limit);
        all.into_iter().map(|(score, ticket, requirement)| (ticket, score, requirement)).collect()
    }

    /// How many wait in all.
    pub(super) fn len(&self) -> usize {
        self.opened.iter().map(|lane| lane.members.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn ticket(number: u128) -> TicketId {
        TicketId(Uuid::from_u128(number))
    }

    #[test]
    fn a_skipped_head_does_not_hide_a_later_lane() {
        let mut lanes = Lanes::default();
        let team = Requirement { team: Some("a".to_owned()), ..Requirement::default() };
        let (first, second) = (lanes.open(&Requirement::default()), lanes.open(&team));
        lanes.insert(first, UtcMillis(1), ticket(1));
        lanes.insert(first, UtcMillis(9), ticket(2));
        lanes.insert(second, UtcMillis(5), ticket(3));
        let allowed = BTreeSet::from([first, second]);
        assert_eq!(lanes.best(&allowed, 8, |id| id == ticket(1)), Some(ticket(3)));
        assert_eq!(lanes.best(&allowed, 8, |_| false), Some(ticket(1)));
        lanes.remove(first, UtcMillis(1), ticket(1));
        assert_eq!(lanes.best(&BTreeSet::from([first]), 8, |_| false), Some(ticket(2)));
        assert_eq!(lanes.len(), 2);
    }
}

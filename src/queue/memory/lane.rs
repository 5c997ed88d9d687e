//! Lanes: waiting tickets that ask for the same, most urgent first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::{MOST_LANES, QueueError};
use crate::domain::id::TicketId;
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;

/// A lane's number, in order of opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LaneId(u16);

/// The lanes that somebody may serve.
#[derive(Clone, Debug, Default)]
pub(super) struct Able(Vec<bool>);

impl Able {
    /// From now on this one too.
    pub(super) fn insert(&mut self, LaneId(number): LaneId) {
        let place = usize::from(number);
        self.0.resize(self.0.len().max(place + 1), false);
        if let Some(able) = self.0.get_mut(place) {
            *able = true;
        }
    }

    /// Whether this one is among them.
    pub(super) fn contains(&self, LaneId(number): LaneId) -> bool {
        self.0.get(usize::from(number)).is_some_and(|able| *able)
    }

    /// None of them.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Where a ticket waits or waited, and what it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Unknown for a ticket that was already held when the queue was rebuilt.
    pub(super) lane: Option<LaneId>,
    pub(super) score: UtcMillis,
    pub(super) cost: u32,
}

/// A ticket's place in its lane.
type Place = (UtcMillis, TicketId);

/// One lane. What a claim needs to know of a ticket is beside its place, so that it looks nowhere
/// else; and the first ticket stands before the map, so that it is found at once however many wait.
#[derive(Debug)]
struct Lane {
    requirement: Requirement,
    first: Option<(Place, u32)>,
    rest: BTreeMap<Place, u32>,
}

impl Lane {
    const fn new(requirement: Requirement) -> Self {
        Self { requirement, first: None, rest: BTreeMap::new() }
    }

    fn head(&self) -> Option<UtcMillis> {
        self.first.map(|((score, _), _)| score)
    }

    /// Every ticket with its cost, most urgent first.
    fn iter(&self) -> impl Iterator<Item = (Place, u32)> {
        self.first.into_iter().chain(self.rest.iter().map(|(place, cost)| (*place, *cost)))
    }

    fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    fn insert(&mut self, place: Place, cost: u32) {
        match self.first {
            Some((first, _)) if first < place => {
                self.rest.insert(place, cost);
            }
            Some((first, before)) if first > place => {
                self.rest.insert(first, before);
                self.first = Some((place, cost));
            }
            _ => self.first = Some((place, cost)),
        }
    }

    fn remove(&mut self, place: Place) {
        if self.first.is_some_and(|(first, _)| first == place) {
            self.first = self.rest.pop_first();
        } else {
            self.rest.remove(&place);
        }
    }
}

/// All lanes, and the score of the first ticket of each that is not empty.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    opened: Vec<Lane>,
    ids: HashMap<Requirement, LaneId>,
    heads: BTreeSet<(UtcMillis, LaneId)>,
}

impl Lanes {
    /// The lane of a requirement, if it was ever opened.
    pub(super) fn find(&self, requirement: &Requirement) -> Option<LaneId> {
        self.ids.get(requirement).copied()
    }

    /// Opens a lane that does not exist yet.
    ///
    /// # Errors
    /// There are too many.
    pub(super) fn open(&mut self, requirement: &Requirement) -> Result<LaneId, QueueError> {
        let number = u16::try_from(self.opened.len()).ok();
        let number = number.filter(|it| usize::from(*it) < MOST_LANES);
        let id = LaneId(number.ok_or(QueueError::TooManyLanes)?);
        self.opened.push(Lane::new(requirement.clone()));
        self.ids.insert(requirement.clone(), id);
        Ok(id)
    }

    /// Every lane with what it asks for.
    pub(super) fn iter(&self) -> impl Iterator<Item = (LaneId, &Requirement)> {
        (0..).map(LaneId).zip(self.opened.iter().map(|lane| &lane.requirement))
    }

    /// A ticket takes its place, or weighs something else there.
    pub(super) fn insert(&mut self, ticket: TicketId, spot: Spot) {
        self.change(spot, |lane| lane.insert((spot.score, ticket), spot.cost));
    }

    /// A ticket leaves its place.
    pub(super) fn remove(&mut self, ticket: TicketId, spot: Spot) {
        self.change(spot, |lane| lane.remove((spot.score, ticket)));
    }

    fn change(&mut self, spot: Spot, change: impl FnOnce(&mut Lane)) {
        let Some(id) = spot.lane else { return };
        let Some(lane) = self.opened.get_mut(usize::from(id.0)) else { return };
        let before = lane.head();
        change(lane);
        let after = lane.head();
        if before != after {
            before.map(|score| self.heads.remove(&(score, id)));
            after.map(|score| self.heads.insert((score, id)));
        }
    }

    /// The most urgent ticket over the lanes allowed, passing over those skipped; of each lane only
    /// the first `reach` tickets are looked at. Between lanes with equal scores the older one wins.
    pub(super) fn best(
        &self,
        able: &Able,
        reach: usize,
        skipped: impl Fn(TicketId) -> bool,
    ) -> Option<(TicketId, Spot)> {
        let mut best: Option<(UtcMillis, LaneId, TicketId, u32)> = None;
        for (score, id) in &self.heads {
            if best.is_some_and(|(least, lane, ..)| (least, lane) < (*score, *id)) {
                break;
            }
            if !able.contains(*id) {
                continue;
            }
            let Some(lane) = self.opened.get(usize::from(id.0)) else { continue };
            let found = lane.iter().take(reach).find(|((_, ticket), _)| !skipped(*ticket));
            let found = found.map(|((score, ticket), cost)| (score, *id, ticket, cost));
            best = best.into_iter().chain(found).min();
        }
        best.map(|(score, lane, ticket, cost)| (ticket, Spot { lane: Some(lane), score, cost }))
    }

    /// The `limit` most urgent tickets of the lanes wanted.
    pub(super) fn first(
        &self,
        limit: usize,
        is_wanted: impl Fn(LaneId) -> bool,
    ) -> Vec<(TicketId, Spot, &Requirement)> {
        let mut all: Vec<_> = (0..)
            .map(LaneId)
            .zip(&self.opened)
            .filter(|(id, _)| is_wanted(*id))
            .flat_map(|(id, lane)| {
                let members = lane.iter().take(limit);
                members.map(move |((score, ticket), cost)| (score, id, ticket, cost, lane))
            })
            .collect();
        all.sort_unstable_by_key(|(score, id, ticket, ..)| (*score, *id, *ticket));
        all.truncate(limit);
        let spot = |score, id, cost| Spot { lane: Some(id), score, cost };
        all.into_iter()
            .map(|(score, id, ticket, cost, lane)| {
                (ticket, spot(score, id, cost), &lane.requirement)
            })
            .collect()
    }

    /// How many wait in all.
    pub(super) fn len(&self) -> usize {
        self.opened.iter().map(Lane::len).sum()
    }
}

#[cfg(test)]
impl Lanes {
    /// Every ticket with its place; panics unless the heads are the lanes' first scores.
    pub(super) fn audit(&self) -> Vec<(TicketId, Spot)> {
        let lanes = || (0..).map(LaneId).zip(&self.opened);
        let heads = lanes().filter_map(|(id, lane)| Some((lane.head()?, id)));
        assert_eq!(heads.collect::<BTreeSet<_>>(), self.heads);
        let places = lanes().flat_map(|(id, lane)| {
            let spot = move |score, cost| Spot { lane: Some(id), score, cost };
            lane.iter().map(move |((score, it), cost)| (it, spot(score, cost)))
        });
        places.collect()
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
        let first = lanes.open(&Requirement::default()).expect("room");
        let second = lanes.open(&team).expect("room");
        let spot = |lane, score| Spot { lane: Some(lane), score: UtcMillis(score), cost: 1 };
        lanes.insert(ticket(1), spot(first, 1));
        lanes.insert(ticket(2), spot(first, 9));
        lanes.insert(ticket(3), spot(second, 5));
        let mut able = Able::default();
        able.insert(first);
        let only = able.clone();
        able.insert(second);
        let best = |lanes: &Lanes, able: &Able, skip| {
            lanes.best(able, 8, |id| Some(id) == skip).map(|(ticket, _)| ticket)
        };
        assert_eq!(best(&lanes, &able, Some(ticket(1))), Some(ticket(3)));
        assert_eq!(best(&lanes, &able, None), Some(ticket(1)));
        lanes.remove(ticket(1), spot(first, 1));
        assert_eq!(best(&lanes, &only, None), Some(ticket(2)));
        assert_eq!(lanes.len(), 2);
    }
}

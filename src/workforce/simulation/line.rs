//! The line: a lane for each class, ordered by place, then by age; between lanes by place alone.
//!
//! Which ticket comes next is the queue's own rule; a test holds this line to the queue.

use std::collections::BTreeSet;

use crate::domain::time::UtcMillis;

/// A ticket's number, in order of arrival.
pub type Number = u32;

/// What waits.
#[derive(Clone, Debug, Default)]
pub struct Line {
    lanes: Vec<BTreeSet<(UtcMillis, Number)>>,
    waiting: usize,
}

/// The first of some lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// Its place: smaller is served first.
    pub place: UtcMillis,
    /// Its lane; of equal places the first lane's comes first.
    pub lane: usize,
    /// Its number.
    pub ticket: Number,
}

impl Line {
    /// With so many lanes, all empty.
    #[must_use]
    pub fn new(lanes: usize) -> Self {
        Self { lanes: vec![BTreeSet::new(); lanes], waiting: 0 }
    }

    /// A ticket takes its place.
    pub fn insert(&mut self, lane: usize, place: UtcMillis, ticket: Number) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            self.waiting += usize::from(lane.insert((place, ticket)));
        }
    }

    /// A ticket leaves its place.
    pub fn remove(&mut self, lane: usize, place: UtcMillis, ticket: Number) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            self.waiting -= usize::from(lane.remove(&(place, ticket)));
        }
    }

    /// The first ticket over the lanes that are allowed.
    pub fn first(&self, allowed: impl Fn(usize) -> bool) -> Option<Head> {
        let open = self.lanes.iter().enumerate().filter(|(lane, _)| allowed(*lane));
        let head = |(lane, members): (usize, &BTreeSet<(UtcMillis, Number)>)| {
            members.first().map(|&(place, ticket)| Head { place, lane, ticket })
        };
        open.filter_map(head).min()
    }

    /// Whether nobody waits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.waiting == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_place_then_the_first_lane_then_the_oldest_comes_first() {
        let mut line = Line::new(3);
        for (lane, place, ticket) in [(0, 5, 3), (1, 5, 2), (1, 4, 9), (2, 1, 1)] {
            line.insert(lane, UtcMillis(place), ticket);
        }
        let first = |line: &Line, allowed: &[usize]| {
            line.first(|lane| allowed.contains(&lane)).map(|head| (head.ticket, head.lane))
        };
        assert_eq!(first(&line, &[0, 1]), Some((9, 1)));
        line.remove(1, UtcMillis(4), 9);
        assert_eq!(first(&line, &[0, 1]), Some((3, 0)));
        assert_eq!(first(&line, &[0, 2]), Some((1, 2)));
        line.remove(2, UtcMillis(7), 1);
        assert_eq!(first(&line, &[2]), Some((1, 2)), "not at that place");
        assert_eq!(first(&line, &[7]), None);
        for (lane, place, ticket) in [(0, 5, 3), (1, 5, 2), (2, 1, 1)] {
            assert!(!line.is_empty());
            line.remove(lane, UtcMillis(place), ticket);
        }
        assert!(line.is_empty());
    }
}

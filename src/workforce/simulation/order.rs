//! A ticket's place in the line, and when it changes.

use super::Order;
use crate::domain::time::UtcMillis;
use crate::routing::order::{self, Overload, Standing};

/// What a place depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urgency {
    /// When it entered the line.
    pub enqueued_at: UtcMillis,
    /// The routing score: the earliest deadline, or the ageing bound.
    pub score: UtcMillis,
    /// How long it is expected to take, ms.
    pub expected: i64,
    /// Until when it may be passed over.
    pub bound: UtcMillis,
}

impl Urgency {
    /// Its place at `now`: smaller is served first.
    #[must_use]
    pub fn place(&self, order: Order, now: UtcMillis) -> UtcMillis {
        match order.overload() {
            Some(overload) => order::place(&self.standing(), overload, now).score(),
            None => self.enqueued_at,
        }
    }

    /// When its place changes next, if it is still in the line then; later than `now`.
    #[must_use]
    pub fn next_change(&self, order: Order, now: UtcMillis) -> Option<UtcMillis> {
        order::next_change(&self.standing(), order.overload()?, now)
    }

    const fn standing(&self) -> Standing {
        Standing { score: self.score, bound: self.bound, handling: self.expected }
    }
}

impl Order {
    /// What it says of late tickets; `None` when no deadline counts.
    const fn overload(self) -> Option<Overload> {
        match self {
            Self::Arrival => None,
            Self::Score => Some(Overload::Off),
            Self::Overload => Some(Overload::On),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the late are moved by.
    const BEHIND: i64 = 1 << 42;
    const TICKET: Urgency = Urgency {
        enqueued_at: UtcMillis(100),
        score: UtcMillis(1_000),
        expected: 300,
        bound: UtcMillis(5_000),
    };

    #[test]
    fn what_cannot_be_in_time_goes_behind_until_the_ageing_bound() {
        let places: Vec<i64> = [100, 700, 701, 4_999, 5_000]
            .map(|now| TICKET.place(Order::Overload, UtcMillis(now)).0)
            .to_vec();
        assert_eq!(places, [1_000, 1_000, 1_000 + BEHIND, 1_000 + BEHIND, 1_000]);
        assert_eq!(TICKET.place(Order::Score, UtcMillis(4_000)), UtcMillis(1_000));
        assert_eq!(TICKET.place(Order::Arrival, UtcMillis(4_000)), UtcMillis(100));
    }

    #[test]
    fn the_place_changes_only_at_the_instants_foretold() {
        for (due, expected, bound) in [(1_000, 300, 5_000), (400, 900, 600), (900, 10, 500)] {
            let ticket =
                Urgency { score: UtcMillis(due), expected, bound: UtcMillis(bound), ..TICKET };
            let mut now = UtcMillis(100);
            let mut place = ticket.place(Order::Overload, now);
            for at in 101..6_000 {
                let at = UtcMillis(at);
                let changed = ticket.place(Order::Overload, at);
                let foretold = ticket.next_change(Order::Overload, now) == Some(at);
                assert_eq!(foretold, changed != place, "{due} {expected} {bound}: {at:?}");
                if foretold {
                    (now, place) = (at, changed);
                }
            }
            assert_eq!(ticket.next_change(Order::Overload, now), None);
        }
        assert_eq!(TICKET.next_change(Order::Score, UtcMillis(0)), None);
    }
}

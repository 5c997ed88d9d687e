//! Where a waiting ticket stands in its queue.
//!
//! Usually at its routing score. In overload mode a ticket that cannot be saved any more (less time
//! is left until its deadline than its handling takes) stands behind all that can: its score is moved
//! by a constant, so that its lane is in effect two, `<lane>` and `<lane>~late`, without a claim, a
//! rebuild or a comparison having to know. When its ageing bound comes it stands at its plain score
//! again, so nobody waits longer for being late.

use crate::domain::time::UtcMillis;

/// What a late ticket's score is moved by, ms: 139 years, and exact as a double.
const SHIFT: i64 = 1 << 42;

/// Whether a team serves what can still be saved first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overload {
    /// Every ticket stands at its score.
    #[default]
    Off,
    /// Late ones stand behind.
    On,
}

/// What a ticket's place is derived from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The routing score: the earliest running deadline, or the ageing bound.
    pub score: UtcMillis,
    /// When its ageing bound comes.
    pub bound: UtcMillis,
    /// How long its handling takes, ms.
    pub handling: i64,
}

/// A ticket's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At its score.
    InOrder(UtcMillis),
    /// Behind all that can be saved.
    Late(UtcMillis),
}

impl Place {
    /// What the queue orders by.
    #[must_use]
    pub const fn score(self) -> UtcMillis {
        match self {
            Self::InOrder(score) => score,
            Self::Late(score) => score.plus(SHIFT),
        }
    }
}

/// The place of a ticket at `now`.
#[must_use]
pub fn place(standing: &Standing, overload: Overload, now: UtcMillis) -> Place {
    let Standing { score, bound, handling } = *standing;
    // At the bound itself no deadline runs, or it was never nearer.
    let is_lost = score < bound && score.since(now) < handling;
    if overload == Overload::On && is_lost && now < bound {
        Place::Late(score)
    } else {
        Place::InOrder(score)
    }
}

/// When the place changes next, if nothing else happens; later than `now`.
#[must_use]
pub fn next_change(standing: &Standing, overload: Overload, now: UtcMillis) -> Option<UtcMillis> {
    if overload == Overload::Off {
        return None;
    }
    let lost = standing.score.plus(1 - standing.handling);
    let changes = [lost, standing.bound].into_iter().filter(|at| *at > now);
    let here = place(standing, overload, now);
    changes.filter(|at| place(standing, overload, *at) != here).min()
}

/// Whether a score of the queue is that of a late ticket.
#[must_use]
pub const fn is_late(score: UtcMillis) -> bool {
    score.0 >= SHIFT
}

/// The routing score behind a score of the queue.
#[must_use]
pub const fn plain(score: UtcMillis) -> UtcMillis {
    if is_late(score) { UtcMillis(score.0 - SHIFT) } else { score }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::{DAY, HOUR, MINUTE};

    const NOW: UtcMillis = UtcMillis(1_795_424_400_000);

    fn due_in(minutes: i64) -> Standing {
        Standing { score: NOW.plus(minutes * MINUTE), bound: NOW.plus(DAY), handling: 12 * MINUTE }
    }

    #[test]
    fn what_cannot_be_saved_stands_behind_what_can() {
        let on = |standing: &Standing| place(standing, Overload::On, NOW);
        assert_eq!(on(&due_in(12)), Place::InOrder(NOW.plus(12 * MINUTE)), "just enough time");
        let late = on(&due_in(11));
        assert_eq!(late, Place::Late(NOW.plus(11 * MINUTE)));
        assert!(late.score() > on(&due_in(600)).score());
        assert!(on(&due_in(-5)).score() < late.score(), "among the late the order stays");
        assert_eq!(place(&due_in(-5), Overload::Off, NOW).score(), due_in(-5).score);
    }

    #[test]
    fn at_the_ageing_bound_it_returns_to_its_place() {
        let old = Standing { bound: NOW, ..due_in(-HOUR / MINUTE) };
        assert_eq!(place(&old, Overload::On, NOW), Place::InOrder(old.score));
        assert_eq!(place(&old, Overload::On, NOW.plus(-1)), Place::Late(old.score));
        let without_clock =
            Standing { score: NOW.plus(MINUTE), bound: NOW.plus(MINUTE), handling: HOUR };
        let place = place(&without_clock, Overload::On, NOW);
        assert_eq!(
            place,
            Place::InOrder(without_clock.score),
            "nothing is promised: nothing is lost"
        );
    }

    /// One agent, twelve minutes a ticket, all waiting at once: how many are answered in time.
    fn kept(overload: Overload, dues: &[i64]) -> usize {
        let mut waiting: Vec<Standing> = dues.iter().map(|due| due_in(*due)).collect();
        let (mut now, mut kept) = (NOW, 0);
        while !waiting.is_empty() {
            waiting.sort_by_key(|standing| place(standing, overload, now).score());
            let served = waiting.remove(0);
            now = now.plus(served.handling);
            kept += usize::from(now <= served.score);
        }
        kept
    }

    #[test]
    fn in_a_rush_fewer_deadlines_are_missed() {
        let rush = [10, 11, 13, 24, 25, 36, 37, 48];
        assert_eq!(
            kept(Overload::Off, &rush),
            0,
            "every one is served too late for the one before"
        );
        assert_eq!(kept(Overload::On, &rush), 4);
        let calm = [12, 24, 36];
        assert_eq!(kept(Overload::On, &calm), kept(Overload::Off, &calm));
    }

    proptest! {
        #[test]
        fn a_score_is_read_back_and_the_next_change_is_the_next(
            due in -3_000_i64..3_000, bound in -2_000_i64..3_000, handling in 1_i64..120, on in any::<bool>(),
        ) {
            let bound = NOW.plus(bound * MINUTE);
            let score = NOW.plus(due * MINUTE).min(bound);
            let standing = Standing { score, bound, handling: handling * MINUTE };
            let overload = if on { Overload::On } else { Overload::Off };
            let now = place(&standing, overload, NOW);
            prop_assert_eq!(plain(now.score()), score);
            prop_assert_eq!(is_late(now.score()), matches!(now, Place::Late(_)));
            prop_assert!(NOW < bound || !is_late(now.score()), "nobody is kept past the bound");
            let next = next_change(&standing, overload, NOW);
            let changes = (1..6_000).map(|m| NOW.plus(m * MINUTE));
            let found = changes.into_iter().find(|at| place(&standing, overload, *at) != now);
            match (next, found) {
                (Some(next), Some(found)) => prop_assert!(next <= found && found.since(next) < MINUTE),
                (None, None) => {}
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}

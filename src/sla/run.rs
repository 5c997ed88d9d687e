//! Active time: working time since a start, without its pauses.

use super::calendar::Calendar;
use crate::domain::time::UtcMillis;

/// A half-open pause; an open end has not ended yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pause {
    pub(super) from: UtcMillis,
    pub(super) to: Option<UtcMillis>,
}

/// What active time is counted on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Hours<'a> {
    /// The opening hours of a calendar.
    Working(&'a Calendar),
    /// Every hour.
    Wall,
}

impl Hours<'_> {
    pub(super) fn working(self, from: UtcMillis, to: UtcMillis) -> i64 {
        match self {
            Self::Working(calendar) => calendar.working(from, to),
            Self::Wall => to.since(from).max(0),
        }
    }

    fn after(self, from: UtcMillis, amount: i64) -> Option<UtcMillis> {
        match self {
            Self::Working(calendar) => calendar.after(from, amount),
            Self::Wall => Some(from.plus(amount.max(0))),
        }
    }
}

/// How far an amount of active time reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Used up at this instant.
    At(UtcMillis),
    /// The last pause has not ended, and this much is left.
    Paused(i64),
    /// The calendar never has that much.
    Never,
}

/// Active time from a start.
pub(super) struct Run<'a> {
    hours: Hours<'a>,
    start: UtcMillis,
    /// Ascending and apart.
    pauses: Vec<Pause>,
}

impl<'a> Run<'a> {
    /// Pauses may come in any order and overlap; what is backwards counts for nothing.
    pub(super) fn new(hours: Hours<'a>, start: UtcMillis, pauses: &[Pause]) -> Self {
        Self { hours, start, pauses: united(pauses) }
    }

    /// The smallest instant by which `amount` active ms have passed.
    pub(super) fn reach(&self, amount: i64) -> Reach {
        if amount <= 0 {
            return Reach::At(self.start);
        }
        let (mut from, mut left) = (self.start, amount);
        for pause in &self.pauses {
            if pause.to.is_some_and(|to| to <= from) {
                continue;
            }
            if pause.from > from {
                let active = self.hours.working(from, pause.from);
                if left <= active {
                    break;
                }
                left -= active;
            }
            match pause.to {
                Some(to) => from = to,
                None => return Reach::Paused(left),
            }
        }
        self.hours.after(from, left).map_or(Reach::Never, Reach::At)
    }

    /// Active ms in `[from, to)`.
    pub(super) fn active(&self, from: UtcMillis, to: UtcMillis) -> i64 {
        let inside = |pause: &Pause| {
            let end = pause.to.map_or(to, |end| end.min(to));
            self.hours.working(pause.from.max(from), end)
        };
        self.hours.working(from, to) - self.pauses.iter().map(inside).sum::<i64>()
    }
}

fn united(pauses: &[Pause]) -> Vec<Pause> {
    let mut sorted: Vec<Pause> =
        pauses.iter().copied().filter(|p| p.to.is_none_or(|to| to > p.from)).collect();
    sorted.sort_unstable();
    let mut apart: Vec<Pause> = Vec::with_capacity(sorted.len());
    for pause in sorted {
        match apart.last_mut() {
            Some(last) if last.to.is_none_or(|to| pause.from <= to) => {
                last.to = last.to.zip(pause.to).map(|(one, other)| one.max(other));
            }
            _ => apart.push(pause),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn around_the_clock() -> Calendar {
        let day = || vec!["00:00-24:00".parse().unwrap()];
        Calendar::new("UTC", std::array::from_fn(|_| day()), BTreeMap::new()).unwrap()
    }

    fn pause(from: i64, to: Option<i64>) -> Pause {
        Pause { from: UtcMillis(from), to: to.map(UtcMillis) }
    }

    #[test]
    fn pauses_are_united_whatever_their_order() {
        let given =
            [pause(50, Some(60)), pause(10, Some(30)), pause(20, Some(25)), pause(9, Some(1))];
        assert_eq!(united(&given), [pause(10, Some(30)), pause(50, Some(60))]);
        assert_eq!(united(&[pause(10, None), pause(20, Some(25))]), [pause(10, None)]);
    }

    #[test]
    fn a_pause_moves_the_deadline_by_its_active_length() {
        let calendar = around_the_clock();
        let run = Run::new(
            Hours::Working(&calendar),
            UtcMillis(100),
            &[pause(50, Some(110)), pause(150, Some(250))],
        );
        assert_eq!(run.reach(40), Reach::At(UtcMillis(150)), "used up where the pause begins");
        assert_eq!(run.reach(41), Reach::At(UtcMillis(251)));
        assert_eq!(run.active(UtcMillis(100), UtcMillis(300)), 90);
        assert_eq!(run.active(UtcMillis(300), UtcMillis(200)), 0);
    }

    #[test]
    fn an_open_pause_leaves_a_rest() {
        let calendar = around_the_clock();
        let run = Run::new(Hours::Working(&calendar), UtcMillis(0), &[pause(30, None)]);
        assert_eq!(run.reach(100), Reach::Paused(70));
        assert_eq!(run.reach(20), Reach::At(UtcMillis(20)));
        assert_eq!(run.active(UtcMillis(10), UtcMillis(90)), 20);
    }
}

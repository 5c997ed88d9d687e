//! Counting clocks: pure, whatever they come from.

use std::collections::BTreeMap;

use super::Grouping;
use crate::domain::time::UtcMillis;
use crate::sla::clock::{Clock, ClockState, Metric};

/// Where a clock counts. Every clock counts in exactly one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Stopped in time, for good.
    Met,
    /// Stopped in time; the ticket can still be reopened.
    Provisional,
    /// Stopped late, or running and late.
    Missed,
    /// Running in time, or paused.
    Pending,
    /// Does not count any more.
    Cancelled,
    /// A later policy took its place.
    Superseded,
    /// Measured only.
    Unpromised,
}

impl Class {
    /// Every class, in the order of the figures.
    pub const ALL: [Self; 7] = [
        Self::Met,
        Self::Missed,
        Self::Pending,
        Self::Provisional,
        Self::Cancelled,
        Self::Superseded,
        Self::Unpromised,
    ];

    /// The class of a state.
    #[must_use]
    pub const fn of(state: ClockState) -> Self {
        match state {
            ClockState::Met { provisional: false, .. } => Self::Met,
            ClockState::Met { provisional: true, .. } => Self::Provisional,
            ClockState::Missed { .. } | ClockState::Late { .. } => Self::Missed,
            ClockState::Running | ClockState::Paused { .. } => Self::Pending,
            ClockState::Cancelled => Self::Cancelled,
            ClockState::Superseded => Self::Superseded,
            ClockState::Unpromised { .. } => Self::Unpromised,
        }
    }

    /// The word in addresses and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Provisional => "provisional",
            Self::Missed => "missed",
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
            Self::Unpromised => "unpromised",
        }
    }

    /// Reads the word; `None` when it is no class.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == word)
    }
}

/// A half-open range of instants: `from` belongs to it, `to` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first instant.
    pub from: UtcMillis,
    /// The first instant that is too late.
    pub to: UtcMillis,
}

impl Window {
    /// Up to and including `now`, so long.
    #[must_use]
    pub const fn last(millis: i64, now: UtcMillis) -> Self {
        Self { from: now.plus(-millis), to: now.plus(1) }
    }

    /// Whether a clock's result became known within; one without a result yet belongs to every
    /// window that ends after its start.
    #[must_use]
    pub fn holds(self, clock: &Clock) -> bool {
        match known(clock) {
            Some(at) => self.from <= at && at < self.to,
            None => clock.start < self.to,
        }
    }
}

/// When the result became known: a stop, a deadline that passed, or the end of what it was for.
fn known(clock: &Clock) -> Option<UtcMillis> {
    match clock.state {
        ClockState::Met { at, .. } => Some(at),
        ClockState::Missed { .. } | ClockState::Late { .. } => {
            Some(clock.due.unwrap_or(clock.until))
        }
        ClockState::Cancelled | ClockState::Superseded => Some(clock.until),
        ClockState::Unpromised { stopped } => stopped,
        ClockState::Running | ClockState::Paused { .. } => None,
    }
}

/// How many clocks of each class, and how long those took that stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    counts: BTreeMap<Class, u64>,
    /// Active ms of those that stopped.
    pub(super) durations: Vec<i64>,
}

impl Row {
    /// How many of a class.
    pub(super) fn of(&self, class: Class) -> u64 {
        self.counts.get(&class).copied().unwrap_or(0)
    }

    fn add(&mut self, clock: &Clock) {
        *self.counts.entry(Class::of(clock.state)).or_default() += 1;
        self.durations.extend(clock.state.stopped().map(|_| clock.elapsed));
    }
}

/// The rows by key and metric.
#[derive(Clone, Debug)]
pub struct Tally {
    by: Grouping,
    pub(super) rows: BTreeMap<(Option<String>, Metric), Row>,
}

impl Tally {
    /// Nothing counted yet.
    #[must_use]
    pub const fn new(by: Grouping) -> Self {
        Self { by, rows: BTreeMap::new() }
    }

    /// Counts a clock.
    pub fn add(&mut self, clock: &Clock) {
        self.rows.entry((self.by.key(clock), clock.metric)).or_default().add(clock);
    }

    /// How many of a class over all rows.
    #[must_use]
    pub fn of(&self, class: Class) -> u64 {
        self.rows.values().map(|row| row.of(class)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(state: ClockState, due: Option<i64>, until: i64) -> Clock {
        Clock {
            metric: Metric::FirstResponse,
            instance: 1,
            start: UtcMillis(100),
            since: UtcMillis(100),
            until: UtcMillis(until),
            target: Some(50),
            due: due.map(UtcMillis),
            state,
            elapsed: until - 100,
            rungs: Vec::new(),
            policy: Some("standard".into()),
            version: None,
            calendar: None,
            agent: None,
            team: None,
        }
    }

    fn window(from: i64, to: i64) -> Window {
        Window { from: UtcMillis(from), to: UtcMillis(to) }
    }

    #[test]
    fn a_result_belongs_where_it_became_known() {
        let at = UtcMillis(140);
        let met = clock(ClockState::Met { at, provisional: false }, Some(150), 140);
        assert!(window(140, 141).holds(&met) && !window(100, 140).holds(&met));
        assert!(!window(141, 200).holds(&met));
        let missed = ClockState::Missed { at: UtcMillis(190), overrun: 40 };
        let missed = clock(missed, Some(150), 190);
        assert!(window(150, 151).holds(&missed), "at its due date");
        assert!(!window(151, 300).holds(&missed), "not when it stopped");
        let gone = clock(ClockState::Cancelled, Some(150), 120);
        assert!(window(120, 121).holds(&gone) && !window(121, 160).holds(&gone));
    }

    #[test]
    fn what_is_still_open_belongs_wherever_it_had_begun() {
        let running = clock(ClockState::Running, Some(150), 120);
        assert!(window(300, 400).holds(&running) && window(0, 101).holds(&running));
        assert!(!window(0, 100).holds(&running), "it began too late");
    }

    #[test]
    fn classes_add_up_and_only_stopped_clocks_have_lengths() {
        let mut tally = Tally::new(Grouping::Policy);
        let at = UtcMillis(140);
        for state in [
            ClockState::Met { at, provisional: false },
            ClockState::Met { at, provisional: true },
            ClockState::Missed { at, overrun: 1 },
            ClockState::Late { overrun: 1 },
            ClockState::Running,
            ClockState::Paused { remaining: 4 },
            ClockState::Cancelled,
            ClockState::Superseded,
            ClockState::Unpromised { stopped: None },
            ClockState::Unpromised { stopped: Some(at) },
        ] {
            tally.add(&clock(state, Some(150), 140));
        }
        let row = &tally.rows[&(Some("standard".to_owned()), Metric::FirstResponse)];
        assert_eq!(Class::ALL.map(|class| row.of(class)), [1, 2, 2, 1, 1, 1, 2]);
        assert_eq!((row.counts.values().sum::<u64>(), row.durations.len()), (10, 4));
        assert_eq!(tally.of(Class::Missed), 2);
    }
}

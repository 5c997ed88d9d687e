//! One policy's target on one spell: where the clock stands.

use super::book::{Policy, PolicyBook};
use super::calendar::Calendar;
use super::clock::{Clock, ClockState, Metric};
use super::history::{End, History, Spell};
use super::run::{Reach, Run};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;

/// What one policy promises for one spell.
pub(super) struct Promise<'a> {
    metric: Metric,
    start: UtcMillis,
    target: i64,
    policy: &'a Policy,
    calendar: &'a Calendar,
    history: &'a History<'a>,
    book: &'a PolicyBook,
}

impl<'a> Promise<'a> {
    pub(super) fn of(
        policy: &'a Policy,
        spell: &Spell,
        history: &'a History<'a>,
        book: &'a PolicyBook,
    ) -> Option<Self> {
        let target = policy.targets.of(spell.metric)?;
        let calendar = book.calendars.get(&policy.calendar)?;
        let (metric, start) = (spell.metric, spell.start);
        Some(Self { metric, start, target, policy, calendar, history, book })
    }

    /// Whether its deadline lies before `at`.
    pub(super) fn is_missed_before(&self, at: UtcMillis) -> bool {
        matches!(self.run(at).reach(self.target), Reach::At(due) if due < at)
    }

    /// The instance that gave way at `change`.
    pub(super) fn superseded(&self, change: UtcMillis) -> Clock {
        let due = instant(self.run(change.plus(-1)).reach(self.target));
        self.clock(due, ClockState::Superseded, Vec::new())
    }

    /// The instance as it ended, or as it stands at `now`.
    pub(super) fn standing(&self, end: Option<End>, now: UtcMillis) -> Clock {
        let until = end.map_or(now, End::at);
        // What begins with the end (a resolved ticket pauses) is not part of the spell.
        let run = self.run(if end.is_some() { until.plus(-1) } else { until });
        let reach = run.reach(self.target);
        let due = instant(reach);
        let overrun = due.filter(|&due| due < until).map(|due| run.active(due, until));
        let state = match (end, overrun, reach) {
            (Some(end), Some(overrun), _) => ClockState::Missed { at: end.at(), overrun },
            (Some(End::Stopped(at)), None, _) => {
                ClockState::Met { at, provisional: self.is_provisional(at, now) }
            }
            (Some(End::Dropped(_)), None, _) => ClockState::Cancelled,
            (None, Some(overrun), _) => ClockState::Late { overrun },
            (None, None, Reach::Paused(remaining)) => ClockState::Paused { remaining },
            (None, None, _) => ClockState::Running,
        };
        let rungs = match state {
            ClockState::Running | ClockState::Late { .. } => self.rungs(&run),
            _ => Vec::new(),
        };
        self.clock(due, state, rungs)
    }

    fn is_provisional(&self, resolved: UtcMillis, now: UtcMillis) -> bool {
        self.metric == Metric::Resolution
            && now <= resolved.plus(self.book.reopen_window)
            && self.history.status() != Some(TicketStatus::Closed)
    }

    fn rungs(&self, run: &Run<'_>) -> Vec<(u8, UtcMillis)> {
        let share = |percent: u8| self.target.saturating_mul(i64::from(percent)) / 100;
        let rung = |&percent: &u8| Some((percent, instant(run.reach(share(percent)))?));
        self.policy.warnings.iter().filter_map(rung).collect()
    }

    fn run(&self, until: UtcMillis) -> Run<'a> {
        Run::new(self.calendar, self.start, &self.history.pauses(self.metric, until))
    }

    fn clock(
        &self,
        due: Option<UtcMillis>,
        state: ClockState,
        rungs: Vec<(u8, UtcMillis)>,
    ) -> Clock {
        let (metric, start, target) = (self.metric, self.start, self.target);
        Clock {
            metric,
            instance: 0,
            start,
            target,
            due,
            state,
            rungs,
            policy: self.policy.name.clone(),
        }
    }
}

const fn instant(reach: Reach) -> Option<UtcMillis> {
    match reach {
        Reach::At(at) => Some(at),
        Reach::Paused(_) | Reach::Never => None,
    }
}

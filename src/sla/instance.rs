//! One spell under one set of terms: where the clock stands.

use std::sync::Arc;

use super::calendar::Calendar;
use super::clock::{Clock, ClockState};
use super::explain::PauseLine;
use super::history::{End, History, Spell};
use super::metric::Metric;
use super::policy::Rung;
use super::run::{Hours, Reach, Run};
use super::terms::Terms;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;

/// A spell that a policy, or a told wait, has a target for; or that is measured only.
pub(super) struct Instance<'a> {
    spell: Spell,
    terms: Option<Terms<'a>>,
    history: &'a History<'a>,
}

impl<'a> Instance<'a> {
    pub(super) const fn of(
        spell: Spell,
        terms: Option<Terms<'a>>,
        history: &'a History<'a>,
    ) -> Self {
        Self { spell, terms, history }
    }

    pub(super) fn target(&self) -> Option<i64> {
        self.spell.told.or_else(|| self.terms.as_ref()?.target(self.spell.metric))
    }

    /// Whether its deadline lies before `at`.
    pub(super) fn is_missed_before(&self, at: UtcMillis) -> bool {
        let reach = |target| self.run(at).reach(target);
        self.target().map(reach).is_some_and(|reach| matches!(reach, Reach::At(due) if due < at))
    }

    /// The instance that gave way at `change`.
    pub(super) fn superseded(&self, change: UtcMillis) -> Clock {
        let run = self.run(change.plus(-1));
        let due = self.target().and_then(|target| instant(run.reach(target)));
        self.clock(&run, due, ClockState::Superseded, change)
    }

    /// The instance as it ended, or as it stands at `now`.
    pub(super) fn standing(&self, now: UtcMillis) -> Clock {
        let end = self.spell.end;
        let until = end.map_or(now, End::at);
        // What begins with the end (a resolved ticket pauses) is not part of the spell.
        let run = self.run(if end.is_some() { until.plus(-1) } else { until });
        let Some(target) = self.target() else {
            let stopped = match end {
                Some(End::Stopped(at)) => Some(at),
                _ => None,
            };
            let state = match end {
                Some(End::Dropped(_)) => ClockState::Cancelled,
                _ => ClockState::Unpromised { stopped },
            };
            return self.clock(&run, None, self.counted(state), until);
        };
        let reach = run.reach(target);
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
        let mut clock = self.clock(&run, due, self.counted(state), until);
        clock.rungs = match clock.state {
            ClockState::Running | ClockState::Late { .. } => self.rungs(&run, target),
            _ => Vec::new(),
        };
        clock
    }

    /// A ticket that does not count has no hits and no misses.
    const fn counted(&self, state: ClockState) -> ClockState {
        if self.history.voided { ClockState::Cancelled } else { state }
    }

    fn is_provisional(&self, resolved: UtcMillis, now: UtcMillis) -> bool {
        self.spell.metric.lasts()
            && now <= resolved.plus(self.history.book().reopen_window)
            && self.history.status() != Some(TicketStatus::Closed)
    }

    fn rungs(&self, run: &Run<'_>, target: i64) -> Vec<(Rung, UtcMillis)> {
        let policy = self.terms.as_ref().and_then(|terms| terms.policy);
        let ladder = policy.map_or(&[][..], |policy| policy.warnings.as_slice());
        let rung = |rung: Rung| Some((rung, instant(run.reach(rung.amount(target)?))?));
        let told = self.spell.metric == Metric::Promise;
        ladder.iter().filter(|_| !told).filter_map(|warning| rung(warning.rung)).collect()
    }

    /// What it is counted on.
    pub(super) fn hours(&self) -> Hours<'a> {
        self.terms.as_ref().map_or(Hours::Wall, |terms| terms.hours(self.spell.metric))
    }

    /// The calendar of the policy in force, also for what is counted on the wall clock.
    pub(super) fn calendar(&self) -> Option<&'a Calendar> {
        self.terms.as_ref().and_then(|terms| terms.calendar).map(|(_, calendar)| calendar)
    }

    fn pauses_in(&self, status: TicketStatus) -> bool {
        let metric = self.spell.metric;
        match &self.terms {
            Some(terms) => terms.pauses(metric, status),
            None => super::policy::pauses(metric, status),
        }
    }

    /// The active time of this instance, with the pauses that had begun by `until`.
    pub(super) fn run(&self, until: UtcMillis) -> Run<'a> {
        let pauses = self.history.pauses(|status| self.pauses_in(status), until);
        Run::new(self.hours(), self.spell.start, &pauses)
    }

    /// Every stretch of the ticket's life in which it pauses, with the status it pauses in.
    pub(super) fn pause_lines(&self) -> Vec<PauseLine> {
        let mut lines: Vec<PauseLine> = Vec::new();
        for &(at, status) in &self.history.statuses {
            if let Some(open) = lines.last_mut().filter(|line| line.to.is_none()) {
                if open.status == status {
                    continue;
                }
                open.to = Some(at);
            }
            if self.pauses_in(status) {
                lines.push(PauseLine { from: at, to: None, status, open: 0 });
            }
        }
        lines
    }

    fn clock(
        &self,
        run: &Run<'_>,
        due: Option<UtcMillis>,
        state: ClockState,
        until: UtcMillis,
    ) -> Clock {
        let terms = self.terms.as_ref();
        Clock {
            metric: self.spell.metric,
            instance: 0,
            start: self.spell.start,
            since: terms.map_or(self.spell.start, |terms| terms.since.max(self.spell.start)),
            until,
            target: self.target(),
            due,
            state,
            elapsed: run.active(self.spell.start, until),
            rungs: Vec::new(),
            policy: terms.and_then(Terms::name).map(Arc::clone),
            version: terms.map(|terms| Arc::clone(&terms.book.version)),
            calendar: terms.and_then(|terms| terms.calendar).map(|(name, _)| name.into()),
            agent: self.history.hand_at(until),
            team: terms.and_then(|terms| terms.team).map(Into::into),
        }
    }
}

const fn instant(reach: Reach) -> Option<UtcMillis> {
    match reach {
        Reach::At(at) => Some(at),
        Reach::Paused(_) | Reach::Never => None,
    }
}

//! What a ledger says about its ticket: spells to measure, status changes, policy changes.
//!
//! A *spell* is one stretch of one metric from its start to its end, whatever the policy. Lines
//! that make no sense where they stand (an acceptance without a queue, a second resolve) change
//! nothing.

use super::book::{Policy, PolicyBook};
use super::clock::Metric;
use super::run::Pause;
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;

/// One stretch of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spell {
    pub(super) metric: Metric,
    pub(super) start: UtcMillis,
    pub(super) end: Option<End>,
}

/// How a spell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By what the metric waits for.
    Stopped(UtcMillis),
    /// Without it: the customer left, or nobody has to do it any more.
    Dropped(UtcMillis),
}

impl End {
    pub(super) const fn at(self) -> UtcMillis {
        match self {
            Self::Stopped(at) | Self::Dropped(at) => at,
        }
    }
}

/// A ledger, read once.
#[derive(Debug)]
pub(super) struct History<'a> {
    pub(super) spells: Vec<Spell>,
    /// The policy from each instant on, one per instant.
    pub(super) policies: Vec<(UtcMillis, Option<&'a Policy>)>,
    statuses: Vec<(UtcMillis, TicketStatus)>,
    /// The last line's instant.
    pub(super) last: UtcMillis,
    book: &'a PolicyBook,
    escalated: bool,
    answered: bool,
    /// The customer's last message since the ticket was over.
    afterwards: Option<UtcMillis>,
}

impl<'a> History<'a> {
    pub(super) fn read(ledger: &[LedgerEvent], book: &'a PolicyBook) -> Self {
        let mut lines: Vec<&LedgerEvent> = ledger.iter().collect();
        lines.sort_by_key(|line| (line.at, line.seq));
        let mut history = Self {
            spells: Vec::new(),
            policies: Vec::new(),
            statuses: Vec::new(),
            last: lines.last().map_or(UtcMillis(i64::MIN), |line| line.at),
            book,
            escalated: false,
            answered: false,
            afterwards: None,
        };
        for line in lines {
            history.fact(line.at, &line.fact);
        }
        history
    }

    /// The ticket's last known status.
    pub(super) fn status(&self) -> Option<TicketStatus> {
        self.statuses.last().map(|&(_, status)| status)
    }

    /// When `metric` paused, up to `until`.
    pub(super) fn pauses(&self, metric: Metric, until: UtcMillis) -> Vec<Pause> {
        let mut pauses: Vec<Pause> = Vec::new();
        for &(at, status) in self.statuses.iter().take_while(|&&(at, _)| at <= until) {
            match pauses.last_mut().filter(|pause| pause.to.is_none()) {
                Some(open) if !pauses_in(metric, status) => open.to = Some(at),
                None if pauses_in(metric, status) => pauses.push(Pause { from: at, to: None }),
                _ => {}
            }
        }
        pauses
    }

    fn fact(&mut self, at: UtcMillis, fact: &Fact) {
        match fact {
            Fact::Escalated => self.escalated(at),
            Fact::Enqueued => {
                self.start(Metric::Assignment, at);
                self.work_on(at, TicketStatus::New);
            }
            Fact::Accepted { .. } => {
                self.end(Metric::Assignment, End::Stopped(at));
                self.work_on(at, TicketStatus::Open);
            }
            Fact::AgentMsg { .. } => self.agent_wrote(at),
            Fact::CustMsg { closing: false } => self.customer_wrote(at),
            Fact::Status { to } => self.moved(at, *to),
            Fact::Resolved { .. } => self.resolved(at),
            Fact::Reopened => self.reopened(at),
            Fact::Closed | Fact::Abandoned => self.closed(at),
            Fact::SlaApplied { policy, .. } => {
                self.apply(at, policy.as_deref().and_then(|name| self.book.policy(name)))
            }
            Fact::Prioritised { to } if !self.policies.is_empty() => {
                self.apply(at, self.book.policy_for(*to));
            }
            _ => {}
        }
    }

    fn escalated(&mut self, at: UtcMillis) {
        if self.escalated {
            return self.reopened(at);
        }
        self.escalated = true;
        self.start(Metric::FirstResponse, at);
        self.start(Metric::Resolution, at);
        self.statuses.push((at, TicketStatus::New));
    }

    fn agent_wrote(&mut self, at: UtcMillis) {
        self.answered |= self.escalated;
        self.afterwards = None;
        self.end(Metric::FirstResponse, End::Stopped(at));
        self.end(Metric::NextResponse, End::Stopped(at));
    }

    fn customer_wrote(&mut self, at: UtcMillis) {
        if self.is_over() {
            self.afterwards = Some(at);
            return;
        }
        if self.status() == Some(TicketStatus::Pending) {
            self.statuses.push((at, TicketStatus::Open));
        }
        if self.answered {
            self.start(Metric::NextResponse, at);
        }
    }

    fn moved(&mut self, at: UtcMillis, to: TicketStatus) {
        match to {
            TicketStatus::Resolved => self.resolved(at),
            TicketStatus::Closed => self.closed(at),
            live => {
                self.reopened(at);
                self.statuses.push((at, live));
            }
        }
    }

    fn resolved(&mut self, at: UtcMillis) {
        if self.is_over() {
            return;
        }
        self.end(Metric::Assignment, End::Dropped(at));
        self.end(Metric::FirstResponse, End::Dropped(at));
        self.end(Metric::NextResponse, End::Stopped(at));
        self.end(Metric::Resolution, End::Stopped(at));
        self.statuses.push((at, TicketStatus::Resolved));
    }

    fn closed(&mut self, at: UtcMillis) {
        for spell in self.spells.iter_mut().filter(|spell| spell.end.is_none()) {
            spell.end = Some(End::Dropped(at));
        }
        self.statuses.push((at, TicketStatus::Closed));
    }

    /// The customer is back: within the window the resolution goes on, later it begins anew.
    fn reopened(&mut self, at: UtcMillis) {
        if !self.escalated || !self.is_over() {
            return;
        }
        self.statuses.push((at, TicketStatus::Open));
        let window = self.book.reopen_window;
        let last = self.spells.iter_mut().rev().find(|spell| spell.metric == Metric::Resolution);
        match last {
            Some(Spell { end: end @ Some(End::Stopped(_)), .. })
                if end.is_some_and(|end| at <= end.at().plus(window)) =>
            {
                *end = None;
            }
            _ => self.start(Metric::Resolution, at),
        }
        if !self.answered {
            self.start(Metric::FirstResponse, at);
        } else if let Some(wrote) = self.afterwards.take() {
            self.start(Metric::NextResponse, wrote);
        }
    }

    fn is_over(&self) -> bool {
        self.status().is_some_and(|status| !status.is_live())
    }

    /// A status that another line implies; it does not bring a ticket back that is over.
    fn work_on(&mut self, at: UtcMillis, status: TicketStatus) {
        if !self.is_over() {
            self.statuses.push((at, status));
        }
    }

    fn start(&mut self, metric: Metric, at: UtcMillis) {
        if !self.spells.iter().any(|spell| spell.metric == metric && spell.end.is_none()) {
            self.spells.push(Spell { metric, start: at, end: None });
        }
    }

    fn end(&mut self, metric: Metric, end: End) {
        let mut spells = self.spells.iter_mut();
        if let Some(spell) = spells.find(|spell| spell.metric == metric && spell.end.is_none()) {
            spell.end = Some(end);
        }
    }

    fn apply(&mut self, at: UtcMillis, policy: Option<&'a Policy>) {
        self.policies.retain(|&(earlier, _)| earlier != at);
        self.policies.push((at, policy));
    }
}

fn pauses_in(metric: Metric, status: TicketStatus) -> bool {
    use TicketStatus::{Closed, OnHold, Pending, Resolved, Snoozed};
    match metric {
        Metric::Assignment | Metric::FirstResponse => false,
        Metric::NextResponse => matches!(status, Pending | Snoozed),
        Metric::Resolution => matches!(status, Pending | OnHold | Snoozed | Resolved | Closed),
    }
}

//! What a ledger says about its ticket: spells to measure, statuses, terms, hands.
//!
//! A *spell* is one stretch of one metric from its start to its end, whatever the policy. Lines
//! that make no sense where they stand (an acceptance without a queue, a second resolve) change
//! nothing.

use super::book::{Books, PolicyBook};
use super::metric::Metric;
use super::run::Pause;
use super::terms::Terms;
use crate::domain::id::AgentId;
use crate::domain::ledger::{Cancellation, Fact, LedgerEvent};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;

/// One stretch of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spell {
    pub(super) metric: Metric,
    pub(super) start: UtcMillis,
    pub(super) end: Option<End>,
    /// What the customer was told, wall ms; otherwise the policy has the target.
    pub(super) told: Option<i64>,
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

/// The metrics that end with the first human word.
const FIRST_WORD: [Metric; 4] = [
    Metric::FirstResponse,
    Metric::CustomerFirstResponse,
    Metric::TimeToHuman,
    Metric::TimeToHumanWorking,
];

/// A ledger, read once.
#[derive(Debug)]
pub(super) struct History<'a> {
    pub(super) spells: Vec<Spell>,
    /// What applies from each instant on, one per instant.
    pub(super) terms: Vec<Terms<'a>>,
    /// Not even what was decided counts.
    pub(super) voided: bool,
    /// The last line's instant.
    pub(super) last: UtcMillis,
    pub(super) statuses: Vec<(UtcMillis, TicketStatus)>,
    hands: Vec<(UtcMillis, Option<AgentId>)>,
    books: &'a Books,
    created: Option<UtcMillis>,
    escalated: bool,
    requested: bool,
    answered: bool,
    /// The customer's first message without an answer since the ticket was over.
    afterwards: Option<UtcMillis>,
}

impl<'a> History<'a> {
    pub(super) fn read(ledger: &'a [LedgerEvent], books: &'a Books) -> Self {
        let mut history = Self {
            spells: Vec::new(),
            terms: Vec::new(),
            voided: false,
            last: UtcMillis(i64::MIN),
            statuses: Vec::new(),
            hands: Vec::new(),
            books,
            created: None,
            escalated: false,
            requested: false,
            answered: false,
            afterwards: None,
        };
        if ledger.is_sorted_by_key(|line| (line.at, line.seq)) {
            for line in ledger {
                history.fact(line);
            }
        } else {
            let mut lines: Vec<&LedgerEvent> = ledger.iter().collect();
            lines.sort_by_key(|line| (line.at, line.seq));
            for line in lines {
                history.fact(line);
            }
        }
        history
    }

    /// The ticket's last known status.
    pub(super) fn status(&self) -> Option<TicketStatus> {
        self.statuses.last().map(|&(_, status)| status)
    }

    /// The book in force at the ledger's end.
    pub(super) fn book(&self) -> &'a PolicyBook {
        self.terms.last().map_or_else(|| self.books.active(), |terms| terms.book)
    }

    /// Who held it, or acted last, at an instant.
    pub(super) fn hand_at(&self, at: UtcMillis) -> Option<AgentId> {
        let until = self.hands.partition_point(|&(since, _)| since <= at);
        self.hands[..until].last().and_then(|&(_, agent)| agent)
    }

    /// When a clock paused that pauses in some statuses, up to `until`.
    pub(super) fn pauses(
        &self,
        pauses_in: impl Fn(TicketStatus) -> bool,
        until: UtcMillis,
    ) -> Vec<Pause> {
        let mut pauses: Vec<Pause> = Vec::new();
        for &(at, status) in self.statuses.iter().take_while(|&&(at, _)| at <= until) {
            match pauses.last_mut().filter(|pause| pause.to.is_none()) {
                Some(open) if !pauses_in(status) => open.to = Some(at),
                None if pauses_in(status) => pauses.push(Pause { from: at, to: None }),
                _ => {}
            }
        }
        pauses
    }

    fn fact(&mut self, line: &'a LedgerEvent) {
        let at = line.at;
        self.last = self.last.max(at);
        match &line.fact {
            Fact::Created => self.created = self.created.or(Some(at)),
            Fact::HumanRequested => self.requested(at),
            Fact::Escalated => self.escalated(at),
            Fact::Enqueued => {
                self.start(Metric::Assignment, at);
                self.hands.push((at, None));
                self.work_on(at, TicketStatus::New);
            }
            Fact::Accepted { agent } => {
                self.hands.push((at, Some(*agent)));
                self.end(Metric::Assignment, End::Stopped(at));
                self.work_on(at, TicketStatus::Open);
            }
            Fact::AgentMsg { agent } => self.agent_wrote(at, *agent),
            Fact::CustMsg { closing: false } => self.customer_wrote(at),
            Fact::Status { to } => self.moved(at, *to),
            Fact::Resolved { agent } => {
                self.hands.extend(agent.map(|agent| (at, Some(agent))));
                self.resolved(at);
            }
            Fact::Reopened => self.reopened(at),
            Fact::Closed | Fact::Abandoned => self.closed(at),
            Fact::Cancelled { why } => self.cancelled(at, why),
            Fact::SlaApplied { policy, version, traits } => {
                let book = self.books.of(version);
                self.terms.retain(|terms| terms.since != at);
                self.terms.push(Terms::of(book, policy.as_deref(), traits, at));
            }
            Fact::Promised { high, .. } => {
                let spell =
                    Spell { metric: Metric::Promise, start: at, end: None, told: Some(*high) };
                self.spells.push(spell);
            }
            _ => {}
        }
    }

    fn requested(&mut self, at: UtcMillis) {
        if !self.requested && !self.answered {
            self.start(Metric::TimeToHuman, at);
            self.start(Metric::TimeToHumanWorking, at);
        }
        self.requested = true;
    }

    fn escalated(&mut self, at: UtcMillis) {
        if self.escalated {
            return self.reopened(at);
        }
        self.escalated = true;
        let created = self.created.unwrap_or(at);
        self.start(Metric::FirstResponse, at);
        self.start(Metric::CustomerFirstResponse, created);
        for metric in [Metric::RequesterWait, Metric::AgentWork, Metric::Resolution] {
            self.start(metric, at);
        }
        self.start(Metric::FullResolution, created);
        self.statuses.push((at, TicketStatus::New));
    }

    fn agent_wrote(&mut self, at: UtcMillis, agent: AgentId) {
        self.hands.push((at, Some(agent)));
        self.answered |= self.escalated;
        self.afterwards = None;
        for metric in FIRST_WORD {
            self.end(metric, End::Stopped(at));
        }
        for metric in [Metric::NextResponse, Metric::PeriodicUpdate, Metric::Promise] {
            self.end(metric, End::Stopped(at));
        }
        if self.escalated && !self.is_over() {
            self.start(Metric::PeriodicUpdate, at);
        }
    }

    fn customer_wrote(&mut self, at: UtcMillis) {
        if self.is_over() {
            self.afterwards = self.afterwards.or(Some(at));
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
        for spell in self.spells.iter_mut().filter(|spell| spell.end.is_none()) {
            let stops = spell.metric.lasts() || spell.metric == Metric::NextResponse;
            spell.end = Some(if stops { End::Stopped(at) } else { End::Dropped(at) });
        }
        self.statuses.push((at, TicketStatus::Resolved));
    }

    fn closed(&mut self, at: UtcMillis) {
        for spell in self.spells.iter_mut().filter(|spell| spell.end.is_none()) {
            spell.end = Some(End::Dropped(at));
        }
        self.statuses.push((at, TicketStatus::Closed));
    }

    fn cancelled(&mut self, at: UtcMillis, why: &Cancellation) {
        self.voided |= why.voids();
        self.closed(at);
    }

    /// The customer is back: within the window what lasts goes on, later it begins anew.
    fn reopened(&mut self, at: UtcMillis) {
        if !self.escalated || !self.is_over() {
            return;
        }
        self.statuses.push((at, TicketStatus::Open));
        let window = self.book().reopen_window;
        for metric in Metric::ALL.into_iter().filter(|metric| metric.lasts()) {
            self.go_on(metric, at, window);
        }
        if !self.answered {
            let owed = if self.requested { &FIRST_WORD[..] } else { &FIRST_WORD[..2] };
            for metric in owed {
                self.start(*metric, at);
            }
        } else if let Some(wrote) = self.afterwards.take() {
            self.start(Metric::NextResponse, wrote);
        }
    }

    fn go_on(&mut self, metric: Metric, at: UtcMillis, window: i64) {
        let last = self.spells.iter_mut().rev().find(|spell| spell.metric == metric);
        match last {
            Some(Spell { end: end @ Some(End::Stopped(_)), .. })
                if end.is_some_and(|end| at <= end.at().plus(window)) =>
            {
                *end = None;
            }
            _ => self.start(metric, at),
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
            self.spells.push(Spell { metric, start: at, end: None, told: None });
        }
    }

    fn end(&mut self, metric: Metric, end: End) {
        let open = |spell: &&mut Spell| spell.metric == metric && spell.end.is_none();
        self.spells.iter_mut().filter(open).for_each(|spell| spell.end = Some(end));
    }
}

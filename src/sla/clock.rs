//! From a ledger to clocks: a pure function, the one source of every deadline shown or counted.
//!
//! A clock that is late stays late: neither the customer's leaving nor a change of policy takes a
//! miss back. Only a clock that still runs in time is cancelled or superseded, and only a ticket
//! that never counted (spam, a test) has no misses at all.

use std::sync::Arc;

use super::book::Books;
use super::history::{End, History, Spell};
use super::instance::Instance;
pub use super::metric::Metric;
use super::policy::Rung;
use super::terms::Terms;
use crate::domain::id::AgentId;
use crate::domain::ledger::LedgerEvent;
use crate::domain::time::UtcMillis;

/// One instance of a metric on one ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// What is measured.
    pub metric: Metric,
    /// Which instance of it on this ticket, from 1.
    pub instance: u32,
    /// When it started.
    pub start: UtcMillis,
    /// From when on its terms applied: later than the start when they came late or took another's
    /// place.
    pub since: UtcMillis,
    /// When it ended or gave way; now while it runs.
    pub until: UtcMillis,
    /// The target, working ms (wall ms for [`Metric::is_wall`]); `None` when nothing is promised.
    pub target: Option<i64>,
    /// The deadline as things stand; `None` while paused.
    pub due: Option<UtcMillis>,
    /// Where it stands.
    pub state: ClockState,
    /// Active ms from start to end, or so far.
    pub elapsed: i64,
    /// Instants of the warning rungs that lie on this instance; none while paused.
    pub rungs: Vec<(Rung, UtcMillis)>,
    /// The policy in force.
    pub policy: Option<Arc<str>>,
    /// The version that holds the policy.
    pub version: Option<Arc<str>>,
    /// The calendar it is counted on, unless on the wall clock.
    pub calendar: Option<Arc<str>>,
    /// Who held the ticket, or acted on it last, when it ended (or now).
    pub agent: Option<AgentId>,
    /// The team that was meant to serve it.
    pub team: Option<Arc<str>>,
}

/// Where a clock stands at `now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    /// Running and not yet late.
    Running,
    /// Running and late: missed already, `overrun` active ms so far.
    Late {
        /// Active ms past the deadline.
        overrun: i64,
    },
    /// Paused with `remaining` active ms.
    Paused {
        /// Active ms left.
        remaining: i64,
    },
    /// Stopped in time (equality is in time).
    Met {
        /// When.
        at: UtcMillis,
        /// A resolution that can still be reopened.
        provisional: bool,
    },
    /// Stopped late.
    Missed {
        /// When it stopped.
        at: UtcMillis,
        /// Active ms past the deadline.
        overrun: i64,
    },
    /// Does not count: abandoned, spam, merged, test.
    Cancelled,
    /// Replaced by a later instance with the same start.
    Superseded,
    /// Measured, though no policy has a target for it.
    Unpromised {
        /// When it stopped; `None` while it runs.
        stopped: Option<UtcMillis>,
    },
}

impl ClockState {
    /// The state's word in the API and in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Late { .. } => "late",
            Self::Paused { .. } => "paused",
            Self::Met { .. } => "met",
            Self::Missed { .. } => "missed",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
            Self::Unpromised { .. } => "unpromised",
        }
    }

    /// Whether it was met or missed, for good or so far.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Met { .. } | Self::Missed { .. } | Self::Late { .. })
    }

    /// When it stopped by what it waited for.
    #[must_use]
    pub const fn stopped(self) -> Option<UtcMillis> {
        match self {
            Self::Met { at, .. } | Self::Missed { at, .. } => Some(at),
            Self::Unpromised { stopped } => stopped,
            _ => None,
        }
    }
}

/// The clocks that something is promised for, in order of start. Total: any ledger gives clocks. A
/// `now` before the last line (the clocks of two machines differ) is read as that line's instant; to
/// look back, hand in the ledger up to then.
#[must_use]
pub fn clocks(ledger: &[LedgerEvent], books: &Books, now: UtcMillis) -> Vec<Clock> {
    let mut clocks = every_clock(ledger, books, now);
    clocks.retain(|clock| clock.target.is_some());
    clocks
}

/// As [`clocks`], with those that are measured only.
#[must_use]
pub fn every_clock(ledger: &[LedgerEvent], books: &Books, now: UtcMillis) -> Vec<Clock> {
    let history = History::read(ledger, books);
    instances(&history, now).into_iter().map(|(clock, _)| clock).collect()
}

/// Every clock with what it was made of.
pub(super) fn instances<'a>(
    history: &'a History<'a>,
    now: UtcMillis,
) -> Vec<(Clock, Instance<'a>)> {
    let now = now.max(history.last);
    let mut clocks = Vec::with_capacity(history.spells.len());
    for spell in &history.spells {
        spell_clocks(spell, history, now, &mut clocks);
    }
    clocks.sort_by_key(|(clock, _)| clock.start);
    let mut counts = [0_u32; Metric::ALL.len()];
    for (clock, _) in &mut clocks {
        if let Some(count) = counts.get_mut(clock.metric as usize) {
            *count += 1;
            clock.instance = *count;
        }
    }
    clocks
}

/// One clock for each set of terms that the spell lived under, up to the first that was missed. What
/// was told to a customer does not change with the terms.
fn spell_clocks<'a>(
    spell: &Spell,
    history: &'a History<'a>,
    now: UtcMillis,
    clocks: &mut Vec<(Clock, Instance<'a>)>,
) {
    let until = spell.end.map_or(now, End::at);
    let mut terms = in_force(&history.terms, spell, until);
    if spell.told.is_some() {
        terms.truncate(1);
    }
    let last = terms.last().copied();
    for pair in terms.windows(2) {
        let (instance, change) = (Instance::of(*spell, Some(pair[0]), history), pair[1].since);
        if instance.is_missed_before(change) {
            clocks.push((instance.standing(now), instance));
            return;
        }
        if instance.target().is_some() {
            clocks.push((instance.superseded(change), instance));
        }
    }
    let instance = Instance::of(*spell, last, history);
    clocks.push((instance.standing(now), instance));
}

/// The terms in force between two instants that differ in what they promise. Those that are first
/// applied in between count from the start.
fn in_force<'a>(terms: &[Terms<'a>], spell: &Spell, until: UtcMillis) -> Vec<Terms<'a>> {
    let before = terms.partition_point(|terms| terms.since <= spell.start);
    let first = if before == 0 { 0 } else { before - 1 };
    let mut chosen: Vec<Terms<'a>> = Vec::new();
    for next in &terms[first..] {
        let applies = if chosen.is_empty() {
            next.since <= until.max(spell.start)
        } else {
            next.since < until || (spell.end.is_none() && next.since == until)
        };
        match chosen.last_mut() {
            Some(last) if applies && last.promise_alike(next, spell.metric) => {
                *last = Terms { since: last.since, ..*next };
            }
            _ if applies => chosen.push(*next),
            _ => {}
        }
    }
    chosen
}

//! From a ledger to clocks: a pure function, the one source of every deadline shown or counted.
//!
//! A clock that is late stays late: neither the customer's leaving nor a change of policy takes a
//! miss back. Only a clock that still runs in time is cancelled or superseded.

use std::collections::BTreeMap;

use serde::Serialize;

use super::book::{Policy, PolicyBook};
use super::history::{End, History, Spell};
use super::promise::Promise;
use crate::domain::ledger::LedgerEvent;
use crate::domain::time::UtcMillis;

/// What is measured. Formulas: `docs/sla.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Enqueued to accepted.
    Assignment,
    /// Escalated to the first human word.
    FirstResponse,
    /// A waiting spell after a human reply.
    NextResponse,
    /// Escalated to the last resolve.
    Resolution,
}

impl Metric {
    /// The metric's name in records and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Assignment => "assignment",
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::Resolution => "resolution",
        }
    }
}

/// One instance of a metric on one ticket.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clock {
    /// What is measured.
    pub metric: Metric,
    /// Which instance of it on this ticket, from 1.
    pub instance: u32,
    /// When it started.
    pub start: UtcMillis,
    /// The target, working ms.
    pub target: i64,
    /// The deadline as things stand; `None` while paused.
    pub due: Option<UtcMillis>,
    /// Where it stands.
    pub state: ClockState,
    /// Instants of the warning rungs that lie on this instance: percent, instant; none while paused.
    pub rungs: Vec<(u8, UtcMillis)>,
    /// The policy that set the target.
    pub policy: String,
}

/// Where a clock stands at `now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ClockState {
    /// Running and not yet late.
    Running,
    /// Running and late: missed already, `overrun` working ms so far.
    Late {
        /// Working ms past the deadline.
        overrun: i64,
    },
    /// Paused with `remaining` working ms.
    Paused {
        /// Working ms left.
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
        /// Working ms past the deadline.
        overrun: i64,
    },
    /// Does not count: abandoned, spam, merged, test.
    Cancelled,
    /// Replaced by a later instance with the same start.
    Superseded,
}

/// All clocks of one ticket, in order of start. Total: any ledger gives clocks. A `now` before the
/// last line (the clocks of two machines differ) is read as that line's instant; to look back, hand
/// in the ledger up to then.
#[must_use]
pub fn clocks(ledger: &[LedgerEvent], book: &PolicyBook, now: UtcMillis) -> Vec<Clock> {
    let history = History::read(ledger, book);
    let now = now.max(history.last);
    let mut clocks: Vec<Clock> = Vec::new();
    for spell in &history.spells {
        spell_clocks(spell, &history, book, now, &mut clocks);
    }
    clocks.sort_by_key(|clock| clock.start);
    let mut counts: BTreeMap<Metric, u32> = BTreeMap::new();
    for clock in &mut clocks {
        let count = counts.entry(clock.metric).or_default();
        *count += 1;
        clock.instance = *count;
    }
    clocks
}

/// One clock for each policy that the spell lived under, up to the first that was missed.
fn spell_clocks(
    spell: &Spell,
    history: &History<'_>,
    book: &PolicyBook,
    now: UtcMillis,
    clocks: &mut Vec<Clock>,
) {
    let until = spell.end.map_or(now, End::at);
    let rules = rules(&history.policies, spell.start, until);
    for (place, &(_, policy)) in rules.iter().enumerate() {
        let Some(promise) = policy.and_then(|policy| Promise::of(policy, spell, history, book))
        else {
            continue;
        };
        match rules.get(place + 1) {
            Some(&(change, _)) if !promise.is_missed_before(change) => {
                clocks.push(promise.superseded(change));
            }
            _ => {
                clocks.push(promise.standing(spell.end, now));
                break;
            }
        }
    }
}

/// The policies in force between two instants, each with its beginning. One that is first applied
/// in between counts from the start.
fn rules<'a>(
    policies: &[(UtcMillis, Option<&'a Policy>)],
    start: UtcMillis,
    until: UtcMillis,
) -> Vec<(UtcMillis, Option<&'a Policy>)> {
    let before = policies.partition_point(|&(at, _)| at <= start);
    let first = if before == 0 { 0 } else { before - 1 };
    let mut rules: Vec<(UtcMillis, Option<&Policy>)> = Vec::new();
    for &(at, policy) in &policies[first..] {
        let applies = if rules.is_empty() { at <= until.max(start) } else { at < until };
        let same = rules.last().is_some_and(|&(_, last)| named(last) == named(policy));
        if applies && !same {
            rules.push((at, policy));
        }
    }
    rules
}

fn named(policy: Option<&Policy>) -> Option<&str> {
    policy.map(|policy| policy.name.as_str())
}

//! From a ledger to clocks. (seam: signatures fixed, bodies to be written)

use serde::Serialize;

use super::book::PolicyBook;
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

/// All clocks of one ticket, in order of start. Total: any ledger gives clocks.
#[must_use]
pub fn clocks(_ledger: &[LedgerEvent], _book: &PolicyBook, _now: UtcMillis) -> Vec<Clock> {
    unimplemented!()
}

//! One ticket of the simulated day: what it was promised and what became of it.

use super::order::Urgency;
use super::{Arrival, Class};
use crate::domain::time::UtcMillis;
use crate::sla::clock::{Clock, ClockState};
use crate::sla::deadline;
use crate::sla::metric::Metric;

/// The promises that a simulated ticket can keep or break.
pub(super) const PROMISED: [Metric; 3] =
    [Metric::Assignment, Metric::FirstResponse, Metric::Resolution];

/// A ticket.
pub(super) struct Case {
    pub(super) arrival: Arrival,
    pub(super) urgency: Urgency,
    /// Deadlines in the order of [`PROMISED`].
    pub(super) due: [Option<UtcMillis>; 3],
    pub(super) place: Place,
}

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the line, at this place.
    Waiting(UtcMillis),
    /// With somebody.
    Given {
        /// When they accept it.
        accepted: UtcMillis,
        /// When it is done.
        done: UtcMillis,
    },
}

impl Case {
    pub(super) fn new(arrival: Arrival, class: &Class, ageing_bound: i64) -> Self {
        let at = arrival.at;
        let clocks = PROMISED.map(|metric| clock(metric, class, at));
        let score = deadline::score(&clocks, at, ageing_bound);
        let urgency = Urgency {
            enqueued_at: at,
            score,
            expected: class.expected,
            bound: at.plus(ageing_bound),
        };
        Self { arrival, urgency, due: clocks.map(|clock| clock.due), place: Place::Waiting(score) }
    }

    /// When what each promise waits for happens, in the order of [`PROMISED`]; `None` while it has
    /// not.
    pub(super) fn kept_at(&self, class: &Class) -> [Option<UtcMillis>; 3] {
        match self.place {
            Place::Waiting(_) => [None; 3],
            Place::Given { accepted, done } => {
                let replied = accepted.plus(class.first_reply.min(self.arrival.handling));
                [Some(accepted), Some(replied), Some(done)]
            }
        }
    }
}

/// The clock of one promise as it runs from the arrival on.
fn clock(metric: Metric, class: &Class, start: UtcMillis) -> Clock {
    let target = class.targets.of(metric);
    Clock {
        metric,
        instance: 1,
        start,
        since: start,
        until: start,
        target,
        due: target.and_then(|target| deadline::due(&class.calendar, start, target, &[])),
        state: ClockState::Running,
        elapsed: 0,
        rungs: Vec::new(),
        policy: None,
        version: None,
        calendar: None,
        agent: None,
        team: None,
    }
}

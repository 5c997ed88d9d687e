//! One policy: for whom it is, what it promises, when it warns and what it does then.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::condition::Condition;
use super::metric::Metric;
use crate::domain::ticket::TicketStatus;

/// What one kind of ticket is promised.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name.
    pub name: Arc<str>,
    /// The tickets it is for.
    pub condition: Condition,
    /// The calendar its working time is counted on, unless the book names another for the ticket's
    /// segment or team.
    pub calendar: String,
    /// Targets.
    pub targets: Targets,
    /// The statuses in which a metric pauses, where that is not the usual.
    pub pauses: BTreeMap<Metric, BTreeSet<TicketStatus>>,
    /// The warning ladder.
    pub warnings: Vec<Warning>,
    /// What is done when a deadline is missed; the desk and the board are told in any case.
    pub on_breach: Vec<Action>,
}

impl Policy {
    /// Whether `metric` pauses in `status`. A ticket that is over pauses what lasts.
    #[must_use]
    pub fn pauses(&self, metric: Metric, status: TicketStatus) -> bool {
        match self.pauses.get(&metric) {
            Some(statuses) => statuses.contains(&status) || pauses_when_over(metric, status),
            None => pauses(metric, status),
        }
    }

    /// What is done at a rung of the ladder; `None` when it has no such rung.
    #[must_use]
    pub fn actions(&self, rung: Rung) -> Option<&[Action]> {
        if rung == Rung::Deadline {
            return Some(&self.on_breach);
        }
        let warning = self.warnings.iter().find(|warning| warning.rung == rung);
        warning.map(|warning| warning.actions.as_slice())
    }
}

/// Whether `metric` pauses in `status` when no policy says otherwise.
#[must_use]
pub fn pauses(metric: Metric, status: TicketStatus) -> bool {
    metric.usual_pauses().contains(&status) || pauses_when_over(metric, status)
}

const fn pauses_when_over(metric: Metric, status: TicketStatus) -> bool {
    metric.lasts() && !status.is_live()
}

/// Targets in ms, working or (for a wall-clock metric) plain; a missing one is not promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Targets([Option<i64>; Metric::ALL.len()]);

impl Targets {
    /// The target of a metric, ms.
    #[must_use]
    pub fn of(&self, metric: Metric) -> Option<i64> {
        self.0.get(metric as usize).copied().flatten()
    }

    /// With this target, ms.
    pub fn set(&mut self, metric: Metric, target: i64) {
        if let Some(place) = self.0.get_mut(metric as usize) {
            *place = Some(target);
        }
    }

    /// The longest of all, ms.
    #[must_use]
    pub fn longest(&self) -> Option<i64> {
        self.0.iter().flatten().max().copied()
    }
}

/// A step of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// When.
    pub rung: Rung,
    /// What is done; the desk and the board are told in any case.
    pub actions: Vec<Action>,
}

/// When a step of the ladder is reached, in active time. Each one fires at most once per instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// After this share of the target, 1 to 99.
    Percent(u8),
    /// This many ms after the start.
    After(i64),
    /// This many ms before the deadline.
    Before(i64),
    /// The first millisecond past the deadline.
    Deadline,
}

impl Rung {
    /// The active ms by which it is reached; `None` when that is not after the start. Past the
    /// deadline for [`Rung::Deadline`] itself is left to the caller.
    #[must_use]
    pub const fn amount(self, target: i64) -> Option<i64> {
        let amount = match self {
            Self::Percent(percent) => target.saturating_mul(percent as i64) / 100,
            Self::After(after) => after,
            Self::Before(before) => target.saturating_sub(before),
            Self::Deadline => target,
        };
        if amount > 0 { Some(amount) } else { None }
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent}"),
            Self::After(after) => write!(f, "+{after}"),
            Self::Before(before) => write!(f, "-{before}"),
            Self::Deadline => f.write_str("100"),
        }
    }
}

impl FromStr for Rung {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let amount = |digits: &str| digits.parse::<i64>().map_err(|_| ());
        match text.as_bytes().first() {
            Some(b'+') => amount(&text[1..]).map(Self::After),
            Some(b'-') => amount(&text[1..]).map(Self::Before),
            _ if text == "100" => Ok(Self::Deadline),
            _ => text.parse().map(Self::Percent).map_err(|_| ()),
        }
    }
}

/// What a rung does beside telling the desk and the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Raises the priority by one step.
    Raise,
    /// Lets another team serve it as well.
    Widen(String),
    /// Calls the supervisors' webhook.
    Page,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_are_read_back() {
        for rung in [Rung::Percent(50), Rung::After(90), Rung::Before(60_000), Rung::Deadline] {
            assert_eq!(rung.to_string().parse(), Ok(rung));
        }
        assert_eq!("x".parse::<Rung>(), Err(()));
        assert_eq!("".parse::<Rung>(), Err(()));
    }

    #[test]
    fn a_rung_lies_after_the_start() {
        assert_eq!(Rung::Percent(50).amount(1000), Some(500));
        assert_eq!(Rung::Before(400).amount(1000), Some(600));
        assert_eq!(Rung::Before(1000).amount(1000), None);
        assert_eq!(Rung::After(1500).amount(1000), Some(1500));
    }
}

//! What is measured. Formulas: `docs/sla.md`.

use serde::Serialize;

use crate::domain::ticket::TicketStatus;

/// One kind of clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Enqueued to accepted.
    Assignment,
    /// Escalated to the first human word.
    FirstResponse,
    /// The customer's first message to the first human word.
    CustomerFirstResponse,
    /// The first request for a person to the first human word, on the wall clock.
    TimeToHuman,
    /// The same in working time.
    TimeToHumanWorking,
    /// A waiting spell after a human reply.
    NextResponse,
    /// Between two human words while the ticket lives.
    PeriodicUpdate,
    /// All time as new, open or on hold.
    RequesterWait,
    /// All time as new or open.
    AgentWork,
    /// Escalated to the last resolve.
    Resolution,
    /// The customer's first message to the last resolve.
    FullResolution,
    /// A wait that the customer was told, on the wall clock.
    Promise,
}

impl Metric {
    /// Every metric, in the order of a ticket's life.
    pub const ALL: [Self; 12] = [
        Self::Assignment,
        Self::FirstResponse,
        Self::CustomerFirstResponse,
        Self::TimeToHuman,
        Self::TimeToHumanWorking,
        Self::NextResponse,
        Self::PeriodicUpdate,
        Self::RequesterWait,
        Self::AgentWork,
        Self::Resolution,
        Self::FullResolution,
        Self::Promise,
    ];

    /// The metric's name in files, records and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Assignment => "assignment",
            Self::FirstResponse => "first_response",
            Self::CustomerFirstResponse => "customer_first_response",
            Self::TimeToHuman => "time_to_human",
            Self::TimeToHumanWorking => "time_to_human_working",
            Self::NextResponse => "next_response",
            Self::PeriodicUpdate => "periodic_update",
            Self::RequesterWait => "requester_wait",
            Self::AgentWork => "agent_work",
            Self::Resolution => "resolution",
            Self::FullResolution => "full_resolution",
            Self::Promise => "promise",
        }
    }

    /// Reads the name; `None` when it is no metric.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == word)
    }

    /// Whether it counts on the wall, whatever the opening hours.
    #[must_use]
    pub const fn is_wall(self) -> bool {
        matches!(self, Self::TimeToHuman | Self::Promise)
    }

    /// Whether it orders the queue.
    #[must_use]
    pub const fn orders(self) -> bool {
        matches!(
            self,
            Self::Assignment | Self::FirstResponse | Self::NextResponse | Self::Resolution
        )
    }

    /// Whether it lasts until the ticket's last resolve and goes on when it is reopened.
    #[must_use]
    pub const fn lasts(self) -> bool {
        matches!(
            self,
            Self::RequesterWait | Self::AgentWork | Self::Resolution | Self::FullResolution
        )
    }

    /// In which statuses it pauses while the policy says nothing else.
    #[must_use]
    pub const fn usual_pauses(self) -> &'static [TicketStatus] {
        use TicketStatus::{OnHold, Pending, Snoozed};
        match self {
            Self::NextResponse | Self::RequesterWait => &[Pending, Snoozed],
            Self::Resolution | Self::FullResolution | Self::AgentWork => {
                &[Pending, OnHold, Snoozed]
            }
            _ => &[],
        }
    }

    /// Whether a policy may say in which statuses it pauses.
    #[must_use]
    pub const fn may_pause(self) -> bool {
        !matches!(
            self,
            Self::TimeToHuman
                | Self::TimeToHumanWorking
                | Self::Assignment
                | Self::Promise
                | Self::RequesterWait
                | Self::AgentWork
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for metric in Metric::ALL {
            assert_eq!(Metric::parse(metric.as_str()), Some(metric));
        }
        assert_eq!(Metric::parse("happiness"), None);
    }
}

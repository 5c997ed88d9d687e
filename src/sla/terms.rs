//! What applies to a ticket from an instant on: policy, calendar, team.

use std::sync::Arc;

use super::book::PolicyBook;
use super::calendar::Calendar;
use super::metric::Metric;
use super::policy::{Policy, pauses};
use super::run::Hours;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;
use crate::domain::traits::Traits;

/// The terms of one stretch of a ticket's life.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms<'a> {
    /// From when on.
    pub(super) since: UtcMillis,
    pub(super) book: &'a PolicyBook,
    pub(super) policy: Option<&'a Policy>,
    /// The calendar and its name.
    pub(super) calendar: Option<(&'a str, &'a Calendar)>,
    pub(super) team: Option<&'a str>,
}

impl<'a> Terms<'a> {
    pub(super) fn of(
        book: &'a PolicyBook,
        policy: Option<&str>,
        traits: &'a Traits,
        since: UtcMillis,
    ) -> Self {
        let policy = policy.and_then(|name| book.policy(name));
        let calendar = policy.and_then(|policy| {
            let name = book.calendar_for(policy, traits);
            Some((name, book.calendars.get(name)?))
        });
        Self { since, book, policy, calendar, team: traits.team.as_deref() }
    }

    /// The policy's name.
    pub(super) fn name(&self) -> Option<&'a Arc<str>> {
        self.policy.map(|policy| &policy.name)
    }

    /// The target of a metric, ms; without hours to count on there is none.
    pub(super) fn target(&self, metric: Metric) -> Option<i64> {
        let target = self.policy.and_then(|policy| policy.targets.of(metric))?;
        (metric.is_wall() || self.calendar.is_some()).then_some(target)
    }

    /// The hours a metric is counted on; without a calendar the wall clock.
    pub(super) const fn hours(&self, metric: Metric) -> Hours<'a> {
        match self.calendar {
            Some((_, calendar)) if !metric.is_wall() => Hours::Working(calendar),
            _ => Hours::Wall,
        }
    }

    /// Whether a metric pauses in a status.
    pub(super) fn pauses(&self, metric: Metric, status: TicketStatus) -> bool {
        match self.policy {
            Some(policy) => policy.pauses(metric, status),
            None => pauses(metric, status),
        }
    }

    /// Whether both promise the same for a metric, so that a change from one to the other changes
    /// nothing about its clock.
    pub(super) fn promise_alike(&self, other: &Self, metric: Metric) -> bool {
        let ladder = |terms: &Self| {
            terms
                .policy
                .map(|policy| (policy.warnings.clone(), policy.pauses.get(&metric).cloned()))
        };
        self.name() == other.name()
            && self.target(metric) == other.target(metric)
            && match (self.hours(metric), other.hours(metric)) {
                (Hours::Wall, Hours::Wall) => true,
                (Hours::Working(one), Hours::Working(another)) => {
                    std::ptr::eq(one, another) || one == another
                }
                _ => false,
            }
            && (self.target(metric).is_none() || ladder(self) == ladder(other))
    }
}

//! What a ticket weighs against the capacity of whoever holds it.

use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;

/// When a held ticket stops counting, and what is left of its cost then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// After how long a customer's silence an open ticket is idle, ms; 0 for never.
    pub idle: i64,
    /// What a parked ticket still weighs, in percent of its cost, rounded down; 0 to 100.
    pub parked_percent: u32,
}

impl Weights {
    /// Whether nobody needs to work on it now: it waits for the customer, for others or for an hour, or
    /// it is open and its customer has been silent (`quiet` since then) for long enough.
    #[must_use]
    pub fn is_parked(
        &self,
        status: TicketStatus,
        quiet: Option<UtcMillis>,
        now: UtcMillis,
    ) -> bool {
        match status {
            TicketStatus::Pending | TicketStatus::OnHold | TicketStatus::Snoozed => true,
            TicketStatus::Open => {
                self.idle > 0 && quiet.is_some_and(|since| now.since(since) >= self.idle)
            }
            TicketStatus::New | TicketStatus::Resolved | TicketStatus::Closed => false,
        }
    }

    /// What it weighs.
    #[must_use]
    pub fn of(
        &self,
        cost: u32,
        status: TicketStatus,
        quiet: Option<UtcMillis>,
        now: UtcMillis,
    ) -> u32 {
        if !self.is_parked(status, quiet, now) {
            return cost;
        }
        let share = u64::from(cost) * u64::from(self.parked_percent.min(100)) / 100;
        u32::try_from(share).unwrap_or(cost)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const RULES: Weights = Weights { idle: 600, parked_percent: 0 };

    #[test]
    fn what_waits_for_somebody_else_weighs_nothing() {
        let at = |status| RULES.of(3, status, None, UtcMillis(0));
        for parked in [TicketStatus::Pending, TicketStatus::OnHold, TicketStatus::Snoozed] {
            assert_eq!(at(parked), 0, "{parked:?}");
        }
        assert_eq!((at(TicketStatus::Open), at(TicketStatus::New)), (3, 3));
    }

    #[test]
    fn an_open_one_is_idle_from_its_instant_on() {
        let at = |now| RULES.of(3, TicketStatus::Open, Some(UtcMillis(1_000)), UtcMillis(now));
        assert_eq!((at(1_000), at(1_599), at(1_600)), (3, 3, 0));
        let never = Weights { idle: 0, ..RULES };
        let now = UtcMillis(i64::MAX);
        assert_eq!(never.of(3, TicketStatus::Open, Some(UtcMillis(0)), now), 3);
    }

    #[test]
    fn a_share_may_be_left() {
        let half = Weights { parked_percent: 50, ..RULES };
        assert_eq!(half.of(3, TicketStatus::Pending, None, UtcMillis(0)), 1);
        assert_eq!(half.of(3, TicketStatus::Open, None, UtcMillis(0)), 3);
    }

    proptest! {
        #[test]
        fn parking_never_makes_it_heavier(
            cost in 1..=100_u32,
            percent in 0..=100_u32,
            status in select(TicketStatus::ALL.to_vec()),
            quiet in proptest::option::of(0..1_000_i64),
            now in 0..2_000_i64,
        ) {
            let rules = Weights { idle: 600, parked_percent: percent };
            let quiet = quiet.map(UtcMillis);
            let weight = rules.of(cost, status, quiet, UtcMillis(now));
            prop_assert!(weight <= cost);
            let parked = rules.is_parked(status, quiet, UtcMillis(now));
            prop_assert!(parked || weight == cost, "what is worked on weighs its cost");
        }
    }
}

//! When a share of a target is used up: the risk of a breach, as an instant.

use std::collections::BTreeMap;

use super::book::Books;
use super::clock::{ClockState, instances};
use super::history::History;
use super::run::Reach;
use crate::domain::ledger::LedgerEvent;
use crate::domain::time::UtcMillis;

/// The instants by which these percents of the nearest target are used up, counted as the target is;
/// the nearest is that of the earliest running deadline that orders the queue. Empty while none runs.
#[must_use]
pub fn shares(
    ledger: &[LedgerEvent],
    books: &Books,
    now: UtcMillis,
    percents: impl IntoIterator<Item = u8>,
) -> BTreeMap<u8, UtcMillis> {
    let percents: Vec<u8> = percents.into_iter().collect();
    if percents.is_empty() {
        return BTreeMap::new();
    }
    let history = History::read(ledger, books);
    let orders = instances(&history, now).into_iter().filter(|(clock, _)| {
        let runs = matches!(clock.state, ClockState::Running | ClockState::Late { .. });
        runs && clock.due.is_some() && clock.metric.orders()
    });
    let Some((clock, instance)) = orders.min_by_key(|(clock, _)| clock.due) else {
        return BTreeMap::new();
    };
    let (run, target) = (instance.run(clock.until), clock.target.unwrap_or(0));
    let reach = |percent: u8| match run.reach(target.saturating_mul(percent.into()) / 100) {
        Reach::At(at) => Some((percent, at)),
        Reach::Paused(_) | Reach::Never => None,
    };
    percents.into_iter().filter_map(reach).collect()
}

#[cfg(test)]
mod tests {
    use super::super::scenarios::{apply, book};
    use super::*;
    use crate::domain::id::TicketId;
    use crate::domain::ledger::Fact;
    use crate::domain::time::MINUTE;

    /// Monday, 5 January 2026, 10:00 UTC.
    const START: UtcMillis = UtcMillis(1_767_607_200_000);

    fn shares_at(policy: &str, facts: &[(i64, Fact)], now: i64) -> Vec<(u8, i64)> {
        let usual = [(0, Fact::Escalated), (0, apply(policy)), (0, Fact::Enqueued)];
        let ticket_id = TicketId(uuid::Uuid::nil());
        let all = usual.iter().chain(facts);
        let ledger: Vec<_> = (1..)
            .zip(all)
            .map(|(seq, (at, fact))| LedgerEvent {
                ticket_id,
                seq,
                at: START.plus(at * MINUTE),
                fact: fact.clone(),
            })
            .collect();
        let shares = shares(&ledger, &book(), START.plus(now * MINUTE), [50, 80]);
        shares.into_iter().map(|(percent, at)| (percent, at.since(START) / MINUTE)).collect()
    }

    #[test]
    fn the_nearest_target_counts_in_its_own_time() {
        assert_eq!(shares_at("usual", &[], 1), [(50, 5), (80, 8)], "the assignment's ten minutes");
        let office = shares_at("office", &[], 1);
        assert_eq!(office, [(50, 120), (80, 192)], "four hours of which all lie before closing");
        let none = shares_at("none of these", &[], 1);
        assert_eq!(none, [], "nothing is promised");
    }
}

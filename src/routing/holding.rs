//! When was a ticket in whose hands? From its ledger.

use crate::domain::id::AgentId;
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;

/// The stretches during which an agent worked on the ticket: held and open, not waiting for the
/// customer or for others. The last one ends `now` when it goes on.
#[must_use]
pub fn in_work(ledger: &[LedgerEvent], now: UtcMillis) -> Vec<(AgentId, (UtcMillis, UtcMillis))> {
    let mut found = Vec::new();
    let (mut holder, mut since) = (None, None);
    for event in ledger {
        let (next, works) = after(holder, since.is_some(), &event.fact);
        if (next != holder || !works)
            && let (Some(agent), Some(from)) = (holder, since.take())
        {
            found.push((agent, (from, event.at)));
        }
        holder = next;
        if works && since.is_none() {
            since = Some(event.at);
        }
    }
    found.extend(holder.zip(since).map(|(agent, from)| (agent, (from, now))));
    found.retain(|(_, (from, to))| from < to);
    found
}

/// Who holds it after a fact, and whether they work on it.
const fn after(holder: Option<AgentId>, works: bool, fact: &Fact) -> (Option<AgentId>, bool) {
    match fact {
        Fact::Accepted { agent } => (Some(*agent), true),
        Fact::Status { to } => (holder, holder.is_some() && matches!(to, TicketStatus::Open)),
        Fact::Enqueued
        | Fact::Transferred { .. }
        | Fact::Resolved { .. }
        | Fact::Reopened
        | Fact::Closed
        | Fact::Abandoned
        | Fact::Cancelled { .. } => (None, false),
        _ => (holder, works),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::id::TicketId;

    #[test]
    fn waiting_for_the_customer_is_no_work_and_a_transfer_ends_it() {
        let (anna, berta) = (AgentId(Uuid::from_u128(1)), AgentId(Uuid::from_u128(2)));
        let facts = [
            (0, Fact::Enqueued),
            (10, Fact::Accepted { agent: anna }),
            (15, Fact::AgentMsg { agent: anna }),
            (20, Fact::Status { to: TicketStatus::Pending }),
            (50, Fact::Status { to: TicketStatus::Open }),
            (60, Fact::Transferred { from: Some(anna), team: None, agent: Some(berta) }),
            (60, Fact::Enqueued),
            (70, Fact::Accepted { agent: berta }),
            (90, Fact::Resolved { agent: Some(berta) }),
            (95, Fact::Reopened),
            (95, Fact::Enqueued),
            (97, Fact::Accepted { agent: anna }),
        ];
        let ledger: Vec<_> = (1..)
            .zip(facts)
            .map(|(seq, (at, fact))| LedgerEvent {
                ticket_id: TicketId(Uuid::from_u128(9)),
                seq,
                at: UtcMillis(at),
                fact,
            })
            .collect();
        let span = |from, to| (UtcMillis(from), UtcMillis(to));
        let expected = [
            (anna, span(10, 20)),
            (anna, span(50, 60)),
            (berta, span(70, 90)),
            (anna, span(97, 100)),
        ];
        assert_eq!(in_work(&ledger, UtcMillis(100)), expected);
    }
}

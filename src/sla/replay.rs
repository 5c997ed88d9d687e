//! What would have been: a ledger under other policies.

use std::sync::Arc;

use super::book::{Books, PolicyBook};
use super::clock::{Clock, clocks};
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::time::UtcMillis;

/// The ledger as it would read if `book` had been in force all along: every choice of a policy is
/// made again, by the same traits.
#[must_use]
pub fn under(ledger: &[LedgerEvent], book: &PolicyBook) -> Vec<LedgerEvent> {
    let chosen = |line: &LedgerEvent| match &line.fact {
        Fact::SlaApplied { traits, .. } => {
            let policy = book.policy_for(traits).map(|policy| policy.name.to_string());
            let (version, traits) = (book.version.to_string(), traits.clone());
            LedgerEvent { fact: Fact::SlaApplied { policy, version, traits }, ..line.clone() }
        }
        _ => line.clone(),
    };
    ledger.iter().map(chosen).collect()
}

/// The promised clocks of a ledger under other policies.
#[must_use]
pub fn clocks_under(ledger: &[LedgerEvent], book: &Arc<PolicyBook>, now: UtcMillis) -> Vec<Clock> {
    clocks(&under(ledger, book), &Books::new(Arc::clone(book)), now)
}

#[cfg(test)]
mod tests {
    use super::super::clock::Metric;
    use super::super::scenarios::BOOK;
    use super::*;
    use crate::domain::id::TicketId;
    use crate::domain::source::SourceFile;
    use crate::domain::ticket::Priority;
    use crate::domain::time::MINUTE;
    use crate::domain::traits::Traits;

    #[test]
    fn policies_are_chosen_again_by_the_same_traits() {
        let file = SourceFile { name: "sla.yaml".to_owned(), text: BOOK.to_owned() };
        let book = Arc::new(PolicyBook::read(&file).unwrap());
        let line = |seq, fact| LedgerEvent {
            ticket_id: TicketId(uuid::Uuid::nil()),
            seq,
            at: UtcMillis(1_767_607_200_000),
            fact,
        };
        let traits = Traits { priority: Priority::Urgent, ..Traits::default() };
        let old = Fact::SlaApplied { policy: None, version: "old".to_owned(), traits };
        let ledger = [line(1, Fact::Escalated), line(2, old)];
        let now = UtcMillis(1_767_607_200_000);
        assert_eq!(clocks(&ledger, &Books::new(Arc::clone(&book)), now), []);
        let found = clocks_under(&ledger, &book, now);
        let first = found.iter().find(|clock| clock.metric == Metric::FirstResponse).unwrap();
        assert_eq!((first.policy.as_deref(), first.target), (Some("fast"), Some(10 * MINUTE)));
    }
}

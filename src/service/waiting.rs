//! What a ticket waits for beside its clocks: its waking, the customer's word, the end of its
//! reopening window. Each is a timer that follows the ticket's life.

use super::ServiceError;
use super::turn::Turn;
use crate::domain::id::TicketId;
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::life::Life;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::{HOUR, UtcMillis};
use crate::store;
use crate::store::outbox::Task;
use crate::store::ticket::StoredTicket;

/// The timer kind that ends what an agent answered and the customer left silent.
pub(super) const AUTO_CLOSE: &str = "auto_close";
/// The timer kind that closes a resolved ticket when its reopening window is over.
pub(super) const CLOSE_TICKET: &str = "close_ticket";
/// The timer kind that wakes a snoozed ticket.
pub(super) const SNOOZE: &str = "snooze";

/// The timer kind that looks whether an open ticket has become idle.
pub(super) const IDLE: &str = "idle";

/// Whether an answered ticket is the customer's turn: not while it is put aside or waits for somebody
/// else.
pub(super) const fn is_theirs(life: Life) -> bool {
    matches!(life.status(), TicketStatus::Open | TicketStatus::Pending)
}

/// Since when the customer is silent about our last answer, if they are: counted anew from when the
/// ticket was put back to open or pending, or somebody else took it. A ticket that we reopened is ours.
pub(super) fn theirs_since(ledger: &[LedgerEvent]) -> Option<UtcMillis> {
    let mut since = None;
    for line in ledger {
        match line.fact {
            Fact::AgentMsg { .. } => since = Some(line.at),
            Fact::CustMsg { .. } | Fact::Reopened => since = None,
            Fact::Accepted { .. }
            | Fact::Status { to: TicketStatus::Open | TicketStatus::Pending } => {
                since = since.map(|_| line.at);
            }
            _ => {}
        }
    }
    since
}

/// Whether we are the ones to do something: the customer wrote last, or it was put back to open since
/// our last answer, or there was none.
pub(super) fn is_ours(ledger: &[LedgerEvent]) -> bool {
    let last = ledger.iter().rev().find(|line| {
        matches!(
            line.fact,
            Fact::AgentMsg { .. }
                | Fact::CustMsg { .. }
                | Fact::Reopened
                | Fact::Status { to: TicketStatus::Open }
        )
    });
    !last.is_some_and(|line| matches!(line.fact, Fact::AgentMsg { .. }))
}

impl Turn {
    /// Keeps since when a held ticket's customer is silent, and when it becomes idle; whether it is
    /// parked now in another way than before is for the queue to know.
    pub(super) async fn keep_quiet(
        &mut self,
        stored: &StoredTicket,
        ledger: &[LedgerEvent],
    ) -> Result<(), ServiceError> {
        let (ticket, status) = (stored.ticket.id, stored.ticket.status());
        let since = theirs_since(ledger).filter(|_| status.is_held());
        let before = store::quiet::get_in(&mut self.tx, ticket).await?;
        if since == before {
            return Ok(());
        }
        store::quiet::keep(&mut self.tx, ticket, since).await?;
        let (rules, subject) = (self.house.settings.work.weights, ticket.to_string());
        match since.filter(|_| rules.idle > 0) {
            Some(since) => {
                let due = since.plus(rules.idle);
                store::timer::set_again(&mut self.tx, IDLE, &subject, due).await?;
            }
            None => store::timer::clear(&mut self.tx, IDLE, &subject).await?,
        }
        let is_parked = |quiet| rules.is_parked(status, quiet, self.now);
        if status.is_held() && is_parked(before) != is_parked(since) {
            self.task(Task::Reweigh { ticket }).await?;
        }
        Ok(())
    }

    /// Sets and clears what a ticket waits for, after a move of its life.
    pub(super) async fn set_waits(
        &mut self,
        ticket: TicketId,
        was: Life,
        is: Life,
    ) -> Result<(), ServiceError> {
        let window = self.house.content.book().reopen_window;
        let closes = |life: Life| {
            life.resolved_at()
                .filter(|_| life.status() == TicketStatus::Resolved)
                .map(|at| at.plus(window + 1))
        };
        self.set_wait(SNOOZE, ticket, was.snoozed_until(), is.snoozed_until()).await?;
        self.set_wait(CLOSE_TICKET, ticket, closes(was), closes(is)).await?;
        self.await_customer(ticket, is).await
    }

    async fn set_wait(
        &mut self,
        kind: &str,
        ticket: TicketId,
        was: Option<UtcMillis>,
        is: Option<UtcMillis>,
    ) -> Result<(), ServiceError> {
        let subject = ticket.to_string();
        match is {
            Some(due) => store::timer::set_again(&mut self.tx, kind, &subject, due).await?,
            None if was.is_some() => store::timer::clear(&mut self.tx, kind, &subject).await?,
            None => {}
        }
        Ok(())
    }

    /// Asks after the customer when an answered ticket has been silent long enough.
    pub(super) async fn await_customer(
        &mut self,
        ticket: TicketId,
        life: Life,
    ) -> Result<(), ServiceError> {
        let subject = ticket.to_string();
        let ledger = store::ledger::of_ticket_in(&mut self.tx, ticket).await?;
        match theirs_since(&ledger).filter(|_| is_theirs(life)) {
            Some(since) => {
                let due = since.plus((self.house.content.book().auto_close - HOUR).max(HOUR));
                store::timer::set_again(&mut self.tx, AUTO_CLOSE, &subject, due).await?;
            }
            None => store::timer::clear(&mut self.tx, AUTO_CLOSE, &subject).await?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentId;
    use uuid::Uuid;

    fn ledger(facts: &[Fact]) -> Vec<LedgerEvent> {
        let ticket_id = TicketId(Uuid::nil());
        let lines = (1..).zip(facts).map(|(seq, fact)| LedgerEvent {
            ticket_id,
            seq,
            at: UtcMillis(seq * 10),
            fact: fact.clone(),
        });
        lines.collect()
    }

    fn since(facts: &[Fact]) -> Option<i64> {
        theirs_since(&ledger(facts)).map(|at| at.0)
    }

    #[test]
    fn it_is_ours_until_we_answer_and_when_it_is_put_back_to_open() {
        let answer = Fact::AgentMsg { agent: AgentId(Uuid::nil()) };
        let accepted = Fact::Accepted { agent: AgentId(Uuid::nil()) };
        let wrote = Fact::CustMsg { closing: false };
        let woken = Fact::Status { to: TicketStatus::Open };
        let ours = |facts: &[Fact]| is_ours(&ledger(facts));
        assert!(ours(&[wrote.clone(), accepted.clone()]));
        assert!(!ours(&[wrote.clone(), answer.clone()]));
        assert!(!ours(&[answer.clone(), accepted]), "answered, then given to somebody else");
        assert!(ours(&[answer.clone(), wrote]));
        assert!(ours(&[answer.clone(), Fact::Status { to: TicketStatus::Snoozed }, woken]));
        assert!(ours(&[answer, Fact::Reopened]));
    }

    #[test]
    fn the_silence_is_the_customers_only_after_our_answer() {
        let answer = Fact::AgentMsg { agent: AgentId(Uuid::nil()) };
        let put = |to| Fact::Status { to };
        let wrote = Fact::CustMsg { closing: false };
        assert_eq!(since(&[Fact::Created, wrote.clone()]), None);
        assert_eq!(since(&[wrote.clone(), answer.clone()]), Some(20));
        assert_eq!(since(&[answer.clone(), wrote.clone()]), None);
        let slept = [answer.clone(), put(TicketStatus::Snoozed), put(TicketStatus::Open)];
        assert_eq!(since(&slept), Some(30), "a night aside is not the customer's silence");
        assert_eq!(since(&[answer.clone(), Fact::Reopened]), None);
        assert_eq!(since(&[answer, put(TicketStatus::OnHold)]), Some(10));
        assert_eq!(since(&[wrote, put(TicketStatus::Pending)]), None, "we owe an answer");
    }
}

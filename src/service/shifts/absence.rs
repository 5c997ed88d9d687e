//! What an agent holds who stays offline goes to others.

use uuid::Uuid;

use super::super::turn::Turn;
use super::super::{House, ServiceError, viewing, waiting};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;
use crate::store;
use crate::store::ticket::StoredTicket;

/// How many tickets are looked at together.
const BATCH: i64 = 500;

/// Gives back to the queue, at its place, every ticket that waits for us and whose holder has been
/// offline for longer than the grace. One that waits for the customer stays until they write.
pub(super) async fn hand_on(house: &House) -> Result<(), ServiceError> {
    let grace = house.settings.work.grace;
    if grace == 0 {
        return Ok(());
    }
    let before = house.now().plus(-grace);
    let mut after = TicketId(Uuid::nil());
    loop {
        let found = store::shift::left_behind(&house.db, before, after, BATCH).await?;
        let Some((last, _)) = found.last() else { return Ok(()) };
        after = *last;
        let ids: Vec<_> = found.iter().map(|(ticket, _)| *ticket).collect();
        let ledgers = viewing::by_ticket(store::ledger::of_tickets(&house.db, &ids).await?);
        for (ticket, agent) in found {
            let ledger = ledgers.get(&ticket).map_or(&[][..], Vec::as_slice);
            if is_due(ledger, before) {
                give_back(house, ticket, agent, before).await?;
            }
        }
    }
}

fn is_gone(offline_since: Option<UtcMillis>, before: UtcMillis) -> bool {
    offline_since.is_some_and(|since| since <= before)
}

async fn give_back(
    house: &House,
    ticket: TicketId,
    agent: AgentId,
    before: UtcMillis,
) -> Result<(), ServiceError> {
    let name = store::agent::get(&house.db, agent).await?.map(|agent| agent.name);
    let (mut turn, mut stored) = Turn::open_ticket(house, ticket).await?;
    let still = store::shift::get_in(&mut turn.tx, agent).await?;
    let is_gone = still.is_some_and(|shift| is_gone(shift.offline_since, before));
    let ledger = store::ledger::of_ticket_in(&mut turn.tx, ticket).await?;
    let is_theirs = stored.ticket.assignee() == Some(agent);
    let is_open = is_theirs && stored.ticket.status() == TicketStatus::Open;
    if !is_gone || !is_open || !is_due(&ledger, before) {
        return turn.roll_back().await;
    }
    turn.system_line(format!("left_behind:{}", name.unwrap_or_default())).await?;
    turn.requeue_at_its_place(&mut stored).await?;
    turn.commit().await?;
    tracing::info!(ticket.id = %ticket, agent.id = %agent, "back in the queue: its agent is offline");
    metrics::counter!("sportello_tickets_left_behind_total").increment(1);
    Ok(())
}

/// Whether an open ticket waits for us and was given to its agent long enough ago.
fn is_due(ledger: &[LedgerEvent], before: UtcMillis) -> bool {
    let given = ledger.iter().rev().find(|line| matches!(line.fact, Fact::Accepted { .. }));
    waiting::is_ours(ledger) && given.is_none_or(|line| line.at <= before)
}

impl Turn {
    /// Gives a ticket back to the queue as if it had never left it.
    pub(in crate::service) async fn requeue_at_its_place(
        &mut self,
        stored: &mut StoredTicket,
    ) -> Result<(), ServiceError> {
        let entered = stored.ticket.enqueued_at;
        self.requeue(stored, Vec::new(), None).await?;
        stored.ticket.enqueued_at = entered;
        self.reckon(stored).await
    }
}

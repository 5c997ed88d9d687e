//! What a ticket weighs in the queue: derived from the records, everywhere in the same way.

use std::collections::HashMap;

use super::super::{House, ServiceError};
use super::on_fresh_queue;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::time::UtcMillis;
use crate::events::Hint;
use crate::store;
use crate::store::ticket::StoredTicket;

/// How often a weight is told that changes while it is told.
const TELLINGS: usize = 8;

/// What a ticket weighs now; `quiet` says whose customers are silent since when.
pub(super) fn weight(
    house: &House,
    stored: &StoredTicket,
    quiet: &HashMap<TicketId, UtcMillis>,
) -> u32 {
    let (ticket, rules) = (&stored.ticket, &house.settings.work.weights);
    rules.of(ticket.cost, ticket.status(), quiet.get(&ticket.id).copied(), house.now())
}

/// Tells the queue what a held ticket weighs now. Who tells looks again afterwards, so that of several
/// the last one tells what is true.
pub(in crate::service) async fn reweigh(house: &House, id: TicketId) -> Result<(), ServiceError> {
    let mut told = None;
    for _ in 0..TELLINGS {
        let weighs = held_weight(house, id).await?;
        let Some((holder, cost)) = weighs.filter(|_| weighs != told) else { break };
        on_fresh_queue(house, || house.queue.reweigh(id, cost, Some(holder))).await?;
        told = weighs;
    }
    house.bus.tell(Hint::Queue).await;
    Ok(())
}

/// Who holds a ticket, if anybody does, and what it weighs.
async fn held_weight(house: &House, id: TicketId) -> Result<Option<(AgentId, u32)>, ServiceError> {
    let stored = store::ticket::get(&house.db, id).await?;
    let Some(held) = stored.filter(|stored| stored.ticket.status().is_held()) else {
        return Ok(None);
    };
    let Some(holder) = held.ticket.assignee() else { return Ok(None) };
    let quiet = store::quiet::get(&house.db, id).await?;
    let rules = &house.settings.work.weights;
    Ok(Some((holder, rules.of(held.ticket.cost, held.ticket.status(), quiet, house.now()))))
}

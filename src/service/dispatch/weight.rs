//! What a ticket weighs in the queue: derived from the records, everywhere in the same way.

use std::collections::HashMap;

use super::super::turn::Turn;
use super::super::{House, ServiceError};
use super::rebuild::restore;
use crate::domain::id::TicketId;
use crate::domain::time::UtcMillis;
use crate::events::Hint;
use crate::queue::QueueError;
use crate::store;
use crate::store::ticket::StoredTicket;

/// What a ticket weighs now; `quiet` says whose customers are silent since when.
pub(super) fn weight(
    house: &House,
    stored: &StoredTicket,
    quiet: &HashMap<TicketId, UtcMillis>,
) -> u32 {
    let (ticket, rules) = (&stored.ticket, &house.settings.work.weights);
    rules.of(ticket.cost, ticket.status(), quiet.get(&ticket.id).copied(), house.now())
}

/// Tells the queue what a held ticket weighs now. The ticket is locked meanwhile: what is told is
/// never older than what somebody else told it.
pub(in crate::service) async fn reweigh(house: &House, id: TicketId) -> Result<(), ServiceError> {
    let (mut turn, stored) = Turn::open_ticket(house, id).await?;
    let ticket = &stored.ticket;
    let mut told = Ok(());
    if ticket.status().is_held() {
        let quiet = store::quiet::get_in(&mut turn.tx, id).await?;
        let rules = &house.settings.work.weights;
        let cost = rules.of(ticket.cost, ticket.status(), quiet, house.now());
        told = house.queue.reweigh(id, cost).await;
    }
    turn.roll_back().await?;
    match told {
        // Rebuilding weighs everything anew, and needs the lock.
        Err(QueueError::Stale) => restore(house).await?,
        told => told?,
    }
    house.bus.tell(Hint::Queue).await;
    Ok(())
}

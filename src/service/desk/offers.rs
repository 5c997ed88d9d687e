//! An agent answers an offer.

use super::super::access::DeskRight;
use super::super::turn::Turn;
use super::super::view::{OfferView, TicketRow};
use super::super::{House, ServiceError, dispatch, viewing};
use super::row;
use crate::domain::decision::Way;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ledger::Fact;
use crate::events::Hint;
use crate::store;
use crate::store::offer::{Offer, OfferState};

/// What is offered to the agent now, oldest first, at most 20.
///
/// # Errors
/// `Unavailable`.
pub async fn offers(house: &House, desk: &DeskRight) -> Result<Vec<OfferView>, ServiceError> {
    viewing::offers(house, desk.agent().id).await
}

/// Accepts an offer: the ticket is the agent's.
///
/// # Errors
/// `NotFound` when it was never offered to the agent, `Conflict` with who has it when it is too late.
pub async fn accept(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
) -> Result<TicketRow, ServiceError> {
    accept_asked(house, desk, ticket, None).await
}

/// As [`accept`], by a request whose repetition gets the same answer.
pub(super) async fn accept_asked(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<TicketRow, ServiceError> {
    let offer = last(house, desk, ticket).await?;
    let holder = holder(house, ticket).await?;
    if holder == Some(desk.agent().id) {
        return row(house, ticket).await;
    }
    if offer.state != OfferState::Open {
        metrics::counter!("sportello_accepts_fenced_total").increment(1);
        return Err(too_late(house, ticket).await?);
    }
    let reservation = offer.reservation();
    match dispatch::assign(house, desk.agent(), &reservation, Way::Offer, request).await {
        Ok(()) => {
            metrics::counter!("sportello_offers_total", "end" => "accepted").increment(1);
            row(house, ticket).await
        }
        Err(ServiceError::Conflict { winner: None, message }) => {
            let asked = store::offer::open_for(&house.db, ticket, house.now()).await?;
            if asked == Some(desk.agent().id) {
                return Err(ServiceError::conflict(message));
            }
            Err(too_late(house, ticket).await?)
        }
        Err(error) => Err(error),
    }
}

/// Declines an offer: the ticket keeps its place and goes to the next one. Again changes nothing.
///
/// # Errors
/// As [`accept`].
pub async fn decline(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
) -> Result<(), ServiceError> {
    let (offer, agent) = (last(house, desk, ticket).await?, desk.agent().id);
    if offer.state == OfferState::Declined {
        return Ok(());
    }
    let (mut turn, mut stored) = Turn::open_ticket(house, ticket).await?;
    let (fence, now) = (offer.fence, turn.now);
    let ends = offer.expires_at > now
        && store::offer::end(&mut turn.tx, ticket, fence, OfferState::Declined, now).await?;
    if !ends {
        turn.roll_back().await?;
        return Err(too_late(house, ticket).await?);
    }
    turn.record(&mut stored, vec![Fact::Rejected { agent }]).await?;
    turn.commit().await?;
    metrics::counter!("sportello_offers_total", "end" => "declined").increment(1);
    let skip = house.settings.offers.skip;
    house.queue.release(&offer.reservation(), skip, now).await?;
    dispatch::rescore(house, ticket).await?;
    house.bus.tell(Hint::Queue).await;
    Ok(())
}

async fn last(house: &House, desk: &DeskRight, ticket: TicketId) -> Result<Offer, ServiceError> {
    let found = store::offer::last(&house.db, ticket, desk.agent().id).await?;
    found.ok_or(ServiceError::NotFound("the offer"))
}

async fn holder(house: &House, ticket: TicketId) -> Result<Option<AgentId>, ServiceError> {
    let stored = store::ticket::get(&house.db, ticket).await?;
    Ok(stored.and_then(|stored| stored.ticket.assignee()))
}

/// Why the offer cannot be answered any more, with who has the ticket.
async fn too_late(house: &House, ticket: TicketId) -> Result<ServiceError, ServiceError> {
    if let Some(winner) = holder(house, ticket).await? {
        return Ok(dispatch::taken_by(house, Some(winner)).await);
    }
    let asked = store::offer::open_for(&house.db, ticket, house.now()).await?;
    let name = match asked {
        Some(agent) => store::agent::get(&house.db, agent).await?.map(|agent| agent.name),
        None => None,
    };
    Ok(ServiceError::conflict(match name {
        Some(name) => format!("the offer ran out: {name} is asked now"),
        None => "the offer ran out: the ticket is back at its place in the queue".to_owned(),
    }))
}

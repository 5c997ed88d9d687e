//! An agent takes a ticket: the next one, or this one.

use std::time::Duration;

use super::super::access::DeskRight;
use super::super::clock::fresh_id;
use super::super::view::TicketRow;
use super::super::{House, ServiceError, dispatch};
use super::offers::accept_asked;
use super::presence::{is_finishing, put_down_offers};
use super::{accept, row};
use crate::domain::agent::Agent;
use crate::domain::decision::Way;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ticket::TicketStatus;
use crate::queue::{Claim, Limits, Reservation, Waiting};
use crate::routing::eligibility::may_serve;
use crate::store;
use crate::store::ticket::StoredTicket;

/// How many entries of a queue that is behind the records one request clears away.
const STALE_ENTRIES: usize = 8;
/// How many waiting tickets are looked at for one that fits.
const LOOKED_AT: usize = 1_000;
/// How long the loser of a race waits to learn who won.
const SETTLING: Duration = Duration::from_secs(1);

/// Claims and accepts the most urgent ticket the agent can serve; `None` when there is none.
///
/// # Errors
/// `Conflict` when the agent is not online or full, `Unavailable`.
pub async fn take_next(
    house: &House,
    desk: &DeskRight,
    request: RequestId,
) -> Result<Option<TicketRow>, ServiceError> {
    if let Some(row) = asked_already(house, desk, request).await? {
        return Ok(Some(row));
    }
    let (agent, lease, asked) = (desk.agent(), house.settings.accept_lease, request);
    let mut request = request;
    for _ in 0..STALE_ENTRIES {
        let claim = dispatch::on_fresh_queue(house, || {
            house.queue.claim(agent.id, request, lease, house.now())
        })
        .await?;
        let reservation = match claim {
            Claim::Reserved(reservation) => reservation,
            Claim::Empty => return Ok(None),
            Claim::Full => match past_too_large(house, agent).await? {
                Some(reservation) => reservation,
                None => return Err(refusal(house, agent, &claim).await?),
            },
            Claim::Absent => return Err(refusal(house, agent, &claim).await?),
        };
        if holds(house, agent.id, reservation.ticket).await? {
            return row(house, reservation.ticket).await.map(Some);
        }
        match dispatch::assign(house, agent, &reservation, Way::TakeNext, Some(asked)).await {
            Ok(()) => {
                return row(house, reservation.ticket).await.map(Some);
            }
            // The queue was behind the records; `assign` has taken the entry out of it.
            Err(ServiceError::Conflict { .. } | ServiceError::NotFound(_)) => {
                request = RequestId(fresh_id());
            }
            Err(error) => return Err(error),
        }
    }
    Err(ServiceError::Unavailable("the queue is catching up: try again".to_owned()))
}

/// What the agent is offered already is what they take next; a repeated request gets the same answer.
async fn asked_already(
    house: &House,
    desk: &DeskRight,
    request: RequestId,
) -> Result<Option<TicketRow>, ServiceError> {
    let agent = desk.agent().id;
    if let Some(ticket) = store::shift::taken(&house.db, request).await?
        && holds(house, agent, ticket).await?
    {
        return row(house, ticket).await.map(Some);
    }
    for offer in store::offer::open_of(&house.db, agent, house.now()).await? {
        match accept_asked(house, desk, offer.ticket, Some(request)).await {
            Ok(row) => return Ok(Some(row)),
            Err(ServiceError::Conflict { .. } | ServiceError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// A ticket that costs more than the agent could ever hold does not stand in the way of the next one.
async fn past_too_large(house: &House, agent: &Agent) -> Result<Option<Reservation>, ServiceError> {
    let now = house.now();
    let waiting = house.queue.snapshot(LOOKED_AT, now).await?.waiting;
    let Some(next) = first_that_fits(agent, &waiting) else { return Ok(None) };
    let lease = house.settings.accept_lease;
    let claim = house.queue.claim_this(agent.id, next, Limits::Kept, lease, now).await?;
    Ok(match claim {
        Claim::Reserved(reservation) => Some(reservation),
        _ => None,
    })
}

/// The first that the agent could hold, when what comes before it is too large for them; `None` when
/// nothing too large stands in its way.
fn first_that_fits(agent: &Agent, waiting: &[Waiting]) -> Option<TicketId> {
    let mut is_hindered = false;
    for ticket in waiting {
        if may_serve(&agent.profile, &ticket.requirement).is_err() {
            continue;
        }
        if ticket.cost <= agent.profile.capacity {
            return is_hindered.then_some(ticket.ticket);
        }
        is_hindered = true;
    }
    None
}

/// Claims and accepts this ticket.
///
/// # Errors
/// `Conflict` with who has it or is asked to take it, `NotFound`, `Forbidden` when the agent cannot serve it.
pub async fn take_this(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
) -> Result<TicketRow, ServiceError> {
    let agent = desk.agent();
    let stored = store::ticket::get(&house.db, ticket).await?;
    let stored = stored.ok_or(ServiceError::NotFound("the ticket"))?.ticket;
    if stored.assignee() == Some(agent.id) && stored.status().is_held() {
        return row(house, ticket).await;
    }
    if stored.status() != TicketStatus::New {
        return Err(dispatch::taken_by(house, stored.assignee()).await);
    }
    if may_serve(&agent.profile, &stored.sought()).is_err() {
        return Err(ServiceError::Forbidden("this ticket needs another team, language or skill"));
    }
    match store::offer::open_for(&house.db, ticket, house.now()).await? {
        Some(asked) if asked == agent.id => return accept(house, desk, ticket).await,
        Some(asked) => return Err(offered_to(house, asked).await?),
        None => {}
    }
    let lease = house.settings.accept_lease;
    let claim = async || {
        dispatch::on_fresh_queue(house, || {
            house.queue.claim_this(agent.id, ticket, Limits::Kept, lease, house.now())
        })
        .await
    };
    let mut answer = claim().await?;
    if answer == Claim::Full {
        // What they are offered and did not choose must not take up their room.
        put_down_offers(house, desk).await?;
        answer = claim().await?;
    }
    match answer {
        Claim::Reserved(reservation) => {
            dispatch::assign(house, agent, &reservation, Way::TakeThis, None).await?;
            row(house, ticket).await
        }
        Claim::Empty => {
            let settled = once_settled(house, ticket).await?;
            let winner = settled.and_then(|stored| stored.ticket.assignee());
            if winner == Some(agent.id) {
                return row(house, ticket).await;
            }
            Err(dispatch::taken_by(house, winner).await)
        }
        refused => Err(refusal(house, agent, &refused).await?),
    }
}

/// A ticket that does not wait any more, as soon as whoever reserved it a moment ago has written it
/// down; as it is when that takes too long.
pub(super) async fn once_settled(
    house: &House,
    ticket: TicketId,
) -> Result<Option<StoredTicket>, ServiceError> {
    let mut hints = house.bus().listen();
    let looking = async {
        loop {
            let stored = store::ticket::get(&house.db, ticket).await?;
            if stored.as_ref().is_none_or(|stored| stored.ticket.status() != TicketStatus::New) {
                return Ok(stored);
            }
            hints.next().await;
        }
    };
    match tokio::time::timeout(SETTLING, looking).await {
        Ok(settled) => settled,
        Err(_) => Ok(store::ticket::get(&house.db, ticket).await?),
    }
}

/// The conflict that names who is asked to take the ticket.
async fn offered_to(house: &House, asked: AgentId) -> Result<ServiceError, ServiceError> {
    let name = store::agent::get(&house.db, asked).await?.map(|agent| agent.name);
    let name = name.unwrap_or_default();
    Ok(ServiceError::conflict(format!("{name} is asked to take this ticket: wait for the answer")))
}

async fn refusal(
    house: &House,
    agent: &Agent,
    claim: &Claim,
) -> Result<ServiceError, ServiceError> {
    Ok(ServiceError::conflict(match claim {
        Claim::Full if agent.profile.capacity == 0 => {
            "your capacity is 0, so you take nothing: a supervisor can assign you a ticket"
        }
        Claim::Full => "your capacity is used up: resolve or transfer a ticket first",
        _ if is_finishing(house, agent.id).await? => {
            "you are finishing your shift: set your presence to online to take more"
        }
        _ => "you are not online: set your presence to online first",
    }))
}

async fn holds(house: &House, agent: AgentId, ticket: TicketId) -> Result<bool, ServiceError> {
    let stored = store::ticket::get(&house.db, ticket).await?;
    Ok(stored.is_some_and(|stored| stored.ticket.assignee() == Some(agent)))
}

//! Waiting tickets are offered to the best agent.
//!
//! A pass walks the queue in its order, chooses by `routing::choice` and reserves in the queue: of
//! several replicas one gets the reservation, the others go on. The offer stands in the records as long
//! as the reservation lasts. Who declines or misses a ticket is passed over for a while; the ticket
//! keeps its place.

mod floor;
mod miss;
mod rules;

use std::time::Duration;

use futures::FutureExt as _;

use self::floor::Floor;
pub(super) use self::miss::{lapse, missed};
pub use self::rules::OfferRules;
use super::turn::Turn;
use super::{House, ServiceError, dispatch, rings};
use crate::domain::decision::Choice;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::Fact;
use crate::domain::ticket::TicketStatus;
use crate::events::Hint;
use crate::queue::{Claim, Limits, Reservation, Waiting};
use crate::routing::choice::{Asked, choose};
use crate::store::offer::{Offer, OfferState};
use crate::store::ticket::StoredTicket;
use crate::store::{self};

/// How many waiting tickets a pass looks at before it asks for those that somebody free may serve.
const FIRST: usize = 200;
/// How many of these a pass looks at.
const WHOLE: usize = 10_000;
/// How long a ticket waits at most when no event told that somebody is free.
const BACKSTOP: Duration = Duration::from_secs(1);

/// Makes offers until the process stops: whenever the queue or a presence changes, and every second.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn run(house: &House) -> Result<(), ServiceError> {
    let mut hints = house.bus.listen();
    loop {
        drain(house).await?;
        let changed = async {
            loop {
                match hints.next().await {
                    Some(Hint::Queue | Hint::Presence | Hint::Missed) | None => return,
                    Some(_) => {}
                }
            }
        };
        tokio::select! {
            () = house.stop.cancelled() => return Ok(()),
            () = changed => {}
            () = tokio::time::sleep(BACKSTOP) => {}
        }
        while let Some(Some(_)) = hints.next().now_or_never() {}
    }
}

/// One pass over the queue in its order; how many tickets were offered.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn drain(house: &House) -> Result<usize, ServiceError> {
    if !house.settings.offers.is_used() {
        return Ok(0);
    }
    let mut made = 0;
    let first =
        dispatch::on_fresh_queue(house, || house.queue.snapshot(FIRST, house.now())).await?;
    let mut floor = Floor::read(house, &first.agents).await?;
    made += walk(house, &mut floor, &first.waiting).await?;
    if first.total_waiting > FIRST as u64 && floor.has_room() {
        let all = house.queue.servable(&floor.open(), WHOLE, house.now()).await?;
        made += walk(house, &mut floor, &all.waiting).await?;
    }
    if made > 0 {
        house.bus.tell(Hint::Queue).await;
    }
    Ok(made)
}

async fn walk(
    house: &House,
    floor: &mut Floor,
    waiting: &[Waiting],
) -> Result<usize, ServiceError> {
    let mut made = 0;
    for ticket in waiting {
        if !floor.has_room() {
            break;
        }
        if !house.settings.offers.pushes(&ticket.requirement) || !floor.may_fit(ticket) {
            continue;
        }
        match offer(house, floor, ticket.ticket, None).await {
            Ok(true) => made += 1,
            Ok(false) | Err(ServiceError::Conflict { .. } | ServiceError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(made)
}

/// Offers a ticket that came back, at first to whom is preferred.
pub(super) async fn offer_first(
    house: &House,
    ticket: TicketId,
    preferred: AgentId,
) -> Result<(), ServiceError> {
    let agents = house.queue.snapshot(0, house.now()).await?.agents;
    let mut floor = Floor::read(house, &agents).await?;
    offer(house, &mut floor, ticket, Some(preferred)).await.map(drop)
}

/// Offers a ticket to the best agent; whether anybody was asked.
async fn offer(
    house: &House,
    floor: &mut Floor,
    ticket: TicketId,
    preferred: Option<AgentId>,
) -> Result<bool, ServiceError> {
    let rules = &house.settings.offers;
    let Some(stored) = store::ticket::get(&house.db, ticket).await? else { return Ok(false) };
    if stored.ticket.status() != TicketStatus::New {
        return Ok(false);
    }
    let since = house.now().plus(-rules.skip);
    let refusals = store::offer::refusals(&house.db, ticket, since, house.now()).await?;
    let preferred = match preferred {
        Some(agent) => Some(agent),
        None => affinity(house, &stored).await?,
    };
    let (requirement, cost) = (stored.ticket.sought(), stored.ticket.cost);
    let asked = Asked { requirement: &requirement, cost, preferred };
    loop {
        let candidates = floor.candidates(&refusals, rules.skip);
        let choice = choose(&asked, &candidates, rules.best, house.now());
        let Some(best) = choice.named.first().map(|best| best.agent) else {
            floor.keep_for(&asked, &refusals);
            return Ok(false);
        };
        let (lease, now) = (rules.lease, house.now());
        match house.queue.claim_this(best, ticket, Limits::Kept, lease, now).await? {
            Claim::Reserved(reservation) => {
                floor.give(best, cost, now);
                return note(house, &reservation, choice).await;
            }
            Claim::Empty => return Ok(false),
            Claim::Full | Claim::Absent => floor.close(best),
        }
    }
}

/// Who had the ticket before, unless it was handed on or is back for too long.
async fn affinity(house: &House, stored: &StoredTicket) -> Result<Option<AgentId>, ServiceError> {
    let last = stored.ticket.last_agent.filter(|_| rings::is_preferred(house, stored));
    let Some(last) = last else { return Ok(None) };
    let ledger = store::ledger::of_ticket(&house.db, stored.ticket.id).await?;
    let turned = ledger.iter().rev().find_map(|event| match event.fact {
        Fact::Transferred { .. } => Some(true),
        Fact::Reopened | Fact::Accepted { .. } => Some(false),
        _ => None,
    });
    Ok((turned != Some(true)).then_some(last))
}

/// Writes the offer down; a reservation that cannot be is given back.
async fn note(
    house: &House,
    reservation: &Reservation,
    choice: Choice,
) -> Result<bool, ServiceError> {
    let noted = try_note(house, reservation, choice).await;
    if !matches!(noted, Ok(true)) {
        house.queue.release(reservation, 0, house.now()).await?;
    }
    noted
}

async fn try_note(
    house: &House,
    reservation: &Reservation,
    choice: Choice,
) -> Result<bool, ServiceError> {
    let agent = reservation.agent;
    let (mut turn, mut stored) = Turn::open_ticket(house, reservation.ticket).await?;
    let ticket = &stored.ticket;
    let waits = ticket.status() == TicketStatus::New && reservation.fence > ticket.fence;
    if !waits || reservation.expires_at <= turn.now {
        turn.roll_back().await?;
        return Ok(false);
    }
    let offer = Offer {
        ticket: reservation.ticket,
        agent,
        fence: reservation.fence,
        score: reservation.score,
        load: reservation.load,
        offered_at: turn.now,
        expires_at: reservation.expires_at,
        state: OfferState::Open,
        ended_at: None,
        choice,
    };
    store::offer::insert(&mut turn.tx, &offer).await?;
    store::offer::touch(&mut turn.tx, agent, turn.now).await?;
    turn.record(&mut stored, vec![Fact::Offered { agent }]).await?;
    turn.commit().await?;
    metrics::counter!("sportello_offers_total", "end" => "made").increment(1);
    tracing::info!(ticket.id = %reservation.ticket, agent.id = %agent, "ticket offered");
    Ok(true)
}

impl Offer {
    /// The reservation that the offer stands for.
    pub(super) const fn reservation(&self) -> Reservation {
        Reservation {
            ticket: self.ticket,
            agent: self.agent,
            fence: self.fence,
            score: self.score,
            load: self.load,
            expires_at: self.expires_at,
        }
    }
}

//! Keeps the routing queue in step with SQL, and turns reservations into assignments.
//!
//! The order is always: reserve and accept in the queue, then a conditional write in SQL. The SQL
//! commit decides; a refused one takes the ticket out of the queue again. A queue that lost its
//! memory answers *stale* and is rebuilt from SQL under a new generation.

mod expiry;
mod rebuild;
mod weight;

pub use self::expiry::expire;
use self::rebuild::restore;
pub use self::rebuild::{ensure_built, rebuild, reconcile};
pub(super) use self::weight::reweigh;
use super::turn::Turn;
use super::{House, ServiceError, offering};
use crate::domain::agent::{Agent, Presence};
use crate::domain::decision::{Decision, Way};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::Fact;
use crate::domain::ticket::TicketStatus;
use crate::events::Hint;
use crate::queue::{Acceptance, AgentState, Claim, Limits, QueueError, Reservation, Waiting};
use crate::routing::eligibility::may_serve;
use crate::store::offer::OfferState;
use crate::store::ticket::StoredTicket;
use crate::store::{self};

/// How often a queue that lost its memory is rebuilt for one operation: another replica's rebuild may
/// come between.
const REBUILDS: usize = 3;
/// How many more urgent tickets a decision names.
const NAMED: usize = 20;

/// What a waiting ticket is to the queue.
fn as_waiting(stored: &StoredTicket) -> Waiting {
    Waiting {
        ticket: stored.ticket.id,
        requirement: stored.ticket.requirement.clone(),
        score: stored.score,
        cost: stored.ticket.cost,
    }
}

/// Puts a ticket into the queue, at first to whom is preferred if they can take it now.
pub(super) async fn enqueue(
    house: &House,
    id: TicketId,
    preferred: Option<(AgentId, Way)>,
) -> Result<(), ServiceError> {
    let Some(stored) = store::ticket::get(&house.db, id).await? else { return Ok(()) };
    if stored.ticket.status() != TicketStatus::New {
        return Ok(());
    }
    let (waiting, last) = (&as_waiting(&stored), &last_held(&stored));
    on_fresh_queue(house, || async move {
        // A reservation made since is under another fence and stays.
        if let Some(last) = last {
            // Parked it weighed less, and must not wait so light.
            house.queue.reweigh(id, waiting.cost).await?;
            house.queue.release(last, 0, house.now()).await?;
        }
        house.queue.push(waiting).await
    })
    .await?;
    match preferred {
        Some((agent, Way::Returned)) if house.settings.offers.pushes(&waiting.requirement) => {
            offering::offer_first(house, id, agent).await?;
        }
        Some((agent, Way::Assigned)) if !is_last_word(house, id, agent).await? => {}
        Some((agent, way)) => hand_to(house, agent, id, way).await?,
        None => {}
    }
    house.bus.tell(Hint::Queue).await;
    Ok(())
}

/// Whether this agent is whom the ticket was last given to: a later word counts more.
async fn is_last_word(
    house: &House,
    ticket: TicketId,
    agent: AgentId,
) -> Result<bool, ServiceError> {
    let ledger = store::ledger::of_ticket(&house.db, ticket).await?;
    let last = ledger.iter().rev().find_map(|line| match &line.fact {
        Fact::Transferred { agent, .. } => Some(*agent),
        _ => None,
    });
    Ok(last == Some(Some(agent)))
}

/// The hold of whoever had the ticket last: the queue may not know yet that it is over.
fn last_held(stored: &StoredTicket) -> Option<Reservation> {
    Some(Reservation {
        ticket: stored.ticket.id,
        agent: stored.ticket.last_agent?,
        fence: stored.ticket.fence,
        score: stored.score,
        load: 0,
        expires_at: stored.score,
    })
}

/// Takes a ticket out of the queue, unless it waits again by now. Effects may overtake one another: a
/// ticket that is reopened while it is taken out is put back.
pub(super) async fn dequeue(house: &House, id: TicketId) -> Result<(), ServiceError> {
    let waits = async || -> Result<bool, ServiceError> {
        let stored = store::ticket::get(&house.db, id).await?;
        Ok(stored.is_some_and(|stored| stored.ticket.status() == TicketStatus::New))
    };
    if waits().await? {
        return Ok(());
    }
    on_fresh_queue(house, || house.queue.remove(id)).await?;
    if waits().await? { rescore(house, id).await } else { Ok(()) }
}

/// Moves a waiting ticket to its new score.
pub(super) async fn rescore(house: &House, id: TicketId) -> Result<(), ServiceError> {
    let Some(stored) = store::ticket::get(&house.db, id).await? else { return Ok(()) };
    if stored.ticket.status() != TicketStatus::New {
        return Ok(());
    }
    let waiting = as_waiting(&stored);
    on_fresh_queue(house, || house.queue.push(&waiting)).await?;
    house.bus.tell(Hint::Queue).await;
    Ok(())
}

/// Does it, after a rebuild when the queue lost its memory.
pub(super) async fn on_fresh_queue<T, F>(
    house: &House,
    work: impl Fn() -> F,
) -> Result<T, ServiceError>
where
    F: Future<Output = Result<T, QueueError>> + Send,
{
    let mut done = work().await;
    for _ in 0..REBUILDS {
        if !matches!(done, Err(QueueError::Stale)) {
            break;
        }
        restore(house).await?;
        done = work().await;
    }
    match &done {
        Ok(_) => house.all_clear("queue_away"),
        Err(error) => house.alarm("queue_away", error.to_string()),
    }
    Ok(done?)
}

/// Assigns a ticket to whom it is meant for, if they are here, can serve it and have room.
async fn hand_to(
    house: &House,
    agent: AgentId,
    ticket: TicketId,
    way: Way,
) -> Result<(), ServiceError> {
    let Some(person) = store::agent::get(&house.db, agent).await? else { return Ok(()) };
    let lease = house.settings.accept_lease;
    let limits = if way == Way::Assigned { Limits::Ignored } else { Limits::Kept };
    let claim = house.queue.claim_this(agent, ticket, limits, lease, house.now()).await?;
    if let Claim::Reserved(reservation) = claim {
        match assign(house, &person, &reservation, way).await {
            Ok(()) | Err(ServiceError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Turns a reservation into an assignment: the queue's acceptance, then the write that decides.
///
/// # Errors
/// `Conflict` with who has the ticket when it is no longer to be had.
pub(super) async fn assign(
    house: &House,
    agent: &Agent,
    reservation: &Reservation,
    way: Way,
) -> Result<(), ServiceError> {
    let snapshot = house.queue.snapshot(200, house.now()).await?;
    if house.queue.accept(reservation, house.now()).await? == Acceptance::Fenced {
        return Err(ServiceError::conflict("the reservation ran out: take it again"));
    }
    let offer = match way {
        Way::Offer => store::offer::get(&house.db, reservation.ticket, reservation.fence).await?,
        _ => None,
    };
    let (servable, passed_over) = weigh(agent, reservation, &snapshot.waiting);
    let decision = Decision {
        ticket_id: reservation.ticket,
        agent_id: agent.id,
        way,
        at: house.now(),
        score: reservation.score,
        load: reservation.load,
        capacity: agent.profile.capacity,
        servable,
        passed_over,
        choice: offer.map(|offer| offer.choice),
    };
    let settled = settle(house, agent, reservation, &decision).await;
    if let Err(error) = &settled {
        tracing::info!(ticket.id = %reservation.ticket, agent.id = %agent.id, %error, "assignment refused");
        if matches!(error, ServiceError::Conflict { .. } | ServiceError::NotFound(_)) {
            house.queue.remove(reservation.ticket).await?;
        } else {
            house.queue.release(reservation, 0, house.now()).await?;
        }
    }
    house.bus.tell(Hint::Queue).await;
    settled
}

/// How many waiting tickets the agent could have had, and which more urgent ones it cannot serve.
fn weigh(agent: &Agent, taken: &Reservation, waiting: &[Waiting]) -> (u64, Vec<TicketId>) {
    let can = |ticket: &&Waiting| may_serve(&agent.profile, &ticket.requirement).is_ok();
    let servable = waiting.iter().filter(can).count() + 1;
    let passed_over = waiting
        .iter()
        .filter(|ticket| ticket.score < taken.score && !can(ticket))
        .map(|ticket| ticket.ticket)
        .take(NAMED)
        .collect();
    (u64::try_from(servable).unwrap_or(u64::MAX), passed_over)
}

/// The conditional write: only a waiting ticket, only under a later fence. The same reservation again
/// (a repeated request) changes nothing.
async fn settle(
    house: &House,
    agent: &Agent,
    reservation: &Reservation,
    decision: &Decision,
) -> Result<(), ServiceError> {
    let (mut turn, mut stored) = Turn::open_ticket(house, reservation.ticket).await?;
    let ticket = &mut stored.ticket;
    let holder = ticket.assignee();
    let is_repeat = holder == Some(agent.id) && reservation.fence == ticket.fence;
    if is_repeat && ticket.status().is_held() {
        return turn.roll_back().await;
    }
    let accepted = ticket.life.accept(agent.id);
    if accepted.is_err() || reservation.fence <= ticket.fence {
        turn.roll_back().await?;
        return Err(taken_by(house, holder).await);
    }
    ticket.fence = reservation.fence;
    turn.go(&mut stored, Vec::new(), accepted).await?;
    store::ticket::insert_decision(&mut turn.tx, decision, reservation.fence).await?;
    if decision.way == Way::Offer {
        let (id, fence, end) = (reservation.ticket, reservation.fence, OfferState::Accepted);
        store::offer::end(&mut turn.tx, id, fence, end, turn.now).await?;
    }
    if decision.way != Way::Assigned {
        turn.system_line(format!("taken:{}", agent.name)).await?;
    }
    turn.commit().await?;
    tracing::info!(ticket.id = %reservation.ticket, agent.id = %agent.id, way = ?decision.way, "ticket assigned");
    Ok(())
}

/// The conflict that names who has the ticket.
pub(super) async fn taken_by(house: &House, winner: Option<AgentId>) -> ServiceError {
    let name = match winner {
        Some(id) => store::agent::get(&house.db, id).await.ok().flatten().map(|agent| agent.name),
        None => None,
    };
    let message = match &name {
        Some(name) => format!("{name} has this ticket"),
        None => "this ticket does not wait any more".to_owned(),
    };
    ServiceError::Conflict { message, winner: name }
}

/// How an agent stands, as the queue knows it.
pub(super) async fn state_of(
    house: &House,
    agent: AgentId,
) -> Result<Option<AgentState>, ServiceError> {
    let snapshot = house.queue.snapshot(0, house.now()).await?;
    Ok(snapshot.agents.into_iter().find(|state| state.agent == agent))
}

/// An agent's presence, as the queue knows it.
pub(super) async fn presence_of(house: &House, agent: AgentId) -> Result<Presence, ServiceError> {
    Ok(state_of(house, agent).await?.map_or(Presence::Offline, |state| state.presence))
}

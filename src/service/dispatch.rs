//! Keeps the routing queue in step with SQL, and turns reservations into assignments.
//!
//! The order is always: reserve and accept in the queue, then a conditional write in SQL. The SQL
//! commit decides; a refused one takes the ticket out of the queue again. A queue that lost its
//! memory answers *stale* and is rebuilt from SQL under a new generation.

mod expiry;
mod rebuild;
mod sight;
mod weight;

pub use self::expiry::expire;
use self::rebuild::restore;
pub use self::rebuild::{ensure_built, guard, rebuild, reconcile};
use self::sight::Sight;
pub(super) use self::weight::reweigh;
use super::turn::Turn;
use super::{House, ServiceError, offering, rings};
use crate::domain::agent::{Agent, Presence};
use crate::domain::decision::Way;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ledger::Fact;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::MINUTE;
use crate::events::Hint;
use crate::queue::{Acceptance, AgentState, Claim, Limits, QueueError, Reservation, Waiting};
use crate::store::offer::OfferState;
use crate::store::ticket::StoredTicket;
use crate::store::{self};

/// How often a queue that lost its memory is rebuilt for one operation: another replica's rebuild may
/// come between.
const REBUILDS: usize = 3;
/// How long the answer to a request for the next ticket is kept for its repetition, ms: the queue forgets it
/// when it is rebuilt.
const ANSWER_KEPT: i64 = 10 * MINUTE;

/// What a waiting ticket is to the queue.
fn as_waiting(house: &House, stored: &StoredTicket) -> Waiting {
    Waiting {
        ticket: stored.ticket.id,
        requirement: stored.ticket.sought(),
        score: rings::place(house, stored, house.now()).score(),
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
    let (waiting, last) = (&as_waiting(house, &stored), &last_held(&stored));
    on_fresh_queue(house, || async move {
        // A reservation made since is under another fence and stays.
        if let Some(last) = last {
            // Parked it weighed less, and must not wait so light.
            house.queue.reweigh(id, waiting.cost, Some(last.agent)).await?;
            house.queue.release(last, 0, house.now()).await?;
        }
        house.queue.push(waiting).await
    })
    .await?;
    match preferred {
        Some((_, Way::Returned)) if !rings::is_preferred(house, &stored) => {}
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
    let stored = store::ticket::get(&house.db, id).await?;
    let waits = |stored: &StoredTicket| stored.ticket.status() == TicketStatus::New;
    if stored.as_ref().is_some_and(waits) {
        return Ok(());
    }
    let holder = stored.and_then(|it| it.ticket.assignee().or(it.ticket.last_agent));
    on_fresh_queue(house, || house.queue.remove(id, holder)).await?;
    let now = store::ticket::get(&house.db, id).await?;
    if now.as_ref().is_some_and(waits) { rescore(house, id).await } else { Ok(()) }
}

/// Moves a waiting ticket to its new score.
pub(super) async fn rescore(house: &House, id: TicketId) -> Result<(), ServiceError> {
    let Some(stored) = store::ticket::get(&house.db, id).await? else { return Ok(()) };
    if stored.ticket.status() != TicketStatus::New {
        return Ok(());
    }
    let waiting = as_waiting(house, &stored);
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
        Ok(_) => {
            house.all_clear("queue_away");
            house.all_clear("queue_refused");
        }
        Err(error @ QueueError::Unavailable(_)) => {
            metrics::counter!("sportello_queue_unavailable_total").increment(1);
            house.alarm("queue_away", error.to_string());
        }
        Err(error) => house.alarm("queue_refused", error.to_string()),
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
        match assign(house, &person, &reservation, way, None).await {
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
    asked: Option<RequestId>,
) -> Result<(), ServiceError> {
    let sight = Sight::look(house, agent, reservation, way).await?;
    if house.queue.accept(reservation, house.now()).await? == Acceptance::Fenced {
        metrics::counter!("sportello_accepts_fenced_total").increment(1);
        return Err(ServiceError::conflict("the reservation ran out: take it again"));
    }
    let settled = settle(house, agent, reservation, &sight, asked).await;
    if let Err(error) = &settled {
        metrics::counter!("sportello_assignments_refused_total").increment(1);
        tracing::info!(ticket.id = %reservation.ticket, agent.id = %agent.id, %error, "assignment refused");
        if matches!(error, ServiceError::Conflict { .. } | ServiceError::NotFound(_)) {
            // By its fence: it may be back in the queue for somebody else.
            house.queue.release(reservation, 0, house.now()).await?;
            dequeue(house, reservation.ticket).await?;
        } else {
            house.queue.release(reservation, 0, house.now()).await?;
        }
    }
    house.bus.tell(Hint::Queue).await;
    settled
}

/// The conditional write: only a waiting ticket, only under a later fence. The same reservation again
/// (a repeated request) changes nothing.
async fn settle(
    house: &House,
    agent: &Agent,
    reservation: &Reservation,
    sight: &Sight,
    asked: Option<RequestId>,
) -> Result<(), ServiceError> {
    let (mut turn, mut stored) = Turn::open_ticket(house, reservation.ticket).await?;
    let ticket = &mut stored.ticket;
    let holder = ticket.assignee();
    let is_repeat = holder == Some(agent.id) && reservation.fence == ticket.fence;
    if is_repeat && ticket.status().is_held() {
        return turn.roll_back().await;
    }
    let decision = sight.decide(house, agent, reservation, ticket);
    let accepted = ticket.life.accept(agent.id);
    if accepted.is_err() || reservation.fence <= ticket.fence {
        turn.roll_back().await?;
        return Err(taken_by(house, holder).await);
    }
    ticket.fence = reservation.fence;
    turn.go(&mut stored, Vec::new(), accepted).await?;
    let seal = store::decision::insert(&mut turn.tx, &decision, reservation.fence).await?;
    if decision.way == Way::Offer {
        let (id, fence, end) = (reservation.ticket, reservation.fence, OfferState::Accepted);
        store::offer::end(&mut turn.tx, id, fence, end, turn.now).await?;
    }
    if decision.way != Way::Assigned {
        turn.system_line(format!("taken:{}", agent.name)).await?;
    }
    if let Some(request) = asked {
        let forget = turn.now.plus(-ANSWER_KEPT);
        store::shift::keep_taken(&mut turn.tx, request, reservation.ticket, turn.now, forget)
            .await?;
    }
    turn.commit().await?;
    tracing::info!(ticket.id = %reservation.ticket, agent.id = %agent.id, way = ?decision.way,
        decision.seal = %seal, "ticket assigned");
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
    on_fresh_queue(house, || house.queue.agent(agent, house.now())).await
}

/// An agent's presence, as the queue knows it.
pub(super) async fn presence_of(house: &House, agent: AgentId) -> Result<Presence, ServiceError> {
    Ok(state_of(house, agent).await?.map_or(Presence::Offline, |state| state.presence))
}

//! Keeps the routing queue in step with SQL, and turns reservations into assignments.
//!
//! The order is always: reserve and accept in the queue, then a conditional write in SQL. The SQL
//! commit decides; a refused one takes the ticket out of the queue again. A queue that lost its
//! memory answers *stale* and is rebuilt from SQL under a new generation.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::turn::Turn;
use super::{House, ServiceError};
use crate::domain::agent::{Agent, Presence};
use crate::domain::decision::{Decision, Way};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::Fact;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::SECOND;
use crate::events::Hint;
use crate::queue::{
    Acceptance, AgentState, Claim, Held, Limits, QueueError, Reservation, Snapshot, Waiting,
};
use crate::routing::eligibility::may_serve;
use crate::store::ticket::StoredTicket;
use crate::store::{self};

/// The lease whose fence is the queue's generation.
const QUEUE_LEASE: &str = "queue";
/// How many tickets a rebuild or a reconciliation reads.
const ALL: i64 = 1_000_000;
/// How many waiting tickets a reconciliation compares.
const WHOLE: usize = 10_000;
/// How long a ticket may be on its way into the queue before the reconciler looks after it.
const ON_ITS_WAY: i64 = 10 * SECOND;
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
    let waiting = as_waiting(&stored);
    let waiting = &waiting;
    on_fresh_queue(house, || async move {
        house.queue.remove(id).await?;
        house.queue.push(waiting).await
    })
    .await?;
    house.bus.tell(Hint::Queue).await;
    if let Some((agent, way)) = preferred {
        hand_to(house, agent, id, way).await?;
    }
    Ok(())
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

/// Rebuilds the queue unless it stands again: whoever waited for another's rebuild must not throw it
/// away.
async fn restore(house: &House) -> Result<(), ServiceError> {
    let _one_at_a_time = house.rebuilding.lock().await;
    if is_built(house).await? { Ok(()) } else { rebuild(house).await }
}

/// Whether the queue stands at SQL's generation.
async fn is_built(house: &House) -> Result<bool, ServiceError> {
    let stored = store::lease::fence(&house.db, QUEUE_LEASE).await?;
    let current = house.queue.generation().await?;
    Ok(current.is_some() && current == stored)
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
    let claim = house.queue.claim_this(agent, ticket, Limits::Kept, lease, house.now()).await?;
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
    turn.system_line(format!("taken:{}", agent.name)).await?;
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

/// Fills the queue from SQL under a new generation, and makes the agents known to it.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn rebuild(house: &House) -> Result<(), ServiceError> {
    let mut tx = house.db.begin().await?;
    let until = house.now().plus(30 * SECOND);
    let generation = store::lease::seize(&mut tx, QUEUE_LEASE, house.replica, until).await?;
    tx.commit().await?;
    let live = store::ticket::live(&house.db, ALL).await?;
    let waiting: Vec<_> = live
        .iter()
        .filter(|stored| stored.ticket.status() == TicketStatus::New)
        .map(as_waiting)
        .collect();
    let held: Vec<_> = live
        .iter()
        .filter_map(|stored| {
            Some(Held {
                ticket: stored.ticket.id,
                agent: stored.ticket.assignee()?,
                cost: stored.ticket.cost,
                fence: stored.ticket.fence,
            })
        })
        .collect();
    house.queue.rebuild(generation, &waiting, &held).await?;
    introduce(house).await?;
    metrics::counter!("sportello_queue_rebuilds_total").increment(1);
    tracing::info!(generation, waiting = waiting.len(), held = held.len(), "queue rebuilt");
    house.bus.tell(Hint::Queue).await;
    Ok(())
}

/// Makes every agent known to the queue, with what they can serve.
pub(super) async fn introduce(house: &House) -> Result<(), ServiceError> {
    for person in store::agent::all(&house.db).await? {
        house.queue.set_profile(person.id, &person.profile, house.now()).await?;
    }
    Ok(())
}

/// At start, and whenever the queue is back: rebuilt unless it stands at SQL's generation.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn ensure_built(house: &House) -> Result<(), ServiceError> {
    let _one_at_a_time = house.rebuilding.lock().await;
    if is_built(house).await? { introduce(house).await } else { rebuild(house).await }
}

/// One pass over reservations and presences that ran out.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn expire(house: &House) -> Result<(), ServiceError> {
    let expired = on_fresh_queue(house, || house.queue.expire(100, house.now())).await?;
    for (ticket, agent) in &expired.reservations {
        tracing::info!(ticket.id = %ticket, agent.id = %agent, "reservation ran out");
        let (mut turn, mut stored) = Turn::open_ticket(house, *ticket).await?;
        if stored.ticket.status() == TicketStatus::New {
            turn.record(&mut stored, vec![Fact::OfferTimeout { agent: *agent }]).await?;
            turn.commit().await?;
        } else {
            turn.roll_back().await?;
        }
    }
    if !expired.absent.is_empty() {
        house.bus.tell(Hint::Presence).await;
    }
    if !expired.reservations.is_empty() {
        house.bus.tell(Hint::Queue).await;
    }
    Ok(())
}

/// The backstop: compares SQL with the queue and puts back what is missing. What disagrees in two
/// passes in a row is no longer on its way: the queue is rebuilt.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn reconcile(house: &House) -> Result<(), ServiceError> {
    ensure_built(house).await?;
    let before = house.now().plus(-ON_ITS_WAY);
    let snapshot = house.queue.snapshot(WHOLE, house.now()).await?;
    let live = store::ticket::live(&house.db, ALL).await?;
    let new: HashMap<_, _> = live
        .iter()
        .filter(|stored| stored.ticket.status() == TicketStatus::New)
        .map(|stored| (stored.ticket.id, stored))
        .collect();
    let waiting: HashSet<_> = snapshot.waiting.iter().map(|waiting| waiting.ticket).collect();
    let mut suspects = BTreeSet::new();
    for (id, stored) in &new {
        if !waiting.contains(id) && stored.ticket.enqueued_at < before && waiting.len() < WHOLE {
            house.queue.push(&as_waiting(stored)).await?;
            suspects.insert(format!("missing {id}"));
        }
    }
    for id in waiting.iter().filter(|id| !new.contains_key(id)) {
        suspects.insert(format!("waiting {id}"));
    }
    suspects.extend(overloads(&snapshot, &live));
    let again = match house.suspects.lock() {
        Ok(mut known) => {
            let again = known.intersection(&suspects).cloned().collect::<Vec<_>>();
            *known = suspects;
            again
        }
        Err(_) => Vec::new(),
    };
    if !again.is_empty() {
        tracing::warn!(disagreements = ?again, "queue and records disagree: rebuilding");
        let _one_at_a_time = house.rebuilding.lock().await;
        rebuild(house).await?;
    }
    Ok(())
}

/// Agents whose load in the queue is not what they hold in SQL.
fn overloads(snapshot: &Snapshot, live: &[StoredTicket]) -> Vec<String> {
    let mut held: HashMap<AgentId, u32> = HashMap::new();
    for stored in live {
        if let Some(agent) = stored.ticket.assignee() {
            *held.entry(agent).or_default() += stored.ticket.cost;
        }
    }
    let load = |agent: &AgentState| held.get(&agent.agent).copied().unwrap_or(0);
    snapshot
        .agents
        .iter()
        .filter(|agent| agent.load != load(agent))
        .map(|agent| format!("load {} {} {}", agent.agent, agent.load, load(agent)))
        .collect()
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

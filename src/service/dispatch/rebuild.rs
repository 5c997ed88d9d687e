//! Brings the queue back from SQL when it lost its memory, and compares the two as a backstop.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use super::super::{House, ServiceError, presence};
use super::as_waiting;
use super::weight::weight;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::SECOND;
use crate::events::Hint;
use crate::queue::{AgentState, Held, Snapshot};
use crate::store;
use crate::store::ticket::StoredTicket;

/// The lease whose fence is the queue's generation.
const QUEUE_LEASE: &str = "queue";
/// How long a rebuild belongs to a replica that does not renew its lease, ms.
const REBUILDING: i64 = 6 * SECOND;
/// How often the lease is renewed.
const RENEWED: Duration = Duration::from_secs(2);
/// How often, and how many times, a replica looks whether another has filled the queue.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: usize = 40;
/// How many tickets a rebuild or a reconciliation reads.
const ALL: i64 = 1_000_000;
/// How many waiting tickets a reconciliation compares.
const WHOLE: usize = 10_000;
/// How long a ticket may be on its way into the queue before the reconciler looks after it.
const ON_ITS_WAY: i64 = 10 * SECOND;

/// Rebuilds the queue unless it stands again: whoever waited for another's rebuild must not throw it
/// away.
pub(super) async fn restore(house: &House) -> Result<(), ServiceError> {
    let _one_at_a_time = house.rebuilding.lock().await;
    if is_built(house).await? { Ok(()) } else { rebuild(house).await }
}

/// Whether the queue stands at SQL's generation.
async fn is_built(house: &House) -> Result<bool, ServiceError> {
    let stored = store::lease::fence(&house.db, QUEUE_LEASE).await?;
    let current = house.queue.generation().await?;
    Ok(current.is_some() && current == stored && house.queue.is_at_home().await?)
}

/// Rebuilds a queue that lost its memory, or may have lost some of it, though nobody asked it.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn guard(house: &House) -> Result<(), ServiceError> {
    if is_built(house).await? { Ok(()) } else { ensure_built(house).await }
}

/// Fills the queue from SQL under a new generation, and makes the agents known to it.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn rebuild(house: &House) -> Result<(), ServiceError> {
    let Some(generation) = begin(house).await? else { return await_other(house).await };
    let filled = tokio::select! {
        filled = fill(house, generation) => filled,
        lost = renew(house) => lost,
    };
    let mut tx = house.db.begin().await?;
    store::lease::give_up(&mut tx, QUEUE_LEASE, generation).await?;
    tx.commit().await?;
    filled
}

/// A new generation, unless another replica is about to fill the queue under its own: two at once
/// would only shut each other out.
async fn begin(house: &House) -> Result<Option<i64>, ServiceError> {
    let (now, mut tx) = (house.now(), house.db.begin().await?);
    let (until, holder) = (now.plus(REBUILDING), house.replica);
    if store::lease::hold(&mut tx, QUEUE_LEASE, holder, now, until).await?.is_none() {
        return Ok(None);
    }
    let generation = store::lease::seize(&mut tx, QUEUE_LEASE, holder, until).await?;
    tx.commit().await?;
    Ok(Some(generation))
}

/// Keeps the lease while the queue is filled, however long that takes.
async fn renew(house: &House) -> Result<(), ServiceError> {
    loop {
        tokio::time::sleep(RENEWED).await;
        let (now, mut tx) = (house.now(), house.db.begin().await?);
        let until = now.plus(REBUILDING);
        let held = store::lease::hold(&mut tx, QUEUE_LEASE, house.replica, now, until).await?;
        tx.commit().await?;
        held.ok_or_else(being_rebuilt)?;
    }
}

/// Waits a moment for the replica that fills the queue.
async fn await_other(house: &House) -> Result<(), ServiceError> {
    for _ in 0..LOOKS {
        tokio::time::sleep(LOOK).await;
        if is_built(house).await? {
            return Ok(());
        }
    }
    Err(being_rebuilt())
}

fn being_rebuilt() -> ServiceError {
    ServiceError::Unavailable("another replica is filling the queue: try again".to_owned())
}

async fn fill(house: &House, generation: i64) -> Result<(), ServiceError> {
    house.queue.close(generation).await?;
    let live = store::ticket::live(&house.db, ALL).await?;
    let quiet = store::quiet::all(&house.db).await?;
    let waiting: Vec<_> = live
        .iter()
        .filter(|stored| stored.ticket.status() == TicketStatus::New)
        .map(|stored| as_waiting(house, stored))
        .collect();
    let held: Vec<_> = live
        .iter()
        .filter_map(|stored| {
            Some(Held {
                ticket: stored.ticket.id,
                agent: stored.ticket.assignee()?,
                cost: weight(house, stored, &quiet),
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
async fn introduce(house: &House) -> Result<(), ServiceError> {
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

/// The backstop: compares SQL with the queue and puts back what is missing. What disagrees in two
/// passes in a row is no longer on its way: the queue is rebuilt.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn reconcile(house: &House) -> Result<(), ServiceError> {
    ensure_built(house).await?;
    let before = house.now().plus(-ON_ITS_WAY);
    let snapshot = house.queue.snapshot(WHOLE, house.now()).await?;
    presence::note(house, &snapshot.agents).await?;
    let live = store::ticket::live(&house.db, ALL).await?;
    let new: HashMap<_, _> = live
        .iter()
        .filter(|stored| stored.ticket.status() == TicketStatus::New)
        .map(|stored| (stored.ticket.id, stored))
        .collect();
    let waiting: HashSet<_> = snapshot.waiting.iter().map(|waiting| waiting.ticket).collect();
    for known in &snapshot.waiting {
        // In the lane that it had before it was reserved, or where it stood before its time came.
        let meant = new.get(&known.ticket).map(|stored| as_waiting(house, stored));
        if let Some(meant) = meant.filter(|meant| meant != known) {
            house.queue.push(&meant).await?;
        }
    }
    let asked = store::offer::open(&house.db).await?;
    let mut suspects = BTreeSet::new();
    // Of a longer queue only what should stand before the last one seen can be missed.
    let last = snapshot.waiting.last().filter(|_| snapshot.waiting.len() >= WHOLE);
    for (id, stored) in &new {
        let (id, meant) = (*id, as_waiting(house, stored));
        let is_here = waiting.contains(&id) || asked.contains_key(&id);
        let is_seen = last.is_none_or(|last| meant.score < last.score);
        if !is_here && is_seen && stored.ticket.enqueued_at < before {
            house.queue.push(&meant).await?;
            suspects.insert(format!("missing {id}"));
        }
    }
    for id in waiting.iter().filter(|id| !new.contains_key(id)) {
        suspects.insert(format!("waiting {id}"));
    }
    let quiet = store::quiet::all(&house.db).await?;
    let weigh = |stored: &StoredTicket| weight(house, stored, &quiet);
    suspects.extend(overloads(&snapshot, &live, &asked, weigh));
    let again = match house.suspects.lock() {
        Ok(mut known) => {
            let again = known.intersection(&suspects).cloned().collect::<Vec<_>>();
            *known = suspects;
            again
        }
        Err(_) => Vec::new(),
    };
    if !again.is_empty() {
        metrics::counter!("sportello_queue_disagreements_total").increment(1);
        tracing::warn!(disagreements = ?again, "queue and records disagree: rebuilding");
        let _one_at_a_time = house.rebuilding.lock().await;
        rebuild(house).await?;
    }
    Ok(())
}

/// Agents whose load in the queue is not what they hold, and are asked to take, in SQL.
fn overloads(
    snapshot: &Snapshot,
    live: &[StoredTicket],
    asked: &HashMap<TicketId, AgentId>,
    weigh: impl Fn(&StoredTicket) -> u32,
) -> Vec<String> {
    let mut held: HashMap<AgentId, u32> = HashMap::new();
    for stored in live {
        let offered = || asked.get(&stored.ticket.id).copied();
        let waits = stored.ticket.status() == TicketStatus::New;
        let agent = stored.ticket.assignee().or_else(|| offered().filter(|_| waits));
        if let Some(agent) = agent {
            *held.entry(agent).or_default() += weigh(stored);
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

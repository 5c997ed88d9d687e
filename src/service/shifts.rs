//! Shifts: who went away, who is finishing, whose tickets go to others because they stay offline.
//!
//! The queue knows three words of presence; the rest stands in the records. A pass compares the two.

mod absence;
mod rules;

pub use self::rules::WorkRules;
use super::{House, ServiceError, dispatch, presence as history};
use crate::domain::agent::Presence;
use crate::domain::id::AgentId;
use crate::domain::time::{SECOND, UtcMillis};
use crate::events::Hint;
use crate::queue::AgentState;
use crate::store;
use crate::store::shift::Shift;

/// How often signs of one person are written down, ms.
pub(super) const SIGNS_EVERY: i64 = 5 * SECOND;

/// One pass: sets away who gave no sign, ends the shifts of who is done, gives to others what offline
/// agents keep for too long.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn step(house: &House) -> Result<(), ServiceError> {
    let shifts = store::shift::all(&house.db).await?;
    if shifts.is_empty() {
        return Ok(());
    }
    let now = house.now();
    let snapshot = dispatch::on_fresh_queue(house, || house.queue.snapshot(0, now)).await?;
    for state in &snapshot.agents {
        let Some(shift) = shifts.get(&state.agent) else { continue };
        note_absence(house, shift, state).await?;
        if shift.is_finishing {
            if state.presence == Presence::Online {
                // A sign of the person and the end of the shift came together.
                tell_queue(house, state.agent, Presence::Away, now).await?;
            }
            end_if_done(house, state.agent).await?;
        }
        if state.presence == Presence::Online {
            set_away_if_silent(house, shift).await?;
        }
    }
    absence::hand_on(house).await
}

/// Keeps since when somebody is offline, for when the queue forgets it.
async fn note_absence(
    house: &House,
    shift: &Shift,
    state: &AgentState,
) -> Result<(), ServiceError> {
    let is_offline = state.presence == Presence::Offline;
    let since = match shift.offline_since {
        Some(since) if is_offline => Some(since),
        _ => is_offline.then_some(state.since),
    };
    if since == shift.offline_since {
        return Ok(());
    }
    let mut tx = house.db.begin().await?;
    store::shift::note_offline(&mut tx, shift.agent, since).await?;
    tx.commit().await?;
    Ok(())
}

/// Whoever gave no sign for too long is set away.
async fn set_away_if_silent(house: &House, shift: &Shift) -> Result<(), ServiceError> {
    let (patience, now) = (house.settings.work.away, house.now());
    if patience == 0 || now.since(shift.active_at) < patience {
        return Ok(());
    }
    let mut tx = house.db.begin().await?;
    let silent = now.plus(-patience);
    let is_silent = store::shift::note_away(&mut tx, shift.agent, silent, now).await?;
    tx.commit().await?;
    if is_silent {
        tracing::info!(agent.id = %shift.agent, "set away: no sign of the person");
        tell_queue(house, shift.agent, Presence::Away, now).await?;
    }
    Ok(())
}

/// The shift of a finishing agent who holds nothing that counts is over.
pub(super) async fn end_if_done(house: &House, agent: AgentId) -> Result<(), ServiceError> {
    let quiet = store::quiet::all(&house.db).await?;
    let (rules, now) = (&house.settings.work.weights, house.now());
    let held = store::ticket::held_by(&house.db, agent).await?;
    let counts = held.iter().any(|stored| {
        let ticket = &stored.ticket;
        !rules.is_parked(ticket.status(), quiet.get(&ticket.id).copied(), now)
    });
    if counts {
        return Ok(());
    }
    let mut tx = house.db.begin().await?;
    let ended = store::shift::finish(&mut tx, agent, now).await?;
    tx.commit().await?;
    if ended {
        tracing::info!(agent.id = %agent, "the shift is over");
        tell_queue(house, agent, Presence::Offline, now).await?;
    }
    Ok(())
}

/// Tells the queue a presence, and screens that it changed.
pub(super) async fn tell_queue(
    house: &House,
    agent: AgentId,
    presence: Presence,
    now: UtcMillis,
) -> Result<(), ServiceError> {
    let lease = house.settings.presence_lease;
    dispatch::on_fresh_queue(house, || house.queue.set_presence(agent, presence, lease, now))
        .await?;
    history::changed(house, agent, presence, now).await?;
    house.bus.tell(Hint::Presence).await;
    Ok(())
}

/// A sign of the person: whoever was set away for want of one is online again.
///
/// # Errors
/// Records or queue are not reachable.
pub(super) async fn note_sign(house: &House, agent: AgentId) -> Result<(), ServiceError> {
    let Some(shift) = store::shift::get(&house.db, agent).await? else { return Ok(()) };
    let now = house.now();
    if shift.away_since.is_none() && now.since(shift.active_at) < SIGNS_EVERY {
        return Ok(());
    }
    let mut tx = house.db.begin().await?;
    let is_awake = store::shift::wake(&mut tx, agent, now).await?;
    store::shift::note_active(&mut tx, agent, now).await?;
    tx.commit().await?;
    if is_awake && dispatch::presence_of(house, agent).await? == Presence::Away {
        tell_queue(house, agent, Presence::Online, now).await?;
    }
    Ok(())
}

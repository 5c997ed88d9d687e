//! Whether an agent takes new work, and how their shift ends.

use super::super::access::DeskRight;
use super::super::{House, ServiceError, dispatch, presence as history, shifts};
use super::decline;
use crate::domain::agent::Presence;
use crate::domain::id::AgentId;
use crate::events::Hint;
use crate::store;
use crate::store::shift::Shift;

/// What an agent says of their shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// They are there, or not.
    Here(Presence),
    /// They finish what is open, take nothing new, and are offline when the last ticket is done.
    Finishing,
}

impl Stance {
    /// Reads the word; `None` when it is none.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "finishing" => Some(Self::Finishing),
            other => Presence::parse(other).map(Self::Here),
        }
    }
}

/// Sets what the agent says.
///
/// # Errors
/// `Unavailable` when the queue is away.
pub async fn set_stance(
    house: &House,
    desk: &DeskRight,
    stance: Stance,
) -> Result<(), ServiceError> {
    match stance {
        Stance::Here(presence) => {
            set_presence(house, desk, presence).await?;
            if presence == Presence::Online { Ok(()) } else { put_down_offers(house, desk).await }
        }
        Stance::Finishing => finish(house, desk).await,
    }
}

/// Sets or renews the agent's presence; a shift that was finishing goes on.
///
/// # Errors
/// `Unavailable` when the queue is away.
pub async fn set_presence(
    house: &House,
    desk: &DeskRight,
    presence: Presence,
) -> Result<(), ServiceError> {
    let (agent, now) = (desk.agent().id, house.now());
    let before = store::shift::get(&house.db, agent).await?;
    let known = before.and_then(|shift| shift.offline_since).unwrap_or(now);
    let shift = Shift {
        agent,
        is_finishing: false,
        active_at: now,
        away_since: None,
        offline_since: (presence == Presence::Offline).then_some(known),
    };
    if !before.is_some_and(|before| says_the_same(&before, &shift)) {
        keep(house, &shift).await?;
    }
    tell(house, desk, presence).await
}

/// Whether a shift as it is written down is news, but for a sign of the person that is as good as new.
fn says_the_same(before: &Shift, now: &Shift) -> bool {
    let is_fresh = now.active_at.since(before.active_at) < shifts::SIGNS_EVERY;
    is_fresh && Shift { active_at: now.active_at, ..*before } == *now
}

/// The end of the shift: nothing new, what is open stays, and offline when the last of it is done.
async fn finish(house: &House, desk: &DeskRight) -> Result<(), ServiceError> {
    let (agent, now) = (desk.agent().id, house.now());
    let shift =
        Shift { agent, is_finishing: true, active_at: now, away_since: None, offline_since: None };
    keep(house, &shift).await?;
    tell(house, desk, Presence::Away).await?;
    put_down_offers(house, desk).await?;
    shifts::end_if_done(house, agent).await
}

async fn keep(house: &House, shift: &Shift) -> Result<(), ServiceError> {
    let mut tx = house.db.begin().await?;
    store::shift::save(&mut tx, shift).await?;
    tx.commit().await?;
    Ok(())
}

async fn tell(house: &House, desk: &DeskRight, presence: Presence) -> Result<(), ServiceError> {
    let (agent, lease) = (desk.agent(), house.settings.presence_lease);
    dispatch::on_fresh_queue(house, || async move {
        let now = house.now();
        house.queue.set_profile(agent.id, &agent.profile, now).await?;
        house.queue.set_presence(agent.id, presence, lease, now).await
    })
    .await?;
    history::changed(house, agent.id, presence, house.now()).await?;
    house.bus.tell(Hint::Presence).await;
    Ok(())
}

/// Renews whatever presence the agent has, as an open page does: no sign of the person.
///
/// # Errors
/// `Unavailable` when the queue is away.
pub async fn keep_presence(house: &House, desk: &DeskRight) -> Result<(), ServiceError> {
    let (agent, lease) = (desk.agent().id, house.settings.presence_lease);
    // What they can serve is told to the queue when it is filled and when it changes.
    dispatch::on_fresh_queue(house, || house.queue.renew(agent, lease, house.now())).await?;
    Ok(())
}

/// A sign of the person at the desk: whoever was set away for want of one is online again.
///
/// # Errors
/// `Unavailable`.
pub async fn show_sign(house: &House, desk: &DeskRight) -> Result<(), ServiceError> {
    shifts::note_sign(house, desk.agent().id).await
}

/// What the agent is asked goes to the next one.
pub(super) async fn put_down_offers(house: &House, desk: &DeskRight) -> Result<(), ServiceError> {
    for offer in store::offer::open_of(&house.db, desk.agent().id, house.now()).await? {
        match decline(house, desk, offer.ticket).await {
            Ok(()) | Err(ServiceError::Conflict { .. } | ServiceError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether the agent is finishing their shift.
pub(super) async fn is_finishing(house: &House, agent: AgentId) -> Result<bool, ServiceError> {
    let shift = store::shift::get(&house.db, agent).await?;
    Ok(shift.is_some_and(|shift| shift.is_finishing))
}

//! Writes down when agents come and go. The queue knows who is here now; figures need the past.

use super::{House, ServiceError};
use crate::domain::agent::Presence;
use crate::domain::id::AgentId;
use crate::domain::time::{SECOND, UtcMillis};
use crate::queue::AgentState;
use crate::store;

/// A look at the queue may be this much older than what another replica wrote, ms.
const BEHIND: i64 = 5 * SECOND;

/// An agent's presence was set at an instant: written down when it is another one than before.
pub(super) async fn changed(
    house: &House,
    agent: AgentId,
    state: Presence,
    at: UtcMillis,
) -> Result<(), ServiceError> {
    let known = store::presence::last_of(&house.db, agent).await?;
    if known.map_or(Presence::Offline, |(_, was)| was) == state {
        return Ok(());
    }
    let at = known.map_or(at, |(last, _)| at.max(last));
    let mut tx = house.db.begin().await?;
    store::presence::note(&mut tx, agent, at, state).await?;
    Ok(tx.commit().await?)
}

/// Writes down whatever the queue tells otherwise than the records: presences that ran out, or that
/// nobody wrote down. How many.
pub(super) async fn note(house: &House, states: &[AgentState]) -> Result<usize, ServiceError> {
    let known = store::presence::last(&house.db).await?;
    let (now, never) = (house.now(), (UtcMillis(i64::MIN), Presence::Offline));
    let changes: Vec<_> = states
        .iter()
        .filter_map(|state| {
            let (last, was) = known.get(&state.agent).copied().unwrap_or(never);
            let is_late = state.since < last;
            let may_be_behind = is_late && now < last.plus(BEHIND);
            let at = if is_late { now } else { state.since };
            (was != state.presence && !may_be_behind).then_some((state.agent, at, state.presence))
        })
        .collect();
    if changes.is_empty() {
        return Ok(0);
    }
    let mut tx = house.db.begin().await?;
    for (agent, at, state) in &changes {
        store::presence::note(&mut tx, *agent, *at, *state).await?;
    }
    tx.commit().await?;
    Ok(changes.len())
}

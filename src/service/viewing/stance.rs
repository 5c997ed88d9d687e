//! What more there is to people's presence and load than the queue knows.

use super::super::view::AgentView;
use super::super::{House, ServiceError};
use crate::domain::id::AgentId;
use crate::store;

/// Says who is away for want of a sign, and who is finishing.
pub(in crate::service) async fn tell_stances(
    house: &House,
    people: &mut [AgentView],
) -> Result<(), ServiceError> {
    let shifts = store::shift::all(&house.db).await?;
    for view in people.iter_mut().filter(|view| view.presence == "away") {
        let id = view.id.parse::<AgentId>().ok();
        let shift = id.and_then(|id| shifts.get(&id));
        view.detail = shift.and_then(|shift| {
            let is_automatic = shift.away_since.is_some();
            let automatic = is_automatic.then(|| "automatic".to_owned());
            if shift.is_finishing { Some("finishing".to_owned()) } else { automatic }
        });
    }
    Ok(())
}

/// How many of an agent's tickets do not count towards their load.
pub(super) async fn parked(house: &House, agent: AgentId) -> Result<u64, ServiceError> {
    let held = store::ticket::held_by(&house.db, agent).await?;
    let quiet = store::quiet::all(&house.db).await?;
    let (rules, now) = (&house.settings.work.weights, house.now());
    let parked = held.iter().filter(|stored| {
        let ticket = &stored.ticket;
        rules.is_parked(ticket.status(), quiet.get(&ticket.id).copied(), now)
    });
    Ok(u64::try_from(parked.count()).unwrap_or(u64::MAX))
}

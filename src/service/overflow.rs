//! Tickets of a team of which nobody is on shift go to another team as well.

use std::collections::HashSet;

use super::turn::Turn;
use super::{House, ServiceError, dispatch};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::TicketId;
use crate::domain::ticket::TicketStatus;
use crate::routing::plan;
use crate::store;

/// How many tickets are looked up at once.
const BATCH: i64 = 500;

/// One pass; how many tickets another team may serve from now on. Who is away is on shift, who is
/// offline is not.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn step(house: &House) -> Result<usize, ServiceError> {
    let rules = house.content.rules();
    if !rules.watches_shifts() {
        return Ok(0);
    }
    let present = on_shift(house).await?;
    let is_here = |team: &str| {
        present.iter().any(|profile| profile.teams.is_empty() || profile.teams.contains(team))
    };
    let mut moved = 0;
    for team in store::waiting::teams(&house.db).await? {
        for to in plan::relief(rules.of(Some(&team)), &team, is_here) {
            moved += spill(house, &team, to).await?;
        }
    }
    Ok(moved)
}

async fn on_shift(house: &House) -> Result<Vec<Profile>, ServiceError> {
    let snapshot = dispatch::on_fresh_queue(house, || house.queue.snapshot(0, house.now())).await?;
    let agents = snapshot.agents.into_iter();
    let here: HashSet<_> =
        agents.filter(|state| state.presence != Presence::Offline).map(|it| it.agent).collect();
    let people = store::agent::all(&house.db).await?.into_iter();
    Ok(people.filter(|person| here.contains(&person.id)).map(|person| person.profile).collect())
}

/// Lets another team serve all waiting tickets of a team.
async fn spill(house: &House, team: &str, to: &str) -> Result<usize, ServiceError> {
    let (mut moved, mut after) = (0, None);
    while !house.stop.is_cancelled() {
        let found = store::waiting::of_team(&house.db, team, after, BATCH).await?;
        let Some((last, _)) = found.last() else { break };
        after = Some(*last);
        for (id, relaxed) in found {
            if !relaxed.anyone && !relaxed.or_teams.contains(to) {
                moved += usize::from(pass_on(house, id, team, to).await?);
            }
        }
    }
    Ok(moved)
}

async fn pass_on(house: &House, id: TicketId, team: &str, to: &str) -> Result<bool, ServiceError> {
    let (mut turn, mut stored) = match Turn::open_ticket(house, id).await {
        Ok(opened) => opened,
        Err(ServiceError::NotFound(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let ticket = &stored.ticket;
    let is_meant = ticket.status() == TicketStatus::New
        && ticket.requirement.team.as_deref() == Some(team)
        && !ticket.sought().or_teams.contains(to);
    if !is_meant {
        turn.roll_back().await?;
        return Ok(false);
    }
    turn.relax(&mut stored, vec![plan::overflow(to)]).await?;
    turn.commit().await?;
    Ok(true)
}

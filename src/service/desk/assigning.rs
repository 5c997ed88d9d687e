//! A supervisor says whose a ticket is.

use super::super::access::DeskRight;
use super::super::turn::Turn;
use super::super::view::TicketRow;
use super::super::{House, ServiceError, dispatch, viewing};
use super::taking::once_settled;
use super::{Receiver, open_to_move, row};
use crate::domain::agent::{Agent, Presence, Role};
use crate::domain::decision::Way;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ledger::Fact;
use crate::domain::ticket::{Ticket, TicketStatus};
use crate::queue::{AgentState, Reservation};
use crate::routing::eligibility::{Exclusion, may_serve};
use crate::store;
use crate::store::outbox::Task;
use crate::store::ticket::StoredTicket;

/// How often a ticket is taken from somebody who was faster.
const TRIES: usize = 5;

/// Gives a ticket to an agent, whatever they can serve, hold or are present, also out of somebody's
/// hands; or to a team's queue. What of it is against the rules is written in the thread.
///
/// # Errors
/// `Forbidden` unless a supervisor says so, `NotFound` for an unknown agent or team, `Conflict` when the
/// ticket is over.
pub async fn assign(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    receiver: Receiver,
    request: Option<RequestId>,
) -> Result<TicketRow, ServiceError> {
    if desk.agent().role < Role::Supervisor {
        return Err(ServiceError::Forbidden("a supervisor assigns tickets"));
    }
    match receiver {
        Receiver::Agent(id) => to_agent(house, desk, ticket, id, request).await?,
        Receiver::Team(team) => to_team(house, desk, ticket, team, request).await?,
    }
    row(house, ticket).await
}

/// The agent of an id or an e-mail address.
///
/// # Errors
/// `NotFound`.
pub async fn agent_of(house: &House, words: &str) -> Result<AgentId, ServiceError> {
    let words = words.trim();
    let found = if let Ok(id) = words.parse() {
        store::agent::get(&house.db, id).await?
    } else {
        let found = store::agent::by_email(&house.db, &words.to_lowercase()).await?;
        found.map(|(agent, _)| agent)
    };
    found.map(|agent| agent.id).ok_or(ServiceError::NotFound("the agent"))
}

async fn to_team(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    team: String,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    if !viewing::teams(house).await?.contains(&team) {
        return Err(ServiceError::NotFound("the team"));
    }
    let asked = asked(house, ticket).await?;
    let opened = open_to_move(house, desk, ticket, request).await?;
    let Some((mut turn, mut stored)) = opened else { return Ok(()) };
    turn.system_line(format!("assigned:{} → {team}", desk.agent().name)).await?;
    stored.ticket.requirement.team = Some(team.clone());
    stored.ticket.requirement.or_teams.clear();
    let from = stored.ticket.assignee();
    let fact = Fact::Transferred { from, team: Some(team), agent: None };
    turn.requeue(&mut stored, vec![fact], None).await?;
    turn.commit().await?;
    give_up(house, asked).await
}

async fn to_agent(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    id: AgentId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let person = store::agent::get(&house.db, id).await?;
    let person = person.ok_or(ServiceError::NotFound("the agent"))?;
    let mut request = request;
    for _ in 0..TRIES {
        if !take_for(house, desk, ticket, &person, request.take()).await? {
            return Ok(());
        }
        dispatch::enqueue(house, ticket, Some((id, Way::Assigned))).await?;
        let settled = once_settled(house, ticket).await?;
        let holder = settled.and_then(|stored| stored.ticket.assignee());
        if holder == Some(id) {
            return Ok(());
        }
        if is_assigned(house, ticket, holder).await? {
            return Err(dispatch::taken_by(house, holder).await);
        }
        // Somebody took it meanwhile: it is taken from them.
    }
    let stored = store::ticket::get(&house.db, ticket).await?;
    Err(dispatch::taken_by(house, stored.and_then(|stored| stored.ticket.assignee())).await)
}

/// Whether another supervisor gave it to its holder.
async fn is_assigned(
    house: &House,
    ticket: TicketId,
    holder: Option<AgentId>,
) -> Result<bool, ServiceError> {
    let last = store::decision::of_ticket(&house.db, ticket, 1).await?.pop();
    let last = last.and_then(|sealed| sealed.decision);
    Ok(last.is_some_and(|last| last.way == Way::Assigned && Some(last.agent_id) == holder))
}

/// Takes the ticket from whoever has it or is asked to take it, so that this person gets it; `false`
/// when there is nothing to do.
async fn take_for(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    person: &Agent,
    request: Option<RequestId>,
) -> Result<bool, ServiceError> {
    let (profile, now) = (&person.profile, house.now());
    house.queue.set_profile(person.id, profile, now).await?;
    let state = dispatch::state_of(house, person.id).await?;
    let asked = asked(house, ticket).await?;
    let opened = open_to_move(house, desk, ticket, request).await?;
    let Some((mut turn, mut stored)) = opened else { return Ok(false) };
    let holder = stored.ticket.assignee();
    if holder == Some(person.id) {
        turn.commit().await?;
        return Ok(false);
    }
    turn.tell_assignment(desk.agent(), person, state.as_ref(), &stored).await?;
    if state.as_ref().is_none_or(|state| state.presence == Presence::Offline) {
        store::shift::note_absent(&mut turn.tx, person.id, turn.now).await?;
    }
    let preferred = Some((person.id, Way::Assigned));
    let facts = vec![Fact::Transferred { from: holder, team: None, agent: Some(person.id) }];
    if stored.ticket.status() == TicketStatus::New {
        store::offer::void(&mut turn.tx, ticket, turn.now).await?;
        turn.record(&mut stored, facts).await?;
        turn.task(Task::Enqueue { ticket, preferred }).await?;
    } else {
        turn.requeue(&mut stored, facts, preferred).await?;
    }
    turn.commit().await?;
    give_up(house, asked).await?;
    Ok(true)
}

/// The reservation of whoever is asked to take the ticket.
async fn asked(house: &House, ticket: TicketId) -> Result<Option<Reservation>, ServiceError> {
    let Some(agent) = store::offer::open_for(&house.db, ticket, house.now()).await? else {
        return Ok(None);
    };
    let offer = store::offer::last(&house.db, ticket, agent).await?;
    Ok(offer.map(|offer| offer.reservation()))
}

async fn give_up(house: &House, asked: Option<Reservation>) -> Result<(), ServiceError> {
    if let Some(reservation) = asked {
        house.queue.release(&reservation, 0, house.now()).await?;
    }
    Ok(())
}

impl Turn {
    /// Writes who assigned it to whom, and what of that is against the rules.
    async fn tell_assignment(
        &mut self,
        by: &Agent,
        to: &Agent,
        state: Option<&AgentState>,
        stored: &StoredTicket,
    ) -> Result<(), ServiceError> {
        self.system_line(format!("assigned:{} → {}", by.name, to.name)).await?;
        for line in irregular(to, state, &stored.ticket) {
            self.system_line(line).await?;
        }
        Ok(())
    }
}

/// Why the agent could not have taken the ticket themselves, as lines of the thread.
fn irregular(to: &Agent, state: Option<&AgentState>, ticket: &Ticket) -> Vec<String> {
    let name = &to.name;
    let unfit = may_serve(&to.profile, &ticket.sought()).err().map(|why| match why {
        Exclusion::Team => format!("unfit_team:{name}"),
        Exclusion::Language => format!("unfit_language:{name}"),
        Exclusion::Skill => format!("unfit_skill:{name}"),
    });
    let presence = state.map_or(Presence::Offline, |state| state.presence);
    let absent = (presence != Presence::Online).then(|| format!("unfit_absent:{name}"));
    let (capacity, before) = (to.profile.capacity, state.map_or(0, |state| state.load));
    let load = before.saturating_add(ticket.cost);
    let beyond = (load > capacity).then(|| format!("beyond:{load}:{capacity}"));
    unfit.into_iter().chain(absent).chain(beyond).collect()
}

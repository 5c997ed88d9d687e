//! A ticket changes hands.

use super::super::access::DeskRight;
use super::super::{House, ServiceError, dispatch, viewing};
use super::open_to_move;
use crate::domain::agent::{Agent, Presence};
use crate::domain::decision::Way;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::Fact;
use crate::domain::message::{Author, Body, Visibility, clean};
use crate::domain::ticket::{Requirement, Ticket};
use crate::nlu::secret::without_cards;
use crate::routing::eligibility::may_serve;
use crate::store;

/// Where a ticket is transferred to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A colleague.
    Agent(AgentId),
    /// A team's queue.
    Team(String),
}

/// Gives the ticket to a colleague or a team, with a note; whoever holds it may, and supervisors.
///
/// # Errors
/// `Conflict` when the colleague is not online or has no room, `NotFound` for an unknown receiver.
pub async fn transfer(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    receiver: Receiver,
    note: &str,
) -> Result<(), ServiceError> {
    let from = desk.agent();
    let (colleague, team, name) = match &receiver {
        Receiver::Agent(id) => {
            let person = colleague_with_room(house, *id).await?;
            let name = person.name.clone();
            (Some(person), None, name)
        }
        Receiver::Team(team) => {
            let known = viewing::teams(house).await?;
            if !known.contains(team) {
                return Err(ServiceError::NotFound("the team"));
            }
            (None, Some(team.clone()), team.clone())
        }
    };
    let opened = open_to_move(house, desk, ticket, None).await?;
    let Some((mut turn, mut stored)) = opened else { return Ok(()) };
    let note = clean(&without_cards(note));
    if !note.is_empty() {
        turn.write(Author::Agent(from.id), Visibility::Internal, Body::text(note), None).await?;
    }
    turn.system_line(format!("transferred:{} → {name}", from.name)).await?;
    if let Some(person) = &colleague
        && let Err(refused) = fit_to(person, &mut stored.ticket)
    {
        turn.roll_back().await?;
        return Err(refused);
    }
    if team.is_some() {
        stored.ticket.requirement.team.clone_from(&team);
        stored.ticket.requirement.or_teams.clear();
    }
    let agent = colleague.map(|person| person.id);
    let preferred = agent.map(|agent| (agent, Way::Transferred));
    let fact = Fact::Transferred { from: stored.ticket.assignee(), team, agent };
    turn.requeue(&mut stored, vec![fact], preferred).await?;
    turn.commit().await
}

/// The colleague, if they are here and can take one more.
async fn colleague_with_room(house: &House, id: AgentId) -> Result<Agent, ServiceError> {
    let person = store::agent::get(&house.db, id).await?;
    let person = person.ok_or(ServiceError::NotFound("the colleague"))?;
    let state = dispatch::state_of(house, id).await?;
    let refused = match state {
        Some(state) if state.presence == Presence::Online => {
            (state.load >= state.capacity).then_some("has no room for another ticket")
        }
        _ => Some("is not online"),
    };
    match refused {
        None => Ok(person),
        Some(why) => Err(ServiceError::conflict(format!("{} {why}: choose a team", person.name))),
    }
}

/// A colleague outside the ticket's team may be given it: the team gives way, never the language.
fn fit_to(person: &Agent, ticket: &mut Ticket) -> Result<(), ServiceError> {
    if may_serve(&person.profile, &ticket.requirement).is_err() {
        let language = ticket.requirement.language;
        ticket.requirement = Requirement { language, ..Requirement::default() };
    }
    if may_serve(&person.profile, &ticket.requirement).is_err() {
        return Err(ServiceError::conflict(format!(
            "{} does not speak the customer's language",
            person.name
        )));
    }
    Ok(())
}

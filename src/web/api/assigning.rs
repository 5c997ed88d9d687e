//! `/api/v1/…`: whose a ticket is, and who works how much.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::error::Problem;
use super::super::session::AtBoard;
use super::{OnTicket, read};
use crate::service::desk::{self, Receiver};
use crate::service::view::TicketRow;
use crate::service::{House, ServiceError, people};

/// To an agent (by id or e-mail) or to a team.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct AssignBody {
    agent: Option<String>,
    team: Option<String>,
}

/// Gives a ticket to an agent, out of whose hands it may be and beyond their capacity, or to a team's
/// queue. Supervisors only; what is against the rules is written in the thread.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/assign", request_body = AssignBody, params(("id" = String, Path)),
    responses((status = 200, body = TicketRow), (status = 403), (status = 404, description = "no such ticket, agent or team"), (status = 409), (status = 422)))]
pub(in crate::web) async fn assign(
    _by: AtBoard,
    on: OnTicket,
    body: Bytes,
) -> Result<Json<TicketRow>, Problem> {
    let body: AssignBody = read(&body)?;
    let to = match (body.agent, body.team) {
        (Some(agent), None) => Receiver::Agent(desk::agent_of(&on.house, &agent).await?),
        (None, Some(team)) => Receiver::Team(team),
        _ => {
            let what = "name either an agent (by id or e-mail) or a team".to_owned();
            return Err(ServiceError::Invalid(what).into());
        }
    };
    let request = on.repeat("assign");
    Ok(Json(desk::assign(&on.house, &on.at.right, on.id, to, request).await?))
}

/// Ends the human part: the ticket is settled without asking for a rating, and the bot has the word
/// again and says so.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/bot", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn bot(on: OnTicket) -> Result<StatusCode, Problem> {
    desk::hand_back(&on.house, &on.at.right, on.id, on.repeat("bot")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How much a person holds at once, 0 to 1000.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::web) struct CapacityBody {
    capacity: u32,
}

/// Sets how much a person holds at once; what they hold already stays.
#[utoipa::path(put, path = "/api/v1/agents/{id}/capacity", request_body = CapacityBody, params(("id" = String, Path)),
    responses((status = 204), (status = 403), (status = 404), (status = 422)))]
pub(in crate::web) async fn capacity(
    State(house): State<House>,
    at: AtBoard,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let body: CapacityBody = read(&body)?;
    let agent = desk::agent_of(&house, &id).await?;
    people::set_capacity(&house, agent, body.capacity).await?;
    Ok(StatusCode::NO_CONTENT)
}

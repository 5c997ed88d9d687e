//! `/api/v1`: the same use cases as the pages, as JSON. Described by `/openapi.json`.

mod assigning;
pub(super) mod letters;
mod moving;
mod offers;
mod person;
mod routing;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRef as _, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::Front;
use super::desk::request_id;
use super::error::Problem;
use super::session::{AtBoard, AtDesk, Who};
use super::stats;
use crate::domain::id::{FileId, RequestId, TicketId};
use crate::domain::language::Language;
use crate::service::clock::fresh_id;
use crate::service::desk::{self, Receiver, Stance};
use crate::service::view::{AgentView, BoardView, ClockView, OfferView, TicketRow, TicketView};
use crate::service::{House, ServiceError, clocks, supervision};

pub(super) use assigning::{assign, bot, capacity};
pub(super) use moving::{
    hold, merge, pending, priority, read_priority, reopen, resolve, resume, snooze, spam,
};
pub(super) use offers::{accept, decline, offers};
pub(super) use person::{ask_for_code, contact, contacts, link, unlink};
pub(super) use routing::routing;

/// The description of the interface.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sportello",
        description = "Instants are milliseconds since 1970, UTC; durations are milliseconds, working time where said. Errors are application/problem+json (RFC 9457). A write takes an Idempotency-Key."
    ),
    paths(
        presence,
        next,
        tickets,
        ticket,
        take,
        reply,
        note,
        transfer,
        sla,
        routing::routing,
        live,
        offers::offers,
        offers::accept,
        offers::decline,
        assigning::assign,
        assigning::bot,
        assigning::capacity,
        moving::resolve,
        moving::reopen,
        moving::pending,
        moving::hold,
        moving::resume,
        moving::snooze,
        moving::priority,
        moving::spam,
        moving::merge,
        person::ask_for_code,
        person::contacts,
        person::contact,
        person::link,
        person::unlink,
        super::contact::segments_of,
        super::contact::set_segments
    ),
    components(schemas(
        OfferView,
        TicketRow,
        TicketView,
        ClockView,
        routing::RoutingView,
        BoardView,
        AgentView
    ))
)]
struct Document;

pub(super) async fn document() -> Response {
    Json(described()).into_response()
}

/// The whole description.
fn described() -> utoipa::openapi::OpenApi {
    let mut all = Document::openapi();
    all.merge(stats::Document::openapi());
    all.merge(super::files::Document::openapi());
    all.merge(stats::fairness::Document::openapi());
    all.merge(letters::Document::openapi());
    all
}

/// A body as JSON; an empty one counts as `{}`.
pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    let bytes = if body.is_empty() { b"{}".as_slice() } else { body };
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::unreadable(format!("the body cannot be read: {error}")))
}

fn read_id(text: &str) -> Result<TicketId, Problem> {
    text.parse().map_err(|_| ServiceError::NotFound("the ticket").into())
}

/// A write about one ticket, by a token or by a page of ours.
pub(super) struct OnTicket {
    house: House,
    at: AtDesk,
    id: TicketId,
    headers: HeaderMap,
}

impl FromRequestParts<Front> for OnTicket {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, front: &Front) -> Result<Self, Problem> {
        let at = AtDesk::from_request_parts(parts, front).await?;
        at.who.own_form(None)?;
        let Path(id): Path<String> = Path::from_request_parts(parts, front).await?;
        let (house, headers) = (House::from_ref(front), parts.headers.clone());
        Ok(Self { house, at, id: read_id(&id)?, headers })
    }
}

impl OnTicket {
    /// The id of a request that may be repeated.
    fn repeat(&self, verb: &str) -> Option<RequestId> {
        repeat(&self.at, &self.headers, &format!("{verb} {}", self.id))
    }
}

fn repeat(at: &AtDesk, headers: &HeaderMap, about: &str) -> Option<RequestId> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok())?;
    Some(request_id(at.right.agent().id, &format!("{about} {key}")))
}

/// The ids of uploaded files.
pub(super) fn read_files<'a>(
    ids: impl Iterator<Item = &'a str>,
) -> Result<Vec<FileId>, ServiceError> {
    let wrong = |id| ServiceError::Invalid(format!("{id:?} is no id of an uploaded file"));
    ids.map(|id| id.parse().map_err(|_| wrong(id))).collect()
}

fn language(headers: &HeaderMap) -> Language {
    super::session::language(headers)
}

/// What the caller says of their presence; without a state it is renewed as it is.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct PresenceBody {
    /// `online`, `away`, `offline`, or `finishing`: takes nothing new and is offline when the last open
    /// ticket is done.
    state: Option<String>,
    /// Whether the person did something since the last call; `false` only keeps the presence from
    /// running out.
    active: Option<bool>,
}

/// Sets or renews the caller's presence. Every other write counts as a sign of the person as well.
#[utoipa::path(post, path = "/api/v1/presence", request_body = PresenceBody,
    responses((status = 204), (status = 401), (status = 422), (status = 503)))]
pub(super) async fn presence(
    State(house): State<House>,
    at: AtDesk,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let body: PresenceBody = read(&body)?;
    if let Some(word) = &body.state {
        desk::set_stance(&house, &at.right, read_stance(word)?).await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    if body.active.unwrap_or(true) {
        desk::show_sign(&house, &at.right).await?;
    }
    desk::keep_presence(&house, &at.right).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads what somebody says of their presence.
pub(super) fn read_stance(word: &str) -> Result<Stance, ServiceError> {
    Stance::parse(word).ok_or_else(|| {
        ServiceError::Invalid("state must be online, away, offline or finishing".to_owned())
    })
}

/// Claims and accepts the most urgent ticket that the caller can serve.
#[utoipa::path(post, path = "/api/v1/desk/next",
    responses((status = 200, body = TicketRow), (status = 204, description = "nothing waits that the caller can serve"), (status = 409)))]
pub(super) async fn next(
    State(house): State<House>,
    at: AtDesk,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    at.who.own_form(None)?;
    let request = repeat(&at, &headers, "next").unwrap_or_else(|| RequestId(fresh_id()));
    Ok(match desk::take_next(&house, &at.right, request).await? {
        Some(row) => Json(row).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Which tickets.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Wanted {
    /// One status.
    status: Option<String>,
    /// At most so many (default 100, at most 500).
    limit: Option<u32>,
}

/// Tickets, newest first; with a status, most urgent first.
#[utoipa::path(get, path = "/api/v1/tickets", params(Wanted),
    responses((status = 200, body = Vec<TicketRow>), (status = 422)))]
pub(super) async fn tickets(
    State(house): State<House>,
    who: Who,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<TicketRow>>, Problem> {
    let limit = wanted.limit.unwrap_or(100);
    Ok(Json(desk::tickets(&house, &who.caller, wanted.status.as_deref(), limit).await?))
}

/// One ticket in full.
#[utoipa::path(get, path = "/api/v1/tickets/{id}", params(("id" = String, Path)),
    responses((status = 200, body = TicketView), (status = 404)))]
pub(super) async fn ticket(
    State(house): State<House>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<TicketView>, Problem> {
    let found = desk::ticket(&house, &who.caller, read_id(&id)?, language(&headers)).await?;
    Ok(Json(found))
}

/// Claims and accepts this ticket.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/take", params(("id" = String, Path)),
    responses((status = 200, body = TicketRow), (status = 403), (status = 404), (status = 409, description = "`winner` names who has it")))]
pub(super) async fn take(on: OnTicket) -> Result<Json<TicketRow>, Problem> {
    Ok(Json(desk::take_this(&on.house, &on.at.right, on.id).await?))
}

/// What is written.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct TextBody {
    text: String,
}

/// What is written to a customer.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct ReplyBody {
    /// The words; may be empty with files.
    #[serde(default)]
    text: String,
    /// The ids of files that were uploaded for this ticket, at most 10; each is sent once.
    #[serde(default)]
    files: Vec<String>,
}

/// Writes to the customer.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/replies", request_body = ReplyBody, params(("id" = String, Path)),
    responses((status = 201), (status = 409), (status = 422)))]
pub(super) async fn reply(on: OnTicket, body: Bytes) -> Result<StatusCode, Problem> {
    let body: ReplyBody = read(&body)?;
    let files = read_files(body.files.iter().map(String::as_str))?;
    let (right, request) = (&on.at.right, on.repeat("reply"));
    desk::reply_with(&on.house, right, on.id, &body.text, &files, request).await?;
    Ok(StatusCode::CREATED)
}

/// Writes a private note.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/notes", request_body = TextBody, params(("id" = String, Path)),
    responses((status = 201), (status = 404), (status = 422)))]
pub(super) async fn note(on: OnTicket, body: Bytes) -> Result<StatusCode, Problem> {
    let body: TextBody = read(&body)?;
    desk::note(&on.house, &on.at.right, on.id, &body.text, on.repeat("note")).await?;
    Ok(StatusCode::CREATED)
}

/// To a colleague (by id) or to a team.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct TransferBody {
    agent: Option<String>,
    team: Option<String>,
    #[serde(default)]
    note: String,
}

/// Gives the ticket to a colleague or a team, with a note.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/transfer", request_body = TransferBody, params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn transfer(on: OnTicket, body: Bytes) -> Result<StatusCode, Problem> {
    let body: TransferBody = read(&body)?;
    let to = match (body.agent, body.team) {
        (Some(agent), None) => {
            let agent = agent.parse().map_err(|_| ServiceError::NotFound("the colleague"))?;
            Receiver::Agent(agent)
        }
        (None, Some(team)) => Receiver::Team(team),
        _ => {
            let what = "name either an agent (by id) or a team".to_owned();
            return Err(ServiceError::Invalid(what).into());
        }
    };
    desk::transfer(&on.house, &on.at.right, on.id, to, &body.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Every clock of a ticket with its working: pauses, and calendar day by day.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/sla", params(("id" = String, Path)),
    responses((status = 200, body = Vec<ClockView>), (status = 404)))]
pub(super) async fn sla(
    State(house): State<House>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<Vec<ClockView>>, Problem> {
    Ok(Json(clocks::of_ticket(&house, &who.caller, read_id(&id)?).await?))
}

/// The board's figures as of now.
#[utoipa::path(get, path = "/api/v1/stats/live",
    responses((status = 200, body = BoardView), (status = 403)))]
pub(super) async fn live(
    State(house): State<House>,
    at: AtBoard,
) -> Result<Json<BoardView>, Problem> {
    Ok(Json(supervision::board(&house, &at.right).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::table;

    #[test]
    fn every_route_of_the_interface_is_described() {
        let described = described().paths.paths;
        for route in table::routes().iter().filter(|route| route.path.starts_with("/api/")) {
            let item = described.get(route.path).unwrap_or_else(|| panic!("{}", route.path));
            let described = match route.method.as_str() {
                "GET" => item.get.is_some(),
                "PUT" => item.put.is_some(),
                _ => item.post.is_some(),
            };
            assert!(described, "{} {}", route.method, route.path);
        }
    }
}

//! `/api/v1/contacts`: who a customer is, on all of their channels. Writes take an `Idempotency-Key`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::desk::{read_contact, read_tie};
use super::super::error::Problem;
use super::super::session::{AtDesk, Who};
use super::{OnTicket, read, repeat};
use crate::service::view::KnownView;
use crate::service::{House, ServiceError, identity};

/// What is searched for.
#[derive(Deserialize)]
pub(in crate::web) struct Sought {
    #[serde(default)]
    q: String,
}

/// The ids of the contacts found.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct Found {
    /// At most ten.
    contacts: Vec<String>,
}

/// Contacts of which an e-mail, a phone number or a signed id is verified, or which have a ticket of
/// this code or with this order.
#[utoipa::path(get, path = "/api/v1/contacts", params(("q" = String, Query)),
    responses((status = 200, body = Found), (status = 422)))]
pub(in crate::web) async fn contacts(
    State(house): State<House>,
    who: Who,
    Query(sought): Query<Sought>,
) -> Result<Json<Found>, Problem> {
    let found = identity::find(&house, &who.caller, &sought.q).await?;
    Ok(Json(Found { contacts: found.iter().map(ToString::to_string).collect() }))
}

/// The person that a contact is of: every channel, each proof with its date, and one history. Agents see
/// the tickets of their teams.
#[utoipa::path(get, path = "/api/v1/contacts/{id}", params(("id" = String, Path)),
    responses((status = 200, body = KnownView), (status = 404)))]
pub(in crate::web) async fn contact(
    State(house): State<House>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<KnownView>, Problem> {
    Ok(Json(identity::of_contact(&house, &who.caller, read_contact(&id)?).await?))
}

/// Asks the customer for a code that goes to the e-mail of their order. Whoever holds the ticket may; at
/// most three in an hour.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/code", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do"), (status = 422, description = "sending e-mail is off")))]
pub(in crate::web) async fn ask_for_code(on: OnTicket) -> Result<StatusCode, Problem> {
    let request = on.repeat("code");
    identity::ask_for_code(&on.house, &on.at.right, on.id, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// With which other contact, or which undone link holds again: exactly one.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct LinkBody {
    /// The other contact's id.
    with: Option<String>,
    /// The id of an undone proof or link.
    again: Option<String>,
    /// Why, 1 to 200 characters.
    #[serde(default)]
    reason: String,
}

/// Links two contacts by hand, or takes an undoing back. The reason stays on record.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/link", request_body = LinkBody, params(("id" = String, Path)),
    responses((status = 200, body = KnownView), (status = 404), (status = 409), (status = 422)))]
pub(in crate::web) async fn link(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<KnownView>, Problem> {
    at.who.own_form(None)?;
    let (id, body): (_, LinkBody) = (read_contact(&id)?, read(&body)?);
    let request = repeat(&at, &headers, &format!("link {id}"));
    match (&body.with, &body.again) {
        (Some(other), None) => {
            let other = read_contact(other)?;
            identity::link(&house, &at.right, id, other, &body.reason, request).await?;
        }
        (None, Some(tie)) => {
            let tie = read_tie(tie)?;
            identity::link_again(&house, &at.right, id, tie, &body.reason, request).await?;
        }
        _ => {
            let what = "name either a contact (`with`) or an undone link (`again`)".to_owned();
            return Err(ServiceError::Invalid(what).into());
        }
    }
    Ok(Json(identity::of_contact(&house, &at.who.caller, id).await?))
}

/// One proof or link, or all that hold the contact to others.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct UnlinkBody {
    /// The id of one proof or link; without it all of them.
    only: Option<String>,
    /// Why, 1 to 200 characters.
    #[serde(default)]
    reason: String,
}

/// Undoes what holds a contact to others; it can be linked again.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/unlink", request_body = UnlinkBody, params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409), (status = 422)))]
pub(in crate::web) async fn unlink(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let (id, body): (_, UnlinkBody) = (read_contact(&id)?, read(&body)?);
    let only = body.only.as_deref().map(read_tie).transpose()?;
    let request = repeat(&at, &headers, &format!("unlink {id}"));
    identity::unlink(&house, &at.right, id, only, &body.reason, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `/api/v1/contacts`: what the shop knows of its customers.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::api;
use super::error::Problem;
use super::session::{AtBoard, Who};
use crate::domain::contact::read_segments;
use crate::domain::id::ContactId;
use crate::service::{House, ServiceError, segments};

/// Plain words that policies know a contact by, such as `vip`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentsBody {
    segments: Vec<String>,
}

fn read_id(text: &str) -> Result<ContactId, Problem> {
    text.parse().map_err(|_| ServiceError::NotFound("the contact").into())
}

/// A contact's segments.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/segments", params(("id" = String, Path)),
    responses((status = 200, body = SegmentsBody), (status = 404)))]
pub(super) async fn segments_of(
    State(house): State<House>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<SegmentsBody>, Problem> {
    let found = segments::of_contact(&house, &who.caller, read_id(&id)?).await?;
    Ok(Json(SegmentsBody { segments: found.into_iter().collect() }))
}

/// Puts a contact into exactly these segments: at most 20 words of 1 to 40 letters, digits, or
/// `-_.:`. Its live tickets choose their policy anew.
#[utoipa::path(put, path = "/api/v1/contacts/{id}/segments", request_body = SegmentsBody,
    params(("id" = String, Path)),
    responses((status = 200, body = SegmentsBody), (status = 400), (status = 403), (status = 404)))]
pub(super) async fn set_segments(
    State(house): State<House>,
    at: AtBoard,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<SegmentsBody>, Problem> {
    at.who.own_form(None)?;
    let body: SegmentsBody = api::read(&body)?;
    let words = read_segments(body.segments.iter().map(String::as_str));
    let words = words.map_err(|problem| Problem::unreadable(problem.to_string()))?;
    segments::set(&house, &at.right, read_id(&id)?, &words).await?;
    Ok(Json(SegmentsBody { segments: words.into_iter().collect() }))
}

//! Messages that did not arrive for sure, and updates that were not applied.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use utoipa::OpenApi;

use super::super::board::letters::{letter, update};
use super::super::error::Problem;
use super::super::session::AtBoard;
use crate::service::view::LettersView;
use crate::service::{House, letters, replay};

/// The description of these routes.
#[derive(OpenApi)]
#[openapi(paths(list, retry, dismiss, replay), components(schemas(LettersView)))]
pub(in crate::web) struct Document;

/// Messages that were given up or are unconfirmed, and updates that were not applied.
#[utoipa::path(get, path = "/api/v1/letters",
    responses((status = 200, body = LettersView), (status = 403)))]
pub(in crate::web) async fn list(
    State(house): State<House>,
    at: AtBoard,
) -> Result<Json<LettersView>, Problem> {
    Ok(Json(letters::list(&house, &at.right).await?))
}

/// Sends a message again: once, however often it is asked for.
#[utoipa::path(post, path = "/api/v1/letters/{id}/retry", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "on its way, or decided already")))]
pub(in crate::web) async fn retry(
    State(house): State<House>,
    at: AtBoard,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    letters::send_again(&house, &at.right, letter(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves a message as it is.
#[utoipa::path(post, path = "/api/v1/letters/{id}/dismiss", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "on its way, or decided already")))]
pub(in crate::web) async fn dismiss(
    State(house): State<House>,
    at: AtBoard,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    letters::dismiss(&house, &at.right, letter(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads an update again that was set aside, and applies it once.
#[utoipa::path(post, path = "/api/v1/inbox/{id}/replay", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "applied already"), (status = 422, description = "it still cannot be read")))]
pub(in crate::web) async fn replay(
    State(house): State<House>,
    at: AtBoard,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    replay::again(&house, &at.right, update(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

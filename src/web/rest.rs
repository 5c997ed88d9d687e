//! The REST channel's routes, compatible with Rasa clients.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::Settings;
use super::error::Problem;
use crate::service::{House, ServiceError, rest};

/// Without a configured token the channel is open only on loopback, which `app` sees to.
fn admit(settings: &Settings, headers: &HeaderMap) -> Result<(), Problem> {
    if settings.rest_token.is_empty() {
        return Ok(());
    }
    let given = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(settings.rest_token.as_bytes())) {
        Ok(())
    } else {
        Err(Problem::unauthorised())
    }
}

pub(super) async fn ask(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    admit(&settings, &headers)?;
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    let answers = rest::ask(&house, &body, key).await?;
    Ok(Json(answers).into_response())
}

/// Which messages are asked for.
#[derive(Deserialize)]
pub(super) struct Poll {
    sender: String,
    after: Option<String>,
}

pub(super) async fn messages(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
    Query(poll): Query<Poll>,
) -> Result<Response, Problem> {
    admit(&settings, &headers)?;
    let messages = rest::messages(&house, &poll.sender, poll.after.as_deref()).await?;
    Ok(Json(messages).into_response())
}

/// The bytes of a file that a message carries.
pub(super) async fn file(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    admit(&settings, &headers)?;
    let id = id.parse().map_err(|_| ServiceError::NotFound("the file"))?;
    let file = crate::service::file::for_rest(&house, id).await?;
    Ok(super::files::answer(&file, &headers))
}

pub(super) async fn health() -> Response {
    (StatusCode::OK, Json(serde_json::json!({"status": "ok"}))).into_response()
}

//! The REST channel's routes, compatible with Rasa clients.

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::error::Problem;
use super::{Front, Settings};
use crate::service::{House, rest};

pub(super) fn routes() -> Router<Front> {
    Router::new()
        .route("/webhooks/rest/webhook", post(ask))
        .route("/webhooks/rest/messages", get(messages))
        .route("/webhooks/rest/", get(health))
}

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

async fn ask(
    State(house): State<House>,
    State(settings): State<Settings>,
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
struct Poll {
    sender: String,
    after: Option<String>,
}

async fn messages(
    State(house): State<House>,
    State(settings): State<Settings>,
    headers: HeaderMap,
    Query(poll): Query<Poll>,
) -> Result<Response, Problem> {
    admit(&settings, &headers)?;
    let messages = rest::messages(&house, &poll.sender, poll.after.as_deref()).await?;
    Ok(Json(messages).into_response())
}

async fn health() -> Response {
    (StatusCode::OK, Json(serde_json::json!({"status": "ok"}))).into_response()
}


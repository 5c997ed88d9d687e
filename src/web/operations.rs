//! For those who run it: is it alive, is it ready, what does it do.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::Settings;
use crate::service::{House, health};

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// It can take messages: the records answer and it is not stopping. A queue that is away is told but
/// does not make it unready, because the bot goes on and tickets wait in the records.
pub(super) async fn ready(State(house): State<House>) -> Response {
    let health = health::check(&house).await;
    let status = if health.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health)).into_response()
}

pub(super) async fn metrics(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
) -> Response {
    health::gauge(&house).await;
    match &settings.metrics {
        Some(handle) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (kind, handle.render()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

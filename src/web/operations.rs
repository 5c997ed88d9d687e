//! For those who run it: is it alive, is it ready, what does it do.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::{Front, Settings};
use crate::service::{House, health};

pub(super) fn routes() -> Router<Front> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// The process answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// It can take messages: the records answer and it is not stopping. A queue that is away is told but
/// does not make it unready, because the bot goes on and tickets wait in the records.
async fn ready(State(house): State<House>) -> Response {
    let health = health::check(&house).await;
    let status =
        if health.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health)).into_response()
}

async fn metrics(State(house): State<House>, State(settings): State<Settings>) -> Response {
    health::gauge(&house).await;
    match &settings.metrics {
        Some(handle) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (kind, handle.render()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

//! The sample shop's own system, which the demo asks for orders.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::Settings;
use super::error::{Problem, nowhere};

pub(super) async fn order(
    State(settings): State<Arc<Settings>>,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let found = settings.demo.as_ref().and_then(|demo| (demo.order)(&number));
    match found {
        Some(order) => Ok(Json(order).into_response()),
        None => Err(nowhere().await),
    }
}

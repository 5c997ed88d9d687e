//! Why a ticket went to whom it went to.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::error::Problem;
use super::super::session::Who;
use super::super::view::decision::{Line, lines};
use super::super::view::words::Words;
use super::{language, read_id};
use crate::service::view::DecisionView;
use crate::service::{House, desk};

/// Every assignment of a ticket.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RoutingView {
    /// The ticket's id.
    ticket: String,
    /// Oldest first, at most the last 100.
    decisions: Vec<RecordView>,
}

/// One assignment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RecordView {
    /// The record read aloud, in the language asked for.
    words: Vec<String>,
    /// What it says; `null` when it cannot be read any more.
    decision: Option<DecisionView>,
    /// The record as it is kept: `seal` is the SHA-256 of its canonical JSON (keys in order, no
    /// blanks).
    #[schema(value_type = Object)]
    record: Value,
}

/// Why the ticket went to whom it went to, each time.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/routing", params(("id" = String, Path)),
    responses((status = 200, body = RoutingView), (status = 404)))]
pub(in crate::web) async fn routing(
    State(house): State<House>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<RoutingView>, Problem> {
    let id = read_id(&id)?;
    let words = Words::new(language(&headers));
    let told = |decision: &DecisionView| lines(decision, &words).iter().map(Line::full).collect();
    let found = desk::decisions(&house, &who.caller, id).await?;
    let decisions = found.into_iter().map(|(record, decision)| RecordView {
        words: decision.as_ref().map(told).unwrap_or_default(),
        decision,
        record,
    });
    Ok(Json(RoutingView { ticket: id.to_string(), decisions: decisions.collect() }))
}

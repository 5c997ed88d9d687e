//! The shadow run: what a candidate would change, and its end.

use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::super::error::Problem;
use super::super::session::AtBoard;
use super::super::view::board::shadow as view;
use super::super::view::board::{Distance, Onlooker};
use crate::service::view::Tab;
use crate::service::{House, ServiceError, desk, shadow};

/// Which changes are looked at.
#[derive(Deserialize)]
pub(in crate::web) struct Wanted {
    kind: Option<String>,
    before: Option<String>,
    /// The candidate that somebody wanted to decide on too late.
    late: Option<String>,
}

/// The page.
pub(in crate::web) async fn page(
    State(house): State<House>,
    at: AtBoard,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let kind = wanted.kind.as_deref().unwrap_or_default();
    let shown = shadow::page(&house, &at.right, kind, wanted.before.as_deref()).await?;
    let late = wanted.late.as_deref();
    let late = late.and_then(|id| shown.ended.iter().find(|one| one.id == id));
    let overview = desk::overview(&house, &at.who.caller.desk(), Tab::Mine, None).await?;
    let onlooker = Onlooker { me: &overview.me, csrf: at.who.csrf(), distance: Distance::Near };
    Ok(view::page(&shown, late, onlooker, &at.who.words()).into_response())
}

/// The part that changes while somebody looks.
pub(in crate::web) async fn live(
    State(house): State<House>,
    at: AtBoard,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let kind = wanted.kind.as_deref().unwrap_or_default();
    let shown = shadow::page(&house, &at.right, kind, wanted.before.as_deref()).await?;
    Ok(view::live(&shown, &at.who.words()).into_response())
}

/// The form of a decision.
#[derive(Deserialize)]
pub(in crate::web) struct Sent {
    csrf: Option<String>,
}

/// Publishes the candidate, or ends it without.
pub(in crate::web) async fn decide(
    State(house): State<House>,
    at: AtBoard,
    Path((id, decision)): Path<(String, String)>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    let id = read_id(&id)?;
    let done = match decision.as_str() {
        "promote" => shadow::promote(&house, &at.right, id).await,
        "discard" => shadow::discard(&house, &at.right, id).await,
        _ => return Err(ServiceError::NotFound("the decision").into()),
    };
    decided(done, id, &headers)
}

fn read_id(id: &str) -> Result<Uuid, ServiceError> {
    id.parse().map_err(|_| ServiceError::NotFound("the candidate"))
}

/// Back to the page, which tells whoever was too late who was faster; a script gets the conflict.
fn decided(
    done: Result<(), ServiceError>,
    id: Uuid,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let script = headers.get("accept").and_then(|a| a.to_str().ok());
    let script = script.is_some_and(|accepted| accepted.contains("json"));
    match done {
        Err(ServiceError::Conflict { .. }) if !script => {
            Ok(Redirect::to(&format!("/board/shadow?late={id}")).into_response())
        }
        Err(error) => Err(error.into()),
        Ok(()) => Ok(Redirect::to("/board/shadow").into_response()),
    }
}

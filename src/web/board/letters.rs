//! What did not arrive: messages to customers, updates from them, and what people decide.

use axum::extract::{Form, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::super::error::Problem;
use super::super::session::AtBoard;
use super::super::view::board::letters as view;
use super::super::view::board::{Distance, Onlooker};
use crate::domain::agent::Role;
use crate::domain::id::{InboxId, OutboxId};
use crate::service::view::Tab;
use crate::service::{House, ServiceError, desk, letters, replay};

/// What the page tells besides the lists.
#[derive(Deserialize)]
pub(in crate::web) struct Told {
    /// Somebody wanted to decide too late.
    late: Option<String>,
    /// The update that still cannot be read.
    still: Option<String>,
}

/// The page.
pub(in crate::web) async fn page(
    State(house): State<House>,
    at: AtBoard,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let shown = letters::list(&house, &at.right).await?;
    let overview = desk::overview(&house, &at.who.caller.desk(), Tab::Mine, None).await?;
    let onlooker = Onlooker { me: &overview.me, csrf: at.who.csrf(), distance: Distance::Near };
    let still = shown.unread.iter().find(|one| told.still.as_ref() == Some(&one.id));
    let notice = match (told.late, still) {
        (Some(_), _) => view::Notice::Late,
        (None, Some(one)) => view::Notice::Still(one.problem.clone()),
        (None, None) => view::Notice::None,
    };
    let raw = at.right.agent().role == Role::Admin;
    let reader = if raw { view::Reader::Admin } else { view::Reader::Supervisor };
    Ok(view::page(&shown, &notice, reader, onlooker, &at.who.words()).into_response())
}

/// The form of a decision.
#[derive(Deserialize)]
pub(in crate::web) struct Sent {
    csrf: Option<String>,
}

/// Sends a message again.
pub(in crate::web) async fn retry(
    State(house): State<House>,
    at: AtBoard,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    let id = letter(&id)?;
    decided(letters::send_again(&house, &at.right, id).await, id.0)
}

/// Leaves a message as it is.
pub(in crate::web) async fn dismiss(
    State(house): State<House>,
    at: AtBoard,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    let id = letter(&id)?;
    decided(letters::dismiss(&house, &at.right, id).await, id.0)
}

/// Reads an update again.
pub(in crate::web) async fn replay(
    State(house): State<House>,
    at: AtBoard,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    let id = update(&id)?;
    decided(replay::again(&house, &at.right, id).await, id.0)
}

/// An update as it came: for admins, as plain text that no browser takes for a page.
pub(in crate::web) async fn raw(
    State(house): State<House>,
    at: AtBoard,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let bytes = replay::raw(&house, &at.right, update(&id)?).await?;
    let about = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((about, String::from_utf8_lossy(&bytes).into_owned()).into_response())
}

/// Reads a message's id.
pub(in crate::web) fn letter(id: &str) -> Result<OutboxId, ServiceError> {
    id.parse().map_err(|_| ServiceError::NotFound("the message"))
}

/// Reads an update's id.
pub(in crate::web) fn update(id: &str) -> Result<InboxId, ServiceError> {
    id.parse().map_err(|_| ServiceError::NotFound("the update"))
}

/// Back to the page, which tells whoever was too late, or that it still cannot be read.
fn decided(done: Result<(), ServiceError>, id: Uuid) -> Result<Response, Problem> {
    let to = match done {
        Ok(()) => "/board/letters".to_owned(),
        Err(ServiceError::Conflict { .. }) => "/board/letters?late=1".to_owned(),
        Err(ServiceError::Invalid(_)) => format!("/board/letters?still={id}"),
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&to).into_response())
}

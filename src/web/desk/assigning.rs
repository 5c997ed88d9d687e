//! The forms that say whose a ticket is, and the page's own sign of life.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::error::Problem;
use super::super::session::{AtBoard, AtDesk};
use super::{OnTicket, done, receiver};
use crate::service::{House, desk};

pub(in crate::web) async fn assign(_by: AtBoard, on: OnTicket) -> Result<Response, Problem> {
    let to = receiver(&on.sent.to)?;
    let request = on.request("assign");
    desk::assign(&on.house, &on.at.right, on.id, to, request).await?;
    Ok(on.back())
}

pub(in crate::web) async fn bot(on: OnTicket) -> Result<Response, Problem> {
    desk::hand_back(&on.house, &on.at.right, on.id, on.request("bot")).await?;
    Ok(done(&on.headers, "/desk", None))
}

/// Whether there were keys or the pointer since the last beat.
#[derive(Deserialize)]
pub(in crate::web) struct Beat {
    csrf: Option<String>,
    #[serde(default)]
    active: bool,
}

/// The open page keeps the presence; only what the person does is a sign of the person.
pub(in crate::web) async fn alive(
    State(house): State<House>,
    at: AtDesk,
    Form(beat): Form<Beat>,
) -> Result<StatusCode, Problem> {
    at.who.own_form(beat.csrf.as_deref())?;
    if beat.active {
        desk::show_sign(&house, &at.right).await?;
    }
    desk::keep_presence(&house, &at.right).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! The board: one page, refreshed by its figures.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::error::Problem;
use super::live;
use super::session::AtBoard;
use super::view::board::{self as view, Distance, Onlooker};
use crate::events::Hint;
use crate::service::desk;
use crate::service::view::{BoardFigure, Tab};
use crate::service::{House, ServiceError, supervision};

#[derive(Deserialize)]
pub(super) struct Looking {
    wall: Option<String>,
}

pub(super) async fn page(
    State(house): State<House>,
    at: AtBoard,
    Query(looking): Query<Looking>,
) -> Result<Response, Problem> {
    let board = supervision::board(&house, &at.right).await?;
    let overview = desk::overview(&house, &at.who.caller.desk(), Tab::Mine, None).await?;
    let distance = if looking.wall.is_some() { Distance::Wall } else { Distance::Near };
    let onlooker = Onlooker { me: &overview.me, csrf: at.who.csrf(), distance };
    Ok(view::page(&board, onlooker, &at.who.words()).into_response())
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    of: String,
}

/// The tickets behind one figure.
pub(super) async fn behind(
    State(house): State<House>,
    at: AtBoard,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let figure = BoardFigure::parse(&wanted.of).ok_or(ServiceError::NotFound("the figure"))?;
    let board = supervision::board(&house, &at.right).await?;
    let rows = supervision::behind(&house, &at.right, figure).await?;
    let overview = desk::overview(&house, &at.who.caller.desk(), Tab::Mine, None).await?;
    let onlooker = Onlooker { me: &overview.me, csrf: at.who.csrf(), distance: Distance::Near };
    Ok(view::behind(figure, &rows, &board, onlooker, &at.who.words()).into_response())
}

pub(super) async fn figures(State(house): State<House>, at: AtBoard) -> Result<Response, Problem> {
    let board = supervision::board(&house, &at.right).await?;
    Ok(view::figures(&board, &at.who.words()).into_response())
}

pub(super) async fn events(State(house): State<House>, _at: AtBoard) -> Response {
    live::hints(house, |hint| !matches!(hint, Hint::Conversation { .. }))
}

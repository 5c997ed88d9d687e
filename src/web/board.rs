//! The board: one page, refreshed by its figures.

pub(super) mod fairness;
pub(super) mod letters;
pub(super) mod shadow;

use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::error::Problem;
use super::live;
use super::session::AtBoard;
use super::stats::{Number, Range};
use super::view::board::levels::{self, Length};
use super::view::board::{self as view, Distance, Onlooker};
use crate::events::Hint;
use crate::service::desk;
use crate::service::figures::{self, Window};
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

#[derive(Deserialize)]
pub(super) struct WantedLane {
    key: String,
}

/// The tickets that wait in one lane.
pub(super) async fn lane(
    State(house): State<House>,
    at: AtBoard,
    Query(wanted): Query<WantedLane>,
) -> Result<Response, Problem> {
    let (lane, rows) = supervision::lane(&house, &at.right, &wanted.key).await?;
    let overview = desk::overview(&house, &at.who.caller.desk(), Tab::Mine, None).await?;
    let onlooker = Onlooker { me: &overview.me, csrf: at.who.csrf(), distance: Distance::Near };
    let page = view::lanes::page(&lane, &rows, onlooker, &at.who.words(), house.now());
    Ok(page.into_response())
}

pub(super) async fn refreshed(
    State(house): State<House>,
    at: AtBoard,
) -> Result<Response, Problem> {
    let board = supervision::board(&house, &at.right).await?;
    Ok(view::figures(&board, &at.who.words()).into_response())
}

/// Which range a supervisor chose by its length.
#[derive(Deserialize)]
pub(super) struct Chosen {
    range: Option<String>,
}

/// What was promised and kept, over a range.
pub(super) async fn sla(
    State(house): State<House>,
    at: AtBoard,
    Query(chosen): Query<Chosen>,
    Query(range): Query<Range>,
) -> Result<Response, Problem> {
    let now = house.now();
    let length = chosen.range.as_deref().map(Length::parse);
    let length = length.unwrap_or_else(|| range.is_open().then_some(Length::Day));
    let mut asked = range.read(now)?;
    if let Some(length) = length {
        asked.window = Window::last(length.millis(), now);
    }
    let view = figures::sla(&house, &at.right, &asked).await?;
    let overview = desk::overview(&house, &at.who.caller.desk(), Tab::Mine, None).await?;
    let onlooker = Onlooker { me: &overview.me, csrf: at.who.csrf(), distance: Distance::Near };
    Ok(levels::page(&view, length, onlooker, &at.who.words()).into_response())
}

/// The clocks behind one of those numbers.
pub(super) async fn sla_behind(
    State(house): State<House>,
    at: AtBoard,
    uri: Uri,
    Query(range): Query<Range>,
    Query(number): Query<Number>,
) -> Result<Response, Problem> {
    let sought = number.read(range.read(house.now())?)?;
    let instances = figures::behind(&house, &at.right, &sought).await?;
    let overview = desk::overview(&house, &at.who.caller.desk(), Tab::Mine, None).await?;
    let onlooker = Onlooker { me: &overview.me, csrf: at.who.csrf(), distance: Distance::Near };
    let behind = levels::Behind {
        from: sought.asked.window.from,
        to: sought.asked.window.to,
        by: sought.asked.by.as_str(),
        metric: number.metric.as_deref(),
        state: sought.slice.as_str(),
        query: uri.query().unwrap_or_default(),
    };
    Ok(levels::behind(&behind, &instances, onlooker, &at.who.words()).into_response())
}

/// Live hints, as long as whoever hears them may.
pub(super) async fn events(State(house): State<House>, at: AtBoard) -> Response {
    let (heart, key) = (house.clone(), at.who.key());
    let beat = async move {
        while live::holder(&heart, &key).await.is_some_and(|caller| caller.board().is_ok()) {
            live::pause(&heart).await;
        }
    };
    live::hints_while(house, |hint| !matches!(hint, Hint::Conversation { .. }), beat)
}

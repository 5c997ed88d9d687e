//! How fairly the work of a shift was shared.

use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};

use super::super::error::Problem;
use super::super::session::AtBoard;
use super::super::stats::fairness::{OfNumber, OfShift};
use super::super::view::board::fairness as view;
use super::super::view::board::levels::Length;
use super::super::view::board::{Distance, Onlooker};
use super::Chosen;
use crate::service::figures::Window;
use crate::service::view::Tab;
use crate::service::{House, desk, fairness};

/// The figures by agent.
pub(in crate::web) async fn page(
    State(house): State<House>,
    at: AtBoard,
    Query(chosen): Query<Chosen>,
    Query(of): Query<OfShift>,
) -> Result<Response, Problem> {
    let now = house.now();
    let length = chosen.range.as_deref().map(Length::parse);
    let length = length.unwrap_or_else(|| of.is_open().then_some(Length::Day));
    let mut shift = of.read(now)?;
    if let Some(length) = length {
        shift.window = Window::last(length.millis(), now);
    }
    let figures = fairness::shift(&house, &at.right, &shift).await?;
    let overview = desk::overview(&house, &at.who.caller.desk(), Tab::Mine, None).await?;
    let onlooker = Onlooker { me: &overview.me, csrf: at.who.csrf(), distance: Distance::Near };
    let chosen = view::Chosen { length, teams: &overview.teams };
    Ok(view::page(&figures, chosen, onlooker, &at.who.words()).into_response())
}

/// What is behind one of those numbers.
pub(in crate::web) async fn behind(
    State(house): State<House>,
    at: AtBoard,
    uri: Uri,
    Query(of): Query<OfShift>,
    Query(number): Query<OfNumber>,
) -> Result<Response, Problem> {
    let (shift, (agent, number)) = (of.read(house.now())?, number.read()?);
    let items = fairness::behind(&house, &at.right, &shift, agent, number).await?;
    let overview = desk::overview(&house, &at.who.caller.desk(), Tab::Mine, None).await?;
    let onlooker = Onlooker { me: &overview.me, csrf: at.who.csrf(), distance: Distance::Near };
    let behind = view::Behind {
        from: shift.window.from,
        to: shift.window.to,
        number,
        query: uri.query().unwrap_or_default(),
    };
    Ok(view::behind(&behind, &items, onlooker, &at.who.words()).into_response())
}

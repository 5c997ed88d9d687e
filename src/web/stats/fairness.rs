//! Figures of fairness over a shift: JSON or CSV, and what is behind each number.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::super::csv::{self, Cell};
use super::super::error::Problem;
use super::super::session::AtBoard;
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;
use crate::service::House;
use crate::service::fairness::{self, Shift};
use crate::service::view::{FairnessItem, FairnessNumber, FairnessRow, FairnessView};

/// The description of this part of the interface.
#[derive(OpenApi)]
#[openapi(
    paths(figures, behind),
    components(schemas(FairnessView, FairnessRow, FairnessItemsView, FairnessItem))
)]
pub(in crate::web) struct Document;

/// Which shift.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct OfShift {
    /// The first instant: milliseconds since 1970 (UTC) or RFC 3339. 24 hours before the end.
    from: Option<String>,
    /// The first instant after the range. Without it the range ends now. At most 400 days.
    to: Option<String>,
    /// The team whose tickets count; all without it.
    pub(in crate::web) team: Option<String>,
    /// `csv` or `json`; without it what `Accept` asks for.
    format: Option<String>,
}

impl OfShift {
    /// Whether neither end is said.
    pub(in crate::web) const fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Reads it.
    pub(in crate::web) fn read(&self, now: UtcMillis) -> Result<Shift, Problem> {
        let (from, to) = (self.from.as_deref(), self.to.as_deref());
        Shift::read(from, to, self.team.as_deref(), now).map_err(Problem::unreadable)
    }
}

/// Which number.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct OfNumber {
    /// The agent's id; all without it.
    agent: Option<String>,
    /// `given` (as without it), `pulled`, `picked`, `offered`, `accepted`, `declined`, `missed` or
    /// `unanswered`.
    of: Option<String>,
}

impl OfNumber {
    /// Reads it.
    pub(in crate::web) fn read(&self) -> Result<(Option<AgentId>, FairnessNumber), Problem> {
        let word = self.of.as_deref().unwrap_or("given");
        let number = FairnessNumber::parse(word).ok_or_else(|| {
            let known: Vec<_> = FairnessNumber::ALL.iter().map(|one| one.as_str()).collect();
            Problem::unreadable(format!("of={word} is not known: write {}", known.join(", ")))
        })?;
        let agent = self.agent.as_deref().map(|id| {
            let unknown = |_| Problem::unreadable(format!("agent={id} is not the id of a person"));
            id.parse::<Uuid>().map(AgentId).map_err(unknown)
        });
        Ok((agent.transpose()?, number))
    }
}

/// How fairly the work of a shift was shared, by agent: effort, cherry-picks, offers, occupancy.
#[utoipa::path(get, path = "/api/v1/stats/fairness", params(OfShift),
    responses((status = 200, body = FairnessView), (status = 400), (status = 403)))]
pub(in crate::web) async fn figures(
    State(house): State<House>,
    at: AtBoard,
    Query(of): Query<OfShift>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shift = of.read(house.now())?;
    let as_table = csv::is_wanted(of.format.as_deref(), &headers).map_err(Problem::unreadable)?;
    let view = fairness::shift(&house, &at.right, &shift).await?;
    if !as_table {
        return Ok(Json(view).into_response());
    }
    let table = csv::table(&FIGURES, view.rows.iter().map(|row| cells(&view, row)));
    Ok(csv::file(&file_name("fairness", &shift), table))
}

/// The assignments or offers behind a number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::web) struct FairnessItemsView {
    /// How many: what the number says.
    count: usize,
    /// All of them, oldest first.
    items: Vec<FairnessItem>,
}

/// The assignments or offers behind one number of the figures of fairness.
#[utoipa::path(get, path = "/api/v1/stats/fairness/tickets", params(OfShift, OfNumber),
    responses((status = 200, body = FairnessItemsView), (status = 400), (status = 403)))]
pub(in crate::web) async fn behind(
    State(house): State<House>,
    at: AtBoard,
    Query(of): Query<OfShift>,
    Query(number): Query<OfNumber>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (shift, (agent, number)) = (of.read(house.now())?, number.read()?);
    let as_table = csv::is_wanted(of.format.as_deref(), &headers).map_err(Problem::unreadable)?;
    let items = fairness::behind(&house, &at.right, &shift, agent, number).await?;
    if !as_table {
        return Ok(Json(FairnessItemsView { count: items.len(), items }).into_response());
    }
    let name = format!("fairness-{}", number.as_str());
    Ok(csv::file(&file_name(&name, &shift), csv::table(&ITEMS, items.iter().map(item_cells))))
}

fn file_name(what: &str, shift: &Shift) -> String {
    let day = |at: UtcMillis| at.to_string().chars().take(10).collect::<String>();
    format!("{what}-{}-{}", day(shift.window.from), day(shift.window.to.plus(-1)))
}

const FIGURES: [&str; 21] = [
    "agent",
    "agent_id",
    "team",
    "online_ms",
    "given",
    "effort_minutes",
    "effort_per_hour",
    "jain",
    "pulled",
    "picked",
    "cherry_picks_percent",
    "offered",
    "accepted",
    "declined",
    "missed",
    "unanswered",
    "acceptance_percent",
    "miss_percent",
    "occupancy_percent",
    "occupancy_by_slot_percent",
    "compared",
];

fn cells(view: &FairnessView, row: &FairnessRow) -> Vec<Cell> {
    vec![
        Cell::text(&row.agent),
        Cell::text(&row.agent_id),
        Cell::words(view.team.as_deref()),
        Cell::number(row.online),
        Cell::number(row.given),
        Cell::number(row.effort),
        Cell::maybe(row.per_hour),
        Cell::maybe(view.jain),
        Cell::number(row.pulled),
        Cell::number(row.picked),
        Cell::maybe(row.cherry_picks.percent),
        Cell::number(row.offered),
        Cell::number(row.accepted),
        Cell::number(row.declined),
        Cell::number(row.missed),
        Cell::number(row.unanswered),
        Cell::maybe(row.acceptance.percent),
        Cell::maybe(row.misses.percent),
        Cell::maybe(row.occupancy),
        Cell::maybe(row.occupancy_by_slot),
        Cell::number(row.per_hour.is_some()),
    ]
}

const ITEMS: [&str; 9] = [
    "ticket",
    "code",
    "agent",
    "agent_id",
    "at",
    "what",
    "team",
    "effort_minutes",
    "left_by_choice",
];

fn item_cells(item: &FairnessItem) -> Vec<Cell> {
    vec![
        Cell::text(&item.ticket),
        Cell::text(&item.code),
        Cell::text(&item.agent),
        Cell::text(&item.agent_id),
        Cell::number(UtcMillis(item.at)),
        Cell::text(&item.what),
        Cell::words(item.team.as_deref()),
        Cell::number(item.effort),
        Cell::number(item.jumped),
    ]
}

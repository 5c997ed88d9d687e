//! Figures of service levels over any range: JSON or CSV, and the clocks behind each number.

pub(super) mod fairness;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::csv::{self, Cell};
use super::error::Problem;
use super::session::AtBoard;
use crate::domain::time::UtcMillis;
use crate::service::House;
use crate::service::figures::{self, Asked, Sought};
use crate::service::view::{
    CountsView, ExcludedView, FigureRow, FiguresView, InstanceView, ShareView,
};

/// The description of this part of the interface.
#[derive(OpenApi)]
#[openapi(
    paths(sla, behind),
    components(schemas(
        FiguresView,
        FigureRow,
        CountsView,
        ExcludedView,
        ShareView,
        InstancesView,
        InstanceView
    ))
)]
pub(super) struct Document;

/// Which figures.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Range {
    /// The first instant: milliseconds since 1970 (UTC) or RFC 3339. 24 hours before the end.
    pub(super) from: Option<String>,
    /// The first instant after the range. Without it the range ends now. At most 400 days.
    pub(super) to: Option<String>,
    /// `metric` (as without it), `policy`, `team` or `agent`.
    pub(super) by: Option<String>,
    /// `csv` or `json`; without it what `Accept` asks for.
    format: Option<String>,
}

impl Range {
    /// Whether neither end is said.
    pub(super) const fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Reads it.
    pub(super) fn read(&self, now: UtcMillis) -> Result<Asked, Problem> {
        Asked::read(self.from.as_deref(), self.to.as_deref(), self.by.as_deref(), now)
            .map_err(Problem::unreadable)
    }
}

/// Which number.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Number {
    /// The row's key; empty for the row without one; absent for all rows.
    key: Option<String>,
    /// The row's metric; absent for all.
    pub(super) metric: Option<String>,
    /// `met`, `missed`, `pending`, `provisional`, `cancelled`, `superseded`, `unpromised`, `stopped`
    /// (what lengths of time are made of) or `total` (as without it).
    pub(super) state: Option<String>,
}

impl Number {
    /// Reads it.
    pub(super) fn read(&self, asked: Asked) -> Result<Sought, Problem> {
        Sought::read(asked, self.key.clone(), self.metric.as_deref(), self.state.as_deref())
            .map_err(Problem::unreadable)
    }
}

/// What was promised and kept in a range: counts, compliance and lengths of time by metric, policy,
/// team or agent.
#[utoipa::path(get, path = "/api/v1/stats/sla", params(Range),
    responses((status = 200, body = FiguresView), (status = 400), (status = 403)))]
pub(super) async fn sla(
    State(house): State<House>,
    at: AtBoard,
    Query(range): Query<Range>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = range.read(house.now())?;
    let as_table =
        csv::is_wanted(range.format.as_deref(), &headers).map_err(Problem::unreadable)?;
    let view = figures::sla(&house, &at.right, &asked).await?;
    if !as_table {
        return Ok(Json(view).into_response());
    }
    let name = file_name("sla", &asked);
    Ok(csv::file(&name, csv::table(&FIGURES, view.rows.iter().map(figure_cells))))
}

/// The clocks behind a number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct InstancesView {
    /// How many: what the number says.
    count: usize,
    /// All of them, in order of ticket and start.
    instances: Vec<InstanceView>,
}

/// The clocks behind one number of the figures.
#[utoipa::path(get, path = "/api/v1/stats/sla/tickets", params(Range, Number),
    responses((status = 200, body = InstancesView), (status = 400), (status = 403)))]
pub(super) async fn behind(
    State(house): State<House>,
    at: AtBoard,
    Query(range): Query<Range>,
    Query(number): Query<Number>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let sought = number.read(range.read(house.now())?)?;
    let as_table =
        csv::is_wanted(range.format.as_deref(), &headers).map_err(Problem::unreadable)?;
    let instances = figures::behind(&house, &at.right, &sought).await?;
    if !as_table {
        return Ok(Json(InstancesView { count: instances.len(), instances }).into_response());
    }
    let name = file_name("sla-tickets", &sought.asked);
    Ok(csv::file(&name, csv::table(&INSTANCES, instances.iter().map(instance_cells))))
}

fn file_name(what: &str, asked: &Asked) -> String {
    let day = |at: UtcMillis| at.to_string().chars().take(10).collect::<String>();
    let last = asked.window.to.plus(-1);
    format!("{what}-by-{}-{}-{}", asked.by.as_str(), day(asked.window.from), day(last))
}

const FIGURES: [&str; 24] = [
    "key",
    "name",
    "metric",
    "total",
    "met",
    "missed",
    "pending",
    "provisional",
    "cancelled",
    "superseded",
    "unpromised",
    "compliance_part",
    "compliance_whole",
    "compliance_percent",
    "compliance_low",
    "compliance_high",
    "with_provisional_part",
    "with_provisional_whole",
    "with_provisional_percent",
    "n",
    "p50_ms",
    "p90_ms",
    "p95_ms",
    "mean_ms",
];

fn figure_cells(row: &FigureRow) -> Vec<Cell> {
    let counts = &row.counts;
    let (kept, also) = (counts.compliance, counts.compliance_with_provisional);
    vec![
        Cell::words(row.key.as_deref()),
        Cell::words(row.name.as_deref()),
        Cell::text(&row.metric),
        Cell::number(counts.total),
        Cell::number(counts.met),
        Cell::number(counts.missed),
        Cell::number(counts.pending),
        Cell::number(counts.provisional),
        Cell::number(counts.excluded.cancelled),
        Cell::number(counts.excluded.superseded),
        Cell::number(counts.excluded.unpromised),
        Cell::number(kept.part),
        Cell::number(kept.whole),
        Cell::maybe(kept.percent),
        Cell::maybe(kept.interval.map(|(low, _)| low)),
        Cell::maybe(kept.interval.map(|(_, high)| high)),
        Cell::number(also.part),
        Cell::number(also.whole),
        Cell::maybe(also.percent),
        Cell::number(row.n),
        Cell::maybe(row.p50),
        Cell::maybe(row.p90),
        Cell::maybe(row.p95),
        Cell::maybe(row.mean),
    ]
}

const INSTANCES: [&str; 16] = [
    "ticket",
    "code",
    "metric",
    "instance",
    "state",
    "start",
    "until",
    "stopped",
    "target_ms",
    "due",
    "elapsed_ms",
    "overrun_ms",
    "policy",
    "team",
    "agent",
    "agent_id",
];

fn instance_cells(clock: &InstanceView) -> Vec<Cell> {
    let instant = |at: Option<i64>| Cell::maybe(at.map(UtcMillis));
    vec![
        Cell::text(&clock.ticket),
        Cell::text(&clock.code),
        Cell::text(&clock.metric),
        Cell::number(clock.instance),
        Cell::text(&clock.state),
        instant(Some(clock.start)),
        instant(Some(clock.until)),
        instant(clock.stopped),
        Cell::maybe(clock.target),
        instant(clock.due),
        Cell::number(clock.elapsed),
        Cell::maybe(clock.overrun),
        Cell::words(clock.policy.as_deref()),
        Cell::words(clock.team.as_deref()),
        Cell::words(clock.agent.as_deref()),
        Cell::words(clock.agent_id.as_deref()),
    ]
}

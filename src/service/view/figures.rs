//! What figures of service levels show.

use serde::Serialize;
use utoipa::ToSchema;

use super::ShareView;

/// Figures of a range: as known at `at`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FiguresView {
    /// When it was computed, ms UTC.
    pub at: i64,
    /// The first instant of the range, ms UTC.
    pub from: i64,
    /// The first instant after the range, ms UTC.
    pub to: i64,
    /// `metric`, `policy`, `team` or `agent`.
    pub by: String,
    /// The sum of all rows.
    pub all: CountsView,
    /// Where the clocks of all rows are listed.
    pub tickets: String,
    /// One row per key and metric.
    pub rows: Vec<FigureRow>,
}

/// The figures of one metric for one policy, team or agent.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FigureRow {
    /// The metric, the policy's or team's name, the agent's id; none for clocks without one.
    pub key: Option<String>,
    /// The key for people.
    pub name: Option<String>,
    /// The metric.
    pub metric: String,
    /// How many of each result.
    #[serde(flatten)]
    pub counts: CountsView,
    /// How many clocks of the row stopped: what the lengths below are made of.
    pub n: u64,
    /// Median, working ms (wall ms for `time_to_human` and `promise`), nearest rank.
    pub p50: Option<i64>,
    /// Ninth decile, ms.
    pub p90: Option<i64>,
    /// 95th percentile, ms.
    pub p95: Option<i64>,
    /// Mean, ms.
    pub mean: Option<i64>,
    /// Where the clocks of this row are listed; `&state=` narrows it to one number.
    pub tickets: String,
}

/// How many clocks of each result: total = met + missed + pending + provisional + excluded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct CountsView {
    /// All of them.
    pub total: u64,
    /// Stopped in time, for good.
    pub met: u64,
    /// Stopped late, or running and late.
    pub missed: u64,
    /// Running in time, or paused.
    pub pending: u64,
    /// Stopped in time, and the ticket can still be reopened.
    pub provisional: u64,
    /// Those that do not count, by reason.
    pub excluded: ExcludedView,
    /// met / (met + missed).
    pub compliance: ShareView,
    /// (met + provisional) / (met + provisional + missed).
    pub compliance_with_provisional: ShareView,
}

/// Clocks that do not count, by reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExcludedView {
    /// It no longer mattered.
    pub cancelled: u64,
    /// A later policy took its place.
    pub superseded: u64,
    /// Measured only: no policy has a target for it.
    pub unpromised: u64,
}

/// One clock behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InstanceView {
    /// The ticket's id.
    pub ticket: String,
    /// The short form that people read aloud.
    pub code: String,
    /// The metric.
    pub metric: String,
    /// Which instance of it on this ticket, from 1.
    pub instance: u32,
    /// `met`, `missed`, `pending`, `provisional`, `cancelled`, `superseded`, `unpromised`.
    pub state: String,
    /// When it started, ms UTC.
    pub start: i64,
    /// When it ended or gave way, ms UTC; now while it runs.
    pub until: i64,
    /// When it stopped by what it waited for, ms UTC.
    pub stopped: Option<i64>,
    /// The target, ms.
    pub target: Option<i64>,
    /// The deadline, ms UTC; none while paused.
    pub due: Option<i64>,
    /// Active ms from start to end, or so far.
    pub elapsed: i64,
    /// Active ms past the deadline.
    pub overrun: Option<i64>,
    /// The policy.
    pub policy: Option<String>,
    /// The team that was meant to serve it.
    pub team: Option<String>,
    /// Who held the ticket, or acted on it last, when it ended.
    pub agent: Option<String>,
    /// Their id.
    pub agent_id: Option<String>,
}

/// What a range would have been under other policies.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DryRunView {
    /// When it was computed, ms UTC.
    pub at: i64,
    /// The first instant of the range, ms UTC.
    pub from: i64,
    /// The content hash of the other policies.
    pub version: String,
    /// How many tickets were replayed.
    pub tickets: u64,
    /// One row per metric.
    pub metrics: Vec<MetricChange>,
    /// The tickets with a clock that would have come out otherwise, oldest first.
    pub changed: Vec<TicketChange>,
}

/// A metric as it is, and as it would have been.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MetricChange {
    /// The metric.
    pub metric: String,
    /// As it is.
    pub now: CountsView,
    /// As it would have been.
    pub then: CountsView,
}

/// A ticket's clocks of one metric as they are, and as they would have been: results in order of
/// their start, without superseded ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TicketChange {
    /// The ticket's id.
    pub ticket: String,
    /// The short form that people read aloud.
    pub code: String,
    /// The metric.
    pub metric: String,
    /// As they are.
    pub now: Vec<String>,
    /// As they would have been.
    pub then: Vec<String>,
}

//! What screens and the API show of a clock, with its working.

use serde::Serialize;
use utoipa::ToSchema;

/// One clock of a ticket, in full.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClockView {
    /// The metric.
    pub metric: String,
    /// Which instance, from 1.
    pub instance: u32,
    /// `running`, `late`, `paused`, `met`, `missed`, `cancelled`, `superseded`, `unpromised`.
    pub state: String,
    /// When it started, ms UTC.
    pub start: i64,
    /// When it ended or gave way, or now, ms UTC.
    pub until: i64,
    /// The target, working ms (wall ms for `time_to_human` and `promise`); none when only measured.
    pub target: Option<i64>,
    /// The deadline, ms UTC; none while paused.
    pub due: Option<i64>,
    /// When it stopped, ms UTC.
    pub stopped: Option<i64>,
    /// Whether a met resolution can still be reopened.
    pub provisional: bool,
    /// Active ms past the deadline, or left while paused.
    pub amount: Option<i64>,
    /// Active ms from start to end, or so far.
    pub elapsed: i64,
    /// The policy in force.
    pub policy: Option<String>,
    /// The content hash of the version that holds it.
    pub version: Option<String>,
    /// The calendar it is counted on; none on the wall clock.
    pub calendar: Option<String>,
    /// The time zone of `days` (IANA).
    pub time_zone: String,
    /// Who held the ticket, or acted on it last, when it ended (or now).
    pub agent: Option<String>,
    /// The team that was meant to serve it.
    pub team: Option<String>,
    /// When it paused.
    pub pauses: Vec<PauseView>,
    /// Each local date with open time, up to the end; while it runs in time, up to the deadline.
    pub days: Vec<DayView>,
}

/// One pause of a clock.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PauseView {
    /// From when, ms UTC.
    pub from: i64,
    /// Until when, ms UTC; none while it lasts.
    pub to: Option<i64>,
    /// The status it paused in.
    pub status: String,
    /// Open time it took out, ms.
    pub open: i64,
}

/// One local date of a clock.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DayView {
    /// The date, such as `2026-12-24`.
    pub date: String,
    /// Its opening hours.
    pub hours: Vec<String>,
    /// When the part of it that matters begins, ms UTC.
    pub from: i64,
    /// When it ends, ms UTC.
    pub to: i64,
    /// Open time of that part, ms.
    pub open: i64,
    /// What of it was paused, ms.
    pub paused: i64,
    /// What was counted, ms.
    pub counted: i64,
    /// All that was counted until its end, ms.
    pub sum: i64,
}

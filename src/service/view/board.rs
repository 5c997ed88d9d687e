//! What the board shows.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AgentView, TicketRow};

/// A figure of the board that has tickets behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoardFigure {
    /// Tickets that wait for somebody.
    Waiting,
    /// Live tickets past their first warning.
    AtRisk,
    /// Live tickets with a late clock.
    Breached,
    /// Tickets with a clock that was met or missed.
    Compliance,
    /// Tickets with a first reply.
    FirstReply,
    /// Tickets that were taken.
    SpeedOfAnswer,
    /// Tickets that the bot handed over.
    Containment,
    /// Tickets with a told wait that was kept or broken.
    ToldWaits,
    /// Tickets that were rated.
    Satisfaction,
}

impl BoardFigure {
    /// Every figure, in the board's order.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::AtRisk,
        Self::Breached,
        Self::Compliance,
        Self::FirstReply,
        Self::SpeedOfAnswer,
        Self::Containment,
        Self::ToldWaits,
        Self::Satisfaction,
    ];

    /// The word in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::AtRisk => "at-risk",
            Self::Breached => "breached",
            Self::Compliance => "sla",
            Self::FirstReply => "first-reply",
            Self::SpeedOfAnswer => "asa",
            Self::Containment => "containment",
            Self::ToldWaits => "told-waits",
            Self::Satisfaction => "csat",
        }
    }

    /// Reads the word; `None` when it is no figure.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.as_str() == word)
    }
}

/// A proportion with its honesty.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct ShareView {
    /// The numerator.
    pub part: u64,
    /// The denominator.
    pub whole: u64,
    /// Percent, one decimal; none of none.
    pub percent: Option<f64>,
    /// Wilson's 95 % interval in percent.
    pub interval: Option<(f64, f64)>,
}

/// The board, as of `at`. Historical figures cover the last 24 hours.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BoardView {
    /// When it was computed, ms UTC.
    pub at: i64,
    /// Tickets that wait for somebody.
    pub waiting: u64,
    /// How long the oldest of them has waited, ms.
    pub oldest_wait: Option<i64>,
    /// Live tickets past their first warning rung and not yet late.
    pub at_risk: u64,
    /// Live tickets with a late clock.
    pub breached: u64,
    /// Agents online.
    pub online: u64,
    /// Online agents that hold at least one ticket.
    pub busy: u64,
    /// Agents away.
    pub away: u64,
    /// First response p50, working ms.
    pub first_response_p50: Option<i64>,
    /// First response p90, working ms.
    pub first_response_p90: Option<i64>,
    /// How many first responses that is.
    pub first_response_n: u64,
    /// met / (met + missed), all metrics.
    pub sla: ShareView,
    /// Instances that still run, shown and never counted as hits.
    pub sla_pending: u64,
    /// Met resolutions that can still be reopened.
    pub sla_provisional: u64,
    /// Waits that customers were told: kept / (kept + broken).
    pub told_waits: ShareView,
    /// Told waits that have not passed yet.
    pub told_waits_pending: u64,
    /// Average speed of answer, ms.
    pub asa: Option<i64>,
    /// (confirmed + silent) / sessions.
    pub containment: ShareView,
    /// Bot sessions by outcome: confirmed, silent, abandoned, `handed_off`, failed, and running ones.
    pub sessions: Vec<(String, u64)>,
    /// Ratings ≥ 4 / responses.
    pub csat: ShareView,
    /// The mean rating.
    pub csat_mean: Option<f64>,
    /// Invitations asked.
    pub invited: u64,
    /// Agents: state, since, load.
    pub agents: Vec<AgentView>,
    /// Lanes: what they require, waiting, oldest wait ms, agents online that can serve them.
    pub lanes: Vec<LaneView>,
    /// The most urgent waiting or late tickets, at most 20.
    pub urgent: Vec<TicketRow>,
    /// Most frequent messages the bot did not understand: words, count.
    pub unanswered: Vec<(String, u64)>,
    /// What somebody must look at: unconfirmed or failed sends, unparsed updates, content errors.
    pub alarms: Vec<AlarmView>,
}

/// One lane of the routing queue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LaneView {
    /// The team, if one is meant.
    pub team: Option<String>,
    /// The language.
    pub language: Option<String>,
    /// The skills.
    pub skills: Vec<String>,
    /// How many wait.
    pub waiting: u64,
    /// How long the oldest has waited, ms.
    pub oldest_wait: i64,
    /// Agents online that can serve it.
    pub able: u64,
}

/// Something somebody must look at.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AlarmView {
    /// `queue_away`, `content_refused`, `page_failed`, `unconfirmed`, `failed`, `unparsed`.
    pub kind: String,
    /// How many, where it counts.
    pub count: u64,
    /// The detail, in English (errors of files and providers are not translated).
    pub detail: String,
}

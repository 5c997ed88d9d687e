//! What the board shows.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AgentView, FairnessView, ShadowGlance, TicketRow};

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
    /// Lanes with somebody waiting, the most urgent first, at most 30.
    pub lanes: Vec<LaneView>,
    /// How many such lanes there are.
    pub lanes_total: u64,
    /// Lanes that nobody can serve, at most 10.
    pub unserved: Vec<UnservedView>,
    /// How fairly the work was shared.
    pub fairness: FairnessView,
    /// The most urgent waiting or late tickets, at most 20.
    pub urgent: Vec<TicketRow>,
    /// Most frequent messages the bot did not understand: words, count.
    pub unanswered: Vec<(String, u64)>,
    /// What somebody must look at: unconfirmed or failed sends, unparsed updates, content errors.
    pub alarms: Vec<AlarmView>,
    /// The candidate that runs beside the published knowledge, if one does.
    pub shadow: Option<ShadowGlance>,
}

/// One lane of the routing queue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LaneView {
    /// The team, if one is meant.
    pub team: Option<String>,
    /// Teams that may serve it as well.
    pub or_teams: Vec<String>,
    /// The language.
    pub language: Option<String>,
    /// The skills.
    pub skills: Vec<String>,
    /// How many wait.
    pub waiting: u64,
    /// How long the oldest has waited, ms.
    pub oldest_wait: i64,
    /// The next deadline of any of them, ms UTC.
    pub next_due: Option<i64>,
    /// Agents online that can serve it.
    pub able: u64,
    /// Their free capacity, in cost.
    pub free: u64,
    /// Where its tickets are listed.
    pub tickets: String,
}

/// A lane that nobody can serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnservedView {
    /// `nobody` (at all), `nobody_now` (of those who are here), `nobody_here` (nobody is here: all lanes).
    pub kind: String,
    /// The team it asks for.
    pub team: Option<String>,
    /// The language.
    pub language: Option<String>,
    /// The skills.
    pub skills: Vec<String>,
    /// What nobody has; empty when somebody has each part, and nobody all of them.
    pub missing: Option<GapView>,
    /// How many wait.
    pub waiting: u64,
    /// How long the oldest has waited, ms.
    pub oldest_wait: i64,
    /// The most urgent of them, id and code, at most 5.
    pub named: Vec<(String, String)>,
    /// Who could serve it and is not here, at most 3.
    pub able: Vec<String>,
    /// E-mails of those who lack the least for it, at most 3.
    pub nearest: Vec<String>,
    /// Where its tickets are listed.
    pub tickets: String,
}

/// What nobody has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct GapView {
    /// The team that nobody is of.
    pub team: Option<String>,
    /// The language that nobody speaks.
    pub language: Option<String>,
    /// The skills that nobody holds.
    pub skills: Vec<String>,
}

/// Something somebody must look at.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AlarmView {
    /// `queue_away`, `queue_refused`, `left_out`, `content_refused`, `candidate_refused`, `page_failed`, `mail_failed`, `unconfirmed`, `failed`, `unparsed`.
    pub kind: String,
    /// How many, where it counts.
    pub count: u64,
    /// The detail, in English (errors of files and providers are not translated).
    pub detail: String,
}

//! What screens and the API show: plain values, ready to render. Instants are ms UTC.

use serde::Serialize;
use utoipa::ToSchema;

/// A person at the desk, as colleagues see them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgentView {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// `agent`, `supervisor`, `admin`.
    pub role: String,
    /// `online`, `away`, `offline`.
    pub presence: String,
    /// Since when, ms UTC.
    pub since: i64,
    /// The sum of costs held.
    pub load: u32,
    /// The capacity, in cost.
    pub capacity: u32,
}

/// A deadline, as a chip shows it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DueView {
    /// `assignment`, `first_response`, `next_response`, `resolution`.
    pub metric: String,
    /// The deadline, ms UTC; none while paused.
    pub due: Option<i64>,
    /// `ok`, `soon` (past its first warning rung), `late`, `paused`, `met`, `missed`.
    pub state: String,
    /// Working ms left while paused, or past the deadline when missed.
    pub amount: Option<i64>,
}

/// One ticket in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TicketRow {
    /// The id.
    pub id: String,
    /// The short form that people read aloud.
    pub code: String,
    /// The customer's name, or a stand-in.
    pub customer: String,
    /// The channel's name.
    pub channel: String,
    /// The last public message, shortened.
    pub preview: String,
    /// `new`, `open`, `pending`, …
    pub status: String,
    /// `low`, `normal`, `high`, `urgent`.
    pub priority: String,
    /// The customer's language code.
    pub language: Option<String>,
    /// The team, if one is meant.
    pub team: Option<String>,
    /// Who holds it.
    pub assignee: Option<String>,
    /// The next deadline.
    pub due: Option<DueView>,
    /// When it entered the queue, ms UTC.
    pub enqueued_at: i64,
    /// When it was opened, ms UTC.
    pub created_at: i64,
    /// Whether the customer wrote last.
    pub customer_waits: bool,
    /// Of the demo's traffic.
    pub simulated: bool,
}

/// One line of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LineView {
    /// Its place in the thread.
    pub seq: i64,
    /// `customer`, `bot`, `agent`, `note`, `system`.
    pub kind: String,
    /// Who wrote, for `agent` and `note`.
    pub name: Option<String>,
    /// The text.
    pub text: String,
    /// Choices offered with it.
    pub buttons: Vec<ButtonView>,
    /// What came with it: `photo`, `document`, …
    pub attachments: Vec<String>,
    /// When, ms UTC.
    pub at: i64,
    /// `none`, `pending`, `sent`, `unconfirmed`, `failed`.
    pub delivery: String,
    /// The language of the text, where known.
    pub language: Option<String>,
}

/// A choice under a message.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ButtonView {
    /// What it says.
    pub label: String,
    /// What pressing it sends.
    pub payload: String,
}

/// One clock of a ticket, in full.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClockView {
    /// The metric.
    pub metric: String,
    /// Which instance, from 1.
    pub instance: u32,
    /// `running`, `late`, `paused`, `met`, `missed`, `cancelled`, `superseded`.
    pub state: String,
    /// When it started, ms UTC.
    pub start: i64,
    /// The target, working ms.
    pub target: i64,
    /// The deadline, ms UTC.
    pub due: Option<i64>,
    /// When it stopped, ms UTC.
    pub stopped: Option<i64>,
    /// Working ms past the deadline, or left while paused.
    pub amount: Option<i64>,
    /// The policy that set the target.
    pub policy: String,
}

/// Why this agent got the ticket.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DecisionView {
    /// Who.
    pub agent: String,
    /// `take_next`, `take_this`, `offer`, `assigned`, `transferred`.
    pub way: String,
    /// When, ms UTC.
    pub at: i64,
    /// By when it should have been served, ms UTC.
    pub score: i64,
    /// The agent's load before.
    pub load: u32,
    /// The agent's capacity.
    pub capacity: u32,
    /// How many tickets the agent could have been given.
    pub servable: u64,
    /// Codes of more urgent tickets that the agent cannot serve.
    pub passed_over: Vec<String>,
}

/// One ticket with all that an agent needs, so that nobody asks the customer twice.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TicketView {
    /// As in a list.
    pub row: TicketRow,
    /// What they want, in their own words.
    pub summary: String,
    /// `asked`, `fallback`, `policy`, `error`, `no_answer`, `recovery`.
    pub reason: String,
    /// The intent's title, in the reader's language.
    pub intent: Option<String>,
    /// P(correct) of it, 0 to 1.
    pub confidence: Option<f32>,
    /// What was collected: name, value.
    pub slots: Vec<(String, String)>,
    /// What the bot understood: words, intent, P(correct).
    pub trail: Vec<(String, Option<String>, f32)>,
    /// The thread, oldest first, bot's part included.
    pub thread: Vec<LineView>,
    /// Every clock.
    pub clocks: Vec<ClockView>,
    /// The last assignment's record.
    pub decision: Option<DecisionView>,
    /// Earlier tickets of the same customer, newest first.
    pub earlier: Vec<TicketRow>,
    /// The skills asked for.
    pub skills: Vec<String>,
    /// Whether the reader holds it and may answer.
    pub mine: bool,
    /// The ticket whose low rating opened this one: its id.
    pub parent: Option<String>,
    /// The rating given for it, 1 to 5, and its comment.
    pub rating: Option<(u8, Option<String>)>,
    /// Raised at every change.
    pub version: i64,
}

/// Which tickets a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Held by me and not waiting on the customer.
    #[default]
    Mine,
    /// Waiting for somebody, most urgent first.
    Waiting,
    /// All live tickets of my teams.
    Team,
    /// Resolved by me, newest first.
    Resolved,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Self; 4] = [Self::Mine, Self::Waiting, Self::Team, Self::Resolved];

    /// The word in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Waiting => "waiting",
            Self::Team => "team",
            Self::Resolved => "resolved",
        }
    }

    /// Reads the word; `Mine` when it is none.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|tab| tab.as_str() == word).unwrap_or_default()
    }
}

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
    /// Tickets that were rated.
    Satisfaction,
}

impl BoardFigure {
    /// Every figure, in the board's order.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::AtRisk,
        Self::Breached,
        Self::Compliance,
        Self::FirstReply,
        Self::SpeedOfAnswer,
        Self::Containment,
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
            Self::Satisfaction => "csat",
        }
    }

    /// Reads the word; `None` when it is no figure.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.as_str() == word)
    }
}

/// The desk's left pane and header.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskView {
    /// Who reads.
    pub me: AgentView,
    /// How many in each tab.
    pub counts: Vec<(Tab, u64)>,
    /// Which tab is shown.
    pub tab: Tab,
    /// Its tickets, at most 100.
    pub rows: Vec<TicketRow>,
    /// To whom a ticket can be transferred: id, name, presence.
    pub colleagues: Vec<(String, String, String)>,
    /// To which teams.
    pub teams: Vec<String>,
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
    /// `queue_away`, `content_refused`, `unconfirmed`, `failed`, `unparsed`.
    pub kind: String,
    /// How many, where it counts.
    pub count: u64,
    /// The detail, in English (errors of files and providers are not translated).
    pub detail: String,
}

/// One line of a web chat, as the customer sees it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChatLine {
    /// Its place: resume after it.
    pub seq: i64,
    /// `you`, `bot`, `agent`.
    pub from: String,
    /// The agent's name.
    pub name: Option<String>,
    /// The text.
    pub text: String,
    /// Choices.
    pub buttons: Vec<ButtonView>,
    /// When, ms UTC.
    pub at: i64,
    /// The id that the customer's side gave it, echoed on `you` lines.
    pub client_id: Option<String>,
}

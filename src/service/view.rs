//! What screens and the API show: plain values, ready to render. Instants are ms UTC.

mod attachment;
mod board;
mod clock;
mod decision;
mod fairness;
mod figures;
mod letter;
mod offer;
mod person;
mod rich;
mod shadow;

pub use attachment::{AttachmentView, ChatAttachment};
pub use letter::{LetterView, LettersView, UnreadView};
pub use offer::{CandidateView, ChoiceView, OfferView};
pub use rich::{CardView, LinkView, ListView, MediaView, RichView, RowView};
use serde::Serialize;
use utoipa::ToSchema;

pub use board::{AlarmView, BoardFigure, BoardView, GapView, LaneView, ShareView, UnservedView};
pub use clock::{ClockView, DayView, PauseView};
pub use decision::{DecisionView, PassedView, VersionsView, WalkView};
pub use fairness::{FairnessItem, FairnessNumber, FairnessRow, FairnessView};
pub use figures::{
    CountsView, DryRunView, ExcludedView, FigureRow, FiguresView, InstanceView, MetricChange,
    TicketChange,
};
pub use person::{CodeView, ContactView, KnownView, PersonView, ProofView, ThreadView};
pub use shadow::{
    ChangeView, ProblemView, RefusalView, ShadowGlance, ShadowRun, ShadowView, SideView,
};

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
    /// More of it: `automatic` (away for want of a sign of the person) or `finishing` the shift.
    pub detail: Option<String>,
    /// Since when, ms UTC.
    pub since: i64,
    /// The sum of costs held.
    pub load: u32,
    /// The capacity, in cost.
    pub capacity: u32,
    /// How many held tickets do not count towards the load now: told to the agent only.
    pub parked: u64,
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
    /// When it wakes, while it is snoozed, ms UTC.
    pub snoozed_until: Option<i64>,
    /// The next deadline.
    pub due: Option<DueView>,
    /// Whether it waits behind all that can still be answered in time.
    pub late: bool,
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
    /// What came with it.
    pub attachments: Vec<AttachmentView>,
    /// When, ms UTC.
    pub at: i64,
    /// `none`, `pending`, `sent`, `delivered`, `read`, `unconfirmed`, `failed`.
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
    /// Every clock that something is promised for.
    pub clocks: Vec<ClockView>,
    /// The last assignment's record.
    pub decision: Option<DecisionView>,
    /// Other tickets of the same person, on whichever channel, newest first.
    pub earlier: Vec<TicketRow>,
    /// The names of collected values that are an e-mail or a phone number nobody proved.
    pub unproved: Vec<String>,
    /// Whether a code can be asked for, and what became of the last one.
    pub code: CodeView,
    /// The person: this contact and those that proofs hold to it.
    pub person: PersonView,
    /// The customer's id, for `/api/v1/contacts`.
    pub contact: String,
    /// The segments that policies know the customer by.
    pub segments: Vec<String>,
    /// What the web chat knows of the customer.
    pub known: ClaimsView,
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
    /// What the reader is offered, oldest first.
    pub offers: Vec<OfferView>,
    /// How many offers the reader missed in a row, when that is why they are away.
    pub missed: Option<u32>,
    /// To whom a ticket can be transferred: id, name, presence.
    pub colleagues: Vec<(String, String, String)>,
    /// To which teams.
    pub teams: Vec<String>,
    /// The largest file that can be attached, in MB of 1,048,576 bytes.
    pub file_megabytes: u64,
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
    /// A list, cards, pictures and files, where there are any.
    #[serde(flatten)]
    pub rich: RichView,
    /// When, ms UTC.
    pub at: i64,
    /// The id that the customer's side gave it, echoed on `you` lines.
    pub client_id: Option<String>,
    /// The files that came with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<ChatAttachment>,
}

/// What the web chat knows of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClaimsView {
    /// The shop's own id of the customer, signed by the shop.
    pub verified_id: Option<String>,
    /// What the shop signed beside it: field, value.
    pub verified: Vec<(String, String)>,
    /// What the customer typed before the chat, which proves nothing: field, value.
    pub typed: Vec<(String, String)>,
}

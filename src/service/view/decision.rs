//! Why a ticket went to whom it went to.

use serde::Serialize;
use utoipa::ToSchema;

use super::ChoiceView;

/// Why this agent got the ticket.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DecisionView {
    /// Who.
    pub agent: String,
    /// Their id.
    pub agent_id: String,
    /// `take_next`, `take_this`, `offer`, `assigned`, `returned`, `transferred`.
    pub way: String,
    /// When, ms UTC.
    pub at: i64,
    /// By when it should have been served, ms UTC.
    pub score: i64,
    /// The agent's load before.
    pub load: u32,
    /// The agent's capacity.
    pub capacity: u32,
    /// What the ticket weighs.
    pub cost: Option<u32>,
    /// The expected handling time, minutes.
    pub effort: Option<u32>,
    /// What it asked for then: team, other teams, language, skills.
    pub asked: Vec<String>,
    /// How many of the tickets looked at the agent could have been given, this one included.
    pub servable: u64,
    /// How far the queue was looked at.
    pub walk: Option<WalkView>,
    /// More urgent tickets that were passed over, most urgent first, at most 20.
    pub passed_over: Vec<PassedView>,
    /// Who was free for it, and why the others were not.
    pub choice: Option<ChoiceView>,
    /// What would have kept it from the agent, had a supervisor not said otherwise: `team`, `language`,
    /// `skill`, `absent`, `skipped`, `full`.
    pub despite: Option<String>,
    /// What was published then.
    pub versions: Option<VersionsView>,
    /// The record's SHA-256 over its canonical JSON; none of older records.
    pub seal: Option<String>,
    /// Whether the record is what was written; `null` of older records, which have no seal.
    pub unaltered: Option<bool>,
}

/// How far the queue was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalkView {
    /// How many tickets waited in all, this one included.
    pub waiting: u64,
    /// How many of them were looked at, most urgent first, at most 200.
    pub looked_at: u32,
    /// How many lanes had a ticket at least as urgent.
    pub lanes: u32,
    /// How many more urgent tickets were passed over, by reason: `team`, `language`, `skill`, `full`,
    /// `skipped`, `offered`, `pulled`, `chosen`, `named`, `later`.
    pub passed: Vec<(String, u32)>,
}

/// One more urgent ticket that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PassedView {
    /// The ticket's id.
    pub ticket: String,
    /// The short form that people read aloud.
    pub code: String,
    /// By when it should have been served, ms UTC; unknown in older records.
    pub score: Option<i64>,
    /// Why, as in [`WalkView::passed`]; unknown in older records.
    pub why: Option<String>,
}

/// The content hashes of what decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VersionsView {
    /// Of the intents.
    pub intents: String,
    /// Of the policies and calendars.
    pub policies: String,
    /// Of the teams, when there is a file of them.
    pub teams: Option<String>,
}

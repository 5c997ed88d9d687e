//! Why a ticket went to the agent it went to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::id::{AgentId, TicketId};
use super::ticket::{Fence, Requirement};
use super::time::UtcMillis;

mod passed;
mod seal;

pub use passed::{Bypass, Passed, Walk};
pub use seal::seal;

/// How an assignment came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The agent asked for the next ticket.
    TakeNext,
    /// The agent chose this ticket.
    TakeThis,
    /// It was offered and accepted.
    Offer,
    /// A supervisor assigned it.
    Assigned,
    /// It came back to who held it before.
    Returned,
    /// A colleague transferred it.
    Transferred,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 6] = [
        Self::TakeNext,
        Self::TakeThis,
        Self::Offer,
        Self::Assigned,
        Self::Returned,
        Self::Transferred,
    ];

    /// The word used by the API and the records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TakeNext => "take_next",
            Self::TakeThis => "take_this",
            Self::Offer => "offer",
            Self::Assigned => "assigned",
            Self::Returned => "returned",
            Self::Transferred => "transferred",
        }
    }

    /// Reads the word; `None` when it is no way.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == word)
    }

    /// Whether the agent took it, rather than being given it.
    #[must_use]
    pub const fn is_pull(self) -> bool {
        matches!(self, Self::TakeNext | Self::TakeThis)
    }
}

/// The record of one assignment, bounded in size. What older records lack is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Who got it.
    pub agent_id: AgentId,
    /// How.
    pub way: Way,
    /// When.
    pub at: UtcMillis,
    /// The assignment's fence: no two assignments of a ticket share one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fence: Option<Fence>,
    /// What the ticket asked for then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<Requirement>,
    /// What it weighs against a capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<u32>,
    /// The expected handling time, minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<u32>,
    /// The routing score it had: the instant by which it should have been served.
    pub score: UtcMillis,
    /// The agent's load before, in cost.
    pub load: u32,
    /// The agent's capacity, in cost.
    pub capacity: u32,
    /// How many tickets waited in lanes the agent can serve, among those looked at.
    pub servable: u64,
    /// How far the queue was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk: Option<Walk>,
    /// More urgent tickets that were passed over, and why; most urgent first, at most 20.
    pub passed_over: Vec<Passed>,
    /// Who was free for it, best first, and why the others were not. Of an offer: when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
    /// What would have kept the ticket from the agent, had a supervisor not said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despite: Option<Reason>,
    /// What was published then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versions>,
}

impl Decision {
    /// How many more urgent tickets the agent could have taken instead, and left by choice.
    #[must_use]
    pub fn jumped(&self) -> u32 {
        let counted = self.walk.as_ref().and_then(|walk| walk.passed.get(&Bypass::Chosen));
        counted.copied().unwrap_or(0)
    }
}

/// The content hashes of what decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Of the intents.
    pub intents: String,
    /// Of the policies and calendars.
    pub policies: String,
    /// Of the teams, when there is a file of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams: Option<String>,
}

/// Why somebody was not offered a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Not of the team.
    Team,
    /// Does not speak the language.
    Language,
    /// Lacks a skill.
    Skill,
    /// Not online.
    Absent,
    /// Declined or missed it a moment ago.
    Skipped,
    /// No room for its cost.
    Full,
}

impl Reason {
    /// The word used by the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Language => "language",
            Self::Skill => "skill",
            Self::Absent => "absent",
            Self::Skipped => "skipped",
            Self::Full => "full",
        }
    }
}

/// One who could have been offered the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Who.
    pub agent: AgentId,
    /// The load before, in cost.
    pub load: u32,
    /// The capacity, in cost.
    pub capacity: u32,
    /// Since when nothing was given to or taken from them.
    pub idle_since: UtcMillis,
}

/// Whom an offer was chosen from, bounded in size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// How many could have been offered it.
    pub free: u32,
    /// How many could not, by the first reason.
    pub excluded: BTreeMap<Reason, u32>,
    /// Those who could, best first, at most 20.
    pub named: Vec<Named>,
    /// Whether the best is whom the ticket came back to.
    pub is_return: bool,
}

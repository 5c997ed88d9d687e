//! Why a ticket went to the agent it went to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::id::{AgentId, TicketId};
use super::time::UtcMillis;

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

/// The record of one assignment, bounded in size.
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
    /// The routing score it had: the instant by which it should have been served.
    pub score: UtcMillis,
    /// The agent's load before, in cost.
    pub load: u32,
    /// The agent's capacity, in cost.
    pub capacity: u32,
    /// How many tickets waited in lanes the agent can serve.
    pub servable: u64,
    /// More urgent tickets that were passed over because the agent cannot serve them, at most 20.
    pub passed_over: Vec<TicketId>,
    /// Whom an offer was chosen from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
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

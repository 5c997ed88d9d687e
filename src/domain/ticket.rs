//! A request that needs a human.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::id::{AgentId, ContactId, ConversationId, TicketId};
use super::language::Language;
use super::ledger::Fact;
use super::life::{Life, Moved};
use super::relaxation::Relaxation;
use super::skill::Skills;
use super::time::UtcMillis;

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// Waits for somebody to take it.
    New,
    /// Somebody works on it.
    Open,
    /// Waits for the customer.
    Pending,
    /// Waits for a third party.
    OnHold,
    /// Put aside until an instant.
    Snoozed,
    /// Answered; can be reopened within the policy's window.
    Resolved,
    /// Over.
    Closed,
}

impl TicketStatus {
    /// Every status, in the order of a ticket's life.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Open,
        Self::Pending,
        Self::OnHold,
        Self::Snoozed,
        Self::Resolved,
        Self::Closed,
    ];

    /// The word used by the API and the records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::OnHold => "on_hold",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    /// Reads the word; `None` when it is no status.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether somebody holds it and it counts towards their load.
    #[must_use]
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Open | Self::Pending | Self::OnHold | Self::Snoozed)
    }

    /// Whether work remains.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Resolved | Self::Closed)
    }
}

/// How pressing a ticket is. It acts on the order only through the policy's targets.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// The usual.
    #[default]
    Normal,
    /// Before the usual.
    High,
    /// Somebody is about to leave, or to sue.
    Urgent,
}

impl Priority {
    /// Every priority, least pressing first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The word used by files, the API and the records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// Reads the word; `None` when it is no priority.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == word)
    }
}

/// What an agent must have to serve a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Requirement {
    /// The team, when the escalation names one.
    pub team: Option<String>,
    /// Teams that may serve it as well.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub or_teams: BTreeSet<String>,
    /// The customer's language.
    pub language: Option<Language>,
    /// The skills, each at a level.
    pub skills: Skills,
}

/// Among the teams that may serve a ticket as well: any team.
pub const ANY_TEAM: &str = "*";

/// Why a conversation went to a human.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffReason {
    /// The customer asked for a person.
    Asked,
    /// The bot did not understand, twice.
    Fallback,
    /// The intent says so: complaint, threat to leave, legal words.
    Policy,
    /// Something failed, such as a lookup.
    Error,
    /// The bot had no answer.
    NoAnswer,
    /// A low rating.
    Recovery,
}

/// One step of what the bot understood before the hand-off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrailStep {
    /// The customer's words, shortened to 200 characters.
    pub said: String,
    /// The best intent, if any.
    pub intent: Option<String>,
    /// P(correct), 0 to 1.
    pub confidence: f32,
}

/// What an agent needs so that nobody asks the customer twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Packet {
    /// What they want, in the customer's own words.
    pub summary: String,
    /// Why it came to a human.
    pub reason: HandoffReason,
    /// The intent that led here.
    pub intent: Option<String>,
    /// What the bot understood, oldest first, at most the last ten.
    pub trail: Vec<TrailStep>,
    /// What was collected, such as `order_number`.
    pub slots: BTreeMap<String, String>,
}

/// One request that needs a human.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// The thread it came from.
    pub conversation_id: ConversationId,
    /// The customer.
    pub contact_id: ContactId,
    /// Where it stands, and who holds it.
    pub life: Life,
    /// How pressing it is.
    pub priority: Priority,
    /// What was asked of an agent.
    pub requirement: Requirement,
    /// What of it is not asked any more, because it has waited.
    pub relaxed: Relaxation,
    /// What the bot hands over.
    pub packet: Packet,
    /// What it weighs against an agent's capacity.
    pub cost: u32,
    /// Who last held it: a soft preference when it comes back.
    pub last_agent: Option<AgentId>,
    /// The fencing token of the last assignment: queue generation, then epoch.
    pub fence: Fence,
    /// Raised at every change; a write names the version it read.
    pub version: i64,
    /// The ticket whose low rating opened this one.
    pub parent_id: Option<TicketId>,
    /// When it was opened.
    pub created_at: UtcMillis,
    /// When it last entered the queue.
    pub enqueued_at: UtcMillis,
}

impl Ticket {
    /// Where it stands.
    #[must_use]
    pub const fn status(&self) -> TicketStatus {
        self.life.status()
    }

    /// Who holds it.
    #[must_use]
    pub const fn assignee(&self) -> Option<AgentId> {
        self.life.assignee()
    }

    /// What an agent must have now.
    #[must_use]
    pub fn sought(&self) -> Requirement {
        self.relaxed.of(&self.requirement)
    }

    /// When it was last resolved.
    #[must_use]
    pub const fn resolved_at(&self) -> Option<UtcMillis> {
        self.life.resolved_at()
    }

    /// Goes where a move led; who held it until then is remembered. The ledger's facts.
    pub fn go(&mut self, moved: Moved) -> Vec<Fact> {
        if moved.life.assignee().is_none() {
            self.last_agent = self.assignee().or(self.last_agent);
        }
        self.life = moved.life;
        moved.facts
    }
}

/// Orders assignments across queue restarts; a later one wins.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Fence {
    /// From SQL, raised at every rebuild of the queue.
    pub generation: i64,
    /// From the queue, raised at every reservation.
    pub epoch: i64,
}

//! A ticket's append-only ledger: what happened, from which every clock is derived.

use serde::{Deserialize, Serialize};

use super::id::{AgentId, TicketId};
use super::relaxation::Relaxation;
use super::ticket::{Priority, TicketStatus};
use super::time::UtcMillis;
use super::traits::Traits;

/// One line of the ledger. Lines are ordered by `(at, seq)` and never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerEvent {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Its place in the ticket's ledger, from 1.
    pub seq: i64,
    /// When it happened.
    pub at: UtcMillis,
    /// What happened.
    pub fact: Fact,
}

/// What can happen to a ticket. Names follow `docs/sla.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Fact {
    /// The conversation episode began: its first customer message.
    Created,
    /// The customer wrote.
    CustMsg {
        /// A thank-you or the like, which starts no waiting spell.
        closing: bool,
    },
    /// The bot or an automation wrote.
    BotMsg,
    /// The customer asked for a person.
    HumanRequested,
    /// The ticket exists for a human.
    Escalated,
    /// From here on a policy applies, or none.
    SlaApplied {
        /// The policy's name; `None` when no policy is for such a ticket.
        policy: Option<String>,
        /// The content hash of the published version that holds policy and calendar.
        version: String,
        /// What it was chosen by.
        traits: Traits,
    },
    /// It entered the routing queue.
    Enqueued,
    /// It was reserved for an agent.
    Offered {
        /// Whom.
        agent: AgentId,
    },
    /// The agent has it.
    Accepted {
        /// Who.
        agent: AgentId,
    },
    /// The agent declined.
    Rejected {
        /// Who.
        agent: AgentId,
    },
    /// The agent did not answer in time.
    OfferTimeout {
        /// Who.
        agent: AgentId,
    },
    /// A human wrote to the customer.
    AgentMsg {
        /// Who.
        agent: AgentId,
    },
    /// A private note.
    Note {
        /// Who.
        agent: AgentId,
    },
    /// The status changed without another event saying so.
    Status {
        /// To what.
        to: TicketStatus,
    },
    /// It changed hands.
    Transferred {
        /// From whom.
        from: Option<AgentId>,
        /// To which team, if to one.
        team: Option<String>,
        /// To whom, if to one person.
        agent: Option<AgentId>,
    },
    /// Another team may serve it as well.
    Widened {
        /// Which.
        team: String,
    },
    /// It asks for less, because it has waited or nobody of its team is on shift.
    Relaxed {
        /// Which step of the team's rings, from 1; 0 for an overflow to another team.
        step: u32,
        /// What is not asked any more.
        by: Relaxation,
    },
    /// The priority changed.
    Prioritised {
        /// To what.
        to: Priority,
    },
    /// A wait was promised to the customer, in milliseconds.
    Promised {
        /// At the earliest.
        low: i64,
        /// At the latest.
        high: i64,
    },
    /// Answered.
    Resolved {
        /// By whom; `None` when the customer did it.
        agent: Option<AgentId>,
    },
    /// The customer came back within the window.
    Reopened,
    /// Over.
    Closed,
    /// The customer left while waiting for us.
    Abandoned,
    /// It is over and does not count.
    Cancelled {
        /// Why not.
        why: Cancellation,
    },
}

/// Why a ticket does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Cancellation {
    /// Nobody asked for anything: none of its clocks counts.
    Spam,
    /// A trial of ours: none of its clocks counts.
    Test,
    /// It goes on in another ticket: what was decided until then stays decided.
    Merged {
        /// In which.
        into: TicketId,
    },
    /// The contact cannot be written to any more: what was decided stays decided.
    Blocked,
}

impl Cancellation {
    /// Whether not even what was decided before counts.
    #[must_use]
    pub const fn voids(&self) -> bool {
        matches!(self, Self::Spam | Self::Test)
    }
}

impl Fact {
    /// The event's name, as written in the records.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::CustMsg { .. } => "cust_msg",
            Self::BotMsg => "bot_msg",
            Self::HumanRequested => "human_requested",
            Self::Escalated => "escalated",
            Self::SlaApplied { .. } => "sla_applied",
            Self::Enqueued => "enqueued",
            Self::Offered { .. } => "offered",
            Self::Accepted { .. } => "accepted",
            Self::Rejected { .. } => "rejected",
            Self::OfferTimeout { .. } => "offer_timeout",
            Self::AgentMsg { .. } => "agent_msg",
            Self::Note { .. } => "note",
            Self::Status { .. } => "status",
            Self::Transferred { .. } => "transferred",
            Self::Widened { .. } => "widened",
            Self::Relaxed { .. } => "relaxed",
            Self::Prioritised { .. } => "prioritised",
            Self::Promised { .. } => "promised",
            Self::Resolved { .. } => "resolved",
            Self::Reopened => "reopened",
            Self::Closed => "closed",
            Self::Abandoned => "abandoned",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

//! Feedback: an invitation, and at most one rating for it.

use serde::{Deserialize, Serialize};

use super::id::{AgentId, ConversationId, InvitationId, TicketId};
use super::time::UtcMillis;

/// A CSAT rating from 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rating(u8);

impl Rating {
    /// Reads a rating; `None` outside 1 to 5.
    #[must_use]
    pub const fn new(value: u8) -> Option<Self> {
        if matches!(value, 1..=5) { Some(Self(value)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }

    /// Whether a human should go back to this customer.
    #[must_use]
    pub const fn is_unhappy(self) -> bool {
        self.0 <= 2
    }

    /// Whether it counts as satisfied in CSAT.
    #[must_use]
    pub const fn is_satisfied(self) -> bool {
        self.0 >= 4
    }
}

impl TryFrom<u8> for Rating {
    type Error = String;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        Self::new(value).ok_or_else(|| format!("a rating is 1 to 5, not {value}"))
    }
}

impl From<Rating> for u8 {
    fn from(rating: Rating) -> Self {
        rating.0
    }
}

/// One invitation to rate, with what it is attributed to frozen at sending.
#[derive(Clone, Debug, PartialEq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The thread it was asked in.
    pub conversation_id: ConversationId,
    /// The ticket it is about.
    pub ticket_id: TicketId,
    /// Who served it.
    pub agent_id: Option<AgentId>,
    /// When it was asked.
    pub sent_at: UtcMillis,
    /// The answer.
    pub rating: Option<Rating>,
    /// The words that came with it.
    pub comment: Option<String>,
    /// When it was answered.
    pub answered_at: Option<UtcMillis>,
}

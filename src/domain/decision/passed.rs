//! What was passed over when a ticket was given to somebody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::id::TicketId;
use super::super::time::UtcMillis;

/// How far the queue was looked at for a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// How many tickets waited in all, this one included.
    pub waiting: u64,
    /// How many of them were looked at, most urgent first, at most 200.
    pub looked_at: u32,
    /// How many lanes had a ticket at least as urgent: its own and those before it.
    pub lanes: u32,
    /// How many more urgent tickets were passed over, by reason.
    pub passed: BTreeMap<Bypass, u32>,
}

/// Why a more urgent ticket was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bypass {
    /// It asks for another team.
    Team,
    /// It asks for a language that the agent does not speak.
    Language,
    /// It asks for a skill that the agent lacks.
    Skill,
    /// The agent had no room for its cost.
    Full,
    /// The agent declined or missed it a moment ago.
    Skipped,
    /// Somebody else was asked to take it.
    Offered,
    /// Its team takes tickets itself: it is not offered.
    Pulled,
    /// The agent could have taken it, and chose this one.
    Chosen,
    /// This one was meant for the agent by name: nobody compared.
    Named,
    /// It came in, or became urgent, while this one was being given.
    Later,
}

impl Bypass {
    /// The word used by the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Language => "language",
            Self::Skill => "skill",
            Self::Full => "full",
            Self::Skipped => "skipped",
            Self::Offered => "offered",
            Self::Pulled => "pulled",
            Self::Chosen => "chosen",
            Self::Named => "named",
            Self::Later => "later",
        }
    }
}

/// One more urgent ticket that was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Passed {
    /// Which.
    pub ticket: TicketId,
    /// By when it should have been served; unknown in older records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<UtcMillis>,
    /// Why; unknown in older records, where the agent could not serve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Bypass>,
}

/// As records tell it: older ones had only the ticket.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Ticket(TicketId),
    Told {
        ticket: TicketId,
        #[serde(default)]
        score: Option<UtcMillis>,
        #[serde(default)]
        why: Option<Bypass>,
    },
}

impl From<Stored> for Passed {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Ticket(ticket) => Self { ticket, score: None, why: None },
            Stored::Told { ticket, score, why } => Self { ticket, score, why },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_records_had_only_the_ticket() {
        let ticket = TicketId(uuid::Uuid::from_u128(7));
        let old = serde_json::to_string(&[ticket]).unwrap();
        let read: Vec<Passed> = serde_json::from_str(&old).unwrap();
        assert_eq!(read, [Passed { ticket, score: None, why: None }]);
        let new = Passed { ticket, score: Some(UtcMillis(3)), why: Some(Bypass::Skill) };
        let written = serde_json::to_string(&new).unwrap();
        assert!(written.contains("\"why\":\"skill\""), "{written}");
        assert_eq!(serde_json::from_str::<Passed>(&written).unwrap(), new);
    }
}

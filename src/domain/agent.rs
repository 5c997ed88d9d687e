//! The people at the desk.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::id::AgentId;
use super::language::Language;
use super::skill::Skills;

/// What a person may do. Each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works at the desk.
    Agent,
    /// Sees all tickets, the board and the figures.
    Supervisor,
    /// Also people and configuration.
    Admin,
}

impl Role {
    /// The word used in commands and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }

    /// Reads the word; `None` when it is no role.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Agent, Self::Supervisor, Self::Admin].into_iter().find(|role| role.as_str() == word)
    }
}

/// Whether an agent takes new work now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Takes new work.
    Online,
    /// Here, but takes nothing new.
    Away,
    /// Not here.
    Offline,
}

impl Presence {
    /// The word used by the API and the queue.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// Reads the word; `None` when it is no presence.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Online, Self::Away, Self::Offline].into_iter().find(|state| state.as_str() == word)
    }
}

/// What a person can serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The teams; none means every team.
    pub teams: BTreeSet<String>,
    /// The languages spoken.
    pub languages: BTreeSet<Language>,
    /// The skills held.
    pub skills: Skills,
    /// The highest sum of ticket costs held at once.
    pub capacity: u32,
}

/// One person who works at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// The login, lower case.
    pub email: String,
    /// The name that customers read.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// What the person can serve.
    pub profile: Profile,
}

//! `teams.yaml`: how each team's tickets wait, read and checked whole.
//!
//! ```yaml
//! default:                          # for every team, and for tickets of none
//!   rings:
//!     - {after: 2m, lower: {legal: 1}}
//!     - {at: 50%, drop: [legal], or_teams: [returns]}
//!     - {after: 30m, languages: any}
//!     - {after: 2h, anyone: true}
//!   expected_handling: 12m
//!   preferred: 5m                   # or: never
//!   overload: false
//!   out_of_hours: queue_with_promise
//! teams:                            # what a team leaves out is as in `default`; but a team that
//!                                   # `default` overflows to does not overflow by default
//!   billing:
//!     overflow:
//!       - {to: care, after: 15m}
//!       - {to: returns, when: nobody_on_shift}
//!     overload: true
//! effort: {refund: 20m, order_status: 4m}   # expected handling by intent
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::order::Overload;
use super::ring::Ring;
use super::teams_file::TeamsFile;
use crate::domain::source::{Problem, Severity, SourceFile, read_yaml};
use crate::domain::time::MINUTE;
use crate::sla::findings::Findings;

/// How long a handling is taken to last where nothing says otherwise, ms.
const USUAL_HANDLING: i64 = 12 * MINUTE;
/// For how long whoever had a ticket comes first when it is back, where nothing says otherwise, ms.
const USUAL_PREFERENCE: i64 = 5 * MINUTE;

/// The rules of all teams, of one published version.
#[derive(Clone, Debug, Default)]
pub struct Teams {
    /// SHA-256 of the source, hex; empty when there is none.
    pub version: Arc<str>,
    /// For tickets of no team, and of teams without rules of their own.
    pub(super) usual: Team,
    pub(super) own: BTreeMap<String, Team>,
    pub(super) effort: BTreeMap<String, i64>,
}

/// How one team's tickets wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// What is asked less and less, innermost ring first.
    pub rings: Vec<Ring>,
    /// To whom tickets go as well when the team cannot keep up.
    pub overflow: Vec<Overflow>,
    /// Whether what can be saved is served first.
    pub overload: Overload,
    /// How long a handling takes, ms, where the intent does not say.
    pub expected_handling: i64,
    /// For how long whoever had a ticket is asked first when it is back, wall ms; 0 for never.
    pub preferred: i64,
    /// What happens while the house is closed.
    pub out_of_hours: OutOfHours,
}

/// Another team that serves the tickets as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// Which.
    pub to: String,
    /// When.
    pub when: Spill,
}

/// When tickets go to another team as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spill {
    /// After this wait, wall ms.
    After(i64),
    /// While nobody of the own team is on shift and somebody of the other one is.
    NobodyOnShift,
}

/// What a customer who needs a person is told while the house is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutOfHours {
    /// The ticket waits, and the customer is told when somebody will be here.
    #[default]
    QueueWithPromise,
    /// The ticket waits, and the customer is told that it will be as soon as possible.
    Queue,
}

impl Default for Team {
    fn default() -> Self {
        Self {
            rings: Vec::new(),
            overflow: Vec::new(),
            overload: Overload::Off,
            expected_handling: USUAL_HANDLING,
            preferred: USUAL_PREFERENCE,
            out_of_hours: OutOfHours::default(),
        }
    }
}

impl Teams {
    /// Reads and checks `teams.yaml`.
    ///
    /// # Errors
    /// Every problem at its place: a ring that relaxes nothing, an overflow in a circle, a level or a
    /// duration that is none, too much of anything.
    pub fn read(file: &SourceFile) -> Result<Self, Vec<Problem>> {
        if file.text.trim().is_empty() {
            // A file that is just being replaced must not take everybody's rules away.
            let message = "the file is empty; for the usual rules write `teams: {}`";
            return Err(vec![Problem::at(Severity::Error, file, (1, 1), message)]);
        }
        let source: TeamsFile = read_yaml(file).map_err(|problem| vec![problem])?;
        let version = format!("{:x}", Sha256::digest(file.text.as_bytes()));
        let mut findings = Findings::of(file);
        let teams = source.read(version, &mut findings);
        let (problems, fatal) = findings.into_problems();
        if fatal { Err(problems) } else { Ok(teams) }
    }

    /// The rules for tickets of a team.
    #[must_use]
    pub fn of(&self, team: Option<&str>) -> &Team {
        team.and_then(|team| self.own.get(team)).unwrap_or(&self.usual)
    }

    /// How long the handling of such a ticket is expected to take, ms: by its intent, else its team.
    #[must_use]
    pub fn handling(&self, team: Option<&str>, intent: Option<&str>) -> i64 {
        let by_intent = intent.and_then(|intent| self.effort.get(intent)).copied();
        by_intent.unwrap_or_else(|| self.of(team).expected_handling)
    }

    /// The effort of an intent in minutes, begun ones counted whole; the usual one where it has none.
    #[must_use]
    pub fn effort(&self, intent: &str) -> u32 {
        let minutes = self.handling(None, Some(intent)).saturating_add(MINUTE - 1) / MINUTE;
        u32::try_from(minutes).unwrap_or(u32::MAX)
    }

    /// The intents that have an effort of their own.
    pub fn intents(&self) -> impl Iterator<Item = &str> {
        self.effort.keys().map(String::as_str)
    }

    /// Whether any team's tickets go to another while nobody is on shift.
    #[must_use]
    pub fn watches_shifts(&self) -> bool {
        let watches = |team: &Team| team.overflow.iter().any(|o| o.when == Spill::NobodyOnShift);
        watches(&self.usual) || self.own.values().any(watches)
    }
}

//! `sla.yaml`: calendars and policies, read and checked whole.
//!
//! ```yaml
//! calendars:
//!   milano:
//!     time_zone: Europe/Rome
//!     week: {mon: ["09:00-13:00", "14:00-18:00"], fri: ["22:00-06:00"]}
//!     dates: {2026-12-24: ["09:00-12:00"], 2026-12-25: []}
//! calendar_of:         # optional: a segment's calendar, else the team's, else the policy's
//!   segments: {vip: always}
//!   teams: {returns: warehouse}
//! policies:            # the first whose conditions hold
//!   - name: urgent
//!     when: {priority: [urgent]}          # optional; no condition always holds
//!     calendar: milano
//!     targets: {assignment: 10m, first_response: 15m, next_response: 15m, resolution: 4h}
//!     pauses: {first_response: [pending]} # optional
//!     warnings: [50, 75, {at: 90, do: [raise]}, {before: 10m, do: [page]}]
//!     on_breach: [{widen: sales}, page]
//! reopen_window: 72h
//! idle_abandon: 15m
//! auto_close: 24h
//! ageing_bound: 24h
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::calendar::Calendar;
use super::findings::Findings;
use super::ical::{Beside, holiday_files};
use super::policy::Policy;
use super::policy_file::BookFile;
use crate::domain::source::{Problem, Severity, SourceFile, read_yaml};
use crate::domain::traits::Traits;

/// All calendars and policies of one published version.
#[derive(Clone, Debug)]
pub struct PolicyBook {
    /// SHA-256 of the source, hex.
    pub version: Arc<str>,
    /// The calendars by name.
    pub calendars: BTreeMap<String, Calendar>,
    /// The calendars of segments and teams.
    pub calendar_of: CalendarOf,
    /// The policies, first match wins.
    pub policies: Vec<Policy>,
    /// How long a resolved ticket can be reopened, wall ms (default 72 h).
    pub reopen_window: i64,
    /// After how long a customer who waits in silence is asked whether they are there, wall ms
    /// (default 15 min).
    pub idle_abandon: i64,
    /// After how long customer silence closes what we have answered, wall ms (default 24 h).
    pub auto_close: i64,
    /// The longest that any ticket may be passed over, wall ms (default 24 h).
    pub ageing_bound: i64,
}

/// Whose working time is not the policy's: names of calendars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarOf {
    /// By a segment of the contact; the first in alphabetical order that has one decides.
    pub segments: BTreeMap<String, String>,
    /// By the team that is meant to serve it, where no segment decides.
    pub teams: BTreeMap<String, String>,
}

impl PolicyBook {
    /// Reads and checks `sla.yaml`.
    ///
    /// # Errors
    /// Every problem at its place: unknown zone, overlapping intervals, absurd targets, a policy
    /// that names no calendar or that can never match.
    pub fn read(file: &SourceFile) -> Result<Self, Vec<Problem>> {
        let (book, problems) = Self::check(file);
        book.ok_or(problems)
    }

    /// As [`Self::read`], and hands out the warnings of a file that can be used.
    #[must_use]
    pub fn check(file: &SourceFile) -> (Option<Self>, Vec<Problem>) {
        Self::check_with(file, &[])
    }

    /// As [`Self::check`], with the files that lie beside it: those that it names as `holidays`
    /// are part of the version.
    #[must_use]
    pub fn check_with(file: &SourceFile, beside: &[SourceFile]) -> (Option<Self>, Vec<Problem>) {
        if file.text.trim().is_empty() {
            // A file that is just being replaced must not take everybody's policies away.
            let message = "the file is empty; to promise nothing write `policies: []`";
            return (None, vec![Problem::at(Severity::Error, file, (1, 1), message)]);
        }
        let source: BookFile = match read_yaml(file) {
            Ok(source) => source,
            Err(problem) => return (None, vec![problem]),
        };
        let mut findings = Findings::of(file);
        let mut content = Sha256::new_with_prefix(file.text.as_bytes());
        for name in holiday_files(&file.text) {
            let text = Beside(beside).find(&name).map_or("", |file| &file.text);
            content.update(format!("\n{name} {}\n{text}", text.len()));
        }
        let version = format!("{:x}", content.finalize());
        let book = source.read(version, &Beside(beside), &mut findings);
        let (problems, fatal) = findings.into_problems();
        (Some(book).filter(|_| !fatal), problems)
    }

    /// The policy for a ticket like this.
    #[must_use]
    pub fn policy_for(&self, traits: &Traits) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.condition.holds(traits))
    }

    /// A policy by name.
    #[must_use]
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| &*policy.name == name)
    }

    /// The name of the calendar on which a policy's time is counted for a ticket like this.
    #[must_use]
    pub fn calendar_for<'a>(&'a self, policy: &'a Policy, traits: &Traits) -> &'a str {
        let of_segment =
            traits.segments.iter().find_map(|word| self.calendar_of.segments.get(word));
        let of_team = traits.team.as_ref().and_then(|team| self.calendar_of.teams.get(team));
        of_segment.or(of_team).unwrap_or(&policy.calendar)
    }
}

/// The active book, and the older ones that ledgers still name.
#[derive(Clone, Debug)]
pub struct Books {
    active: Arc<PolicyBook>,
    older: BTreeMap<Arc<str>, Arc<PolicyBook>>,
}

impl Books {
    /// With an active book alone.
    #[must_use]
    pub const fn new(active: Arc<PolicyBook>) -> Self {
        Self { active, older: BTreeMap::new() }
    }

    /// Adds an older version, or what stands in for it.
    pub fn add(&mut self, version: &str, book: Arc<PolicyBook>) {
        self.older.insert(Arc::from(version), book);
    }

    /// The active book.
    #[must_use]
    pub fn active(&self) -> &PolicyBook {
        &self.active
    }

    /// Whether this version is at hand.
    #[must_use]
    pub fn has(&self, version: &str) -> bool {
        *self.active.version == *version || self.older.contains_key(version)
    }

    /// The book of a version; the active one where it is lost.
    #[must_use]
    pub fn of(&self, version: &str) -> &PolicyBook {
        let older = self.older.get(version).filter(|_| *self.active.version != *version);
        older.unwrap_or(&self.active)
    }
}

impl From<PolicyBook> for Books {
    fn from(book: PolicyBook) -> Self {
        Self::new(Arc::new(book))
    }
}

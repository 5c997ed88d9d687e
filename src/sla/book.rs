//! `sla.yaml`: calendars and policies, read and checked whole.
//! (seam: signatures fixed, bodies to be written)
//!
//! ```yaml
//! calendars:
//!   milano:
//!     time_zone: Europe/Rome
//!     week: {mon: ["09:00-13:00", "14:00-18:00"], fri: ["22:00-06:00"]}
//!     dates: {2026-12-24: ["09:00-12:00"], 2026-12-25: []}
//! policies:            # the first whose conditions hold
//!   - name: urgent
//!     when: {priority: [urgent]}          # optional; no condition always holds
//!     calendar: milano
//!     targets: {assignment: 10m, first_response: 15m, next_response: 15m, resolution: 4h}
//!     warnings: [50, 75, 90]              # percent of working time
//! reopen_window: 72h
//! idle_abandon: 15m
//! auto_close: 24h
//! ageing_bound: 24h
//! ```

use std::collections::BTreeMap;

use super::calendar::Calendar;
use crate::domain::source::{Problem, SourceFile};
use crate::domain::ticket::Priority;

/// All calendars and policies of one published version.
#[derive(Clone, Debug)]
pub struct PolicyBook {
    /// SHA-256 of the source, hex.
    pub version: String,
    /// The calendars by name.
    pub calendars: BTreeMap<String, Calendar>,
    /// The policies, first match wins.
    pub policies: Vec<Policy>,
    /// How long a resolved ticket can be reopened, wall ms (default 72 h).
    pub reopen_window: i64,
    /// After how long a silent customer who waits for us counts as gone, wall ms (default 15 min).
    pub idle_abandon: i64,
    /// After how long customer silence closes what we have answered, wall ms (default 24 h).
    pub auto_close: i64,
    /// The longest that any ticket may be passed over, wall ms (default 24 h).
    pub ageing_bound: i64,
}

/// What one kind of ticket is promised.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// The priorities it is for; empty means every one.
    pub priorities: Vec<Priority>,
    /// The calendar its working time is counted on.
    pub calendar: String,
    /// Targets in working ms.
    pub targets: Targets,
    /// Warning rungs in percent of the target's working time, ascending.
    pub warnings: Vec<u8>,
}

/// Targets in working ms; a missing one is not promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Enqueued to accepted.
    pub assignment: Option<i64>,
    /// Escalated to the first human word.
    pub first_response: Option<i64>,
    /// Each waiting spell after a human reply.
    pub next_response: Option<i64>,
    /// Escalated to the last resolve.
    pub resolution: Option<i64>,
}

impl PolicyBook {
    /// Reads and checks `sla.yaml`.
    ///
    /// # Errors
    /// Every problem at its place: unknown zone, overlapping intervals, absurd targets, a policy
    /// that names no calendar or that can never match.
    pub fn read(_file: &SourceFile) -> Result<Self, Vec<Problem>> {
        unimplemented!()
    }

    /// The policy for a ticket of this priority.
    #[must_use]
    pub fn policy_for(&self, _priority: Priority) -> Option<&Policy> {
        unimplemented!()
    }

    /// A policy by name.
    #[must_use]
    pub fn policy(&self, _name: &str) -> Option<&Policy> {
        unimplemented!()
    }
}

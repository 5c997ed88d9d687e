//! A scenario as people write it: a day's arrivals, the people at the desk, what is promised, and the
//! rules to compare.
//!
//! ```yaml
//! name: A Monday in the shop
//! seed: 7
//! date: 2026-02-02
//! days: 1                       # 1 to 31
//! time_zone: Europe/Rome
//! opening: {mon: ["09:00-18:00"]}   # whose hours promises are counted on; absent: always open
//! policies: sla.yaml            # optional: a file beside this one, for `policy:` below
//! ageing_bound: 24h
//! answer_within: 2m             # the Y of the service level X/Y
//! arrivals: {09-12: 60, 12-18: 40}  # per hour
//! classes:
//!   - name: orders
//!     share: 3
//!     handling: {mean: 6m, spread: lognormal, deviation: 4m}
//!     language: it
//!     team: orders
//!     skills: [billing]
//!     cost: 1
//!     first_reply: 30s
//!     targets: {assignment: 5m, resolution: 1h}   # or `policy: urgent`
//! agents:
//!   - count: 8
//!     shifts: ["09:00-13:00", "14:00-18:00"]
//!     on: [mon, tue]            # absent: every day
//!     languages: [it, en]
//!     teams: [orders]
//!     skills: [billing]
//!     capacity: 2
//!     accept: 5s
//! loads: [100, 130]             # percent of the arrivals
//! routing: {mode: push, choice: longest_idle, order: score, overload: false}
//! variants:
//!   - {name: by arrival, order: fifo}
//! ```

mod class_file;
mod crew_file;
mod file;
mod findings;
mod hours_file;
mod routing_file;

#[cfg(test)]
mod tests;

use jiff::civil::Date;

use self::file::ScenarioFile;
use self::findings::Findings;
use super::simulation::demand::Demand;
use super::simulation::{Rules, Stage};
use crate::domain::source::{Problem, Severity, SourceFile, read_yaml};
use crate::sla::book::PolicyBook;

/// The most arrivals of one run.
pub const MOST_ARRIVALS: u32 = 1_000_000;
/// The most people.
pub const MOST_PEOPLE: u32 = 10_000;
/// The most days.
pub const MOST_DAYS: u32 = 31;

/// A scenario, checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What chance starts from.
    pub seed: u64,
    /// The first day.
    pub date: Date,
    /// How many days.
    pub days: u32,
    /// Classes, people, and what is promised.
    pub stage: Stage,
    /// What comes in at 100 %.
    pub demand: Demand,
    /// The loads to play, percent.
    pub loads: Vec<u32>,
    /// The rules to compare, at least one.
    pub variants: Vec<Variant>,
}

/// Rules with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The rules.
    pub rules: Rules,
}

impl Scenario {
    /// Reads and checks a scenario; `policies` reads the file of policies that it names. Without a
    /// scenario there is at least one error among the problems; with one, all are warnings.
    #[must_use]
    pub fn check(
        file: &SourceFile,
        policies: impl FnOnce(&str) -> Result<PolicyBook, String>,
    ) -> (Option<Self>, Vec<Problem>) {
        if file.text.trim().is_empty() {
            let message = "the file is empty: docs/simulate.md shows what a scenario holds";
            return (None, vec![Problem::at(Severity::Error, file, (1, 1), message)]);
        }
        let source: ScenarioFile = match read_yaml(file) {
            Ok(source) => source,
            Err(problem) => return (None, vec![problem]),
        };
        let mut findings = Findings::of(file);
        let scenario = source.read(policies, &mut findings);
        let (problems, is_fatal) = findings.into_problems();
        (scenario.filter(|_| !is_fatal), problems)
    }
}

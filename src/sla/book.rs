//! `sla.yaml`: calendars and policies, read and checked whole.
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

use sha2::{Digest, Sha256};

use super::calendar::Calendar;
use super::clock::Metric;
use super::findings::Findings;
use super::ical::{Beside, holiday_files};
use super::policy_file::BookFile;
use crate::domain::source::{Problem, SourceFile, read_yaml};
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

impl Targets {
    /// The target of a metric, working ms.
    #[must_use]
    pub const fn of(&self, metric: Metric) -> Option<i64> {
        match metric {
            Metric::Assignment => self.assignment,
            Metric::FirstResponse => self.first_response,
            Metric::NextResponse => self.next_response,
            Metric::Resolution => self.resolution,
        }
    }
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

    /// The policy for a ticket of this priority.
    #[must_use]
    pub fn policy_for(&self, priority: Priority) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.is_for(priority))
    }

    /// A policy by name.
    #[must_use]
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name == name)
    }
}

impl Policy {
    /// Whether a ticket of this priority meets its conditions.
    pub fn is_for(&self, priority: Priority) -> bool {
        self.priorities.is_empty() || self.priorities.contains(&priority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::Severity;
    use crate::domain::time::{DAY, HOUR, MINUTE};

    const GOOD: &str = "
calendars:
  milano:
    time_zone: Europe/Rome
    week: {mon: [\"09:00-13:00\", \"14:00-18:00\"], fri: [\"22:00-06:00\"]}
    dates: {2026-12-24: [\"09:00-12:00\"], 2026-12-25: []}
policies:
  - name: urgent
    when: {priority: [urgent]}
    calendar: milano
    targets: {assignment: 90s, first_response: 15m, resolution: 4h}
    warnings: [50, 90]
  - {name: rest, calendar: milano, targets: {resolution: 1d}}
idle_abandon: 20m
";

    fn check(text: &str) -> (Option<PolicyBook>, Vec<Problem>) {
        PolicyBook::check(&SourceFile { name: "sla.yaml".to_owned(), text: text.to_owned() })
    }

    /// Line, column and message of each problem.
    fn problems(text: &str) -> Vec<(usize, usize, String)> {
        let (book, problems) = check(text);
        assert!(book.is_none(), "must be refused:\n{text}");
        problems.into_iter().map(|p| (p.line, p.column, p.message)).collect()
    }

    fn assert_only(text: &str, line: usize, part: &str) {
        let found = problems(text);
        assert!(found.len() == 1 && found[0].0 == line && found[0].2.contains(part), "{found:#?}");
    }

    #[test]
    fn a_good_book_is_read_whole() {
        let (book, problems) = check(GOOD);
        assert!(problems.is_empty(), "{problems:?}");
        let book = book.unwrap();
        assert_eq!(book.version.len(), 64);
        assert_eq!(book.calendars["milano"].time_zone(), "Europe/Rome");
        let urgent = book.policy_for(Priority::Urgent).unwrap();
        assert_eq!((urgent.name.as_str(), urgent.warnings.as_slice()), ("urgent", &[50, 90][..]));
        assert_eq!(urgent.targets.of(Metric::Assignment), Some(90_000));
        assert_eq!(urgent.targets.of(Metric::NextResponse), None);
        let rest = book.policy_for(Priority::Low).unwrap();
        assert_eq!((rest.name.as_str(), rest.warnings.as_slice()), ("rest", &[50, 75, 90][..]));
        assert_eq!(book.policy("rest").unwrap().targets.resolution, Some(DAY));
        assert_eq!(book.policy("gold"), None);
        let windows = [book.reopen_window, book.idle_abandon, book.auto_close, book.ageing_bound];
        assert_eq!(windows, [72 * HOUR, 20 * MINUTE, DAY, DAY]);
    }

    #[test]
    fn the_sample_is_good_and_every_priority_is_promised_something() {
        let (book, problems) = check(include_str!("../../config/sla.yaml"));
        assert!(problems.is_empty(), "{problems:?}");
        let book = book.unwrap();
        for priority in Priority::ALL {
            assert_eq!(book.policy_for(priority).unwrap().name, priority.as_str());
        }
    }

    #[test]
    fn every_problem_is_named_at_its_place() {
        let found = problems(
            "calendars:
  here:
    time_zone: Europe/Roma
    week:
      mon: [\"09:00-13:00\", \"12:00-18:00\"]
      tue: [\"9-18\"]
    dates:
      2026-02-30: []
    holidays: italy.ics
policies:
  - name: one
    when: {priority: [low, pressing]}
    calendar: there
    targets: {assignment: -4h, first_response: 0m, next_response: 400d, resolution: 15}
    warnings: [50, 50, 100]
  - {name: one, when: {priority: []}, calendar: here, targets: {}}
ageing_bound: soon
",
        );
        let places: Vec<(usize, usize)> = found.iter().map(|&(l, c, _)| (l, c)).collect();
        let expected = [
            (3, 16),
            (5, 28),
            (6, 13),
            (8, 19),
            (9, 15),
            (12, 28),
            (13, 15),
            (14, 27),
            (14, 48),
            (14, 67),
            (14, 85),
            (15, 20),
            (15, 24),
            (16, 12),
            (16, 34),
            (17, 15),
        ];
        assert_eq!(places, expected, "{found:#?}");
        let says =
            |line: usize, part: &str| found.iter().any(|p| p.0 == line && p.2.contains(part));
        assert!(says(3, "`Europe/Roma` is no time zone"));
        assert!(says(5, "12:00-18:00 overlaps 09:00-13:00"));
        assert!(says(9, "no file `italy.ics`"));
        assert!(says(12, "`pressing` is no priority"));
        assert!(says(13, "no calendar `there`; there are: here"));
        assert!(says(16, "already a policy `one`"));
    }

    #[test]
    fn a_policy_that_can_never_match_is_an_error() {
        let calendar =
            "calendars: {c: {time_zone: UTC, week: {mon: [\"09:00-18:00\"]}}}\npolicies:\n";
        let policy = |name: &str, when: &str| {
            format!("  - {{name: {name}, {when}calendar: c, targets: {{resolution: 4h}}}}\n")
        };
        let shadowed = [
            calendar.to_owned(),
            policy("some", "when: {priority: [low, normal]}, "),
            policy("others", "when: {priority: [high, urgent]}, "),
            policy("rest", ""),
        ];
        assert_only(&shadowed.concat(), 5, "`rest` can never match");
        let open =
            [calendar.to_owned(), policy("low", "when: {priority: [low]}, "), policy("rest", "")];
        assert!(check(&open.concat()).0.is_some());
    }

    #[test]
    fn unknown_keys_are_refused_where_they_stand() {
        assert_only(&format!("{GOOD}reopen: 3h\n"), 15, "reopen");
        let wrong_day = GOOD.replace("fri:", "friday:");
        assert_only(&wrong_day, 5, "friday");
    }

    #[test]
    fn a_calendar_that_never_opens_is_refused() {
        assert_only("calendars:\n  c:\n    time_zone: UTC\n    week: {mon: []}\n", 3, "never open");
    }

    #[test]
    fn a_night_into_the_next_days_hours_is_a_warning() {
        let text = "calendars:
  c:
    time_zone: UTC
    week: {fri: [\"22:00-06:00\"], sat: [\"05:00-12:00\"], sun: [\"22:00-06:00\"]}
    dates:
      2026-05-11: [\"05:30-08:00\"]
      2026-05-18: [\"06:00-08:00\"]
";
        let (book, problems) = check(text);
        assert!(book.is_some());
        let places: Vec<(Severity, usize)> =
            problems.iter().map(|p| (p.severity, p.line)).collect();
        assert_eq!(places, [(Severity::Warning, 4), (Severity::Warning, 6)], "{problems:#?}");
    }

    #[test]
    fn other_files_do_not_panic() {
        for text in ["[]", "calendars: 3", "policies: [{}]", ": :", "calendars: {c: }"] {
            assert!(!problems(text).is_empty());
        }
        assert!(check("").0.is_some(), "no policy promises nothing");
    }
}

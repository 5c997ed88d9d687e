//! Policies as `sla.yaml` writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::book::{CalendarOf, PolicyBook};
use super::calendar_file::CalendarFile;
use super::condition_file::ConditionFile;
use super::duration;
use super::findings::Findings;
use super::ical::Beside;
use super::ladder_file::{ActionFile, WarningFile, read_actions, read_warnings, usual_warnings};
use super::metric::Metric;
use super::policy::{Policy, Targets};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::{HOUR, MINUTE};

/// `sla.yaml`, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BookFile {
    #[serde(default)]
    calendars: BTreeMap<String, CalendarFile>,
    #[serde(default)]
    calendar_of: CalendarOfFile,
    #[serde(default)]
    policies: Vec<PolicyFile>,
    reopen_window: Option<Spanned<String>>,
    idle_abandon: Option<Spanned<String>>,
    auto_close: Option<Spanned<String>>,
    ageing_bound: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CalendarOfFile {
    segments: BTreeMap<String, Spanned<String>>,
    teams: BTreeMap<String, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    name: Spanned<String>,
    when: Option<ConditionFile>,
    calendar: Spanned<String>,
    targets: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pauses: BTreeMap<String, Spanned<Vec<Spanned<String>>>>,
    warnings: Option<Vec<Spanned<WarningFile>>>,
    #[serde(default)]
    on_breach: Vec<Spanned<ActionFile>>,
}

impl BookFile {
    /// The book, as far as it can be read; every problem goes to the findings.
    pub(super) fn read(
        &self,
        version: String,
        beside: &Beside<'_>,
        findings: &mut Findings<'_>,
    ) -> PolicyBook {
        let mut calendars = BTreeMap::new();
        for (name, source) in &self.calendars {
            if let Some(calendar) = source.read(name, beside, findings) {
                calendars.insert(name.clone(), calendar);
            }
        }
        let calendar_of = CalendarOf {
            segments: self.known(&self.calendar_of.segments, findings),
            teams: self.known(&self.calendar_of.teams, findings),
        };
        let mut policies: Vec<Policy> = Vec::new();
        for source in &self.policies {
            let policy = source.read(self, findings);
            check_reach(&policy, &policies, &source.name, findings);
            policies.push(policy);
        }
        let mut lasting = |written: &Option<Spanned<String>>, default: i64| {
            read_duration(written.as_ref(), findings).unwrap_or(default)
        };
        PolicyBook {
            version: Arc::from(version),
            calendars,
            calendar_of,
            policies,
            reopen_window: lasting(&self.reopen_window, 72 * HOUR),
            idle_abandon: lasting(&self.idle_abandon, 15 * MINUTE),
            auto_close: lasting(&self.auto_close, 24 * HOUR),
            ageing_bound: lasting(&self.ageing_bound, 24 * HOUR),
        }
    }

    /// Whose calendar is which; each must be one of the book's.
    fn known(
        &self,
        written: &BTreeMap<String, Spanned<String>>,
        findings: &mut Findings<'_>,
    ) -> BTreeMap<String, String> {
        for calendar in written.values() {
            self.check_calendar(calendar, findings);
        }
        written.iter().map(|(whose, calendar)| (whose.clone(), calendar.value.clone())).collect()
    }

    fn check_calendar(&self, wanted: &Spanned<String>, findings: &mut Findings<'_>) {
        if !self.calendars.contains_key(&wanted.value) {
            let known: Vec<&str> = self.calendars.keys().map(String::as_str).collect();
            let (name, known) = (&wanted.value, known.join(", "));
            findings.error(wanted, format!("there is no calendar `{name}`; there are: {known}"));
        }
    }
}

impl PolicyFile {
    fn read(&self, book: &BookFile, findings: &mut Findings<'_>) -> Policy {
        if self.name.value.trim().is_empty() {
            findings.error(&self.name, "a policy needs a name");
        }
        book.check_calendar(&self.calendar, findings);
        let targets = self.read_targets(findings);
        let mut pauses = BTreeMap::new();
        for (name, statuses) in &self.pauses {
            if let Some((metric, statuses)) = read_pauses(name, statuses, findings) {
                pauses.insert(metric, statuses);
            }
        }
        let warnings = self.warnings.as_ref();
        Policy {
            name: Arc::from(self.name.value.as_str()),
            condition: self.when.as_ref().map(|when| when.read(findings)).unwrap_or_default(),
            calendar: self.calendar.value.clone(),
            warnings: warnings
                .map_or_else(usual_warnings, |w| read_warnings(w, &targets, findings)),
            on_breach: read_actions(&self.on_breach),
            targets,
            pauses,
        }
    }

    fn read_targets(&self, findings: &mut Findings<'_>) -> Targets {
        let mut targets = Targets::default();
        for (name, written) in &self.targets {
            let metric = Metric::parse(name).filter(|metric| *metric != Metric::Promise);
            match metric {
                Some(metric) => {
                    if let Some(target) = read_duration(Some(written), findings) {
                        targets.set(metric, target);
                    }
                }
                None => findings.error(written, unknown_metric(name, |m| *m != Metric::Promise)),
            }
        }
        targets
    }
}

/// A metric and the statuses in which it pauses.
fn read_pauses(
    name: &str,
    written: &Spanned<Vec<Spanned<String>>>,
    findings: &mut Findings<'_>,
) -> Option<(Metric, BTreeSet<TicketStatus>)> {
    let metric = Metric::parse(name).filter(|metric| metric.may_pause());
    if metric.is_none() {
        findings.error(written, unknown_metric(name, |metric| metric.may_pause()));
    }
    let mut statuses = BTreeSet::new();
    for word in &written.value {
        match TicketStatus::parse(&word.value).filter(|status| CUSTOMER_WAITS.contains(status)) {
            Some(status) => {
                statuses.insert(status);
            }
            None => findings.error(word, "a clock can pause in: pending, on_hold, snoozed"),
        }
    }
    Some((metric?, statuses))
}

const CUSTOMER_WAITS: [TicketStatus; 3] =
    [TicketStatus::Pending, TicketStatus::OnHold, TicketStatus::Snoozed];

fn unknown_metric(name: &str, is_meant: impl Fn(&Metric) -> bool) -> String {
    let known = Metric::ALL.into_iter().filter(is_meant).map(Metric::as_str);
    format!("`{name}` cannot stand here; write one of: {}", known.collect::<Vec<_>>().join(", "))
}

/// Some ticket must be left over by the earlier policies, and the name be its own.
fn check_reach(
    policy: &Policy,
    earlier: &[Policy],
    at: &Spanned<String>,
    findings: &mut Findings<'_>,
) {
    let name = &policy.name;
    if earlier.iter().any(|policy| policy.name == *name) {
        findings.error(at, format!("there is already a policy `{name}`"));
    }
    let conditions: Vec<_> = earlier.iter().map(|policy| &policy.condition).collect();
    if policy.condition.reached(&conditions).is_none() {
        findings.error(
            at,
            format!("`{name}` can never match: the policies above it take every such ticket"),
        );
    }
}

pub(super) fn read_duration(
    written: Option<&Spanned<String>>,
    findings: &mut Findings<'_>,
) -> Option<i64> {
    let written = written?;
    findings.accept(written, duration::parse(&written.value))
}

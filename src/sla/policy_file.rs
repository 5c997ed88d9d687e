//! Policies as `sla.yaml` writes them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::book::{Policy, PolicyBook, Targets};
use super::calendar_file::CalendarFile;
use super::duration;
use super::findings::Findings;
use super::ical::Beside;
use crate::domain::ticket::Priority;
use crate::domain::time::{HOUR, MINUTE};

/// `sla.yaml`, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BookFile {
    #[serde(default)]
    calendars: BTreeMap<String, CalendarFile>,
    #[serde(default)]
    policies: Vec<PolicyFile>,
    reopen_window: Option<Spanned<String>>,
    idle_abandon: Option<Spanned<String>>,
    auto_close: Option<Spanned<String>>,
    ageing_bound: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    name: Spanned<String>,
    when: Option<ConditionFile>,
    calendar: Spanned<String>,
    targets: TargetsFile,
    warnings: Option<Spanned<Vec<Spanned<i64>>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionFile {
    priority: Spanned<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetsFile {
    assignment: Option<Spanned<String>>,
    first_response: Option<Spanned<String>>,
    next_response: Option<Spanned<String>>,
    resolution: Option<Spanned<String>>,
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
        let mut policies: Vec<Policy> = Vec::new();
        for source in &self.policies {
            let policy = source.read(self, findings);
            policy.check_reach(&policies, &source.name, findings);
            policies.push(policy);
        }
        let mut lasting = |written: &Option<Spanned<String>>, default: i64| {
            read_duration(written.as_ref(), findings).unwrap_or(default)
        };
        PolicyBook {
            version,
            calendars,
            policies,
            reopen_window: lasting(&self.reopen_window, 72 * HOUR),
            idle_abandon: lasting(&self.idle_abandon, 15 * MINUTE),
            auto_close: lasting(&self.auto_close, 24 * HOUR),
            ageing_bound: lasting(&self.ageing_bound, 24 * HOUR),
        }
    }
}

impl PolicyFile {
    fn read(&self, book: &BookFile, findings: &mut Findings<'_>) -> Policy {
        if self.name.value.trim().is_empty() {
            findings.error(&self.name, "a policy needs a name");
        }
        if !book.calendars.contains_key(&self.calendar.value) {
            let known: Vec<&str> = book.calendars.keys().map(String::as_str).collect();
            let (wanted, known) = (&self.calendar.value, known.join(", "));
            findings.error(
                &self.calendar,
                format!("there is no calendar `{wanted}`; there are: {known}"),
            );
        }
        let mut target =
            |written: &Option<Spanned<String>>| read_duration(written.as_ref(), findings);
        let targets = Targets {
            assignment: target(&self.targets.assignment),
            first_response: target(&self.targets.first_response),
            next_response: target(&self.targets.next_response),
            resolution: target(&self.targets.resolution),
        };
        Policy {
            name: self.name.value.clone(),
            priorities: self.when.as_ref().map_or_else(Vec::new, |when| when.read(findings)),
            calendar: self.calendar.value.clone(),
            targets,
            warnings: self
                .warnings
                .as_ref()
                .map_or_else(usual_warnings, |w| read_warnings(w, findings)),
        }
    }
}

impl ConditionFile {
    fn read(&self, findings: &mut Findings<'_>) -> Vec<Priority> {
        if self.priority.value.is_empty() {
            findings.error(&self.priority, "a policy for no priority can never match");
        }
        let mut priorities = Vec::new();
        for written in &self.priority.value {
            let read = Priority::parse(&written.value).ok_or_else(|| {
                let known = Priority::ALL.map(Priority::as_str).join(", ");
                format!("`{}` is no priority; there are: {known}", written.value)
            });
            priorities.extend(findings.accept(written, read));
        }
        priorities
    }
}

impl Policy {
    /// Every priority it is for must be left over by an earlier policy, and its name be its own.
    fn check_reach(&self, earlier: &[Self], at: &Spanned<String>, findings: &mut Findings<'_>) {
        let name = &self.name;
        if earlier.iter().any(|policy| policy.name == *name) {
            findings.error(at, format!("there is already a policy `{name}`"));
        }
        let taken = |priority: Priority| earlier.iter().any(|policy| policy.is_for(priority));
        if Priority::ALL.into_iter().filter(|&priority| self.is_for(priority)).all(taken) {
            findings.error(
                at,
                format!("`{name}` can never match: the policies above it take every such ticket"),
            );
        }
    }
}

fn usual_warnings() -> Vec<u8> {
    vec![50, 75, 90]
}

fn read_warnings(rungs: &Spanned<Vec<Spanned<i64>>>, findings: &mut Findings<'_>) -> Vec<u8> {
    let mut read: Vec<u8> = Vec::new();
    for rung in &rungs.value {
        match u8::try_from(rung.value).ok().filter(|percent| (1..=99).contains(percent)) {
            None => findings.error(rung, "a warning is a percent of the target, from 1 to 99"),
            Some(percent) if read.last().is_some_and(|&last| percent <= last) => {
                findings.error(rung, "warnings ascend, each one once");
            }
            Some(percent) => read.push(percent),
        }
    }
    read
}

fn read_duration(written: Option<&Spanned<String>>, findings: &mut Findings<'_>) -> Option<i64> {
    let written = written?;
    findings.accept(written, duration::parse(&written.value))
}

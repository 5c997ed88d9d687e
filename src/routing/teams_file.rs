//! Rules of teams as `teams.yaml` writes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::order::Overload;
use super::overflow::{OverflowFile, check_circles, read_overflow};
use super::ring_file::{RingFile, read_rings};
use super::teams::{OutOfHours, Overflow, Team, Teams};
use crate::domain::time::MINUTE;
use crate::sla::duration;
use crate::sla::findings::Findings;

/// How many teams may have rules of their own.
const MOST_TEAMS: usize = 500;
/// How many intents may have an effort.
const MOST_EFFORTS: usize = 2_000;
/// The longest name of a team or a skill, characters.
const LONGEST_NAME: usize = 100;

/// `teams.yaml`, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamsFile {
    #[serde(default)]
    pub(super) default: TeamFile,
    #[serde(default)]
    pub(super) teams: BTreeMap<String, Spanned<TeamFile>>,
    #[serde(default)]
    effort: BTreeMap<String, Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TeamFile {
    rings: Option<Spanned<Vec<Spanned<RingFile>>>>,
    pub(super) overflow: Option<Spanned<Vec<Spanned<OverflowFile>>>>,
    overload: Option<bool>,
    expected_handling: Option<Spanned<String>>,
    preferred: Option<Spanned<String>>,
    out_of_hours: Option<Spanned<String>>,
}

impl TeamsFile {
    /// The rules, as far as they can be read; every problem goes to the findings.
    pub(super) fn read(&self, version: String, findings: &mut Findings<'_>) -> Teams {
        let usual = self.default.read(None, &Team::default(), findings);
        let mut teams = BTreeMap::new();
        for (number, (name, source)) in self.teams.iter().enumerate() {
            check_name(name, source, "a team", findings);
            if number == MOST_TEAMS {
                findings.error(source, format!("more than {MOST_TEAMS} teams have rules"));
            }
            let relieved = Team { overflow: relief(&usual, name), ..usual.clone() };
            let team = source.value.read(Some(name), &relieved, findings);
            teams.insert(name.clone(), team);
        }
        for Overflow { to, .. } in &usual.overflow {
            let own = || Team { overflow: relief(&usual, to), ..usual.clone() };
            teams.entry(to.clone()).or_insert_with(own);
        }
        let mut effort = BTreeMap::new();
        for (number, (intent, written)) in self.effort.iter().enumerate() {
            if number == MOST_EFFORTS {
                findings.error(written, format!("more than {MOST_EFFORTS} intents have an effort"));
            }
            if let Some(lasts) = read_effort(written, findings) {
                effort.insert(intent.clone(), lasts);
            }
        }
        let read = Teams { version: Arc::from(version), usual, own: teams, effort };
        check_circles(self, &read, findings);
        read
    }
}

/// Where a team without a word of its own overflows to: as usual, unless it is itself where others do.
fn relief(usual: &Team, own: &str) -> Vec<Overflow> {
    let is_relief = usual.overflow.iter().any(|overflow| overflow.to == own);
    if is_relief { Vec::new() } else { usual.overflow.clone() }
}

impl TeamFile {
    /// What it does not say is as in `usual`.
    fn read(&self, own: Option<&str>, usual: &Team, findings: &mut Findings<'_>) -> Team {
        let lasting =
            |written: &Option<Spanned<String>>, usual: i64, findings: &mut Findings<'_>| {
                written.as_ref().and_then(|text| read_duration(text, findings)).unwrap_or(usual)
            };
        let rings = self.rings.as_ref().map(|rings| read_rings(rings, own, findings));
        let overflow = self.overflow.as_ref().map(|list| read_overflow(list, own, findings));
        let preferred = match &self.preferred {
            Some(text) if text.value.trim() == "never" => 0,
            written => lasting(written, usual.preferred, findings),
        };
        let out_of_hours = self.out_of_hours.as_ref();
        Team {
            rings: rings.unwrap_or_else(|| usual.rings.clone()),
            overflow: overflow.unwrap_or_else(|| usual.overflow.clone()),
            overload: match self.overload {
                Some(true) => Overload::On,
                Some(false) => Overload::Off,
                None => usual.overload,
            },
            expected_handling: lasting(&self.expected_handling, usual.expected_handling, findings),
            preferred,
            out_of_hours: out_of_hours
                .map_or(usual.out_of_hours, |word| read_out_of_hours(word, findings)),
        }
    }
}

fn read_out_of_hours(word: &Spanned<String>, findings: &mut Findings<'_>) -> OutOfHours {
    match word.value.as_str() {
        "queue_with_promise" => OutOfHours::QueueWithPromise,
        "queue" => OutOfHours::Queue,
        other => {
            findings.error(
                word,
                format!("`{other}` is not known here; write queue_with_promise or queue"),
            );
            OutOfHours::default()
        }
    }
}

pub(super) fn read_duration(text: &Spanned<String>, findings: &mut Findings<'_>) -> Option<i64> {
    findings.accept(text, duration::parse(&text.value))
}

/// A duration, or a number of minutes.
fn read_effort(written: &Spanned<String>, findings: &mut Findings<'_>) -> Option<i64> {
    match written.value.trim().parse::<u32>() {
        Ok(minutes @ 1..=10_080) => Some(i64::from(minutes) * MINUTE),
        _ => read_duration(written, findings),
    }
}

/// A name that can be told in a line of its own.
pub(super) fn check_name<T>(text: &str, at: &Spanned<T>, what: &str, findings: &mut Findings<'_>) {
    let is_odd = |c: char| c.is_control() || matches!(c, ';' | '*' | ':');
    if text.trim().is_empty() || text.chars().count() > LONGEST_NAME || text.contains(is_odd) {
        findings.error(
            at,
            format!("{what} has a name of 1 to {LONGEST_NAME} characters, without ; : and *"),
        );
    }
}

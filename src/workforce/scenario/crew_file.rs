//! People at the desk as scenarios write them: so many alike.

use std::collections::BTreeSet;

use jiff::civil::Weekday;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::MOST_PEOPLE;
use super::class_file::{LANGUAGES, MOST_COST, names};
use super::findings::Findings;
use super::hours_file::{DAYS, Span, shifts};
use crate::domain::agent::Profile;
use crate::domain::language::Language;
use crate::domain::time::UtcMillis;
use crate::workforce::simulation::Person;

/// Some people who are alike, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CrewFile {
    pub(super) count: Spanned<i64>,
    shifts: Vec<Spanned<String>>,
    on: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    teams: Vec<Spanned<String>>,
    languages: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    skills: Vec<Spanned<String>>,
    capacity: Option<Spanned<i64>>,
    accept: Option<Spanned<String>>,
}

impl CrewFile {
    /// How many, and one of them.
    pub(super) fn read(&self, span: &Span, findings: &mut Findings<'_>) -> (u32, Person) {
        let profile = Profile {
            teams: names(&self.teams, findings),
            languages: self.spoken(findings),
            skills: names(&self.skills, findings).into(),
            capacity: findings.number(self.capacity.as_ref(), 1..=MOST_COST, 1),
        };
        let accept = findings.duration(self.accept.as_ref(), 0);
        let count = findings.number(Some(&self.count), 1..=MOST_PEOPLE, 1);
        (count, Person { profile, shifts: self.instants(span, findings), accept })
    }

    /// Every language where none is named.
    fn spoken(&self, findings: &mut Findings<'_>) -> BTreeSet<Language> {
        match &self.languages {
            None => Language::ALL.into_iter().collect(),
            Some(words) => {
                words.iter().filter_map(|word| findings.word(word, &LANGUAGES)).collect()
            }
        }
    }

    /// When they take new work over the whole span: ascending and apart.
    fn instants(&self, span: &Span, findings: &mut Findings<'_>) -> Vec<(UtcMillis, UtcMillis)> {
        let hours = shifts(&self.shifts, findings);
        if self.shifts.is_empty() {
            findings.error(&self.count, "these people never work: write shifts: [\"09:00-17:00\"]");
        }
        let on: Option<Vec<Weekday>> = self
            .on
            .as_ref()
            .map(|days| days.iter().filter_map(|day| findings.word(day, &DAYS)).collect());
        let works = |weekday| on.as_ref().is_none_or(|days| days.contains(&weekday));
        let dates = span.dates().filter(|date| works(date.weekday()));
        let spans = dates.flat_map(|date| {
            hours.iter().filter_map(move |shift| {
                Some((span.instant(date, shift.open())?, span.instant(date, shift.close())?))
            })
        });
        united(spans.filter(|(from, to)| from < to).collect())
    }
}

/// Ascending, and what touches or overlaps as one.
fn united(mut spans: Vec<(UtcMillis, UtcMillis)>) -> Vec<(UtcMillis, UtcMillis)> {
    spans.sort_unstable();
    let mut apart: Vec<(UtcMillis, UtcMillis)> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match apart.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => apart.push((from, to)),
        }
    }
    apart
}

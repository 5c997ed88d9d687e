//! Classes of tickets as scenarios write them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::findings::Findings;
use crate::domain::language::Language;
use crate::domain::ticket::Requirement;
use crate::domain::time::{DAY, MINUTE};
use crate::domain::traits::Traits;
use crate::sla::book::PolicyBook;
use crate::sla::calendar::Calendar;
use crate::sla::metric::Metric;
use crate::sla::policy::Targets;
use crate::workforce::simulation::Class;
use crate::workforce::simulation::chance::Spread;
use crate::workforce::simulation::demand::Source;

/// Languages by their words.
pub(super) const LANGUAGES: [(&str, Language); 2] = [("it", Language::It), ("en", Language::En)];
/// The largest cost and capacity.
pub(super) const MOST_COST: u32 = 1_000;
/// Promises that a simulation can keep.
const METRICS: [(&str, Metric); 3] = [
    ("assignment", Metric::Assignment),
    ("first_response", Metric::FirstResponse),
    ("resolution", Metric::Resolution),
];

#[derive(Clone, Copy)]
enum Shape {
    Constant,
    Exponential,
    Lognormal,
}

const SHAPES: [(&str, Shape); 3] = [
    ("constant", Shape::Constant),
    ("exponential", Shape::Exponential),
    ("lognormal", Shape::Lognormal),
];

/// One class, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassFile {
    pub(super) name: Spanned<String>,
    share: Option<Spanned<f64>>,
    handling: Spanned<HandlingFile>,
    language: Option<Spanned<String>>,
    team: Option<Spanned<String>>,
    #[serde(default)]
    skills: Vec<Spanned<String>>,
    cost: Option<Spanned<i64>>,
    first_reply: Option<Spanned<String>>,
    #[serde(default)]
    targets: BTreeMap<String, Spanned<String>>,
    policy: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandlingFile {
    mean: Spanned<String>,
    spread: Option<Spanned<String>>,
    deviation: Option<Spanned<String>>,
}

/// What classes are promised unless they say otherwise.
pub(super) struct Terms<'a> {
    pub(super) calendar: &'a Arc<Calendar>,
    pub(super) book: Option<&'a PolicyBook>,
}

impl ClassFile {
    pub(super) fn read(&self, terms: &Terms<'_>, findings: &mut Findings<'_>) -> (Class, Source) {
        let share = self.share.as_ref().map_or(1.0, |share| {
            if !(0.0..=1e6).contains(&share.value) {
                findings.error(share, "a share is a number from 0 to 1000000");
            }
            share.value
        });
        let mean = findings.duration(Some(&self.handling.value.mean), MINUTE);
        let spread = self.handling.value.spread(findings);
        if mean > DAY {
            findings.error(&self.handling.value.mean, "handling one ticket takes at most 24h");
        }
        let (targets, calendar) = self.promised(terms, findings);
        let class = Class {
            name: findings.name(&self.name),
            requirement: self.requirement(findings),
            cost: findings.number(self.cost.as_ref(), 1..=MOST_COST, 1),
            expected: mean,
            first_reply: findings.duration(self.first_reply.as_ref(), 0),
            targets,
            calendar,
        };
        (class, Source { share, mean, spread })
    }

    fn requirement(&self, findings: &mut Findings<'_>) -> Requirement {
        let language = self.language.as_ref();
        Requirement {
            team: self.team.as_ref().map(|team| findings.name(team)),
            language: language.and_then(|language| findings.word(language, &LANGUAGES)),
            skills: names(&self.skills, findings).into(),
            ..Requirement::default()
        }
    }

    /// Targets, and the calendar they are counted on.
    fn promised(&self, terms: &Terms<'_>, findings: &mut Findings<'_>) -> (Targets, Arc<Calendar>) {
        let mut targets = Targets::default();
        for (name, written) in &self.targets {
            let metric = METRICS.iter().find(|(word, _)| word == name);
            let Some((_, metric)) = metric else {
                let known = METRICS.map(|(word, _)| word).join(", ");
                let message = format!("`{name}` cannot be simulated; write one of: {known}");
                findings.error(written, message);
                continue;
            };
            targets.set(*metric, findings.duration(Some(written), MINUTE));
        }
        let Some(wanted) = &self.policy else { return (targets, Arc::clone(terms.calendar)) };
        if !self.targets.is_empty() {
            findings.error(wanted, "a class has `targets` or a `policy`, not both");
        }
        let promised = self.by_policy(wanted, terms, findings);
        promised.unwrap_or_else(|| (targets, Arc::clone(terms.calendar)))
    }

    /// What a policy of the book promises to a ticket of this class.
    fn by_policy(
        &self,
        wanted: &Spanned<String>,
        terms: &Terms<'_>,
        findings: &mut Findings<'_>,
    ) -> Option<(Targets, Arc<Calendar>)> {
        let Some(book) = terms.book else {
            findings.error(wanted, "name the file of policies first: `policies: sla.yaml`");
            return None;
        };
        let Some(policy) = book.policy(&wanted.value) else {
            let known: Vec<&str> = book.policies.iter().map(|policy| &*policy.name).collect();
            let (wrong, known) = (&wanted.value, known.join(", "));
            findings.error(wanted, format!("there is no policy `{wrong}`; there are: {known}"));
            return None;
        };
        let team = self.team.as_ref().map(|team| team.value.clone());
        let traits = Traits { team, ..Traits::default() };
        let calendar = book.calendars.get(book.calendar_for(policy, &traits))?;
        Some((policy.targets, Arc::new(calendar.clone())))
    }
}

impl HandlingFile {
    fn spread(&self, findings: &mut Findings<'_>) -> Spread {
        let shape = self.spread.as_ref().and_then(|word| findings.word(word, &SHAPES));
        let shape = shape.unwrap_or(Shape::Exponential);
        if let Some(deviation) = &self.deviation
            && !matches!(shape, Shape::Lognormal)
        {
            findings.error(deviation, "only `spread: lognormal` has a deviation");
        }
        match shape {
            Shape::Constant => Spread::Constant,
            Shape::Exponential => Spread::Exponential,
            Shape::Lognormal => {
                if self.deviation.is_none() {
                    let message = "`spread: lognormal` needs a `deviation` such as 4m";
                    findings.error(&self.mean, message);
                }
                let deviation = findings.duration(self.deviation.as_ref(), MINUTE);
                Spread::Lognormal(deviation as f64)
            }
        }
    }
}

/// Names of teams or skills.
pub(super) fn names(written: &[Spanned<String>], findings: &mut Findings<'_>) -> BTreeSet<String> {
    written.iter().map(|name| findings.name(name)).collect()
}

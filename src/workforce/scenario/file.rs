//! The whole file.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::class_file::{ClassFile, Terms};
use super::crew_file::CrewFile;
use super::findings::Findings;
use super::hours_file::{Opening, Span, calendar, stretches};
use super::routing_file::{RoutingFile, VariantFile, variants};
use super::{MOST_ARRIVALS, MOST_DAYS, MOST_PEOPLE, Scenario};
use crate::domain::time::{DAY, MINUTE};
use crate::routing::eligibility::may_serve;
use crate::sla::book::PolicyBook;
use crate::workforce::simulation::demand::{Demand, Source};
use crate::workforce::simulation::{Class, Person, Stage};

/// The most classes.
const MOST_CLASSES: usize = 200;
/// The most runs: variants times loads.
const MOST_RUNS: usize = 24;

/// A scenario, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioFile {
    name: Spanned<String>,
    #[serde(default)]
    seed: u64,
    date: Spanned<String>,
    days: Option<Spanned<i64>>,
    time_zone: Spanned<String>,
    opening: Option<Spanned<Opening>>,
    policies: Option<Spanned<String>>,
    ageing_bound: Option<Spanned<String>>,
    answer_within: Option<Spanned<String>>,
    arrivals: Spanned<BTreeMap<String, Spanned<f64>>>,
    classes: Spanned<Vec<ClassFile>>,
    agents: Spanned<Vec<CrewFile>>,
    loads: Option<Spanned<Vec<Spanned<i64>>>>,
    #[serde(default)]
    routing: RoutingFile,
    #[serde(default)]
    variants: Vec<VariantFile>,
}

impl ScenarioFile {
    /// The scenario, as far as it can be read; every problem goes to the findings.
    pub(super) fn read(
        self,
        policies: impl FnOnce(&str) -> Result<PolicyBook, String>,
        findings: &mut Findings<'_>,
    ) -> Option<Scenario> {
        let name = findings.name(&self.name);
        let book = self.policies.as_ref();
        let book = book.and_then(|name| findings.accept(name, policies(&name.value)));
        let hours = calendar(&self.time_zone, self.opening.as_ref(), findings).map(Arc::new);
        let span = self.span(findings);
        let loads = self.read_loads(findings);
        let variants = variants(&self.routing, self.variants, findings);
        if variants.len() * loads.len() > MOST_RUNS {
            findings.error(&self.name, format!("variants times loads are at most {MOST_RUNS}"));
        }
        let (hours, span) = (hours?, span?);
        let (start, end) = span.ends()?;
        let terms = Terms { calendar: &hours, book: book.as_ref() };
        let (classes, sources) = read_classes(&self.classes, &terms, findings);
        let people = read_people(&self.agents, &span, findings);
        let demand = Demand { stretches: stretches(&self.arrivals, &span, findings), sources };
        let most = loads.iter().max().map_or(1.0, |load| f64::from(*load) / 100.0);
        if demand.expected() * most > f64::from(MOST_ARRIVALS) {
            let message = format!("that are more than {MOST_ARRIVALS} arrivals in one run");
            findings.error(&self.arrivals, message);
        }
        warn_of_the_unserved(&self.classes, &classes, &people, findings);
        let usual_bound = book.as_ref().map_or(DAY, |book| book.ageing_bound);
        let stage = Stage {
            start,
            end,
            classes,
            people,
            ageing_bound: findings.duration(self.ageing_bound.as_ref(), usual_bound),
            answer_within: findings.duration(self.answer_within.as_ref(), MINUTE),
        };
        let Span { date, days, .. } = span;
        Some(Scenario { name, seed: self.seed, date, days, stage, demand, loads, variants })
    }

    fn span(&self, findings: &mut Findings<'_>) -> Option<Span> {
        let days = findings.number(self.days.as_ref(), 1..=MOST_DAYS, 1);
        // An unknown zone is told by itself.
        let zone = TimeZoneDatabase::bundled().get(&self.time_zone.value).unwrap_or(TimeZone::UTC);
        let written = &self.date.value;
        let date = Some(written).filter(|text| text.len() == 10);
        let date = date.and_then(|text| text.parse::<Date>().ok());
        let date = date.filter(|date| (1971..2190).contains(&date.year()));
        if date.is_none() {
            let message = format!("`{written}` is no date from 1971 to 2189: write 2026-02-02");
            findings.error(&self.date, message);
        }
        date.map(|date| Span { zone, date, days })
    }

    fn read_loads(&self, findings: &mut Findings<'_>) -> Vec<u32> {
        let Some(loads) = &self.loads else { return vec![100] };
        if loads.value.is_empty() {
            findings.error(loads, "name at least one load in percent: [100, 130]");
        }
        loads.value.iter().map(|load| findings.number(Some(load), 1..=1_000, 100)).collect()
    }
}

fn read_classes(
    written: &Spanned<Vec<ClassFile>>,
    terms: &Terms<'_>,
    findings: &mut Findings<'_>,
) -> (Vec<Class>, Vec<Source>) {
    if written.value.is_empty() || written.value.len() > MOST_CLASSES {
        findings.error(written, format!("there are 1 to {MOST_CLASSES} classes of tickets"));
    }
    let mut read: Vec<(Class, Source)> = Vec::new();
    for file in written.value.iter().take(MOST_CLASSES) {
        let (class, source) = file.read(terms, findings);
        if read.iter().any(|(earlier, _)| earlier.name == class.name) {
            findings.error(&file.name, format!("there is already a class `{}`", class.name));
        }
        read.push((class, source));
    }
    if read.iter().all(|(_, source)| source.share == 0.0) {
        findings.error(written, "some class needs a share of more than 0");
    }
    read.into_iter().unzip()
}

fn read_people(
    written: &Spanned<Vec<CrewFile>>,
    span: &Span,
    findings: &mut Findings<'_>,
) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for file in &written.value {
        let (count, person) = file.read(span, findings);
        if people.len() + count as usize > MOST_PEOPLE as usize {
            findings.error(&file.count, format!("that are more than {MOST_PEOPLE} people"));
            break;
        }
        people.extend(std::iter::repeat_n(person, count as usize));
    }
    if written.value.is_empty() {
        findings.error(written, "somebody must be at the desk: write one group of agents");
    }
    people
}

/// Tickets that nobody can take wait for ever: that is worth a word.
fn warn_of_the_unserved(
    written: &Spanned<Vec<ClassFile>>,
    classes: &[Class],
    people: &[Person],
    findings: &mut Findings<'_>,
) {
    for (file, class) in written.value.iter().zip(classes) {
        let can = |one: &Person| {
            may_serve(&one.profile, &class.requirement).is_ok()
                && class.cost <= one.profile.capacity
                && !one.shifts.is_empty()
        };
        if !people.iter().any(can) {
            let message = format!(
                "nobody can take `{}`: no agent has its team, language, skills and room for its \
                 cost; all of them will wait",
                class.name
            );
            findings.warning(&file.name, message);
        }
    }
}

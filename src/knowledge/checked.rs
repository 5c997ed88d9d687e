//! Everything that the files say, checked together.

use std::collections::BTreeMap;

use super::examples::Examples;
use super::findings::Findings;
use super::form::form;
use super::format::{IntentFile, IntentPart};
use super::lookup::lookup;
use super::names::{Extent, Names, Once};
use super::reply::{Variables, escalation, replies};
use super::{Action, Bot, Intent, Localised, Lookup, shop, threshold};
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::domain::time::UtcMillis;
use crate::nlu::TrainingSet;
use crate::nlu::entity::{Recogniser, Recognisers};

/// Everything that was read, as far as it is sound.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) bot: Option<Bot>,
    pub(super) intents: BTreeMap<String, Intent>,
    pub(super) lookups: BTreeMap<String, Lookup>,
    pub(super) entities: BTreeMap<String, Recogniser>,
    pub(super) training: TrainingSet,
}

impl Checked {
    pub(super) fn of(
        files: &[(&SourceFile, IntentFile)],
        names: &Names,
        extent: Extent,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let built_in = Recogniser::BUILT_IN.map(|(name, recogniser)| (name.to_owned(), recogniser));
        let mut checked = Self { entities: built_in.into(), ..Self::default() };
        checked.shop(files, names, problems);
        checked.all_intents(files, names, problems);
        if extent == Extent::Whole {
            let file = files.first().map_or("intents", |(source, _)| source.name.as_str());
            let mut missing = |what: &str| {
                problems.push(Problem::of_file(Severity::Error, file, what));
            };
            if checked.bot.is_none() {
                missing("`bot:` is missing; it must stand in one of the files");
            }
            if checked.intents.is_empty() {
                missing("there is no intent in any file");
            }
        }
        checked
    }

    /// The bot, the entities and the lookups, each name once over all files.
    fn shop(
        &mut self,
        files: &[(&SourceFile, IntentFile)],
        names: &Names,
        problems: &mut Vec<Problem>,
    ) {
        let mut once = Once::default();
        for (source, file) in files {
            let findings = &mut Findings::of(source, problems);
            if let Some(bot) = &file.bot {
                once.claim(findings, "the part", "bot", bot.referenced, &source.name);
                self.bot = Some(shop::bot(findings, names, bot));
            }
            for (name, part) in file.entities.iter().flatten() {
                once.claim(findings, "the entity", name, part.referenced, &source.name);
                let recogniser = shop::entity(findings, name, part);
                self.entities.extend(recogniser.map(|recogniser| (name.clone(), recogniser)));
            }
        }
        let mut once = Once::default();
        for (source, file) in files {
            let findings = &mut Findings::of(source, problems);
            for (name, part) in file.lookups.iter().flatten() {
                once.claim(findings, "the lookup", name, part.referenced, &source.name);
                let lookup = lookup(findings, name, &part.value, part.referenced);
                self.lookups.insert(name.clone(), lookup);
            }
        }
    }

    fn all_intents(
        &mut self,
        files: &[(&SourceFile, IntentFile)],
        names: &Names,
        problems: &mut Vec<Problem>,
    ) {
        let (mut once, mut examples) = (Once::default(), Examples::default());
        for (source, file) in files {
            let findings = &mut Findings::of(source, problems);
            for part in file.intents.iter().flatten() {
                let name = &part.name;
                findings.name("the intent's name", &name.value, name.referenced);
                once.claim(findings, "the intent", &name.value, name.referenced, &source.name);
                self.training.intents.push(examples.of_intent(findings, part));
                let intent = intent(findings, names, &self.lookups, part);
                self.intents.extend(intent.map(|intent| (intent.name.clone(), intent)));
            }
        }
        for (source, file) in files {
            let findings = &mut Findings::of(source, problems);
            let texts = file.none.as_deref().unwrap_or_default();
            self.training.none.extend(examples.of_none(findings, texts));
        }
    }
}

fn intent(
    findings: &mut Findings<'_>,
    names: &Names,
    lookups: &BTreeMap<String, Lookup>,
    part: &IntentPart,
) -> Option<Intent> {
    let [it, en] = findings
        .both("`title`", &part.title)
        .map(|title| title.map(|text| findings.label("the title", text)).unwrap_or_default());
    let variables = Variables::default();
    let action = match (&part.reply, &part.form, &part.escalate) {
        (Some(both), None, None) => {
            Action::Reply(replies(findings, names, "`reply`", both, variables))
        }
        (None, Some(part), None) => Action::Form(form(findings, names, lookups, part)?),
        (None, None, Some(part)) => Action::Escalate(escalation(findings, part, variables)),
        _ => {
            let rule = "needs exactly one of `reply:`, `form:` and `escalate:`";
            findings.error(part.name.referenced, format!("intent `{}` {rule}", part.name.value));
            return None;
        }
    };
    let (name, title) = (part.name.value.clone(), Localised { it, en });
    Some(Intent { name, title, thresholds: threshold::of(findings, part), action })
}

/// An offered answer that its own slot would refuse is a trap.
pub(super) fn check_options(
    files: &[(&SourceFile, IntentFile)],
    entities: &Recognisers,
    problems: &mut Vec<Problem>,
) {
    for (source, file) in files {
        let findings = &mut Findings::of(source, problems);
        let forms = file.intents.iter().flatten().filter_map(|intent| intent.form.as_ref());
        for slot in forms.flat_map(|form| &form.value.slots) {
            let both = slot.options.iter().flat_map(|both| [&both.value.it, &both.value.en]);
            for option in both.flatten().flatten() {
                let entity = &slot.entity.value;
                let known = entities.knows(entity);
                if known && entities.read(entity, &option.value, UtcMillis(0), "UTC").is_none() {
                    let message = format!("`{}` would not be accepted as `{entity}`", option.value);
                    findings.error(option.referenced, message);
                }
            }
        }
    }
}

//! Examples that the bot itself, having learned them, would get wrong.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_saphyr::Spanned;

use super::{Folder, Placed, warn};
use crate::domain::source::{Problem, SourceFile};
use crate::knowledge::Thresholds;
use crate::knowledge::format::{IntentPart, Text};
use crate::nlu::engine::Engine;
use crate::nlu::{Reading, Source, Verdict, pattern, plain_words};

/// An example with more characters is read in part only.
const MOST_CHARS: usize = crate::domain::message::MAX_READ_CHARS;

/// The patterns of each intent, where they stand.
type Patterns<'a> = BTreeMap<&'a str, Vec<(&'a SourceFile, &'a Text, Regex)>>;

pub(super) fn find(folder: &Folder<'_>, engine: &Engine, problems: &mut Vec<Problem>) {
    let patterns: Patterns<'_> = folder
        .intents()
        .map(|(source, intent)| (intent.name.value.as_str(), compiled(source, intent)))
        .collect();
    let thresholds: BTreeMap<&str, Thresholds> =
        folder.intents().map(|(_, intent)| (intent.name.value.as_str(), written(intent))).collect();
    let shared = shared(folder);
    for example in &folder.examples {
        let length = example.text.value.chars().count();
        if length > MOST_CHARS {
            let message =
                format!("the example has {length} characters; the bot reads {MOST_CHARS} of them");
            warn(problems, example.source, example.text, message);
        }
        if shared.contains(&plain_words(&example.text.value)) {
            continue;
        }
        let reading = read(engine, &thresholds, &example.text.value);
        if let Some(message) = wrong(example, &reading, &patterns) {
            warn(problems, example.source, example.text, message);
        }
    }
}

/// What the bot makes of a text.
fn read(engine: &Engine, thresholds: &BTreeMap<&str, Thresholds>, text: &str) -> Reading {
    let mut reading = engine.read(text);
    let best = reading.candidates.first();
    if let Some(thresholds) = best.and_then(|best| thresholds.get(best.intent.as_str())) {
        reading.verdict = thresholds.verdict(&reading);
    }
    reading
}

/// How sure the bot must be of an intent, as its file says.
fn written(intent: &IntentPart) -> Thresholds {
    let value = |written: &Option<Spanned<f32>>| written.as_ref().map(|written| written.value);
    Thresholds { answer_from: value(&intent.answer_from), ask_from: value(&intent.ask_from) }
}

/// The words of examples that stand in two intents, which is an error of its own.
fn shared(folder: &Folder<'_>) -> BTreeSet<String> {
    let mut owners: BTreeMap<String, Option<&str>> = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for example in &folder.examples {
        let words = plain_words(&example.text.value);
        if owners.get(&words).is_some_and(|owner| *owner != example.intent) {
            shared.insert(words);
        } else {
            owners.insert(words, example.intent);
        }
    }
    shared
}

fn compiled<'a>(
    source: &'a SourceFile,
    intent: &'a IntentPart,
) -> Vec<(&'a SourceFile, &'a Text, Regex)> {
    let compiled = |text: &'a Text| Some((source, text, pattern::compile(&text.value).ok()?));
    intent.patterns.iter().filter_map(compiled).collect()
}

fn wrong(example: &Placed<'_>, reading: &Reading, patterns: &Patterns<'_>) -> Option<String> {
    let best = reading.candidates.first()?;
    let said = example.text.value.trim();
    let other = &best.intent;
    if reading.source == Source::Pattern && example.intent != Some(other) {
        return Some(format!(
            "\"{said}\" is of `{}`, but {} answers it",
            example.owner(),
            which(other, said, patterns)
        ));
    }
    let percent = 100.0 * best.probability;
    match example.intent {
        Some(own) if own != other && reading.verdict != Verdict::Reject => Some(format!(
            "the bot takes \"{said}\" of `{own}` for `{other}` ({percent:.0} %); move it, or give `{own}` more examples like it"
        )),
        None if reading.verdict == Verdict::Answer => {
            Some(format!("the bot answers \"{said}\" of `none` with `{other}` ({percent:.0} %)"))
        }
        _ => None,
    }
}

/// The pattern of an intent that matches, with its place.
fn which(intent: &str, said: &str, patterns: &Patterns<'_>) -> String {
    let all = patterns.get(intent).map(Vec::as_slice).unwrap_or_default();
    let matching =
        all.iter().find(|(_, _, regex)| regex.is_match(said) || regex.is_match(&plain_words(said)));
    match matching {
        Some((source, text, _)) => format!(
            "the pattern `{}` of `{intent}` ({}:{})",
            text.value,
            source.name,
            text.referenced.line()
        ),
        None => format!("a pattern of `{intent}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::{TrainingIntent, TrainingSet};

    #[test]
    fn an_intents_own_thresholds_count() {
        let intent = |name: &str, examples: [&str; 3]| TrainingIntent {
            name: name.to_owned(),
            examples: examples.map(|text| (None, text.to_owned())).into(),
            patterns: Vec::new(),
        };
        let intents = vec![
            intent("orari", ["a che ora aprite", "quando siete aperti", "orari del negozio"]),
            intent("rimborso", ["voglio il rimborso", "ridatemi i soldi", "rimborso non arrivato"]),
        ];
        let engine = Engine::train(&TrainingSet { intents, none: Vec::new() });
        let verdict = |thresholds| {
            let thresholds = BTreeMap::from([("orari", thresholds)]);
            read(&engine, &thresholds, "scusi, a che ora aprite il negozio stamattina").verdict
        };
        assert_ne!(verdict(Thresholds::default()), Verdict::Reject);
        let strict = Thresholds { answer_from: Some(1.1), ask_from: Some(1.1) };
        assert_eq!(verdict(strict), Verdict::Reject);
    }
}

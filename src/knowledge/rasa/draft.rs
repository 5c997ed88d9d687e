//! An assistant on its way into intent files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::domain::language::Language;
use crate::knowledge::findings::MOST_LABEL;
use crate::knowledge::written::{quoted, shortened};

/// Everything gathered so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// In the order in which they came.
    pub(super) intents: Vec<DraftIntent>,
    /// Messages that no intent should answer.
    pub(super) none: Vec<String>,
    /// The entities by name.
    pub(super) entities: BTreeMap<String, DraftEntity>,
}

/// One intent.
#[derive(Debug, Default)]
pub(super) struct DraftIntent {
    pub(super) name: String,
    /// What it was called before.
    pub(super) title: String,
    pub(super) examples: Vec<(Language, String)>,
    pub(super) patterns: Vec<String>,
}

/// One entity: words, each with what it stands for, and expressions.
#[derive(Debug, Default)]
pub(super) struct DraftEntity {
    /// The value by the word in small letters.
    pub(super) words: BTreeMap<String, (String, String)>,
    pub(super) patterns: Vec<String>,
}

impl DraftEntity {
    /// Adds a word that stands for a value; the value of the same word before, if it was another.
    pub(super) fn add(&mut self, word: &str, value: &str) -> Option<String> {
        let (word, value) = (word.trim(), value.trim());
        let key = word.to_lowercase();
        match self.words.get(&key) {
            Some((_, before)) if before.to_lowercase() != value.to_lowercase() => {
                Some(before.clone())
            }
            Some(_) => None,
            None => {
                self.words.insert(key, (word.to_owned(), value.to_owned()));
                None
            }
        }
    }

    /// The words by their value; values that differ in case only are one.
    pub(super) fn values(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut spellings: BTreeMap<String, &str> = BTreeMap::new();
        let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (word, value) in self.words.values() {
            let spelling = *spellings.entry(value.to_lowercase()).or_insert(value);
            values.entry(spelling).or_default().push(word);
        }
        values
    }
}

/// The draft as one intent file. Every intent goes to a person until somebody writes its answer.
pub(super) fn yaml(draft: &Draft, from: &str) -> String {
    let mut out = format!(
        "# Imported from Rasa: {from}.\n# Every intent goes to a person until you write its `reply:` or `form:`.\n"
    );
    if !draft.none.is_empty() {
        out.push_str("none:\n");
        list(&mut out, "  ", draft.none.iter().map(String::as_str));
    }
    if !draft.entities.is_empty() {
        out.push_str("entities:\n");
        for (name, entity) in &draft.entities {
            entity_yaml(&mut out, name, entity);
        }
    }
    out.push_str("intents:\n");
    for intent in &draft.intents {
        intent_yaml(&mut out, intent);
    }
    out
}

fn entity_yaml(out: &mut String, name: &str, entity: &DraftEntity) {
    let _ = writeln!(out, "  {name}:");
    if !entity.patterns.is_empty() {
        out.push_str("    patterns:\n");
        list(out, "      ", entity.patterns.iter().map(String::as_str));
        return;
    }
    out.push_str("    values:\n");
    for (value, words) in entity.values() {
        let _ = writeln!(out, "      {}:", quoted(value));
        list(out, "        ", words.into_iter());
    }
}

fn intent_yaml(out: &mut String, intent: &DraftIntent) {
    let title = quoted(&shortened(&intent.title, MOST_LABEL));
    let _ = writeln!(out, "  - name: {}\n    title: {{it: {title}, en: {title}}}", intent.name);
    if !intent.examples.is_empty() {
        out.push_str("    examples:\n");
        for language in Language::ALL {
            let of = intent.examples.iter().filter(|(own, _)| *own == language);
            let texts: Vec<&str> = of.map(|(_, text)| text.as_str()).collect();
            let empty = if texts.is_empty() { " []" } else { "" };
            let _ = writeln!(out, "      {}:{empty}", language.code());
            list(out, "        ", texts.into_iter());
        }
    }
    if !intent.patterns.is_empty() {
        out.push_str("    patterns:\n");
        list(out, "      ", intent.patterns.iter().map(String::as_str));
    }
    out.push_str("    escalate:\n      message: {it: \"La passo a una persona.\", en: \"I will pass you to a person.\"}\n");
}

fn list<'a>(out: &mut String, indent: &str, texts: impl Iterator<Item = &'a str>) {
    for text in texts {
        let _ = writeln!(out, "{indent}- {}", quoted(text));
    }
}

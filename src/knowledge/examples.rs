//! Examples: enough of them, and none that belongs to two intents.

use std::collections::BTreeMap;

use super::findings::{Findings, language_name};
use super::format::{IntentPart, Text};
use super::shop::expression;
use crate::domain::language::Language;
use crate::nlu::{TrainingIntent, plain_words};

/// Fewer examples in a language than this are learned from, with a warning.
const ENOUGH: usize = 10;

/// Where each example stands, by language (none for the messages of `none`) and words.
#[derive(Default)]
pub(super) struct Examples {
    seen: BTreeMap<(Option<Language>, String), String>,
}

impl Examples {
    /// Checks the training material of one intent.
    pub(super) fn of_intent(
        &mut self,
        findings: &mut Findings<'_>,
        part: &IntentPart,
    ) -> TrainingIntent {
        let name = &part.name;
        let patterns: Vec<String> =
            part.patterns.iter().filter_map(|text| expression(findings, text)).collect();
        let mut examples = Vec::new();
        if let Some(both) = &part.examples {
            let lists = findings.both("`examples`", both);
            for (language, list) in Language::ALL.into_iter().zip(lists) {
                let list = list.map(Vec::as_slice).unwrap_or_default();
                examples.extend(list.iter().map(|text| {
                    self.claim(findings, Some(language), text, &name.value);
                    (Some(language), findings.text("the example", text))
                }));
                if list.len() < ENOUGH {
                    let (count, language) = (list.len(), language_name(language));
                    let message = format!(
                        "intent `{}` has {count} examples in {language}; {ENOUGH} or more are understood much better",
                        name.value
                    );
                    findings.warning(name.referenced, message);
                }
            }
        }
        if examples.is_empty() && part.patterns.is_empty() {
            let message = format!("intent `{}` has neither examples nor patterns", name.value);
            findings.error(name.referenced, message);
        }
        TrainingIntent { name: name.value.clone(), examples, patterns }
    }

    /// Checks the messages that must not be answered.
    pub(super) fn of_none(&mut self, findings: &mut Findings<'_>, texts: &[Text]) -> Vec<String> {
        let mut checked = Vec::new();
        for text in texts {
            for language in Language::ALL {
                self.clash(findings, Some(language), text, "none");
            }
            self.claim(findings, None, text, "none");
            checked.push(findings.text("the message", text));
        }
        checked
    }

    fn claim(
        &mut self,
        findings: &mut Findings<'_>,
        language: Option<Language>,
        text: &Text,
        owner: &str,
    ) {
        if !self.clash(findings, language, text, owner) {
            self.seen.insert((language, words(&text.value)), owner.to_owned());
        }
    }

    /// Reports an example that another intent has; one that stands twice in one intent is only
    /// worth a warning.
    fn clash(
        &self,
        findings: &mut Findings<'_>,
        language: Option<Language>,
        text: &Text,
        owner: &str,
    ) -> bool {
        let Some(other) = self.seen.get(&(language, words(&text.value))) else { return false };
        let quoted = text.value.trim();
        if other == owner {
            findings.warning(text.referenced, format!("\"{quoted}\" stands twice in `{owner}`"));
        } else {
            let message = format!("\"{quoted}\" is an example of `{other}` too; keep it in one");
            findings.error(text.referenced, message);
        }
        true
    }
}

fn words(text: &str) -> String {
    let words = plain_words(text);
    if words.is_empty() { text.trim().to_owned() } else { words }
}

//! Conversation tests as people write them, and how a conversation is held against one.

mod failure;
mod ticket;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_saphyr::Spanned;

use self::failure::{Difference, Said, nearest};
pub(super) use self::failure::{Failure, Ink};
pub(super) use self::ticket::Expected;
use super::conversation::{Conversation, Exchange, Record};
use crate::dialogue::{Input, Outcome};
use crate::domain::language::Language;
use crate::domain::source::{Problem, Severity, SourceFile, read_yaml};
use crate::domain::time::UtcMillis;
use crate::knowledge::Knowledge;
use crate::sla::book::PolicyBook;

/// When every test takes place: Tuesday 2026-11-17, 11:00 in Rome, while shops are open.
const NOW: UtcMillis = UtcMillis(1_794_909_600_000);

/// One conversation and what is expected of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    language: Option<Language>,
    turns: Vec<Turn>,
    #[serde(default)]
    lookups: BTreeMap<String, Answer>,
    /// The file it stands in.
    #[serde(skip)]
    file: String,
}

/// What the customer does, and what is expected then.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Turn {
    #[serde(default)]
    customer: Option<Spanned<String>>,
    #[serde(default)]
    press: Option<Spanned<String>>,
    #[serde(default)]
    intent: Option<Spanned<String>>,
    #[serde(default)]
    outcome: Option<Outcome>,
    /// What the bot must say, each anywhere.
    #[serde(default)]
    bot: Vec<String>,
    /// What it must not say.
    #[serde(default)]
    never: Vec<String>,
    /// Labels of buttons that must be on offer.
    #[serde(default)]
    buttons: Vec<String>,
    #[serde(default)]
    ticket: Option<Expected>,
}

/// What a lookup answers in a test.
#[derive(Debug)]
struct Answer(Record);

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(from)? {
            serde_json::Value::String(word) if word == "not_found" => Ok(Self(Record::NotFound)),
            serde_json::Value::String(word) if word == "failed" => Ok(Self(Record::Failed)),
            fields @ serde_json::Value::Object(_) => Ok(Self(Record::Found(fields))),
            _ => Err(D::Error::custom("a lookup answers `not_found`, `failed` or fields")),
        }
    }
}

/// Reads the tests of all files. Problems are found in every file.
pub(super) fn read(files: &[SourceFile]) -> (Vec<Scenario>, Vec<Problem>) {
    let (mut scenarios, mut problems) = (Vec::<Scenario>::new(), Vec::new());
    for file in files {
        let read = match read_yaml::<Vec<Scenario>>(file) {
            Ok(read) => read,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        for mut scenario in read {
            let name = &scenario.name;
            if scenarios.iter().any(|other| other.name.value == name.value) {
                let message = format!("a test named {:?} stands already before", name.value);
                problems.push(problem(file, name, message));
            }
            problems.extend(scenario.turns_without_input(file));
            scenario.file.clone_from(&file.name);
            scenarios.push(scenario);
        }
    }
    (scenarios, problems)
}

/// The intents that tests expect and nobody knows.
pub(super) fn unknown_intents(
    scenarios: &[Scenario],
    files: &[SourceFile],
    knowledge: &Knowledge,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for scenario in scenarios {
        let Some(file) = files.iter().find(|file| file.name == scenario.file) else { continue };
        for intent in scenario.turns.iter().filter_map(|turn| turn.intent.as_ref()) {
            if !knowledge.intents.contains_key(&intent.value) {
                let message = format!("there is no intent `{}`", intent.value);
                problems.push(problem(file, intent, message));
            }
        }
    }
    problems
}

fn problem(file: &SourceFile, at: &Spanned<String>, message: String) -> Problem {
    let place = |number: u64| usize::try_from(number).unwrap_or_default();
    let place = (place(at.referenced.line()), place(at.referenced.column()));
    Problem::at(Severity::Error, file, place, message)
}

impl Scenario {
    /// Whether its name or file holds these words, whatever the case.
    pub(super) fn is_called(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        self.name.value.to_lowercase().contains(&words) || self.file.to_lowercase().contains(&words)
    }

    fn turns_without_input(&self, file: &SourceFile) -> Option<Problem> {
        let wrong =
            self.turns.iter().position(|turn| turn.customer.is_some() == turn.press.is_some());
        let wrong = wrong.or_else(|| self.turns.is_empty().then_some(0))?;
        let message = format!("turn {} needs `customer` or `press`, one of the two", wrong + 1);
        Some(problem(file, &self.name, message))
    }

    /// Holds the conversation; returns what was not as expected, at the first turn that differs.
    pub(super) fn run(&self, knowledge: &Knowledge, book: &PolicyBook) -> Option<Failure> {
        let shop = |name: &str, _: &BTreeMap<String, String>| {
            self.lookups.get(name).map_or(Record::Failed, |answer| answer.0.clone())
        };
        let language = self.language.unwrap_or(knowledge.bot.default_language);
        let mut conversation = Conversation::new(knowledge, book, &shop, Some(language));
        let mut said = Vec::new();
        for turn in &self.turns {
            let (went, differences) = turn.hold(&mut conversation);
            said.push(went);
            if !differences.is_empty() {
                let line = turn.line().unwrap_or_else(|| self.name.referenced.line());
                return Some(Failure {
                    name: self.name.value.clone(),
                    place: format!("{}:{line}", self.file),
                    turns: self.turns.len(),
                    said,
                    differences,
                });
            }
        }
        None
    }
}

impl Turn {
    fn line(&self) -> Option<u64> {
        Some(self.customer.as_ref().or(self.press.as_ref())?.referenced.line())
    }

    fn spoken(&self) -> String {
        match (&self.customer, &self.press) {
            (Some(text), _) => text.value.clone(),
            (None, press) => format!("[{}]", press.as_ref().map_or("", |press| &press.value)),
        }
    }

    fn hold(&self, conversation: &mut Conversation<'_>) -> (Said, Vec<Difference>) {
        let customer = self.spoken();
        let input = match (&self.customer, &self.press) {
            (Some(text), _) => Input::Text(text.value.clone()),
            (None, press) => {
                let name = press.as_ref().map_or("", |press| &press.value);
                let Some(input) = conversation.button(name) else {
                    let missing = not_offered(name, &labels(conversation));
                    return (Said { customer, ..Said::default() }, vec![missing]);
                };
                input
            }
        };
        let exchange = conversation.take(&input, NOW);
        let bot = exchange.replies.iter().map(|reply| reply.text.clone()).collect();
        let said = Said { customer, bot, buttons: labels(conversation) };
        let mut differences = self.differences(&exchange);
        differences.extend(self.words(&said));
        (said, differences)
    }

    fn differences(&self, exchange: &Exchange) -> Vec<Difference> {
        let mut found = Vec::new();
        if let Some(expected) = self.outcome.filter(|expected| *expected != exchange.outcome) {
            found.push(Difference::new("outcome", word(expected), word(exchange.outcome)));
        }
        if let Some(expected) = &self.intent {
            let understood = exchange.understood.as_ref();
            let intent = understood.and_then(|understood| understood.intent.as_deref());
            if intent != Some(&expected.value) {
                let confidence = understood.map_or(0.0, |understood| understood.confidence);
                let came = format!("{} ({confidence:.2})", intent.unwrap_or("none"));
                found.push(Difference::new("intent", &expected.value, came));
            }
        }
        if let Some(expected) = &self.ticket {
            found.extend(expected.differences(exchange.handoff.as_ref()));
        }
        found
    }

    /// What should have been said, should not, or should have been on offer.
    fn words(&self, said: &Said) -> Vec<Difference> {
        let text = said.bot.join("\n");
        let lower = text.to_lowercase();
        let says = |part: &&String| lower.contains(&part.to_lowercase());
        let missing = self.bot.iter().filter(|part| !says(part)).map(|part| {
            let near = nearest(&text, part).map(|near| format!("nearest: {near:?}"));
            Difference::new("says", format!("{part:?}"), near.unwrap_or_else(|| "not said".into()))
        });
        let never = self.never.iter().filter(says).map(|part| {
            let near = nearest(&text, part).unwrap_or(part);
            Difference::new("never says", format!("{part:?}"), format!("said: {near:?}"))
        });
        let buttons = self.buttons.iter().filter(|label| !said.buttons.contains(label));
        let buttons = buttons.map(|label| not_offered(label, &said.buttons));
        missing.chain(never).chain(buttons).collect()
    }
}

fn labels(conversation: &Conversation<'_>) -> Vec<String> {
    conversation.shown().iter().map(|button| button.label.clone()).collect()
}

fn not_offered(name: &str, offered: &[String]) -> Difference {
    let offered: Vec<_> = offered.iter().map(|label| format!("[{label}]")).collect();
    let came = if offered.is_empty() { "no button".to_owned() } else { offered.join(" ") };
    Difference::new("button", format!("[{name}]"), came)
}

/// An outcome as files write it.
fn word(outcome: Outcome) -> String {
    match serde_json::to_value(outcome) {
        Ok(serde_json::Value::String(word)) => word,
        _ => format!("{outcome:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::embedded;
    use crate::knowledge::load;

    fn file(text: &str) -> SourceFile {
        SourceFile { name: "tests/x.yaml".to_owned(), text: text.to_owned() }
    }

    fn run(text: &str) -> Option<Failure> {
        let knowledge = load::build(&embedded::intents()).unwrap().knowledge;
        let book = PolicyBook::read(&embedded::policies()).unwrap();
        let (scenarios, problems) = read(&[file(text)]);
        assert!(problems.is_empty(), "{problems:?}");
        scenarios[0].run(&knowledge, &book)
    }

    #[test]
    fn a_conversation_as_expected_has_no_differences() {
        let text = r#"
- name: person
  language: en
  turns:
    - customer: "I want to talk to a person"
      intent: person
      outcome: escalated
      ticket: {team: ~, priority: normal, skills: [], language: en}
    - press: "Back to the assistant"
      outcome: answered
"#;
        assert_eq!(run(text), None);
    }

    #[test]
    fn every_difference_of_the_first_differing_turn_is_told() {
        let text = r#"
- name: person
  turns:
    - customer: "buongiorno"
    - customer: "voglio parlare con una persona"
      intent: greeting
      outcome: answered
      bot: ["persona", "sconto"]
      never: ["passo"]
      buttons: ["Gelato"]
      ticket: {team: ordini, priority: high, skills: [billing], language: en}
    - customer: "never reached"
      outcome: survey
"#;
        let failure = run(text).unwrap();
        assert_eq!(failure.heading(), "tests/x.yaml:5: person");
        assert_eq!((failure.said.len(), failure.turns), (2, 3));
        let told = failure.told(Ink::Plain);
        for (expected, came) in [
            ("outcome  - answered", "+ escalated"),
            ("intent  - greeting", "+ person ("),
            ("team  - ordini", "+ none"),
            ("priority  - high", "+ normal"),
            ("skills  - [billing]", "+ []"),
            ("language  - en", "+ it"),
            ("says  - \"sconto\"", "+ not said"),
            ("never says  - \"passo\"", "+ said: \""),
            ("button  - [Gelato]", "+ ["),
        ] {
            let (_, rest) =
                told.split_once(expected).unwrap_or_else(|| panic!("{expected}: {told}"));
            assert!(rest.trim_start().starts_with(came), "{came}\n{told}");
        }
        assert!(!told.contains("\"persona\""), "{told}");
    }

    #[test]
    fn a_button_must_be_on_offer() {
        let text = "- {name: x, turns: [{customer: ciao}, {press: Gelato}]}";
        let told = run(text).unwrap().told(Ink::Plain);
        assert!(told.contains("> customer  [Gelato]"), "{told}");
        assert!(told.contains("button  - [Gelato]\n"), "{told}");
    }

    #[test]
    fn mistakes_are_found_at_their_places() {
        for (text, message) in [
            ("- {name: x, turns: [{}]}", "turn 1 needs `customer` or `press`"),
            ("- {name: x, turns: []}", "turn 1 needs"),
            ("- {name: x, turns: [{customer: a}], lookups: {order: gone}}", "a lookup answers"),
            ("- {name: x, turns: [{customer: a, outcome: glad}]}", "glad"),
            (
                "- {name: x, turns: [{customer: a}]}\n- {name: x, turns: [{customer: a}]}",
                "a test named \"x\" stands already",
            ),
        ] {
            let (_, problems) = read(&[file(text)]);
            assert!(problems.len() == 1 && problems[0].line > 0, "{text}: {problems:?}");
            assert!(problems[0].message.contains(message), "{text}: {}", problems[0]);
        }
        let files = [file("- {name: x, turns: [{customer: a, intent: gone}]}")];
        let knowledge = load::build(&embedded::intents()).unwrap().knowledge;
        let problems = unknown_intents(&read(&files).0, &files, &knowledge);
        assert_eq!(problems[0].message, "there is no intent `gone`");
    }
}

//! Conversation tests as people write them, and how a conversation is held against one.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_saphyr::Spanned;

use super::conversation::{Conversation, Exchange, Record};
use crate::dialogue::{Handoff, Input, Outcome};
use crate::domain::language::Language;
use crate::domain::source::{Problem, Severity, SourceFile, read_yaml};
use crate::domain::ticket::Priority;
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
    customer: Option<String>,
    #[serde(default)]
    press: Option<String>,
    #[serde(default)]
    intent: Option<Spanned<String>>,
    #[serde(default)]
    outcome: Option<Outcome>,
    #[serde(default)]
    bot: Vec<String>,
    #[serde(default)]
    ticket: Option<Expected>,
}

/// What a ticket must have; a key that is not written is not looked at, `team: ~` means no team.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    #[serde(default)]
    team: Team,
    #[serde(default)]
    priority: Option<Priority>,
    #[serde(default)]
    skills: Option<Vec<String>>,
    #[serde(default)]
    language: Option<Language>,
}

/// The team of a ticket.
#[derive(Debug, Default)]
enum Team {
    /// Any.
    #[default]
    Unsaid,
    /// This one, or none.
    Is(Option<String>),
}

impl<'de> Deserialize<'de> for Team {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::Is)
    }
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
    /// Where it stands.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.file, self.name.referenced.line())
    }

    fn turns_without_input(&self, file: &SourceFile) -> Option<Problem> {
        let wrong =
            self.turns.iter().position(|turn| turn.customer.is_some() == turn.press.is_some());
        let wrong = wrong.or_else(|| self.turns.is_empty().then_some(0))?;
        let message = format!("turn {} needs `customer` or `press`, one of the two", wrong + 1);
        Some(problem(file, &self.name, message))
    }

    /// Holds the conversation; returns what was not as expected, as lines, at the first turn that
    /// differs.
    pub(super) fn run(&self, knowledge: &Knowledge, book: &PolicyBook) -> Option<Vec<String>> {
        let shop = |name: &str, _: &BTreeMap<String, String>| {
            self.lookups.get(name).map_or(Record::Failed, |answer| answer.0.clone())
        };
        let language = self.language.unwrap_or(knowledge.bot.default_language);
        let mut conversation = Conversation::new(knowledge, book, &shop, Some(language));
        self.turns.iter().zip(1..).find_map(|(turn, number)| {
            let differences = turn.hold(&mut conversation);
            (!differences.is_empty()).then(|| {
                let heading = format!("turn {number}, {}", turn.spoken());
                std::iter::once(heading).chain(differences).collect()
            })
        })
    }
}

impl Turn {
    fn spoken(&self) -> String {
        match (&self.customer, &self.press) {
            (Some(text), _) => format!("customer: {text:?}"),
            (None, press) => format!("press: {:?}", press.as_deref().unwrap_or_default()),
        }
    }

    fn hold(&self, conversation: &mut Conversation<'_>) -> Vec<String> {
        let input = match (&self.customer, &self.press) {
            (Some(text), _) => Input::Text(text.clone()),
            (None, press) => {
                let name = press.as_deref().unwrap_or_default();
                match conversation.button(name) {
                    Some(input) => input,
                    None => return vec![not_offered(name, conversation)],
                }
            }
        };
        let exchange = conversation.take(&input, NOW);
        self.differences(&exchange)
    }

    fn differences(&self, exchange: &Exchange) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(expected) = self.outcome.filter(|expected| *expected != exchange.outcome) {
            lines.push(differs("outcome", word(expected), &word(exchange.outcome)));
        }
        if let Some(expected) = &self.intent {
            let understood = exchange.understood.as_ref();
            let intent = understood.and_then(|understood| understood.intent.as_deref());
            if intent != Some(&expected.value) {
                let confidence = understood.map_or(0.0, |understood| understood.confidence);
                let got = format!("{} ({confidence:.2})", intent.unwrap_or("none"));
                lines.push(differs("intent", &expected.value, &got));
            }
        }
        if let Some(expected) = &self.ticket {
            lines.extend(expected.differences(exchange.handoff.as_ref()));
        }
        let said: Vec<_> = exchange.replies.iter().map(|reply| reply.text.as_str()).collect();
        let said = said.join("\n");
        let missing =
            self.bot.iter().filter(|part| !said.to_lowercase().contains(&part.to_lowercase()));
        lines.extend(missing.map(|part| format!("  bot      does not say {part:?}")));
        if !lines.is_empty() {
            lines.push("  the bot said:".to_owned());
            lines.extend(said.lines().map(|line| format!("  | {line}")));
        }
        lines
    }
}

impl Expected {
    fn differences(&self, handoff: Option<&Handoff>) -> Vec<String> {
        let Some(handoff) = handoff else {
            return vec![differs("ticket", "one", "none")];
        };
        let requirement = &handoff.requirement;
        let or_none = |text: Option<&String>| text.map_or("none", String::as_str).to_owned();
        let mut lines = Vec::new();
        if let Team::Is(team) = &self.team
            && *team != requirement.team
        {
            lines.push(differs(
                "team",
                or_none(team.as_ref()),
                &or_none(requirement.team.as_ref()),
            ));
        }
        if let Some(priority) = self.priority.filter(|priority| *priority != handoff.priority) {
            lines.push(differs("priority", priority.as_str(), handoff.priority.as_str()));
        }
        if let Some(skills) = &self.skills
            && requirement.skills != skills.iter().cloned().collect()
        {
            let got = requirement.skills.texts();
            lines.push(differs(
                "skills",
                format!("[{}]", skills.join(", ")),
                &format!("[{}]", got.join(", ")),
            ));
        }
        if let Some(language) = self.language.filter(|own| Some(*own) != requirement.language) {
            let got = requirement.language.map_or("none", Language::code);
            lines.push(differs("language", language.code(), got));
        }
        lines
    }
}

fn not_offered(name: &str, conversation: &Conversation<'_>) -> String {
    let labels = conversation.shown().iter().map(|button| format!("{:?}", button.label));
    let labels = labels.collect::<Vec<_>>().join(", ");
    format!("  press    no button {name:?} is offered, only [{labels}]")
}

fn differs(what: &str, expected: impl AsRef<str>, got: &str) -> String {
    format!("  {what:<8} expected {}, got {got}", expected.as_ref())
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

    fn run(text: &str) -> Option<Vec<String>> {
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
      ticket: {team: ordini, priority: high, skills: [billing], language: en}
    - customer: "never reached"
      outcome: survey
"#;
        let lines = run(text).unwrap();
        assert_eq!(lines[0], "turn 2, customer: \"voglio parlare con una persona\"");
        let told = lines.join("\n");
        for line in [
            "outcome  expected answered, got escalated",
            "intent   expected greeting, got person (",
            "team     expected ordini, got none",
            "priority expected high, got normal",
            "skills   expected [billing], got []",
            "language expected en, got it",
            "bot      does not say \"sconto\"",
        ] {
            assert!(told.contains(line), "{line}\n{told}");
        }
        assert!(!told.contains("\"persona\""), "{told}");
    }

    #[test]
    fn a_button_must_be_on_offer() {
        let text = "- {name: x, turns: [{customer: ciao}, {press: Gelato}]}";
        assert!(run(text).unwrap()[1].contains("no button \"Gelato\" is offered, only [\""));
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

//! What two versions of the knowledge make of the same messages.

use serde::Serialize;

use super::Knowledge;
use crate::nlu::{Reading, Verdict};

/// A message to ask both versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its words.
    pub text: String,
    /// How often it came.
    pub times: u64,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a message comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A file of messages.
    File,
    /// The examples of the two folders.
    Examples,
    /// What customers wrote.
    Customers,
}

/// What the bot would do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answer outright.
    Answered,
    /// Ask which intent is meant.
    Asked,
    /// Say that it did not understand.
    Rejected,
}

/// What one version makes of a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The likeliest intent, also of a rejected message; `None` when there is no intent at all.
    pub intent: Option<String>,
    /// What the bot would do.
    pub outcome: Outcome,
    /// The probability that the intent is right, 0 to 1.
    pub confidence: f32,
    /// The intents that it would offer when it asks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub offered: Vec<String>,
}

impl Answer {
    /// What a version answers to a text.
    pub fn of(knowledge: &Knowledge, text: &str) -> Self {
        let Reading { candidates, verdict, .. } = knowledge.read(text);
        let outcome = match verdict {
            Verdict::Answer => Outcome::Answered,
            Verdict::Ask => Outcome::Asked,
            Verdict::Reject => Outcome::Rejected,
        };
        let offered = if outcome == Outcome::Asked { OFFERED } else { 0 };
        let offered = candidates.iter().take(offered).map(|one| one.intent.clone()).collect();
        let best = candidates.into_iter().next();
        let confidence = best.as_ref().map_or(0.0, |best| best.probability);
        Self { intent: best.map(|best| best.intent), outcome, confidence, offered }
    }
}

/// How many intents a question offers.
const OFFERED: usize = 2;

/// How an answer changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Another intent is answered or offered.
    Intent,
    /// The same intent, but the bot is surer or less sure of it.
    Outcome,
    /// The same intent is answered with other words, questions or hand-over.
    Words,
}

/// One answer that would change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The message.
    pub text: String,
    /// How often it came.
    pub times: u64,
    /// Where it comes from.
    pub origin: Origin,
    /// How it changes.
    pub change: Kind,
    /// Before.
    pub old: Answer,
    /// After.
    pub new: Answer,
}

/// What a customer notices between two answers; `None` when it is nothing.
fn kind(old: &Knowledge, new: &Knowledge, before: &Answer, after: &Answer) -> Option<Kind> {
    use Outcome::{Answered, Asked, Rejected};
    match (before.outcome, after.outcome) {
        (Rejected, Rejected) => None,
        (Answered, Answered) if before.intent == after.intent => {
            let name = before.intent.as_deref().unwrap_or_default();
            (old.intents.get(name) != new.intents.get(name)).then_some(Kind::Words)
        }
        (Asked, Asked) if before.offered == after.offered => None,
        (Asked, Asked) => Some(Kind::Intent),
        _ if before.intent == after.intent => Some(Kind::Outcome),
        (Rejected, _) | (_, Rejected) => Some(Kind::Outcome),
        _ => Some(Kind::Intent),
    }
}

/// The answers that would change: other intents first, then the most frequent messages.
pub fn changes(old: &Knowledge, new: &Knowledge, messages: &[Asked]) -> Vec<Change> {
    let mut changes: Vec<Change> = messages
        .iter()
        .filter_map(|asked| {
            let (before, after) = (Answer::of(old, &asked.text), Answer::of(new, &asked.text));
            let change = kind(old, new, &before, &after)?;
            let Asked { text, times, origin } = asked.clone();
            Some(Change { text, times, origin, change, old: before, new: after })
        })
        .collect();
    changes.sort_by(|a, b| {
        (a.change, b.times).cmp(&(b.change, a.times)).then_with(|| a.text.cmp(&b.text))
    });
    changes
}

/// What was added to, taken from and rewritten in the intents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Edits {
    /// Intents that only the new version has.
    pub added: Vec<String>,
    /// Intents that only the old version has.
    pub removed: Vec<String>,
    /// Intents whose answers, questions, buttons or hand-over differ.
    pub reworded: Vec<String>,
}

impl Edits {
    /// Between two versions.
    pub fn between(old: &Knowledge, new: &Knowledge) -> Self {
        let only = |one: &Knowledge, other: &Knowledge| -> Vec<String> {
            one.intents.keys().filter(|name| !other.intents.contains_key(*name)).cloned().collect()
        };
        let differs = |(name, intent): (&String, &super::Intent)| {
            old.intents.get(name).is_some_and(|before| before != intent)
        };
        let reworded = new.intents.iter().filter(|entry| differs(*entry));
        Self {
            added: only(new, old),
            removed: only(old, new),
            reworded: reworded.map(|(name, _)| name.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::small_shop::SHOP;
    use super::*;
    use crate::domain::source::SourceFile;
    use crate::knowledge::load;

    fn knowledge(from: &str, to: &str) -> Knowledge {
        assert!(SHOP.contains(from), "{from}");
        let text = SHOP.replacen(from, to, 1);
        load::build(&[SourceFile { name: "shop.yaml".to_owned(), text }]).unwrap().knowledge
    }

    fn asked(text: &str, times: u64) -> Asked {
        Asked { text: text.to_owned(), times, origin: Origin::File }
    }

    #[test]
    fn the_same_folder_changes_nothing() {
        let (old, new) = (knowledge("Dalle", "Dalle"), knowledge("Dalle", "Dalle"));
        let messages = ["a che ora aprite", "un buono", "xkcd"].map(|text| asked(text, 1));
        assert_eq!(changes(&old, &new, &messages), []);
        assert_eq!(Edits::between(&old, &new), Edits::default());
    }

    #[test]
    fn other_intents_come_before_other_words_and_say_both_answers() {
        let old = knowledge("Dalle", "Dalle");
        let moved = SHOP.replace("    patterns: ['\\bbuono\\b']\n", "");
        let moved = moved.replace(
            "    reply: {it: [\"Dalle 9.\"]",
            "    patterns: ['\\bbuono\\b']\n    reply: {it: [\"Dalle 10.\"]",
        );
        let file = SourceFile { name: "shop.yaml".to_owned(), text: moved };
        let new = load::build(&[file]).unwrap().knowledge;
        let messages = [asked("orari del negozio", 7), asked("un buono", 1), asked("xkcd", 1)];
        let found = changes(&old, &new, &messages);
        let told: Vec<_> =
            found.iter().map(|change| (change.text.as_str(), change.change)).collect();
        assert_eq!(told, [("un buono", Kind::Intent), ("orari del negozio", Kind::Words)]);
        assert_eq!(found[0].old.intent.as_deref(), Some("refund"));
        assert_eq!(found[0].new.intent.as_deref(), Some("hours"));
        assert_eq!(found[0].new.outcome, Outcome::Answered);
        assert_eq!(Edits::between(&old, &new).reworded, ["hours"]);
    }

    #[test]
    fn a_question_that_is_answered_now_is_told_as_an_outcome() {
        let (old, new) = (knowledge("buono", "sconto"), knowledge("buono", "regalo"));
        let found = changes(&old, &new, &[asked("zyx regalo", 1)]);
        assert_eq!(found[0].change, Kind::Outcome, "{found:?}");
        assert_eq!(
            (found[0].old.outcome, found[0].new.outcome),
            (Outcome::Rejected, Outcome::Answered)
        );
        let renamed = knowledge("name: refund", "name: money_back");
        let edits = Edits::between(&old, &renamed);
        assert_eq!(
            (edits.added, edits.removed),
            (vec!["money_back".into()], vec!["refund".into()])
        );
    }
}

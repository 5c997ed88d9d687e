//! Questions that the bot could not answer, as intents to be written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::cluster::clusters;
use super::cover::covered;
use super::findings::MOST_LABEL;
use super::load::Built;
use super::written::{is_hidden, quoted, shortened, snake_case};
use crate::domain::language::Language;
use crate::nlu::{Verdict, plain_words};

/// More different questions than this are not put together; the rarest are left out.
const MOST: usize = 3_000;
/// This many examples show what words are usual.
const MOST_KNOWN: usize = 10_000;
/// The most examples of one suggestion.
const MOST_EXAMPLES: usize = 20;
/// How many words a name is made of.
const NAME_WORDS: usize = 3;
/// From this probability on, an intent is named as the nearest.
const NEAR: f32 = 0.2;

/// A question that was not answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Who asked: equal for messages of one conversation.
    pub conversation: u128,
    /// The words.
    pub said: String,
    /// The customer's next words.
    pub next: Option<String>,
    /// The customer's name, which is not shown.
    pub name: Option<String>,
    /// What the handling of its conversation is expected to take, minutes.
    pub minutes: u32,
}

/// One thing that customers ask and the bot cannot answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// A name for the intent, unlike those that exist.
    pub name: String,
    /// The language of the examples.
    pub language: Language,
    /// How many conversations it came up in.
    pub conversations: usize,
    /// How many messages asked it.
    pub messages: u64,
    /// What handling these conversations is expected to take, minutes.
    pub minutes: u64,
    /// The intent that is nearest today, and how likely it is meant.
    pub nearest: Option<Nearest>,
    /// What was written, what tells who it was covered, the most typical first.
    pub examples: Vec<Example>,
}

/// The nearest intent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Nearest {
    /// Its name.
    pub intent: String,
    /// The probability that it is meant, 0 to 1.
    pub probability: f32,
}

/// One wording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Example {
    /// The words.
    pub text: String,
    /// How often.
    pub times: u64,
}

/// What came of the questions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestions {
    /// The suggestions, the most minutes first.
    pub suggestions: Vec<Suggestion>,
    /// Messages that were looked at.
    pub messages: usize,
    /// Of those, how many the present files answer or reject on purpose, or whose customers chose an
    /// offered intent.
    pub settled: usize,
}

/// One wording with everybody who used it.
struct Wording {
    text: String,
    language: Language,
    times: u64,
    /// The conversations and what each takes, minutes.
    by: BTreeMap<u128, u32>,
    nearest: Option<Nearest>,
}

/// Puts questions together and ranks them by what they cost.
pub fn suggest(built: &Built, questions: &[Question]) -> Suggestions {
    let titles = titles(built);
    let none: BTreeSet<String> = built.training.none.iter().map(|text| plain_words(text)).collect();
    let mut wordings: BTreeMap<String, Wording> = BTreeMap::new();
    let mut settled = 0;
    for question in questions {
        let chosen = question.next.as_ref().is_some_and(|next| titles.contains(&plain_words(next)));
        match wording(built, question)
            .filter(|wording| !chosen && !none.contains(&plain_words(&wording.text)))
        {
            Some(new) => add(&mut wordings, new),
            None => settled += 1,
        }
    }
    let mut all: Vec<Wording> = wordings.into_values().collect();
    all.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.text.cmp(&b.text)));
    all.truncate(MOST);
    Suggestions { suggestions: ranked(built, &all), messages: questions.len(), settled }
}

/// What buttons say that lead to intents.
fn titles(built: &Built) -> BTreeSet<String> {
    let intents = built.knowledge.intents.values();
    let titles = intents.flat_map(|intent| [&intent.title.it, &intent.title.en]);
    titles.map(|title| plain_words(title)).collect()
}

/// A question as it may be shown; `None` when it asks nothing or is answered now.
fn wording(built: &Built, question: &Question) -> Option<Wording> {
    let reading = built.knowledge.read(&question.said);
    if reading.closing || reading.verdict == Verdict::Answer {
        return None;
    }
    let seen: String = question.said.chars().filter(|c| !is_hidden(*c)).collect();
    let text = covered(&seen, question.name.as_deref());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain_words(&text).is_empty() {
        return None;
    }
    let nearest = reading
        .candidates
        .into_iter()
        .next()
        .map(|best| Nearest { intent: best.intent, probability: best.probability });
    Some(Wording {
        text,
        language: reading.language.unwrap_or(built.knowledge.bot.default_language),
        times: 1,
        by: BTreeMap::from([(question.conversation, question.minutes)]),
        nearest,
    })
}

fn add(wordings: &mut BTreeMap<String, Wording>, new: Wording) {
    match wordings.get_mut(&plain_words(&new.text)) {
        Some(known) => {
            known.times += 1;
            known.by.extend(new.by);
        }
        None => {
            wordings.insert(plain_words(&new.text), new);
        }
    }
}

fn ranked(built: &Built, wordings: &[Wording]) -> Vec<Suggestion> {
    let texts: Vec<&str> = wordings.iter().map(|wording| wording.text.as_str()).collect();
    let weights: Vec<u64> = wordings.iter().map(|wording| wording.times).collect();
    let kinds: Vec<usize> = wordings.iter().map(|wording| wording.language as usize).collect();
    let known = built.training.intents.iter().flat_map(|intent| &intent.examples);
    let known: Vec<&str> = known.take(MOST_KNOWN).map(|(_, text)| text.as_str()).collect();
    let mut found: Vec<Suggestion> = clusters(&texts, &weights, &kinds, &known)
        .iter()
        .filter_map(|members| {
            suggestion(&members.iter().map(|at| &wordings[*at]).collect::<Vec<_>>())
        })
        .collect();
    found.sort_by(|a, b| {
        let cost = |one: &Suggestion| (one.minutes, one.messages);
        cost(b).cmp(&cost(a)).then_with(|| a.examples[0].text.cmp(&b.examples[0].text))
    });
    let mut taken: BTreeSet<String> = built.knowledge.intents.keys().cloned().collect();
    for suggestion in &mut found {
        suggestion.name = free_name(&suggestion.name, &taken);
        taken.insert(suggestion.name.clone());
    }
    found
}

fn suggestion(members: &[&Wording]) -> Option<Suggestion> {
    let first = members.first()?;
    let mut by: BTreeMap<u128, u32> = BTreeMap::new();
    for wording in members {
        by.extend(&wording.by);
    }
    let examples = members.iter().take(MOST_EXAMPLES);
    let nearest = first.nearest.clone().filter(|nearest| nearest.probability >= NEAR);
    Some(Suggestion {
        name: name(members),
        language: first.language,
        conversations: by.len(),
        messages: members.iter().map(|wording| wording.times).sum(),
        minutes: by.values().map(|minutes| u64::from(*minutes)).sum(),
        nearest,
        examples: examples
            .map(|wording| Example { text: wording.text.clone(), times: wording.times })
            .collect(),
    })
}

/// The words that most wordings share, the longer first among equals, in the order of the first.
fn name(members: &[&Wording]) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for wording in members {
        let words = telling(&wording.text);
        let words: BTreeSet<&str> = words.split('_').filter(|word| word.len() > 2).collect();
        for word in words {
            *counts.entry(word.to_owned()).or_default() += wording.times;
        }
    }
    let mut order: Vec<(&String, &u64)> = counts.iter().collect();
    // Long words say more than the small ones that every sentence has.
    let worth = |(word, count): &(&String, &u64)| **count * word.len().min(8) as u64;
    order.sort_by(|a, b| worth(b).cmp(&worth(a)).then_with(|| a.0.cmp(b.0)));
    let chosen: Vec<&str> = order.iter().take(NAME_WORDS).map(|(word, _)| word.as_str()).collect();
    let first = members.first().map(|wording| telling(&wording.text)).unwrap_or_default();
    let mut words: Vec<&str> = first.split('_').filter(|word| chosen.contains(word)).collect();
    words.extend(chosen.iter().filter(|word| !first.split('_').any(|own| own == **word)));
    words.dedup();
    snake_case(&words.join(" "))
}

/// The words of a text in snake case, without codes and addresses.
fn telling(text: &str) -> String {
    let plain = |word: &&str| !word.contains(|c: char| c.is_ascii_digit() || "@/".contains(c));
    let words: Vec<&str> = text.split_whitespace().filter(plain).collect();
    snake_case(&words.join(" "))
}

fn free_name(wanted: &str, taken: &BTreeSet<String>) -> String {
    let wanted = if wanted.is_empty() { "question" } else { wanted };
    let mut names = (1_usize..).map(|number| match number {
        1 => wanted.to_owned(),
        number => format!("{wanted}_{number}"),
    });
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Suggestions as intents that can be pasted: they go to a person until somebody writes an answer.
pub fn yaml(suggestions: &[Suggestion]) -> String {
    let mut out = String::from("intents:\n");
    for (suggestion, number) in suggestions.iter().zip(1..) {
        let Suggestion { conversations, messages, minutes, .. } = suggestion;
        let _ = writeln!(
            out,
            "  # {number}. {} in {}: about {} of handling.",
            counted(*messages, "message"),
            counted(*conversations as u64, "conversation"),
            counted(*minutes, "minute")
        );
        if let Some(Nearest { intent, probability }) = &suggestion.nearest {
            let percent = 100.0 * probability;
            let _ = writeln!(
                out,
                "  # Nearest today: `{intent}` ({percent:.0} %). If that is meant, move the examples there instead."
            );
        }
        one(&mut out, suggestion);
    }
    out
}

fn one(out: &mut String, suggestion: &Suggestion) {
    let title = quoted(&shortened(&suggestion.name.replace('_', " "), MOST_LABEL));
    let _ = writeln!(
        out,
        "  - name: {}\n    title: {{it: {title}, en: {title}}}\n    examples:",
        suggestion.name
    );
    for language in Language::ALL {
        if language != suggestion.language {
            let _ = writeln!(out, "      {}: []", language.code());
            continue;
        }
        let _ = writeln!(out, "      {}:", language.code());
        for Example { text, times } in &suggestion.examples {
            let note = if *times > 1 { format!(" # {times} times") } else { String::new() };
            let _ = writeln!(out, "        - {}{note}", quoted(text));
        }
    }
    out.push_str("    # Replace this by `reply:` with the answer.\n    escalate:\n      message: {it: \"La passo a una persona.\", en: \"I will pass you to a person.\"}\n");
}

fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::super::small_shop::SHOP;
    use super::*;
    use crate::domain::source::SourceFile;
    use crate::knowledge::load;

    fn shop(more: &str) -> Built {
        let hours = "    reply: {it: [\"Dalle 9.\"]";
        let with_pattern = format!("    patterns: ['\\borari\\b']\n{hours}");
        let text = SHOP.replace(hours, &with_pattern) + more;
        load::build(&[SourceFile { name: "shop.yaml".to_owned(), text }]).unwrap()
    }

    fn question(conversation: u128, said: &str, next: Option<&str>, minutes: u32) -> Question {
        Question {
            conversation,
            said: said.to_owned(),
            next: next.map(str::to_owned),
            name: Some("Ada Rossi".to_owned()),
            minutes,
        }
    }

    #[test]
    fn what_costs_most_comes_first_and_can_be_pasted() {
        let built = shop("");
        let questions = [
            question(1, "si può incidere un nome sulla candela?", None, 5),
            question(1, "si può incidere un nome sulla candela", None, 5),
            question(2, "si può incidere sulla candela un nome per ada?", None, 5),
            question(3, "spedite in Svizzera?", Some("Hello?"), 30),
            question(4, "blaterare zigzag", Some("Rimborso"), 30),
            question(5, "orari per favore", None, 30),
            question(6, "che tempo fa domani?", None, 30),
            question(7, "🙂", None, 30),
        ];
        let found = suggest(&built, &questions);
        assert_eq!((found.messages, found.settled), (8, 4));
        let [swiss, candle] = &found.suggestions[..] else { panic!("{found:#?}") };
        assert_eq!((swiss.minutes, swiss.conversations), (30, 1));
        assert_eq!((candle.minutes, candle.conversations, candle.messages), (10, 2, 3));
        assert!(candle.name.contains("incidere") && candle.name.contains("candela"), "{candle:?}");
        let yaml = yaml(&found.suggestions);
        assert!(!yaml.to_lowercase().contains("ada"), "{yaml}");
        assert!(yaml.contains("- \"si può incidere un nome sulla candela?\" # 2 times"), "{yaml}");
        let pasted = shop(yaml.strip_prefix("intents:\n").unwrap());
        assert_eq!(pasted.training.intents.len(), 4);
        assert_eq!(suggest(&pasted, &questions[..2]).suggestions, []);
    }

    #[test]
    fn names_are_free_and_never_empty() {
        let taken: BTreeSet<String> = ["hours".to_owned(), "hours_2".to_owned()].into();
        assert_eq!(free_name("hours", &taken), "hours_3");
        assert_eq!(free_name("", &taken), "question");
        let found = suggest(&shop(""), &[question(1, "你好吗", None, 1)]);
        assert_eq!(found.suggestions[0].name, "question");
    }
}

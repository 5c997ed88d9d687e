//! Intent files as Rasa's training data.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::annotation;
use crate::domain::language::Language;
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::domain::time::UtcMillis;
use crate::knowledge::Knowledge;
use crate::knowledge::format::EntityPart;
use crate::knowledge::load::Built;
use crate::knowledge::recovery;

/// What came of an export.
#[derive(Debug)]
pub struct Exported {
    /// The training data of each language.
    pub files: Vec<(Language, String)>,
    /// Everything that has no place there.
    pub notes: Vec<Problem>,
}

/// Turns a folder into training data, one file a language: Rasa's assistants speak one.
pub fn export(sources: &[SourceFile], built: &Built) -> Exported {
    let entities = entities(sources);
    let mut notes = Vec::new();
    let files = Language::ALL.map(|language| (language, text(built, &entities, language)));
    note_behaviour(&built.knowledge, &mut notes);
    for name in entities.iter().filter(|(_, entity)| entity.upper).map(|(name, _)| name) {
        note(&mut notes, format!("entity `{name}`: `upper` has no place in Rasa"));
    }
    for name in entities.iter().filter(|(_, entity)| entity.roles.is_some()).map(|(name, _)| name) {
        note(&mut notes, format!("entity `{name}`: the words of its roles are not carried over"));
    }
    for name in entities.iter().filter(|(_, entity)| entity.formats.is_some()).map(|(name, _)| name)
    {
        note(
            &mut notes,
            format!(
                "entity `{name}`: its formats are expressions there, capitals and blanks aside"
            ),
        );
    }
    if built.training.intents.iter().any(|intent| !intent.patterns.is_empty()) {
        let rule = "patterns are regex features in Rasa: they no longer decide by themselves";
        note(&mut notes, rule);
    }
    Exported { files: files.into(), notes }
}

fn note(notes: &mut Vec<Problem>, message: impl Into<String>) {
    notes.push(Problem::of_file(Severity::Warning, "export", message));
}

/// What is no training data.
fn note_behaviour(knowledge: &Knowledge, notes: &mut Vec<Problem>) {
    note(notes, "the bot itself (name, welcome, menu, privacy) is not carried over");
    let count = knowledge.intents.len();
    note(
        notes,
        format!(
            "titles, replies, forms and hand-over of {count} intents are not carried over: they belong into Rasa's domain and rules"
        ),
    );
    let lookups = knowledge.lookups.len();
    if lookups > 0 {
        note(
            notes,
            format!(
                "{lookups} lookups of the shop's systems are not carried over: they are custom actions in Rasa"
            ),
        );
    }
}

/// The entities as written.
fn entities(sources: &[SourceFile]) -> BTreeMap<String, EntityPart> {
    let files = sources.iter().filter_map(|source| recovery::read(source).file);
    let parts = files.flat_map(|file| file.entities.unwrap_or_default());
    parts.map(|(name, part)| (name, part.value)).collect()
}

fn text(built: &Built, entities: &BTreeMap<String, EntityPart>, language: Language) -> String {
    let mut out = String::from("version: \"3.1\"\nnlu:\n");
    let listed = entities.iter().filter(|(_, entity)| entity.values.is_some());
    let listed: Vec<&str> = listed.map(|(name, _)| name.as_str()).collect();
    for intent in &built.training.intents {
        let own = intent.examples.iter().filter(|(own, _)| own.is_none_or(|own| own == language));
        let texts = own.map(|(_, text)| marked(&built.knowledge, &listed, text));
        block(&mut out, "intent", &intent.name, texts);
    }
    let none = built.training.none.iter().map(|text| without_marks(text));
    if language == built.knowledge.bot.default_language {
        block(&mut out, "intent", super::NONE[0], none);
    }
    for intent in &built.training.intents {
        block(&mut out, "regex", &intent.name, intent.patterns.iter().cloned());
    }
    for (name, part) in entities {
        entity(&mut out, name, part);
    }
    out
}

fn entity(out: &mut String, name: &str, part: &EntityPart) {
    let shapes = part.formats.iter().flatten().map(|shape| expression(&shape.value));
    let patterns = part.patterns.iter().flatten().map(|text| text.value.clone()).chain(shapes);
    block(out, "regex", name, patterns);
    let values = part.values.iter().flatten();
    let words = values.clone().flat_map(|(_, words)| words.iter().map(|text| text.value.clone()));
    block(out, "lookup", name, words);
    for (value, words) in values {
        let others = words.iter().map(|text| text.value.clone()).filter(|word| word != value);
        block(out, "synonym", value, others);
    }
}

/// The shape of a code as an expression: `A` is a letter, `9` a digit, `X` either.
fn expression(shape: &str) -> String {
    let (mut out, mut literal) = (String::from(r"\b"), false);
    for character in shape.chars() {
        match character {
            '\\' if !literal => {
                literal = true;
                continue;
            }
            'A' if !literal => out.push_str("[A-Za-z]"),
            '9' if !literal => out.push_str(r"\d"),
            'X' if !literal => out.push_str("[A-Za-z0-9]"),
            other => out.push_str(&regex::escape(&other.to_string())),
        }
        literal = false;
    }
    out + r"\b"
}

/// One part with its lines; nothing when there are none.
fn block(out: &mut String, kind: &str, name: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let name = crate::knowledge::written::quoted(name);
    let _ = writeln!(out, "- {kind}: {name}\n  examples: |");
    for line in lines {
        let _ = writeln!(out, "    - {line}");
    }
}

/// The example on one line, with the words of the shop's own lists marked; expressions find theirs
/// without.
fn marked(knowledge: &Knowledge, listed: &[&str], example: &str) -> String {
    let text = without_marks(example);
    let zone = &knowledge.bot.time_zone;
    let (mut out, mut end) = (String::new(), 0);
    for found in knowledge.entities.find(&text, UtcMillis(0), zone) {
        let Some(words) = text.get(found.span.clone()) else { continue };
        if found.span.start >= end && listed.contains(&found.entity.as_str()) {
            out.push_str(&text[end..found.span.start]);
            out.push_str(&annotation::mark(words, &found.entity, &found.value));
            end = found.span.end;
        }
    }
    out.push_str(&text[end..]);
    out
}

/// One line in which nothing looks like a mark.
fn without_marks(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").replace("](", "] (").replace("]{", "] {").replace("][", "] [")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::knowledge::load;
    use crate::knowledge::rasa::import;
    use crate::knowledge::small_shop::small_bot;

    const SHOP: &str = concat!(
        small_bot!(),
        r#"none: ["che tempo fa domani", "raccontami una barzelletta"]
entities:
  order_number:
    patterns: ['\b[A-Z]{2}\d{6}\b', 'ordine n\. (?P<value>\d+)']
    upper: true
  problem:
    values: {rotto: [rotto, danneggiato, "broken, sadly"], mancante: [mancante, missing]}
intents:
  - name: hours
    title: {it: Orari, en: Hours}
    examples: {it: ["a che ora aprite?", "- orari: \"oggi\" # qui"], en: ["when do you open", "[open](now)?"]}
    reply: {it: ["Dalle 9."], en: ["From 9."]}
  - name: damaged
    title: {it: Rotto, en: Broken}
    examples: {it: ["è arrivato danneggiato", "ordine AB123456 rotto"], en: ["it is broken, sadly"]}
    patterns: ['\brott[oa]\b']
    reply: {it: ["Ci dispiace."], en: ["Sorry."]}
"#
    );

    fn read(text: String) -> (Vec<SourceFile>, Built) {
        let files = vec![SourceFile { name: "a.yaml".to_owned(), text }];
        let built = load::build(&files).unwrap();
        (files, built)
    }

    /// What a set teaches, without its order.
    fn taught(built: &Built) -> BTreeSet<(String, String)> {
        let set = &built.training;
        let examples = set.intents.iter().flat_map(|intent| {
            let texts = intent
                .examples
                .iter()
                .map(|(language, text)| format!("{language:?} {}", text.replace("](", "] (")));
            let all = texts.chain(intent.patterns.iter().map(|text| format!("/{text}/")));
            all.map(|text| (intent.name.clone(), text)).collect::<Vec<_>>()
        });
        let none = set.none.iter().map(|text| ("none".to_owned(), text.clone()));
        examples.chain(none).collect()
    }

    #[test]
    fn what_goes_out_comes_back() {
        let (files, built) = read(SHOP.to_owned());
        let exported = export(&files, &built);
        let rasa: Vec<_> = exported
            .files
            .iter()
            .map(|(language, text)| {
                let name = format!("nlu.{}.yml", language.code());
                (SourceFile { name, text: text.clone() }, *language)
            })
            .collect();
        let italian = &rasa[0].0.text;
        assert!(
            italian.contains("[danneggiato]{\"entity\":\"problem\",\"value\":\"rotto\"}"),
            "{italian}"
        );
        let imported = import(&rasa).unwrap();
        let bot = SHOP.split("none:").next().unwrap();
        let (again, back) = read(format!("{bot}{}", imported.text));
        assert_eq!(taught(&back), taught(&built), "{}", imported.text);
        let own = |sources: &[SourceFile]| -> Vec<(String, Vec<String>, BTreeSet<String>)> {
            let entities = entities(sources).into_iter();
            let parts = entities.map(|(name, part)| {
                let patterns = part.patterns.into_iter().flatten().map(|text| text.value);
                let values = part.values.into_iter().flatten().flat_map(|(value, words)| {
                    words.into_iter().map(move |word| format!("{value}={}", word.value))
                });
                (name, patterns.collect(), values.collect())
            });
            parts.collect()
        };
        assert_eq!(own(&again), own(&files));
    }

    #[test]
    fn shapes_of_codes_become_expressions() {
        assert_eq!(expression(r"AA-99X"), r"\b[A-Za-z][A-Za-z]\-\d\d[A-Za-z0-9]\b");
        assert_eq!(expression(r"\A.9"), r"\bA\.\d\b");
    }

    #[test]
    fn what_has_no_place_there_is_listed() {
        let (files, built) = read(SHOP.to_owned());
        let notes: Vec<String> =
            export(&files, &built).notes.into_iter().map(|note| note.message).collect();
        for part in ["welcome", "replies", "`order_number`: `upper`", "regex features"] {
            assert!(notes.iter().any(|note| note.contains(part)), "{part}: {notes:?}");
        }
    }
}

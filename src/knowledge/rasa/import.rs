//! Rasa's training data as an intent file.

use std::collections::{BTreeMap, BTreeSet};

use serde_saphyr::Location;

use super::draft::{Draft, DraftEntity, DraftIntent, yaml};
use super::format::{Examples, Item, RasaFile};
use super::{NONE, annotation};
use crate::domain::language::Language;
use crate::domain::source::{Problem, Severity, SourceFile, read_yaml};
use crate::knowledge::findings::Findings;
use crate::knowledge::written::{is_hidden, snake_case};
use crate::nlu::entity::Recogniser;
use crate::nlu::{pattern, plain_words};

/// What came of an import.
#[derive(Debug)]
pub struct Imported {
    /// The intent file.
    pub text: String,
    /// How many intents it has.
    pub intents: usize,
    /// How many examples they have.
    pub examples: usize,
    /// How many entities it has.
    pub entities: usize,
    /// Everything that has no place here or was changed, at its place, as warnings.
    pub notes: Vec<Problem>,
}

/// Turns training data into one intent file. Examples are in the language that their metadata names
/// (`language: en`), else in that of their file.
///
/// # Errors
/// The files are no Rasa training data, or hold no intent.
pub fn import(files: &[(SourceFile, Language)]) -> Result<Imported, Vec<Problem>> {
    let (mut read, mut wrong) = (Vec::new(), Vec::new());
    for (source, language) in files {
        match read_yaml::<RasaFile>(source) {
            Ok(file) => read.push((source, *language, file)),
            Err(problem) => wrong.push(problem),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut import = Import::default();
    for (source, language, file) in &read {
        import.other_parts(source);
        for item in file.nlu.iter().flatten() {
            import.item(source, *language, &item.value, item.referenced);
        }
    }
    import.finish(files)
}

/// A word list or an expression that waits until all intents and entities are known.
struct Later<'a> {
    source: &'a SourceFile,
    place: Location,
    name: String,
    texts: Vec<String>,
}

#[derive(Default)]
struct Import<'a> {
    draft: Draft,
    places: BTreeMap<String, usize>,
    /// Whose each example is, by language and words.
    owners: BTreeMap<(Language, String), String>,
    synonyms: Vec<Later<'a>>,
    expressions: Vec<Later<'a>>,
    /// Parts of entities that were noted already.
    noted: BTreeSet<String>,
    notes: Vec<Problem>,
}

impl<'a> Import<'a> {
    fn note(&mut self, source: &SourceFile, place: Location, message: impl Into<String>) {
        Findings::of(source, &mut self.notes).warning(place, message);
    }

    /// Once for each subject, at the first place.
    fn note_once(&mut self, source: &SourceFile, place: Location, message: String) {
        if self.noted.insert(message.clone()) {
            self.note(source, place, message);
        }
    }

    /// The parts of a file that are no training data.
    fn other_parts(&mut self, source: &SourceFile) {
        let keys: BTreeMap<String, serde_json::Value> = read_yaml(source).unwrap_or_default();
        for key in keys.keys().filter(|key| !["version", "nlu"].contains(&key.as_str())) {
            let message = format!("`{key}` is no training data and is not carried over");
            self.notes.push(Problem::of_file(Severity::Warning, &source.name, message));
        }
    }

    fn item(&mut self, source: &'a SourceFile, language: Language, item: &Item, place: Location) {
        if item.metadata.is_some() {
            self.note(source, place, "the metadata is not carried over");
        }
        let texts = |examples: &Option<Examples>| -> Vec<String> {
            let each = examples.as_ref().map(Examples::each).unwrap_or_default();
            each.into_iter().map(|(text, _)| text).collect()
        };
        let later = |name: &str| Later {
            source,
            place,
            name: name.to_owned(),
            texts: texts(&item.examples),
        };
        match (&item.intent, &item.synonym, &item.regex, &item.lookup) {
            (Some(name), None, None, None) => self.intent(source, language, name, item, place),
            (None, Some(value), None, None) => self.synonyms.push(later(value)),
            (None, None, Some(name), None) => self.expressions.push(later(name)),
            (None, None, None, Some(name)) => {
                for text in texts(&item.examples) {
                    self.word(source, place, name, &text, &text);
                }
            }
            _ => self.note(
                source,
                place,
                "neither an intent nor a synonym, a regex or a lookup; not carried over",
            ),
        }
    }

    fn intent(
        &mut self,
        source: &SourceFile,
        language: Language,
        written: &str,
        item: &Item,
        place: Location,
    ) {
        let mut name = snake_case(written);
        if name.is_empty() {
            name = format!("intent_{}", self.draft.intents.len() + 1);
        }
        if name != written {
            self.note(source, place, format!("`{written}` is called `{name}` here"));
        }
        let is_none = NONE.contains(&name.as_str());
        let Some(examples) = item.examples.as_ref().map(Examples::each).filter(|e| !e.is_empty())
        else {
            self.note(source, place, format!("`{written}` has no examples; not carried over"));
            return;
        };
        let owner = if is_none { "none".to_owned() } else { name.clone() };
        if !is_none && !self.places.contains_key(&name) {
            self.places.insert(name.clone(), self.draft.intents.len());
            let title = written.replace(['_', '/', '-'], " ");
            let new = DraftIntent { name: name.clone(), title, ..DraftIntent::default() };
            self.draft.intents.push(new);
        }
        for (text, metadata) in examples {
            let own = metadata.and_then(|metadata| metadata.get("language")?.as_str());
            let own = own.and_then(Language::from_tag);
            let others = metadata.and_then(|all| all.as_object()).map_or(0, serde_json::Map::len);
            if others > usize::from(own.is_some()) {
                self.note_once(
                    source,
                    place,
                    format!("metadata of examples of `{written}` is not carried over"),
                );
            }
            self.example(source, own.unwrap_or(language), &owner, &text, place);
        }
    }

    fn example(
        &mut self,
        source: &SourceFile,
        language: Language,
        owner: &str,
        text: &str,
        place: Location,
    ) {
        let marked = annotation::read(text);
        for unreadable in &marked.unreadable {
            self.note(source, place, format!("`{unreadable}` cannot be read; its words are kept"));
        }
        for mark in &marked.marks {
            let value = mark.value.as_deref().unwrap_or(&mark.words);
            self.word(source, place, &mark.entity, &mark.words, value);
            for (part, name) in [("role", &mark.role), ("group", &mark.group)] {
                if let Some(name) = name {
                    let message =
                        format!("the {part} `{name}` of `{}` is not carried over", mark.entity);
                    self.note_once(source, place, message);
                }
            }
        }
        let words: String = marked.text.chars().filter(|c| !is_hidden(*c)).collect();
        if words != marked.text {
            self.note(
                source,
                place,
                format!("characters that cannot be seen were taken out of \"{words}\""),
            );
        }
        let words = words.trim().to_owned();
        if words.is_empty() {
            return;
        }
        let plain = Some(plain_words(&words)).filter(|plain| !plain.is_empty());
        let key = (language, plain.unwrap_or_else(|| words.clone()));
        if let Some(other) = self.owners.get(&key) {
            let message = if other == owner {
                format!("\"{words}\" stands twice in `{owner}`; once is enough")
            } else {
                format!("\"{words}\" is an example of `{other}` already; left out of `{owner}`")
            };
            self.note(source, place, message);
            return;
        }
        self.owners.insert(key, owner.to_owned());
        match self.places.get(owner).and_then(|at| self.draft.intents.get_mut(*at)) {
            Some(intent) => intent.examples.push((language, words)),
            None => self.draft.none.push(words),
        }
    }

    /// A word of an entity.
    fn word(
        &mut self,
        source: &SourceFile,
        place: Location,
        entity: &str,
        word: &str,
        value: &str,
    ) {
        if word.trim().is_empty() || value.trim().is_empty() {
            return;
        }
        if let Some(name) = self.entity_name(source, place, entity)
            && let Some(before) = self.draft.entities.entry(name).or_default().add(word, value)
        {
            let message = format!("`{word}` stands for `{before}` already, not for `{value}`");
            self.note_once(source, place, message);
        }
    }

    /// What an entity is called here; `None` where it is built in.
    fn entity_name(
        &mut self,
        source: &SourceFile,
        place: Location,
        written: &str,
    ) -> Option<String> {
        let name = snake_case(written);
        let name = if name.is_empty() { "entity".to_owned() } else { name };
        if name != written {
            self.note_once(
                source,
                place,
                format!("the entity `{written}` is called `{name}` here"),
            );
        }
        if Recogniser::BUILT_IN.iter().any(|(built_in, _)| *built_in == name) {
            let message =
                format!("the entity `{name}` is built in here; its words are not carried over");
            self.note_once(source, place, message);
            return None;
        }
        Some(name)
    }

    /// An expression of an intent becomes its pattern, another one that of an entity.
    fn expression(&mut self, later: &Later<'_>) {
        let Later { source, place, name, texts } = later;
        let mut good = Vec::new();
        for text in texts {
            match pattern::compile(text) {
                Ok(regex) if !regex.is_match("") => good.push(text.clone()),
                Ok(_) => self.note(source, *place, format!("`{text}` matches even nothing; not carried over")),
                Err(_) => self.note(source, *place, format!("`{text}` cannot be read here (there is no look-around and no back-reference); not carried over")),
            }
        }
        if let Some(at) = self.places.get(&snake_case(name)).copied() {
            self.note(
                source,
                *place,
                format!("the regex `{name}` is a pattern of the intent now: it decides by itself"),
            );
            extend(&mut self.draft.intents[at].patterns, good);
        } else if let Some(name) = self.entity_name(source, *place, name)
            && !good.is_empty()
        {
            extend(&mut self.draft.entities.entry(name).or_default().patterns, good);
        }
    }

    /// Synonyms count for every entity that has the value or one of the words.
    fn synonym(&mut self, later: &Later<'_>) {
        let Later { source, place, name: value, texts } = later;
        let all: BTreeSet<String> =
            texts.iter().chain([value]).map(|word| word.trim().to_lowercase()).collect();
        let mut used = false;
        for entity in self.draft.entities.values_mut() {
            if !all.iter().any(|word| entity.words.contains_key(word)) {
                continue;
            }
            used = true;
            for word in texts.iter().chain([value]).filter(|word| !word.trim().is_empty()) {
                let key = word.trim().to_lowercase();
                entity.words.insert(key, (word.trim().to_owned(), value.trim().to_owned()));
            }
        }
        if !used {
            self.note(
                source,
                *place,
                format!("no entity has the synonym `{value}` or its words; not carried over"),
            );
        }
    }

    fn finish(mut self, files: &[(SourceFile, Language)]) -> Result<Imported, Vec<Problem>> {
        for later in std::mem::take(&mut self.synonyms) {
            self.synonym(&later);
        }
        for later in std::mem::take(&mut self.expressions) {
            self.expression(&later);
        }
        self.both_kinds();
        self.draft.intents.retain(|intent| !intent.examples.is_empty());
        let names: Vec<&str> = files.iter().map(|(source, _)| source.name.as_str()).collect();
        let first = names.first().copied().unwrap_or("nlu.yml");
        if self.draft.intents.is_empty() {
            let message = "there is no intent with examples in Rasa's training data (`nlu:`)";
            return Err(vec![Problem::of_file(Severity::Error, first, message)]);
        }
        let Draft { intents, entities, .. } = &self.draft;
        Ok(Imported {
            text: yaml(&self.draft, &names.join(", ").replace(['\n', '\r'], " ")),
            intents: intents.len(),
            examples: intents.iter().map(|intent| intent.examples.len()).sum(),
            entities: entities.len(),
            notes: self.notes,
        })
    }

    /// An entity is a list or expressions: with both, its words become an expression too.
    fn both_kinds(&mut self) {
        let mut mixed = Vec::new();
        for (name, DraftEntity { words, patterns }) in &mut self.draft.entities {
            if patterns.is_empty() || words.is_empty() {
                continue;
            }
            let written = std::mem::take(words);
            let escaped: Vec<String> =
                written.values().map(|(word, _)| regex::escape(word)).collect();
            patterns.push(format!(r"\b(?:{})\b", escaped.join("|")));
            mixed.push(name.clone());
        }
        for name in mixed {
            let message = format!(
                "the entity `{name}` has words and expressions: its words are an expression here, without synonyms"
            );
            self.notes.push(Problem::of_file(Severity::Warning, "entities", message));
        }
    }
}

/// Adds what is not there yet: the files of two languages name the same.
fn extend(patterns: &mut Vec<String>, more: Vec<String>) {
    for pattern in more {
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
}

#[cfg(test)]
mod tests;

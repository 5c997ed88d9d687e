//! Where each message of the files stands, so that what a channel makes of it is told at its place.

use serde_saphyr::Location;

use super::format::{Both, EscalatePart, FormPart, IntentFile, Text, Variant};
use super::{Action, Form, Knowledge, Localised, Reply, Slot, Then, limits, recovery};
use crate::domain::language::Language;
use crate::domain::source::SourceFile;

/// Which message of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A variant of `reply`, counted from 0.
    Reply(usize),
    /// A variant of a form's `found`.
    Found(usize),
    /// A variant of a form's `not_found`.
    NotFound(usize),
    /// The question of a form's slot, counted from 0.
    Ask(usize),
    /// What is said before a person takes over.
    Message,
}

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The index of its file among the sources.
    pub source: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1, in characters.
    pub column: usize,
    /// The intent that says it.
    pub intent: String,
    /// Which of its messages.
    pub spot: Spot,
    /// In which language.
    pub language: Language,
}

/// What stands at a place.
#[derive(Clone, Copy, Debug)]
pub enum Written<'a> {
    /// An answer.
    Reply(&'a Reply),
    /// A question with its offered answers.
    Question(&'a Slot),
    /// Text alone.
    Text(&'a str),
}

/// Every message of the files, in their order.
#[must_use]
pub fn places(sources: &[SourceFile]) -> Vec<Place> {
    if !limits::of_sources(sources).is_empty() {
        return Vec::new();
    }
    let mut places = Vec::new();
    for (source, file) in sources.iter().enumerate() {
        if let Some(read) = recovery::read(file).file {
            of_file(source, &read, &mut places);
        }
    }
    places
}

fn of_file(source: usize, file: &IntentFile, places: &mut Vec<Place>) {
    for intent in file.intents.iter().flatten() {
        let mut found = Finder { source, intent: &intent.name.value, places };
        if let Some(both) = &intent.reply {
            found.variants(both, Spot::Reply);
        }
        if let Some(form) = &intent.form {
            found.form(&form.value);
        }
        found.escalation(intent.escalate.as_ref());
    }
}

/// Notes the places of one intent.
struct Finder<'a> {
    source: usize,
    intent: &'a str,
    places: &'a mut Vec<Place>,
}

impl Finder<'_> {
    fn add(&mut self, spot: Spot, language: Language, at: Location) {
        let number = |number: u64| usize::try_from(number).unwrap_or_default();
        self.places.push(Place {
            source: self.source,
            line: number(at.line()),
            column: number(at.column()),
            intent: self.intent.to_owned(),
            spot,
            language,
        });
    }

    fn variants(&mut self, both: &Both<Vec<Variant>>, spot: impl Fn(usize) -> Spot) {
        for (language, list) in [(Language::It, &both.value.it), (Language::En, &both.value.en)] {
            for (index, variant) in list.iter().flatten().enumerate() {
                self.add(spot(index), language, variant.referenced);
            }
        }
    }

    fn texts(&mut self, both: &Both<Text>, spot: &Spot) {
        for (language, text) in [(Language::It, &both.value.it), (Language::En, &both.value.en)] {
            if let Some(text) = text {
                self.add(spot.clone(), language, text.referenced);
            }
        }
    }

    fn form(&mut self, form: &FormPart) {
        for (index, slot) in form.slots.iter().enumerate() {
            self.texts(&slot.ask, &Spot::Ask(index));
        }
        if let Some(end) = &form.reply {
            self.variants(&end.value.found, Spot::Found);
            if let Some(both) = &end.value.not_found {
                self.variants(both, Spot::NotFound);
            }
        }
        self.escalation(form.escalate.as_ref());
    }

    fn escalation(&mut self, part: Option<&EscalatePart>) {
        if let Some(part) = part {
            self.texts(&part.message, &Spot::Message);
        }
    }
}

impl Place {
    /// What the knowledge made of these files says here.
    #[must_use]
    pub fn written<'a>(&self, knowledge: &'a Knowledge) -> Option<Written<'a>> {
        let language = self.language;
        match &knowledge.intents.get(&self.intent)?.action {
            Action::Reply(replies) => match self.spot {
                Spot::Reply(index) => variant(replies, language, index),
                _ => None,
            },
            Action::Form(form) => self.of_form(form),
            Action::Escalate(part) => Some(Written::Text(part.message.in_language(language))),
        }
    }

    fn of_form<'a>(&self, form: &'a Form) -> Option<Written<'a>> {
        match (&self.spot, &form.then) {
            (Spot::Ask(index), _) => form.slots.get(*index).map(Written::Question),
            (Spot::Found(index), Then::Reply { found, .. }) => {
                variant(found, self.language, *index)
            }
            (Spot::NotFound(index), Then::Reply { not_found, .. }) => {
                variant(not_found.as_ref()?, self.language, *index)
            }
            (Spot::Message, Then::Escalate(part)) => {
                Some(Written::Text(part.message.in_language(self.language)))
            }
            _ => None,
        }
    }
}

fn variant(
    replies: &Localised<Vec<Reply>>,
    language: Language,
    index: usize,
) -> Option<Written<'_>> {
    replies.in_language(language).get(index).map(Written::Reply)
}

//! Problems, collected while a file is checked.

use serde_saphyr::Location;

use super::format::{Both, Languages, Text};
use super::hidden;
use crate::domain::language::Language;
use crate::domain::source::{Problem, Severity, SourceFile};

/// The problems of one file so far.
pub(super) struct Findings<'a> {
    file: &'a SourceFile,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Findings<'a> {
    pub(super) const fn of(file: &'a SourceFile, problems: &'a mut Vec<Problem>) -> Self {
        Self { file, problems }
    }

    pub(super) fn error(&mut self, place: Location, message: impl Into<String>) {
        self.add(Severity::Error, place, message);
    }

    pub(super) fn warning(&mut self, place: Location, message: impl Into<String>) {
        self.add(Severity::Warning, place, message);
    }

    /// Whether enough of a kind was found already: a large file may be wrong in every line.
    fn is_full(&self, severity: Severity) -> bool {
        let same = self.problems.iter().filter(|problem| problem.severity == severity);
        self.problems.len() >= MOST_OF_A_KIND && same.count() >= MOST_OF_A_KIND
    }

    fn add(&mut self, severity: Severity, place: Location, message: impl Into<String>) {
        if self.is_full(severity) {
            return;
        }
        let number = |number: u64| usize::try_from(number).unwrap_or_default();
        let place = (number(place.line()), number(place.column()));
        self.problems.push(Problem::at(severity, self.file, place, message));
    }

    /// Both languages of something that must exist in both.
    pub(super) fn both<'b, T>(&mut self, what: &str, both: &'b Both<T>) -> [Option<&'b T>; 2] {
        let Languages { it, en } = &both.value;
        for (language, missing) in [(Language::It, it.is_none()), (Language::En, en.is_none())] {
            if missing {
                let (name, code) = (language_name(language), language.code());
                self.error(both.referenced, format!("{what}: {name} is missing; add `{code}:`"));
            }
        }
        [it.as_ref(), en.as_ref()]
    }

    /// A text that says something.
    pub(super) fn text(&mut self, what: &str, text: &Text) -> String {
        if text.value.trim().is_empty() {
            self.error(text.referenced, format!("{what} is empty"));
        }
        // What stands in the file itself is told where it stands.
        if let Some(character) = hidden::first(&text.value)
            && !self.file.text.contains(character)
        {
            self.error(text.referenced, hidden::message(character));
        }
        text.value.clone()
    }

    /// A name in snake case: small letters, digits and underscores.
    pub(super) fn name(&mut self, what: &str, name: &str, place: Location) {
        let mut letters = name.chars();
        let starts = letters.next().is_some_and(|c| c.is_ascii_lowercase());
        if !starts || !letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            let rule = "use small letters, digits and `_`, starting with a letter";
            self.error(place, format!("{what} `{name}`: {rule}"));
        }
    }

    /// A label of at most 24 characters, which is what every channel can show.
    pub(super) fn label(&mut self, what: &str, label: &Text) -> String {
        let length = label.value.chars().count();
        if length > MOST_LABEL {
            let message =
                format!("{what} is {length} characters long; at most {MOST_LABEL} fit a button");
            self.error(label.referenced, message);
        }
        self.text(what, label)
    }
}

/// The most errors, and the most warnings, that are told.
const MOST_OF_A_KIND: usize = 250;

/// Characters that fit on a button in every channel.
pub(super) const MOST_LABEL: usize = 24;

/// The English name of a language.
pub(super) const fn language_name(language: Language) -> &'static str {
    match language {
        Language::It => "Italian",
        Language::En => "English",
    }
}

//! Problems gathered while a scenario is checked, so that one reading names them all.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde_saphyr::Spanned;

use crate::domain::source::{Problem, Severity, SourceFile};
use crate::sla::duration;

/// The problems so far.
pub(super) struct Findings<'a> {
    file: &'a SourceFile,
    problems: Vec<Problem>,
}

impl<'a> Findings<'a> {
    pub(super) const fn of(file: &'a SourceFile) -> Self {
        Self { file, problems: Vec::new() }
    }

    /// The scenario cannot be used, because of what stands `at` this place.
    pub(super) fn error<T>(&mut self, at: &Spanned<T>, message: impl Display) {
        self.add(Severity::Error, at, message);
    }

    /// Worth a look, though the scenario can be used.
    pub(super) fn warning<T>(&mut self, at: &Spanned<T>, message: impl Display) {
        self.add(Severity::Warning, at, message);
    }

    /// The value, or an error at its place.
    pub(super) fn accept<T, U, E: Display>(
        &mut self,
        at: &Spanned<T>,
        value: Result<U, E>,
    ) -> Option<U> {
        value.map_err(|error| self.error(at, error)).ok()
    }

    /// A duration such as `90s`, in ms; the default where it is missing or wrong.
    pub(super) fn duration(&mut self, written: Option<&Spanned<String>>, default: i64) -> i64 {
        let read =
            written.and_then(|written| self.accept(written, duration::parse(&written.value)));
        read.unwrap_or(default)
    }

    /// A whole number within bounds; the default where it is missing or wrong.
    pub(super) fn number(
        &mut self,
        written: Option<&Spanned<i64>>,
        bounds: RangeInclusive<u32>,
        default: u32,
    ) -> u32 {
        let Some(written) = written else { return default };
        let read = u32::try_from(written.value).ok().filter(|number| bounds.contains(number));
        read.unwrap_or_else(|| {
            let (from, to) = (bounds.start(), bounds.end());
            self.error(written, format!("`{}` must be from {from} to {to}", written.value));
            default
        })
    }

    /// A name: some characters, no more than 60, on one line.
    pub(super) fn name(&mut self, written: &Spanned<String>) -> String {
        let name = written.value.trim();
        if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
            self.error(written, "a name has 1 to 60 characters on one line");
        }
        name.to_owned()
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &mut self,
        written: &Spanned<String>,
        known: &[(&str, T)],
    ) -> Option<T> {
        let found = known.iter().find(|(word, _)| *word == written.value);
        if found.is_none() {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            let (wrong, words) = (&written.value, words.join(", "));
            self.error(written, format!("`{wrong}` cannot stand here; write one of: {words}"));
        }
        found.map(|(_, value)| *value)
    }

    /// All problems in the order of the file, and whether one is an error.
    pub(super) fn into_problems(mut self) -> (Vec<Problem>, bool) {
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        let is_fatal = self.problems.iter().any(|p| p.severity == Severity::Error);
        (self.problems, is_fatal)
    }

    fn add<T>(&mut self, severity: Severity, at: &Spanned<T>, message: impl Display) {
        let number = |value: u64| usize::try_from(value).unwrap_or(0);
        let place = (number(at.referenced.line()), number(at.referenced.column()));
        self.problems.push(Problem::at(severity, self.file, place, message.to_string()));
    }
}

//! Problems gathered while a file is checked, so that one reading names them all.

use std::fmt::Display;

use serde_saphyr::Spanned;

use crate::domain::source::{Problem, Severity, SourceFile};

/// The problems of one file so far.
pub(crate) struct Findings<'a> {
    file: &'a SourceFile,
    problems: Vec<Problem>,
}

impl<'a> Findings<'a> {
    pub(crate) const fn of(file: &'a SourceFile) -> Self {
        Self { file, problems: Vec::new() }
    }

    /// The file cannot be used, because of what stands `at` this place.
    pub(crate) fn error<T>(&mut self, at: &Spanned<T>, message: impl Display) {
        self.add(Severity::Error, at, message);
    }

    /// Worth a look, though the file can be used.
    pub(crate) fn warning<T>(&mut self, at: &Spanned<T>, message: impl Display) {
        self.add(Severity::Warning, at, message);
    }

    /// The value, or an error at its place.
    pub(crate) fn accept<T, U, E: Display>(
        &mut self,
        at: &Spanned<T>,
        value: Result<U, E>,
    ) -> Option<U> {
        value.map_err(|error| self.error(at, error)).ok()
    }

    /// Problems of another file that this one names; two places that name it tell them once.
    pub(crate) fn elsewhere(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
    }

    /// All problems in the order of the file, those of other files last, and whether one is an error.
    pub(crate) fn into_problems(mut self) -> (Vec<Problem>, bool) {
        let own = &self.file.name;
        self.problems.sort_by_key(|p| (p.file != *own, p.line, p.column));
        let fatal = self.problems.iter().any(|problem| problem.severity == Severity::Error);
        (self.problems, fatal)
    }

    fn add<T>(&mut self, severity: Severity, at: &Spanned<T>, message: impl Display) {
        let number = |value: u64| usize::try_from(value).unwrap_or(0);
        let place = (number(at.referenced.line()), number(at.referenced.column()));
        self.problems.push(Problem::at(severity, self.file, place, message.to_string()));
    }
}

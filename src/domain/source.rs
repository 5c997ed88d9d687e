//! Files that people write (intents, policies), and problems at their places.

use serde::de::DeserializeOwned;

/// One file's name (as shown in problems) and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The name shown in problems.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth mending.
    Warning,
    /// The files cannot be used.
    Error,
}

/// One problem, at its place. Displays as `file:line:column: message` and the excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// The file's name.
    pub file: String,
    /// From 1; 0 when the problem has no place.
    pub line: usize,
    /// From 1; 0 when the problem has no place.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
    /// The lines around it with a mark, ready to print; may be empty.
    pub excerpt: String,
}

impl Problem {
    /// A problem at a place of a file, with the excerpt around it.
    #[must_use]
    pub fn at(
        severity: Severity,
        file: &SourceFile,
        (line, column): (usize, usize),
        message: impl Into<String>,
    ) -> Self {
        let _ = (severity, file, line, column, message.into());
        unimplemented!()
    }
}

/// Reads YAML; unknown keys are the type's to refuse (`deny_unknown_fields`). Budgets bound alias
/// bombs and deep nesting.
///
/// # Errors
/// The problem at its place.
pub fn read_yaml<T: DeserializeOwned>(_file: &SourceFile) -> Result<T, Problem> {
    unimplemented!()
}

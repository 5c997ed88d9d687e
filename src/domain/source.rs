//! Files that people write (intents, policies), and problems at their places.

use std::fmt;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::de::DeserializeOwned;
use serde_saphyr::{MessageFormatter, UserMessageFormatter};

/// Lines longer than this many characters are shown in part.
const WIDEST_EXCERPT: usize = 160;

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
    /// From 1, in characters; 0 when the problem has no place.
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
        Self {
            severity,
            file: file.name.clone(),
            line,
            column,
            message: message.into(),
            excerpt: excerpt(severity, &file.text, line, column),
        }
    }

    /// A problem without a place in the text: a file that cannot be read, a key that is missing
    /// from all files.
    #[must_use]
    pub fn of_file(
        severity: Severity,
        file: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            file: file.into(),
            line: 0,
            column: 0,
            message: message.into(),
            excerpt: String::new(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        let kind = if self.severity == Severity::Warning { "warning: " } else { "" };
        write!(f, ": {kind}{}", self.message)?;
        if self.excerpt.is_empty() { Ok(()) } else { write!(f, "\n{}", self.excerpt) }
    }
}

/// The line with its neighbours and a mark under the column; empty when there is no such line.
fn excerpt(severity: Severity, text: &str, line: usize, column: usize) -> String {
    let Some(index) = line.checked_sub(1) else { return String::new() };
    let first = index.saturating_sub(1);
    let shown: Vec<&str> = text.lines().skip(first).take(index - first + 2).collect();
    let Some(marked) = shown.get(index - first) else { return String::new() };
    let column = column.max(1) - 1;
    if shown.iter().any(|line| line.len() > WIDEST_EXCERPT) {
        let from = column.saturating_sub(WIDEST_EXCERPT / 2);
        let part: String = marked.chars().skip(from).take(WIDEST_EXCERPT).collect();
        return drawn(severity, &part, line, mark(&part, 0, column - from));
    }
    let before: usize = shown[..index - first].iter().map(|line| line.len() + 1).sum();
    drawn(severity, &shown.join("\n"), first + 1, mark(marked, before, column))
}

/// The byte range of the word that starts at a column of a line.
fn mark(line: &str, line_start: usize, column: usize) -> std::ops::Range<usize> {
    let start = line.char_indices().nth(column).map_or(line.len(), |(byte, _)| byte);
    let rest = &line[start..];
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let least = rest.chars().next().map_or(0, char::len_utf8);
    line_start + start..line_start + start + word.max(least)
}

fn drawn(severity: Severity, lines: &str, first: usize, mark: std::ops::Range<usize>) -> String {
    let level = if severity == Severity::Error { Level::ERROR } else { Level::WARNING };
    let snippet = Snippet::source(lines)
        .line_start(first)
        .fold(false)
        .annotation(AnnotationKind::Primary.span(mark));
    Renderer::plain().render(&[Group::with_level(level).element(snippet)])
}

/// Reads YAML; unknown keys are the type's to refuse (`deny_unknown_fields`). Budgets bound alias
/// bombs and deep nesting. An empty file is an empty map.
///
/// # Errors
/// The problem at its place.
pub fn read_yaml<T: DeserializeOwned>(file: &SourceFile) -> Result<T, Problem> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 400_000,
            max_nodes: 150_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_depth: 32,
            flow_nesting_limit: 32,
            max_recorded_anchor_events: 50_000,
            max_documents: 1,
            max_total_scalar_bytes: 16 * 1024 * 1024,
        },
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(&file.text, options)
        .map_err(|error| yaml_problem(file, &error))
}

fn yaml_problem(file: &SourceFile, error: &serde_saphyr::Error) -> Problem {
    let error = error.without_snippet();
    let message: String = UserMessageFormatter
        .format_message(error)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match error.location() {
        Some(place) => {
            let line = usize::try_from(place.line()).unwrap_or_default();
            let column = usize::try_from(place.column()).unwrap_or_default();
            Problem::at(Severity::Error, file, (line, column), message)
        }
        None => Problem::of_file(Severity::Error, &file.name, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shop {
        #[expect(dead_code, reason = "only its type is read")]
        name: String,
    }

    fn file(text: &str) -> SourceFile {
        SourceFile { name: "shop.yaml".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_problem_shows_its_place_and_the_line_with_a_mark() {
        let problem =
            Problem::at(Severity::Error, &file("a: 1\nname: città\nb: 2\n"), (2, 7), "no");
        let shown = problem.to_string();
        assert!(shown.starts_with("shop.yaml:2:7: no\n"), "{shown}");
        assert!(shown.contains("2 | name: città"), "{shown}");
        assert!(shown.contains("^^^^^"), "{shown}");
    }

    #[test]
    fn an_unknown_key_is_refused_at_its_place() {
        let problem = read_yaml::<Shop>(&file("name: A\nnmae: B\n")).unwrap_err();
        assert_eq!((problem.line, problem.column), (2, 1), "{problem}");
        assert!(problem.message.contains("nmae"), "{problem}");
        assert!(problem.excerpt.contains("nmae: B"), "{problem}");
    }

    #[test]
    fn broken_yaml_and_missing_keys_have_a_place_too() {
        assert!(read_yaml::<Shop>(&file("name: [\n")).unwrap_err().line > 0);
        assert!(read_yaml::<Shop>(&file("{}\n")).unwrap_err().message.contains("name"));
        assert!(read_yaml::<Shop>(&file("name: x\u{0}y\n")).is_err());
    }

    #[test]
    fn bombs_are_refused() {
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\ng: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
        assert!(read_yaml::<serde_json::Value>(&file(bomb)).is_err());
        let deep = "[".repeat(5_000);
        assert!(read_yaml::<serde_json::Value>(&file(&deep)).is_err());
    }

    #[test]
    fn any_place_is_shown_without_panic() {
        let long = format!("name: {}è x\nb: 1", "lungo ".repeat(200));
        for text in ["", "a", "\r\n\r\n", "è\n€", "\t\u{1b}[31m\u{0}", &long] {
            for place in [(0, 0), (1, 1), (1, 900), (2, 1), (2, 5), (9, 9)] {
                let shown = Problem::at(Severity::Warning, &file(text), place, "m").to_string();
                assert!(shown.contains("warning: m"), "{shown}");
                assert!(shown.len() < 2_000, "{shown}");
            }
        }
    }
}

//! Reading a file past its first mistake: a list item that cannot be read is reported and blanked
//! out, and the rest is read again.

use crate::domain::source::{Problem, SourceFile, read_yaml};

use super::format::IntentFile;

/// A file with more mistakes than this shows the first of them.
const MOST_MISTAKES: usize = 25;
/// Of a file with more bytes than this only the first is shown: each costs another reading.
const LARGE: usize = 1 << 20;

/// What could be read of a file.
pub(super) struct Recovered {
    /// `None` when it is no sound YAML, or wrong outside of its lists.
    pub(super) file: Option<IntentFile>,
    /// The names of the items that were left out.
    pub(super) lost: Vec<String>,
    /// Why they were left out.
    pub(super) problems: Vec<Problem>,
}

/// The file as far as it can be read.
pub(super) fn read(file: &SourceFile) -> Recovered {
    let mut recovered = Recovered { file: None, lost: Vec::new(), problems: Vec::new() };
    let mut rest = file.clone();
    let most = if file.text.len() > LARGE { 1 } else { MOST_MISTAKES };
    while recovered.problems.len() < most {
        let problem = match read_yaml(&rest) {
            Ok(read) => {
                recovered.file = Some(read);
                break;
            }
            Err(problem) => told(problem),
        };
        let sound = read_yaml::<serde::de::IgnoredAny>(&rest).is_ok();
        let next = without_item(&rest.text, problem.line).filter(|_| sound);
        recovered.problems.push(problem);
        let Some((text, name)) = next else { break };
        rest.text = text;
        recovered.lost.extend(name);
    }
    recovered
}

/// What the parser says of its limits, in words.
fn told(problem: Problem) -> Problem {
    let message = if problem.message.contains("limits breached") {
        "the file is too large, or its aliases unfold to too much: at most 150,000 values are read; split it"
    } else if problem.message.contains("recursion limit") {
        "this is nested too deeply: at most 32 levels are read"
    } else {
        return problem;
    };
    Problem { message: message.to_owned(), ..problem }
}

/// The text with the item of a top-level list that holds a line blanked out, so that all other
/// lines keep their numbers, and that item's name; `None` when the line is in no such item.
fn without_item(text: &str, line: usize) -> Option<(String, Option<String>)> {
    let lines: Vec<&str> = text.lines().collect();
    let wrong = line.checked_sub(1).filter(|at| *at < lines.len())?;
    let head = (0..=wrong).rev().find(|at| is_top_level(lines[*at]))?;
    let dash = |line: &str| line.trim_start().starts_with("- ").then(|| indent(line));
    let level = lines[head + 1..].iter().find_map(|line| dash(line))?;
    let start = (head + 1..=wrong).rev().find(|at| dash(lines[*at]) == Some(level))?;
    let after = lines[start + 1..]
        .iter()
        .position(|line| dash(line) == Some(level) || is_top_level(line))
        .map_or(lines.len(), |offset| start + 1 + offset);
    let kept = |(at, line): (usize, &&str)| {
        if (start..after).contains(&at) { String::new() } else { (*line).to_owned() }
    };
    let name = lines[start..after].iter().find_map(|line| {
        let key = line.trim_start().trim_start_matches("- ").trim_start();
        Some(key.strip_prefix("name:")?.trim().to_owned())
    });
    Some((lines.iter().enumerate().map(kept).collect::<Vec<_>>().join("\n"), name))
}

fn is_top_level(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_item_of_the_line_is_blanked() {
        let text =
            "bot:\n  a: 1\nintents:\n  - name: a\n    x: 1\n  - name: b\n    - c\nnone:\n  - z";
        let (left, name) = without_item(text, 5).unwrap();
        assert_eq!(name.as_deref(), Some("a"));
        assert_eq!(left, "bot:\n  a: 1\nintents:\n\n\n  - name: b\n    - c\nnone:\n  - z");
        assert_eq!(without_item(text, 2), None);
        assert_eq!(without_item(text, 99), None);
        assert_eq!(without_item("", 1), None);
    }

    #[test]
    fn limits_are_told_in_words() {
        let said = |text: String| {
            let recovered = read(&SourceFile { name: "a.yaml".to_owned(), text });
            recovered.problems[0].message.clone()
        };
        assert!(said("[".repeat(99)).contains("at most 32 levels"));
        assert!(said(format!("none:\n{}", "- a\n".repeat(160_000))).contains("150,000 values"));
        let items = vec!["x"; 9_999].join(",");
        let aliases: Vec<String> = (0..99).map(|n| format!("b{n}: *a")).collect();
        let aliases = aliases.join(", ");
        let bomb = format!("none: &a [{items}]\nentities: {{a: {{values: {{{aliases}}}}}}}\n");
        assert!(said(bomb).contains("150,000 values"));
    }

    #[test]
    fn every_mistake_of_a_sound_file_is_found() {
        let text = "none:\n  - ok\nintents:\n  - nome: a\n  - name: b\n    colour: red\n";
        let file = SourceFile { name: "a.yaml".to_owned(), text: text.to_owned() };
        let recovered = read(&file);
        let problems = &recovered.problems;
        let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [4, 6], "{problems:?}");
        assert_eq!(recovered.lost, ["b"]);
        assert_eq!(recovered.file.unwrap().none.unwrap().len(), 1);
    }
}

//! Characters that cannot be seen, or that turn the direction of writing: what is read would not be
//! what stands there.

use super::written::is_hidden;
use crate::domain::source::{Problem, Severity, SourceFile};

/// The joiner of emoji: allowed between them, not within words.
const JOINER: char = '\u{200d}';
/// How many are shown of one file.
const SHOWN: usize = 20;

/// The first hidden character of a text.
pub(super) fn first(text: &str) -> Option<char> {
    let mut previous = ' ';
    for character in text.chars() {
        if is_hidden(character) || (character == JOINER && previous.is_alphanumeric()) {
            return Some(character);
        }
        previous = character;
    }
    None
}

/// Those of a file, as errors at their places.
pub(super) fn of_source(source: &SourceFile) -> Vec<Problem> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    // One look at the whole file is enough for nearly all of them.
    if first(text).is_none() {
        return Vec::new();
    }
    let places = text.lines().zip(1..).flat_map(|(line, number)| {
        let found = line
            .chars()
            .zip(1_usize..)
            .filter(|(c, _)| first(c.encode_utf8(&mut [0; 4])).is_some());
        let found: Vec<(char, usize)> = found.collect();
        found.into_iter().map(move |(character, column)| (character, number, column))
    });
    let joined = text.lines().zip(1..).filter_map(|(line, number)| {
        let at = line
            .char_indices()
            .filter(|(_, c)| *c == JOINER)
            .find(|(at, _)| line[..*at].chars().next_back().is_some_and(char::is_alphanumeric))?;
        Some((JOINER, number, line[..at.0].chars().count() + 1))
    });
    places
        .chain(joined)
        .take(SHOWN)
        .map(|(character, line, column)| {
            Problem::at(Severity::Error, source, (line, column), message(character))
        })
        .collect()
}

/// What is said of one.
pub(super) fn message(character: char) -> String {
    let name = match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            "a character that turns the direction of writing"
        }
        '\u{ad}' => "a soft hyphen",
        _ => "a character that cannot be seen",
    };
    format!("{name} (U+{:04X}) stands here; delete it", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, usize)> {
        let source = SourceFile { name: "a.yaml".to_owned(), text: text.to_owned() };
        of_source(&source).iter().map(|problem| (problem.line, problem.column)).collect()
    }

    #[test]
    fn hidden_characters_are_found_at_their_places() {
        assert_eq!(found("a: b\n  - or\u{200b}dine\n  - \u{202e}x"), [(2, 7), (3, 5)]);
        assert_eq!(found("- or\u{200d}dine"), [(1, 5)]);
        let told = message('\u{202e}');
        assert!(told.contains("direction") && told.contains("U+202E"), "{told}");
    }

    #[test]
    fn emoji_marks_and_other_scripts_are_no_hidden_characters() {
        for text in ["\u{feff}a: 👩\u{200d}👧 ❤\u{fe0f}", "perche\u{301}", "مرحبا שלום", "a\tb\r\n"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_file_full_of_them_shows_some() {
        assert_eq!(found(&"\u{200b}".repeat(100_000)).len(), SHOWN);
    }
}

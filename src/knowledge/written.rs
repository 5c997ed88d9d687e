//! Writing YAML that the parser of these files, and any other, reads back as it was.

use std::fmt::Write as _;

/// A text in double quotes: whatever it holds, it stays one line and means itself.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_escaped(c) && u32::from(c) > 0xffff => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c if is_escaped(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What YAML does not print, what ends a line, and what cannot be seen.
fn is_escaped(character: char) -> bool {
    character.is_control()
        || is_hidden(character)
        || matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// Characters that take no room or turn the direction of writing: two texts that look alike may
/// differ by them. The joiner of emoji (U+200D) and the emoji selector are none.
pub fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0001}'
    )
}

/// The text with its letters, digits and underscores as a name in snake case; empty when it has none
/// that a name can begin with.
pub fn snake_case(text: &str) -> String {
    let folded = crate::nlu::plain_words(text);
    let mut name = String::new();
    for character in folded.chars() {
        match character {
            c if c.is_ascii_alphanumeric() => name.push(c),
            _ if name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    let name = name.trim_matches('_');
    name.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned()
}

/// The text up to a number of characters, whole words where there are any.
pub fn shortened(text: &str, most: usize) -> String {
    let text = text.trim();
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let cut = &text[..end];
    let whole = if text[end..].starts_with(' ') { Some(end) } else { cut.rfind(' ') };
    cut[..whole.unwrap_or(end)].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::{SourceFile, read_yaml};

    #[test]
    fn whatever_is_quoted_is_read_back() {
        let all: String = (0..0x3000).filter_map(char::from_u32).collect();
        for text in ["", "a: b # c", "'\"\\", "- x", "\u{feff}\u{202e}a\u{e0001}", "😀 è", &all]
        {
            let yaml = SourceFile { name: "x".to_owned(), text: format!("a: {}\n", quoted(text)) };
            let read: std::collections::BTreeMap<String, String> = read_yaml(&yaml).unwrap();
            assert_eq!(read["a"], text);
        }
        assert!(quoted("a\u{200b}b\n").is_ascii());
    }

    #[test]
    fn what_is_too_long_ends_with_a_whole_word() {
        assert_eq!(shortened("programma di affiliazione", 14), "programma di");
        assert_eq!(shortened("programma di affiliazione", 12), "programma di");
        assert_eq!(shortened("è corto ", 24), "è corto");
        assert_eq!(shortened("èèèèèè", 3), "èèè");
    }

    #[test]
    fn names_are_made_of_what_can_be_typed() {
        assert_eq!(snake_case("Dov'è l'ordine?"), "dov_e_l_ordine");
        assert_eq!(snake_case("faq/ask-Hours"), "faq_ask_hours");
        assert_eq!(snake_case("2 per 1"), "per_1");
        assert_eq!(snake_case("你好"), "");
    }
}

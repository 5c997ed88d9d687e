//! Splits a long text where a reader would: at paragraphs, lines, sentences, words.

use super::capabilities::Counting;
use super::measure::{signs, width};

/// The parts of a text, none longer than `limit`, none empty. Only white space between parts goes;
/// a word is broken only when it alone is longer than the limit.
pub(super) fn split(text: &str, limit: usize, counting: Counting) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(cut(rest, limit, counting));
        parts.push(head.trim_end().to_owned());
        rest = tail.trim_start();
    }
    parts
}

/// Where the first part of `text` ends, in bytes; always after at least one character.
fn cut(text: &str, limit: usize, counting: Counting) -> usize {
    let fits = prefix(text, limit, counting);
    if fits == text.len() {
        return fits;
    }
    // A space right after the window ends its last word.
    let window = &text[..fits];
    let early = fits / 3;
    let late_enough = |at: &usize| *at > early;
    window
        .rfind("\n\n")
        .filter(late_enough)
        .or_else(|| window.rfind('\n').filter(late_enough))
        .or_else(|| sentence_end(text, fits).filter(late_enough))
        .or_else(|| word_end(text, fits))
        .unwrap_or(fits)
}

/// The bytes of the longest prefix of whole signs within `limit`; at least one character.
fn prefix(text: &str, limit: usize, counting: Counting) -> usize {
    let mut used = 0;
    for (at, sign) in signs(text) {
        used += width(sign, counting);
        if used > limit {
            return if at > 0 { at } else { within(sign, limit, counting) };
        }
    }
    text.len()
}

/// The bytes of the characters of a sign that fit, at least one: a sign may be longer than a message.
fn within(sign: &str, limit: usize, counting: Counting) -> usize {
    let mut used = 0;
    for (at, letter) in sign.char_indices() {
        used += width(letter.encode_utf8(&mut [0; 4]), counting);
        if used > limit && at > 0 {
            return at;
        }
    }
    sign.len()
}

/// The end of the last whole sentence within the first `fits` bytes. "1." begins a list line.
fn sentence_end(text: &str, fits: usize) -> Option<usize> {
    let mut last = None;
    let mut before = [' ', ' '];
    for (at, c) in text.char_indices().take_while(|(at, _)| *at <= fits) {
        let numeral = before[1] == '.' && before[0].is_ascii_digit();
        if c.is_whitespace() && matches!(before[1], '.' | '!' | '?' | '…') && !numeral {
            last = Some(at);
        }
        before = [before[1], c];
    }
    last
}

/// The end of the last whole word within the first `fits` bytes.
fn word_end(text: &str, fits: usize) -> Option<usize> {
    text.char_indices()
        .take_while(|(at, _)| *at <= fits)
        .filter(|(at, c)| *at > 0 && c.is_whitespace())
        .map(|(at, _)| at)
        .last()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, limit: usize) -> Vec<String> {
        super::split(text, limit, Counting::Utf16)
    }

    #[test]
    fn prefers_paragraphs_then_sentences_then_words() {
        assert_eq!(split("One. Two.\n\nThree four", 14), ["One. Two.", "Three four"]);
        assert_eq!(split("One two. Three four", 13), ["One two.", "Three four"]);
        assert_eq!(split("one two three", 8), ["one two", "three"]);
        assert_eq!(split("one two three", 7), ["one two", "three"]);
    }

    #[test]
    fn breaks_a_word_only_when_it_is_too_long_by_itself() {
        assert_eq!(split("ab abcdefgh", 4), ["ab", "abcd", "efgh"]);
        assert_eq!(split("😀😀😀", 4), ["😀😀", "😀"]);
    }

    #[test]
    fn letters_keep_their_marks_and_emoji_their_companions() {
        assert_eq!(split("aae\u{301}", 3), ["aa", "e\u{301}"]);
        assert_eq!(split("👍🏽👍🏽", 6), ["👍🏽", "👍🏽"]);
        assert_eq!(split("x👩‍👩‍👧", 8), ["x", "👩‍👩‍👧"]);
        // A tower of marks that no message holds is cut all the same.
        let tower = format!("a{}", "\u{301}".repeat(20));
        assert_eq!(split(&tower, 8).concat(), tower);
        assert_eq!(super::split("èè", 3, Counting::Bytes), ["è", "è"]);
    }

    #[test]
    fn keeps_a_number_with_its_line() {
        assert_eq!(split("pick 1. one two", 10), ["pick 1.", "one two"]);
        assert_eq!(split("See this now: 1. ab cd ef", 20), ["See this now: 1. ab", "cd ef"]);
    }

    #[test]
    fn an_early_line_break_does_not_make_a_tiny_part() {
        assert_eq!(split("a\nbbbb cccc dddd", 12), ["a\nbbbb cccc", "dddd"]);
    }
}

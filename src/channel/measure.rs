//! Lengths as providers count them, and where a text may be cut: never within what a reader sees as
//! one sign.

use unicode_normalization::char::is_combining_mark;

use super::capabilities::Counting;

/// The length of a text.
pub(super) fn width(text: &str, counting: Counting) -> usize {
    match counting {
        Counting::Characters => text.chars().count(),
        Counting::Utf16 => text.chars().map(char::len_utf16).sum(),
        Counting::Bytes => text.len(),
    }
}

/// The signs of a text as readers see them, with the byte at which each begins: a letter with its
/// marks, an emoji with its tone and its joined companions, a flag, a line break.
pub(super) fn signs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = text.len() - rest.len();
        let length = first_sign(rest)?;
        let (sign, after) = rest.split_at(length);
        rest = after;
        Some((start, sign))
    })
}

/// The bytes of the first sign; `None` at the end.
fn first_sign(text: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    let (_, mut before) = letters.next()?;
    let mut flag = is_flag_letter(before);
    for (at, letter) in letters {
        let second_of_flag = flag && is_flag_letter(letter);
        flag = false;
        let joined = before == '\u{200d}' || (before == '\r' && letter == '\n');
        if !joined && !second_of_flag && !extends(letter) {
            return Some(at);
        }
        before = letter;
    }
    Some(text.len())
}

/// Whether a character belongs to the one before it.
fn extends(letter: char) -> bool {
    is_combining_mark(letter)
        || matches!(
            letter,
            '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}'
        )
}

const fn is_flag_letter(letter: char) -> bool {
    matches!(letter, '\u{1f1e6}'..='\u{1f1ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_as_one_stays_one() {
        let text = "ae\u{301}👍🏽👩‍👩‍👧🇮🇹🇫🇷\r\n❤️x";
        let found: Vec<&str> = signs(text).map(|(_, sign)| sign).collect();
        assert_eq!(found, ["a", "e\u{301}", "👍🏽", "👩‍👩‍👧", "🇮🇹", "🇫🇷", "\r\n", "❤️", "x"]);
        assert_eq!(signs("").count(), 0);
    }

    #[test]
    fn lengths_are_counted_as_the_provider_does() {
        let widths = [Counting::Characters, Counting::Utf16, Counting::Bytes];
        assert_eq!(widths.map(|counting| width("è😀", counting)), [2, 3, 6]);
    }
}

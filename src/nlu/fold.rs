//! One spelling for all: compatibility forms resolved, small letters, no marks ("Perché" is
//! "perche").

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The text in its one spelling.
pub(super) fn fold(text: &str) -> String {
    text.nfkd().flat_map(char::to_lowercase).filter(|c| is_seen(*c)).map(plain).collect()
}

/// The words of a folded text: its runs of letters and digits.
pub(super) fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Writes the text in its one spelling into a buffer, without allocating when it is large enough.
/// Each character by itself: in which order marks follow does not matter, since they are left out.
pub(super) fn fold_into(text: &str, folded: &mut String) {
    folded.clear();
    for character in text.chars() {
        if character.is_ascii() {
            folded.push(plain(character.to_ascii_lowercase()));
            continue;
        }
        decompose_compatible(character, |part| {
            folded.extend(part.to_lowercase().filter(|c| is_seen(*c)).map(plain));
        });
    }
}

/// The text up to a number of characters.
pub(super) fn clip(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

/// A folded text that knows where each of its bytes stood in the original.
pub(super) struct Traced {
    /// The folded text.
    pub(super) text: String,
    origins: Vec<usize>,
}

impl Traced {
    /// Folds character by character; blanks of every kind become spaces.
    pub(super) fn of(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut origins = Vec::with_capacity(original.len() + 1);
        for (at, character) in original.char_indices() {
            let blank = if character.is_whitespace() { ' ' } else { character };
            let lower = std::iter::once(blank).nfkd().flat_map(char::to_lowercase);
            text.extend(lower.filter(|c| is_seen(*c)).map(plain));
            origins.resize(text.len(), at);
        }
        origins.push(original.len());
        Self { text, origins }
    }

    /// Where a range of the folded text stood in the original.
    pub(super) fn origin(&self, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let place = |at: usize| self.origins.get(at).or(self.origins.last()).copied();
        let start = place(range.start).unwrap_or_default();
        // One sign may unfold into several: the end lies behind the whole of it.
        let last = range.end.checked_sub(1).and_then(place).unwrap_or(start);
        let behind = self.origins.get(range.end..).unwrap_or_default();
        let end = behind.iter().copied().find(|origin| *origin > last);
        start..end.or(self.origins.last().copied()).unwrap_or(start).max(start)
    }
}

/// Neither a mark nor a sign without room on the screen.
fn is_seen(character: char) -> bool {
    !is_combining_mark(character) && !is_invisible(character)
}

/// Signs that take no room on the screen: zero-width ones, those that turn the direction of writing.
pub(super) const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Typographic apostrophes and dashes as on a keyboard.
fn plain(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{b4}' | '`' => '\'',
        '\u{2010}'..='\u{2015}' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_marks_and_forms_do_not_matter() {
        assert_eq!(fold("Perché È ＯＫ ﬁne İ"), "perche e ok fine i");
        assert_eq!(fold("dov’è"), "dov'e");
        assert_eq!(
            words("dov'e il  mio\tordine?").collect::<Vec<_>>(),
            ["dov", "e", "il", "mio", "ordine"]
        );
    }

    #[test]
    fn both_ways_of_folding_agree() {
        let mut folded = String::new();
        let hard =
            ["Perché È ＯＫ ﬁne İ", "dov’è`", "한국어 각", "e\u{301}\u{323}", "ß Ǆ ﷺ", "世界🦀"];
        for text in hard {
            fold_into(text, &mut folded);
            assert_eq!(folded, fold(text));
        }
    }

    #[test]
    fn a_folded_range_points_into_the_original() {
        let original = "È già\u{a0}ROTTÒ!";
        let traced = Traced::of(original);
        assert_eq!(traced.text, "e gia rotto!");
        let at = traced.text.find("rotto").unwrap();
        assert_eq!(&original[traced.origin(at..at + 5)], "ROTTÒ");
        assert_eq!(traced.origin(0..traced.text.len()), 0..original.len());
        let quarter = Traced::of("¼ kg");
        assert_eq!(quarter.origin(0..1), 0..2, "{}", quarter.text);
    }

    #[test]
    fn what_nobody_sees_does_not_matter() {
        let hidden = "\u{202e}or\u{200b}di\u{ad}ne\u{feff}\u{2069}";
        assert_eq!(fold(hidden), "ordine");
        let traced = Traced::of(hidden);
        assert_eq!(traced.text, "ordine");
        assert!(hidden[traced.origin(0..6)].contains("ne"));
    }

    #[test]
    fn clipping_counts_characters() {
        assert_eq!(clip("èèè", 2), "èè");
        assert_eq!(clip("è", 2), "è");
    }
}

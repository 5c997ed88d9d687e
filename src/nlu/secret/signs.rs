//! The letters and digits of a text, with what parts them.

use std::ops::Range;

use crate::nlu::fold::is_invisible;

/// The most characters that may stand between two digits of one number; blanks in a row count as one.
const GAP: usize = 3;

/// One letter or digit.
#[derive(Clone, Copy)]
struct Sign {
    /// Digits of every script as `0` to `9`, letters in capitals.
    plain: char,
    start: usize,
    end: usize,
    /// Whether nothing stands between the sign before and this one.
    touches: bool,
    /// Whether the sign before belongs to the same number: at most a few blanks, dots or dashes part
    /// them.
    follows: bool,
}

/// The letters and digits of a text.
pub(super) struct Signs(Vec<Sign>);

impl Signs {
    pub(super) fn of(text: &str) -> Self {
        let mut signs = Vec::new();
        let (mut gap, mut joins, mut blank) = (0, false, false);
        for (start, c) in text.char_indices() {
            match plain(c) {
                Some(plain) => {
                    let (touches, follows) = (joins && gap == 0, joins && gap <= GAP);
                    signs.push(Sign { plain, start, end: start + c.len_utf8(), touches, follows });
                    (gap, joins, blank) = (0, true, false);
                }
                None if takes_no_room(c) => {}
                None if parts(c) => {
                    gap += usize::from(!(blank && c.is_whitespace()));
                    blank = c.is_whitespace();
                }
                None => joins = false,
            }
        }
        Self(signs)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The sign at a place.
    pub(super) fn plain(&self, at: usize) -> Option<char> {
        self.0.get(at).map(|sign| sign.plain)
    }

    /// The digit at a place.
    pub(super) fn digit(&self, at: usize) -> Option<u32> {
        self.plain(at)?.to_digit(10)
    }

    /// Whether a place begins a group: something stands between it and the sign before, or that one
    /// is a letter.
    pub(super) fn begins(&self, at: usize) -> bool {
        let Some(sign) = self.0.get(at) else { return true };
        !sign.touches || at == 0 || self.digit(at - 1).is_none()
    }

    /// Whether something stands between a place and the sign before, or nothing more comes.
    pub(super) fn is_parted(&self, at: usize) -> bool {
        self.0.get(at).is_none_or(|sign| !sign.touches)
    }

    /// Whether the sign at a place belongs to the same number as the one before.
    pub(super) fn follows(&self, at: usize) -> bool {
        self.0.get(at).is_some_and(|sign| sign.follows)
    }

    /// Signs in their plain form.
    pub(super) fn written(&self, range: Range<usize>) -> String {
        self.0.get(range).unwrap_or_default().iter().map(|sign| sign.plain).collect()
    }

    /// Where signs stand in the text.
    pub(super) fn span(&self, range: Range<usize>) -> Range<usize> {
        let start = self.0.get(range.start).map_or(0, |sign| sign.start);
        let end = self.0.get(range.end.saturating_sub(1)).map_or(start, |sign| sign.end);
        start..end
    }
}

fn plain(c: char) -> Option<char> {
    if let Some(digit) = digit(c) {
        return char::from_digit(digit, 10);
    }
    match c {
        'a'..='z' | 'A'..='Z' => Some(c.to_ascii_uppercase()),
        // Full-width letters.
        '\u{ff21}'..='\u{ff3a}' => char::from_u32(u32::from(c) - 0xff21 + u32::from('A')),
        '\u{ff41}'..='\u{ff5a}' => char::from_u32(u32::from(c) - 0xff41 + u32::from('A')),
        _ => None,
    }
}

/// The value of a decimal digit in the scripts that people type on telephones.
pub(super) fn digit(c: char) -> Option<u32> {
    const ZEROS: [char; 9] = [
        '0',
        '\u{660}',
        '\u{6f0}',
        '\u{966}',
        '\u{9e6}',
        '\u{e50}',
        '\u{ff10}',
        '\u{1d7ce}',
        '\u{1d7f6}',
    ];
    let from = |zero: &char| u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10);
    ZEROS.iter().find_map(from)
}

/// Signs, controls and marks that take no room of their own on the screen.
fn takes_no_room(c: char) -> bool {
    is_invisible(c)
        || (c.is_control() && !c.is_whitespace())
        || unicode_normalization::char::is_combining_mark(c)
}

/// What may stand between the groups of a number.
fn parts(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '.' | '-' | '_' | '/' | '\\' | ',' | '\'' | '*' | '|' | '+' | '·')
        || matches!(c, '(' | ')' | '[' | ']' | ':' | ';' | '#')
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

//! Codes by their shape, such as order numbers: `AA999999` is two letters and six digits.

use regex::Regex;

use super::{Hit, stands_alone};
use crate::nlu::pattern;

/// The longest shape, in characters.
const LONGEST: usize = 40;

/// One sign of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// `A`: any letter.
    Letter,
    /// `9`: any digit.
    Digit,
    /// `X`: a letter or a digit.
    Either,
    /// Any other character, or one behind a `\`: itself.
    Itself(char),
}

impl Sign {
    fn is_joint(self) -> bool {
        matches!(self, Self::Itself(c) if !c.is_alphanumeric())
    }
}

/// A shape, compiled.
#[derive(Debug)]
pub(super) struct Format {
    signs: Vec<Sign>,
    regex: Regex,
}

/// Why a shape cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadFormat {
    /// It has no letter or digit that may vary, or only one.
    TooPlain,
    /// It has more than 40 characters.
    TooLong,
}

/// Checks a shape as the intent files write it.
///
/// # Errors
/// What is wrong with it.
pub fn check(shape: &str) -> Result<(), BadFormat> {
    let signs = signs(shape);
    if signs.len() > LONGEST {
        return Err(BadFormat::TooLong);
    }
    let vary = signs.iter().filter(|sign| !matches!(sign, Sign::Itself(_))).count();
    if vary < 2 { Err(BadFormat::TooPlain) } else { Ok(()) }
}

fn signs(shape: &str) -> Vec<Sign> {
    let (mut signs, mut shape) = (Vec::new(), shape.trim().chars());
    while let Some(c) = shape.next() {
        signs.push(match c {
            'A' => Sign::Letter,
            '9' => Sign::Digit,
            'X' => Sign::Either,
            '\\' => Sign::Itself(shape.next().unwrap_or('\\')),
            other => Sign::Itself(other),
        });
    }
    signs
}

impl Format {
    pub(super) fn compile(shape: &str) -> Result<Self, regex::Error> {
        let signs: Vec<Sign> = signs(shape).into_iter().take(LONGEST).collect();
        // Small letters only in one piece: "di 123456" is no code of two letters and six digits.
        let text = format!("{}|(?-i:{})", written(&signs, "[-./_]?"), capitals(&signs));
        Ok(Self { regex: pattern::compile(&text)?, signs })
    }

    pub(super) fn hits(&self, text: &str) -> Vec<Hit> {
        let found = self.regex.find_iter(text).filter(|found| stands_alone(text, &found.range()));
        found.map(|found| (self.value(found.as_str()), found.range())).collect()
    }

    /// The code in the shape's own spelling, in capitals.
    fn value(&self, found: &str) -> String {
        let mut given = found.chars().filter(|c| c.is_alphanumeric());
        let sign = |sign: &Sign| match sign {
            Sign::Itself(c) if !c.is_alphanumeric() => Some(*c),
            Sign::Itself(c) => given.next().map(|_| *c),
            _ => given.next().map(|c| c.to_ascii_uppercase()),
        };
        self.signs.iter().filter_map(sign).collect()
    }
}

fn capitals(signs: &[Sign]) -> String {
    written(signs, r"[-./_\s]?").replace("[a-z]", "[A-Z]").replace("[a-z0-9]", "[A-Z0-9]")
}

/// The expression: between a letter and a digit, and in place of the shape's own dashes and dots,
/// `joint` may stand.
fn written(signs: &[Sign], joint: &str) -> String {
    let mut text = String::new();
    for (at, sign) in signs.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| signs.get(at));
        let changes = before.is_some_and(|before| {
            !sign.is_joint() && !before.is_joint() && kind(*before) != kind(*sign)
        });
        if changes {
            text.push_str(joint);
        }
        match sign {
            Sign::Letter => text.push_str("[a-z]"),
            Sign::Digit => text.push_str("[0-9]"),
            Sign::Either => text.push_str("[a-z0-9]"),
            // A first sign such as `#` must stand: without it any number would do.
            Sign::Itself(c)
                if sign.is_joint() && at > 0 && matches!(c, '-' | '.' | '/' | '_' | ' ') =>
            {
                text.push_str(joint);
            }
            Sign::Itself(c) => text.push_str(&regex::escape(&c.to_string())),
        }
    }
    text
}

/// Letters and digits as kinds, between which people put blanks.
fn kind(sign: Sign) -> u8 {
    match sign {
        Sign::Letter => 0,
        Sign::Itself(c) if c.is_alphabetic() => 0,
        Sign::Digit | Sign::Itself(_) => 1,
        Sign::Either => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(shape: &str, text: &str) -> Vec<String> {
        let format = Format::compile(shape).unwrap();
        format.hits(text).into_iter().map(|(value, _)| value).collect()
    }

    #[test]
    fn a_shape_is_found_in_many_spellings() {
        for text in ["AB123456", "ab123456", "ordine AB 123456.", "ab-123456", "(Ab/123456)"] {
            assert_eq!(values("AA999999", text), ["AB123456"], "{text}");
        }
        for text in ["W-2026-0042", "w20260042", "W 2026 0042", "w.2026-0042"] {
            assert_eq!(values("W-9999-9999", text), ["W-2026-0042"], "{text}");
        }
        assert_eq!(values("#9999", "l'ordine #1001 o #1002"), ["#1001", "#1002"]);
        assert_eq!(values(r"\A\9XXX", "a9b7c"), ["A9B7C"]);
    }

    #[test]
    fn other_words_are_no_codes() {
        for text in ["di 123456", "AB1234567", "xAB123456", "il 22.11.26", "123456", "AB12 3456"] {
            assert!(values("AA999999", text).is_empty(), "{text}");
        }
        assert!(values("#9999", "1001 pezzi").is_empty());
    }

    #[test]
    fn shapes_are_checked() {
        assert_eq!(check("AA999999"), Ok(()));
        assert_eq!(check("W-"), Err(BadFormat::TooPlain));
        assert_eq!(check(&"9".repeat(41)), Err(BadFormat::TooLong));
    }
}

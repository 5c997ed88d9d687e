//! Whole numbers and telephone numbers.

use regex::Regex;

use super::count::in_words;
use super::{Hit, stands_alone};
use crate::nlu::fold::Traced;
use crate::nlu::pattern;

/// Number words that mostly mean something else ("mille grazie", "lei sei").
const OTHERWISE: [&str; 5] = ["uno", "one", "sei", "cento", "zero"];

/// Whole numbers, in digits or in words.
#[derive(Debug)]
pub(super) struct Numbers(Regex);

impl Numbers {
    pub(super) fn compile() -> Result<Self, regex::Error> {
        // Dates, decimals and codes are taken whole, and then left out.
        Ok(Self(pattern::compile(r"[\p{L}\p{N}]+(?:[.,:/-][\p{L}\p{N}]+)*")?))
    }

    pub(super) fn hits(&self, traced: &Traced) -> Vec<Hit> {
        let number =
            |found: regex::Match<'_>| Some((whole(found.as_str())?, traced.origin(found.range())));
        self.0.find_iter(&traced.text).filter_map(number).collect()
    }
}

fn whole(text: &str) -> Option<String> {
    let word = in_words(text).filter(|_| !OTHERWISE.contains(&text));
    let number = word.map(u64::from);
    number.or_else(|| text.parse().ok()).map(|number: u64| number.to_string())
}

/// Telephone numbers of 8 to 15 digits (ITU-T E.164), or with 6 to 15 digits behind a `+`.
#[derive(Debug)]
pub(super) struct Phones {
    number: Regex,
    date: Regex,
}

impl Phones {
    pub(super) fn compile() -> Result<Self, regex::Error> {
        Ok(Self {
            number: pattern::compile(r"\+?\(?\d(?:[ ()./-]{0,2}\d){5,14}")?,
            date: pattern::compile(
                r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})",
            )?,
        })
    }

    pub(super) fn hits(&self, text: &str) -> Vec<Hit> {
        let phone = |found: regex::Match<'_>| {
            let digits: String = found.as_str().chars().filter(char::is_ascii_digit).collect();
            let international = found.as_str().starts_with('+');
            let least = if international { 6 } else { 8 };
            let fits = digits.len() >= least
                && stands_alone(text, &found.range())
                && !self.date.is_match(found.as_str());
            let sign = if international { "+" } else { "" };
            fits.then(|| (format!("{sign}{digits}"), found.range()))
        };
        self.number.find_iter(text).filter_map(phone).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<String> {
        let hits = Numbers::compile().unwrap().hits(&Traced::of(text));
        hits.into_iter().map(|(value, _)| value).collect()
    }

    fn phones(text: &str) -> Vec<String> {
        let hits = Phones::compile().unwrap().hits(text);
        hits.into_iter().map(|(value, _)| value).collect()
    }

    #[test]
    fn whole_numbers_only() {
        assert_eq!(numbers("ne vorrei 3, anzi DUE (012)"), ["3", "2", "12"]);
        assert_eq!(numbers("venticinque saponi e twelve candles"), ["25", "12"]);
        assert!(numbers("mille grazie, sei gentile, one moment").is_empty());
        assert!(numbers("49,90 AB123456 22/11/2026 10:30 99999999999999999999999").is_empty());
    }

    #[test]
    fn phones_in_many_spellings() {
        assert_eq!(phones("chiamate il +39 333 123.4567"), ["+393331234567"]);
        assert_eq!(phones("02/1234567 o (02) 1234-5678"), ["021234567", "0212345678"]);
        assert!(phones("il 22/11/2026 o 2026-11-22, ordine AB123456, CAP 20121").is_empty());
    }
}

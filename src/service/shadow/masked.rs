//! Customers' words as they are kept for comparison: addresses, long numbers and bank accounts are
//! replaced by dots.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands where something was.
const DOTS: &str = "••••";
/// A text of more bytes is cut before it is read.
const MOST_BYTES: usize = 8 * 1024;
/// Numbers of fewer digits are kept: amounts, dates, order numbers.
const LEAST_DIGITS: usize = 7;

/// E-mail addresses, account numbers (IBAN), runs of digits with what people write between them.
static PLACES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let written = [
        r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*",
        r"(?i)\b[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{1,4}){3,8}\b",
        r"\+?\d(?:[ ./()-]{0,2}\d){6,}",
    ];
    written.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// The text with its addresses and long numbers replaced.
pub(super) fn masked(text: &str) -> String {
    let end = (0..=text.len().min(MOST_BYTES)).rev().find(|at| text.is_char_boundary(*at));
    let text = &text[..end.unwrap_or(0)];
    let hide = |found: &Captures<'_>| {
        let found = &found[0];
        let digits = found.chars().filter(char::is_ascii_digit).count();
        if found.contains('@') || digits >= LEAST_DIGITS { DOTS } else { found }.to_owned()
    };
    PLACES.iter().fold(text.to_owned(), |text, place| place.replace_all(&text, hide).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_a_good_pattern() {
        assert_eq!(PLACES.len(), 3);
    }

    #[test]
    fn addresses_and_long_numbers_are_hidden() {
        for (said, kept) in [
            ("mi scriva a ada.rossi@mail.example.it grazie", "mi scriva a •••• grazie"),
            ("chiamatemi al +39 333 123 45 67", "chiamatemi al ••••"),
            ("carta 4111 1111 1111 1111 scaduta", "carta •••• scaduta"),
            ("IBAN IT60 X054 2811 1010 0000 0123 456", "IBAN ••••"),
            ("it60x0542811101000000123456.", "••••."),
        ] {
            assert_eq!(masked(said), kept);
        }
    }

    #[test]
    fn what_helps_to_judge_an_answer_stays() {
        for said in ["ordine AB123456 del 21.11.2026?", "costa 4,90 € sopra i 49 €", "alle 9-18"]
        {
            let shown = masked(said);
            assert!(!shown.contains("AB") || shown.contains("AB123456"), "{shown}");
        }
        assert_eq!(masked("ordine AB123456, 49 €"), "ordine AB123456, 49 €");
    }

    #[test]
    fn a_huge_text_is_cut() {
        assert!(masked(&"è1".repeat(500_000)).len() <= MOST_BYTES);
    }
}

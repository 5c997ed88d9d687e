//! Codes as people type them, and what is kept of them.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::super::super::ServiceError;
use crate::domain::id::CodeId;

/// How many digits a code has.
const DIGITS: usize = 6;
/// How many groups of digits of one message are tried.
const GROUPS: usize = 3;
/// How often a hash is hashed again: a stolen table costs more time than a code lasts.
const ROUNDS: u32 = 20_000;

/// What may be a code in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    /// The first groups of six digits, at most three.
    pub(super) groups: Vec<String>,
    /// The text without any such group.
    pub(super) hidden: String,
}

/// The groups of exactly six digits in a text, such as an order's number and a code, and the text without
/// them. Blanks and dashes between two halves do not count.
pub(super) fn find_codes(text: &str) -> Option<Typed> {
    let chars: Vec<char> = text.chars().collect();
    let (mut groups, mut hidden) = (Vec::new(), String::new());
    let (mut at, mut told) = (0, 0);
    while at < chars.len() {
        let begins = chars[at].is_ascii_digit()
            && at.checked_sub(1).is_none_or(|before| !chars[before].is_alphanumeric());
        if !begins {
            at += 1;
            continue;
        }
        let (digits, end) = run(&chars, at);
        let ends = chars.get(end).is_none_or(|after| !after.is_alphanumeric());
        if digits.len() == DIGITS && ends {
            hidden.extend(&chars[told..at]);
            hidden.push_str("••••••");
            groups.push(digits);
            told = end;
        }
        at = end.max(at + 1);
    }
    hidden.extend(&chars[told..]);
    groups.truncate(GROUPS);
    (!groups.is_empty()).then_some(Typed { groups, hidden })
}

/// The digits from a place on, over single blanks and dashes, and where they end.
fn run(chars: &[char], from: usize) -> (String, usize) {
    let (mut digits, mut end, mut at) = (String::new(), from, from);
    while let Some(c) = chars.get(at) {
        if c.is_ascii_digit() {
            digits.push(*c);
            end = at + 1;
        } else if !matches!(c, ' ' | '-' | '\u{a0}') || at > end {
            break;
        }
        at += 1;
    }
    (digits, end)
}

/// What is kept of a code: SHA-256 with the code's id as salt, many times over, in hexadecimal.
pub(super) fn hash(id: CodeId, digits: &str) -> String {
    let mut sum = Sha256::digest(format!("{id}:{digits}").as_bytes());
    for _ in 0..ROUNDS {
        sum = Sha256::digest(sum);
    }
    sum.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Six random digits.
pub(super) fn fresh_digits() -> Result<String, ServiceError> {
    let no_chance = |error: getrandom::Error| {
        ServiceError::Internal(anyhow::anyhow!("no randomness for a code: {error}"))
    };
    loop {
        let mut bytes = [0_u8; 4];
        getrandom::fill(&mut bytes).map_err(no_chance)?;
        let number = u32::from_be_bytes(bytes);
        // The last, incomplete million would make some codes likelier.
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_code_is_found_and_taken_out_wherever_it_stands() {
        let found = |text: &str| find_codes(text).map(|it| (it.groups.join(" "), it.hidden));
        let of = |codes: &str, rest: &str| Some((codes.to_owned(), rest.to_owned()));
        assert_eq!(found("123456"), of("123456", "••••••"));
        assert_eq!(found("123 456"), of("123456", "••••••"));
        assert_eq!(found("il codice è 123-456."), of("123456", "il codice è ••••••."));
        assert_eq!(found("1 2 3 4 5 6"), of("123456", "••••••"));
        for other in ["AB123456", "1234567", "12345", "123456x", "order 1234 5678", "", "€ 12"] {
            assert_eq!(found(other), None, "{other}");
        }
        assert_eq!(found("12 and 123456"), of("123456", "12 and ••••••"));
        assert_eq!(
            found("order 111111, code 222-222!"),
            of("111111 222222", "order ••••••, code ••••••!")
        );
        assert_eq!(
            found("111111, 222222, 333333, 444444"),
            of("111111 222222 333333", "••••••, ••••••, ••••••, ••••••"),
            "what is not tried is not shown either"
        );
    }

    #[test]
    fn a_hash_tells_codes_and_their_owners_apart() {
        let (one, two) = (CodeId(Uuid::from_u128(1)), CodeId(Uuid::from_u128(2)));
        assert_eq!(hash(one, "123456"), hash(one, "123456"));
        assert_ne!(hash(one, "123456"), hash(one, "123457"));
        assert_ne!(hash(one, "123456"), hash(two, "123456"));
        let made = fresh_digits().unwrap();
        assert!(made.len() == 6 && made.bytes().all(|b| b.is_ascii_digit()), "{made}");
    }
}

//! Short stand-ins for what a button carries, for providers that carry back only a few bytes.
//!
//! A stand-in is derived from what it stands for: nothing is stored, every process makes the same
//! one, and who knows the buttons of a conversation knows what was meant.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

/// What every stand-in begins with; no payload of ours does.
const MARK: &str = "#:";
/// How many bytes of the digest are kept: enough that two buttons never share a stand-in.
const KEPT: usize = 16;

/// The payload itself when it has at most `most` bytes (and at least one), else its stand-in.
#[must_use]
pub fn carried(payload: &str, most: usize) -> Cow<'_, str> {
    if (1..=most).contains(&payload.len()) && !payload.starts_with(MARK) {
        Cow::Borrowed(payload)
    } else {
        Cow::Owned(stand_in(payload))
    }
}

/// The payload among `known` that a pressed button meant; `None` when nothing stands for it.
pub fn meant<'a>(pressed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known.into_iter().find(|payload| stand_in(payload) == pressed)
}

/// Whether something is a stand-in.
#[must_use]
pub fn is_stand_in(payload: &str) -> bool {
    payload.starts_with(MARK)
}

/// Letters only: digits in a row could be taken for a card's number and masked.
fn stand_in(payload: &str) -> String {
    let digest = Sha256::digest(payload);
    let letter = |nibble: u8| char::from(b'a' + nibble);
    let letters = digest.iter().take(KEPT).flat_map(|byte| [letter(byte >> 4), letter(byte & 15)]);
    MARK.chars().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_carried_as_it_is() {
        assert_eq!(carried("i:order_status", 64), "i:order_status");
        assert_eq!(carried(&"x".repeat(64), 64).len(), 64);
    }

    #[test]
    fn a_long_payload_is_found_again_by_its_stand_in() {
        let long = format!("t:{}", "è".repeat(60));
        let short = carried(&long, 64).into_owned();
        assert!(is_stand_in(&short) && short.len() <= 64, "{short}");
        assert!(!short.contains(|c: char| c.is_ascii_digit()), "{short}");
        assert_eq!(meant(&short, ["t:other", &long]), Some(long.as_str()));
        assert_eq!(meant(&short, ["t:other"]), None);
        assert!(is_stand_in(&carried("", 64)), "an empty one cannot be carried");
    }

    #[test]
    fn nobody_passes_a_stand_in_off_as_a_payload() {
        let forged = carried("r:x:5", 1).into_owned();
        assert_ne!(carried(&forged, 64), forged);
    }
}

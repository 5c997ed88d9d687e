//! The customer, as one channel knows them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::id::ContactId;
use super::language::Language;
use super::time::UtcMillis;

/// The configured name of a channel, such as `webchat`, `rest` or `telegram:shop`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelName(pub String);

/// What a customer is called by the channel's provider: chat id, sender, anonymous id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(pub String);

/// A person, real or simulated by the demo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Somebody wrote.
    #[default]
    Real,
    /// The demo's traffic; marked on every screen.
    Simulated,
}

/// One customer on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The channel it writes on.
    pub channel: ChannelName,
    /// Its address there.
    pub address: Address,
    /// The name the channel gives, never trusted as identity.
    pub name: Option<String>,
    /// The language last spoken.
    pub language: Option<Language>,
    /// Plain words that policies know it by, such as `vip`.
    pub segments: BTreeSet<String>,
    /// Real, or of the demo.
    pub origin: Origin,
    /// When it first wrote.
    pub created_at: UtcMillis,
}

/// The most segments that a contact may be in.
const SEGMENTS: usize = 20;
/// The longest word for a segment, in characters.
const SEGMENT_CHARS: usize = 40;

/// Why words cannot be a contact's segments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSegments {
    /// One of them is no word for a segment.
    #[error("{0:?} is no segment: write 1 to 40 letters, digits, or - _ . :")]
    Word(String),
    /// There are too many.
    #[error("a contact can be in at most 20 segments")]
    TooMany,
}

/// Reads segments as they are written: at most 20 words of 1 to 40 letters, digits, or `-_.:`.
///
/// # Errors
/// The first word that is none, or too many of them.
pub fn read_segments<'a>(
    words: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeSet<String>, BadSegments> {
    let mut segments = BTreeSet::new();
    for word in words {
        let fits = (1..=SEGMENT_CHARS).contains(&word.chars().count());
        if !fits || !word.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c)) {
            return Err(BadSegments::Word(word.chars().take(2 * SEGMENT_CHARS).collect()));
        }
        segments.insert(word.to_owned());
    }
    if segments.len() > SEGMENTS { Err(BadSegments::TooMany) } else { Ok(segments) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_plain_words() {
        let read = |words: &[&str]| read_segments(words.iter().copied());
        let expected = BTreeSet::from(["città".to_owned(), "vip:2026-1.a_b".to_owned()]);
        assert_eq!(read(&["vip:2026-1.a_b", "città", "città"]), Ok(expected));
        for bad in ["", "a b", "<i>", "x,y", &"x".repeat(41)] {
            assert_eq!(read(&["vip", bad]), Err(BadSegments::Word(bad.to_owned())));
        }
        let many: Vec<String> = (0..21).map(|n| format!("s{n}")).collect();
        assert_eq!(read_segments(many.iter().map(String::as_str)), Err(BadSegments::TooMany));
    }
}

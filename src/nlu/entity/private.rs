//! Card and account numbers as entities. Messages are masked before they are read, so the value is
//! what may be shown: `••••1111`, `IT••••3456`.

use regex::Regex;

use super::Hit;
use crate::nlu::pattern;
use crate::nlu::secret::{Kind, secrets};

/// Finds the numbers of one kind, masked already or not.
#[derive(Debug)]
pub(super) struct Private {
    kind: Kind,
    masked: Regex,
}

impl Private {
    pub(super) fn cards() -> Result<Self, regex::Error> {
        Self::of(Kind::Card, r"••••\d{4}")
    }

    pub(super) fn accounts() -> Result<Self, regex::Error> {
        Self::of(Kind::Iban, r"[A-Z]{2}••••[0-9A-Z]{4}")
    }

    fn of(kind: Kind, masked: &str) -> Result<Self, regex::Error> {
        Ok(Self { kind, masked: pattern::compile(masked)? })
    }

    pub(super) fn hits(&self, text: &str) -> Vec<Hit> {
        let bare = secrets(text).into_iter().filter(|secret| secret.kind == self.kind);
        let masked = self.masked.find_iter(text).filter(|found| self.is_own(text, found.start()));
        let masked = masked.map(|found| (found.as_str().to_uppercase(), found.range()));
        let mut all: Vec<Hit> = bare.map(|one| (one.shown, one.span)).chain(masked).collect();
        all.sort_by_key(|(_, span)| (span.start, span.end));
        all
    }

    /// A masked card is not the end of a masked account.
    fn is_own(&self, text: &str, start: usize) -> bool {
        let letters =
            text[..start].chars().rev().take(2).filter(char::is_ascii_uppercase).count() == 2;
        self.kind == Kind::Iban || !letters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_masked_or_not() {
        let text = "carta 4111 1111 1111 1111, prima ••••4444; conto IT60X0542811101000000123456 o DE••••3000";
        let values = |private: Private| {
            private.hits(text).into_iter().map(|(value, _)| value).collect::<Vec<_>>()
        };
        assert_eq!(values(Private::cards().unwrap()), ["••••1111", "••••4444"]);
        assert_eq!(values(Private::accounts().unwrap()), ["IT••••3456", "DE••••3000"]);
    }
}

//! The Italian and English catalogue of the screens and of the bot's own sentences.
//!
//! A phrase without one of its languages does not compile. Language codes come in as text, so that
//! this module needs no other.

pub mod bot;
pub mod line;
pub mod screen;

/// One phrase in every language of the house, with `{name}` places to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// In Italian.
    pub it: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Phrase {
    /// The words in a language, by its code; Italian for `it`, English otherwise.
    #[must_use]
    pub fn tell(self, code: &str) -> &'static str {
        if code == "it" { self.it } else { self.en }
    }

    /// The words with their `{name}` places filled; places without a value stay as they are.
    #[must_use]
    pub fn fill(self, code: &str, values: &[(&str, &str)]) -> String {
        let mut rest = self.tell(code);
        let mut filled = String::with_capacity(rest.len() + 32);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                filled.push('{');
                rest = after;
                break;
            };
            if let Some((_, value)) = values.iter().find(|(key, _)| *key == name) {
                filled.push_str(value);
            } else {
                filled.extend(["{", name, "}"]);
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled
    }
}

/// Declares phrases: `NAME: "italiano" / "English";`.
macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident: $it:literal / $en:literal;)+) => {$(
        $(#[$doc])*
        pub const $name: $crate::text::Phrase = $crate::text::Phrase { it: $it, en: $en };
    )+};
}
pub(crate) use phrases;

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: Phrase = Phrase { it: "Ciao {name}, {x}", en: "Hello {name}" };

    #[test]
    fn fills_known_places_and_keeps_others() {
        assert_eq!(HELLO.fill("it", &[("name", "Ada {x}")]), "Ciao Ada {x}, {x}");
        assert_eq!(HELLO.fill("en", &[]), "Hello {name}");
    }
}

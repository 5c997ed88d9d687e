//! Entities: what a message names, found by regular expressions and lists.

mod amount;
mod date;
mod number;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;

use regex::Regex;

use self::amount::Amounts;
use self::date::Dates;
use self::number::{Numbers, Phones};
use self::values::Values;
use super::fold::{Traced, clip};
use super::pattern;
use crate::domain::message::MAX_READ_CHARS;
use crate::domain::time::UtcMillis;

/// How an entity is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recogniser {
    /// Regular expressions; the value is group `value` if there is one, else the whole match, upper-cased when `upper`.
    Patterns {
        /// The expressions, matched without case.
        patterns: Vec<String>,
        /// Whether values are written in capitals.
        upper: bool,
    },
    /// Listed values with their synonyms in any language; the value found is the key.
    Values(BTreeMap<String, Vec<String>>),
    /// An e-mail address, lower-cased.
    Email,
    /// A date, absolute or relative to now ("domani", "last Friday"), given as `2026-11-22`.
    Date,
    /// An amount of money, given as `49.90 EUR` (or `49.90` without a currency).
    Amount,
    /// A whole number.
    Number,
    /// A telephone number, digits with an optional `+`.
    Phone,
    /// The whole message, as written.
    Text,
}

impl Recogniser {
    /// The built-in recognisers by the names under which every intent file knows them.
    pub const BUILT_IN: [(&'static str, Self); 6] = [
        ("amount", Self::Amount),
        ("date", Self::Date),
        ("email", Self::Email),
        ("number", Self::Number),
        ("phone", Self::Phone),
        ("text", Self::Text),
    ];
}

/// One thing found in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The entity's name.
    pub entity: String,
    /// The value in its normal form.
    pub value: String,
    /// Byte range in the text that was read.
    pub span: Range<usize>,
}

/// All recognisers of a knowledge, compiled.
#[derive(Debug)]
pub struct Recognisers {
    compiled: BTreeMap<String, Compiled>,
}

#[derive(Debug)]
enum Compiled {
    Patterns { patterns: Vec<Regex>, upper: bool },
    Values(Values),
    Email(Regex),
    Date(Box<Dates>),
    Amount(Amounts),
    Number(Numbers),
    Phone(Phones),
    Text,
}

/// A value and its byte range.
type Hit = (String, Range<usize>);

impl Recognisers {
    /// Compiles the recognisers, by entity name.
    ///
    /// # Errors
    /// The entity's name and the reason, for a pattern that is no regular expression.
    pub fn compile(
        recognisers: &BTreeMap<String, Recogniser>,
    ) -> Result<Self, (String, regex::Error)> {
        let one = |(name, recogniser): (&String, &Recogniser)| {
            let compiled = Compiled::of(recogniser).map_err(|error| (name.clone(), error))?;
            Ok((name.clone(), compiled))
        };
        Ok(Self { compiled: recognisers.iter().map(one).collect::<Result<_, _>>()? })
    }

    /// Whether there is an entity of that name.
    #[must_use]
    pub fn knows(&self, entity: &str) -> bool {
        self.compiled.contains_key(entity)
    }

    /// Everything found in `text`, in order of appearance, except `Text` entities.
    /// `now` and `time_zone` (IANA) anchor relative dates.
    #[must_use]
    pub fn find(&self, text: &str, now: UtcMillis, time_zone: &str) -> Vec<Found> {
        let message = Message::of(text, now, time_zone);
        let mut found: Vec<Found> = Vec::new();
        for (entity, compiled) in &self.compiled {
            let hits = compiled.hits(&message).into_iter();
            found.extend(hits.map(|(value, span)| Found { entity: entity.clone(), value, span }));
        }
        found.sort_by_key(|found| (found.span.start, std::cmp::Reverse(found.span.end)));
        found
    }

    /// The first value of one entity in `text`, `Text` entities included. Asked for by name, an
    /// amount needs neither a currency nor cents.
    #[must_use]
    pub fn read(
        &self,
        entity: &str,
        text: &str,
        now: UtcMillis,
        time_zone: &str,
    ) -> Option<String> {
        let message = Message::of(text, now, time_zone);
        let first = |hits: Vec<Hit>| hits.into_iter().next().map(|(value, _)| value);
        match self.compiled.get(entity)? {
            Compiled::Text => {
                let text = message.text.trim();
                (!text.is_empty()).then(|| text.to_owned())
            }
            Compiled::Amount(amounts) => first(amounts.asked(message.text)),
            other => first(other.hits(&message)),
        }
    }
}

/// A message with what its recognisers share.
struct Message<'a> {
    text: &'a str,
    traced: Traced,
    now: UtcMillis,
    time_zone: &'a str,
}

impl<'a> Message<'a> {
    fn of(text: &'a str, now: UtcMillis, time_zone: &'a str) -> Self {
        let text = clip(text, MAX_READ_CHARS);
        Self { text, traced: Traced::of(text), now, time_zone }
    }
}

impl Compiled {
    fn of(recogniser: &Recogniser) -> Result<Self, regex::Error> {
        Ok(match recogniser {
            Recogniser::Patterns { patterns, upper } => Self::Patterns {
                patterns: patterns
                    .iter()
                    .map(|text| pattern::compile(text))
                    .collect::<Result<_, _>>()?,
                upper: *upper,
            },
            Recogniser::Values(listed) => Self::Values(Values::of(listed)),
            Recogniser::Email => Self::Email(pattern::compile(
                r"[a-z0-9][a-z0-9._%+'-]*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\b",
            )?),
            Recogniser::Date => Self::Date(Box::new(Dates::compile()?)),
            Recogniser::Amount => Self::Amount(Amounts::compile()?),
            Recogniser::Number => Self::Number(Numbers::compile()?),
            Recogniser::Phone => Self::Phone(Phones::compile()?),
            Recogniser::Text => Self::Text,
        })
    }

    /// What it finds, in order of appearance.
    fn hits(&self, message: &Message<'_>) -> Vec<Hit> {
        match self {
            Self::Patterns { patterns, upper } => pattern_hits(patterns, *upper, message.text),
            Self::Values(values) => values.hits(&message.traced),
            Self::Email(address) => address
                .find_iter(message.text)
                .map(|found| (found.as_str().to_lowercase(), found.range()))
                .collect(),
            Self::Date(dates) => {
                let today = date::today(message.now, message.time_zone);
                dates.hits(&message.traced, today)
            }
            Self::Amount(amounts) => amounts.hits(message.text),
            Self::Number(numbers) => numbers.hits(&message.traced),
            Self::Phone(phones) => phones.hits(message.text),
            Self::Text => Vec::new(),
        }
    }
}

fn pattern_hits(patterns: &[Regex], upper: bool, text: &str) -> Vec<Hit> {
    let all = patterns.iter().flat_map(|pattern| pattern.captures_iter(text));
    let mut hits: Vec<Hit> = all
        .filter_map(|captures| captures.name("value").or_else(|| captures.get(0)))
        .filter(|found| !found.is_empty())
        .map(|found| {
            let value = found.as_str();
            (if upper { value.to_uppercase() } else { value.to_owned() }, found.range())
        })
        .collect();
    hits.sort_by_key(|(_, range)| (range.start, range.end));
    hits.dedup();
    hits
}

/// Whether a match is a word of its own: no letter or digit touches it.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 22 November 2026, a Sunday, 12:00 in Rome.
    const NOW: UtcMillis = UtcMillis(1_795_345_200_000);

    fn recognisers() -> Recognisers {
        let mut all: BTreeMap<String, Recogniser> =
            Recogniser::BUILT_IN.map(|(name, recogniser)| (name.to_owned(), recogniser)).into();
        let patterns =
            vec![r"\b[a-z]{2}\d{6}\b".to_owned(), r"ordine n\.?\s*(?P<value>\d{6})".to_owned()];
        all.insert("order_number".to_owned(), Recogniser::Patterns { patterns, upper: true });
        let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let values = [
            ("rotto".to_owned(), list(&["rotto", "non funziona", "broken"])),
            ("mancante".to_owned(), list(&["mancante", "non c'è", "missing"])),
        ];
        all.insert("problem".to_owned(), Recogniser::Values(values.into()));
        Recognisers::compile(&all).unwrap()
    }

    fn read(entity: &str, text: &str) -> Option<String> {
        recognisers().read(entity, text, NOW, "Europe/Rome")
    }

    #[test]
    fn patterns_and_values_are_found_where_they_stand() {
        let text = "L'ordine ab123456 è ROTTO";
        let found = recognisers().find(text, NOW, "Europe/Rome");
        let shown: Vec<(&str, &str, &str)> = found
            .iter()
            .map(|one| (one.entity.as_str(), one.value.as_str(), &text[one.span.clone()]))
            .collect();
        assert_eq!(
            shown,
            [("order_number", "AB123456", "ab123456"), ("problem", "rotto", "ROTTO")]
        );
    }

    #[test]
    fn the_named_group_is_the_value() {
        assert_eq!(read("order_number", "Ordine N. 123456").as_deref(), Some("123456"));
        assert_eq!(read("order_number", "boh"), None);
    }

    #[test]
    fn addresses_are_lower_cased() {
        assert_eq!(
            read("email", "Sono Ada.Neri@Example.COM.").as_deref(),
            Some("ada.neri@example.com")
        );
        for text in ["ada@", "@example.com", "ada at example.com", "a@b", ""] {
            assert_eq!(read("email", text), None, "{text}");
        }
    }

    #[test]
    fn text_is_the_whole_message_and_unknown_entities_are_nothing() {
        assert_eq!(read("text", "  Via Roma 1 \n").as_deref(), Some("Via Roma 1"));
        assert_eq!(read("text", "  "), None);
        assert_eq!(read("colour", "red"), None);
    }

    #[test]
    fn a_bad_pattern_is_named() {
        let bad = Recogniser::Patterns { patterns: vec!["(".to_owned()], upper: false };
        let error = Recognisers::compile(&[("code".to_owned(), bad)].into()).unwrap_err();
        assert_eq!(error.0, "code");
    }

    #[test]
    fn any_text_is_read_without_panic() {
        let long = "1.234,5 € 99/99/9999 a@b.c +39 ".repeat(40_000);
        for text in
            ["", "€", "\u{0}", "０１２", "1/1/1 é\u{301}@é.it 32 novembre", "3 giorni fa", &long]
        {
            let _ = recognisers().find(text, NOW, "Nowhere/Land");
            let _ = recognisers().find(text, UtcMillis(i64::MAX), "Europe/Rome");
        }
    }
}

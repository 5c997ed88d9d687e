//! Entities: what a message names, found by regular expressions and lists.

mod amount;
mod count;
mod date;
pub mod format;
mod number;
mod private;
mod role;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;

use regex::Regex;

use self::amount::Amounts;
use self::date::Dates;
use self::format::Format;
use self::number::{Numbers, Phones};
use self::private::Private;
use self::role::Roles;
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
    /// Codes by their shapes, such as `AA999999`: letters, digits, anything else itself. Found in
    /// small letters and with dashes too; the value is in the shape's own spelling.
    Formats(Vec<String>),
    /// A payment card, masked: `••••1111`.
    Card,
    /// A bank account, masked: `IT••••3456`.
    Iban,
    /// The whole message, as written.
    Text,
}

impl Recogniser {
    /// The built-in recognisers by the names under which every intent file knows them.
    pub const BUILT_IN: [(&'static str, Self); 8] = [
        ("amount", Self::Amount),
        ("card", Self::Card),
        ("date", Self::Date),
        ("email", Self::Email),
        ("iban", Self::Iban),
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
    /// Its role, where the entity has roles and the words before it tell.
    pub role: Option<String>,
}

/// The words that tell each role, by entity and role.
pub type RoleWords = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// All recognisers of a knowledge, compiled.
#[derive(Debug)]
pub struct Recognisers {
    compiled: BTreeMap<String, Compiled>,
    roles: BTreeMap<String, Roles>,
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
    Formats(Vec<Format>),
    Private(Private),
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
        let compiled = recognisers.iter().map(one).collect::<Result<_, _>>()?;
        Ok(Self { compiled, roles: BTreeMap::new() })
    }

    /// The same with roles.
    #[must_use]
    pub fn with_roles(mut self, words: &RoleWords) -> Self {
        self.roles = words.iter().map(|(name, of)| (name.clone(), Roles::of(of))).collect();
        self
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
            let roles = self.roles.get(entity);
            found.extend(compiled.hits(&message).into_iter().map(|(value, span)| {
                let role = roles.and_then(|roles| roles.before(message.text, span.start));
                Found { entity: entity.clone(), value, span, role }
            }));
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
            Recogniser::Formats(shapes) => Self::Formats(
                shapes.iter().map(|shape| Format::compile(shape)).collect::<Result<_, _>>()?,
            ),
            Recogniser::Card => Self::Private(Private::cards()?),
            Recogniser::Iban => Self::Private(Private::accounts()?),
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
            Self::Private(private) => private.hits(message.text),
            Self::Formats(formats) => {
                let mut hits: Vec<Hit> =
                    formats.iter().flat_map(|format| format.hits(message.text)).collect();
                hits.sort_by_key(|(_, range)| (range.start, std::cmp::Reverse(range.end)));
                hits.dedup_by_key(|(_, range)| range.start);
                hits
            }
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
mod tests;

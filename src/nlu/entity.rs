//! Entities: what a message names, found by regular expressions and lists.
//! (seam: signatures fixed, bodies to be written)

use std::collections::BTreeMap;

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

/// One thing found in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The entity's name.
    pub entity: String,
    /// The value in its normal form.
    pub value: String,
    /// Byte range in the text that was read.
    pub span: std::ops::Range<usize>,
}

/// All recognisers of a knowledge, compiled.
#[derive(Debug)]
pub struct Recognisers;

impl Recognisers {
    /// Compiles the recognisers, by entity name.
    ///
    /// # Errors
    /// The entity's name and the reason, for a pattern that is no regular expression.
    pub fn compile(
        _recognisers: &BTreeMap<String, Recogniser>,
    ) -> Result<Self, (String, regex::Error)> {
        unimplemented!()
    }

    /// Everything found in `text`, in order of appearance, except `Text` entities.
    /// `now` and `time_zone` (IANA) anchor relative dates.
    #[must_use]
    pub fn find(&self, _text: &str, _now: UtcMillis, _time_zone: &str) -> Vec<Found> {
        unimplemented!()
    }

    /// The first value of one entity in `text`, `Text` entities included.
    #[must_use]
    pub fn read(
        &self,
        _entity: &str,
        _text: &str,
        _now: UtcMillis,
        _time_zone: &str,
    ) -> Option<String> {
        unimplemented!()
    }
}

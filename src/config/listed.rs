//! Lists, which the environment writes as one text with commas.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Deserializer, de};

/// The entries of a list, or of one text of them with commas; without empty ones.
pub(super) fn entries<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Listed(Vec<String>),
        Text(String),
    }
    let given = match Given::deserialize(from)? {
        Given::Listed(list) => list,
        Given::Text(text) => text.split(',').map(str::to_owned).collect(),
    };
    let given = given.iter().map(|entry| entry.trim().to_owned());
    Ok(given.filter(|entry| !entry.is_empty()).collect())
}

/// Addresses.
pub(super) fn listed<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpAddr>, D::Error> {
    let read = entries(from)?.into_iter().map(|entry| {
        entry.parse().map_err(|_| de::Error::custom(format!("{entry:?} is no IP address")))
    });
    read.collect()
}

/// Words, in lower case.
pub(super) fn worded<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(entries(from)?.iter().map(|word| word.to_lowercase()).collect())
}

/// Names, each once.
pub(super) fn named<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<String>, D::Error> {
    Ok(entries(from)?.into_iter().collect())
}

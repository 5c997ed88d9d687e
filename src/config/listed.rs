//! Lists, which the environment writes as one text with commas.

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, de};

/// A list of addresses, or one text of them with commas, as the environment gives it.
pub(super) fn listed<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpAddr>, D::Error> {
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
    let given = given.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty());
    let read = given.map(|entry| {
        entry.parse().map_err(|_| de::Error::custom(format!("{entry:?} is no IP address")))
    });
    read.collect()
}

/// A list of words, or one text of them with commas, as the environment gives it.
pub(super) fn worded<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
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
    let given = given.iter().map(|entry| entry.trim().to_lowercase());
    Ok(given.filter(|entry| !entry.is_empty()).collect())
}

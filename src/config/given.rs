//! How single settings are given.

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, de};

/// What is wrong with the address of a queue.
pub(super) fn wrong_queue(url: &str) -> Option<String> {
    let kinds =
        ["memory:", "redis:", "rediss:", "redis+unix:", "redis+cluster:", "rediss+cluster:"];
    let several = ["redis+sentinel:", "rediss+sentinel:"];
    let known = kinds.iter().chain(&several).any(|kind| url.starts_with(kind));
    (!known).then(|| "queue.url must be memory: or begin with redis://, redis+cluster:// or redis+sentinel:// (rediss for TLS)".to_owned())
}

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

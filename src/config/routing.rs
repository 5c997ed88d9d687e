//! `[routing]`: who is asked to take a ticket, and for how long.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

/// `[routing]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Routing {
    pub mode: RoutingMode,
    #[serde(deserialize_with = "names")]
    pub push_teams: BTreeSet<String>,
    #[serde(deserialize_with = "names")]
    pub pull_teams: BTreeSet<String>,
    pub offer_seconds: u32,
    pub misses: u32,
    pub skip_seconds: u32,
    pub choice: BestAgent,
}

/// How tickets reach agents.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RoutingMode {
    /// Agents take the next one.
    Pull,
    /// The best agent is offered it.
    Push,
}

/// What the best of several free agents is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum BestAgent {
    /// Idle for longest.
    LongestIdle,
    /// Least loaded for the capacity.
    LeastLoaded,
}

/// A list of names, or one text of them with commas, as the environment gives it.
fn names<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<String>, D::Error> {
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
    let given = given.iter().map(|name| name.trim().to_owned());
    Ok(given.filter(|name| !name.is_empty()).collect())
}

/// `[teams]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Teams {
    pub file: String,
}

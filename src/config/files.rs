//! `[files]`: what customers and agents may send.

use serde::Deserialize;

use super::listed::worded;

/// `[files]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Files {
    pub max_megabytes: u32,
    #[serde(deserialize_with = "worded")]
    pub types: Vec<String>,
}

//! The systems outside that the house asks or writes through: `[lookups]` and `[mail]`.

use serde::Deserialize;

use super::Hidden;

/// `[lookups]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Lookups {
    pub base_url: String,
    pub token: Hidden,
    pub allow_private: bool,
}

/// `[mail]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Mail {
    pub url: Hidden,
    pub from: String,
}

impl Mail {
    /// What is wrong with the keys, in words.
    pub(super) fn problems(&self) -> Option<String> {
        let is_missing = !self.url.0.is_empty() && self.from.is_empty();
        is_missing.then(|| "mail.from is missing: write Shop <desk@shop.example>".to_owned())
    }
}

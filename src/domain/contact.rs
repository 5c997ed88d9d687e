//! The customer, as one channel knows them.

use serde::{Deserialize, Serialize};

use super::id::ContactId;
use super::language::Language;
use super::time::UtcMillis;

/// The configured name of a channel, such as `webchat`, `rest` or `telegram:shop`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelName(pub String);

/// What a customer is called by the channel's provider: chat id, sender, anonymous id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(pub String);

/// A person, real or simulated by the demo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Somebody wrote.
    #[default]
    Real,
    /// The demo's traffic; marked on every screen.
    Simulated,
}

/// One customer on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The channel it writes on.
    pub channel: ChannelName,
    /// Its address there.
    pub address: Address,
    /// The name the channel gives, never trusted as identity.
    pub name: Option<String>,
    /// The language last spoken.
    pub language: Option<Language>,
    /// Plain words that policies know it by, such as `vip`.
    pub segments: std::collections::BTreeSet<String>,
    /// Real, or of the demo.
    pub origin: Origin,
    /// When it first wrote.
    pub created_at: UtcMillis,
}

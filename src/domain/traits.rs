//! What policies look at when they choose: the ticket's kind, at one instant.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::language::Language;
use super::ticket::Priority;

/// What a ticket is like. The ledger keeps it beside every choice of a policy, so that the choice
/// can be made again under other policies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Traits {
    /// How pressing it is.
    pub priority: Priority,
    /// The contact's segments: plain words such as `vip`.
    pub segments: BTreeSet<String>,
    /// The channel it came by, such as `telegram:shop`.
    pub channel: Option<String>,
    /// The intent that led to a human.
    pub intent: Option<String>,
    /// The customer's language.
    pub language: Option<Language>,
    /// What the order at stake is worth, in cents.
    pub order_value: Option<i64>,
    /// The team that is meant to serve it.
    pub team: Option<String>,
}

//! Messages that did not arrive for sure, as supervisors see them.

use serde::Serialize;
use utoipa::ToSchema;

/// Everything that waits for somebody's decision.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LettersView {
    /// As of when, ms UTC.
    pub at: i64,
    /// How many messages wait for a decision, also beyond those listed.
    pub total: u64,
    /// The latest of them.
    pub letters: Vec<LetterView>,
    /// Updates that were received and not applied, the latest first.
    pub unread: Vec<UnreadView>,
    /// The last decisions: the message's id, who, `again` or `dismissed`, when.
    pub decided: Vec<(String, String, String, i64)>,
}

/// A message that was given up, or whose request left without an answer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LetterView {
    /// Its id, for the decision.
    pub id: String,
    /// The customer's current ticket.
    pub ticket: Option<String>,
    /// The customer's name; may be empty.
    pub customer: String,
    /// The channel.
    pub channel: String,
    /// What it says.
    pub text: String,
    /// `dead` (given up: it did not arrive) or `unconfirmed` (it may have).
    pub state: String,
    /// Why.
    pub problem: String,
    /// When it was written, ms UTC.
    pub at: i64,
    /// When it was tried last, ms UTC.
    pub ended_at: i64,
    /// How often it was tried.
    pub tries: u64,
}

/// An update that was received and not applied.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UnreadView {
    /// Its id.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// The provider's id.
    pub provider_id: String,
    /// `unparsed` (not understood) or `failed` (understood, and its turn failed).
    pub state: String,
    /// Why.
    pub problem: String,
    /// When it was received, ms UTC.
    pub at: i64,
}

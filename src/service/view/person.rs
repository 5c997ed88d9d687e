//! What screens show of a person who writes on several channels.

use serde::Serialize;
use utoipa::ToSchema;

use super::{LineView, TicketRow};

/// One person: every contact that proofs hold together.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PersonView {
    /// The id: that of the first contact.
    pub id: String,
    /// Another number at every change of who the person is.
    pub version: u64,
    /// The contacts, the one in view first, then by age.
    pub contacts: Vec<ContactView>,
}

/// One contact of a person.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ContactView {
    /// The id.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// The name the channel gives.
    pub name: Option<String>,
    /// Whether it is the one in view.
    pub here: bool,
    /// `verified`, `by_hand`, `not_verified`.
    pub standing: String,
    /// Whether a proof or a link by hand holds it to another contact.
    pub linked: bool,
    /// What was proved of it, and links by hand, oldest first.
    pub proofs: Vec<ProofView>,
    /// When the customer last wrote there, ms UTC.
    pub last_at: Option<i64>,
    /// Whether the reader may read its thread.
    pub readable: bool,
    /// Of the demo's traffic.
    pub simulated: bool,
}

/// One proof, or one link by hand.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProofView {
    /// The id.
    pub id: String,
    /// `signed_id`, `email`, `phone`, `contact`.
    pub kind: String,
    /// The fact masked; of a link by hand, the other contact.
    pub value: String,
    /// `signed_id`, `email_code`, `phone_shared`, `agent`.
    pub proof: String,
    /// The reason of a link by hand.
    pub reason: Option<String>,
    /// Who made it, when somebody at the desk did.
    pub by: Option<String>,
    /// When, ms UTC.
    pub at: i64,
    /// `stands`, `undone`, `expired`.
    pub state: String,
    /// Whether it holds the contact to another one now.
    pub links: bool,
}

/// A person with the tickets of all of their contacts.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct KnownView {
    /// Who.
    pub person: PersonView,
    /// Their tickets that the reader may see, newest first, at most 50.
    pub history: Vec<TicketRow>,
}

/// Codes sent to the e-mail of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CodeView {
    /// `off` (no mail server is set), `no_order`, `ready`.
    pub offer: String,
    /// Of the last one: `waiting`, `open`, `used`, `spent`, `expired`, `replaced`, `failed`.
    pub state: Option<String>,
    /// Where it went, masked.
    pub to: Option<String>,
}

/// The thread of one contact, for reading.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ThreadView {
    /// Whose.
    pub contact: ContactView,
    /// The person that it is of.
    pub person: PersonView,
    /// Its lines, oldest first, at most the last 500.
    pub lines: Vec<LineView>,
    /// The tickets of the whole person that the reader may see, newest first.
    pub history: Vec<TicketRow>,
}

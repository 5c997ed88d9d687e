//! A thread with one contact, and who answers in it.

use serde::{Deserialize, Serialize};

use super::contact::{Address, ChannelName, Origin};
use super::id::{AgentId, ContactId, ConversationId, EpisodeId, TicketId};
use super::language::Language;
use super::time::UtcMillis;

/// Who answers the customer: always exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "owner", content = "agent")]
pub enum Owner {
    /// The bot.
    Bot,
    /// Nobody yet: the ticket waits in the routing queue.
    Queue,
    /// A person at the desk.
    Agent(AgentId),
    /// Nobody any more, until the customer writes again.
    Closed,
}

/// One thread with one contact on one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The customer.
    pub contact_id: ContactId,
    /// The channel it runs on.
    pub channel: ChannelName,
    /// The customer's address there.
    pub address: Address,
    /// How many turns it has had; each turn's first statement raises it.
    pub turn: i64,
    /// The last message's place.
    pub seq: i64,
    /// Who answers.
    pub owner: Owner,
    /// The language of the last turn.
    pub language: Option<Language>,
    /// The dialogue's state, opaque and versioned; `null` before the first turn.
    pub state: serde_json::Value,
    /// The current ticket, also while it is resolved but can be reopened.
    pub ticket_id: Option<TicketId>,
    /// The bot's current episode.
    pub episode_id: Option<EpisodeId>,
    /// When the customer last wrote.
    pub last_customer_at: Option<UtcMillis>,
    /// Real, or of the demo.
    pub origin: Origin,
    /// When it began.
    pub created_at: UtcMillis,
}

//! What a channel hands in and what it is asked to send.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::contact::{Address, ChannelName, Origin};
use super::language::Language;
use super::message::{Attachment, Body};
use super::time::UtcMillis;

/// One update of a customer, parsed by its channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// The channel it came by.
    pub channel: ChannelName,
    /// The provider's own id of the update: a second one with the same id has no effect.
    pub provider_id: String,
    /// Who wrote.
    pub address: Address,
    /// The name the channel gives.
    pub name: Option<String>,
    /// The language the channel or the page declares; the text's own language wins.
    pub language: Option<Language>,
    /// What was written.
    pub content: Content,
    /// The provider's time: for display only, never for order.
    pub provider_at: Option<UtcMillis>,
    /// Real, or of the demo.
    #[serde(default)]
    pub origin: Origin,
    /// The segments that the shop's own backend puts the contact into; `None` leaves them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<BTreeSet<String>>,
}

/// What a customer's update says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Content {
    /// The conversation is opened without a question (`/start`, the widget's first opening).
    Start {
        /// What the link that led here carried, such as `order_1001`.
        reference: Option<String>,
    },
    /// Text.
    Text {
        /// As written, cleaned of control characters.
        text: String,
    },
    /// A button was pressed.
    Press {
        /// The button's payload.
        payload: String,
        /// What the button said, where the channel tells it.
        label: Option<String>,
    },
    /// A file, a photo, a place, with or without words.
    Files {
        /// The words that came with it.
        caption: String,
        /// What came.
        attachments: Vec<Attachment>,
    },
    /// One of several files that were sent as one message: joined with the others before it counts.
    Album {
        /// The channel's own id of the whole.
        album: String,
        /// The words that came with this one.
        caption: String,
        /// What came.
        attachments: Vec<Attachment>,
    },
    /// The chat has another address from now on, such as a group that became a supergroup.
    Moved {
        /// The new address.
        to: Address,
    },
    /// An earlier message was changed: shown to people, never answered again.
    Edited {
        /// The new text.
        text: String,
    },
    /// How far a message of ours got, as the provider tells it: nothing that the customer said.
    Receipt {
        /// The provider's id of our message.
        message: String,
        /// How far it got.
        reached: Reached,
        /// When, by the provider's clock.
        at: Option<UtcMillis>,
    },
    /// The contact can no longer be reached, such as after blocking the bot.
    Unreachable,
    /// Something the channel does not know; stored, answered with a hint.
    Unsupported {
        /// What the channel calls it.
        kind: String,
    },
}

/// How far a message of ours got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// To the customer's device.
    Delivered,
    /// Before the customer's eyes.
    Read,
    /// Nowhere, for good.
    Failed {
        /// Why, in the provider's words.
        reason: String,
    },
}

/// One message that a channel must send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbound {
    /// Where to.
    pub address: Address,
    /// What.
    pub body: Body,
    /// In which language numbered lists and the like are written.
    pub language: Language,
}

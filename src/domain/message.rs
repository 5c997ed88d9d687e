//! What is said in a conversation, by whom, and how far it got.

use serde::{Deserialize, Serialize};

use super::id::{AgentId, ConversationId, FileId, MessageId};
use super::language::Language;
use super::rich::{Card, List};
use super::time::UtcMillis;

/// The longest customer text that the bot reads, in characters; longer ones are stored whole.
pub const MAX_READ_CHARS: usize = 4_096;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "id")]
pub enum Author {
    /// The customer.
    Customer,
    /// The bot: its own sentences and the knowledge's replies.
    Bot,
    /// A person at the desk.
    Agent(AgentId),
    /// The house itself: lines such as "transferred to …", never a reply.
    System,
}

/// Who may read a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Customer and desk.
    Public,
    /// Desk only: private notes and system lines.
    Internal,
}

/// A choice offered under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What the customer reads.
    pub label: String,
    /// What comes back when it is pressed.
    pub payload: String,
}

/// A file or place that came with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is, in the channel's own word: `photo`, `voice`, `document`, `location`, …
    pub kind: String,
    /// The file's name, where the channel tells it.
    pub name: Option<String>,
    /// The channel's own reference, for a later fetch.
    pub reference: Option<String>,
    /// Our copy of its bytes, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileId>,
    /// What its bytes are, such as `image/jpeg`; ours, by their beginning, once there is a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// How many bytes it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// The content of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The text; may be empty when there are attachments.
    pub text: String,
    /// Choices offered with it.
    #[serde(default)]
    pub buttons: Vec<Button>,
    /// What came with it.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Choices with a few words about each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
    /// Things shown, each with its picture, link and choices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Card>,
}

impl Body {
    /// A body of text alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// How far an outgoing message got. Steps only go forward: see [`Delivery::may_become`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Not of this kind: incoming, internal, or waiting to be pulled.
    None,
    /// In the outbox.
    Pending,
    /// The request left, and no answer came: not resent by itself.
    Unconfirmed,
    /// The provider took it.
    Sent,
    /// It reached the customer's device, or their page fetched it.
    Delivered,
    /// The customer had it before their eyes.
    Read,
    /// The provider refused it for good.
    Failed,
}

impl Delivery {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Pending,
        Self::Unconfirmed,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Failed,
    ];

    /// Whether news may bring a message from this state to another, in whatever order they come:
    /// sent before delivered before read, and what failed or reached the customer stays so.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match next {
            Self::None | Self::Pending => false,
            Self::Unconfirmed => matches!(self, Self::Pending),
            Self::Sent => matches!(self, Self::Pending | Self::Unconfirmed),
            Self::Delivered => {
                matches!(self, Self::None | Self::Pending | Self::Unconfirmed | Self::Sent)
            }
            Self::Read => matches!(
                self,
                Self::None | Self::Pending | Self::Unconfirmed | Self::Sent | Self::Delivered
            ),
            Self::Failed => matches!(self, Self::Pending | Self::Unconfirmed | Self::Sent),
        }
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The thread it belongs to.
    pub conversation_id: ConversationId,
    /// Its place in the thread, from 1, without gaps, allotted under the conversation's lock.
    pub seq: i64,
    /// Who wrote it.
    pub author: Author,
    /// Who may read it.
    pub visibility: Visibility,
    /// What it says.
    pub body: Body,
    /// The language it is written in, where known.
    pub language: Option<Language>,
    /// When we took it in or decided it.
    pub at: UtcMillis,
    /// How far it got.
    pub delivery: Delivery,
}

/// Makes text safe to store, show and log: control characters other than line breaks and tabs go,
/// `\r\n` becomes `\n`, and the ends are trimmed.
#[must_use]
pub fn clean(text: &str) -> String {
    let kept: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_drops_controls_and_keeps_lines() {
        assert_eq!(clean("  a\u{0}b\u{7}\r\nc\td  "), "ab\nc\td");
    }

    /// Whatever the order of the news, the end is the same as in the right order.
    #[test]
    fn deliveries_never_go_back() {
        let news = [Delivery::Sent, Delivery::Delivered, Delivery::Read];
        let told = |state: Delivery, next| if state.may_become(next) { next } else { state };
        for (a, b, c) in [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)] {
            let end = [a, b, c].into_iter().fold(Delivery::Pending, |s, at| told(s, news[at]));
            assert_eq!(end, Delivery::Read);
        }
        for end in [Delivery::Read, Delivery::Failed] {
            assert!(Delivery::ALL.iter().all(|next| !end.may_become(*next)), "{end:?}");
        }
        assert!(!Delivery::Delivered.may_become(Delivery::Failed), "it is there");
        for state in Delivery::ALL {
            for next in Delivery::ALL.into_iter().filter(|next| state.may_become(*next)) {
                assert!(next > state && !next.may_become(state), "{state:?} {next:?}");
            }
        }
    }
}

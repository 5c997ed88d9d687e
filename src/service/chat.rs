//! The web chat's side of intake.

use super::clock::fresh_secret;
use super::view::{ChatLine, RichView};
use super::{House, ServiceError, accounts, receipts, viewing};
use crate::channel::{Intake as _, Received};
use crate::domain::contact::{Address, ChannelName, Origin};
use crate::domain::inbound::{Content, Inbound};
use crate::domain::language::Language;
use crate::domain::message::{Author, Delivery, Visibility};
use crate::events::{Hint, Listener};
use crate::service::access::hash_secret;
use crate::store::{self, message::StoredMessage};

/// The channel's name.
pub const CHANNEL: &str = "webchat";
/// How many lines one answer holds.
const LINES: i64 = 200;

/// A visitor of the web chat: holds the secret that the browser keeps. Agents see only its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    secret: String,
}

impl Visitor {
    /// Reads a browser's secret: 32 to 64 characters of `A-Za-z0-9_-`.
    #[must_use]
    pub fn from_secret(secret: &str) -> Option<Self> {
        let fits = (32..=64).contains(&secret.len());
        let plain = secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        (fits && plain).then(|| Self { secret: secret.to_owned() })
    }

    /// What the browser keeps.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub(super) fn address(&self) -> Address {
        let mut hash = hash_secret(&self.secret);
        hash.truncate(32);
        Address(hash)
    }

    /// Whether a hint is about this visitor's conversation.
    #[must_use]
    pub fn is_meant(&self, hint: &Hint) -> bool {
        match hint {
            Hint::Conversation { channel, address, .. } => {
                channel.0 == CHANNEL && *address == self.address()
            }
            Hint::Missed => true,
            _ => false,
        }
    }
}

/// What a visitor sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The chat was opened.
    Opened,
    /// Text.
    Text(String),
    /// A button.
    Press {
        /// Its payload.
        payload: String,
        /// Its words.
        label: String,
    },
}

/// Whether this door is open at all.
///
/// # Errors
/// `NotFound` when the web chat is not configured.
pub fn is_open(house: &House) -> Result<(), ServiceError> {
    let open = house.channels.contains_key(&ChannelName(CHANNEL.to_owned()));
    if open { Ok(()) } else { Err(ServiceError::NotFound("the web chat")) }
}

/// A fresh visitor.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Internal` when the system has no randomness to give.
pub fn new_visitor(house: &House) -> Result<Visitor, ServiceError> {
    is_open(house)?;
    let secret = fresh_secret().map_err(|error| ServiceError::Internal(error.into()))?;
    Ok(Visitor { secret })
}

/// Takes a message in; the same `client_id` again has no effect. Returns after the commit.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Invalid`, `Unavailable` when it could not be stored (the
/// browser keeps it and tries again).
pub async fn say(
    house: &House,
    visitor: &Visitor,
    client_id: &str,
    said: Said,
    language: Option<Language>,
) -> Result<(), ServiceError> {
    say_as(house, visitor, client_id, said, language, (None, Origin::Real)).await
}

/// As [`say`], for a named visitor and for the demo's traffic.
///
/// # Errors
/// As [`say`].
pub async fn say_as(
    house: &House,
    visitor: &Visitor,
    client_id: &str,
    said: Said,
    language: Option<Language>,
    (name, origin): (Option<&str>, Origin),
) -> Result<(), ServiceError> {
    is_open(house)?;
    if client_id.is_empty() || client_id.len() > 64 || client_id.chars().any(char::is_control) {
        return Err(ServiceError::Invalid("client_id must have 1 to 64 characters".to_owned()));
    }
    let channel = ChannelName(CHANNEL.to_owned());
    let address = visitor.address();
    let raw = format!("{said:?}").into_bytes();
    let content = match said {
        Said::Opened => Content::Start { reference: None },
        Said::Text(text) => Content::Text { text },
        Said::Press { payload, label } => {
            Content::Press { payload, label: Some(label).filter(|label| !label.is_empty()) }
        }
    };
    let inbound = Inbound {
        channel: channel.clone(),
        provider_id: format!("{}:{client_id}", address.0),
        address,
        name: name.map(str::to_owned),
        language,
        content,
        provider_at: None,
        origin,
        segments: None,
    };
    let received = Received { provider_id: inbound.provider_id.clone(), raw, content: Ok(inbound) };
    let accepted = house.accept(&channel, received).await;
    accepted.map(drop).map_err(|error| ServiceError::Unavailable(error.to_string()))
}

/// Hears what is about a visitor's conversation, from now on.
pub fn listen(house: &House, visitor: &Visitor) -> Listener {
    house.bus.listen_about(&ChannelName(CHANNEL.to_owned()), &visitor.address())
}

/// The lines after `seq`, oldest first, at most 200.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Unavailable`.
pub async fn lines(
    house: &House,
    visitor: &Visitor,
    after: i64,
) -> Result<Vec<ChatLine>, ServiceError> {
    is_open(house)?;
    let channel = ChannelName(CHANNEL.to_owned());
    let found = store::conversation::find(&house.db, &channel, &visitor.address()).await?;
    let Some(conversation) = found.filter(|found| found.seq > after) else {
        return Ok(Vec::new());
    };
    let messages = store::message::after(&house.db, conversation.id, after, LINES).await?;
    let ours = messages.iter().filter(|stored| is_unseen(stored)).map(|stored| stored.message.seq);
    if let Some(to) = ours.max() {
        accounts::fetch(house, conversation.id, (after + 1, to));
    }
    let names = viewing::names(house).await?;
    let seen = messages.iter().filter(|stored| stored.message.visibility == Visibility::Public);
    Ok(seen.filter_map(|stored| line(stored, &names)).collect())
}

/// Whether it is something that we wrote and the visitor's page has not fetched yet.
fn is_unseen(stored: &StoredMessage) -> bool {
    stored.message.visibility == Visibility::Public
        && matches!(stored.message.author, Author::Bot | Author::Agent(_))
        && stored.message.delivery.may_become(Delivery::Delivered)
}

/// Notes that the visitor has read everything up to a place of the thread. Repeats and late calls do
/// no harm.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Unavailable`.
pub async fn read(house: &House, visitor: &Visitor, seq: i64) -> Result<(), ServiceError> {
    is_open(house)?;
    let channel = ChannelName(CHANNEL.to_owned());
    match store::conversation::find(&house.db, &channel, &visitor.address()).await? {
        Some(conversation) => receipts::read_up_to(house, &conversation, seq).await,
        None => Ok(()),
    }
}

fn line(
    stored: &StoredMessage,
    names: &std::collections::HashMap<crate::domain::id::AgentId, String>,
) -> Option<ChatLine> {
    let message = &stored.message;
    let (from, name) = match message.author {
        Author::Customer => ("you", None),
        Author::Bot => ("bot", None),
        Author::Agent(agent) => ("agent", names.get(&agent).cloned()),
        Author::System => return None,
    };
    let client_id = stored.client_id.as_deref().and_then(|id| id.split_once(':'));
    Some(ChatLine {
        seq: message.seq,
        from: from.to_owned(),
        name,
        text: message.body.text.clone(),
        buttons: viewing::buttons(stored),
        rich: RichView::of(&message.body),
        at: message.at.0,
        client_id: client_id.map(|(_, id)| id.to_owned()),
        attachments: viewing::for_customer(message, "/chat/files"),
    })
}

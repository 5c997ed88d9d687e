//! The REST channel's side of intake: what a customer's message is answered with.

use std::time::Duration;

use super::{House, ServiceError};
use crate::channel::{Intake as _, Received, Sending};
use crate::domain::contact::{Address, ChannelName, Origin};
use crate::domain::conversation::Conversation;
use crate::domain::id::InboxId;
use crate::domain::inbound::{Content, Inbound};
use crate::domain::language::Language;
use crate::domain::message::{Author, Message, Visibility};
use crate::store::{self, message::StoredMessage};

/// The channel's name.
pub const CHANNEL: &str = "rest";
/// How long an answer may wait for a lookup.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the caller of a callback may take.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(10);

/// What a REST caller sends.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Who asks, in the caller's own words.
    pub sender: String,
    /// What.
    pub content: Content,
    /// The caller's id of the message: a repeat returns the same replies.
    pub message_id: Option<String>,
    /// The language, where the caller knows it.
    pub language: Option<Language>,
    /// The bytes as they came.
    pub raw: Vec<u8>,
}

/// Takes a message in and returns the bot's answers to it, waiting for a lookup up to five seconds.
///
/// # Errors
/// `Unavailable` when it could not be stored.
pub async fn ask(house: &House, ask: Ask) -> Result<Vec<StoredMessage>, ServiceError> {
    let channel = ChannelName(CHANNEL.to_owned());
    let address = Address(ask.sender);
    let fresh = || format!("auto:{}", super::clock::fresh_id());
    let provider_id = match &ask.message_id {
        Some(id) => format!("{}:{}:{id}", address.0.len(), address.0),
        None => fresh(),
    };
    let inbound = Inbound {
        channel: channel.clone(),
        provider_id: provider_id.clone(),
        address: address.clone(),
        name: None,
        language: ask.language,
        content: ask.content,
        provider_at: None,
        origin: Origin::Real,
    };
    let received =
        Received { provider_id: provider_id.clone(), raw: ask.raw, content: Ok(inbound) };
    let mut hints = house.bus.listen();
    let accepted = house.accept(&channel, received).await;
    accepted.map_err(|error| ServiceError::Unavailable(error.to_string()))?;
    let cause = store::inbox::find(&house.db, &channel, &provider_id).await?;
    let cause = cause.ok_or(ServiceError::NotFound("the message"))?;
    let waiting = async {
        while is_looking_up(house, &channel, &address).await? {
            hints.next().await;
        }
        Ok::<_, ServiceError>(())
    };
    if let Ok(ended) = tokio::time::timeout(PATIENCE, waiting).await {
        ended?;
    }
    answers(house, cause).await
}

async fn is_looking_up(
    house: &House,
    channel: &ChannelName,
    address: &Address,
) -> Result<bool, ServiceError> {
    match store::conversation::find(&house.db, channel, address).await? {
        Some(conversation) => Ok(store::outbox::looking_up(&house.db, conversation.id).await?),
        None => Ok(false),
    }
}

async fn answers(house: &House, cause: InboxId) -> Result<Vec<StoredMessage>, ServiceError> {
    let mut messages = store::message::caused_by(&house.db, cause).await?;
    messages.retain(|stored| {
        stored.message.visibility == Visibility::Public && stored.message.author == Author::Bot
    });
    Ok(messages)
}

/// What was written to a sender after a place, oldest first, with the places.
///
/// # Errors
/// `Unavailable`.
pub async fn messages(
    house: &House,
    sender: &str,
    after: i64,
) -> Result<Vec<StoredMessage>, ServiceError> {
    let (channel, address) = (ChannelName(CHANNEL.to_owned()), Address(sender.to_owned()));
    let Some(conversation) = store::conversation::find(&house.db, &channel, &address).await? else {
        return Ok(Vec::new());
    };
    let mut messages = store::message::after(&house.db, conversation.id, after, 200).await?;
    messages.retain(|stored| {
        stored.message.visibility == Visibility::Public
            && matches!(stored.message.author, Author::Bot | Author::Agent(_))
    });
    Ok(messages)
}

/// Posts what a human wrote to the configured callback, in the shape of the answers. The bot's own
/// words were the answer to the request already.
pub(super) async fn call_back(
    house: &House,
    conversation: &Conversation,
    message: &Message,
) -> Sending {
    if !matches!(message.author, Author::Agent(_)) {
        return Sending::Sent { provider_id: String::new() };
    }
    let body = serde_json::json!([{
        "recipient_id": conversation.address.0,
        "text": message.body.text,
        "id": message.id,
    }]);
    let request = house.http.post(&house.settings.rest_callback).json(&body);
    match request.timeout(CALLBACK_TIMEOUT).send().await {
        Ok(answer) if answer.status().is_success() => {
            Sending::Sent { provider_id: message.id.to_string() }
        }
        Ok(answer) if answer.status().as_u16() == 429 || answer.status().is_server_error() => {
            let reason = format!("the callback answered {}", answer.status());
            Sending::Later { after: 1_000, reason }
        }
        Ok(answer) => {
            Sending::Refused { reason: format!("the callback answered {}", answer.status()) }
        }
        Err(error) if error.is_connect() => {
            Sending::Later { after: 1_000, reason: "the callback is not reachable".to_owned() }
        }
        Err(error) => Sending::Unconfirmed { reason: error.without_url().to_string() },
    }
}

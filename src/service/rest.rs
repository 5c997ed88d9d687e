//! The REST channel's side of intake: what a customer's message is answered with.

use std::time::Duration;

use super::clock::fresh_id;
use super::{House, ServiceError};
use crate::channel::rest::{self as wire, BadRequest, RestMessage, RestRequest};
use crate::channel::{Intake as _, Received, Sending};
use crate::dialogue::payload;
use crate::domain::contact::{Address, ChannelName};
use crate::domain::conversation::Conversation;
use crate::domain::id::MessageId;
use crate::domain::inbound::{Content, Inbound};
use crate::domain::message::{Author, Message, Visibility};
use crate::domain::time::SECOND;
use crate::events::Hint;
use crate::store::{self, message::StoredMessage};

/// The channel's name.
pub const CHANNEL: &str = wire::NAME;
/// How long an answer may wait for a lookup.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long after its request a message surely is in the reply, ms: half of the patience.
const SURELY_IN_TIME: i64 = 2_500;
/// How many messages one poll returns.
const POLLED: i64 = 200;
/// How far back a posted button payload is looked for.
const OFFERED: i64 = 10;

/// Takes a message in and returns the bot's answers to it, waiting for a lookup up to five seconds.
/// A repeat (by `Idempotency-Key` or `metadata.message_id`) returns the same answers.
///
/// # Errors
/// `Invalid` with what to change, `NotFound` when the channel is shut, `Unavailable` when the message
/// could not be stored.
pub async fn ask(
    house: &House,
    body: &[u8],
    idempotency_key: Option<&str>,
) -> Result<Vec<RestMessage>, ServiceError> {
    let channel = door(house)?;
    let inbound = read(house, &channel, body, idempotency_key).await?;
    let (address, provider_id) = (inbound.address.clone(), inbound.provider_id.clone());
    let received =
        Received { provider_id: provider_id.clone(), raw: body.to_vec(), content: Ok(inbound) };
    let accepted = house.accept(&channel, received).await;
    accepted.map_err(|error| ServiceError::Unavailable(error.to_string()))?;
    let (told, looking_up) = answers(house, &channel, &address, &provider_id).await?;
    if !looking_up {
        return Ok(told);
    }
    let mut hints = house.bus.listen();
    let looked_up = async {
        loop {
            let (told, looking_up) = answers(house, &channel, &address, &provider_id).await?;
            if !looking_up {
                return Ok(told);
            }
            while !matches!(hints.next().await, Some(Hint::Outbox | Hint::Missed) | None) {}
        }
    };
    match tokio::time::timeout(PATIENCE, looked_up).await {
        Ok(told) => told,
        Err(_) => Ok(answers(house, &channel, &address, &provider_id).await?.0),
    }
}

/// The channel, while it is open.
fn door(house: &House) -> Result<ChannelName, ServiceError> {
    let channel = ChannelName(CHANNEL.to_owned());
    let open = house.channels.contains_key(&channel);
    if open { Ok(channel) } else { Err(ServiceError::NotFound("the REST channel")) }
}

async fn read(
    house: &House,
    channel: &ChannelName,
    body: &[u8],
    idempotency_key: Option<&str>,
) -> Result<Inbound, ServiceError> {
    let request: RestRequest = serde_json::from_slice(body).map_err(|error| {
        let shape = r#"send {"sender": "…", "message": "…"} as JSON"#;
        ServiceError::Invalid(format!("{shape}: {error}"))
    })?;
    let id = request.repeat_id(idempotency_key).unwrap_or_else(|| fresh_id().to_string());
    let mut inbound = request.read(channel, &id).map_err(unusable)?;
    if let Content::Text { text } = &inbound.content
        && let Some(label) = offered(house, &inbound.address, text).await?
    {
        let payload = text.clone();
        inbound.content = Content::Press { payload, label: Some(label) };
    }
    Ok(inbound)
}

fn unusable(request: BadRequest) -> ServiceError {
    ServiceError::Invalid(request.to_string())
}

/// The label of a button that was offered with this payload: plain Rasa clients post it as text.
async fn offered(
    house: &House,
    address: &Address,
    text: &str,
) -> Result<Option<String>, ServiceError> {
    if !payload::is_one(text) {
        return Ok(None);
    }
    let channel = ChannelName(CHANNEL.to_owned());
    let last = store::message::last_of(&house.db, &channel, address, OFFERED).await?;
    let mut buttons = last.iter().rev().flat_map(|stored| stored.message.body.choices());
    Ok(buttons.find(|button| button.payload == *text).map(|button| button.label))
}

async fn find(house: &House, address: &Address) -> Result<Option<Conversation>, ServiceError> {
    let channel = ChannelName(CHANNEL.to_owned());
    Ok(store::conversation::find(&house.db, &channel, address).await?)
}

/// What a message is answered with so far, and whether a lookup is under way.
async fn answers(
    house: &House,
    channel: &ChannelName,
    address: &Address,
    provider_id: &str,
) -> Result<(Vec<RestMessage>, bool), ServiceError> {
    let (messages, looking_up) = store::message::answering(&house.db, channel, provider_id).await?;
    let answers = messages.iter().filter(|stored| {
        stored.message.visibility == Visibility::Public && stored.message.author == Author::Bot
    });
    Ok((answers.map(|stored| told(house, stored, address)).collect(), looking_up))
}

fn told(house: &House, stored: &StoredMessage, address: &Address) -> RestMessage {
    wired(house, &stored.message, address)
}

fn wired(house: &House, message: &Message, address: &Address) -> RestMessage {
    let at = format!("{}/webhooks/rest/files", house.settings.files.public_url);
    let (id, body) = (message.id.to_string(), &message.body);
    RestMessage::new(id, address, body).with_files(body, &at)
}

/// What was written to a sender after a message, oldest first.
///
/// # Errors
/// `Invalid` when nobody can have this name or `after` is no message's id, `NotFound` when the
/// channel is shut, `Unavailable`.
pub async fn messages(
    house: &House,
    sender: &str,
    after: Option<&str>,
) -> Result<Vec<RestMessage>, ServiceError> {
    door(house)?;
    let address = wire::address(sender).map_err(unusable)?;
    let Some(conversation) = find(house, &address).await? else { return Ok(Vec::new()) };
    let after = match after.filter(|after| !after.is_empty()) {
        None => 0,
        Some(id) => place(house, &conversation, id).await?,
    };
    let messages = store::message::after(&house.db, conversation.id, after, POLLED).await?;
    let ours = messages.iter().filter(|stored| {
        stored.message.visibility == Visibility::Public
            && matches!(stored.message.author, Author::Bot | Author::Agent(_))
    });
    Ok(ours.map(|stored| told(house, stored, &address)).collect())
}

async fn place(house: &House, conversation: &Conversation, id: &str) -> Result<i64, ServiceError> {
    let wrong = || ServiceError::Invalid("after must be the id of a message of this sender".into());
    let id: MessageId = id.parse().map_err(|_| wrong())?;
    let found = store::message::get(&house.db, id).await?;
    let found = found.filter(|stored| stored.message.conversation_id == conversation.id);
    found.map(|stored| stored.message.seq).ok_or_else(wrong)
}

/// Posts to the configured callback, in the shape of the answers, what no request was answered with:
/// a human's words, and the bot's that came by themselves or too late.
pub(super) async fn call_back(
    house: &House,
    conversation: &Conversation,
    message: &Message,
) -> Sending {
    match was_reply(house, message).await {
        Ok(true) => return Sending::Sent { provider_id: String::new() },
        Ok(false) => {}
        Err(error) => return Sending::Later { after: SECOND, reason: error.to_string() },
    }
    let told = wired(house, message, &conversation.address);
    let Ok(url) = house.settings.rest_callback.parse() else {
        return Sending::Refused { reason: "channels.rest.callback_url is no address".to_owned() };
    };
    let token = Some(house.settings.rest_token.as_str()).filter(|token| !token.is_empty());
    wire::call_back(&house.http, &url, token, &[told]).await
}

/// Whether a message surely was part of the reply to the request that caused it. Receivers drop
/// repeats, so what comes near the end of the reply's patience is posted as well.
async fn was_reply(house: &House, message: &Message) -> Result<bool, ServiceError> {
    if message.author != Author::Bot {
        return Ok(false);
    }
    let Some(cause) = store::message::cause(&house.db, message.id).await? else {
        return Ok(false);
    };
    // From when it was received: a turn that came late had nobody left to reply to.
    let update = store::inbox::get(&house.db, cause).await?;
    let asked = update.map_or(message.at, |update| update.received_at);
    Ok(message.at.since(asked) <= SURELY_IN_TIME)
}

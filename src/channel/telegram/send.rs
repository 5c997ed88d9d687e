//! Sends a message and says honestly what became of it.

use std::error::Error as _;
use std::time::Duration;

use serde_json::Value;
use teloxide::payloads::SendMessageSetters as _;
use teloxide::prelude::Requester as _;
use teloxide::types::{ChatId, InlineKeyboardButton, InlineKeyboardMarkup};
use teloxide::{ApiError, Bot, RequestError};

use crate::channel::render::{Part, render};
use crate::channel::{Capabilities, Scope, Sending};
use crate::domain::inbound::Outbound;
use crate::domain::message::Button;
use crate::domain::time::{MINUTE, SECOND};

/// The most bytes that Telegram carries back from a button.
const PAYLOAD_BYTES: usize = 64;
/// How many buttons with short labels share a row.
const ROW: usize = 5;
/// The longest label that shares a row, in characters.
const SHORT: usize = 3;
/// When to try again after a refused connection, in ms.
const AFTER_CONNECT: i64 = 5 * SECOND;
/// The longest that a later part waits for its turn, in ms.
const PART_WAIT: i64 = 10 * SECOND;
/// How often a later part is tried.
const PART_TRIES: u8 = 3;

/// Sends a message, in as many parts as it needs.
pub(super) async fn send(
    bot: &Bot,
    outbound: &Outbound,
    capabilities: Capabilities,
    limit: Duration,
) -> Sending {
    let Ok(chat) = outbound.address.0.parse().map(ChatId) else {
        return Sending::Refused { reason: "the address is no chat id".to_owned() };
    };
    let parts = render(&outbound.body, fitting(outbound, capabilities), outbound.language);
    let mut sent = Sending::Refused { reason: "the message is empty".to_owned() };
    for (place, part) in parts.iter().enumerate() {
        let outcome = if place == 0 {
            send_part(bot, chat, part, limit).await
        } else {
            send_later_part(bot, chat, part, limit).await
        };
        match outcome {
            Sending::Sent { .. } => sent = outcome,
            _ if place == 0 => return outcome,
            _ => return broken_off(place, parts.len(), &outcome),
        }
    }
    sent
}

/// Without buttons when one of them carries more than Telegram takes back.
fn fitting(outbound: &Outbound, capabilities: Capabilities) -> Capabilities {
    let carried = |button: &Button| (1..=PAYLOAD_BYTES).contains(&button.payload.len());
    if outbound.body.buttons.iter().all(carried) {
        capabilities
    } else {
        Capabilities { buttons: 0, ..capabilities }
    }
}

async fn send_part(bot: &Bot, chat: ChatId, part: &Part, limit: Duration) -> Sending {
    let mut request = bot.send_message(chat, &part.text);
    if !part.buttons.is_empty() {
        request = request.reply_markup(keyboard(&part.buttons));
    }
    match tokio::time::timeout(limit, request).await {
        Ok(Ok(message)) => Sending::Sent { provider_id: message.id.0.to_string() },
        Ok(Err(error)) => outcome_of(&error),
        Err(_) => Sending::Unconfirmed { reason: format!("no answer within {limit:?}") },
    }
}

/// A part after the first: a short wait keeps the message in one piece.
async fn send_later_part(bot: &Bot, chat: ChatId, part: &Part, limit: Duration) -> Sending {
    let mut outcome = send_part(bot, chat, part, limit).await;
    for _ in 1..PART_TRIES {
        let (Sending::Later { after, .. } | Sending::Throttled { after, .. }) = outcome else {
            break;
        };
        let Ok(wait) = u64::try_from(after.min(PART_WAIT)) else { break };
        tokio::time::sleep(Duration::from_millis(wait)).await;
        outcome = send_part(bot, chat, part, limit).await;
    }
    outcome
}

fn broken_off(place: usize, parts: usize, outcome: &Sending) -> Sending {
    let cause = match outcome {
        Sending::Later { reason, .. }
        | Sending::Throttled { reason, .. }
        | Sending::Refused { reason }
        | Sending::Unreachable { reason }
        | Sending::Unconfirmed { reason } => reason,
        Sending::Sent { provider_id } => provider_id,
    };
    Sending::Unconfirmed { reason: format!("only {place} of {parts} parts were sent: {cause}") }
}

/// Short labels (ratings) side by side, others one below the other.
fn keyboard(buttons: &[Button]) -> InlineKeyboardMarkup {
    let short = buttons.iter().all(|button| button.label.chars().count() <= SHORT);
    let rows = buttons.chunks(if short { ROW } else { 1 });
    InlineKeyboardMarkup::new(rows.map(|row| {
        row.iter().map(|button| InlineKeyboardButton::callback(&button.label, &button.payload))
    }))
}

/// What a failed request means for the message.
fn outcome_of(error: &RequestError) -> Sending {
    let reason = reason(error);
    match error {
        RequestError::RetryAfter(seconds) => {
            // Telegram does not say whom it means, and waits grow for whoever goes on.
            let after = i64::from(seconds.seconds()) * SECOND;
            Sending::Throttled { after, scope: Scope::Channel, reason }
        }
        RequestError::Api(refusal) => refused(refusal, reason),
        RequestError::MigrateToChatId(_) => Sending::Refused { reason },
        RequestError::Network(cause) if cause.is_connect() => {
            Sending::Later { after: AFTER_CONNECT, reason }
        }
        RequestError::Network(cause) if cause.is_builder() => Sending::Refused { reason },
        RequestError::InvalidJson { raw, .. } => match taken(raw) {
            Some(provider_id) => Sending::Sent { provider_id },
            None => Sending::Unconfirmed { reason },
        },
        RequestError::Network(_) | RequestError::Io(_) => Sending::Unconfirmed { reason },
    }
}

/// The message id in an answer that teloxide could not read, if Telegram took the message.
fn taken(raw: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(raw).ok()?;
    let ok = answer.get("ok")?.as_bool()?;
    let id = answer.pointer("/result/message_id")?.as_i64()?;
    ok.then(|| id.to_string())
}

fn refused(refusal: &ApiError, reason: String) -> Sending {
    match refusal {
        ApiError::BotBlocked
        | ApiError::UserDeactivated
        | ApiError::BotKicked
        | ApiError::BotKickedFromSupergroup
        | ApiError::BotKickedFromChannel
        | ApiError::GroupDeactivated
        | ApiError::CantInitiateConversation
        | ApiError::CantTalkWithBots
        | ApiError::UserNotFound
        | ApiError::ChatNotFound => Sending::Unreachable { reason },
        // A wrong token is a fault of ours: the message is as good as before.
        ApiError::InvalidToken => Sending::Later { after: MINUTE, reason },
        ApiError::Unknown(words) => refused_in_words(words, reason),
        _ => Sending::Refused { reason },
    }
}

/// teloxide keeps no status code; Telegram's descriptions begin with its name.
fn refused_in_words(words: &str, reason: String) -> Sending {
    let says = |beginnings: &[&str]| beginnings.iter().any(|start| words.starts_with(start));
    if says(&["Forbidden"]) {
        Sending::Unreachable { reason }
    } else if says(&["Too Many Requests"]) {
        Sending::Later { after: AFTER_CONNECT, reason }
    } else if says(&["Bad Request", "Unauthorized", "Not Found", "Conflict", "Request Entity"]) {
        Sending::Refused { reason }
    } else {
        Sending::Unconfirmed { reason }
    }
}

/// Why a request failed, without its address: the address holds the token.
pub(super) fn reason(error: &RequestError) -> String {
    match error {
        RequestError::Network(cause) => network_reason(cause),
        RequestError::InvalidJson { source, .. } => format!("the answer is unreadable: {source}"),
        RequestError::Api(ApiError::Unknown(words)) => words.clone(),
        other => other.to_string(),
    }
}

/// What went wrong on the network, without the address.
pub(super) fn network_reason(error: &reqwest::Error) -> String {
    let kind = if error.is_connect() {
        "no connection"
    } else if error.is_timeout() {
        "no answer in time"
    } else {
        "the connection broke"
    };
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    cause.map_or_else(|| kind.to_owned(), |cause| format!("{kind}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(error: ApiError) -> Sending {
        outcome_of(&RequestError::Api(error))
    }

    #[test]
    fn refusals_are_told_apart() {
        assert!(matches!(api(ApiError::ChatNotFound), Sending::Unreachable { .. }));
        assert!(matches!(api(ApiError::MessageIsTooLong), Sending::Refused { .. }));
        assert!(matches!(api(ApiError::InvalidToken), Sending::Later { .. }));
        let unknown = |words: &str| api(ApiError::Unknown(words.to_owned()));
        assert!(matches!(unknown("Forbidden: new words"), Sending::Unreachable { .. }));
        assert!(matches!(unknown("Bad Request: PEER"), Sending::Refused { .. }));
        assert!(matches!(unknown("Bad Gateway"), Sending::Unconfirmed { .. }));
        assert!(matches!(unknown("Internal Server Error"), Sending::Unconfirmed { .. }));
    }

    #[test]
    fn an_unreadable_answer_that_says_ok_is_a_success() {
        assert_eq!(taken(r#"{"ok":true,"result":{"message_id":7}}"#).as_deref(), Some("7"));
        assert_eq!(taken(r#"{"ok":false,"result":{"message_id":7}}"#), None);
        assert_eq!(taken("<html>"), None);
    }

    #[test]
    fn ratings_share_a_row() {
        let rating = |n: usize| Button { label: n.to_string(), payload: format!("r:{n}") };
        let ratings: Vec<_> = (1..=5).map(rating).collect();
        assert_eq!(keyboard(&ratings).inline_keyboard.len(), 1);
        let words = vec![Button { label: "Stato ordine".into(), payload: "i:x".into() }; 2];
        assert_eq!(keyboard(&words).inline_keyboard.len(), 2);
    }
}

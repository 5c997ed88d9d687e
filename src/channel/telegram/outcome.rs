//! What became of a request, told honestly: taken, to be repeated, refused, or nobody knows.

use std::error::Error as _;

use serde::Deserialize;
use serde_json::Value;
use teloxide::types::ChatId;
use teloxide::{ApiError, RequestError};

use crate::channel::{Scope, Sending};
use crate::domain::time::{MINUTE, SECOND};

/// When to try again after a refused connection, in ms.
const AFTER_CONNECT: i64 = 5 * SECOND;

/// What a request came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is decided.
    Ended(Sending),
    /// The group has become a supergroup: the same request goes there.
    Moved(ChatId),
}

/// Telegram's answer to a request that sends something.
#[derive(Deserialize)]
struct Answer {
    ok: bool,
    result: Option<Value>,
    #[serde(default)]
    description: String,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<i64>,
    migrate_to_chat_id: Option<i64>,
}

/// What an answer says, read from its bytes.
pub(super) fn answered(body: &[u8]) -> Outcome {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        let reason = "the answer is unreadable".to_owned();
        return Outcome::Ended(Sending::Unconfirmed { reason });
    };
    if answer.ok {
        let id = answer.result.and_then(|result| result.get("message_id")?.as_i64());
        let provider_id = id.map(|id| id.to_string()).unwrap_or_default();
        return Outcome::Ended(Sending::Sent { provider_id });
    }
    let reason = answer.description;
    match answer.parameters {
        Some(Parameters { migrate_to_chat_id: Some(to), .. }) => Outcome::Moved(ChatId(to)),
        Some(Parameters { retry_after: Some(seconds), .. }) => {
            Outcome::Ended(throttled(seconds, reason))
        }
        _ => {
            let said = serde_json::from_value(Value::String(reason.clone()));
            let refusal = said.unwrap_or_else(|_| ApiError::Unknown(reason.clone()));
            Outcome::Ended(refused(&refusal, reason))
        }
    }
}

/// What a failed request means for the message.
pub(super) fn outcome_of(error: &RequestError) -> Outcome {
    let reason = reason(error);
    Outcome::Ended(match error {
        RequestError::MigrateToChatId(to) => return Outcome::Moved(*to),
        RequestError::RetryAfter(seconds) => throttled(i64::from(seconds.seconds()), reason),
        RequestError::Api(refusal) => refused(refusal, reason),
        RequestError::Network(cause) => broken(cause),
        RequestError::InvalidJson { raw, .. } => match taken(raw) {
            Some(provider_id) => Sending::Sent { provider_id },
            None => Sending::Unconfirmed { reason },
        },
        RequestError::Io(_) => Sending::Unconfirmed { reason },
    })
}

/// What a broken connection means: never made, it is safe to try again; else nobody knows.
pub(super) fn broken(cause: &reqwest::Error) -> Sending {
    let reason = network_reason(cause);
    if cause.is_connect() {
        Sending::Later { after: AFTER_CONNECT, reason }
    } else if cause.is_builder() {
        Sending::Refused { reason }
    } else {
        Sending::Unconfirmed { reason }
    }
}

/// Telegram does not say whom it means, and waits grow for whoever goes on.
fn throttled(seconds: i64, reason: String) -> Sending {
    let after = seconds.saturating_mul(SECOND);
    Sending::Throttled { after, scope: Scope::Channel, reason }
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
        // It shows already what it should.
        ApiError::MessageNotModified => Sending::Sent { provider_id: String::new() },
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
        match outcome_of(&RequestError::Api(error)) {
            Outcome::Ended(sending) => sending,
            Outcome::Moved(to) => panic!("moved to {to}"),
        }
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
    fn an_answer_is_read_from_its_bytes() {
        let sent = answered(br#"{"ok":true,"result":{"message_id":7}}"#);
        assert_eq!(sent, Outcome::Ended(Sending::Sent { provider_id: "7".into() }));
        let later = answered(
            br#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7",
                "parameters":{"retry_after":7}}"#,
        );
        assert!(
            matches!(later, Outcome::Ended(Sending::Throttled { after: 7_000, .. })),
            "{later:?}"
        );
        let moved = br#"{"ok":false,"description":"x","parameters":{"migrate_to_chat_id":-1009}}"#;
        assert_eq!(answered(moved), Outcome::Moved(ChatId(-1009)));
        let blocked = br#"{"ok":false,"description":"Forbidden: bot was blocked by the user"}"#;
        assert!(matches!(answered(blocked), Outcome::Ended(Sending::Unreachable { .. })));
        let page = answered(b"<html>");
        assert!(matches!(page, Outcome::Ended(Sending::Unconfirmed { .. })), "{page:?}");
    }

    #[test]
    fn what_is_as_it_should_be_already_is_a_success() {
        assert!(matches!(api(ApiError::MessageNotModified), Sending::Sent { .. }));
    }
}

//! Asks Telegram for updates and keeps them as they came: teloxide's own request would drop what
//! its types do not know. The time limit is the request's own, whatever the client's is.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use teloxide::Bot;

/// How much longer than the long poll the request may take.
const GRACE: Duration = Duration::from_secs(15);
/// Updates in one answer, at most.
const BATCH: u8 = 100;

/// Why no updates could be fetched.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotFetched {
    /// Another process polls, or a webhook is set.
    #[error(
        "Telegram says {0:?}: another process polls this bot, or a webhook is set for it \
         (use mode = \"webhook\", or remove it with the method deleteWebhook)"
    )]
    Conflict(String),
    /// Asked too often.
    #[error("Telegram asks to wait {0:?}")]
    TooOften(Duration),
    /// The token is wrong.
    #[error("Telegram does not know this token ({0}): check it with BotFather")]
    WrongToken(String),
    /// The position means nothing to it, as after a week of silence, when ids begin anew.
    #[error(
        "Telegram does not know where we stopped ({0}): asking from the first update that waits"
    )]
    Lost(String),
    /// Anything else, worth another try.
    #[error("Telegram cannot be reached: {0}")]
    Away(String),
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    result: Vec<Value>,
    error_code: Option<u16>,
    #[serde(default)]
    description: String,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
}

/// The updates from `offset` on, as they came; waits up to `long_poll` for the first one.
pub(super) async fn updates(
    bot: &Bot,
    offset: Option<i64>,
    long_poll: Duration,
) -> Result<Vec<Value>, NotFetched> {
    let mut question = json!({
        "limit": BATCH,
        "timeout": long_poll.as_secs(),
        "allowed_updates": super::UPDATES,
    });
    if let Some(offset) = offset {
        question["offset"] = offset.into();
    }
    let request = bot
        .client()
        .post(super::address(bot, "getUpdates"))
        .timeout(long_poll + GRACE)
        .json(&question);
    let response = request.send().await.map_err(|error| away(&error))?;
    let status = response.status();
    let body = response.bytes().await.map_err(|error| away(&error))?;
    match serde_json::from_slice::<Answer>(&body) {
        Ok(answer) if answer.ok => Ok(answer.result),
        Ok(answer) => Err(refused(answer)),
        Err(_) => Err(NotFetched::Away(format!("it answered {status} without JSON"))),
    }
}

fn refused(answer: Answer) -> NotFetched {
    let wait = answer.parameters.and_then(|parameters| parameters.retry_after);
    match (answer.error_code, wait) {
        (_, Some(seconds)) => NotFetched::TooOften(Duration::from_secs(seconds)),
        (Some(409), _) => NotFetched::Conflict(answer.description),
        (Some(400), _) => NotFetched::Lost(answer.description),
        (Some(401 | 404), _) => NotFetched::WrongToken(answer.description),
        _ => NotFetched::Away(answer.description),
    }
}

fn away(error: &reqwest::Error) -> NotFetched {
    NotFetched::Away(super::outcome::network_reason(error))
}

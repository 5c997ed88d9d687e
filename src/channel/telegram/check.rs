//! Whether the bot is well, in one line.

use std::time::Duration;

use teloxide::prelude::Requester as _;
use teloxide::types::{Me, WebhookInfo};
use teloxide::{ApiError, Bot, RequestError};

use super::{Mode, outcome};

/// From how many waiting updates on something seems to hold them up.
const MANY: u32 = 100;

/// Who the bot is when it is well; else what is wrong and what to do.
pub(super) async fn check(bot: &Bot, mode: &Mode, limit: Duration) -> Result<String, String> {
    let me = within(limit, bot.get_me()).await?;
    let webhook = within(limit, bot.get_webhook_info()).await?;
    let found = trouble(mode, &webhook);
    let name = called(&me);
    match found {
        Some(trouble) => Err(format!("{name}: {trouble}")),
        None => Ok(format!("{name} is well, {} updates are waiting", webhook.pending_update_count)),
    }
}

async fn within<T>(
    limit: Duration,
    request: impl IntoFuture<Output = Result<T, RequestError>>,
) -> Result<T, String> {
    match tokio::time::timeout(limit, request.into_future()).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(failed(&error)),
        Err(_) => Err(format!("Telegram gave no answer within {limit:?}: check the network")),
    }
}

fn failed(error: &RequestError) -> String {
    let reason = outcome::reason(error);
    let unknown = matches!(error, RequestError::Api(ApiError::InvalidToken))
        || ["Unauthorized", "Not Found"].iter().any(|words| reason.starts_with(words));
    if unknown {
        "Telegram does not know this token: ask BotFather with /token, and put it in again"
            .to_owned()
    } else {
        format!("Telegram cannot be reached: {reason}")
    }
}

fn called(me: &Me) -> String {
    me.user.username.as_ref().map_or_else(|| me.user.first_name.clone(), |name| format!("@{name}"))
}

/// What is wrong with how updates reach us.
fn trouble(mode: &Mode, webhook: &WebhookInfo) -> Option<String> {
    let set = webhook.url.as_ref();
    match (mode, set) {
        (Mode::Polling, Some(url)) => {
            return Some(format!(
                "a webhook is set ({}), so polling gets nothing: use mode = \"webhook\", or call deleteWebhook",
                url.host_str().unwrap_or_default()
            ));
        }
        (Mode::Webhook { .. }, None) => {
            return Some("no webhook is set: start `sportello serve`, which sets it".to_owned());
        }
        (Mode::Webhook { url, .. }, Some(set)) if url != set => {
            return Some(format!(
                "Telegram calls another address ({}{}): start `sportello serve`, which sets ours",
                set.host_str().unwrap_or_default(),
                set.path()
            ));
        }
        _ => {}
    }
    let waiting = webhook.pending_update_count;
    if set.is_some()
        && waiting > 0
        && let Some(error) = &webhook.last_error_message
    {
        return Some(format!("Telegram cannot call us ({error}); {waiting} updates are waiting"));
    }
    (waiting > MANY)
        .then(|| format!("{waiting} updates are waiting: is `sportello serve` running?"))
}

//! Updates that Telegram sends to us: checked by the secret, then read like polled ones.

use reqwest::Url;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use teloxide::payloads::SetWebhookSetters as _;
use teloxide::prelude::Requester as _;

use super::{Mode, Secret, TelegramChannel, outcome, read};
use crate::channel::{Received, Refusal, WebhookRequest};
use crate::domain::contact::ChannelName;

/// Where Telegram puts the secret, in lower case.
const HEADER: &str = "x-telegram-bot-api-secret-token";

/// Checks the secret in constant time.
pub(super) fn verify(mode: &Mode, request: &WebhookRequest) -> Result<(), Refusal> {
    let Mode::Webhook { secret, .. } = mode else { return Err(Refusal::NoWebhook) };
    let mut sent = request.headers.iter().filter(|(name, _)| name == HEADER);
    match (sent.next(), sent.next()) {
        (Some((_, value)), None)
            if !secret.reveal().is_empty()
                && bool::from(value.as_bytes().ct_eq(secret.reveal().as_bytes())) =>
        {
            Ok(())
        }
        _ => Err(Refusal::Unsigned),
    }
}

/// The update in a body.
pub(super) fn update(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|error| format!("no JSON: {error}"))
}

/// The update as received, with the body's own bytes.
pub(super) fn received(
    channel: &ChannelName,
    request: &WebhookRequest,
    update: Result<Value, String>,
) -> Received {
    let raw = request.body.clone();
    match update {
        Ok(update) => Received { raw, ..read::received(channel, &update) },
        Err(reason) => Received { provider_id: fingerprint(&raw), raw, content: Err(reason) },
    }
}

/// An id for bytes without one: the same bytes have the same id.
pub(super) fn fingerprint(raw: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(raw))
}

/// Tells Telegram where to send updates, until it has understood.
pub(super) async fn register(channel: &TelegramChannel, url: &Url, secret: &Secret) {
    let mut wait = channel.settings.pace.first_wait;
    loop {
        let request = channel
            .bot
            .set_webhook(url.clone())
            .secret_token(secret.reveal())
            .allowed_updates(super::UPDATES);
        match request.await {
            Ok(_) => {
                tracing::info!(channel.name = %channel.name.0, "Telegram knows our webhook");
                return;
            }
            Err(error) => tracing::warn!(
                channel.name = %channel.name.0,
                reason = outcome::reason(&error),
                "Telegram did not take our webhook; trying again"
            ),
        }
        tokio::time::sleep(wait).await;
        wait = wait.saturating_mul(2).min(channel.settings.pace.longest_wait);
    }
}

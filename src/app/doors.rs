//! The doors that the configuration opens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::channel::telegram::{Mode, Pace, Secret, TelegramChannel, TelegramSettings};
use crate::channel::{Channel, pull::Pull, rest, webchat};
use crate::config::{Config, TelegramMode};
use crate::domain::contact::ChannelName;
use crate::service::access::hash_secret;

pub(super) fn channels(
    config: &Config,
    http: &reqwest::Client,
) -> anyhow::Result<BTreeMap<ChannelName, Arc<dyn Channel>>> {
    let mut channels: BTreeMap<ChannelName, Arc<dyn Channel>> = BTreeMap::new();
    let mut doors = Vec::new();
    if config.channels.webchat.enabled {
        doors.push(Pull::new(webchat::NAME, webchat::CAPABILITIES));
    }
    if rest_is_open(config) {
        doors.push(Pull::new(rest::NAME, rest::CAPABILITIES));
    }
    for door in doors {
        channels.insert(door.name().clone(), Arc::new(door));
    }
    for (bot, telegram) in &config.channels.telegram {
        let name = ChannelName(format!("telegram:{bot}"));
        let token = Secret::new(telegram.token.0.clone());
        let root = telegram.api_root.as_deref().filter(|root| !root.is_empty());
        let root = root.map(reqwest::Url::parse).transpose();
        let root = root.with_context(|| format!("channels.telegram.{bot}.api_root"))?;
        let mode = match telegram.mode {
            TelegramMode::Polling => Mode::Polling,
            TelegramMode::Webhook => {
                let base = config.http.public_url.trim_end_matches('/');
                let url = reqwest::Url::parse(&format!("{base}/webhooks/telegram/{bot}"));
                let url = url.context("http.public_url")?;
                Mode::Webhook { url, secret: Secret::new(webhook_secret(&telegram.token.0)) }
            }
        };
        let takeover = Duration::from_secs(config.replicas.takeover_seconds.into());
        let settings = TelegramSettings { mode, pace: Pace::within(takeover) };
        let channel = TelegramChannel::new(name.clone(), &token, root, http.clone(), settings);
        let channel = channel.with_context(|| format!("channels.telegram.{bot}.api_root"))?;
        channels.insert(name, Arc::new(channel));
    }
    Ok(channels)
}

/// The same on every replica and after every restart, and of no use to whoever sees it.
fn webhook_secret(token: &str) -> String {
    hash_secret(&format!("sportello webhook {token}"))
}

/// Without a token the REST channel is open to this machine only. With a public address a proxy
/// stands before it, and whoever comes through the proxy seems to be on this machine.
pub(super) fn rest_is_open(config: &Config) -> bool {
    let rest = &config.channels.rest;
    let own = config.is_local() && config.http.public_url.is_empty();
    let open = rest.enabled && (own || !rest.token.0.is_empty());
    if rest.enabled && !open {
        tracing::warn!("the REST channel stays shut: set channels.rest.token to open it");
    }
    open
}

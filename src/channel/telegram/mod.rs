//! Telegram, through teloxide: typed updates, typed requests, and our own polling loop.
//!
//! The loop confirms an update to Telegram (by asking for the next ones) only after it is stored,
//! so that nothing is lost when a process dies; a repeated update is known by its `update_id`.
//! teloxide's dispatcher is not used, because it confirms a batch before our commit.

mod answer;
mod check;
mod download;
mod enclosed;
mod fetch;
mod outcome;
mod plan;
mod poll;
mod read;
mod send;
mod upload;
mod webhook;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use teloxide::Bot;
use teloxide::types::{AllowedUpdate, ChatId};
use tokio_util::sync::CancellationToken;

use super::file::{Files, NotFetched, Parcel};
use super::{
    Capabilities, Channel, Limits, Ports, Rate, Received, Refusal, Sending, WebhookRequest,
    capabilities,
};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::inbound::Outbound;
use crate::domain::message::Attachment;
use crate::domain::time::SECOND;

/// The updates that we ask for.
const UPDATES: [AllowedUpdate; 4] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
];

/// A word that is never logged: a bot's token, a webhook's secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps the word.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// How updates reach us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// We ask Telegram for them; one process at a time, under the cursor's lease.
    Polling,
    /// Telegram sends them to our public address.
    Webhook {
        /// Where to: an `https` address that leads to `/webhooks/telegram/{bot}`.
        url: Url,
        /// What Telegram must send along: 1 to 256 characters of `A-Za-z0-9_-`.
        secret: Secret,
    },
}

/// How long the channel waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long Telegram keeps an empty poll open; at most 50 s.
    pub long_poll: Duration,
    /// How often the lease is renewed during a poll; well below the lease's length.
    pub renew: Duration,
    /// How often a lease that another process holds is asked for.
    pub lease_retry: Duration,
    /// The wait after the first failure; doubled at each further one.
    pub first_wait: Duration,
    /// The longest wait after failures.
    pub longest_wait: Duration,
    /// How long one sending may take before it counts as unconfirmed.
    pub send_limit: Duration,
}

impl Pace {
    /// The usual pace, for a lease that lasts so long without renewal.
    #[must_use]
    pub fn within(lease: Duration) -> Self {
        let usual = Self::default();
        Self {
            renew: usual.renew.min(lease / 3),
            lease_retry: usual.lease_retry.min(lease / 3),
            ..usual
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            long_poll: Duration::from_secs(30),
            renew: Duration::from_secs(10),
            lease_retry: Duration::from_secs(5),
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_mins(1),
            send_limit: Duration::from_secs(20),
        }
    }
}

/// How a bot is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TelegramSettings {
    /// How updates reach us.
    pub mode: Mode,
    /// How long the channel waits for what.
    pub pace: Pace,
}

impl Default for TelegramSettings {
    fn default() -> Self {
        Self { mode: Mode::Polling, pace: Pace::default() }
    }
}

/// The API root cannot carry a path, as `mailto:` cannot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Telegram API root {0:?} is no http or https address")]
pub struct BadRoot(pub String);

/// One Telegram bot.
pub struct TelegramChannel {
    name: ChannelName,
    bot: Bot,
    settings: TelegramSettings,
    presses: answer::Presses,
}

impl fmt::Debug for TelegramChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelegramChannel")
            .field("name", &self.name)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl TelegramChannel {
    /// A bot by its token. Without `api_root` it talks to `https://api.telegram.org`.
    ///
    /// # Errors
    /// [`BadRoot`].
    pub fn new(
        name: ChannelName,
        token: &Secret,
        api_root: Option<Url>,
        client: reqwest::Client,
        settings: TelegramSettings,
    ) -> Result<Self, BadRoot> {
        let mut bot = Bot::with_client(token.reveal(), client);
        if let Some(root) = api_root {
            bot = bot.set_api_url(usable(root)?);
        }
        Ok(Self { name, bot, settings, presses: answer::Presses::default() })
    }

    /// Whether the bot is well: its name, or what is wrong and what to do, in one line.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn checked(&self) -> Result<String, String> {
        check::check(&self.bot, &self.settings.mode, self.settings.pace.send_limit).await
    }
}

/// Where a method is called. It holds the token: never logged.
fn address(bot: &Bot, method: &str) -> Url {
    let mut url = bot.api_url();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.push(&format!("bot{}", bot.token()));
        segments.push(method);
    }
    url
}

/// The root without a trailing slash in its path, so that method names can be appended.
fn usable(mut root: Url) -> Result<Url, BadRoot> {
    if !matches!(root.scheme(), "http" | "https") {
        return Err(BadRoot(root.into()));
    }
    if let Ok(mut segments) = root.path_segments_mut() {
        segments.pop_if_empty();
    }
    Ok(root)
}

#[async_trait]
impl Channel for TelegramChannel {
    fn name(&self) -> &ChannelName {
        &self.name
    }

    fn capabilities(&self) -> Capabilities {
        capabilities::TELEGRAM
    }

    /// Telegram takes about 30 messages a second, and one a second for each chat.
    fn limits(&self) -> Limits {
        Limits {
            overall: Some(Rate { every: 36, burst: 10 }),
            chat: Some(Rate { every: SECOND, burst: 3 }),
        }
    }

    async fn check(&self) -> Result<String, String> {
        self.checked().await
    }

    fn verify(&self, request: &WebhookRequest) -> Result<(), Refusal> {
        webhook::verify(&self.settings.mode, request)
    }

    fn parse(&self, request: &WebhookRequest) -> Vec<Received> {
        let update = webhook::update(&request.body);
        vec![webhook::received(&self.name, request, update)]
    }

    fn stored(&self, received: &Received) {
        self.presses.note(webhook::update(&received.raw).ok().as_ref());
    }

    async fn send(&self, outbound: &Outbound, files: &dyn Files) -> Sending {
        let limit = self.settings.pace.send_limit;
        send::Sender { bot: &self.bot, files, limit }.send(outbound, self.capabilities()).await
    }

    async fn fetch(&self, attachment: &Attachment) -> Result<Parcel, NotFetched> {
        download::fetch(&self.bot, attachment, self.settings.pace.send_limit).await
    }

    async fn typing(&self, address: &Address) {
        if let Ok(chat) = address.0.parse() {
            send::typing(&self.bot, ChatId(chat), self.settings.pace.send_limit).await;
        }
    }

    async fn run(self: Arc<Self>, ports: Ports, stop: CancellationToken) {
        let answering = self.presses.answer(&self.bot, self.settings.pace.send_limit);
        match &self.settings.mode {
            Mode::Polling => tokio::select! {
                () = poll::run(&self, &ports, &stop) => {}
                () = answering => {}
            },
            Mode::Webhook { url, secret } => tokio::select! {
                () = stop.cancelled() => {}
                () = async { tokio::join!(webhook::register(&self, url, secret), answering); } => {}
            },
        }
    }
}

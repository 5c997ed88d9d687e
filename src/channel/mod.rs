//! The doors: each channel turns a provider's wire format into [`Inbound`] and back.
//!
//! Architecture invariant: a channel decides nothing and stores nothing; it is given two ports,
//! [`Intake`] and [`Cursor`], and calls nobody else.

pub mod capabilities;
pub mod file;
mod measure;
pub mod pull;
pub mod render;
pub mod rest;
mod split;
pub mod telegram;
pub mod terminal;
pub mod token;
pub mod webchat;

use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::domain::contact::{Address, ChannelName};
use crate::domain::inbound::{Inbound, Outbound};
use crate::domain::message::Attachment;

pub use self::capabilities::Capabilities;
use self::file::{Files, NotFetched, Parcel};

/// How fast a provider takes messages; an outbox paces itself by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// All messages together; `None` for no limit.
    pub overall: Option<Rate>,
    /// Messages to one address; `None` for no limit.
    pub chat: Option<Rate>,
}

impl Limits {
    /// No limits at all.
    pub const NONE: Self = Self { overall: None, chat: None };
}

/// One message in every `every` ms, after `burst` at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The time that one message takes up, ms; at least 1.
    pub every: i64,
    /// How many may go at once after a pause; at least 1.
    pub burst: i64,
}

/// Whom a provider asks to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This chat alone.
    Chat,
    /// Everything by this channel.
    Channel,
}

/// How answers reach the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// We send them through the outbox.
    Push,
    /// The customer's side fetches them (web chat, REST, terminal): stored is delivered.
    Pull,
}

/// One update as received: the provider's bytes and what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The provider's id of the update, also when it cannot be parsed.
    pub provider_id: String,
    /// The bytes as they came.
    pub raw: Vec<u8>,
    /// What they say; `Err` with the reason when they cannot be parsed (stored, alarmed, never lost).
    pub content: Result<Inbound, String>,
}

/// What became of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Stored for the first time: committed before this is returned.
    Stored,
    /// Known already.
    Duplicate,
}

/// The update could not be stored: do not acknowledge it.
#[derive(Debug, thiserror::Error)]
#[error("the update could not be stored: {0}")]
pub struct NotStored(pub String);

/// Where a channel hands in what it received. Implemented by `service`.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Stores the update; returns after the commit, so that an offset or a 200 can follow.
    async fn accept(&self, channel: &ChannelName, received: Received)
    -> Result<Receipt, NotStored>;
}

/// A polling position under a lease with a fencing number. Implemented by `service`.
#[async_trait]
pub trait Cursor: Send + Sync {
    /// Takes or renews the channel's lease for this process. `None` when another holds it.
    async fn hold(&self, channel: &ChannelName) -> Result<Option<Lease>, NotStored>;
    /// Saves the position; fails when the lease was lost.
    async fn save(&self, lease: &Lease, position: &str) -> Result<(), NotStored>;
    /// Gives the lease up.
    async fn drop_lease(&self, lease: Lease);
}

/// The right to poll a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Which channel.
    pub channel: ChannelName,
    /// Raised whenever the lease changes hands.
    pub fence: i64,
    /// The position last saved.
    pub position: Option<String>,
}

/// How a sending ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// The provider took it, under this id.
    Sent {
        /// The provider's message id.
        provider_id: String,
    },
    /// Not taken and safe to repeat (refused connection, 429, 5xx before processing).
    Later {
        /// Not before this many ms.
        after: i64,
        /// Why.
        reason: String,
    },
    /// Not taken because we send too much; safe to repeat.
    Throttled {
        /// Not before this many ms.
        after: i64,
        /// Whom the provider asks to wait.
        scope: Scope,
        /// Why.
        reason: String,
    },
    /// Refused for good.
    Refused {
        /// Why.
        reason: String,
    },
    /// The contact cannot be reached any more.
    Unreachable {
        /// Why.
        reason: String,
    },
    /// The request left and no answer came: not to be repeated by itself.
    Unconfirmed {
        /// Why.
        reason: String,
    },
}

/// Why a webhook's request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The signature or secret is missing or wrong.
    #[error("the signature is missing or wrong")]
    Unsigned,
    /// This channel takes no webhooks.
    #[error("this channel takes no webhooks")]
    NoWebhook,
}

/// A webhook's request, bytes untouched.
#[derive(Clone, Debug)]
pub struct WebhookRequest {
    /// Header names in lower case.
    pub headers: Vec<(String, String)>,
    /// The query string.
    pub query: String,
    /// The body.
    pub body: Vec<u8>,
}

/// One configured channel.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Its configured name.
    fn name(&self) -> &ChannelName;

    /// What it can show.
    fn capabilities(&self) -> Capabilities;

    /// Checks a webhook's signature in constant time, before anything is parsed.
    ///
    /// # Errors
    /// [`Refusal`].
    fn verify(&self, _request: &WebhookRequest) -> Result<(), Refusal> {
        Err(Refusal::NoWebhook)
    }

    /// Reads a verified webhook. Never fails: what cannot be parsed is said so in `content`.
    fn parse(&self, _request: &WebhookRequest) -> Vec<Received> {
        Vec::new()
    }

    /// An update that came by a webhook is stored. Must not wait.
    fn stored(&self, _received: &Received) {}

    /// Sends one message; the bytes of what is attached to it are read from `files`.
    async fn send(&self, outbound: &Outbound, files: &dyn Files) -> Sending;

    /// Fetches the bytes of something that came with an update.
    ///
    /// # Errors
    /// [`NotFetched`].
    async fn fetch(&self, _attachment: &Attachment) -> Result<Parcel, NotFetched> {
        Err(NotFetched::Gone("this channel keeps no files".to_owned()))
    }

    /// How fast it may send.
    fn limits(&self) -> Limits {
        Limits::NONE
    }

    /// Asks the provider whether all is well: one line about it.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    async fn check(&self) -> Result<String, String> {
        Ok("nothing to check: customers fetch their messages".to_owned())
    }

    /// Shows the customer, for some seconds, that an answer is being written. Best effort.
    async fn typing(&self, _address: &Address) {}

    /// Whatever the channel must do by itself, such as polling; returns when `stop` is cancelled.
    async fn run(self: Arc<Self>, _ports: Ports, _stop: CancellationToken) {}
}

/// What a running channel may call.
#[derive(Clone)]
pub struct Ports {
    /// Where updates go.
    pub intake: Arc<dyn Intake>,
    /// Where polling positions are kept.
    pub cursor: Arc<dyn Cursor>,
}

//! Live hints: what changed, never the truth. Screens and streams fetch again when they hear one.

use std::sync::Arc;

use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::domain::contact::{Address, ChannelName};
use crate::domain::id::{AgentId, TicketId};

/// How many hints a slow listener may lag behind before it is told to fetch everything again.
const BACKLOG: usize = 1_024;
/// The Redis channel that carries hints between replicas.
const TOPIC: &str = "sportello:hints";

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "hint")]
pub enum Hint {
    /// A conversation has new lines, up to this place.
    Conversation {
        /// Its channel.
        channel: ChannelName,
        /// Its address.
        address: Address,
        /// The last line's place.
        seq: i64,
    },
    /// A ticket changed.
    Ticket {
        /// Which.
        ticket: TicketId,
        /// Who holds it now.
        assignee: Option<AgentId>,
    },
    /// The queue's order or length changed.
    Queue,
    /// An agent's presence changed.
    Presence,
    /// A rating came in.
    Feedback,
    /// Other content was published, or refused.
    Content,
    /// The outbox has something to do.
    Outbox,
    /// Hints were missed: fetch everything again.
    Missed,
}

/// Carries hints within one process, or between replicas through Redis.
#[derive(Clone)]
pub enum Bus {
    /// Within this process.
    Local(broadcast::Sender<Hint>),
    /// Through Redis; what arrives is handed to local listeners.
    Redis {
        /// Local listeners.
        local: broadcast::Sender<Hint>,
        /// The publishing side.
        connection: Arc<redis::aio::ConnectionManager>,
    },
}

impl Bus {
    /// A bus within this process.
    #[must_use]
    pub fn local() -> Self {
        Self::Local(broadcast::channel(BACKLOG).0)
    }

    /// A bus through Redis. [`Bus::relay`] must run for hints of other replicas to arrive.
    #[must_use]
    pub fn redis(connection: redis::aio::ConnectionManager) -> Self {
        Self::Redis { local: broadcast::channel(BACKLOG).0, connection: Arc::new(connection) }
    }

    /// Tells everybody. A hint that cannot be carried is lost; nobody depends on it.
    pub async fn tell(&self, hint: Hint) {
        match self {
            Self::Local(local) => drop(local.send(hint)),
            Self::Redis { local, connection } => {
                let carried = match serde_json::to_string(&hint) {
                    Ok(text) => {
                        let mut connection = connection.as_ref().clone();
                        redis::cmd("PUBLISH")
                            .arg(TOPIC)
                            .arg(text)
                            .exec_async(&mut connection)
                            .await
                            .is_ok()
                    }
                    Err(_) => false,
                };
                if !carried {
                    drop(local.send(hint));
                }
            }
        }
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        match self {
            Self::Local(local) | Self::Redis { local, .. } => Listener(local.subscribe()),
        }
    }

    /// Hands hints that arrive through Redis to local listeners, until the connection breaks.
    ///
    /// # Errors
    /// The connection cannot be made.
    pub async fn relay(&self, client: &redis::Client) -> Result<(), redis::RedisError> {
        let Self::Redis { local, .. } = self else { return Ok(()) };
        let mut subscription = client.get_async_pubsub().await?;
        subscription.subscribe(TOPIC).await?;
        drop(local.send(Hint::Missed));
        let mut messages = subscription.on_message();
        while let Some(message) = messages.next().await {
            let hint = serde_json::from_slice(message.get_payload_bytes()).unwrap_or(Hint::Missed);
            drop(local.send(hint));
        }
        Ok(())
    }
}

/// One listener's place on the bus.
pub struct Listener(broadcast::Receiver<Hint>);

impl Listener {
    /// The next hint; [`Hint::Missed`] after a gap; `None` when the bus is gone.
    pub async fn next(&mut self) -> Option<Hint> {
        match self.0.recv().await {
            Ok(hint) => Some(hint),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Hint::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

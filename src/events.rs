//! Live hints: what changed, never the truth. Screens and streams fetch again when they hear one.

mod threads;

use std::sync::Arc;

use futures::StreamExt as _;
use redis::aio::{ConnectionLike, PubSub};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, broadcast};
use uuid::Uuid;

use self::threads::{Subscription, Threads};
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

/// A hint on its way through Redis.
#[derive(Debug, Serialize, Deserialize)]
struct Carried {
    from: Uuid,
    hint: Hint,
}

/// What hints are published on.
type Connection = Box<dyn ConnectionLike + Send>;

/// Carries hints within one process, or between replicas through Redis.
#[derive(Clone)]
pub enum Bus {
    /// Within this process.
    Local(Ears),
    /// Within this process at once, and to other replicas through Redis.
    Redis {
        /// Local listeners.
        local: Ears,
        /// What other replicas are still to be told; the oldest is dropped when it is full.
        outgoing: broadcast::Sender<Hint>,
        /// Where they are told.
        connection: Arc<Mutex<Connection>>,
        /// This replica, which has heard its own hints already.
        replica: Uuid,
    },
}

impl Bus {
    /// A bus within this process.
    #[must_use]
    pub fn local() -> Self {
        Self::Local(Ears::new())
    }

    /// A bus through Redis. [`Bus::publish`] and [`Bus::relay`] must run for hints to reach other
    /// replicas and to arrive from them.
    #[must_use]
    pub fn redis(connection: impl ConnectionLike + Send + 'static, replica: Uuid) -> Self {
        Self::Redis {
            local: Ears::new(),
            outgoing: broadcast::channel(BACKLOG).0,
            connection: Arc::new(Mutex::new(Box::new(connection))),
            replica,
        }
    }

    /// Tells everybody, without waiting for Redis. A hint that cannot be carried is lost; nobody
    /// depends on it.
    #[expect(clippy::unused_async, reason = "callers need not know that nothing is waited for")]
    pub async fn tell(&self, hint: Hint) {
        match self {
            Self::Local(local) => local.tell(hint),
            Self::Redis { local, outgoing, .. } => {
                drop(outgoing.send(hint.clone()));
                local.tell(hint);
            }
        }
    }

    /// Tells other replicas what this one was told, as fast as Redis takes it; never returns.
    pub async fn publish(&self) {
        let Self::Redis { outgoing, connection, replica, .. } = self else {
            return std::future::pending().await;
        };
        let mut waiting = Listener(Ear::All(outgoing.subscribe()));
        while let Some(hint) = waiting.next().await {
            let Ok(text) = serde_json::to_string(&Carried { from: *replica, hint }) else {
                continue;
            };
            let mut publish = redis::cmd("PUBLISH");
            publish.arg(TOPIC).arg(text);
            let mut connection = connection.lock().await;
            let told = connection.req_packed_command(&publish).await;
            if let Err(error) = told.and_then(redis::Value::extract_error) {
                tracing::debug!(%error, "a hint did not reach other replicas");
            }
        }
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        match self {
            Self::Local(local) | Self::Redis { local, .. } => {
                Listener(Ear::All(local.all.subscribe()))
            }
        }
    }

    /// Listens from now on for what is about one conversation, however much else happens. Of hints
    /// that come faster than they are taken only the last is told.
    #[must_use]
    pub fn listen_about(&self, channel: &ChannelName, address: &Address) -> Listener {
        match self {
            Self::Local(local) | Self::Redis { local, .. } => {
                Listener(Ear::About(local.threads.listen(channel, address)))
            }
        }
    }

    /// Hands hints of other replicas to local listeners, until the connection breaks.
    ///
    /// # Errors
    /// Nothing can be subscribed to.
    pub async fn relay(&self, mut subscription: PubSub) -> Result<(), redis::RedisError> {
        let Self::Redis { local, replica, .. } = self else { return Ok(()) };
        subscription.subscribe(TOPIC).await?;
        local.tell(Hint::Missed);
        let mut messages = subscription.on_message();
        while let Some(message) = messages.next().await {
            match serde_json::from_slice::<Carried>(message.get_payload_bytes()) {
                Ok(own) if own.from == *replica => {}
                Ok(other) => local.tell(other.hint),
                Err(_) => local.tell(Hint::Missed),
            }
        }
        Ok(())
    }
}

/// Who listens within this process.
#[derive(Clone, Debug)]
pub struct Ears {
    all: broadcast::Sender<Hint>,
    /// Those who follow one conversation.
    threads: Arc<Threads>,
}

impl Ears {
    fn new() -> Self {
        Self { all: broadcast::channel(BACKLOG).0, threads: Arc::default() }
    }

    fn tell(&self, hint: Hint) {
        self.threads.tell(&hint);
        drop(self.all.send(hint));
    }
}

/// One listener's place on the bus.
pub struct Listener(Ear);

enum Ear {
    All(broadcast::Receiver<Hint>),
    About(Subscription),
}

impl Listener {
    /// The next hint; [`Hint::Missed`] after a gap; `None` when the bus is gone.
    pub async fn next(&mut self) -> Option<Hint> {
        let all = match &mut self.0 {
            Ear::About(thread) => return thread.next().await,
            Ear::All(all) => all,
        };
        match all.recv().await {
            Ok(hint) => Some(hint),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Hint::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

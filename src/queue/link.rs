//! The connection to whichever server holds the queue: one server, or the right one of several.
//!
//! All keys of a queue share one hash tag, so even in a cluster they are on one server, and there is
//! always one server to talk to. With one server that is its address. In a cluster any server says
//! by `MOVED` which one it is; under Sentinel the sentinels say. Whenever that server dies, steps
//! down or hands the keys on, the next call looks for its successor.
//!
//! # Lost writes
//! A successor may lack the last writes, and has another run id. The queue remembers the run id of
//! the server it was built on; [`Queue::is_at_home`](super::Queue::is_at_home) compares.

mod address;
mod convoy;
mod seeker;

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig, PubSub};
use redis::io::tcp::TcpSettings;
use redis::{
    Client, Cmd, ConnectionInfo, IntoConnectionInfo, Pipeline, RedisError, RedisFuture, Value,
};

use self::address::Several;
use self::convoy::Convoy;
use self::seeker::Seeker;
use super::QueueError;

/// The longest any one call to the server may take; after that its outcome is unknown.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// The longest a connection or a single command may take, within [`PATIENCE`].
const STEP: Duration = Duration::from_millis(800);

/// A connection that heals itself; clones share it.
#[derive(Clone)]
pub enum Link {
    /// To one server.
    One {
        /// For commands.
        connection: Convoy,
        /// For subscriptions.
        client: Arc<Client>,
    },
    /// To the one of several servers that holds the keys now.
    Several(Arc<Seeker>),
}

impl std::fmt::Debug for Link {
    /// Addresses may hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::One { .. } => "Link::One(…)",
            Self::Several(_) => "Link::Several(…)",
        })
    }
}

/// Opens a connection that heals itself: a dead server is answered within about a second, and used
/// again as soon as it, or its successor, is back. A server that is down now is not an error here.
///
/// # Errors
/// [`QueueError::Unavailable`] when the address cannot be used.
pub async fn connect(url: &str) -> Result<Link, QueueError> {
    let link = match address::several(url).map_err(QueueError::Unavailable)? {
        Some(several) => Link::Several(Arc::new(Seeker::new(several))),
        None => one(url).map_err(|error| super::redis::unavailable(&error))?,
    };
    let (ping, mut way) = (redis::cmd("PING"), link.clone());
    match tokio::time::timeout(PATIENCE, ping.exec_async(&mut way)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(error = %error, "the routing queue is not reachable yet"),
        Err(_) => tracing::warn!("the routing queue does not answer yet"),
    }
    Ok(link)
}

fn one(url: &str) -> Result<Link, RedisError> {
    let client = Client::open(with_settings(url.into_connection_info()?))?;
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(STEP))
        .set_response_timeout(Some(STEP))
        .set_pipeline_buffer_size(1_000);
    let connection = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
    let connection = Convoy::new(connection);
    Ok(Link::One { connection, client: Arc::new(client) })
}

fn with_settings(info: ConnectionInfo) -> ConnectionInfo {
    let tcp = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let tcp = tcp.set_user_timeout(Duration::from_secs(5));
    info.set_tcp_settings(tcp)
}

impl Link {
    /// A connection of its own for subscriptions, to the server that holds the keys now.
    ///
    /// # Errors
    /// No server can be reached.
    pub async fn subscription(&self) -> Result<PubSub, RedisError> {
        let client = match self {
            Self::One { client, .. } => Arc::clone(client),
            Self::Several(seeker) => Arc::new(seeker.client().await?),
        };
        match tokio::time::timeout(STEP, client.get_async_pubsub()).await {
            Ok(subscription) => subscription,
            Err(_) => Err(late()),
        }
    }
}

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One { connection, .. } => connection.req_packed_command(cmd),
            Self::Several(seeker) => Box::pin(seeker.ask(cmd)),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One { connection, .. } => connection.req_packed_commands(pipeline, offset, count),
            Self::Several(seeker) => Box::pin(seeker.ask_all(pipeline, offset, count)),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One { connection, .. } => connection.get_db(),
            Self::Several(seeker) => seeker.database(),
        }
    }
}

fn late() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}

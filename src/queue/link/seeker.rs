//! Finds the one of several servers that holds the keys, and finds it again when that changes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::{BoxFuture, select_ok};
use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, Pipeline, RedisError,
    RedisResult, Value,
};

use super::address::{Kind, place};
use super::{STEP, Several, late};

/// How often one call follows the keys to another server.
const FOLLOWED: usize = 3;

/// The one of several servers that holds the keys.
pub struct Seeker {
    several: Several,
    now: Mutex<Option<Server>>,
    /// One search at a time; the others use what it found.
    search: tokio::sync::Mutex<()>,
    found: AtomicU64,
}

/// A server that answered.
#[derive(Clone)]
struct Server {
    number: u64,
    info: ConnectionInfo,
    connection: MultiplexedConnection,
}

impl Seeker {
    pub(super) fn new(several: Several) -> Self {
        let (now, search) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { several, now, search, found: AtomicU64::new(0) }
    }

    pub(super) fn database(&self) -> i64 {
        self.several.database()
    }

    /// How to reach the server that holds the keys now.
    pub(super) async fn client(&self) -> RedisResult<Client> {
        Client::open(self.server().await?.info)
    }

    /// One command, wherever the keys are.
    pub(super) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        let mut server = self.server().await?;
        for _ in 0..FOLLOWED {
            let answer = server.connection.req_packed_command(command).await;
            let answer = answer.and_then(Value::extract_error);
            match self.successor(&server, answer.as_ref().err()).await? {
                Some(next) => server = next,
                None => return answer,
            }
        }
        Err(RedisError::from((ErrorKind::Client, "the keys move from server to server")))
    }

    /// Several commands at once; when the keys moved, the next call will find them.
    pub(super) async fn ask_all(
        &self,
        pipeline: &Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisResult<Vec<Value>> {
        let mut server = self.server().await?;
        let answers = server.connection.req_packed_commands(pipeline, offset, count).await;
        let answers = answers?;
        for answer in &answers {
            if let Value::ServerError(error) = answer {
                self.successor(&server, Some(&RedisError::from(error.clone()))).await?;
            }
        }
        Ok(answers)
    }

    /// Where to ask again after this error: only when the server certainly did nothing.
    async fn successor(
        &self,
        server: &Server,
        error: Option<&RedisError>,
    ) -> RedisResult<Option<Server>> {
        let Some(error) = error else { return Ok(None) };
        if let ("MOVED", Some((to, _))) = (error.code().unwrap_or_default(), error.redirect_node())
        {
            return self.follow(server, to).await.map(Some);
        }
        match error.code() {
            // Nothing was written: a replica refuses the first write of a script.
            Some("READONLY") => {
                self.forget(server);
                self.server().await.map(Some)
            }
            Some("CLUSTERDOWN" | "MASTERDOWN" | "LOADING") => {
                self.forget(server);
                Ok(None)
            }
            // The keys are being moved: the scripts need all of them, so the queue waits for the end.
            Some(_) => Ok(None),
            None => {
                if error.is_io_error() || error.is_unrecoverable_error() {
                    self.forget(server);
                }
                Ok(None)
            }
        }
    }

    /// Goes where a server of the cluster says that the keys are.
    async fn follow(&self, from: &Server, to: &str) -> RedisResult<Server> {
        let _one_at_a_time = self.search.lock().await;
        if let Some(now) = self.known()
            && now.number != from.number
        {
            return Ok(now);
        }
        let unreadable = || RedisError::from((ErrorKind::Client, "a cluster gave no address"));
        let (host, port) = match to.strip_prefix(':') {
            // The same host as the one that was asked.
            Some(port) => (host_of(&from.info), port.parse().map_err(|_| unreadable())?),
            None => place(to, 6379).map_err(|_| unreadable())?,
        };
        let info = self.several.server(&host, port).map_err(|_| unreadable())?;
        let reached = tokio::time::timeout(STEP, self.reach(info)).await;
        let server = reached.unwrap_or_else(|_| Err(late()))?;
        Ok(self.keep(server))
    }

    fn known(&self) -> Option<Server> {
        self.now.lock().map_or(None, |now| now.clone())
    }

    fn keep(&self, server: Server) -> Server {
        if let Ok(mut now) = self.now.lock() {
            *now = Some(server.clone());
        }
        server
    }

    fn forget(&self, server: &Server) {
        if let Ok(mut now) = self.now.lock()
            && now.as_ref().is_some_and(|now| now.number == server.number)
        {
            *now = None;
        }
    }

    /// The server to talk to, looked for when there is none.
    async fn server(&self) -> RedisResult<Server> {
        if let Some(server) = self.known() {
            return Ok(server);
        }
        let _one_at_a_time = self.search.lock().await;
        if let Some(server) = self.known() {
            return Ok(server);
        }
        let found = tokio::time::timeout(STEP, self.look()).await;
        found.unwrap_or_else(|_| Err(late())).map(|server| self.keep(server))
    }

    /// Asks all at once; the first good answer counts.
    async fn look(&self) -> RedisResult<Server> {
        let asked: Vec<BoxFuture<'_, RedisResult<Server>>> = match &self.several.kind {
            Kind::Cluster => {
                let servers = self.several.servers.iter();
                servers.map(|(host, port)| Box::pin(self.member(host, *port)) as _).collect()
            }
            Kind::Sentinel { name, sentinels } => {
                let asked = sentinels.iter();
                asked.map(|info| Box::pin(self.primary(info, name)) as _).collect()
            }
        };
        let (server, _) = select_ok(asked).await?;
        Ok(server)
    }

    /// A server of the cluster, if it sees the cluster whole.
    async fn member(&self, host: &str, port: u16) -> RedisResult<Server> {
        let info = self.several.server(host, port);
        let info = info.map_err(|_| RedisError::from((ErrorKind::Client, "no address")))?;
        let mut server = self.reach(info).await?;
        let mut ask = redis::cmd("CLUSTER");
        let state: String = ask.arg("INFO").query_async(&mut server.connection).await?;
        if state.contains("cluster_state:ok") {
            return Ok(server);
        }
        Err(RedisError::from((ErrorKind::Client, "the cluster is not whole")))
    }

    /// The primary, as one sentinel and it itself say.
    async fn primary(&self, sentinel: &ConnectionInfo, name: &str) -> RedisResult<Server> {
        let mut sentinel = self.reach(sentinel.clone()).await?.connection;
        let mut ask = redis::cmd("SENTINEL");
        ask.arg("GET-MASTER-ADDR-BY-NAME").arg(name);
        let known: Option<(String, u16)> = ask.query_async(&mut sentinel).await?;
        let unknown = (ErrorKind::Client, "no primary of this name", name.to_owned());
        let (host, port) = known.ok_or_else(|| RedisError::from(unknown))?;
        let info = self.several.server(&host, port);
        let info = info.map_err(|_| RedisError::from((ErrorKind::Client, "no address")))?;
        let mut server = self.reach(info).await?;
        let role: Vec<Value> = redis::cmd("ROLE").query_async(&mut server.connection).await?;
        let role = role.into_iter().next().map(redis::from_redis_value::<String>).transpose()?;
        match role.as_deref() {
            Some("master" | "primary") => Ok(server),
            _ => Err(RedisError::from((ErrorKind::Client, "the primary is being replaced"))),
        }
    }

    async fn reach(&self, info: ConnectionInfo) -> RedisResult<Server> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(STEP))
            .set_response_timeout(Some(STEP))
            .set_pipeline_buffer_size(1_000);
        let client = Client::open(info.clone())?;
        let connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        let number = self.found.fetch_add(1, Ordering::Relaxed);
        Ok(Server { number, info, connection })
    }
}

fn host_of(info: &ConnectionInfo) -> String {
    match info.addr() {
        redis::ConnectionAddr::Tcp(host, _) | redis::ConnectionAddr::TcpTls { host, .. } => {
            host.clone()
        }
        _ => String::new(),
    }
}

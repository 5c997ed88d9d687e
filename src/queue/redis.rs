//! The routing queue in Redis or Valkey, for many replicas.
//!
//! Every operation is one script, so it happens wholly or not at all, and no two overlap. Which
//! lanes an agent may serve is computed here, by `routing`, and stored beside the agent; two
//! versions (of the lanes, of the profiles) make sure that nothing stored was computed from old
//! facts: when one moved meanwhile, the script refuses and we compute again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::TcpSettings;
use redis::{Client, ErrorKind, FromRedisValue, IntoConnectionInfo, RedisError, Script};
use sha2::{Digest, Sha256};

use super::{
    ANSWER_KEPT, Acceptance, Claim, Expired, Held, Limits, QueueError, REACH, Reservation,
    Snapshot, Waiting, reply, script,
};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;
use crate::routing::eligibility::may_serve;

/// The longest any one call to the server may take; after that its outcome is unknown.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest a connection or a single command may take, within [`PATIENCE`].
const STEP: Duration = Duration::from_millis(800);
/// How often we compute eligibility again when it changes under our hands.
const ATTEMPTS: usize = 16;
/// Tickets moved by one call of a rebuild, so that no script holds the server up.
const CHUNK: usize = 500;
/// The most a single answer lists, whatever was asked for.
const MOST: usize = 10_000;

/// Opens a connection that heals itself: a dead server is answered within about a second, and used
/// again as soon as it is back. A server that is down now is not an error here.
///
/// # Errors
/// [`QueueError::Unavailable`] when the address is not one of Redis.
pub async fn connect(url: &str) -> Result<ConnectionManager, QueueError> {
    let info = url.into_connection_info().map_err(|error| unavailable(&error))?;
    let tcp = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let tcp = tcp.set_user_timeout(Duration::from_secs(5));
    let client = Client::open(info.set_tcp_settings(tcp)).map_err(|error| unavailable(&error))?;
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(STEP))
        .set_response_timeout(Some(STEP))
        .set_pipeline_buffer_size(1_000);
    let connection = ConnectionManager::new_lazy_with_config(client, config);
    let mut connection = connection.map_err(|error| unavailable(&error))?;
    let ping = redis::cmd("PING");
    match tokio::time::timeout(PATIENCE, ping.exec_async(&mut connection)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(error = %error, "the routing queue is not reachable yet"),
        Err(_) => tracing::warn!("the routing queue does not answer yet"),
    }
    Ok(connection)
}

fn unavailable(error: &RedisError) -> QueueError {
    if error.code() == Some("STALE") {
        return QueueError::Stale;
    }
    match error.kind() {
        ErrorKind::InvalidClientConfig => {
            QueueError::Unavailable("the address is not one of Redis".to_owned())
        }
        _ => QueueError::Unavailable(error.to_string()),
    }
}

/// The queue on a server; clones share the connection.
#[derive(Clone, Debug)]
pub struct RedisQueue {
    connection: ConnectionManager,
    root: String,
}

impl RedisQueue {
    /// A queue whose keys all begin with `{tag}`, so that they share a slot in a cluster.
    pub fn new(connection: ConnectionManager, tag: &str) -> Self {
        Self { connection, root: format!("{{{tag}}}") }
    }

    async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        arguments: &[String],
    ) -> Result<T, QueueError> {
        let mut connection = self.connection.clone();
        let mut call = script.key(&self.root);
        call.arg(arguments);
        match tokio::time::timeout(PATIENCE, call.invoke_async(&mut connection)).await {
            Ok(answer) => answer.map_err(|error| unavailable(&error)),
            Err(_) => Err(QueueError::Unavailable("no answer in time".to_owned())),
        }
    }

    pub(super) async fn push(&self, waiting: &Waiting) -> Result<(), QueueError> {
        let (lane, asked) = lane(&waiting.requirement)?;
        let arguments = [
            waiting.ticket.to_string(),
            lane.clone(),
            waiting.score.0.to_string(),
            waiting.cost.to_string(),
        ];
        for _ in 0..ATTEMPTS {
            if self.run::<bool>(&script::PUSH, &arguments).await? {
                return Ok(());
            }
            let lanes = BTreeMap::from([(lane.clone(), (asked.clone(), &waiting.requirement))]);
            self.open(&lanes).await?;
        }
        Err(busy())
    }

    /// Opens lanes, each with the agents who may serve it.
    async fn open(&self, lanes: &Lanes<'_>) -> Result<(), QueueError> {
        let (mut version, mut profiles) = self.profiles().await?;
        for (lane, (asked, requirement)) in lanes {
            let mut attempts = 0..ATTEMPTS;
            loop {
                let mut arguments = vec![lane.clone(), asked.clone(), version.clone()];
                let able = profiles.iter().filter(|(_, it)| may_serve(it, requirement).is_ok());
                arguments.extend(able.map(|(agent, _)| agent.clone()));
                if self.run::<bool>(&script::OPEN_LANE, &arguments).await? {
                    break;
                }
                attempts.next().ok_or_else(busy)?;
                (version, profiles) = self.profiles().await?;
            }
        }
        Ok(())
    }

    async fn profiles(&self) -> Result<(String, Vec<(String, Profile)>), QueueError> {
        let (version, found): (String, Vec<(String, String)>) =
            self.run(&script::PROFILES, &[]).await?;
        let parsed = found.into_iter().map(|(agent, profile)| Ok((agent, from_json(&profile)?)));
        Ok((version, parsed.collect::<Result<_, QueueError>>()?))
    }

    pub(super) async fn set_profile(
        &self,
        agent: AgentId,
        profile: &Profile,
        now: UtcMillis,
    ) -> Result<(), QueueError> {
        let text = to_json(profile)?;
        for _ in 0..ATTEMPTS {
            let (version, lanes): (String, Vec<(String, String)>) =
                self.run(&script::LANES, &[]).await?;
            let (capacity, now) = (profile.capacity.to_string(), now.0.to_string());
            let mut arguments = vec![agent.to_string(), text.clone(), capacity, now, version];
            for (lane, asked) in lanes {
                if may_serve(profile, &from_json(&asked)?).is_ok() {
                    arguments.push(lane);
                }
            }
            if self.run::<bool>(&script::SET_PROFILE, &arguments).await? {
                return Ok(());
            }
        }
        Err(busy())
    }

    pub(super) async fn set_presence(
        &self,
        agent: AgentId,
        presence: Presence,
        lease: i64,
        now: UtcMillis,
    ) -> Result<(), QueueError> {
        let until = now.plus(lease).0.to_string();
        let presence = presence.as_str().to_owned();
        let arguments = [agent.to_string(), presence, until, now.0.to_string()];
        self.run(&script::SET_PRESENCE, &arguments).await
    }

    pub(super) async fn claim(
        &self,
        agent: AgentId,
        request: RequestId,
        lease: i64,
        now: UtcMillis,
    ) -> Result<Claim, QueueError> {
        let arguments = [
            agent.to_string(),
            request.to_string(),
            now.0.to_string(),
            now.plus(lease).0.to_string(),
            REACH.to_string(),
            now.plus(ANSWER_KEPT).0.to_string(),
        ];
        let answer: String = self.run(&script::CLAIM, &arguments).await?;
        reply::claim(agent, &answer)
    }

    pub(super) async fn claim_this(
        &self,
        agent: AgentId,
        ticket: TicketId,
        limits: Limits,
        lease: i64,
        now: UtcMillis,
    ) -> Result<Claim, QueueError> {
        let limits = match limits {
            Limits::Kept => "kept",
            Limits::Ignored => "ignored",
        };
        let (now, expires) = (now.0.to_string(), now.plus(lease).0.to_string());
        let arguments = [agent.to_string(), ticket.to_string(), limits.to_owned(), now, expires];
        let answer: String = self.run(&script::CLAIM_THIS, &arguments).await?;
        reply::claim(agent, &answer)
    }

    pub(super) async fn accept(
        &self,
        reservation: &Reservation,
        now: UtcMillis,
    ) -> Result<Acceptance, QueueError> {
        let arguments = [reservation.ticket.to_string(), owner(reservation), now.0.to_string()];
        let accepted: bool = self.run(&script::ACCEPT, &arguments).await?;
        Ok(if accepted { Acceptance::Accepted } else { Acceptance::Fenced })
    }

    pub(super) async fn release(
        &self,
        reservation: &Reservation,
        skip: i64,
        now: UtcMillis,
    ) -> Result<(), QueueError> {
        let Reservation { ticket, agent, .. } = reservation;
        let (owner, until) = (owner(reservation), now.plus(skip).0.to_string());
        let arguments = [ticket.to_string(), owner, agent.to_string(), now.0.to_string(), until];
        self.run(&script::RELEASE, &arguments).await
    }

    pub(super) async fn remove(&self, ticket: TicketId) -> Result<(), QueueError> {
        self.run(&script::REMOVE, &[ticket.to_string()]).await
    }

    pub(super) async fn expire(&self, limit: usize, now: UtcMillis) -> Result<Expired, QueueError> {
        let arguments = [limit.min(MOST).to_string(), now.0.to_string()];
        let (returned, absent): (Vec<String>, Vec<String>) =
            self.run(&script::EXPIRE, &arguments).await?;
        reply::expired(&returned, &absent)
    }

    pub(super) async fn generation(&self) -> Result<Option<i64>, QueueError> {
        self.run(&script::GENERATION, &[]).await
    }

    pub(super) async fn rebuild(
        &self,
        generation: i64,
        waiting: &[Waiting],
        held: &[Held],
    ) -> Result<(), QueueError> {
        let generation = generation.to_string();
        let () = self.run(&script::REBUILD_BEGIN, std::slice::from_ref(&generation)).await?;
        let clear = [generation.clone(), CHUNK.to_string()];
        while !self.run::<bool>(&script::REBUILD_CLEAR, &clear).await? {}
        for chunk in held.chunks(CHUNK) {
            let mut arguments = vec![generation.clone()];
            arguments.extend(chunk.iter().flat_map(held_fields));
            let () = self.run(&script::REBUILD_HELD, &arguments).await?;
        }
        self.restore(&generation, waiting).await?;
        self.run(&script::REBUILD_FINISH, &[generation]).await
    }

    async fn restore(&self, generation: &str, waiting: &[Waiting]) -> Result<(), QueueError> {
        let mut lanes = Lanes::new();
        for requirement in waiting.iter().map(|it| &it.requirement).collect::<BTreeSet<_>>() {
            let (lane, asked) = lane(requirement)?;
            lanes.insert(lane, (asked, requirement));
        }
        self.open(&lanes).await?;
        for chunk in waiting.chunks(CHUNK) {
            let mut arguments = vec![generation.to_owned()];
            for it in chunk {
                let (score, cost) = (it.score.0.to_string(), it.cost.to_string());
                arguments.extend([it.ticket.to_string(), lane(&it.requirement)?.0, score, cost]);
            }
            let () = self.run(&script::REBUILD_WAITING, &arguments).await?;
        }
        Ok(())
    }

    pub(super) async fn snapshot(
        &self,
        limit: usize,
        now: UtcMillis,
    ) -> Result<Snapshot, QueueError> {
        let arguments = [limit.min(MOST).to_string(), now.0.to_string()];
        let (total, waiting, agents): (u64, Vec<String>, Vec<String>) =
            self.run(&script::SNAPSHOT, &arguments).await?;
        reply::snapshot(total, &waiting, &agents)
    }
}

/// Lanes by id: the requirement as JSON, and itself.
type Lanes<'a> = BTreeMap<String, (String, &'a Requirement)>;

/// A lane's id and its requirement as JSON. Equal requirements have equal JSON, since its parts
/// are ordered.
fn lane(requirement: &Requirement) -> Result<(String, String), QueueError> {
    let asked = to_json(requirement)?;
    let digest = Sha256::digest(asked.as_bytes());
    let bits = digest.iter().take(8).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    Ok((format!("{bits:016x}"), asked))
}

/// What proves whose a reservation is: agent, generation and epoch as the scripts write them.
fn owner(reservation: &Reservation) -> String {
    let Reservation { agent, fence, .. } = reservation;
    format!("{agent}|{}|{}", fence.generation, fence.epoch)
}

fn held_fields(held: &Held) -> [String; 5] {
    [
        held.ticket.to_string(),
        held.agent.to_string(),
        held.cost.to_string(),
        held.fence.generation.to_string(),
        held.fence.epoch.to_string(),
    ]
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, QueueError> {
    serde_json::to_string(value).map_err(|error| QueueError::Unavailable(error.to_string()))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, QueueError> {
    serde_json::from_str(text).map_err(|_| reply::unreadable(text))
}

fn busy() -> QueueError {
    QueueError::Unavailable("lanes and profiles change too fast".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::Queue;
    use super::super::server::Server;
    use super::*;

    fn profile() -> Profile {
        let languages = crate::domain::language::Language::ALL.into_iter().collect();
        Profile { teams: [].into(), languages, skills: [].into(), capacity: 1 }
    }

    #[tokio::test]
    async fn eligibility_from_old_facts_is_refused() {
        let server = Server::start().await;
        let Queue::Redis(queue) = server.queue("old").await else { panic!("a queue in Redis") };
        let (one, two) = (AgentId(uuid::Uuid::nil()), AgentId(uuid::Uuid::max()));
        queue.set_profile(one, &profile(), UtcMillis(0)).await.expect("profile");
        let (profiles, _) = queue.profiles().await.expect("an answer");
        let (lanes, _): (String, Vec<String>) =
            queue.run(&script::LANES, &[]).await.expect("an answer");
        queue.set_profile(two, &profile(), UtcMillis(0)).await.expect("profile");
        let (lane, asked) = lane(&Requirement::default()).expect("a lane");
        let arguments = [lane.clone(), asked.clone(), profiles, one.to_string()];
        let opened: bool = queue.run(&script::OPEN_LANE, &arguments).await.expect("an answer");
        assert!(!opened, "the second profile was not considered");
        queue
            .open(&BTreeMap::from([(lane, (asked, &Requirement::default()))]))
            .await
            .expect("open");
        let arguments = [one.to_string(), "{}".to_owned(), "1".to_owned(), "0".to_owned(), lanes];
        let set: bool = queue.run(&script::SET_PROFILE, &arguments).await.expect("an answer");
        assert!(!set, "the new lane was not considered");
    }
}

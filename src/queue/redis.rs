//! The routing queue in Redis or Valkey, for many replicas.
//!
//! Every operation is one script, so it happens wholly or not at all, and no two overlap. Which
//! lanes an agent may serve is computed here, by `routing`, and stored beside the agent; two
//! versions (of the lanes, of the profiles) make sure that nothing stored was computed from old
//! facts: when one moved meanwhile, the script refuses and we compute again.

use std::collections::HashMap;

use redis::{ErrorKind, FromRedisValue, RedisError, Script};

use super::layout::{self, Bytes, Lane, fixed, from_json, record, to_json};
use super::link::{Link, PATIENCE};
use super::{
    Acceptance, AgentState, Claim, Expired, Held, Limits, MOST_LANES, QueueError, Reservation,
    Snapshot, Waiting, reply, script,
};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::time::UtcMillis;
use crate::routing::eligibility::may_serve;

/// How often we compute eligibility again when it changes under our hands.
const ATTEMPTS: usize = 16;
/// Tickets moved by one call of a rebuild, so that no script holds the server up.
const CHUNK: usize = 500;
/// The most a single answer lists, whatever was asked for.
const MOST: usize = 10_000;

pub(super) fn unavailable(error: &RedisError) -> QueueError {
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

/// Whose time counts.
#[derive(Clone, Copy, Debug)]
enum Clock {
    /// The server's, so that replicas need not agree.
    Server,
    /// The caller's, so that tests move time by hand.
    Given,
}

/// The queue on a server; clones share the connection.
#[derive(Clone, Debug)]
pub struct RedisQueue {
    connection: Link,
    root: String,
    clock: Clock,
}

impl RedisQueue {
    /// A queue whose keys all begin with `{tag}`, so that they share a slot in a cluster. It goes by
    /// the server's clock.
    pub fn new(connection: Link, tag: &str) -> Self {
        Self { connection, root: layout::root(tag), clock: Clock::Server }
    }

    /// The same queue going by the `now` of each call.
    #[must_use]
    pub fn with_given_time(self) -> Self {
        Self { clock: Clock::Given, ..self }
    }

    async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        arguments: &[Bytes],
    ) -> Result<T, QueueError> {
        let mut connection = self.connection.clone();
        let mut call = script.key(&self.root);
        call.arg(arguments);
        match tokio::time::timeout(PATIENCE, call.invoke_async(&mut connection)).await {
            Ok(answer) => answer.map_err(|error| unavailable(&error)),
            Err(_) => Err(QueueError::Unavailable("no answer in time".to_owned())),
        }
    }

    /// The instant that a script acts at; empty for the server's own.
    fn at(&self, now: UtcMillis) -> Bytes {
        match self.clock {
            Clock::Server => Bytes::new(),
            Clock::Given => now.0.max(0).to_string().into_bytes(),
        }
    }

    pub(super) async fn push(&self, waiting: &Waiting) -> Result<(), QueueError> {
        let lane = Lane::of(&waiting.requirement)?;
        let arguments = lane.waiting(waiting);
        for _ in 0..ATTEMPTS {
            if self.run::<bool>(&script::PUSH, &arguments).await? {
                return Ok(());
            }
            self.open(std::slice::from_ref(&lane)).await?;
        }
        Err(busy())
    }

    pub(super) async fn reweigh(
        &self,
        ticket: TicketId,
        cost: u32,
        holder: Option<AgentId>,
    ) -> Result<(), QueueError> {
        let arguments = [layout::id(ticket.0), fixed(cost, 10), maybe(holder)];
        self.run(&script::REWEIGH, &arguments).await
    }

    /// Opens lanes, each with the agents who may serve it.
    async fn open(&self, lanes: &[Lane<'_>]) -> Result<(), QueueError> {
        let (mut version, mut profiles) = self.profiles().await?;
        for lane in lanes {
            let mut attempts = 0..ATTEMPTS;
            loop {
                let most = MOST_LANES.to_string().into_bytes();
                let mut arguments =
                    vec![lane.digest.clone(), lane.asked.clone(), most, version.clone()];
                let able =
                    profiles.iter().filter(|(_, it)| may_serve(it, lane.requirement).is_ok());
                arguments.extend(able.map(|(agent, _)| agent.clone()));
                match self.run::<u8>(&script::OPEN_LANE, &arguments).await? {
                    0 => {}
                    1 => break,
                    _ => return Err(QueueError::TooManyLanes),
                }
                attempts.next().ok_or_else(busy)?;
                (version, profiles) = self.profiles().await?;
            }
        }
        Ok(())
    }

    async fn profiles(&self) -> Result<(Bytes, Vec<(Bytes, Profile)>), QueueError> {
        let (version, found): (Bytes, Vec<(Bytes, Bytes)>) =
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
            let (version, lanes): (Bytes, Vec<(Bytes, Bytes)>) =
                self.run(&script::LANES, &[]).await?;
            let mut able = vec![b'0'; lanes.len()];
            for (lane, described) in lanes {
                let place = reply::lane_number(&lane)?.checked_sub(1);
                let asked = described.get(layout::DIGEST..).unwrap_or_default();
                if let Some(place) = place.and_then(|place| able.get_mut(place))
                    && may_serve(profile, &from_json(asked)?).is_ok()
                {
                    *place = b'1';
                }
            }
            let capacity = fixed(profile.capacity, 10);
            let arguments =
                [self.at(now), layout::id(agent.0), text.clone(), capacity, version, able];
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
        let presence = vec![layout::letter(presence)];
        let arguments = [self.at(now), layout::id(agent.0), presence, layout::number(lease)];
        self.run(&script::SET_PRESENCE, &arguments).await
    }

    pub(super) async fn renew(
        &self,
        agent: AgentId,
        lease: i64,
        now: UtcMillis,
    ) -> Result<bool, QueueError> {
        let arguments = [self.at(now), layout::id(agent.0), layout::number(lease)];
        self.run(&script::RENEW, &arguments).await
    }

    pub(super) async fn agent(
        &self,
        agent: AgentId,
        now: UtcMillis,
    ) -> Result<Option<AgentState>, QueueError> {
        let fields: Vec<Bytes> =
            self.run(&script::STATE, &[self.at(now), layout::id(agent.0)]).await?;
        if fields.is_empty() { Ok(None) } else { reply::agent_state(&fields).map(Some) }
    }

    pub(super) async fn claim(
        &self,
        agent: AgentId,
        request: RequestId,
        lease: i64,
        now: UtcMillis,
    ) -> Result<Claim, QueueError> {
        let (who, request) = (layout::id(agent.0), layout::id(request.0));
        let arguments = [self.at(now), who, request, layout::number(lease)];
        let answer: Bytes = self.run(&script::CLAIM, &arguments).await?;
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
            Limits::Kept => b"kept".to_vec(),
            Limits::Ignored => b"ignored".to_vec(),
        };
        let (who, ticket) = (layout::id(agent.0), layout::id(ticket.0));
        let (lease, request) = (layout::number(lease), layout::NO_REQUEST.to_vec());
        let arguments = [self.at(now), who, ticket, limits, lease, request];
        let answer: Bytes = self.run(&script::CLAIM_THIS, &arguments).await?;
        reply::claim(agent, &answer)
    }

    pub(super) async fn accept(
        &self,
        reservation: &Reservation,
        now: UtcMillis,
    ) -> Result<Acceptance, QueueError> {
        let arguments = self.proof(reservation, now);
        let accepted: bool = self.run(&script::ACCEPT, &arguments).await?;
        Ok(if accepted { Acceptance::Accepted } else { Acceptance::Fenced })
    }

    pub(super) async fn release(
        &self,
        reservation: &Reservation,
        skip: i64,
        now: UtcMillis,
    ) -> Result<(), QueueError> {
        let mut arguments = self.proof(reservation, now);
        arguments.push(layout::number(skip));
        self.run(&script::RELEASE, &arguments).await
    }

    /// What proves whose a reservation is.
    fn proof(&self, reservation: &Reservation, now: UtcMillis) -> Vec<Bytes> {
        let Reservation { ticket, agent, fence, .. } = reservation;
        vec![self.at(now), layout::id(agent.0), layout::id(ticket.0), layout::fence(*fence)]
    }

    pub(super) async fn remove(
        &self,
        ticket: TicketId,
        holder: Option<AgentId>,
    ) -> Result<(), QueueError> {
        self.run(&script::REMOVE, &[layout::id(ticket.0), maybe(holder)]).await
    }

    pub(super) async fn expire(&self, limit: usize, now: UtcMillis) -> Result<Expired, QueueError> {
        let arguments = [self.at(now), limit.min(MOST).to_string().into_bytes()];
        let (returned, absent): (Vec<Bytes>, Vec<Bytes>) =
            self.run(&script::EXPIRE, &arguments).await?;
        reply::expired(&returned, &absent)
    }

    pub(super) async fn generation(&self) -> Result<Option<i64>, QueueError> {
        self.run(&script::GENERATION, &[]).await
    }

    pub(super) async fn is_at_home(&self) -> Result<bool, QueueError> {
        self.run(&script::HOME, &[]).await
    }

    pub(super) async fn close(&self, generation: i64) -> Result<(), QueueError> {
        self.run(&script::REBUILD_BEGIN, &[layout::generation(generation)?]).await
    }

    pub(super) async fn rebuild(
        &self,
        generation: i64,
        waiting: &[Waiting],
        held: &[Held],
    ) -> Result<(), QueueError> {
        let generation = layout::generation(generation)?;
        let () = self.run(&script::REBUILD_BEGIN, std::slice::from_ref(&generation)).await?;
        let clear = [generation.clone(), CHUNK.to_string().into_bytes()];
        while !self.run::<bool>(&script::REBUILD_CLEAR, &clear).await? {}
        for chunk in held.chunks(CHUNK) {
            let mut arguments = vec![generation.clone()];
            for it in chunk {
                arguments.extend([layout::id(it.ticket.0), layout::id(it.agent.0), record(it)?]);
            }
            let () = self.run(&script::REBUILD_HELD, &arguments).await?;
        }
        self.restore(&generation, waiting).await?;
        self.run(&script::REBUILD_FINISH, &[generation]).await
    }

    /// Opens the lanes in the order in which tickets ask for them, and fills them.
    async fn restore(&self, generation: &Bytes, waiting: &[Waiting]) -> Result<(), QueueError> {
        let (mut lanes, mut numbers) = (Vec::new(), HashMap::new());
        for requirement in waiting.iter().map(|it| &it.requirement) {
            if !numbers.contains_key(requirement) && lanes.len() < MOST_LANES {
                numbers.insert(requirement, lanes.len());
                lanes.push(Lane::of(requirement)?);
            }
        }
        self.open(&lanes).await?;
        let mut left_out = 0;
        for chunk in waiting.chunks(CHUNK) {
            let mut arguments = vec![generation.clone()];
            for it in chunk {
                let lane = numbers.get(&it.requirement).and_then(|number| lanes.get(*number));
                match lane {
                    Some(lane) => arguments.extend(lane.waiting(it)),
                    None => left_out += 1,
                }
            }
            let () = self.run(&script::REBUILD_WAITING, &arguments).await?;
        }
        super::warn_of_lanes(left_out);
        Ok(())
    }

    pub(super) async fn snapshot(
        &self,
        agents: &[AgentId],
        limit: usize,
        now: UtcMillis,
    ) -> Result<Snapshot, QueueError> {
        let mut arguments = vec![self.at(now), limit.min(MOST).to_string().into_bytes()];
        arguments.extend(agents.iter().map(|agent| layout::id(agent.0)));
        let (total, waiting, agents): (u64, Vec<Bytes>, Vec<Bytes>) =
            self.run(&script::SNAPSHOT, &arguments).await?;
        reply::snapshot(total, &waiting, &agents)
    }
}

/// Empty for nobody.
fn maybe(agent: Option<AgentId>) -> Bytes {
    agent.map(|agent| layout::id(agent.0)).unwrap_or_default()
}

fn busy() -> QueueError {
    QueueError::Unavailable("lanes and profiles change too fast".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::Queue;
    use super::super::server::Server;
    use super::*;
    use crate::domain::skill::Skills;
    use crate::domain::ticket::Requirement;

    fn profile() -> Profile {
        let languages = crate::domain::language::Language::ALL.into_iter().collect();
        Profile { teams: [].into(), languages, skills: Skills::default(), capacity: 1 }
    }

    #[tokio::test]
    async fn eligibility_from_old_facts_is_refused() {
        let server = Server::start().await;
        let Queue::Redis(queue) = server.queue("old").await else { panic!("a queue in Redis") };
        let (one, two) = (AgentId(uuid::Uuid::nil()), AgentId(uuid::Uuid::max()));
        queue.set_profile(one, &profile(), UtcMillis(0)).await.expect("profile");
        let (profiles, _) = queue.profiles().await.expect("an answer");
        let (lanes, _): (Bytes, Vec<Bytes>) =
            queue.run(&script::LANES, &[]).await.expect("an answer");
        queue.set_profile(two, &profile(), UtcMillis(0)).await.expect("profile");
        let asked = Requirement::default();
        let lane = Lane::of(&asked).expect("a lane");
        let (digest, text) = (lane.digest.clone(), lane.asked.clone());
        let arguments = [digest, text, b"9".to_vec(), profiles, layout::id(one.0)];
        let opened: u8 = queue.run(&script::OPEN_LANE, &arguments).await.expect("an answer");
        assert_eq!(opened, 0, "the second profile was not considered");
        queue.open(&[lane]).await.expect("open");
        let (now, text, able) = (b"0".to_vec(), b"{}".to_vec(), b"1".to_vec());
        let arguments = [now, layout::id(one.0), text, fixed(1, 10), lanes, able];
        let set: bool = queue.run(&script::SET_PROFILE, &arguments).await.expect("an answer");
        assert!(!set, "the new lane was not considered");
    }
}

//! The contract: what any queue must do. Each function runs on both.

mod ending;
mod fleets;
mod order;
mod place;
mod rebuild;
mod weight;

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Claim, Limits, Queue, Reservation, Waiting};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::language::Language;
use crate::domain::ticket::Requirement;
use crate::domain::time::{HOUR, MINUTE, UtcMillis};

/// Runs test functions of the shape `async fn(Queue)` on an empty queue of each kind.
macro_rules! contract {
    ($($name:ident),+ $(,)?) => {
        /// All of them on other servers, each under a tag of its own.
        pub(super) async fn on(fleet: &crate::queue::fleet::Fleet) {$(
            let connection = crate::queue::connect(&fleet.url()).await.expect("a good address");
            let queue = super::Queue::redis(connection, stringify!($name)).with_given_time();
            queue.rebuild(1, &[], &[]).await.expect("an empty queue");
            $name(queue).await;
        )+}

        mod memory {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let queue = super::Queue::memory();
                queue.rebuild(1, &[], &[]).await.expect("an empty queue");
                super::$name(queue).await;
            }
        )+}

        mod redis {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let server = crate::queue::server::Server::start().await;
                super::$name(server.queue("contract").await).await;
            }
        )+}
    };
}
pub(crate) use contract;

/// The instant at which every test begins.
const T0: UtcMillis = UtcMillis(1_790_000_000_000);
/// The lease of reservations.
const LEASE: i64 = 10_000;

fn agent(number: u128) -> AgentId {
    AgentId(Uuid::from_u128(0xA_0000 + number))
}

fn ticket(number: u128) -> TicketId {
    TicketId(Uuid::from_u128(number))
}

/// A request that nobody made before.
fn fresh() -> RequestId {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    RequestId(Uuid::from_u128(NEXT.fetch_add(1, Ordering::Relaxed).into()))
}

fn words(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(ToString::to_string).collect()
}

fn profile(teams: &[&str], skills: &[&str], capacity: u32) -> Profile {
    let languages = BTreeSet::from([Language::It]);
    Profile { teams: words(teams), languages, skills: skills.iter().copied().collect(), capacity }
}

fn asks(team: Option<&str>, language: Option<Language>, skills: &[&str]) -> Requirement {
    Requirement {
        team: team.map(str::to_owned),
        language,
        skills: skills.iter().copied().collect(),
        ..Requirement::default()
    }
}

/// A ticket of cost 1 that anybody may serve, `score` ms after the start.
fn plain(number: u128, score: i64) -> Waiting {
    waiting(number, score, 1, asks(None, None, &[]))
}

fn waiting(number: u128, score: i64, cost: u32, requirement: Requirement) -> Waiting {
    Waiting { ticket: ticket(number), requirement, score: T0.plus(score), cost }
}

async fn push(queue: &Queue, tickets: &[Waiting]) {
    for waiting in tickets {
        queue.push(waiting).await.expect("pushed");
    }
}

/// Makes an agent known and online for an hour.
async fn online(queue: &Queue, agent: AgentId, profile: &Profile) {
    queue.set_profile(agent, profile, T0).await.expect("profile");
    queue.set_presence(agent, Presence::Online, HOUR, T0).await.expect("presence");
}

/// An agent of every team, without skills, online, with this capacity.
async fn generalist(queue: &Queue, number: u128, capacity: u32) -> AgentId {
    online(queue, agent(number), &profile(&[], &[], capacity)).await;
    agent(number)
}

async fn claim(queue: &Queue, agent: AgentId, now: UtcMillis) -> Claim {
    queue.claim(agent, fresh(), LEASE, now).await.expect("an answer")
}

async fn claim_this(queue: &Queue, agent: AgentId, number: u128, limits: Limits) -> Claim {
    queue.claim_this(agent, ticket(number), limits, LEASE, T0).await.expect("an answer")
}

/// The reservation of a claim that must succeed.
fn reserved(claim: Claim) -> Reservation {
    match claim {
        Claim::Reserved(reservation) => reservation,
        other => panic!("expected a reservation, got {other:?}"),
    }
}

/// The ticket the agent gets next, at the start.
async fn next(queue: &Queue, agent: AgentId) -> TicketId {
    reserved(claim(queue, agent, T0).await).ticket
}

async fn load(queue: &Queue, agent: AgentId) -> u32 {
    let snapshot = queue.snapshot(0, T0.plus(MINUTE)).await.expect("a snapshot");
    let found = snapshot.agents.iter().find(|state| state.agent == agent);
    found.expect("a known agent").load
}

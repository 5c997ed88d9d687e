//! Random operations on both queues, compared step by step with a brute-force model.
//!
//! The model keeps every ticket in one list and decides by looking at all of them: eligibility by
//! `routing`, the smallest (score, lane, id) first, load as a sum. After every operation the queue
//! must have given the model's answer and look like the model, and its inside (the keys in Redis, the
//! maps in this process) must agree with itself.
//!
//! # The invariants, and what checks them
//! 1. What is open waits, is reserved or is held: every snapshot, and the sums of loads in it, equal
//!    the model's; the audit finds no ticket anywhere else.
//! 2. A ticket is in one lane or with one agent: audit.
//! 3. No claim goes beyond the capacity: the model asserts it at each reservation.
//! 4. The heads are the first scores of the lanes that are not empty: audit.
//! 5. What is reserved has a lease that `expire` will find: audit.
//! 6. Fences only grow, over rebuilds too: at each reservation.
//! 7. The earliest that the agent may serve, and 8. never *empty* while there is one: the model's
//!    choice at each claim.
//! 9. One accepted reservation a ticket at a time: each acceptance is the model's, which has one
//!    holder a ticket.
//! 10. `expire` leaves nothing that is due: what it returns is what the model finds by looking at all.
//! 11. Eligible: the model's choice, by `routing`.

mod audit;
mod brute;
mod operation;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use self::brute::Model;
use self::operation::{Operation, operation};
use super::server::Server;
use super::{Claim, Limits, Link, Queue, Reservation, connect};
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::ticket::Fence;
use uuid::Uuid;

fn agent(number: u8) -> AgentId {
    AgentId(Uuid::from_u128(0xA_0000 + u128::from(number)))
}

fn ticket(number: u8) -> TicketId {
    TicketId(Uuid::from_u128(u128::from(number)))
}

/// One run: the queue, the model, and every reservation ever given.
struct Run<'a> {
    queue: &'a Queue,
    /// Where to look behind a queue in Redis: a connection, and the tag.
    server: Option<(&'a Link, &'a str)>,
    model: Model,
    given: Vec<Reservation>,
    /// Who asked with which request.
    asked: Vec<(AgentId, RequestId)>,
    requests: u128,
    fence: Fence,
}

impl<'a> Run<'a> {
    fn new(queue: &'a Queue, server: Option<(&'a Link, &'a str)>) -> Self {
        let (model, given) = (Model::new(), Vec::new());
        let (asked, fence) = (Vec::new(), Fence::default());
        Self { queue, server, model, given, asked, requests: 0, fence }
    }

    async fn step(&mut self, operation: &Operation) -> Result<(), TestCaseError> {
        self.act(operation).await?;
        let snapshot = self.queue.snapshot(5, self.model.now).await.expect("a snapshot");
        prop_assert_eq!(snapshot, self.model.snapshot(5));
        for number in 0..4 {
            let one = self.queue.agent(agent(number), self.model.now).await.expect("an answer");
            let known = self.model.snapshot(0).agents.into_iter();
            prop_assert_eq!(one, known.into_iter().find(|state| state.agent == agent(number)));
        }
        let all = self.queue.snapshot(99, self.model.now).await.expect("a snapshot");
        prop_assert_eq!(all, self.model.snapshot(99));
        match (self.queue, self.server) {
            (Queue::Memory(queue), _) => queue.audit(),
            (Queue::Redis(_), Some((connection, tag))) => audit::check(connection, tag).await?,
            (Queue::Redis(_), None) => {}
        }
        Ok(())
    }

    async fn act(&mut self, operation: &Operation) -> Result<(), TestCaseError> {
        let (queue, now) = (self.queue, self.model.now);
        match operation {
            Operation::Push(waiting) => {
                queue.push(waiting).await.expect("pushed");
                self.model.push(waiting);
            }
            Operation::Claim(number, lease) => return self.claim(agent(*number), *lease).await,
            Operation::Again(which) => return self.again(which).await,
            Operation::Reweigh(number, cost) => {
                queue.reweigh(ticket(*number), *cost, self.guess()).await.expect("reweighed");
                self.model.reweigh(ticket(*number), *cost);
            }
            Operation::ClaimThis(number, wanted, limits, lease) => {
                let (agent, wanted) = (agent(*number), ticket(*wanted));
                let answer = queue.claim_this(agent, wanted, *limits, *lease, now).await;
                let best = self.model.wanted(agent, wanted, *limits);
                return self.check(agent, &answer.expect("an answer"), best, *lease, Err(*limits));
            }
            Operation::Accept(which) => {
                let Some(reservation) = which.get(&self.given) else { return Ok(()) };
                let answer = queue.accept(reservation, now).await.expect("an answer");
                prop_assert_eq!(answer, self.model.accept(reservation));
            }
            Operation::Release(which, skip) => {
                let Some(reservation) = which.get(&self.given) else { return Ok(()) };
                queue.release(reservation, *skip, now).await.expect("released");
                self.model.release(reservation, *skip);
            }
            Operation::Remove(number) => {
                queue.remove(ticket(*number), self.guess()).await.expect("removed");
                self.model.remove(ticket(*number));
            }
            Operation::Profile(number, profile) => {
                queue.set_profile(agent(*number), profile, now).await.expect("profile");
                self.model.set_profile(agent(*number), profile);
            }
            Operation::Presence(number, presence, lease) => {
                let agent = agent(*number);
                queue.set_presence(agent, *presence, *lease, now).await.expect("presence");
                self.model.set_presence(agent, *presence, *lease);
            }
            Operation::Renew(number, lease) => {
                let agent = agent(*number);
                let lasts = queue.renew(agent, *lease, now).await.expect("an answer");
                prop_assert_eq!(lasts, self.model.renew(agent, *lease));
            }
            Operation::Expire(limit) => {
                let expired = queue.expire(*limit, now).await.expect("expired");
                prop_assert_eq!(expired, self.model.expire(*limit));
            }
            Operation::Advance(millis) => self.model.now = now.plus(*millis),
            Operation::Rebuild => {
                let (generation, waiting, held) = self.model.rebuild();
                queue.rebuild(generation, &waiting, &held).await.expect("rebuilt");
            }
        }
        Ok(())
    }

    /// Who may hold a ticket: nobody, the right one or a wrong one.
    fn guess(&self) -> Option<AgentId> {
        self.given.last().map(|it| it.agent).filter(|_| !self.given.len().is_multiple_of(3))
    }

    async fn claim(&mut self, agent: AgentId, lease: i64) -> Result<(), TestCaseError> {
        self.requests += 1;
        let request = RequestId(Uuid::from_u128(self.requests));
        self.asked.push((agent, request));
        self.ask(agent, request, lease).await
    }

    /// One of the last claims again.
    async fn again(&mut self, which: &Index) -> Result<(), TestCaseError> {
        let latest = &self.asked[self.asked.len().saturating_sub(4)..];
        if latest.is_empty() {
            return Ok(());
        }
        let (agent, request) = *which.get(latest);
        self.ask(agent, request, 1).await
    }

    /// A claim, perhaps not for the first time: then the same answer, and nothing changes.
    async fn ask(
        &mut self,
        agent: AgentId,
        request: RequestId,
        lease: i64,
    ) -> Result<(), TestCaseError> {
        let answer = self.queue.claim(agent, request, lease, self.model.now).await;
        let answer = answer.expect("an answer");
        if let Some(before) = self.model.repeated(agent, request) {
            prop_assert_eq!(answer, Claim::Reserved(before));
            return Ok(());
        }
        let best = self.model.best(agent);
        self.check(agent, &answer, best, lease, Ok(request))
    }

    /// Compares an answer with the model's choice, and lets the model follow.
    fn check(
        &mut self,
        agent: AgentId,
        answer: &Claim,
        best: Result<TicketId, Claim>,
        lease: i64,
        asked: Result<RequestId, Limits>,
    ) -> Result<(), TestCaseError> {
        let fence = match answer {
            Claim::Reserved(reservation) => reservation.fence,
            _ => Fence::default(),
        };
        let expected = match best {
            Ok(ticket) => self.model.reserve(agent, ticket, lease, asked, fence),
            Err(reason) => reason,
        };
        prop_assert_eq!(answer, &expected);
        if let Claim::Reserved(reservation) = answer {
            prop_assert!(reservation.fence > self.fence, "fences only grow");
            self.fence = reservation.fence;
            self.given.push(reservation.clone());
        }
        Ok(())
    }
}

async fn run(
    queue: &Queue,
    server: Option<(&Link, &str)>,
    operations: &[Operation],
) -> Result<(), TestCaseError> {
    queue.rebuild(1, &[], &[]).await.expect("an empty queue");
    let mut run = Run::new(queue, server);
    for operation in operations {
        run.step(operation).await?;
    }
    Ok(())
}

/// `PROPTEST_CASES` asks for more cases.
fn runner(cases: u32) -> TestRunner {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let cases = asked.unwrap_or(cases);
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

#[test]
fn memory_does_what_the_model_does() {
    let runtime = Runtime::new().expect("a runtime");
    let tested = runner(300).run(&vec(operation(), 1..150), |operations| {
        runtime.block_on(run(&Queue::memory(), None, &operations))
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn redis_does_what_the_model_does() {
    let runtime = Runtime::new().expect("a runtime");
    let server = runtime.block_on(Server::start());
    let connection = runtime.block_on(connect(&server.url())).expect("a good address");
    let number = std::cell::Cell::new(0);
    let tested = runner(40).run(&vec(operation(), 1..150), |operations| {
        runtime.block_on(async {
            number.set(number.get() + 1);
            let tag = format!("model-{}", number.get());
            let queue = server.queue(&tag).await;
            run(&queue, Some((&connection, &tag)), &operations).await
        })
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

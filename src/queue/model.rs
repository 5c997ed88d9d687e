//! Random operations on both queues, compared step by step with a brute-force model.
//!
//! The model keeps every ticket in one list and decides by looking at all of them: eligibility by
//! `routing`, the smallest (score, id) first, load as a sum. After every operation the queue must
//! have given the model's answer and look like the model; at the end its keys in Redis must agree
//! with each other.

mod audit;
mod brute;
mod operation;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use self::brute::Model;
use self::operation::{Operation, operation};
use super::server::Server;
use super::{Claim, Limits, Queue, Reservation};
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
    model: Model,
    given: Vec<Reservation>,
    last: Option<(AgentId, RequestId, Claim)>,
    requests: u128,
    fence: Fence,
}

impl<'a> Run<'a> {
    fn new(queue: &'a Queue) -> Self {
        let (model, given) = (Model::new(), Vec::new());
        Self { queue, model, given, last: None, requests: 0, fence: Fence::default() }
    }

    async fn step(&mut self, operation: &Operation) -> Result<(), TestCaseError> {
        self.act(operation).await?;
        let snapshot = self.queue.snapshot(5, self.model.now).await.expect("a snapshot");
        prop_assert_eq!(snapshot, self.model.snapshot(5));
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
            Operation::Again => return self.again().await,
            Operation::ClaimThis(number, wanted, limits, lease) => {
                let (agent, wanted) = (agent(*number), ticket(*wanted));
                let answer = queue.claim_this(agent, wanted, *limits, *lease, now).await;
                let best = self.model.wanted(agent, wanted, *limits);
                return self.check(agent, &answer.expect("an answer"), best, *lease, *limits);
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
                queue.remove(ticket(*number)).await.expect("removed");
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
            Operation::Expire(limit) => {
                let expired = queue.expire(*limit, now).await.expect("expired");
                prop_assert_eq!(expired, self.model.expire(*limit));
            }
            Operation::Advance(millis) => self.model.now = now.plus(*millis),
            Operation::Rebuild => {
                let (generation, waiting, held) = self.model.rebuild();
                queue.rebuild(generation, &waiting, &held).await.expect("rebuilt");
                self.last = None;
            }
        }
        Ok(())
    }

    async fn claim(&mut self, agent: AgentId, lease: i64) -> Result<(), TestCaseError> {
        self.requests += 1;
        let request = RequestId(Uuid::from_u128(self.requests));
        let answer = self.queue.claim(agent, request, lease, self.model.now).await;
        let answer = answer.expect("an answer");
        self.last = Some((agent, request, answer.clone()));
        let best = self.model.best(agent);
        self.check(agent, &answer, best, lease, Limits::Kept)
    }

    /// The last claim again: the same answer, and nothing changes.
    async fn again(&mut self) -> Result<(), TestCaseError> {
        let Some((agent, request, before)) = self.last.take() else { return Ok(()) };
        let answer = self.queue.claim(agent, request, 1, self.model.now).await;
        prop_assert_eq!(answer.expect("an answer"), before);
        Ok(())
    }

    /// Compares an answer with the model's choice, and lets the model follow.
    fn check(
        &mut self,
        agent: AgentId,
        answer: &Claim,
        best: Result<TicketId, Claim>,
        lease: i64,
        limits: Limits,
    ) -> Result<(), TestCaseError> {
        let fence = match answer {
            Claim::Reserved(reservation) => reservation.fence,
            _ => Fence::default(),
        };
        let expected = match best {
            Ok(ticket) => self.model.reserve(agent, ticket, lease, limits, fence),
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

async fn run(queue: &Queue, operations: &[Operation]) -> Result<(), TestCaseError> {
    queue.rebuild(1, &[], &[]).await.expect("an empty queue");
    let mut run = Run::new(queue);
    for operation in operations {
        run.step(operation).await?;
    }
    Ok(())
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

#[test]
fn memory_does_what_the_model_does() {
    let runtime = Runtime::new().expect("a runtime");
    let tested = runner(300).run(&vec(operation(), 1..150), |operations| {
        runtime.block_on(run(&Queue::memory(), &operations))
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn redis_does_what_the_model_does() {
    let runtime = Runtime::new().expect("a runtime");
    let server = runtime.block_on(Server::start());
    let number = std::cell::Cell::new(0);
    let tested = runner(40).run(&vec(operation(), 1..150), |operations| {
        runtime.block_on(async {
            number.set(number.get() + 1);
            let tag = format!("model-{}", number.get());
            let queue = server.queue(&tag).await;
            run(&queue, &operations).await?;
            audit::check(&server, &tag).await
        })
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

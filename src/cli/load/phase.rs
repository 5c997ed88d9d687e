//! The queue under test and what is done to it: claims and life cycles.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::Context as _;
use redis::Script;
use redis::aio::ConnectionManager;

use super::crowd::{Arrivals, agents, unservable};
use super::gauge::{self, Stretch};
use crate::domain::agent::Presence;
use crate::domain::id::{AgentId, RequestId};
use crate::domain::time::{HOUR, MINUTE, UtcMillis};
use crate::queue::{Acceptance, Claim, Link, Queue, Reservation};
use crate::service::clock::fresh_id;

/// When the first ticket arrived.
const START: UtcMillis = UtcMillis(1_700_000_000_000);
/// Claims of each agent between two clearings, within their capacity.
const EACH: u64 = 2;

/// How large a queue is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) waiting: u64,
    pub(super) agents: u64,
    pub(super) lanes: u64,
    pub(super) tasks: usize,
}

impl Size {
    /// Enough for every call that can be under way.
    fn capacity(self) -> u32 {
        let calls = EACH + 2 * (self.tasks as u64).div_ceil(self.agents.max(1));
        u32::try_from(calls).unwrap_or(u32::MAX)
    }
}

/// A filled queue with its agents online.
pub(super) struct Floor {
    queue: Queue,
    server: Option<Link>,
    agents: Vec<AgentId>,
    arrivals: Mutex<Arrivals>,
    tasks: usize,
    /// Claims between two clearings: no more than agents can hold, and a small part of the queue.
    burst: u64,
    opened: Instant,
}

impl Floor {
    /// Fills a queue; the `blocked` tickets before all others are such that nobody can serve.
    ///
    /// # Errors
    /// Those of the queue.
    pub(super) async fn open(
        queue: Queue,
        server: Option<Link>,
        size: Size,
        blocked: u64,
    ) -> anyhow::Result<Arc<Self>> {
        let mut arrivals = Arrivals::new(size.lanes, START.0);
        let mut waiting: Vec<_> = (0..blocked).map(|_| arrivals.next()).collect();
        for (number, ticket) in (0..size.lanes).cycle().zip(&mut waiting) {
            ticket.requirement = unservable(number);
            ticket.score = ticket.score.plus(-24 * HOUR);
        }
        waiting.extend((0..size.waiting).map(|_| arrivals.next()));
        let generation = queue.generation().await?.unwrap_or_default() + 1;
        queue.rebuild(generation, &waiting, &[]).await?;
        let mut known = Vec::new();
        for (agent, profile) in agents(size.agents, size.lanes, size.capacity()) {
            queue.set_profile(agent, &profile, START).await?;
            queue.set_presence(agent, Presence::Online, 24 * HOUR, START).await?;
            known.push(agent);
        }
        let (arrivals, opened) = (Mutex::new(arrivals), Instant::now());
        let burst = (EACH * size.agents).min(size.waiting / 4).max(1);
        let (agents, tasks) = (known, size.tasks);
        Ok(Arc::new(Self { queue, server, agents, arrivals, tasks, burst, opened }))
    }

    /// Empties the queue again.
    ///
    /// # Errors
    /// Those of the queue.
    pub(super) async fn close(&self) -> anyhow::Result<()> {
        let generation = self.queue.generation().await?.unwrap_or_default() + 1;
        Ok(self.queue.rebuild(generation, &[], &[]).await?)
    }

    /// Claims alone for about so many seconds; what was claimed is replaced between the measured
    /// stretches, so that the queue stays as long and nobody gets full.
    ///
    /// # Errors
    /// Those of the queue, and a claim that got nothing.
    pub(super) async fn claims(self: &Arc<Self>, seconds: f64) -> anyhow::Result<Stretch> {
        let mut total = Stretch::default();
        while total.seconds < seconds {
            let (floor, taken) = (Arc::clone(self), Arc::new(Mutex::new(Vec::new())));
            let given = Arc::clone(&taken);
            let take = move |number| {
                let (floor, given) = (Arc::clone(&floor), Arc::clone(&given));
                async move {
                    let reservation = floor.claim(number).await?;
                    given.lock().unwrap_or_else(PoisonError::into_inner).push(reservation);
                    anyhow::Ok(())
                }
            };
            let server = self.server.as_ref();
            total = total.and(gauge::measure(server, self.tasks, self.burst, take).await?);
            let taken = std::mem::take(&mut *taken.lock().unwrap_or_else(PoisonError::into_inner));
            self.replace(taken).await?;
        }
        Ok(total)
    }

    /// Whole lives (push, claim, accept, remove) for about so many seconds.
    ///
    /// # Errors
    /// Those of the queue, and a claim that got nothing.
    pub(super) async fn lives(self: &Arc<Self>, seconds: f64) -> anyhow::Result<Stretch> {
        let mut total = Stretch::default();
        while total.seconds < seconds {
            let floor = Arc::clone(self);
            let life = move |number| {
                let floor = Arc::clone(&floor);
                async move { floor.live(number).await }
            };
            total = total.and(gauge::measure(self.server.as_ref(), self.tasks, 2_000, life).await?);
        }
        Ok(total)
    }

    async fn live(&self, number: u64) -> anyhow::Result<()> {
        // One that this agent can serve, so that lanes which nobody serves do not fill up.
        let ticket = self.arrivals().sure(number % self.agents.len().max(1) as u64);
        self.queue.push(&ticket).await?;
        let reservation = self.claim(number).await?;
        let answer = self.queue.accept(&reservation, self.now()).await?;
        anyhow::ensure!(answer == Acceptance::Accepted, "a fresh reservation was refused");
        Ok(self.queue.remove(reservation.ticket, Some(reservation.agent)).await?)
    }

    async fn claim(&self, number: u64) -> anyhow::Result<Reservation> {
        let turn = usize::try_from(number)? % self.agents.len().max(1);
        let agent = *self.agents.get(turn).context("there is no agent")?;
        let request = RequestId(fresh_id());
        match self.queue.claim(agent, request, MINUTE, self.now()).await? {
            Claim::Reserved(reservation) => Ok(reservation),
            other => anyhow::bail!(
                "a claim got nothing ({other:?}): ask for more waiting tickets, or fewer lanes"
            ),
        }
    }

    /// Puts others in the place of the tickets taken.
    async fn replace(self: &Arc<Self>, taken: Vec<Reservation>) -> anyhow::Result<()> {
        let (count, floor, taken) = (taken.len() as u64, Arc::clone(self), Arc::new(taken));
        let swap = move |number| {
            let (floor, taken) = (Arc::clone(&floor), Arc::clone(&taken));
            async move {
                let old = taken.get(usize::try_from(number)?).context("a ticket taken")?;
                floor.queue.remove(old.ticket, Some(old.agent)).await?;
                let next = floor.arrivals().after(old.ticket);
                Ok(floor.queue.push(&next).await?)
            }
        };
        gauge::measure(self.server.as_ref(), self.tasks, count, swap).await.map(drop)
    }

    fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> UtcMillis {
        START.plus(i64::try_from(self.opened.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

/// The smallest script there is, for about so many seconds, by the same number of tasks, over an
/// ordinary connection of the client library.
///
/// # Errors
/// Those of the server.
pub(super) async fn trivial(
    plain: &ConnectionManager,
    server: &Link,
    tasks: usize,
    seconds: f64,
) -> anyhow::Result<Stretch> {
    let script = Arc::new(Script::new("return 1"));
    let mut total = Stretch::default();
    while total.seconds < seconds {
        let (script, connection) = (Arc::clone(&script), plain.clone());
        let call = move |_| {
            let (script, mut connection) = (Arc::clone(&script), connection.clone());
            async move {
                let answer: i64 = script.prepare_invoke().invoke_async(&mut connection).await?;
                anyhow::ensure!(answer == 1, "the smallest script gave {answer}");
                Ok(())
            }
        };
        total = total.and(gauge::measure(Some(server), tasks, 20_000, call).await?);
    }
    Ok(total)
}

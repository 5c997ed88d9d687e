//! One agent: adds tickets, claims, accepts, and ends what was assigned.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::LEASE;
use super::chance::Chance;
use super::worker::{Trouble, Worker, requirement};
use crate::domain::agent::Presence;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::time::UtcMillis;
use crate::queue::{Acceptance, Claim, QueueError, Reservation, Waiting};
use crate::service::clock::fresh_id;
use crate::store::trial::Hold;

/// Tickets added at once.
const BATCH: u64 = 8;
/// No more are added while so many wait.
const ENOUGH: i64 = 2_000;
/// How long a presence lasts, ms.
const PRESENT: i64 = 10_000;
/// How often a claim without an answer is made again.
const REPEATS: usize = 5;
/// For how long an agent who holds nothing may be refused for want of room.
const LEAK: Duration = Duration::from_secs(4);

/// One agent at work.
pub(super) struct Desk<'a> {
    worker: &'a Worker,
    agent: AgentId,
    chance: Chance,
    /// What the records say that this agent holds is not known.
    is_in_doubt: bool,
    full_since: Option<Instant>,
}

impl<'a> Desk<'a> {
    pub(super) const fn new(worker: &'a Worker, agent: AgentId, chance: Chance) -> Self {
        // Whoever comes back from the dead may hold something.
        Self { worker, agent, chance, is_in_doubt: true, full_since: None }
    }

    /// Works until it is over.
    pub(super) async fn work(mut self) {
        while !self.worker.is_over() {
            if let Err(trouble) = self.turn().await {
                self.is_in_doubt = true;
                self.worker.bear(trouble).await;
            }
        }
    }

    async fn turn(&mut self) -> Result<(), Trouble> {
        if self.is_in_doubt {
            self.look_after_own().await?;
            self.is_in_doubt = false;
        }
        let is_enough = self.worker.waiting.load(Ordering::Relaxed) > ENOUGH;
        let is_quiet = self.worker.quiet.load(Ordering::Relaxed);
        if !is_quiet && !is_enough && self.chance.one_in(6) {
            self.add().await?;
        }
        match self.claim().await? {
            Claim::Reserved(reservation) => {
                self.full_since = None;
                self.serve(&reservation).await
            }
            Claim::Absent => {
                let now = Worker::now();
                self.worker.queue.set_presence(self.agent, Presence::Online, PRESENT, now).await?;
                Ok(())
            }
            Claim::Empty => {
                tokio::time::sleep(Duration::from_millis(10)).await;
                Ok(())
            }
            Claim::Full => self.is_full().await,
        }
    }

    /// Tickets come in: into the records, then into the queue.
    async fn add(&mut self) -> Result<(), Trouble> {
        let now = Worker::now();
        let mut tickets = Vec::new();
        for _ in 0..BATCH {
            let due = i64::try_from(self.chance.between(0, 3_600_000)).unwrap_or(0);
            tickets.push((TicketId(fresh_id()), now.plus(due)));
        }
        self.worker.truth.add(&tickets, now).await?;
        self.worker.count(|counts| counts.added += BATCH);
        self.worker.waiting.fetch_add(i64::try_from(BATCH).unwrap_or(0), Ordering::Relaxed);
        for (ticket, score) in tickets {
            self.worker.queue.push(&waiting(ticket, score)).await?;
            self.worker.count(|counts| counts.pushed += 1);
        }
        Ok(())
    }

    /// The same request until it is answered; now and then once more after that.
    async fn claim(&mut self) -> Result<Claim, QueueError> {
        let request = RequestId(fresh_id());
        let mut answer = self.claim_once(request).await;
        for _ in 0..REPEATS {
            if !matches!(answer, Err(QueueError::Unavailable(_))) {
                break;
            }
            self.worker.count(|counts| counts.queue_away += 1);
            tokio::time::sleep(Duration::from_millis(50)).await;
            answer = self.claim_once(request).await;
        }
        let claim = answer?;
        self.worker.count(|counts| counts.claims += 1);
        if self.chance.one_in(20)
            && let Claim::Reserved(first) = &claim
        {
            let again = self.claim_once(request).await?;
            let is_same = match &again {
                // This process was frozen in between.
                _ if Worker::now() >= first.expires_at => return Ok(again),
                Claim::Reserved(second) if second.fence.generation == first.fence.generation => {
                    second == first
                }
                // It was rebuilt or set back in between: then it is another claim.
                _ => return Ok(again),
            };
            self.worker.count(|counts| {
                counts.repeats += 1;
                counts.differing += u64::from(!is_same);
            });
            return Ok(again);
        }
        Ok(claim)
    }

    async fn claim_once(&self, request: RequestId) -> Result<Claim, QueueError> {
        let lease = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
        self.worker.queue.claim(self.agent, request, lease, Worker::now()).await
    }

    /// Accepts, has it assigned by the records, and ends it.
    async fn serve(&mut self, reservation: &Reservation) -> Result<(), Trouble> {
        let worker = self.worker;
        if self.chance.one_in(400) {
            tokio::time::sleep(LEASE + Duration::from_millis(100)).await;
        }
        let now = Worker::now();
        let answer = worker.queue.accept(reservation, now).await?;
        worker.count(|counts| {
            counts.accepts += 1;
            let is_late = now >= reservation.expires_at;
            match answer {
                Acceptance::Fenced => counts.fenced += 1,
                Acceptance::Accepted => counts.late += u64::from(is_late),
            }
        });
        if answer == Acceptance::Fenced {
            return Ok(());
        }
        let hold = Hold { ticket: reservation.ticket, agent: self.agent, fence: reservation.fence };
        match worker.truth.assign(hold).await {
            Ok(true) => worker.count(|counts| counts.assigned += 1),
            Ok(false) => {
                worker.count(|counts| counts.refused += 1);
                return self.take_out(reservation.ticket).await;
            }
            Err(error) => {
                worker.queue.release(reservation, 0, Worker::now()).await?;
                return Err(error.into());
            }
        }
        if self.chance.one_in(10) {
            self.give_back(reservation, hold).await
        } else {
            self.finish(hold).await
        }
    }

    async fn give_back(&mut self, reservation: &Reservation, hold: Hold) -> Result<(), Trouble> {
        if self.worker.truth.give_back(hold).await? {
            self.worker.count(|counts| counts.released += 1);
            self.worker.queue.release(reservation, 100, Worker::now()).await?;
        }
        Ok(())
    }

    async fn finish(&mut self, hold: Hold) -> Result<(), Trouble> {
        if self.worker.truth.finish(hold).await? {
            self.worker.count(|counts| counts.finished += 1);
        }
        self.take_out(hold.ticket).await
    }

    async fn take_out(&self, ticket: TicketId) -> Result<(), Trouble> {
        self.worker.queue.remove(ticket, None).await?;
        self.worker.count(|counts| counts.removed += 1);
        Ok(())
    }

    /// Ends whatever the records say that this agent holds: an answer may have been lost.
    async fn look_after_own(&mut self) -> Result<(), Trouble> {
        for found in self.worker.truth.unfinished().await? {
            if found.holder == Some(self.agent) {
                let hold = Hold { ticket: found.ticket, agent: self.agent, fence: found.fence };
                self.finish(hold).await?;
            }
        }
        Ok(())
    }

    /// This agent holds nothing, so something in the queue was left behind: it clears with the lease
    /// of a reservation, or needs a rebuild.
    async fn is_full(&mut self) -> Result<(), Trouble> {
        let since = *self.full_since.get_or_insert_with(Instant::now);
        if since.elapsed() > LEAK {
            self.full_since = None;
            self.worker.count(|counts| counts.leaks += 1);
            self.worker.rebuild().await?;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok(())
    }
}

/// What a ticket is to the queue.
pub(super) fn waiting(ticket: TicketId, score: UtcMillis) -> Waiting {
    Waiting { ticket, requirement: requirement(score), score, cost: 1 }
}

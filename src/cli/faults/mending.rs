//! What the service does beside the agents: leases run out, a lost queue is filled again, and the
//! two are compared.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::desk::waiting;
use super::worker::{Trouble, Worker};
use crate::domain::id::TicketId;
use crate::queue::Held;

/// How many waiting tickets are compared.
const WHOLE: usize = 10_000;
/// How long a rebuild belongs to a process that may have died, ms.
const REBUILDING: i64 = 3_000;
/// How long a ticket may be on its way into the queue, ms.
const ON_ITS_WAY: i64 = 3_000;

impl Worker {
    /// Fills the queue again unless it stands.
    pub(super) async fn mend(&self) -> Result<(), Trouble> {
        let _one_at_a_time = self.rebuilding.lock().await;
        if self.is_built().await? { Ok(()) } else { self.fill().await }
    }

    /// Fills the queue again in any case.
    pub(super) async fn rebuild(&self) -> Result<(), Trouble> {
        let _one_at_a_time = self.rebuilding.lock().await;
        self.fill().await
    }

    async fn is_built(&self) -> Result<bool, Trouble> {
        let known = self.truth.generation().await?;
        let stands = self.queue.generation().await? == Some(known);
        Ok(stands && self.queue.is_at_home().await?)
    }

    /// Only one process at a time fills the queue; the others come again.
    async fn fill(&self) -> Result<(), Trouble> {
        let now = Self::now();
        let begun = self.truth.next_generation(self.id, (now, now.plus(REBUILDING))).await?;
        let Some(generation) = begun else { return Ok(()) };
        let filled = self.fill_under(generation).await;
        self.truth.rebuilt(self.id).await?;
        filled
    }

    async fn fill_under(&self, generation: i64) -> Result<(), Trouble> {
        let (mut waits, mut held) = (Vec::new(), Vec::new());
        for found in self.truth.unfinished().await? {
            match found.holder {
                None => waits.push(waiting(found.ticket, found.score)),
                Some(agent) => {
                    let (ticket, fence) = (found.ticket, found.fence);
                    held.push(Held { ticket, agent, cost: 1, fence });
                }
            }
        }
        self.queue.rebuild(generation, &waits, &held).await?;
        self.introduce().await?;
        self.count(|counts| counts.rebuilds += 1);
        Ok(())
    }

    /// Every quarter of a second: reservations run out.
    pub(super) async fn expire(&self) {
        while !self.is_over() {
            match self.queue.expire(100, Self::now()).await {
                Ok(expired) => {
                    let returned = u64::try_from(expired.reservations.len()).unwrap_or(0);
                    self.count(|counts| counts.expired += returned);
                }
                Err(error) => self.bear(error.into()).await,
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// Every second: the queue is the one that was built.
    pub(super) async fn guard(&self) {
        while !self.is_over() {
            if let Err(trouble) = self.look().await {
                self.bear(trouble).await;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn look(&self) -> Result<(), Trouble> {
        if !self.is_built().await? {
            self.mend().await?;
        }
        self.waiting.store(self.truth.standing().await?.waiting, Ordering::Relaxed);
        Ok(())
    }

    /// Every three seconds: records and queue are compared; what disagrees twice needs a rebuild.
    pub(super) async fn reconcile(&self) {
        let mut suspects = BTreeSet::new();
        while !self.is_over() {
            tokio::time::sleep(Duration::from_secs(3)).await;
            match self.compare(&suspects).await {
                Ok(found) => suspects = found,
                Err(trouble) => self.bear(trouble).await,
            }
        }
    }

    async fn compare(
        &self,
        before: &BTreeSet<(i64, TicketId)>,
    ) -> Result<BTreeSet<(i64, TicketId)>, Trouble> {
        let generation = self.truth.generation().await?;
        let snapshot = self.queue.snapshot(WHOLE, Self::now()).await?;
        let here: BTreeSet<_> = snapshot.waiting.iter().map(|it| it.ticket).collect();
        let (mut open, mut suspects) = (BTreeSet::new(), BTreeSet::new());
        let early = Self::now().plus(-ON_ITS_WAY);
        for found in self.truth.unfinished().await? {
            open.insert(found.ticket);
            let is_missing = found.holder.is_none() && !here.contains(&found.ticket);
            if is_missing && found.added_at < early && here.len() < WHOLE {
                self.queue.push(&waiting(found.ticket, found.score)).await?;
                self.count(|counts| counts.put_back += 1);
                suspects.insert((generation, found.ticket));
            }
        }
        for ticket in here.difference(&open) {
            suspects.insert((generation, *ticket));
        }
        if suspects.intersection(before).next().is_some() {
            self.rebuild().await?;
            suspects.clear();
        }
        Ok(suspects)
    }
}

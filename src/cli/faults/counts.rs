//! What a process did and met, told to the stage as a line of JSON.

use serde::{Deserialize, Serialize};

/// Counters of one process, or of all together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// Tickets added to the records.
    pub(super) added: u64,
    /// Tickets put into the queue.
    pub(super) pushed: u64,
    /// Claims that were answered.
    pub(super) claims: u64,
    /// Claims repeated under the same request.
    pub(super) repeats: u64,
    /// Repeated claims with another answer: a violation.
    pub(super) differing: u64,
    /// Acceptances that were answered.
    pub(super) accepts: u64,
    /// Acceptances that came too late.
    pub(super) fenced: u64,
    /// Acceptances that came too late by the clock and were taken all the same: a violation.
    pub(super) late: u64,
    /// Conditional writes that assigned a ticket.
    pub(super) assigned: u64,
    /// Conditional writes that found the ticket gone or the fence old.
    pub(super) refused: u64,
    /// Tickets given back.
    pub(super) released: u64,
    /// Tickets finished.
    pub(super) finished: u64,
    /// Tickets taken out of the queue.
    pub(super) removed: u64,
    /// Reservations that ran out.
    pub(super) expired: u64,
    /// Calls that the queue did not answer.
    pub(super) queue_away: u64,
    /// Statements that the records did not answer.
    pub(super) records_away: u64,
    /// Times that the queue was found to have lost its memory.
    pub(super) stale: u64,
    /// Times that the queue was filled again.
    pub(super) rebuilds: u64,
    /// Tickets that the records had and the queue had not, put back.
    pub(super) put_back: u64,
    /// Agents whose capacity was used up by nothing they knew of.
    pub(super) leaks: u64,
}

impl Counts {
    /// Everything that was done to queue or records and answered.
    pub(super) const fn operations(&self) -> u64 {
        self.added
            + self.pushed
            + self.claims
            + self.repeats
            + self.accepts
            + self.assigned
            + self.refused
            + self.released
            + self.finished
            + self.removed
    }

    /// Together with another process.
    pub(super) fn add(&mut self, other: &Self) {
        let pairs: [(&mut u64, u64); 20] = [
            (&mut self.added, other.added),
            (&mut self.pushed, other.pushed),
            (&mut self.claims, other.claims),
            (&mut self.repeats, other.repeats),
            (&mut self.differing, other.differing),
            (&mut self.accepts, other.accepts),
            (&mut self.fenced, other.fenced),
            (&mut self.late, other.late),
            (&mut self.assigned, other.assigned),
            (&mut self.refused, other.refused),
            (&mut self.released, other.released),
            (&mut self.finished, other.finished),
            (&mut self.removed, other.removed),
            (&mut self.expired, other.expired),
            (&mut self.queue_away, other.queue_away),
            (&mut self.records_away, other.records_away),
            (&mut self.stale, other.stale),
            (&mut self.rebuilds, other.rebuilds),
            (&mut self.put_back, other.put_back),
            (&mut self.leaks, other.leaks),
        ];
        for (own, others) in pairs {
            *own += others;
        }
    }
}

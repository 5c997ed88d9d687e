//! The verdict: what the ledger of the records shows.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::counts::Counts;
use crate::domain::id::TicketId;
use crate::domain::ticket::Fence;
use crate::store::trial::{Line, Standing};

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Report {
    /// The seed of the faults.
    pub(super) seed: u64,
    /// How long it took.
    pub(super) seconds: f64,
    /// Operations on queue and records that were answered.
    pub(super) operations: u64,
    /// How often each fault was done.
    pub(super) faults: BTreeMap<&'static str, u64>,
    /// What the processes did and met.
    pub(super) counts: Counts,
    /// Tickets that were added.
    pub(super) tickets: i64,
    /// Tickets that nobody finished.
    pub(super) lost: i64,
    /// Assignments of a ticket that was assigned already.
    pub(super) doubled: u64,
    /// Assignments under a fence that was not later than the one before.
    pub(super) fences_back: u64,
    /// Faults after which nothing went on.
    pub(super) stuck: u64,
    /// Whether all is well.
    pub(super) passed: bool,
}

impl Report {
    /// Reads the ledger and what the processes told.
    pub(super) fn judge(&mut self, ledger: &[Line], standing: Standing) {
        let mut seen: HashMap<TicketId, (bool, Fence)> = HashMap::new();
        for line in ledger {
            let (is_held, last) = seen.entry(line.ticket).or_default();
            if line.is_assignment {
                self.doubled += u64::from(*is_held);
                self.fences_back += u64::from(line.fence <= *last);
                *last = line.fence;
            }
            *is_held = line.is_assignment;
        }
        self.tickets = standing.added;
        self.lost = standing.added - standing.finished;
        self.operations = self.counts.operations();
        let broken =
            [self.doubled, self.fences_back, self.stuck, self.counts.differing, self.counts.late];
        self.passed = self.lost == 0 && broken.iter().all(|count| *count == 0);
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let counts = &self.counts;
        let began = format!(
            "{} operations in {:.0} s (seed {}), {} tickets",
            self.operations, self.seconds, self.seed, self.tickets
        );
        let mut lines = vec![began];
        let mut line = |name: &str, count: u64| lines.push(format!("{count:>12}  {name}"));
        for (fault, count) in &self.faults {
            line(&format!("times: {fault}"), *count);
        }
        for (name, count) in [
            ("claims", counts.claims),
            ("claims repeated, same answer", counts.repeats - counts.differing),
            ("acceptances", counts.accepts),
            ("acceptances fenced", counts.fenced),
            ("assigned by the records", counts.assigned),
            ("refused by the records", counts.refused),
            ("given back", counts.released),
            ("reservations that ran out", counts.expired),
            ("calls without an answer of the queue", counts.queue_away),
            ("statements without an answer of the records", counts.records_away),
            ("rebuilds", counts.rebuilds),
            ("put back by the comparison", counts.put_back),
            ("agents full of nothing", counts.leaks),
            ("VIOLATIONS: fences that went back", self.fences_back),
            ("VIOLATIONS: repeated claims with another answer", counts.differing),
            ("VIOLATIONS: late acceptances", counts.late),
            ("VIOLATIONS: nothing went on after a fault", self.stuck),
            ("LOST tickets", u64::try_from(self.lost).unwrap_or(0)),
            ("DOUBLED assignments", self.doubled),
        ] {
            line(name, count);
        }
        lines.push(if self.passed { "passed\n" } else { "FAILED\n" }.to_owned());
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn line(ticket: u128, is_assignment: bool, epoch: i64) -> Line {
        let fence = Fence { generation: 1, epoch };
        Line { ticket: TicketId(Uuid::from_u128(ticket)), is_assignment, fence }
    }

    fn judged(ledger: &[Line], finished: i64) -> Report {
        let mut report = Report::default();
        report.judge(ledger, Standing { added: 2, finished, ..Standing::default() });
        report
    }

    #[test]
    fn every_violation_is_seen() {
        let good = [line(1, true, 1), line(2, true, 2), line(1, false, 1), line(1, true, 3)];
        assert!(judged(&good, 2).passed);
        let lost = judged(&good, 1);
        assert!(!lost.passed && lost.lost == 1, "{}", lost.text());
        let doubled = judged(&[line(1, true, 1), line(1, true, 2)], 2);
        assert!(!doubled.passed && doubled.doubled == 1);
        let back = judged(&[line(1, true, 2), line(1, false, 2), line(1, true, 2)], 2);
        assert!(!back.passed && back.fences_back == 1);
        assert!(back.text().contains("FAILED"));
    }
}

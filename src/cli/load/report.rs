//! What was measured, as one document.

use std::fmt::Write as _;

use serde::Serialize;

use super::gauge::{Stretch, median};

/// The document.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) ratios: Ratios,
    /// Medians of what the ratios were made of.
    pub(super) figures: Figures,
    /// What the ratios are held to.
    pub(super) targets: Targets,
    pub(super) waiting: u64,
    /// The size behind the ratios that have 1m in their name.
    pub(super) large: Option<u64>,
    pub(super) agents: u64,
    pub(super) lanes: u64,
    pub(super) tasks: usize,
    pub(super) runs: usize,
    pub(super) seconds: f64,
    /// The server's own words about itself.
    pub(super) server: String,
}

/// Each is the median over the runs of a quotient taken within one run; none when not measured.
#[derive(Debug, Default, Serialize)]
pub(super) struct Ratios {
    pub(super) claim_cpu_vs_trivial: Option<f64>,
    pub(super) claims_vs_pipelined_trivial: Option<f64>,
    pub(super) lifecycle_vs_bullmq: Option<f64>,
    pub(super) lifecycle_cpu_vs_bullmq: Option<f64>,
    pub(super) claim_cpu_1m_vs_1k: Option<f64>,
    pub(super) unservable_head_vs_normal: Option<f64>,
    pub(super) inprocess_1m_vs_1k: Option<f64>,
}

/// Rates in calls or tickets a second, costs in microseconds of the server's main thread.
#[derive(Debug, Default, Serialize)]
pub(super) struct Figures {
    pub(super) trivial: Option<Figure>,
    pub(super) claim: Option<Figure>,
    pub(super) lifecycle: Option<Figure>,
    pub(super) bullmq: Option<Figure>,
    pub(super) claim_at_1k: Option<Figure>,
    pub(super) claim_at_1m: Option<Figure>,
    pub(super) claim_behind_unservable: Option<Figure>,
    pub(super) inprocess_at_1k: Option<Figure>,
    pub(super) inprocess_at_1m: Option<Figure>,
}

/// One kind of work.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    pub(super) per_second: f64,
    pub(super) server_microseconds: Option<f64>,
}

/// The bounds of the ratios of the same name.
#[derive(Debug, Serialize)]
pub(super) struct Targets {
    claim_cpu_vs_trivial_at_most: f64,
    claims_vs_pipelined_trivial_at_least: f64,
    lifecycle_vs_bullmq_at_least: f64,
    lifecycle_cpu_vs_bullmq_at_least: f64,
    claim_cpu_1m_vs_1k_at_most: f64,
    unservable_head_vs_normal_at_most: f64,
    inprocess_1m_vs_1k_at_least: f64,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            claim_cpu_vs_trivial_at_most: 9.0,
            claims_vs_pipelined_trivial_at_least: 0.25,
            lifecycle_vs_bullmq_at_least: 5.0,
            lifecycle_cpu_vs_bullmq_at_least: 2.5,
            claim_cpu_1m_vs_1k_at_most: 1.3,
            unservable_head_vs_normal_at_most: 2.5,
            inprocess_1m_vs_1k_at_least: 0.7,
        }
    }
}

/// The median of one kind of work.
pub(super) fn figure(runs: &[Stretch]) -> Option<Figure> {
    let per_second = median(runs.iter().map(Stretch::rate).collect())?;
    let cost = median(runs.iter().map(Stretch::cost).collect()).filter(|it| *it > 0.0);
    Some(Figure { per_second, server_microseconds: cost })
}

/// The median over the runs of `value` of the one divided by that of the other.
pub(super) fn ratio(
    above: &[Stretch],
    below: &[Stretch],
    value: impl Fn(&Stretch) -> f64,
) -> Option<f64> {
    let quotients = above.iter().zip(below).map(|(above, below)| value(above) / value(below));
    median(quotients.filter(|it| it.is_finite()).collect())
}

impl Report {
    /// The ratios in words, for a person.
    pub(super) fn lines(&self) -> String {
        let (ratios, targets) = (&self.ratios, &self.targets);
        let most = "at most";
        let least = "at least";
        let rows = [
            (
                "server time of a claim / of the smallest script",
                ratios.claim_cpu_vs_trivial,
                most,
                targets.claim_cpu_vs_trivial_at_most,
            ),
            (
                "claims / smallest scripts, a second",
                ratios.claims_vs_pipelined_trivial,
                least,
                targets.claims_vs_pipelined_trivial_at_least,
            ),
            (
                "life cycles / BullMQ's, a second",
                ratios.lifecycle_vs_bullmq,
                least,
                targets.lifecycle_vs_bullmq_at_least,
            ),
            (
                "BullMQ's server time of a life cycle / ours",
                ratios.lifecycle_cpu_vs_bullmq,
                least,
                targets.lifecycle_cpu_vs_bullmq_at_least,
            ),
            (
                "server time of a claim, long queue / short",
                ratios.claim_cpu_1m_vs_1k,
                most,
                targets.claim_cpu_1m_vs_1k_at_most,
            ),
            (
                "the same, behind tickets that nobody can serve",
                ratios.unservable_head_vs_normal,
                most,
                targets.unservable_head_vs_normal_at_most,
            ),
            (
                "claims in this process, long queue / short",
                ratios.inprocess_1m_vs_1k,
                least,
                targets.inprocess_1m_vs_1k_at_least,
            ),
        ];
        let mut lines = String::new();
        for (name, value, side, bound) in rows {
            let value = value.map_or("not measured".to_owned(), |it| format!("{it:.2}"));
            // Writing to a text cannot fail.
            let _ = writeln!(lines, "{name:<50} {value:>12}   ({side} {bound})");
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_taken_within_each_run() {
        let run = |processor| Stretch { count: 1.0, seconds: 1.0, processor };
        let above = [run(10.0), run(3.0), run(100.0)];
        let below = [run(1.0), run(1.0), run(50.0)];
        assert_eq!(ratio(&above, &below, Stretch::cost), Some(3.0));
        assert_eq!(ratio(&[], &[], Stretch::cost), None);
    }
}

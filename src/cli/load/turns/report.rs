//! What was measured, as one document.

use std::fmt::Write as _;

use serde::Serialize;

use super::client::Heard;
use crate::cli::load::gauge::median;

/// The document.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) ratios: Ratios,
    /// Medians of what the ratios were made of.
    pub(super) figures: Figures,
    /// What the ratios are held to.
    pub(super) targets: Targets,
    pub(super) senders: u64,
    pub(super) seconds: f64,
    pub(super) runs: usize,
    /// How many different sentences were written.
    pub(super) sentences: usize,
}

/// Each is the median over the runs of a quotient taken within one run; none when not measured.
#[derive(Debug, Default, Serialize)]
pub(super) struct Ratios {
    pub(super) turns_vs_bare_sqlite: Option<f64>,
    pub(super) turns_vs_bare_postgres: Option<f64>,
    pub(super) turns_vs_node: Option<f64>,
    pub(super) p99_vs_p50: Option<f64>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Figures {
    pub(super) ours_sqlite: Option<Figure>,
    pub(super) bare_sqlite: Option<Figure>,
    pub(super) ours_postgres: Option<Figure>,
    pub(super) bare_postgres: Option<Figure>,
    pub(super) node: Option<Figure>,
}

/// One server.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Processor microseconds of the server for each answer, without those of a database server.
    pub(super) server_microseconds: Option<f64>,
    /// Answers that were none, in all runs.
    pub(super) refused: usize,
}

/// The bounds of the ratios of the same name.
#[derive(Debug, Serialize)]
pub(super) struct Targets {
    turns_vs_bare_sqlite_at_least: f64,
    turns_vs_bare_postgres_at_least: f64,
    turns_vs_node_at_least: f64,
    p99_vs_p50_at_most: f64,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            turns_vs_bare_sqlite_at_least: 0.3,
            turns_vs_bare_postgres_at_least: 0.3,
            turns_vs_node_at_least: 1.5,
            p99_vs_p50_at_most: 5.0,
        }
    }
}

/// The medians of one server.
pub(super) fn figure(runs: &[Heard]) -> Option<Figure> {
    Some(Figure {
        per_second: median(runs.iter().map(Heard::rate).collect())?,
        p50_ms: median(runs.iter().map(|heard| heard.percentile(50)).collect())?,
        p99_ms: median(runs.iter().map(|heard| heard.percentile(99)).collect())?,
        server_microseconds: median(runs.iter().filter_map(Heard::cost).collect()),
        refused: runs.iter().map(|heard| heard.refused).sum(),
    })
}

/// The median of the one's rate divided by the other's in the same run.
pub(super) fn ratio(above: &[Heard], below: &[Heard]) -> Option<f64> {
    let quotients = above.iter().zip(below).map(|(above, below)| above.rate() / below.rate());
    median(quotients.filter(|it| it.is_finite()).collect())
}

impl Report {
    /// For a person.
    pub(super) fn lines(&self) -> String {
        let (figures, ratios, targets) = (&self.figures, &self.ratios, &self.targets);
        let mut lines = String::new();
        let servers = [
            ("turns, SQLite", &figures.ours_sqlite),
            ("bare rows, SQLite", &figures.bare_sqlite),
            ("turns, PostgreSQL", &figures.ours_postgres),
            ("bare rows, PostgreSQL", &figures.bare_postgres),
            ("node-nlp behind express, in memory", &figures.node),
        ];
        for (name, figure) in servers {
            let Some(it) = figure else { continue };
            // Writing to a text cannot fail.
            let _ = writeln!(
                lines,
                "{name:<40} {:>8.0}/s   p50 {:>6.1} ms   p99 {:>6.1} ms   {:>6.0} us of processor   refused {}",
                it.per_second,
                it.p50_ms,
                it.p99_ms,
                it.server_microseconds.unwrap_or_default(),
                it.refused
            );
        }
        let (sqlite, postgres) = (ratios.turns_vs_bare_sqlite, ratios.turns_vs_bare_postgres);
        let rows = [
            ("turns / bare, SQLite", sqlite, "at least", targets.turns_vs_bare_sqlite_at_least),
            (
                "turns / bare, PostgreSQL",
                postgres,
                "at least",
                targets.turns_vs_bare_postgres_at_least,
            ),
            ("turns / node-nlp", ratios.turns_vs_node, "at least", targets.turns_vs_node_at_least),
            ("p99 / p50, SQLite", ratios.p99_vs_p50, "at most", targets.p99_vs_p50_at_most),
        ];
        for (name, value, side, bound) in rows {
            let value = value.map_or("not measured".to_owned(), |it| format!("{it:.2}"));
            let _ = writeln!(lines, "{name:<40} {value:>12}   ({side} {bound})");
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_said() {
        let run =
            |count| Heard { waits: vec![1_000; count], refused: 1, seconds: 1.0, processor: None };
        let (ours, bare) = ([run(10), run(30)], [run(100), run(100)]);
        assert_eq!(ratio(&ours, &bare), Some(0.3));
        assert_eq!(ratio(&ours, &[]), None);
        let figures = Figures { ours_sqlite: figure(&ours), ..Figures::default() };
        let lines = Report { figures, ..Report::default() }.lines();
        assert!(lines.contains("refused 2") && lines.contains("not measured"), "{lines}");
    }
}

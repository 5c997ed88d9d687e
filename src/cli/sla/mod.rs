//! `sportello sla`: service levels by hand.

mod calendars;
mod cases;
mod deadline;
mod dry_run;
mod explain;

use std::process::ExitCode;

use clap::{Args, Subcommand};

/// What `sla` is told.
#[derive(Args, Debug)]
pub(super) struct SlaArgs {
    #[command(subcommand)]
    command: SlaCommand,
}

/// What can be asked about service levels.
#[derive(Subcommand, Debug)]
enum SlaCommand {
    /// When a target in working time is due, and which hours count; one case or a file of them
    #[command(
        after_help = "Examples:\n  sportello sla deadline --calendar sla.yaml --start 2026-01-30T16:30:00+01:00 --target 4h\n  sportello sla deadline --calendar sla.yaml --name milano --start 2026-01-30T16:30:00Z --target 4h \\\n      --pause 2026-02-02T09:00:00Z/2026-02-03T10:00:00Z\n  sportello sla deadline --calendar sla.yaml --cases in.csv --output out.csv\n\nCases are a CSV file with the columns calendar, start, target_ms and pauses (A/B;A/B), all instants\nin RFC 3339; deadline and working_ms_check are added. Exit code 1: the target is never reached."
    )]
    Deadline(deadline::DeadlineArgs),
    /// What would have been: replay history under other policies; nothing is written
    #[command(
        after_help = "Example:\n  sportello sla dry-run --policies new.yaml --since 30d --config shop.toml"
    )]
    DryRun(dry_run::DryRunArgs),
    /// Start, pauses, calendar and result of each clock of a ticket
    #[command(after_help = "Example:\n  sportello sla explain 7F3K-9QXM --config shop.toml")]
    Explain(explain::ExplainArgs),
}

/// Does what was asked.
pub(super) fn run(args: &SlaArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        SlaCommand::Deadline(args) => deadline::run(args),
        SlaCommand::DryRun(args) => dry_run::run(args),
        SlaCommand::Explain(args) => explain::run(args),
    }
}

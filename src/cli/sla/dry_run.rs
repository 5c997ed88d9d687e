//! `sportello sla dry-run`: what would have been under other policies.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::deadline::moment;
use crate::cli::settings::counted;
use crate::cli::{output, settings};
use crate::domain::time::UtcMillis;
use crate::service::books::Shelf;
use crate::service::clock::Clock;
use crate::service::figures;
use crate::service::view::{CountsView, DryRunView, TicketChange};
use crate::sla::duration;

/// How many tickets the plain answer names; `--json` names all.
const NAMED: usize = 40;

/// What `sla dry-run` is told.
#[derive(Args, Debug)]
pub(super) struct DryRunArgs {
    /// The policies to try, such as an edited sla.yaml
    #[arg(long, value_name = "FILE")]
    policies: PathBuf,
    /// How far back: 12h, 30d
    #[arg(long, value_name = "SPAN", default_value = "30d", value_parser = duration::parse)]
    since: i64,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

/// Does what was asked.
pub(super) fn run(args: &DryRunArgs) -> anyhow::Result<ExitCode> {
    let other = settings::policies_at(&args.policies)?;
    let active = settings::policies(&settings::load(args.config.as_deref())?)?;
    let found = settings::with_database(args.config.as_deref(), async |db, _| {
        let shelf = Shelf::open(db, active).await?;
        let now = Clock::System.now();
        Ok(figures::dry_run(db, &shelf, other, now.plus(-args.since), now).await?)
    })?;
    if args.json {
        output::tell(&format!("{}\n", serde_json::to_string_pretty(&found)?))?;
    } else {
        output::tell(&told(&found, &args.policies.display().to_string()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn told(found: &DryRunView, file: &str) -> String {
    let tickets = counted(usize::try_from(found.tickets).unwrap_or(usize::MAX), "ticket");
    let version: String = found.version.chars().take(12).collect();
    let from = moment(UtcMillis(found.from));
    let mut text = format!("{tickets} since {from}, replayed under {file} (version {version})\n\n");
    let _ = writeln!(
        text,
        "{:<24} {:>15} {:>15} {:>15} {:>19}",
        "metric (now -> then)", "met", "missed", "pending", "compliance"
    );
    let promised = |counts: &CountsView| counts.total > counts.excluded.unpromised;
    for change in found.metrics.iter().filter(|c| promised(&c.now) || promised(&c.then)) {
        let pair =
            |of: fn(&CountsView) -> u64| format!("{} -> {}", of(&change.now), of(&change.then));
        let share = format!("{} -> {}", percent(&change.now), percent(&change.then));
        let _ = writeln!(
            text,
            "{:<24} {:>15} {:>15} {:>15} {:>19}",
            change.metric,
            pair(|counts| counts.met + counts.provisional),
            pair(|counts| counts.missed),
            pair(|counts| counts.pending),
            share
        );
    }
    text.push_str("\nmet includes provisional ones; compliance does not\n\n");
    text.push_str(&changes(&found.changed));
    text
}

fn changes(changed: &[TicketChange]) -> String {
    if changed.is_empty() {
        return "No clock would have come out otherwise.\n".to_owned();
    }
    let mut text = format!("{} would have come out otherwise:\n", counted(changed.len(), "clock"));
    for change in changed.iter().take(NAMED) {
        let list = |results: &[String]| {
            if results.is_empty() { "nothing".to_owned() } else { results.join(", ") }
        };
        let (now, then) = (list(&change.now), list(&change.then));
        let _ = writeln!(text, "  {}  {:<24} {now} -> {then}", change.code, change.metric);
    }
    if changed.len() > NAMED {
        let _ = writeln!(text, "  … and {} more: --json names all", changed.len() - NAMED);
    }
    text
}

fn percent(counts: &CountsView) -> String {
    counts.compliance.percent.map_or_else(|| "-".to_owned(), |percent| format!("{percent:.1} %"))
}

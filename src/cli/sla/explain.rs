//! `sportello sla explain`: each clock of a ticket with its working.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::deadline::{moment, spoken};
use crate::cli::{output, settings};
use crate::domain::time::UtcMillis;
use crate::service::books::Shelf;
use crate::service::clock::Clock;
use crate::service::clocks;
use crate::service::view::ClockView;

/// What `sla explain` is told.
#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// The ticket: its id, or the short code such as 7F3K-9QXM
    ticket: String,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

/// Does what was asked.
pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let fallback = settings::policies(&settings::load(args.config.as_deref())?)?;
    let (id, found) = settings::with_database(args.config.as_deref(), async |db, _| {
        let shelf = Shelf::open(db, fallback).await?;
        Ok(clocks::in_records(db, &shelf, &args.ticket, Clock::System.now()).await?)
    })?;
    if args.json {
        output::tell(&format!("{}\n", serde_json::to_string_pretty(&found)?))?;
    } else {
        let told: Vec<String> = found.iter().map(told).collect();
        output::tell(&format!("ticket {id} ({})\n\n{}", id.code(), told.join("\n")))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One clock in plain lines.
fn told(clock: &ClockView) -> String {
    let at = |millis: i64| moment(UtcMillis(millis));
    let mut text = format!("{} #{}: {}", clock.metric, clock.instance, clock.state);
    if clock.provisional {
        text.push_str(" (provisional: it can still be reopened)");
    }
    let calendar = match &clock.calendar {
        Some(calendar) => format!("calendar {calendar} ({})", clock.time_zone),
        None => "on the wall clock".to_owned(),
    };
    let policy = clock.policy.as_deref().unwrap_or("none");
    let version: String = clock.version.iter().flat_map(|hash| hash.chars()).take(12).collect();
    let _ = writeln!(text, "\n  policy {policy}, version {version}, {calendar}");
    let _ = writeln!(text, "  start    {}", at(clock.start));
    if let Some(target) = clock.target {
        let _ = writeln!(text, "  target   {}", spoken(target));
    }
    if let Some(due) = clock.due {
        let _ = writeln!(text, "  due      {}", at(due));
    }
    let _ = writeln!(text, "  until    {}", at(clock.until));
    let _ = writeln!(text, "  counted  {}", spoken(clock.elapsed));
    if let Some(amount) = clock.amount {
        let what = if clock.state == "paused" { "left" } else { "overrun" };
        let _ = writeln!(text, "  {what:<8} {}", spoken(amount));
    }
    for pause in &clock.pauses {
        let to = pause.to.map_or_else(|| "now".to_owned(), at);
        let (from, open) = (at(pause.from), spoken(pause.open));
        let _ = writeln!(text, "  pause    {from} to {to} ({}), {open} taken out", pause.status);
    }
    for day in &clock.days {
        let (hours, paused) = (day.hours.join(", "), spoken(day.paused));
        let (counted, sum) = (spoken(day.counted), spoken(day.sum));
        let _ = writeln!(
            text,
            "  {}  {hours:<24} paused {paused}, counted {counted}, sum {sum}",
            day.date
        );
    }
    text
}

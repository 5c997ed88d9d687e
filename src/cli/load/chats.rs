//! `sportello load chats`: what open web chats cost. Idle ones in memory; active ones in the time that
//! everybody else waits for an answer.

mod crowd;
mod limit;

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use self::crowd::Chats;
use super::turns::client::{Crowd, Heard, Line};
use super::turns::corpus::Corpus;
use super::turns::server::{Kind, Records, Server};
use crate::cli::output;

/// What to measure.
#[derive(Args, Debug)]
pub(super) struct ChatsArgs {
    /// Chats that are open and silent
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    idle: u64,
    /// Chats whose visitors write
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(0..=100_000))]
    active: u64,
    /// The time between two messages of an active visitor, such as 5s
    #[arg(long, default_value = "5s", value_parser = pause)]
    every: Duration,
    /// Seconds for each measurement of answers
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Chats that are opened before memory is first looked at, so that what is used once is not counted.
const FIRST: u64 = 200;

fn pause(text: &str) -> Result<Duration, String> {
    let seconds = text.strip_suffix('s').unwrap_or(text).parse::<f64>().ok();
    let pause = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    pause.filter(|pause| !pause.is_zero()).ok_or_else(|| "give seconds, such as 5s".to_owned())
}

/// Runs the command.
///
/// # Errors
/// The server does not start, or this user may not open so many connections.
pub(super) fn run(args: &ChatsArgs) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(args.seconds > 0.0, "--seconds must be more than 0");
    let needed = args.idle + 2 * args.active + FIRST + 200;
    if let Some(ended) = limit::raise(needed)? {
        return Ok(ended);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(measure(args))?;
    let text =
        if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.lines() };
    output::tell(&text)?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(args: &ChatsArgs) -> anyhow::Result<Report> {
    let corpus = Corpus::of_the_sample_shop()?;
    let server = Server::start(&Kind::Ours, &Records::File, None).await?;
    let probe = Crowd::new(server.address, 1, &corpus.sentences);
    probe.write_for(1.0).await?;
    let mut chats = Chats::new(server.address);
    chats.open(FIRST).await?;
    output::complain(&format!("opening {} chats", args.idle));
    let before = resident(server.id())?;
    chats.open(args.idle).await?;
    // What a chat asks for when it is opened is answered, and its stream is at rest.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = resident(server.id())?;
    output::complain("answers while all are silent");
    let quiet = slowly(&server, &corpus, args.seconds).await?;
    output::complain(&format!("answers while {} write", args.active));
    chats.open(args.active).await?;
    let active = chats.write(args.active, args.every, args.seconds, &corpus.sentences);
    let (busy, written) = tokio::try_join!(slowly(&server, &corpus, args.seconds), active)?;
    let report = Report {
        ratios: Figures {
            kilobytes_for_each_idle: (after - before) / args.idle as f64,
            p99_added_ms: written.percentile(99).max(busy.percentile(99)) - quiet.percentile(99),
        },
        idle: args.idle,
        active: args.active,
        every_seconds: args.every.as_secs_f64(),
        resident_before_kilobytes: before,
        resident_after_kilobytes: after,
        quiet_p99_ms: quiet.percentile(99),
        busy_p99_ms: busy.percentile(99),
        written_p99_ms: written.percentile(99),
        written: written.waits.len(),
        refused: written.refused + busy.refused + quiet.refused,
        ..Report::default()
    };
    drop(chats);
    server.stop().await?;
    Ok(report)
}

/// One customer over REST, twenty messages a second.
async fn slowly(server: &Server, corpus: &Corpus, seconds: f64) -> anyhow::Result<Heard> {
    let mut line = Line::open(server.address).await?;
    let mut heard = Heard::default();
    let until = std::time::Instant::now() + Duration::try_from_secs_f64(seconds)?;
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    let mut sentences = corpus.sentences.iter().cycle();
    while std::time::Instant::now() < until {
        beat.tick().await;
        let text = sentences.next().context("nothing to say")?;
        let body = serde_json::json!({"sender": "probe", "message": text}).to_string();
        line.timed(&body, &mut heard).await?;
    }
    heard.waits.sort_unstable();
    Ok(heard)
}

/// The resident memory of a process, kB.
fn resident(process: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).context("memory is read from /proc, on Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    line.trim().trim_end_matches("kB").trim().parse().context("VmRSS")
}

/// What was measured, as one document.
#[derive(Debug, Default, Serialize)]
struct Report {
    ratios: Figures,
    targets: Targets,
    idle: u64,
    active: u64,
    every_seconds: f64,
    resident_before_kilobytes: f64,
    resident_after_kilobytes: f64,
    /// Answers over REST while all chats are silent, and while some write.
    quiet_p99_ms: f64,
    busy_p99_ms: f64,
    /// Messages of active chats until they are stored and answered.
    written_p99_ms: f64,
    written: usize,
    refused: usize,
}

#[derive(Debug, Default, Serialize)]
struct Figures {
    kilobytes_for_each_idle: f64,
    p99_added_ms: f64,
}

/// The bounds of the figures of the same name.
#[derive(Debug, Serialize)]
struct Targets {
    kilobytes_for_each_idle_at_most: f64,
    p99_added_ms_at_most: f64,
}

impl Default for Targets {
    fn default() -> Self {
        Self { kilobytes_for_each_idle_at_most: 20.0, p99_added_ms_at_most: 50.0 }
    }
}

impl Report {
    /// For a person.
    fn lines(&self) -> String {
        let (figures, targets) = (&self.ratios, &self.targets);
        let rows = [
            (
                "memory of an idle chat, kB",
                figures.kilobytes_for_each_idle,
                targets.kilobytes_for_each_idle_at_most,
            ),
            (
                "added to p99 by active chats, ms",
                figures.p99_added_ms,
                targets.p99_added_ms_at_most,
            ),
        ];
        let mut lines = String::new();
        for (name, value, bound) in rows {
            // Writing to a text cannot fail.
            let _ = writeln!(lines, "{name:<40} {value:>8.1}   (at most {bound})");
        }
        let _ = writeln!(
            lines,
            "p99: {:.1} ms while silent, {:.1} ms while {} write; their own {:.1} ms; {} written, {} refused",
            self.quiet_p99_ms,
            self.busy_p99_ms,
            self.active,
            self.written_p99_ms,
            self.written,
            self.refused
        );
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_given_in_seconds() {
        assert_eq!(pause("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(pause("0.5"), Ok(Duration::from_millis(500)));
        assert!(pause("0s").is_err() && pause("soon").is_err() && pause("-1s").is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_memory_of_a_process_is_read() {
        assert!(resident(std::process::id()).unwrap() > 100.0);
    }
}

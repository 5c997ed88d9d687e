//! `sportello load turns`: how many customers' messages a second, beside the least that a durable
//! service can do and beside another bot, as ratios taken in one run.
//!
//! Each server is a process of its own with its own records; the requests come from this process
//! over real connections. What is compared is measured in turns, and the median counts.

pub(super) mod client;
pub(super) mod corpus;
mod report;
pub(super) mod server;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use self::client::{Crowd, Heard};
use self::corpus::Corpus;
use self::report::{Report, figure, ratio};
use self::server::{Kind, Records, Server};
use crate::cli::output;

/// What to measure.
#[derive(Args, Debug)]
pub(super) struct TurnsArgs {
    /// Seconds for each measurement, of which every one is done three times
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Customers who write at once, each waiting for the answer
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=2_000))]
    senders: u64,
    /// Also measure on this PostgreSQL server, in databases of our own that go away again
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Compare with another bot with the same intents, which npm installs
    #[arg(long)]
    peer: Option<PeerName>,
    /// Where the peer is kept installed [default: a folder in the folder for temporary files]
    #[arg(long, value_name = "DIR", requires = "peer")]
    peer_dir: Option<PathBuf>,
    /// Measure this program's `serve` in place of our own: another version
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Bots to compare with.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PeerName {
    /// `node-nlp` behind express, everything in memory
    Node,
}

/// The least that answers, as a process of its own.
#[derive(Args, Debug)]
pub(super) struct BareArgs {
    /// Where its rows go
    #[arg(long, value_name = "URL")]
    database: String,
    /// Where to listen
    #[arg(long)]
    listen: std::net::SocketAddr,
}

/// Turns that the medians are taken of.
const RUNS: usize = 3;
/// Requests before the measurement, in seconds.
const WARM: f64 = 0.5;

/// Runs the command.
///
/// # Errors
/// A server does not start, or the peer cannot be installed.
pub(super) fn run(args: &TurnsArgs) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(args.seconds > 0.0, "--seconds must be more than 0");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(measure(args))?;
    let text =
        if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.lines() };
    output::tell(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the least that answers, until it is killed.
///
/// # Errors
/// Those of the server.
pub(super) fn run_bare(args: &BareArgs) -> anyhow::Result<ExitCode> {
    let runtime = crate::cli::serve::runtime()?;
    runtime.block_on(crate::app::bare::serve(&args.database, args.listen))?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(args: &TurnsArgs) -> anyhow::Result<Report> {
    let corpus = Corpus::of_the_sample_shop()?;
    let mut report = Report {
        senders: args.senders,
        seconds: args.seconds,
        runs: RUNS,
        sentences: corpus.sentences.len(),
        ..Report::default()
    };
    let mut kinds = vec![(Kind::Ours, Records::File), (Kind::Bare, Records::File)];
    if let Some(url) = &args.postgres {
        kinds.push((Kind::Ours, Records::Postgres(url.clone())));
        kinds.push((Kind::Bare, Records::Postgres(url.clone())));
    }
    if args.peer.is_some() {
        let folder = server::peer::install(args.peer_dir.as_deref(), &corpus)?;
        kinds.push((Kind::Peer(folder), Records::Memory));
    }
    let mut servers = Vec::new();
    for (kind, records) in &kinds {
        output::complain(&format!("starting: {}", kind.name(records)));
        servers.push(Server::start(kind, records, args.program.as_deref()).await?);
    }
    let mut measured: Vec<Vec<Heard>> = Vec::new();
    measured.resize_with(kinds.len(), Vec::new);
    for run in 1..=RUNS {
        for (((kind, records), server), heard) in kinds.iter().zip(&servers).zip(&mut measured) {
            output::complain(&format!("{}: {run} of {RUNS}", kind.name(records)));
            let crowd = Crowd::new(server.address, args.senders, &corpus.sentences);
            crowd.write_for(WARM).await?;
            let before = server.processor();
            let mut part = crowd.write_for(args.seconds).await?;
            part.processor = server.processor().zip(before).map(|(after, before)| after - before);
            heard.push(part);
        }
    }
    for server in servers {
        server.stop().await?;
    }
    fill(&mut report, args, &measured);
    Ok(report)
}

/// Sorts what was measured: ours and bare on SQLite, then on PostgreSQL, then the peer.
fn fill(report: &mut Report, args: &TurnsArgs, measured: &[Vec<Heard>]) {
    let mut parts = measured.iter().map(Vec::as_slice);
    let (ours, bare) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    report.ratios.turns_vs_bare_sqlite = ratio(ours, bare);
    report.figures.ours_sqlite = figure(ours);
    report.figures.bare_sqlite = figure(bare);
    report.ratios.p99_vs_p50 = report.figures.ours_sqlite.as_ref().map(|it| it.p99_ms / it.p50_ms);
    if args.postgres.is_some() {
        let (ours, bare) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        report.ratios.turns_vs_bare_postgres = ratio(ours, bare);
        report.figures.ours_postgres = figure(ours);
        report.figures.bare_postgres = figure(bare);
    }
    let peer = parts.next().unwrap_or_default();
    report.ratios.turns_vs_node = ratio(ours, peer);
    report.figures.node = figure(peer);
}

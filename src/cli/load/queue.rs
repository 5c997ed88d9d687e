//! `sportello load queue`: the routing queue measured, as ratios taken in one run.
//!
//! Ratios travel between machines; rates do not. Whatever is compared is measured in turns, and the
//! median of the turns counts.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use redis::aio::ConnectionManager;

use super::gauge::Stretch;
use super::node::Node;
use super::peer::Peer;
use super::phase::{Floor, Size, trivial};
use super::report::{Report, figure, ratio};
use crate::cli::faults::{self, FaultsArgs};
use crate::cli::output;
use crate::queue::{Link, Queue, connect};
use crate::service::clock::fresh_id;

/// Turns that the medians are taken of.
const RUNS: usize = 5;
/// The length of the short queue that a long one is compared with.
const SHORT: u64 = 1_000;
const MILLION: u64 = 1_000_000;
/// The longest trial under faults, s.
const LONGEST_TRIAL: f64 = 3_600.0;

/// What to measure.
#[derive(Args, Debug)]
pub(super) struct QueueArgs {
    /// Tickets that wait
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=5_000_000))]
    waiting: u64,
    /// Agents online
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    agents: u64,
    /// Lanes: different things that tickets ask for
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=4_096))]
    lanes: u64,
    /// Calls under way at once
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    tasks: u64,
    /// Seconds for each measurement, of which every one is done five times [default: 1]; with --faults
    /// the seconds after which it ends at the latest [default: 3600]
    #[arg(long)]
    seconds: Option<f64>,
    /// Also compare a short queue with one of so many tickets, in Redis and in this process
    #[arg(long, value_parser = clap::value_parser!(u64).range(1_000..=5_000_000))]
    large: Option<u64>,
    /// Measure everything at the sizes of the targets, with a million tickets in the large queues
    #[arg(long)]
    all: bool,
    /// Compare with another product, which is downloaded with npm
    #[arg(long)]
    peer: Option<PeerName>,
    /// A server to use (not several); without it one is started in a temporary folder
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// Not how fast, but how safe: processes work on the queue while it is killed, frozen, emptied
    /// and set back; exit code 1 when a ticket is lost or assigned twice
    #[arg(long, conflicts_with_all = ["all", "peer", "large", "redis"])]
    faults: bool,
    /// With --faults: stop after so many operations
    #[arg(long, default_value_t = MILLION, requires = "faults")]
    operations: u64,
    /// With --faults: processes that work on the queue
    #[arg(long, default_value_t = 4, requires = "faults", value_parser = clap::value_parser!(u64).range(1..=64))]
    processes: u64,
    /// With --faults: the same number gives the same faults
    #[arg(long, default_value_t = 1, requires = "faults")]
    seed: u64,
    /// With --faults: the record of truth [default: an SQLite file in a temporary folder]. Tables
    /// whose names begin with `trial_` are made anew in it
    #[arg(long, value_name = "URL", requires = "faults")]
    database: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl QueueArgs {
    fn seconds(&self) -> f64 {
        self.seconds.unwrap_or(1.0)
    }

    /// The trial under faults that was asked for.
    fn trial(&self) -> anyhow::Result<FaultsArgs> {
        let seconds = self.seconds.unwrap_or(LONGEST_TRIAL);
        Ok(FaultsArgs {
            operations: self.operations,
            seconds: Duration::try_from_secs_f64(seconds).context("--seconds")?.as_secs().max(1),
            processes: self.processes,
            seed: self.seed,
            database: self.database.clone(),
            json: self.json,
            worker: None,
            redis: None,
        })
    }
}

/// Products to compare with.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PeerName {
    /// `BullMQ`, a job queue in Redis, with prioritised jobs
    Bullmq,
}

/// Runs the command.
///
/// # Errors
/// No server can be had, or it fails.
pub(super) fn run(args: &QueueArgs) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(args.seconds() > 0.0, "--seconds must be more than 0");
    if args.faults {
        return faults::run(&args.trial()?);
    }
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    // One thread, as the server has one: with more they would only share it unevenly.
    let runtime = builder.worker_threads(1).enable_all().build()?;
    let report = runtime.block_on(Bench::measure(args))?;
    let text =
        if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.lines() };
    output::tell(&text)?;
    Ok(ExitCode::SUCCESS)
}

struct Bench {
    size: Size,
    large: Option<u64>,
    seconds: f64,
    server: Link,
    /// What a small script is measured over.
    plain: ConnectionManager,
    /// Keeps our keys apart on a server that is not ours.
    tag: String,
}

impl Bench {
    async fn measure(args: &QueueArgs) -> anyhow::Result<Report> {
        let own = if args.redis.is_none() { Some(Node::start().await?) } else { None };
        let url = args.redis.clone().or(own.as_ref().map(Node::url)).context("no server")?;
        let bench = Self::new(args, &url).await?;
        let mut report = bench.report().await?;
        let peer = match args.peer {
            Some(PeerName::Bullmq) => Some(Peer::install(&url)?),
            None => None,
        };
        bench.normal(&mut report, peer.as_ref()).await?;
        if let Some(large) = bench.large {
            bench.long(&mut report, large).await?;
            bench.in_process(&mut report, large).await?;
        }
        Ok(report)
    }

    async fn new(args: &QueueArgs, url: &str) -> anyhow::Result<Self> {
        let tasks = usize::try_from(args.tasks)?;
        let asked = Size { waiting: args.waiting, agents: args.agents, lanes: args.lanes, tasks };
        let issue = Size { waiting: 100_000, agents: 1_000, lanes: 256, tasks: 64 };
        Ok(Self {
            size: if args.all { issue } else { asked },
            large: args.large.or(args.all.then_some(MILLION)),
            seconds: args.seconds(),
            server: connect(url).await?,
            plain: redis::Client::open(url)?.get_connection_manager().await?,
            tag: format!("load-{:08x}", fresh_id().as_u64_pair().1 & 0xffff_ffff),
        })
    }

    async fn report(&self) -> anyhow::Result<Report> {
        let mut server = self.server.clone();
        let info: String = redis::cmd("INFO").arg("server").query_async(&mut server).await?;
        let words = ["redis_version:", "valkey_version:"];
        let lines = info.lines().filter(|line| words.iter().any(|word| line.starts_with(word)));
        Ok(Report {
            waiting: self.size.waiting,
            large: self.large,
            agents: self.size.agents,
            lanes: self.size.lanes,
            tasks: self.size.tasks,
            runs: RUNS,
            seconds: self.seconds,
            server: lines.map(str::trim).collect::<Vec<_>>().join(" "),
            ..Report::default()
        })
    }

    async fn floor(&self, name: &str, waiting: u64, blocked: u64) -> anyhow::Result<Arc<Floor>> {
        output::complain(&format!("filling a queue with {} tickets", waiting + blocked));
        let queue = Queue::redis(self.server.clone(), &format!("{}-{name}", self.tag));
        let size = Size { waiting, ..self.size };
        Floor::open(queue, Some(self.server.clone()), size, blocked).await
    }

    /// Claims and life cycles at the size that was asked for.
    async fn normal(&self, report: &mut Report, peer: Option<&Peer>) -> anyhow::Result<()> {
        let floor = self.floor("normal", self.size.waiting, 0).await?;
        let [mut small, mut claims, mut lives, mut jobs] = [const { Vec::new() }; 4];
        for run in 1..=RUNS {
            output::complain(&format!("claims and life cycles: {run} of {RUNS}"));
            small.push(trivial(&self.plain, &self.server, self.size.tasks, self.seconds).await?);
            claims.push(floor.claims(self.seconds).await?);
            lives.push(floor.lives(self.seconds).await?);
            if let Some(peer) = peer {
                jobs.push(peer.run(self.size.tasks, self.seconds, self.size.waiting)?);
            }
        }
        floor.close().await?;
        if let Some(peer) = peer {
            peer.run(self.size.tasks, 0.0, 0)?;
        }
        let (ratios, figures) = (&mut report.ratios, &mut report.figures);
        ratios.claim_cpu_vs_trivial = ratio(&claims, &small, Stretch::cost);
        ratios.claims_vs_pipelined_trivial = ratio(&claims, &small, Stretch::rate);
        ratios.lifecycle_vs_bullmq = ratio(&lives, &jobs, Stretch::rate);
        ratios.lifecycle_cpu_vs_bullmq = ratio(&jobs, &lives, Stretch::cost);
        figures.trivial = figure(&small);
        figures.claim = figure(&claims);
        figures.lifecycle = figure(&lives);
        figures.bullmq = figure(&jobs);
        Ok(())
    }

    /// A short queue, a long one, and one that begins with tickets for nobody.
    async fn long(&self, report: &mut Report, large: u64) -> anyhow::Result<()> {
        let floors = [
            self.floor("short", SHORT, 0).await?,
            self.floor("long", large, 0).await?,
            self.floor("normal", self.size.waiting, 0).await?,
            self.floor("blocked", self.size.waiting, large).await?,
        ];
        let mut runs = [const { Vec::new() }; 4];
        for run in 1..=RUNS {
            output::complain(&format!("short and long queues: {run} of {RUNS}"));
            for (floor, runs) in floors.iter().zip(&mut runs) {
                runs.push(floor.claims(self.seconds).await?);
            }
        }
        for floor in floors {
            floor.close().await?;
        }
        let [short, long, normal, blocked] = runs;
        report.ratios.claim_cpu_1m_vs_1k = ratio(&long, &short, Stretch::cost);
        report.ratios.unservable_head_vs_normal = ratio(&blocked, &normal, Stretch::cost);
        report.figures.claim_at_1k = figure(&short);
        report.figures.claim_at_1m = figure(&long);
        report.figures.claim_behind_unservable = figure(&blocked);
        Ok(())
    }

    async fn in_process(&self, report: &mut Report, large: u64) -> anyhow::Result<()> {
        let size = |waiting| Size { waiting, tasks: 1, ..self.size };
        let short = Floor::open(Queue::memory(), None, size(SHORT), 0).await?;
        let long = Floor::open(Queue::memory(), None, size(large), 0).await?;
        let [mut few, mut many] = [const { Vec::new() }; 2];
        for run in 1..=RUNS {
            output::complain(&format!("queues in this process: {run} of {RUNS}"));
            few.push(short.claims(self.seconds).await?);
            many.push(long.claims(self.seconds).await?);
        }
        report.ratios.inprocess_1m_vs_1k = ratio(&many, &few, Stretch::rate);
        report.figures.inprocess_at_1k = figure(&few);
        report.figures.inprocess_at_1m = figure(&many);
        Ok(())
    }
}

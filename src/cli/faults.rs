//! `sportello load queue --faults`: the queue under random faults, at length.
//!
//! A stage starts a Redis of its own and a record of truth in SQL, and several processes of this
//! program that work on both: tickets are added, claimed, accepted, assigned by a conditional write
//! with fences, given back and finished. Meanwhile the stage kills and freezes the processes, kills,
//! empties and sets back the Redis, cuts connections and locks the records. At the end a checker
//! reads the ledger: nothing lost, nothing assigned twice, fences that only grew.

mod chance;
mod counts;
mod desk;
mod durable;
mod mending;
mod proxy;
mod report;
mod stage;
mod troop;
mod worker;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

/// What to do to the queue, and for how long.
#[derive(Args, Clone, Debug)]
pub(super) struct FaultsArgs {
    /// Stop after so many operations on queue and records
    #[arg(long, default_value_t = 1_000_000)]
    pub(super) operations: u64,
    /// Stop after so many seconds at the latest
    #[arg(long, default_value_t = 3_600)]
    pub(super) seconds: u64,
    /// Processes that work on the queue
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=64))]
    pub(super) processes: u64,
    /// The same number gives the same faults
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// The record of truth [default: an SQLite file in a temporary folder]. Tables whose names begin
    /// with `trial_` are made anew in it
    #[arg(long, value_name = "URL")]
    pub(super) database: Option<String>,
    /// For machines
    #[arg(long)]
    pub(super) json: bool,
    /// Be one of the processes
    #[arg(long, hide = true, requires_all = ["redis", "database"])]
    pub(super) worker: Option<u64>,
    /// Where the queue is
    #[arg(long, hide = true)]
    pub(super) redis: Option<String>,
}

/// How the command line of this command begins, for the processes that it starts.
const COMMAND: &[&str] = &["faults"];
/// How long a reservation waits for its acceptance.
const LEASE: Duration = Duration::from_secs(1);
/// Agents in one process.
const DESKS: u64 = 8;

/// Runs the stage, or one of its processes. A violation is a finding.
pub(super) fn run(args: &FaultsArgs) -> anyhow::Result<ExitCode> {
    if let (Some(number), Some(redis), Some(database)) = (args.worker, &args.redis, &args.database)
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(worker::run(number, args, redis, database))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build()?.block_on(stage::run(args))
}

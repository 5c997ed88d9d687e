//! The stage: starts everything, breaks things at random, and asks the checker.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::chance::Chance;
use super::counts::Counts;
use super::durable::Durable;
use super::proxy::Proxy;
use super::report::Report;
use super::troop::{Member, Order};
use super::{FaultsArgs, LEASE};
use crate::cli::{FINDING, output};
use crate::service::clock::fresh_id;
use crate::store::trial::Trial;

/// How long the longest outage of the records takes, seconds.
const LONGEST: u64 = 10;
/// How long everything may take to go on after a fault, and to be finished at the end.
const LIMIT: Duration = Duration::from_mins(1);
/// Operations that show that it goes on.
const GOES_ON: u64 = 200;

/// A folder that is gone with its owner.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed stays in the temporary folder.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

struct Stage {
    redis: Durable,
    way: Proxy,
    truth: Trial,
    members: Vec<Member>,
    chance: Chance,
    report: Report,
    has_copy: bool,
}

/// Runs the trial.
pub(super) async fn run(args: &FaultsArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder(std::env::temp_dir().join(format!("sportello-faults-{}", fresh_id())));
    std::fs::create_dir_all(&folder.0).context("making a temporary folder")?;
    let mut stage = Stage::set(args, &folder.0).await?;
    let began = Instant::now();
    let limit = Duration::from_secs(args.seconds);
    while began.elapsed() < limit && stage.counts().operations() < args.operations {
        stage.fault().await?;
    }
    stage.finish().await?;
    stage.report.seconds = began.elapsed().as_secs_f64();
    let report = &stage.report;
    let told = if args.json { serde_json::to_string(report)? + "\n" } else { report.text() };
    output::tell(&told)?;
    Ok(if report.passed { ExitCode::SUCCESS } else { ExitCode::from(FINDING) })
}

impl Stage {
    async fn set(args: &FaultsArgs, folder: &Path) -> anyhow::Result<Self> {
        let redis = Durable::start(folder)?;
        let way = Proxy::before(redis.address()).await?;
        let own = || format!("sqlite://{}", folder.join("truth.db").display());
        let database = args.database.clone().unwrap_or_else(own);
        let truth = Trial::open(&database).await.context("--database")?;
        truth.prepare().await.context("making the record of truth")?;
        let order =
            Order { redis: format!("redis://{}", way.address), database, args: args.clone() };
        let members =
            (0..usize::try_from(args.processes)?).map(|number| Member::start(number, &order));
        let members = members.collect::<anyhow::Result<Vec<_>>>()?;
        let report = Report { seed: args.seed, ..Report::default() };
        let chance = Chance::new(args.seed);
        Ok(Self { redis, way, truth, members, chance, report, has_copy: false })
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for member in &self.members {
            counts.add(&member.counts());
        }
        counts
    }

    async fn rest(&mut self, from: u64, to: u64) {
        tokio::time::sleep(Duration::from_millis(self.chance.between(from, to))).await;
    }

    /// One fault, some time after the last one, and whether it goes on after it.
    async fn fault(&mut self) -> anyhow::Result<()> {
        self.rest(300, 2_000).await;
        if !self.has_copy || self.chance.one_in(4) {
            self.redis.copy().context("copying what Redis wrote down")?;
            self.has_copy = true;
            self.rest(300, 1_000).await;
        }
        let name = self.strike().await?;
        *self.report.faults.entry(name).or_default() += 1;
        if !self.goes_on().await {
            self.report.stuck += 1;
            output::complain(&format!("sportello: nothing went on after: {name}"));
        }
        Ok(())
    }

    async fn strike(&mut self) -> anyhow::Result<&'static str> {
        let place = usize::try_from(self.chance.next() % 64)? % self.members.len();
        Ok(match self.chance.between(0, 16) {
            0..3 => {
                self.members[place].replace().await?;
                "a process killed"
            }
            3..5 => {
                self.members[place].freeze(LEASE * 2).await?;
                "a process frozen beyond the lease"
            }
            5..8 => {
                self.redis.kill();
                self.rest(0, 1_500).await;
                self.redis.restart()?;
                "Redis killed and started again"
            }
            8..10 => {
                self.redis.command("FLUSHALL")?;
                "Redis emptied"
            }
            10..12 => {
                self.redis.come_back_old()?;
                "Redis set back to an old copy"
            }
            12..15 => {
                self.way.cut();
                "connections cut in the middle of calls"
            }
            _ => {
                let away = Duration::from_millis(self.chance.between(2_000, LONGEST * 1_000 + 1));
                self.truth.shut(tokio::time::sleep(away)).await.context("locking the records")?;
                "the records away for 2 to 10 s"
            }
        })
    }

    async fn goes_on(&self) -> bool {
        let (began, before) = (Instant::now(), self.counts());
        while began.elapsed() < LIMIT {
            let now = self.counts();
            if now.assigned > before.assigned && now.operations() > before.operations() + GOES_ON {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    /// No more tickets; all that are there must be finished. Then the ledger is read.
    async fn finish(&mut self) -> anyhow::Result<()> {
        for member in &mut self.members {
            member.quiet().await?;
        }
        let began = Instant::now();
        while began.elapsed() < LIMIT {
            let standing = self.truth.standing().await;
            if standing.is_ok_and(|standing| standing.waiting + standing.held == 0) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        for member in &mut self.members {
            member.end().await?;
        }
        // The last lines of the processes arrive after their ends.
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.report.counts = self.counts();
        let (ledger, standing) = (self.truth.ledger().await?, self.truth.standing().await?);
        self.report.judge(&ledger, standing);
        Ok(())
    }
}

//! The processes that work on the queue: started, killed, frozen, listened to.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio_util::task::TaskTracker;

use super::counts::Counts;
use super::{COMMAND, FaultsArgs};
use crate::lifecycle;

/// How a process is started.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) redis: String,
    pub(super) database: String,
    pub(super) args: FaultsArgs,
}

/// One place of a process; who fills it changes.
pub(super) struct Member {
    number: usize,
    order: Order,
    child: Child,
    stdin: Option<ChildStdin>,
    is_quiet: bool,
    /// What those before did.
    past: Counts,
    now: Arc<Mutex<Counts>>,
}

impl Member {
    pub(super) fn start(number: usize, order: &Order) -> anyhow::Result<Self> {
        let (child, stdin, now) = launch(number, order)?;
        let past = Counts::default();
        Ok(Self { number, order: order.clone(), child, stdin, is_quiet: false, past, now })
    }

    /// What this place did in all its lives.
    pub(super) fn counts(&self) -> Counts {
        let mut counts = self.past.clone();
        if let Ok(now) = self.now.lock() {
            counts.add(&now);
        }
        counts
    }

    /// Kills it without warning, and starts another in its place.
    pub(super) async fn replace(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("killing our own process")?;
        self.past = self.counts();
        let (child, stdin, now) = launch(self.number, &self.order)?;
        (self.child, self.stdin, self.now) = (child, stdin, now);
        if self.is_quiet { self.quiet().await } else { Ok(()) }
    }

    /// Holds it still for a while.
    pub(super) async fn freeze(&self, time: Duration) -> anyhow::Result<()> {
        self.signal("STOP").await?;
        tokio::time::sleep(time).await;
        self.signal("CONT").await
    }

    /// No more tickets are added.
    pub(super) async fn quiet(&mut self) -> anyhow::Result<()> {
        self.is_quiet = true;
        self.say("quiet\n").await
    }

    /// It is over; waits for the end.
    pub(super) async fn end(&mut self) -> anyhow::Result<()> {
        self.say("over\n").await?;
        drop(self.stdin.take());
        let ended = tokio::time::timeout(Duration::from_secs(15), self.child.wait()).await;
        ended.context("a process did not end")?.context("waiting for our own process")?;
        Ok(())
    }

    async fn say(&mut self, word: &str) -> anyhow::Result<()> {
        let stdin = self.stdin.as_mut().context("a process is gone")?;
        stdin.write_all(word.as_bytes()).await.context("speaking to our own process")?;
        stdin.flush().await.context("speaking to our own process")
    }

    async fn signal(&self, name: &str) -> anyhow::Result<()> {
        let id = self.child.id().context("a process ended by itself")?.to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().await;
        anyhow::ensure!(sent.context("kill")?.success(), "kill -{name} failed");
        Ok(())
    }
}

type Launched = (Child, Option<ChildStdin>, Arc<Mutex<Counts>>);

fn launch(number: usize, order: &Order) -> anyhow::Result<Launched> {
    let own = std::env::current_exe().context("finding this program")?;
    let mut child = Command::new(own)
        .args(COMMAND)
        .args(["--worker", &number.to_string(), "--redis", &order.redis])
        .args(["--database", &order.database, "--seed", &order.args.seed.to_string()])
        .args(["--processes", &order.args.processes.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("starting a process of this program")?;
    let stdin = child.stdin.take();
    let counts = Arc::new(Mutex::new(Counts::default()));
    if let Some(stdout) = child.stdout.take() {
        let heard = Arc::clone(&counts);
        lifecycle::start(&TaskTracker::new(), async move {
            let mut lines = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if let (Ok(told), Ok(mut heard)) = (serde_json::from_str(&line), heard.lock()) {
                    *heard = told;
                }
            }
        });
    }
    Ok((child, stdin, counts))
}

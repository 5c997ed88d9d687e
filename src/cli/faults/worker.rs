//! One process that works on queue and records, as a replica with its agents would.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use uuid::Uuid;

use super::chance::Chance;
use super::counts::Counts;
use super::desk::Desk;
use super::{DESKS, FaultsArgs};
use crate::cli::output;
use crate::domain::agent::Profile;
use crate::domain::id::AgentId;
use crate::domain::language::Language;
use crate::domain::skill::Skills;
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;
use crate::queue::{self, Queue, QueueError};
use crate::service::clock::{Clock, fresh_id};
use crate::store::StoreError;
use crate::store::trial::Trial;

/// How often the stage is told how far it is.
const TELL: Duration = Duration::from_millis(200);
/// The tag of the keys.
const TAG: &str = "trial";

/// What every desk of this process shares.
pub(super) struct Worker {
    pub(super) queue: Queue,
    pub(super) truth: Trial,
    pub(super) counts: Mutex<Counts>,
    pub(super) rebuilding: tokio::sync::Mutex<()>,
    /// This process, in this life.
    pub(super) id: Uuid,
    /// No more tickets are added.
    pub(super) quiet: AtomicBool,
    /// It is over.
    pub(super) over: AtomicBool,
    /// How many tickets waited when somebody last looked.
    pub(super) waiting: AtomicI64,
    /// How many agents there are in all processes.
    agents: u64,
}

/// What stopped an agent in the middle of its work.
#[derive(Debug)]
pub(super) enum Trouble {
    Queue(QueueError),
    Records(StoreError),
}

impl From<QueueError> for Trouble {
    fn from(error: QueueError) -> Self {
        Self::Queue(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Records(error)
    }
}

/// Works until the stage says that it is over, or is gone.
pub(super) async fn run(
    number: u64,
    args: &FaultsArgs,
    redis: &str,
    database: &str,
) -> anyhow::Result<()> {
    let link = queue::connect(redis).await.context("--redis")?;
    let truth = loop {
        match Trial::open(database).await {
            Ok(truth) => break truth,
            Err(StoreError::Unavailable(_)) => tokio::time::sleep(TELL).await,
            Err(error) => return Err(error).context("--database"),
        }
    };
    let worker = Worker {
        queue: Queue::redis(link, TAG),
        truth,
        counts: Mutex::default(),
        rebuilding: tokio::sync::Mutex::default(),
        id: fresh_id(),
        quiet: AtomicBool::new(false),
        over: AtomicBool::new(false),
        waiting: AtomicI64::new(0),
        agents: args.processes * DESKS,
    };
    let life = u64::from(std::process::id());
    let desks = (0..DESKS).map(|place| {
        let agent = number * DESKS + place;
        let chance = Chance::new(args.seed ^ (agent << 32) ^ life);
        Desk::new(&worker, agent_number(agent), chance).work()
    });
    tokio::join!(
        futures::future::join_all(desks),
        worker.expire(),
        worker.guard(),
        worker.reconcile(),
        worker.tell(),
        worker.listen(),
    );
    worker.tell_once();
    Ok(())
}

/// An agent by number.
pub(super) fn agent_number(number: u64) -> AgentId {
    AgentId(Uuid::from_u128(0xA_0000 + u128::from(number)))
}

/// Some agents serve every team, others one.
fn profile(number: u64) -> Profile {
    let teams = match number % 4 {
        1 => ["returns".to_owned()].into(),
        2 => ["billing".to_owned()].into(),
        _ => [].into(),
    };
    Profile { teams, languages: [Language::It].into(), skills: Skills::default(), capacity: 3 }
}

/// What a ticket asks for follows from its score.
pub(super) fn requirement(score: UtcMillis) -> Requirement {
    let team = match score.0 % 5 {
        0 => Some("returns".to_owned()),
        1 => Some("billing".to_owned()),
        _ => None,
    };
    Requirement { team, ..Requirement::default() }
}

impl Worker {
    pub(super) fn now() -> UtcMillis {
        Clock::System.now()
    }

    pub(super) fn count(&self, note: impl FnOnce(&mut Counts)) {
        if let Ok(mut counts) = self.counts.lock() {
            note(&mut counts);
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Makes every agent of every process known to the queue.
    pub(super) async fn introduce(&self) -> Result<(), QueueError> {
        for number in 0..self.agents {
            self.queue.set_profile(agent_number(number), &profile(number), Self::now()).await?;
        }
        Ok(())
    }

    /// Counts what went wrong; a queue that lost its memory is filled again.
    pub(super) async fn bear(&self, trouble: Trouble) {
        match trouble {
            Trouble::Queue(QueueError::Stale) => {
                self.count(|counts| counts.stale += 1);
                let mended = self.mend().await;
                if let Err(trouble) = mended {
                    self.note(&trouble);
                }
            }
            other => self.note(&other),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    fn note(&self, trouble: &Trouble) {
        self.count(|counts| match trouble {
            Trouble::Queue(QueueError::Stale) => counts.stale += 1,
            Trouble::Queue(QueueError::Unavailable(_) | QueueError::TooManyLanes) => {
                counts.queue_away += 1;
            }
            Trouble::Records(_) => counts.records_away += 1,
        });
        if let Trouble::Records(error @ StoreError::Failed(_)) = trouble {
            output::complain(&format!("sportello: {error}"));
        }
    }

    async fn tell(&self) {
        while !self.is_over() {
            self.tell_once();
            tokio::time::sleep(TELL).await;
        }
    }

    fn tell_once(&self) {
        let told = self.counts.lock().ok().and_then(|it| serde_json::to_string(&*it).ok());
        // A stage that is gone is noticed on standard input.
        drop(told.map(|line| output::tell(&(line + "\n"))));
    }

    /// `quiet`: no more tickets; `over`, or the stage's end: the end.
    async fn listen(&self) {
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match line.as_str() {
                "quiet" => self.quiet.store(true, Ordering::Relaxed),
                _ => break,
            }
        }
        self.over.store(true, Ordering::Relaxed);
    }
}

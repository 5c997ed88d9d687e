//! A whole house in this process: port 0, its own database and queue, a manual clock.

pub(crate) mod call;
pub(crate) mod cast;
pub(crate) mod log;
pub(crate) mod policies;
pub(crate) mod process;
pub(crate) mod server;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sportello::app::{App, Sources};
use sportello::channel::Channel;
use sportello::config::{Config, Hidden};
use sportello::domain::source::SourceFile;
use sportello::domain::time::UtcMillis;
use sportello::service::clock::Clock;
use sportello::service::content::ContentFiles;
use sportello::service::{House, delivery, watch};
use sportello::store::Db;
use sqlx::AssertSqlSafe;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::server::{Database, RedisServer};

/// Monday 2026-11-23 10:00 in Rome.
pub(crate) const MONDAY_10: UtcMillis = UtcMillis(1_795_424_400_000);
/// How long a test waits for something that must happen.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// Which records and queue a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// SQLite and the queue in process.
    Embedded,
    /// PostgreSQL and Redis.
    Servers,
}

/// A house that runs.
pub(crate) struct TestApp {
    pub(crate) house: House,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) address: SocketAddr,
    sources: Sources,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<anyhow::Result<()>>>,
    ground: Ground,
}

/// What outlives a process: files, Redis, the database.
#[derive(Default)]
struct Ground {
    _folder: Option<TempDir>,
    redis: Option<RedisServer>,
    database: Option<Database>,
    doors: Vec<Arc<dyn Channel>>,
}

impl TestApp {
    /// Starts a house on the small test shop.
    pub(crate) async fn start(backend: Backend) -> Self {
        Self::start_with(backend, |_| {}).await
    }

    /// Starts a house whose configuration is changed first.
    pub(crate) async fn start_with(backend: Backend, change: impl FnOnce(&mut Config)) -> Self {
        Self::start_on(backend, include_str!("../fixtures/sla.yaml"), change).await
    }

    /// Starts a house on policies of the test's own.
    pub(crate) async fn start_on(
        backend: Backend,
        policies: &str,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        Self::start_from(backend, shop_with(policies), change).await
    }

    /// Starts a house on content of the test's own.
    pub(crate) async fn start_from(
        backend: Backend,
        sources: Sources,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        Self::start_behind(backend, Vec::new(), sources, change).await
    }

    /// Starts a house with a channel of the test's own.
    pub(crate) async fn start_with_door(backend: Backend, door: Arc<dyn Channel>) -> Self {
        let sources = shop_with(include_str!("../fixtures/sla.yaml"));
        Self::start_behind(backend, vec![door], sources, |_| {}).await
    }

    async fn start_behind(
        backend: Backend,
        doors: Vec<Arc<dyn Channel>>,
        sources: Sources,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::load(None).expect("the defaults");
        config.http.listen = ([127, 0, 0, 1], 0).into();
        config.http.shutdown_seconds = 5;
        config.database.url =
            Hidden(format!("sqlite://{}", folder.path().join("house.db").display()));
        config.lookups.allow_private = true;
        // Tests move the clock by hours; those about shifts say otherwise.
        (config.routing.away_minutes, config.routing.grace_minutes) = (0, 0);
        let (mut redis, mut database) = (None, None);
        if backend == Backend::Servers {
            let server = RedisServer::start();
            config.queue.url = Hidden(server.url());
            redis = Some(server);
            let own = Database::create().await;
            config.database.url = Hidden(own.url().to_owned());
            database = Some(own);
        }
        change(&mut config);
        let ground = Ground { _folder: Some(folder), redis, database, doors };
        let app = Self::open(config, sources, Clock::manual(MONDAY_10), ground).await;
        app.until("the queue is built", async || {
            app.house.queue.generation().await.ok().flatten().is_some()
        })
        .await;
        app
    }

    async fn open(config: Config, sources: Sources, clock: Clock, ground: Ground) -> Self {
        let mut app = App::build(&config, sources.clone(), clock.clone()).await.expect("a house");
        for door in &ground.doors {
            assert!(app.house.open_door(Arc::clone(door)), "the house does not work yet");
        }
        let (house, address) = (app.house.clone(), app.address);
        let (stop, stopped) = oneshot::channel::<()>();
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        let running = tokio::spawn(app.run(async move {
            drop(stopped.await);
        }));
        let (stop, running) = (Some(stop), Some(running));
        Self { house, clock, config, address, sources, stop, running, ground }
    }

    /// Another process of the same house, with the same clock.
    pub(crate) async fn second(&self) -> Self {
        let (config, sources) = (self.config.clone(), self.sources.clone());
        Self::open(config, sources, self.clock.clone(), Ground::default()).await
    }

    /// The process ends and another one begins on the same records.
    pub(crate) async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    /// As [`TestApp::restart`], with another configuration.
    pub(crate) async fn restart_with(mut self, change: impl FnOnce(&mut Config)) -> Self {
        self.end().await;
        change(&mut self.config);
        let ground = std::mem::take(&mut self.ground);
        Self::open(self.config.clone(), self.sources.clone(), self.clock.clone(), ground).await
    }

    /// Publishes other policies while the house runs.
    pub(crate) async fn publish(&self, policies: &str) {
        let Sources { intents, policies, teams, .. } = shop_with(policies);
        let files = ContentFiles { intents, policies, teams };
        self.house.republish(files).await.expect("good policies");
    }

    /// Publishes rules of the teams beside the fixture's policies, while the house runs.
    pub(crate) async fn publish_teams(&self, rules: &str) {
        let Sources { intents, policies, .. } = self.sources.clone();
        let teams = vec![SourceFile { name: "teams.yaml".to_owned(), text: rules.to_owned() }];
        let files = ContentFiles { intents, policies, teams };
        self.house.republish(files).await.expect("good rules");
    }

    /// The test's own Redis.
    pub(crate) fn redis(&mut self) -> &mut RedisServer {
        self.ground.redis.as_mut().expect("a test on servers")
    }

    /// The test's own PostgreSQL database.
    pub(crate) fn database(&self) -> &Database {
        self.ground.database.as_ref().expect("a test on servers")
    }

    /// Changes records behind the house's back; how many rows there were.
    pub(crate) async fn sql(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.house.db {
            Db::Sqlite { write, .. } => {
                sqlx::query(sql).execute(write).await.expect("SQL").rows_affected()
            }
            Db::Postgres(pool) => {
                sqlx::query(sql).execute(pool).await.expect("SQL").rows_affected()
            }
        }
    }

    /// Reads one number from the records.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        let (n,): (i64,) = match &self.house.db {
            Db::Sqlite { read, .. } => sqlx::query_as(sql).fetch_one(read).await.expect("SQL"),
            Db::Postgres(pool) => sqlx::query_as(sql).fetch_one(pool).await.expect("SQL"),
        };
        n
    }

    /// Does what is due now, until nothing is; what a worker has begun is waited for.
    pub(crate) async fn settle(&self) {
        delivery::drain(&self.house).await.expect("delivery");
        while watch::step(&self.house).await.expect("watch") > 0 {
            delivery::drain(&self.house).await.expect("delivery");
        }
        self.until("nothing is in hand", async || {
            let leased = "SELECT COUNT(*) FROM outbox WHERE status = 'leased'";
            self.number(leased).await == 0
        })
        .await;
    }

    /// Moves the clock and does what is due by then.
    pub(crate) async fn pass(&self, millis: i64) {
        self.clock.advance(millis);
        self.settle().await;
    }

    /// Waits until something is so, looking again whenever anything happens in the house.
    pub(crate) async fn until(&self, what: &str, so: impl AsyncFn() -> bool) {
        let mut hints = self.house.bus().listen();
        let waiting = async {
            while !so().await {
                let next = tokio::time::timeout(Duration::from_millis(10), hints.next());
                drop(next.await);
            }
        };
        let done = tokio::time::timeout(LIMIT, waiting).await;
        assert!(done.is_ok(), "waited in vain: {what}");
    }

    /// Stops the house and checks that nothing was left unsent or unprocessed.
    pub(crate) async fn stop(mut self) {
        if self.stop.is_some() {
            self.settle().await;
            self.check_what_is_left().await;
        }
        self.end().await;
        if let Some(database) = self.ground.database.take() {
            database.drop_it().await;
        }
    }

    async fn check_what_is_left(&self) {
        let db = &self.house.db;
        for (status, n) in sportello::store::inbox::count_by_status(db).await.expect("inbox") {
            assert!(status != "waiting" && status != "failed", "{n} updates are {status}");
        }
        for (kind, status, n) in
            sportello::store::outbox::count_by_status(db).await.expect("outbox")
        {
            assert!(status != "waiting" && status != "leased", "{n} {kind} are {status}");
        }
    }

    /// The process ends.
    pub(crate) async fn end(&mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            running.await.expect("the house's task").expect("a graceful stop");
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let stopped = self.stop.is_none();
        assert!(stopped || std::thread::panicking(), "call TestApp::stop: it checks what is left");
    }
}

/// The small shop that trains in a moment, with these policies.
pub(crate) fn shop_with(policies: &str) -> Sources {
    Sources {
        intents: vec![SourceFile {
            name: "shop.yaml".to_owned(),
            text: include_str!("../fixtures/shop/shop.yaml").to_owned(),
        }],
        policies: vec![SourceFile { name: "sla.yaml".to_owned(), text: policies.to_owned() }],
        teams: Vec::new(),
        folder: None,
        file: None,
        teams_file: None,
    }
}

/// Runs one test on both pairs of backends.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::support::Backend::Embedded).await;
            })+
        }
        mod servers {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::support::Backend::Servers).await;
            })+
        }
    };
}
pub(crate) use on_both;

//! A whole house in this process: port 0, its own database and queue, a manual clock.

pub(crate) mod process;
pub(crate) mod server;

use std::path::Path;
use std::time::Duration;

use sportello::app::{App, Sources};
use sportello::config::{Config, Hidden};
use sportello::domain::source::SourceFile;
use sportello::domain::time::UtcMillis;
use sportello::service::clock::Clock;
use sportello::service::{House, delivery, watch};
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
    pub(crate) address: std::net::SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<anyhow::Result<()>>>,
    folder: TempDir,
    redis: Option<RedisServer>,
    database: Option<Database>,
}

impl TestApp {
    /// Starts a house on the small test shop.
    pub(crate) async fn start(backend: Backend) -> Self {
        Self::start_with(backend, |_| {}).await
    }

    /// Starts a house whose configuration is changed first.
    pub(crate) async fn start_with(backend: Backend, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::load(None).expect("the defaults");
        config.http.listen = ([127, 0, 0, 1], 0).into();
        config.http.shutdown_seconds = 5;
        config.database.url =
            Hidden(format!("sqlite://{}", folder.path().join("house.db").display()));
        config.lookups.allow_private = true;
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
        let clock = Clock::manual(MONDAY_10);
        let app = App::build(&config, small_shop(), clock.clone()).await.expect("a house");
        let (house, address) = (app.house.clone(), app.address);
        let (stop, stopped) = oneshot::channel::<()>();
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        let running = tokio::spawn(app.run(async move {
            drop(stopped.await);
        }));
        let app = Self {
            house,
            clock,
            address,
            stop: Some(stop),
            running: Some(running),
            folder,
            redis,
            database,
        };
        app.until("the queue is built", async || {
            app.house.queue.generation().await.ok().flatten().is_some()
        })
        .await;
        app
    }

    /// Does what is due now, until nothing is.
    pub(crate) async fn settle(&self) {
        delivery::drain(&self.house).await.expect("delivery");
        while watch::step(&self.house).await.expect("watch") > 0 {
            delivery::drain(&self.house).await.expect("delivery");
        }
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
                let next = tokio::time::timeout(Duration::from_millis(50), hints.next());
                drop(next.await);
            }
        };
        let done = tokio::time::timeout(LIMIT, waiting).await;
        assert!(done.is_ok(), "waited in vain: {what}");
    }

    /// The base address of its HTTP server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The folder of its files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops the house and checks that nothing was left unsent or unprocessed.
    pub(crate) async fn stop(mut self) {
        self.settle().await;
        let inbox = sportello::store::inbox::count_by_status(&self.house.db).await.expect("inbox");
        for (status, n) in &inbox {
            assert!(status != "waiting" && status != "failed", "{n} updates are {status}");
        }
        let outbox =
            sportello::store::outbox::count_by_status(&self.house.db).await.expect("outbox");
        for (kind, status, n) in &outbox {
            assert!(status != "waiting" && status != "leased", "{n} {kind} are {status}");
        }
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            running.await.expect("the house's task").expect("a graceful stop");
        }
        if let Some(database) = self.database.take() {
            database.drop_it().await;
        }
        drop(self.redis.take());
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let stopped = self.stop.is_none();
        assert!(stopped || std::thread::panicking(), "call TestApp::stop: it checks what is left");
    }
}

/// The small shop that trains in a moment.
pub(crate) fn small_shop() -> Sources {
    Sources {
        intents: vec![SourceFile {
            name: "shop.yaml".to_owned(),
            text: include_str!("../fixtures/shop/shop.yaml").to_owned(),
        }],
        policies: SourceFile {
            name: "sla.yaml".to_owned(),
            text: include_str!("../fixtures/sla.yaml").to_owned(),
        },
        folder: None,
        file: None,
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

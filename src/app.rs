//! The composition root: the only file that names concrete adapters.

pub mod bare;
mod candidate;
mod door;
mod doors;
mod offers;
mod pace;
mod shifts;
mod sources;
mod tools;
mod watcher;
mod webchat_settings;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::channel::Ports;
use crate::config::Config;
use crate::domain::time::{HOUR, MINUTE, SECOND};
use crate::events::{Bus, Hint};
use crate::lifecycle;
use crate::queue::{self, Queue};
use crate::service::clock::{Clock, fresh_id};
use crate::service::content::Content;
use crate::service::lookup::Outside;
use crate::service::mail::Mailer;
use crate::service::{
    House, Rooms, ServiceError, Settings, accounts, album, content, delivery, dispatch, file,
    intake, overflow, reapply, rings, shadow, shifts as service_shifts, watch,
};
use crate::store::Db;
use crate::web;

pub use sources::{Sources, read_policies};
pub use tools::{doors, queue as waiting_line};

/// How often changed files are looked for.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// The Redis hash tag that all keys of one house share.
const TAG: &str = "sportello";

/// A house with its doors, ready to run.
pub struct App {
    /// The house, for tests and for the demo's traffic.
    pub house: House,
    /// The address it listens on.
    pub address: std::net::SocketAddr,
    listener: TcpListener,
    settings: web::Settings,
    sources: Sources,
    shadow_dir: Option<PathBuf>,
    redis: Option<queue::Link>,
    patience: Duration,
    door: door::Patience,
}

impl App {
    /// Opens records and queue, publishes the content, binds the address. Nothing runs yet.
    ///
    /// # Errors
    /// The content is refused ([`ContentError`](crate::service::content::ContentError)), the database cannot be reached, or the address is
    /// taken.
    pub async fn build(config: &Config, sources: Sources, clock: Clock) -> anyhow::Result<Self> {
        let db = Db::open(&config.database.url.0).await.context("opening the database")?;
        db.migrate().await.context("bringing the database up to date")?;
        let content = Content::publish(&db, sources.files(), clock.now()).await?;
        let replica = fresh_id();
        let (queue, bus, redis) = open_queue(&config.queue.url.0, replica).await?;
        let queue = match &clock {
            Clock::System => queue,
            Clock::Manual(_) => queue.with_given_time(),
        };
        let http = http_client()?;
        let listener = TcpListener::bind(config.http.listen)
            .await
            .with_context(|| format!("listening on {}", config.http.listen))?;
        let house = House::new(Rooms {
            db,
            queue,
            bus,
            clock,
            channels: doors::channels(config, &http)?,
            content,
            lookups: lookup_client(config, &http)?,
            http,
            mailer: mailer(config)?,
            settings: settings(config),
            replica,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            outbox: Notify::new(),
            albums: Notify::new(),
            alarms: Mutex::default(),
            suspects: Mutex::default(),
            rebuilding: tokio::sync::Mutex::default(),
            waits: crate::service::WaitCache::default(),
            tallies: accounts::Tallies::default(),
            logins: crate::service::access::Throttle::default(),
        });
        let address = listener.local_addr().context("reading the bound address")?;
        let patience = Duration::from_secs(config.http.shutdown_seconds);
        Ok(Self {
            house,
            address,
            listener,
            settings: web_settings(config)?,
            sources,
            shadow_dir: candidate::folder(config),
            redis,
            patience,
            door: door(config),
        })
    }

    /// Makes it the demo: its logins and its sample orders.
    #[must_use]
    pub fn with_demo(mut self, demo: web::Demo) -> Self {
        self.settings.demo = Some(demo);
        self
    }

    /// Serves until `until` resolves, then stops gracefully.
    ///
    /// # Errors
    /// The server fails.
    pub async fn run(self, until: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let house = self.house.clone();
        if let Err(error) = dispatch::ensure_built(&house).await {
            tracing::warn!(%error, "the routing queue is away: tickets wait in the records");
        }
        start_workers(&house);
        start_bus(&house, self.redis);
        start_channels(&house);
        offers::start(&house);
        watcher::start(&house, self.sources);
        candidate::start(&house, self.shadow_dir);
        let stop = house.stop.clone();
        let router = web::router(house.clone(), self.settings);
        let patience = self.patience;
        let begin_stop = {
            let stop = stop.clone();
            async move {
                until.await;
                stop.cancel();
            }
        };
        let serving = door::serve(self.listener, router, self.door, &house.tasks, &stop);
        let serving = async { tokio::join!(serving, begin_stop) };
        let late = {
            let stop = stop.clone();
            async move {
                stop.cancelled().await;
                tokio::time::sleep(patience).await;
            }
        };
        tokio::select! {
            _ = serving => {}
            () = late => tracing::warn!("some requests did not finish in time"),
        }
        lifecycle::stop(&house.tasks, &stop, patience).await;
        told("accounts", accounts::step(&house).await);
        house.db.close().await;
        Ok(())
    }
}

async fn open_queue(url: &str, replica: Uuid) -> anyhow::Result<(Queue, Bus, Option<queue::Link>)> {
    if url.starts_with("memory:") {
        return Ok((Queue::memory(), Bus::local(), None));
    }
    let connection = queue::connect(url).await.context("queue.url")?;
    let bus = Bus::redis(connection.clone(), replica);
    Ok((Queue::redis(connection.clone(), TAG), bus, Some(connection)))
}

#[expect(clippy::disallowed_methods, reason = "the clients of the house are made here")]
fn http_settings() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("sportello/", env!("CARGO_PKG_VERSION")))
}

fn http_client() -> anyhow::Result<reqwest::Client> {
    http_settings().build().context("building the HTTP client")
}

/// Without leave to go inside, no proxy is asked either: it would resolve names by itself.
fn mailer(config: &Config) -> anyhow::Result<Option<Mailer>> {
    let mail = &config.mail;
    if mail.url.0.is_empty() {
        return Ok(None);
    }
    Mailer::new(&mail.url.0, &mail.from).map(Some).map_err(anyhow::Error::msg)
}

fn lookup_client(config: &Config, http: &reqwest::Client) -> anyhow::Result<reqwest::Client> {
    if config.lookups.allow_private {
        return Ok(http.clone());
    }
    let outside = http_settings().no_proxy().dns_resolver(Arc::new(Outside));
    outside.build().context("building the HTTP client of lookups")
}

fn settings(config: &Config) -> Settings {
    Settings {
        ask_rating: config.survey.enabled,
        accept_lease: i64::from(config.queue.lease_seconds) * SECOND,
        takeover: i64::from(config.replicas.takeover_seconds) * SECOND,
        presence_lease: i64::from(config.queue.presence_seconds) * SECOND,
        session_idle: i64::from(config.session.idle_minutes) * MINUTE,
        session_absolute: i64::from(config.session.absolute_hours) * HOUR,
        lookup_base: config.lookups.base_url.clone(),
        lookup_token: config.lookups.token.0.clone(),
        lookup_private: config.lookups.allow_private,
        rest_callback: config.channels.rest.callback_url.clone(),
        rest_token: config.channels.rest.token.0.clone(),
        page_url: config.alerts.webhook_url.0.clone(),
        page_secret: config.alerts.secret.0.clone(),
        offers: offers::rules(&config.routing),
        pace: pace::limits(&config.pace),
        work: shifts::rules(&config.routing),
        chat: webchat_settings::rules(&config.channels.webchat),
        shadow_kept: config.intents.shadow_kept,
        shadow_watched: candidate::folder(config).is_some(),
        files: file_rules(config),
    }
}

fn file_rules(config: &Config) -> file::FileRules {
    file::FileRules {
        max_bytes: u64::from(config.files.max_megabytes) * 1024 * 1024,
        types: config.files.types.clone(),
        public_url: config.http.public_url.trim_end_matches('/').to_owned(),
    }
}

fn door(config: &Config) -> door::Patience {
    door::Patience {
        head: Duration::from_secs(config.http.head_seconds.into()),
        body: Duration::from_secs(config.http.body_seconds.into()),
        connections: usize::try_from(config.http.connections).unwrap_or(usize::MAX),
        proxies: config.http.trusted_proxies.clone(),
    }
}

fn web_settings(config: &Config) -> anyhow::Result<web::Settings> {
    Ok(web::Settings {
        public_url: config.http.public_url.clone(),
        trusted_proxies: config.http.trusted_proxies.clone(),
        body_bytes: usize::try_from(config.limits.body_kilobytes).unwrap_or(256) * 1024,
        rest_token: config.channels.rest.token.0.clone(),
        chat_origins: config.channels.webchat.origins.clone(),
        chat_words: Arc::new(webchat_settings::words(&config.channels.webchat)?),
        metrics: crate::telemetry::metrics().cloned(),
        demo: None,
    })
}

fn start_workers(house: &House) {
    let (tasks, stop) = (&house.tasks, &house.stop);
    let worker = house.clone();
    lifecycle::start(tasks, async move { delivery::run(&worker).await });
    let worker = house.clone();
    lifecycle::start(tasks, async move { album::run(&worker).await });
    let every = |name: &'static str, pause: u64, step: Step| {
        let house = house.clone();
        lifecycle::repeat(tasks, stop, Duration::from_millis(pause), move || {
            let house = house.clone();
            async move { told(name, step(house).await) }
        });
    };
    every("watch", 500, |house| Box::pin(async move { watch::step(&house).await.map(drop) }));
    every("expire", 250, |house| Box::pin(async move { dispatch::expire(&house).await }));
    every("guard", 1_000, |house| Box::pin(async move { dispatch::guard(&house).await }));
    every("shifts", 2_000, |house| Box::pin(async move { service_shifts::step(&house).await }));
    every("reconcile", 10_000, |house| {
        Box::pin(async move { dispatch::reconcile(&house).await.map(drop) })
    });
    every("reapply", 60_000, |house| {
        Box::pin(async move { reapply::step(&house).await.map(drop) })
    });
    every("rings", 60_000, |house| Box::pin(async move { rings::refresh(&house).await.map(drop) }));
    every("overflow", 2_000, |house| {
        Box::pin(async move { overflow::step(&house).await.map(drop) })
    });
    every("content", 2_000, |house| Box::pin(async move { Ok(content::follow(&house).await?) }));
    every("shadow", 1_000, |house| Box::pin(async move { shadow::step(&house).await.map(drop) }));
    every("files", 60_000, |house| Box::pin(async move { file::sweep(&house).await.map(drop) }));
    every("accounts", 1_000, |house| Box::pin(async move { accounts::step(&house).await }));
    every("sweep", 2_000, |house| Box::pin(async move { intake::sweep(&house).await.map(drop) }));
}

/// One pass of a worker.
type Step = fn(House) -> futures::future::BoxFuture<'static, Result<(), ServiceError>>;

fn told(worker: &'static str, done: Result<(), ServiceError>) {
    if let Err(error) = done {
        tracing::warn!(worker, ?error, "will try again");
    }
}

/// Hints of other replicas arrive through Redis; a lost connection is made again.
fn start_bus(house: &House, link: Option<queue::Link>) {
    if let Some(link) = link {
        let publishing = house.clone();
        lifecycle::start(&house.tasks, async move {
            tokio::select! {
                () = publishing.stop.cancelled() => {}
                () = publishing.bus.publish() => {}
            }
        });
        let relay = house.clone();
        lifecycle::repeat(&house.tasks, &house.stop, Duration::from_secs(1), move || {
            let (house, link) = (relay.clone(), link.clone());
            async move {
                tokio::select! {
                    () = house.stop.cancelled() => {}
                    ended = relay_hints(&house, &link) => {
                        if let Err(error) = ended {
                            tracing::debug!(%error, "hints of other replicas do not arrive");
                        }
                    }
                }
            }
        });
    }
    let listening = house.clone();
    lifecycle::start(&house.tasks, async move {
        let mut hints = listening.bus.listen();
        loop {
            let hint = tokio::select! {
                () = listening.stop.cancelled() => return,
                hint = hints.next() => hint,
            };
            match hint {
                None => return,
                Some(Hint::Content | Hint::Missed) => {
                    if let Err(error) = listening.catch_up().await {
                        tracing::warn!(%error, "published content not loaded");
                    }
                    let house = listening.clone();
                    lifecycle::start(&listening.tasks, async move {
                        told("reapply", reapply::step(&house).await.map(drop));
                        told("rings", rings::refresh(&house).await.map(drop));
                    });
                }
                Some(_) => {}
            }
        }
    });
}

async fn relay_hints(house: &House, link: &queue::Link) -> Result<(), redis::RedisError> {
    house.bus.relay(link.subscription().await?).await
}

fn start_channels(house: &House) {
    for channel in house.channels.values() {
        let ports = Ports { intake: Arc::new(house.clone()), cursor: Arc::new(house.clone()) };
        let (channel, stop) = (Arc::clone(channel), house.stop.clone());
        lifecycle::start(&house.tasks, channel.run(ports, stop));
    }
}

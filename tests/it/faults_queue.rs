//! The real binary, several replicas of it on PostgreSQL and Redis, while everything around it breaks.
//!
//! Customers and agents never stop. After every fault the service must go on, and the records must
//! show that nothing was lost and nothing was given twice.

pub(crate) mod checker;
mod crowd;
mod durable;
mod moments;
mod proxy;
mod trial;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sportello::store::Db;

use self::crowd::{Crowd, Way};
use self::durable::Durable;
use self::proxy::{Proxy, Weather};
use crate::support::process::{Server, Setup};
use crate::support::{Backend, LIMIT};

/// How long a reservation or an offer waits for its acceptance.
const LEASE: Duration = Duration::from_secs(2);
/// How long the records are away.
const AWAY: Duration = Duration::from_secs(10);

/// A house of several processes, with what they need.
struct Ground {
    setup: Setup,
    redis: Durable,
    records: Proxy,
    db: Db,
}

impl Ground {
    async fn new(way: Way) -> Self {
        let mut setup = Setup::new(Backend::Servers).await;
        let redis = Durable::start();
        let direct = setup.database_url();
        let (start, rest) = direct.split_once('@').expect("a login");
        let (place, name) = rest.split_once('/').expect("a name");
        let records = Proxy::before(place.parse().expect("an address")).await;
        let db = Db::open(&direct).await.expect("the records");
        setup.set("database.url", &format!("{start}@{}/{name}", records.address));
        setup.set("queue.url", &format!("redis://{}", redis.address()));
        setup.set("queue.lease_seconds", &LEASE.as_secs().to_string());
        setup.set("routing.mode", if way == Way::Push { "push" } else { "pull" });
        setup.set("routing.offer_seconds", &LEASE.as_secs().to_string());
        setup.set("routing.skip_seconds", "1");
        setup.set("routing.misses", "1000");
        setup.set("http.shutdown_seconds", "5");
        Self { setup, redis, records, db }
    }

    /// Starts a replica, again at the same address if it is given.
    async fn serve(&mut self, address: Option<SocketAddr>) -> Server {
        let listen = address.map_or("127.0.0.1:0".to_owned(), |address| address.to_string());
        self.setup.set("http.listen", &listen);
        self.setup.serve().await
    }

    fn hire(&self, people: usize) -> Vec<String> {
        (0..people).map(|n| self.setup.hire(&format!("agent{n}@shop.example"), "agent")).collect()
    }

    async fn end(self) {
        self.db.close().await;
        self.setup.clean_up().await;
    }
}

/// A counter's sum over all replicas that answer.
async fn counted(replicas: &[Server], name: &str) -> u64 {
    let mut sum = 0;
    for replica in replicas {
        let answer = replica.client.get(replica.url("/metrics")).send().await.expect("an answer");
        let text = answer.text().await.expect("figures");
        let lines = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
        sum += lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum::<u64>();
    }
    sum
}

/// Tickets are given to agents again, and no record contradicts another.
async fn goes_on(ground: &Ground, crowd: &Crowd, after: &str) {
    let (began, before) = (Instant::now(), crowd.given());
    while crowd.given() < before + 5 {
        assert!(began.elapsed() < LIMIT * 3, "after {after}: nobody gets a ticket");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    checker::check_now(&ground.db, after).await;
}

async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < LIMIT * 3, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What breaks, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    ReplicaKilled,
    ReplicaFrozen,
    RedisKilled,
    RedisFlushed,
    RedisOld,
    RecordsAway,
}

async fn strike(
    ground: &mut Ground,
    replicas: &mut Vec<Server>,
    fault: Fault,
    old: &std::path::Path,
) {
    match fault {
        Fault::ReplicaKilled => {
            let dead = replicas.remove(0);
            let address = dead.address;
            dead.kill().await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            replicas.push(ground.serve(Some(address)).await);
        }
        Fault::ReplicaFrozen => {
            replicas[0].signal("STOP");
            tokio::time::sleep(LEASE * 2).await;
            replicas[0].signal("CONT");
        }
        Fault::RedisKilled => {
            ground.redis.kill();
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            ground.redis.restart();
        }
        Fault::RedisFlushed => drop(ground.redis.command(&["FLUSHALL"])),
        Fault::RedisOld => ground.redis.come_back_as(old),
        Fault::RecordsAway => {
            ground.records.set(Weather::Shut);
            tokio::time::sleep(AWAY).await;
            ground.records.set(Weather::Fair);
        }
    }
}

/// What must be counted after a fault, in `/metrics`.
const fn counters(fault: Fault) -> &'static [&'static str] {
    match fault {
        Fault::ReplicaKilled | Fault::ReplicaFrozen => &[],
        Fault::RedisKilled => {
            &["sportello_queue_unavailable_total", "sportello_queue_rebuilds_total"]
        }
        Fault::RedisFlushed | Fault::RedisOld => &["sportello_queue_rebuilds_total"],
        Fault::RecordsAway => &["sportello_records_unavailable_total"],
    }
}

async fn a_house_bears(way: Way, faults: &[Fault]) {
    let mut ground = Ground::new(way).await;
    let mut replicas = Vec::new();
    for _ in 0..3 {
        replicas.push(ground.serve(None).await);
    }
    let tokens = ground.hire(5);
    let crowd = Crowd::new(replicas.iter().map(|replica| replica.address).collect());
    let people = crowd.come(&tokens, way);
    goes_on(&ground, &crowd, "the start").await;
    let old = ground.redis.copy();
    for fault in faults {
        let mut before = Vec::new();
        for name in counters(*fault) {
            before.push(counted(&replicas, name).await);
        }
        strike(&mut ground, &mut replicas, *fault, &old).await;
        for (name, before) in counters(*fault).iter().zip(before) {
            until(name, async || counted(&replicas, name).await > before).await;
        }
        goes_on(&ground, &crowd, &format!("{fault:?}")).await;
    }
    drains(&ground, &crowd).await;
    crowd.go(people).await;
    checker::check(&ground.db, crowd.asked.load(std::sync::atomic::Ordering::SeqCst), "all").await;
    let accepted = "SELECT COUNT(*) FROM ledger WHERE event = 'accepted'";
    let accepted = usize::try_from(checker::number(&ground.db, accepted).await);
    assert!(accepted.is_ok_and(|accepted| crowd.given() <= accepted), "given without a record");
    for replica in replicas {
        replica.stop().await;
    }
    ground.end().await;
}

/// No more customers come, and everything that waits is served.
async fn drains(ground: &Ground, crowd: &Arc<Crowd>) {
    crowd.quiet.store(true, std::sync::atomic::Ordering::SeqCst);
    until("nothing waits", async || {
        let waiting = "SELECT COUNT(*) FROM ticket WHERE status = 'new'";
        checker::number(&ground.db, waiting).await == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_who_pull_bear_every_fault() {
    use Fault::{RecordsAway, RedisFlushed, RedisKilled, RedisOld, ReplicaFrozen, ReplicaKilled};
    let faults = [ReplicaKilled, ReplicaFrozen, RedisKilled, RedisFlushed, RedisOld, RecordsAway];
    a_house_bears(Way::Pull, &faults).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_who_are_pushed_bear_every_fault() {
    use Fault::{RedisFlushed, RedisKilled, RedisOld, ReplicaFrozen, ReplicaKilled};
    let faults = [ReplicaKilled, ReplicaFrozen, RedisKilled, RedisFlushed, RedisOld];
    a_house_bears(Way::Push, &faults).await;
}

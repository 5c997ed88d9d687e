//! A whole house on a cluster and behind sentinels, while the server that holds the queue dies.

#[path = "../../src/queue/fleet.rs"]
pub(crate) mod fleet;

use std::time::Duration;

use sportello::config::Hidden;
use sportello::domain::agent::{Presence, Role};
use sportello::domain::id::TicketId;
use sportello::domain::time::SECOND;
use sportello::events::Hint;
use sportello::service::access::Caller;
use sportello::service::desk;

use self::fleet::{Fleet, valkey};
use crate::faults_queue::checker;
use crate::support::cast::{asks_for_a_person, hire, next, online, takes};
use crate::support::{Backend, TestApp};

async fn takes_all(app: &TestApp, caller: &Caller) -> Vec<TicketId> {
    let mut taken = Vec::new();
    while let Some(row) = next(app, caller).await.expect("an answer") {
        taken.push(row.id.parse().expect("an id"));
    }
    taken
}

/// What one replica tells, the other hears.
async fn hints_arrive(from: &TestApp, at: &TestApp) {
    let mut heard = at.house.bus().listen();
    loop {
        from.house.bus().tell(Hint::Feedback).await;
        match tokio::time::timeout(Duration::from_millis(50), heard.next()).await {
            Ok(Some(Hint::Feedback)) => return,
            _ => tokio::task::yield_now().await,
        }
    }
}

async fn a_dead_primary_is_succeeded(mut fleet: Fleet) {
    let url = fleet.url();
    let app = TestApp::start_with(Backend::Embedded, |config| config.queue.url = Hidden(url)).await;
    let second = app.second().await;
    let anna = hire(&app, "anna", Role::Agent, &[], 50).await;
    let berta = hire(&app, "berta", Role::Agent, &[], 50).await;
    let mut waiting = Vec::new();
    for _ in 0..6 {
        waiting.push(asks_for_a_person(&app).await.1);
        app.clock.advance(SECOND);
    }
    assert_eq!(takes(&app, &anna).await, waiting.remove(0));
    assert_eq!(takes(&second, &berta).await, waiting.remove(0));
    hints_arrive(&app, &second).await;
    let before = app.house.queue.generation().await.expect("an answer").expect("a queue");

    fleet.kill(fleet.home_of("{sportello}:gen"));
    for _ in 0..2 {
        waiting.push(asks_for_a_person(&app).await.1);
        app.clock.advance(SECOND);
    }
    app.until("the successor's queue is rebuilt", async || {
        let generation = app.house.queue.generation().await.ok().flatten();
        generation.is_some_and(|generation| generation > before)
    })
    .await;
    app.until("anna is back", async || {
        desk::set_presence(&app.house, &anna.desk(), Presence::Online).await.is_ok()
    })
    .await;
    online(&second, &berta).await;
    let (first, other) = tokio::join!(takes_all(&app, &anna), takes_all(&second, &berta));
    for taken in [&first, &other] {
        assert!(taken.is_sorted_by_key(|id| waiting.iter().position(|it| it == id)), "{taken:?}");
    }
    let mut taken = [first, other].concat();
    taken.sort();
    waiting.sort();
    assert_eq!(taken, waiting, "each once, and none is lost");
    hints_arrive(&app, &second).await;
    app.pass(10 * SECOND).await;
    checker::check(&app.house.db, 8, "a failover").await;
    second.stop().await;
    app.stop().await;
}

/// Valkey alone, which loses everything in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_house_runs_on_valkey() {
    let Some(program) = valkey() else { return };
    let fleet = Fleet::single(program);
    let url = fleet.url();
    let app = TestApp::start_with(Backend::Embedded, |config| config.queue.url = Hidden(url)).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 50).await;
    let (_, one) = asks_for_a_person(&app).await;
    app.clock.advance(SECOND);
    let (_, two) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, one);
    fleet::ask(fleet.nodes[0].port, &["FLUSHALL"]);
    assert_eq!(takes(&app, &anna).await, two);
    checker::check(&app.house.db, 2, "a loss").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_replica_of_a_cluster_takes_over() {
    Box::pin(a_dead_primary_is_succeeded(Fleet::cluster("redis-server", 1))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_replica_of_a_cluster_of_valkey_takes_over() {
    let Some(program) = valkey() else { return };
    Box::pin(a_dead_primary_is_succeeded(Fleet::cluster(program, 1))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_replica_behind_sentinels_takes_over() {
    Box::pin(a_dead_primary_is_succeeded(Fleet::watched("redis-server"))).await;
}

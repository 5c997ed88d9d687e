//! The same contract on a cluster of three, behind sentinels, and on Valkey.

use std::time::{Duration, Instant};

use super::super::fleet::{Fleet, valkey};
use super::super::{Queue, connect};
use super::{ending, generalist, next, order, place, plain, rebuild, ticket, weight};

async fn all(fleet: &Fleet) {
    order::on(fleet).await;
    ending::on(fleet).await;
    place::on(fleet).await;
    rebuild::on(fleet).await;
    weight::on(fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_keeps_the_contract() {
    all(&Fleet::cluster("redis-server", 0)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentinels_lead_to_a_primary_that_keeps_the_contract() {
    all(&Fleet::watched("redis-server")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn valkey_keeps_the_contract() {
    let Some(program) = valkey() else { return };
    all(&Fleet::single(program)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_of_valkey_keeps_the_contract() {
    let Some(program) = valkey() else { return };
    all(&Fleet::cluster(program, 0)).await;
}

/// Whoever takes over answers by itself, and is known to be another.
async fn a_successor_is_found(mut fleet: Fleet) {
    let link = connect(&fleet.url()).await.expect("a good address");
    let queue = Queue::redis(link, "successor");
    queue.rebuild(1, &[], &[]).await.expect("an empty queue");
    assert!(queue.is_at_home().await.expect("an answer"));
    fleet.kill(fleet.home_of("{successor}:gen"));
    let began = Instant::now();
    loop {
        let asked = Instant::now();
        let answer = queue.generation().await;
        assert!(asked.elapsed() < Duration::from_millis(1_500), "{:?}", asked.elapsed());
        if answer.is_ok() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{answer:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!queue.is_at_home().await.expect("an answer"), "it may lack the last writes");
    queue.rebuild(2, &[plain(1, 1)], &[]).await.expect("rebuilt");
    assert!(queue.is_at_home().await.expect("an answer"));
    let agent = generalist(&queue, 1, 9).await;
    assert_eq!(next(&queue, agent).await, ticket(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_successor_in_a_cluster_is_found() {
    a_successor_is_found(Fleet::cluster("redis-server", 1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_successor_behind_sentinels_is_found() {
    a_successor_is_found(Fleet::watched("redis-server")).await;
}

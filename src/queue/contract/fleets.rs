//! The same contract on a cluster of three, behind sentinels, and on Valkey.

use super::super::fleet::{Fleet, valkey};
use super::{ending, order, place, rebuild, weight};

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

//! Faults at one exact moment: after a claim, between an offer and its acceptance.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sportello::domain::id::{AgentId, RequestId};
use sportello::queue::{Claim, Queue, connect};
use sportello::service::clock::{Clock, fresh_id};
use sportello::store;

use super::crowd::Way;
use super::proxy::{Proxy, Weather};
use super::{Ground, LEASE, checker, counted, until};
use crate::support::process::Server;

async fn asks(server: &Server, customers: usize) {
    for n in 0..customers {
        server.says(&format!("customer-{n}"), "human please", "1").await.expect("answers");
    }
}

async fn online(server: &Server, token: &str) {
    let body = json!({"state": "online"});
    until("the queue is built", async || {
        server.call(token, "POST", "/api/v1/presence", body.clone()).await.0 == 204
    })
    .await;
}

async fn next(server: &Server, token: &str) -> (u16, Value) {
    server.call(token, "POST", "/api/v1/desk/next", Value::Null).await
}

async fn id_of(ground: &Ground, email: &str) -> AgentId {
    let people = store::agent::all(&ground.db).await.expect("people");
    people.into_iter().find(|person| person.email == email).expect("a person").id
}

/// A replica is killed between its claim and its acceptance: exactly the claim is left of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_replica_reserved_comes_back_in_time() {
    let mut ground = Ground::new(Way::Pull).await;
    let server = ground.serve(None).await;
    let tokens = ground.hire(2);
    for token in &tokens {
        online(&server, token).await;
    }
    asks(&server, 1).await;
    let link = connect(&format!("redis://{}", ground.redis.address())).await.expect("Redis");
    let queue = Queue::redis(link, "sportello");
    let (dead, now) = (id_of(&ground, "agent0@shop.example").await, Clock::System.now());
    let lease = i64::try_from(LEASE.as_millis()).expect("short");
    until("it waits in the queue", async || {
        queue.snapshot(1, now).await.is_ok_and(|snapshot| snapshot.total_waiting == 1)
    })
    .await;
    let began = Instant::now();
    let now = Clock::System.now();
    let claim = queue.claim(dead, RequestId(fresh_id()), lease, now).await.expect("an answer");
    let Claim::Reserved(reservation) = claim else { panic!("{claim:?}") };
    assert_eq!(next(&server, &tokens[1]).await.0, 204, "it is reserved");
    let mut taken = Value::Null;
    while taken.is_null() {
        assert!(began.elapsed() < LEASE + Duration::from_secs(1), "it should be back by now");
        tokio::time::sleep(Duration::from_millis(20)).await;
        taken = next(&server, &tokens[1]).await.1;
    }
    assert!(began.elapsed() >= LEASE, "not before its time");
    assert_eq!(taken["id"], reservation.ticket.to_string());
    let servers = [server];
    assert_eq!(counted(&servers, "sportello_reservations_expired_total").await, 1);
    checker::check(&ground.db, 1, "a dead claim").await;
    let [server] = servers;
    server.stop().await;
    ground.end().await;
}

/// The connection is cut after the request went out, on either side of the replica: the repeated
/// request gives the same ticket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_whose_answer_was_lost_is_repeated() {
    let mut ground = Ground::new(Way::Pull).await;
    let redis = Proxy::before(ground.redis.address()).await;
    ground.setup.set("queue.url", &format!("redis://{}", redis.address));
    let server = ground.serve(None).await;
    let web = Proxy::before(server.address).await;
    let token = ground.hire(1).remove(0);
    online(&server, &token).await;
    asks(&server, 3).await;
    let take = async |key: &str| {
        let url = format!("http://{}/api/v1/desk/next", web.address);
        let request = server.client.post(url).bearer_auth(&token).header("idempotency-key", key);
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json::<Value>().await.ok()?["id"].as_str()?.to_owned()))
    };
    web.set(Weather::NoReplies);
    assert_eq!(take("one").await, None, "the answer was lost");
    web.set(Weather::Fair);
    until("it is taken", async || {
        let held = "SELECT COUNT(*) FROM ticket WHERE status = 'open'";
        checker::number(&ground.db, held).await == 1
    })
    .await;
    let (status, first) = take("one").await.expect("an answer");
    assert_eq!((status, take("one").await), (200, Some((200, first.clone()))), "the same ticket");

    redis.set(Weather::NoReplies);
    assert_eq!(take("two").await, None, "refused: whether it was claimed is not known");
    redis.set(Weather::Fair);
    let mut second = None;
    for _ in 0..10 {
        second = take("two").await;
        if second.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (status, second) = second.expect("an answer");
    assert_eq!(status, 200);
    assert_ne!(first, second);
    let held = "SELECT COUNT(*) FROM ticket WHERE status = 'open'";
    assert_eq!(checker::number(&ground.db, held).await, 2, "one for each request");
    checker::check(&ground.db, 3, "lost answers").await;
    server.stop().await;
    ground.end().await;
}

/// A replica sleeps through the lease with an acceptance in its hands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_late_acceptance_of_a_frozen_replica_is_fenced() {
    let mut ground = Ground::new(Way::Push).await;
    let (frozen, awake) = (ground.serve(None).await, ground.serve(None).await);
    let tokens = ground.hire(2);
    let offer = async |token: &str| {
        let (_, offers) = awake.call(token, "GET", "/api/v1/offers", Value::Null).await;
        Some(offers.as_array()?.first()?["ticket"]["id"].as_str()?.to_owned())
    };
    online(&awake, &tokens[0]).await;
    asks(&awake, 1).await;
    until("an offer", async || offer(&tokens[0]).await.is_some()).await;
    let ticket = offer(&tokens[0]).await.expect("an offer");
    let path = format!("/api/v1/offers/{ticket}/accept");
    frozen.signal("STOP");
    online(&awake, &tokens[1]).await;
    let late = frozen.call(&tokens[0], "POST", &path, Value::Null);
    let meanwhile = async {
        until("the offer goes on", async || offer(&tokens[1]).await.is_some()).await;
        let accepted = awake.call(&tokens[1], "POST", &path, Value::Null).await;
        frozen.signal("CONT");
        accepted
    };
    let ((late, answer), (accepted, _)) = tokio::join!(late, meanwhile);
    assert_eq!((accepted, late), (200, 409), "{answer}");
    assert_eq!(answer["winner"], "agent1", "it names who has it: {answer}");
    let replicas = [frozen, awake];
    assert_eq!(counted(&replicas, "sportello_accepts_fenced_total").await, 1);
    checker::check(&ground.db, 1, "a frozen acceptance").await;
    for replica in replicas {
        replica.stop().await;
    }
    ground.end().await;
}

//! Losing everything, and filling up again from SQL.

use super::super::server::Server;
use super::super::{Acceptance, Held, Limits, MOST_LANES, Queue, QueueError, Reservation, connect};
use super::*;
use crate::domain::ticket::Fence;

contract!(
    a_rebuild_restores_waiting_and_held,
    a_rebuild_forgets_what_was_and_keeps_who_is_here,
    fences_grow_over_rebuilds,
    an_older_rebuild_is_shut_out,
    a_closed_queue_takes_and_gives_nothing_until_it_is_filled,
    a_large_rebuild_comes_in_parts,
    too_many_lanes_are_refused_and_the_others_served,
);

fn held(number: u128, agent: AgentId, cost: u32, fence: (i64, i64)) -> Held {
    let fence = Fence { generation: fence.0, epoch: fence.1 };
    Held { ticket: ticket(number), agent, cost, fence }
}

fn proof(held: &Held) -> Reservation {
    let Held { ticket, agent, fence, .. } = held.clone();
    Reservation { ticket, agent, fence, score: T0, load: 0, expires_at: T0 }
}

async fn a_rebuild_restores_waiting_and_held(queue: Queue) {
    let agent = generalist(&queue, 1, 4).await;
    let owned = held(9, agent, 3, (1, 70));
    let waiting = [plain(2, 20), plain(1, 10), plain(9, 1)];
    queue.rebuild(2, &waiting, std::slice::from_ref(&owned)).await.expect("rebuilt");
    assert_eq!(queue.generation().await.expect("an answer"), Some(2));
    assert_eq!(load(&queue, agent).await, 3);
    let snapshot = queue.snapshot(9, T0).await.expect("a snapshot");
    assert_eq!(snapshot.waiting, [plain(1, 10), plain(2, 20)], "a held ticket does not wait");
    let again = queue.accept(&proof(&owned), T0).await.expect("an answer");
    assert_eq!(again, Acceptance::Accepted, "an assignment outlives a rebuild");
    assert_eq!(next(&queue, agent).await, ticket(1));
    assert_eq!(claim(&queue, agent, T0).await, Claim::Full);
    queue.release(&proof(&owned), 0, T0).await.expect("released");
    assert_eq!(load(&queue, agent).await, 1, "it leaves: its lane is not known until it is pushed");
    push(&queue, &[plain(9, 5)]).await;
    assert_eq!(next(&queue, agent).await, ticket(9));
}

async fn a_rebuild_forgets_what_was_and_keeps_who_is_here(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 1), plain(2, 2), plain(3, 3)]).await;
    let request = fresh();
    let old = reserved(queue.claim(agent, request, LEASE, T0).await.expect("an answer"));
    let kept = reserved(claim(&queue, agent, T0).await);
    queue.accept(&kept, T0).await.expect("accepted");
    queue.rebuild(2, &[plain(5, 5), plain(1, 1)], &[]).await.expect("rebuilt");
    assert_eq!(load(&queue, agent).await, 0);
    for lost in [&old, &kept] {
        assert_eq!(queue.accept(lost, T0).await.expect("an answer"), Acceptance::Fenced);
    }
    assert_eq!(queue.expire(9, T0.plus(LEASE)).await.expect("expired").reservations, []);
    let anew = reserved(queue.claim(agent, request, LEASE, T0).await.expect("an answer"));
    assert!(anew.fence > old.fence, "an answer from before is not given again");
    assert_eq!((anew.ticket, next(&queue, agent).await), (ticket(1), ticket(5)));
    assert_eq!(claim(&queue, agent, T0).await, Claim::Empty);
}

async fn fences_grow_over_rebuilds(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    let mut last = Fence::default();
    for generation in 2..5 {
        let restored = held(7, agent, 1, (generation - 1, 100 * generation));
        let rebuilt =
            queue.rebuild(generation, &[plain(1, 1)], std::slice::from_ref(&restored)).await;
        rebuilt.expect("rebuilt");
        let reservation = reserved(claim(&queue, agent, T0).await);
        assert_eq!(reservation.fence.generation, generation);
        assert!(reservation.fence > last && reservation.fence > restored.fence);
        assert!(reservation.fence.epoch > restored.fence.epoch, "epochs never repeat");
        last = reservation.fence;
    }
}

async fn an_older_rebuild_is_shut_out(queue: Queue) {
    queue.rebuild(5, &[plain(1, 1)], &[]).await.expect("rebuilt");
    let late = queue.rebuild(4, &[plain(2, 2)], &[]).await;
    assert!(matches!(late, Err(QueueError::Stale)));
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").waiting, [plain(1, 1)]);
    queue.rebuild(5, &[plain(3, 3)], &[]).await.expect("the same one may be repeated");
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").waiting, [plain(3, 3)]);
}

async fn a_closed_queue_takes_and_gives_nothing_until_it_is_filled(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 1), plain(2, 2)]).await;
    let kept = reserved(claim(&queue, agent, T0).await);
    queue.close(2).await.expect("closed");
    // What came now could be thrown away by the filling: whoever brings it must learn that.
    let stale = |answer: Result<(), QueueError>| matches!(answer, Err(QueueError::Stale));
    assert!(stale(queue.push(&plain(3, 3)).await));
    assert!(stale(queue.remove(ticket(2), None).await));
    assert!(stale(queue.reweigh(ticket(1), 5, None).await));
    assert!(stale(queue.release(&kept, 0, T0).await));
    assert!(stale(queue.accept(&kept, T0).await.map(drop)));
    assert!(stale(queue.claim(agent, fresh(), LEASE, T0).await.map(drop)));
    assert!(stale(queue.snapshot(9, T0).await.map(drop)));
    assert!(stale(queue.rebuild(1, &[], &[]).await), "an older filling is shut out");
    queue.rebuild(2, &[plain(2, 2)], &[]).await.expect("rebuilt");
    assert_eq!(next(&queue, agent).await, ticket(2));
    assert_eq!(claim(&queue, agent, T0).await, Claim::Empty);
    assert!(stale(queue.close(1).await), "nor may it close the newer one");
}

async fn a_large_rebuild_comes_in_parts(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    let tickets: Vec<_> = (1..=1_300)
        .map(|number| {
            let team = ["a", "b", "c"][usize::try_from(number % 3).expect("small")];
            waiting(number, 2_000, 1, asks(Some(team), None, &[]))
        })
        .collect();
    for generation in [2, 3] {
        queue.rebuild(generation, &tickets, &[]).await.expect("rebuilt");
        assert_eq!(queue.snapshot(1, T0).await.expect("a snapshot").total_waiting, 1_300);
    }
    queue.rebuild(4, &[plain(1, 1)], &[]).await.expect("rebuilt");
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").waiting, [plain(1, 1)]);
    assert_eq!(next(&queue, agent).await, ticket(1));
}

async fn too_many_lanes_are_refused_and_the_others_served(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    let lane = |number: usize| asks(Some(&format!("team-{number}")), None, &[]);
    let tickets: Vec<_> =
        (0..MOST_LANES + 3).zip(1..).map(|(number, id)| waiting(id, 1, 1, lane(number))).collect();
    queue.rebuild(2, &tickets, &[]).await.expect("what fits is served");
    let snapshot = queue.snapshot(1, T0).await.expect("a snapshot");
    assert_eq!(snapshot.total_waiting, MOST_LANES as u64);
    assert_eq!(next(&queue, agent).await, ticket(1));
    let refused = queue.push(&waiting(9_999, 1, 1, lane(9_999))).await;
    assert!(matches!(refused, Err(QueueError::TooManyLanes)), "{refused:?}");
    push(&queue, &[waiting(9_998, 0, 1, lane(4))]).await;
    assert_eq!(next(&queue, agent).await, ticket(9_998), "known lanes go on");
    queue.rebuild(3, &tickets[..2], &[]).await.expect("rebuilt");
    push(&queue, &[waiting(9_999, 0, 1, lane(9_999))]).await;
    assert_eq!(next(&queue, agent).await, ticket(9_999), "empty lanes were dropped");
}

/// Everything that must refuse while the queue is not filled does; profile and presence work.
async fn stale(queue: &Queue, before: &Reservation) {
    fn is_stale<T: std::fmt::Debug>(answer: &Result<T, QueueError>) {
        assert!(matches!(answer, Err(QueueError::Stale)), "{answer:?}");
    }
    assert_eq!(queue.generation().await.expect("an answer"), None);
    let person = generalist(queue, 1, 9).await;
    is_stale(&queue.push(&plain(1, 1)).await);
    is_stale(&queue.reweigh(ticket(1), 1, None).await);
    is_stale(&queue.claim(person, fresh(), LEASE, T0).await);
    is_stale(&queue.claim_this(person, ticket(1), Limits::Ignored, LEASE, T0).await);
    is_stale(&queue.accept(before, T0).await);
    is_stale(&queue.release(before, 0, T0).await);
    is_stale(&queue.remove(ticket(1), None).await);
    is_stale(&queue.expire(9, T0).await);
    is_stale(&queue.snapshot(9, T0).await);
    queue.rebuild(2, &[plain(1, 1)], &[]).await.expect("rebuilt");
    let after = reserved(claim(queue, person, T0).await);
    assert!(after.ticket == ticket(1) && after.fence > before.fence);
}

#[tokio::test]
async fn a_new_memory_queue_is_stale() {
    let before = proof(&held(1, agent(1), 1, (1, 40)));
    stale(&Queue::memory(), &before).await;
}

#[tokio::test]
async fn a_flushed_redis_is_stale() {
    let server = Server::start().await;
    let queue = server.queue("flushed").await;
    let person = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 1)]).await;
    let before = reserved(claim(&queue, person, T0).await);
    server.command(&["FLUSHALL"]).await;
    stale(&queue, &before).await;
}

#[tokio::test]
async fn a_dead_redis_answers_soon_and_works_when_it_is_back() {
    let mut server = Server::start().await;
    let queue = server.queue("dead").await;
    server.stop();
    for _ in 0..3 {
        let started = std::time::Instant::now();
        let answer = queue.push(&plain(1, 1)).await;
        assert!(matches!(answer, Err(QueueError::Unavailable(_))), "{answer:?}");
        assert!(started.elapsed() < std::time::Duration::from_millis(1_500));
    }
    server.restart().await;
    let mut answer = queue.generation().await;
    for _ in 0..3 {
        if answer.is_ok() {
            break;
        }
        answer = queue.generation().await;
    }
    assert_eq!(answer.expect("reachable again"), None, "and it knows that it lost everything");
    queue.rebuild(2, &[plain(1, 1)], &[]).await.expect("scripts are loaded again by themselves");
}

#[tokio::test]
async fn a_hung_redis_does_not_hang_us() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address");
    let started = std::time::Instant::now();
    let connection = connect(&format!("redis://{address}")).await.expect("a good address");
    let answer = Queue::redis(connection, "hung").generation().await;
    assert!(matches!(answer, Err(QueueError::Unavailable(_))), "{answer:?}");
    assert!(started.elapsed() < std::time::Duration::from_secs(3));
    assert!(connect("http://127.0.0.1").await.is_err());
}

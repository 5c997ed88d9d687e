//! How reservations end: accepted, expired, given back, removed.

use super::super::{Acceptance, Claim, Limits, Queue};
use super::*;

contract!(
    accepting_is_repeatable,
    an_expired_reservation_is_fenced_and_the_ticket_keeps_its_place,
    expiry_has_a_limit,
    giving_back_skips_the_agent_for_a_while,
    the_last_skip_counts,
    giving_back_with_an_old_fence_does_nothing,
    a_held_ticket_can_be_given_back,
    removing_works_everywhere_and_twice,
    a_supervisor_ignores_limits,
    fences_only_grow,
);

async fn accepting_is_repeatable(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 1)]).await;
    let reservation = reserved(claim(&queue, agent, T0).await);
    assert_eq!(reservation.expires_at, T0.plus(LEASE));
    for _ in 0..2 {
        let answer = queue.accept(&reservation, T0.plus(LEASE - 1)).await.expect("an answer");
        assert_eq!(answer, Acceptance::Accepted);
    }
    let late = T0.plus(2 * LEASE);
    assert_eq!(queue.expire(9, late).await.expect("expired").reservations, []);
    assert_eq!(queue.accept(&reservation, late).await.expect("again"), Acceptance::Accepted);
    assert_eq!(load(&queue, agent).await, 1);
}

async fn an_expired_reservation_is_fenced_and_the_ticket_keeps_its_place(queue: Queue) {
    let (slow, quick) = (generalist(&queue, 1, 9).await, generalist(&queue, 2, 9).await);
    push(&queue, &[plain(1, 100), plain(2, 200)]).await;
    let reservation = reserved(claim(&queue, slow, T0).await);
    let end = reservation.expires_at;
    assert_eq!(queue.expire(9, end.plus(-1)).await.expect("expired").reservations, []);
    let answer = queue.accept(&reservation, end).await.expect("an answer");
    assert_eq!(answer, Acceptance::Fenced, "late, even before anybody runs expire");
    let expired = queue.expire(9, end).await.expect("expired").reservations;
    assert_eq!(expired, [(ticket(1), slow)]);
    assert_eq!(queue.accept(&reservation, T0).await.expect("an answer"), Acceptance::Fenced);
    assert_eq!(load(&queue, slow).await, 0);
    let second = reserved(claim(&queue, quick, end).await);
    assert_eq!((second.ticket, second.score), (ticket(1), T0.plus(100)));
    assert!(second.fence > reservation.fence);
    assert_eq!(queue.accept(&reservation, T0).await.expect("an answer"), Acceptance::Fenced);
    assert_eq!(queue.accept(&second, end).await.expect("an answer"), Acceptance::Accepted);
}

async fn expiry_has_a_limit(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 1), plain(2, 2), plain(3, 3)]).await;
    for _ in 0..3 {
        reserved(claim(&queue, agent, T0).await);
    }
    let late = T0.plus(LEASE);
    let all = queue.snapshot(usize::MAX, T0).await.expect("no limit is too large");
    assert_eq!((all.waiting.len(), all.agents[0].load), (0, 3));
    assert_eq!(queue.expire(2, late).await.expect("expired").reservations.len(), 2);
    assert_eq!(queue.expire(usize::MAX, late).await.expect("expired").reservations.len(), 1);
    assert_eq!(queue.snapshot(9, late).await.expect("a snapshot").total_waiting, 3);
}

async fn giving_back_skips_the_agent_for_a_while(queue: Queue) {
    let (one, two) = (generalist(&queue, 1, 9).await, generalist(&queue, 2, 9).await);
    push(&queue, &[plain(1, 100), plain(2, 200)]).await;
    let first = reserved(claim(&queue, one, T0).await);
    queue.release(&first, MINUTE, T0).await.expect("released");
    queue.release(&first, MINUTE, T0).await.expect("released again");
    assert_eq!(load(&queue, one).await, 0);
    assert_eq!(next(&queue, one).await, ticket(2), "the other is offered instead");
    assert_eq!(claim(&queue, one, T0.plus(MINUTE - 1)).await, Claim::Empty);
    let by_hand = reserved(claim_this(&queue, one, 1, Limits::Kept).await);
    queue.release(&by_hand, MINUTE, T0).await.expect("released");
    assert_eq!(next(&queue, two).await, ticket(1), "nobody else is skipped");
    queue.expire(9, T0.plus(LEASE)).await.expect("expired");
    let after = reserved(claim(&queue, one, T0.plus(MINUTE)).await);
    assert_eq!((after.ticket, after.score), (ticket(1), T0.plus(100)));
}

async fn the_last_skip_counts(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 100)]).await;
    let first = reserved(claim(&queue, agent, T0).await);
    queue.release(&first, MINUTE, T0).await.expect("released");
    let by_hand = reserved(claim_this(&queue, agent, 1, Limits::Kept).await);
    queue.release(&by_hand, 0, T0).await.expect("released");
    assert_eq!(next(&queue, agent).await, ticket(1));
}

async fn giving_back_with_an_old_fence_does_nothing(queue: Queue) {
    let (one, two) = (generalist(&queue, 1, 9).await, generalist(&queue, 2, 9).await);
    push(&queue, &[plain(1, 1)]).await;
    let old = reserved(claim(&queue, one, T0).await);
    queue.release(&old, 0, T0).await.expect("released");
    let new = reserved(claim(&queue, two, T0).await);
    queue.release(&old, MINUTE, T0).await.expect("nothing happens");
    assert_eq!(queue.accept(&new, T0).await.expect("an answer"), Acceptance::Accepted);
    queue.release(&old, MINUTE, T0).await.expect("nothing happens");
    assert_eq!(load(&queue, two).await, 1);
    assert_eq!(claim(&queue, one, T0).await, Claim::Empty);
}

async fn a_held_ticket_can_be_given_back(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 5)]).await;
    let held = reserved(claim(&queue, agent, T0).await);
    queue.accept(&held, T0).await.expect("accepted");
    queue.release(&held, 0, T0).await.expect("released");
    assert_eq!(queue.accept(&held, T0).await.expect("an answer"), Acceptance::Fenced);
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").waiting, [plain(1, 5)]);
    assert_eq!(next(&queue, agent).await, ticket(1), "no skip was asked for");
}

async fn removing_works_everywhere_and_twice(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 1), plain(2, 2), plain(3, 3)]).await;
    let held = reserved(claim(&queue, agent, T0).await);
    queue.accept(&held, T0).await.expect("accepted");
    let pending = reserved(claim(&queue, agent, T0).await);
    for number in [1, 2, 3, 3, 4] {
        queue.remove(ticket(number), None).await.expect("removed");
    }
    assert_eq!(load(&queue, agent).await, 0);
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").total_waiting, 0);
    assert_eq!(queue.accept(&pending, T0).await.expect("an answer"), Acceptance::Fenced);
    assert_eq!(queue.expire(9, T0.plus(LEASE)).await.expect("expired").reservations, []);
    assert_eq!(claim(&queue, agent, T0).await, Claim::Empty);
}

async fn a_supervisor_ignores_limits(queue: Queue) {
    let person = agent(1);
    queue.set_profile(person, &profile(&["billing"], &[], 1), T0).await.expect("profile");
    let legal = || asks(Some("returns"), None, &["legal"]);
    push(&queue, &[waiting(1, 1, 3, legal()), waiting(2, 2, 3, legal())]).await;
    assert_eq!(claim_this(&queue, person, 1, Limits::Kept).await, Claim::Absent);
    queue.set_presence(person, Presence::Online, HOUR, T0).await.expect("presence");
    assert_eq!(claim_this(&queue, person, 1, Limits::Kept).await, Claim::Empty, "not eligible");
    queue.set_presence(person, Presence::Offline, HOUR, T0).await.expect("presence");
    for number in [1, 2] {
        reserved(claim_this(&queue, person, number, Limits::Ignored).await);
    }
    assert_eq!(load(&queue, person).await, 6);
    assert_eq!(claim_this(&queue, person, 2, Limits::Ignored).await, Claim::Empty, "not waiting");
    assert_eq!(claim_this(&queue, person, 9, Limits::Ignored).await, Claim::Empty, "unknown");
}

async fn fences_only_grow(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 1), plain(2, 2)]).await;
    let mut last = reserved(claim(&queue, agent, T0).await);
    for number in [2, 1, 2, 1] {
        queue.release(&last, 0, T0).await.expect("released");
        let next = reserved(claim_this(&queue, agent, number, Limits::Kept).await);
        assert!(next.fence > last.fence);
        last = next;
    }
}

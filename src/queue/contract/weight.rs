//! What a ticket costs may change while it waits and while somebody has it.

use super::super::{Acceptance, Claim, Limits, Queue};
use super::*;

contract!(
    a_held_ticket_changes_its_agents_load_at_once,
    a_waiting_ticket_costs_what_was_said_last,
    nobody_is_given_more_until_below_capacity,
    an_unknown_ticket_is_let_be,
);

async fn a_held_ticket_changes_its_agents_load_at_once(queue: Queue) {
    let agent = generalist(&queue, 1, 2).await;
    push(&queue, &[waiting(1, 1, 2, asks(None, None, &[])), plain(2, 2)]).await;
    let reservation = reserved(claim(&queue, agent, T0).await);
    assert_eq!(claim(&queue, agent, T0).await, Claim::Full);
    queue.reweigh(ticket(1), 0, None).await.expect("reweighed");
    assert_eq!(load(&queue, agent).await, 0, "reserved");
    assert_eq!(queue.accept(&reservation, T0).await.expect("an answer"), Acceptance::Accepted);
    queue.reweigh(ticket(1), 1, None).await.expect("reweighed");
    assert_eq!(load(&queue, agent).await, 1, "held");
    assert_eq!(next(&queue, agent).await, ticket(2));
    queue.remove(ticket(1), None).await.expect("removed");
    assert_eq!(load(&queue, agent).await, 1);
}

async fn a_waiting_ticket_costs_what_was_said_last(queue: Queue) {
    let agent = generalist(&queue, 1, 2).await;
    push(&queue, &[plain(1, 1)]).await;
    queue.reweigh(ticket(1), 3, None).await.expect("reweighed");
    assert_eq!(claim(&queue, agent, T0).await, Claim::Full);
    queue.reweigh(ticket(1), 2, None).await.expect("reweighed");
    assert_eq!(next(&queue, agent).await, ticket(1));
    assert_eq!(load(&queue, agent).await, 2);
}

async fn nobody_is_given_more_until_below_capacity(queue: Queue) {
    let agent = generalist(&queue, 1, 1).await;
    push(&queue, &[plain(1, 1), plain(2, 2), plain(3, 3)]).await;
    assert_eq!(next(&queue, agent).await, ticket(1));
    queue.reweigh(ticket(1), 0, None).await.expect("parked");
    assert_eq!(next(&queue, agent).await, ticket(2));
    queue.reweigh(ticket(1), 1, None).await.expect("awake");
    assert_eq!(load(&queue, agent).await, 2, "above the capacity");
    assert_eq!(claim(&queue, agent, T0).await, Claim::Full);
    queue.remove(ticket(2), None).await.expect("removed");
    assert_eq!(claim(&queue, agent, T0).await, Claim::Full, "just at the capacity");
    queue.remove(ticket(1), None).await.expect("removed");
    assert_eq!(next(&queue, agent).await, ticket(3));
}

async fn an_unknown_ticket_is_let_be(queue: Queue) {
    let agent = generalist(&queue, 1, 1).await;
    queue.reweigh(ticket(1), 5, None).await.expect("an answer");
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").total_waiting, 0);
    assert_eq!(claim_this(&queue, agent, 1, Limits::Ignored).await, Claim::Empty);
}

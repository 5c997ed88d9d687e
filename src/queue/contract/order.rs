//! Who gets what, and in which order.

use super::super::{Claim, Limits, Queue};
use super::*;

contract!(
    most_urgent_first_over_all_lanes,
    equal_scores_go_by_lane_then_id,
    only_what_the_agent_may_serve,
    what_somebody_may_serve_behind_all_that_nobody_may,
    profiles_and_lanes_in_any_order,
    many_lanes_that_nobody_on_shift_can_serve,
    full_when_the_most_urgent_does_not_fit,
    absent_unless_online,
    presence_ends_with_its_lease,
    same_request_same_answer,
    a_ticket_can_weigh_something_else,
    pushing_again_moves_to_the_new_score,
    pushing_again_moves_to_the_new_lane,
);

async fn most_urgent_first_over_all_lanes(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    let returns = || asks(Some("returns"), None, &[]);
    let italian = || asks(None, Some(Language::It), &[]);
    let tickets = [
        waiting(1, 500, 1, returns()),
        waiting(2, 300, 1, italian()),
        plain(3, 400),
        waiting(4, 100, 1, italian()),
        waiting(5, 200, 1, returns()),
    ];
    push(&queue, &tickets).await;
    for expected in [4, 5, 2, 3, 1] {
        assert_eq!(next(&queue, agent).await, ticket(expected));
    }
    assert_eq!(claim(&queue, agent, T0).await, Claim::Empty);
}

async fn equal_scores_go_by_lane_then_id(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    let team = |name| asks(Some(name), None, &[]);
    let tickets = [
        waiting(5, 7, 1, team("c")),
        waiting(4, 7, 1, team("a")),
        waiting(3, 7, 1, team("b")),
        waiting(2, 7, 1, team("a")),
    ];
    push(&queue, &tickets).await;
    let snapshot = queue.snapshot(9, T0).await.expect("a snapshot");
    assert!(snapshot.waiting.iter().map(|it| it.ticket).eq([5, 2, 4, 3].map(ticket)));
    for expected in [5, 2, 4, 3] {
        assert_eq!(next(&queue, agent).await, ticket(expected));
    }
}

async fn what_somebody_may_serve_behind_all_that_nobody_may(queue: Queue) {
    let (one, two) = (agent(1), agent(2));
    online(&queue, one, &profile(&["a"], &[], 9)).await;
    online(&queue, two, &profile(&["b"], &[], 9)).await;
    let team = |name| asks(Some(name), None, &[]);
    let blocked = (10..60).map(|number| waiting(number, 1, 1, team("nobody")));
    let tickets: Vec<_> = blocked
        .chain([waiting(1, 300, 1, team("a")), waiting(2, 200, 1, team("b")), plain(3, 400)])
        .collect();
    push(&queue, &tickets).await;
    let seen = async |agents: &[AgentId], limit| {
        let found = queue.servable(agents, limit, T0).await.expect("a snapshot");
        assert_eq!(found.total_waiting, 53);
        found.waiting.iter().map(|it| it.ticket).collect::<Vec<_>>()
    };
    assert_eq!(seen(&[one, two], 9).await, [2, 1, 3].map(ticket));
    assert_eq!(seen(&[one, two], 1).await, [2].map(ticket));
    assert_eq!(seen(&[one], 9).await, [1, 3].map(ticket));
    assert_eq!(seen(&[agent(9)], 9).await, []);
    assert_eq!(seen(&[], 9).await, []);
}

async fn only_what_the_agent_may_serve(queue: Queue) {
    let tickets = [
        waiting(1, 100, 1, asks(Some("returns"), None, &[])),
        waiting(2, 200, 1, asks(None, Some(Language::En), &[])),
        waiting(3, 300, 1, asks(None, None, &["legal", "vip"])),
        waiting(4, 400, 1, asks(Some("billing"), Some(Language::It), &["vip"])),
    ];
    push(&queue, &tickets).await;
    let (billing, every_team, both) = (agent(1), agent(2), agent(3));
    online(&queue, billing, &profile(&["billing"], &["vip"], 9)).await;
    online(&queue, every_team, &profile(&[], &["legal"], 9)).await;
    let languages = Language::ALL.into_iter().collect();
    let polyglot = Profile { languages, ..profile(&["x"], &["legal", "vip", "y"], 9) };
    online(&queue, both, &polyglot).await;
    assert_eq!(next(&queue, billing).await, ticket(4));
    assert_eq!(claim(&queue, billing, T0).await, Claim::Empty);
    assert_eq!(next(&queue, every_team).await, ticket(1));
    assert_eq!(claim(&queue, every_team, T0).await, Claim::Empty);
    assert_eq!(next(&queue, both).await, ticket(2));
    assert_eq!(next(&queue, both).await, ticket(3));
}

async fn profiles_and_lanes_in_any_order(queue: Queue) {
    let person = generalist(&queue, 1, 9).await;
    push(&queue, &[waiting(1, 100, 1, asks(None, None, &["legal"]))]).await;
    assert_eq!(claim(&queue, person, T0).await, Claim::Empty);
    queue.set_profile(person, &profile(&[], &["legal"], 9), T0).await.expect("profile");
    push(&queue, &[waiting(2, 50, 1, asks(Some("late"), None, &["legal"]))]).await;
    assert_eq!(next(&queue, person).await, ticket(2));
    queue.set_profile(person, &profile(&[], &[], 9), T0).await.expect("profile");
    assert_eq!(claim(&queue, person, T0).await, Claim::Empty, "the skill was taken away");
    assert_eq!(load(&queue, person).await, 1, "a new profile leaves the load");
}

async fn many_lanes_that_nobody_on_shift_can_serve(queue: Queue) {
    let skills: Vec<String> = (0..60).map(|number| format!("skill-{number}")).collect();
    for (number, skill) in (1..).zip(&skills) {
        let score = i64::try_from(number).expect("small");
        push(&queue, &[waiting(number, score, 1, asks(None, None, &[skill]))]).await;
    }
    online(&queue, agent(1), &profile(&[], &["skill-57", "skill-41"], 9)).await;
    assert_eq!(next(&queue, agent(1)).await, ticket(42));
    assert_eq!(next(&queue, agent(1)).await, ticket(58));
    assert_eq!(claim(&queue, agent(1), T0).await, Claim::Empty);
}

async fn full_when_the_most_urgent_does_not_fit(queue: Queue) {
    let agent = generalist(&queue, 1, 4).await;
    let any = || asks(None, None, &[]);
    let tickets = [waiting(1, 1, 3, any()), waiting(2, 2, 2, any()), waiting(3, 3, 1, any())];
    push(&queue, &tickets).await;
    let first = reserved(claim(&queue, agent, T0).await);
    assert_eq!((first.ticket, first.load), (ticket(1), 0));
    assert_eq!(claim(&queue, agent, T0).await, Claim::Full, "a cheaper one must not overtake");
    assert_eq!(claim_this(&queue, agent, 2, Limits::Kept).await, Claim::Full);
    let third = reserved(claim_this(&queue, agent, 3, Limits::Kept).await);
    assert_eq!(third.load, 3);
    queue.remove(ticket(1), None).await.expect("removed");
    assert_eq!(next(&queue, agent).await, ticket(2), "a removed ticket frees capacity");
    assert_eq!(load(&queue, agent).await, 3);
}

async fn absent_unless_online(queue: Queue) {
    push(&queue, &[plain(1, 1)]).await;
    let person = agent(1);
    assert_eq!(claim(&queue, person, T0).await, Claim::Absent, "unknown");
    queue.set_presence(person, Presence::Online, HOUR, T0).await.expect("presence");
    assert_eq!(claim(&queue, person, T0).await, Claim::Absent, "without a profile");
    queue.set_profile(person, &profile(&[], &[], 9), T0).await.expect("profile");
    for presence in [Presence::Away, Presence::Offline] {
        queue.set_presence(person, presence, HOUR, T0).await.expect("presence");
        assert_eq!(claim(&queue, person, T0).await, Claim::Absent);
        assert_eq!(claim_this(&queue, person, 1, Limits::Kept).await, Claim::Absent);
    }
    queue.set_presence(person, Presence::Online, HOUR, T0).await.expect("presence");
    assert_eq!(next(&queue, person).await, ticket(1));
}

async fn presence_ends_with_its_lease(queue: Queue) {
    push(&queue, &[plain(1, 1)]).await;
    let person = agent(1);
    queue.set_profile(person, &profile(&[], &[], 9), T0).await.expect("profile");
    queue.set_presence(person, Presence::Online, MINUTE, T0).await.expect("presence");
    let renewed = T0.plus(MINUTE / 2);
    queue.set_presence(person, Presence::Online, MINUTE, renewed).await.expect("presence");
    let end = renewed.plus(MINUTE);
    let state = async |now| queue.snapshot(0, now).await.expect("a snapshot").agents[0].clone();
    let before = state(end.plus(-1)).await;
    assert_eq!((before.presence, before.since), (Presence::Online, T0), "renewing is not a change");
    assert_eq!(claim(&queue, person, end).await, Claim::Absent);
    assert_eq!(state(end).await.presence, Presence::Offline, "even before anybody runs expire");
    assert_eq!(queue.expire(9, end.plus(-1)).await.expect("expired").absent, []);
    assert_eq!(queue.expire(9, end.plus(7)).await.expect("expired").absent, [person]);
    assert_eq!(queue.expire(9, end.plus(8)).await.expect("expired").absent, []);
    let after = state(end.plus(9)).await;
    assert_eq!((after.presence, after.since), (Presence::Offline, end));
    queue.set_presence(person, Presence::Online, MINUTE, end.plus(10)).await.expect("presence");
    assert_eq!(state(end.plus(11)).await.since, end.plus(10));
}

async fn same_request_same_answer(queue: Queue) {
    let (one, two) = (generalist(&queue, 1, 9).await, generalist(&queue, 2, 9).await);
    push(&queue, &[plain(1, 1), plain(2, 2), plain(3, 3)]).await;
    let request = fresh();
    let answer = queue.claim(one, request, LEASE, T0).await.expect("an answer");
    let again = queue.claim(one, request, LEASE, T0.plus(5)).await.expect("an answer");
    assert_eq!(reserved(answer.clone()).ticket, ticket(1));
    assert_eq!(answer, again);
    assert_eq!(load(&queue, one).await, 1, "nothing was reserved twice");
    let other = queue.claim(two, request, LEASE, T0).await.expect("an answer");
    assert_eq!(reserved(other).ticket, ticket(2), "another agent's request is another request");
    assert_eq!(next(&queue, one).await, ticket(3));
    let reservation = reserved(answer);
    queue.accept(&reservation, T0).await.expect("accepted");
    let held = queue.claim(one, request, LEASE, T0.plus(HOUR)).await.expect("an answer");
    assert_eq!(held, Claim::Reserved(reservation), "absent or not: it was answered already");
    queue.remove(ticket(1), None).await.expect("removed");
    push(&queue, &[plain(4, 4)]).await;
    let later = queue.claim(one, request, LEASE, T0).await.expect("an answer");
    assert_eq!(reserved(later).ticket, ticket(4), "what it got is gone: it asks anew");
}

async fn a_ticket_can_weigh_something_else(queue: Queue) {
    let agent = generalist(&queue, 1, 3).await;
    push(&queue, &[plain(1, 1), plain(2, 2), plain(3, 3)]).await;
    queue.reweigh(ticket(9), 7, None).await.expect("nothing happens to an unknown ticket");
    queue.reweigh(ticket(1), 3, None).await.expect("reweighed");
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").waiting[0].cost, 3);
    let held = reserved(claim(&queue, agent, T0).await);
    assert_eq!((held.ticket, load(&queue, agent).await), (ticket(1), 3));
    assert_eq!(claim(&queue, agent, T0).await, Claim::Full);
    queue.reweigh(ticket(1), 1, None).await.expect("reweighed");
    assert_eq!(load(&queue, agent).await, 1, "an idle conversation frees capacity");
    queue.accept(&held, T0).await.expect("accepted");
    for number in [2, 3] {
        assert_eq!(next(&queue, agent).await, ticket(number));
    }
    queue.reweigh(ticket(1), 4, None).await.expect("reweighed");
    assert_eq!(load(&queue, agent).await, 6, "it takes its capacity back, even above the limit");
    queue.release(&held, 0, T0).await.expect("released");
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").waiting[0].cost, 4);
}

async fn pushing_again_moves_to_the_new_score(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    push(&queue, &[plain(1, 100), plain(2, 200), plain(2, 200)]).await;
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").total_waiting, 2);
    push(&queue, &[plain(2, 50)]).await;
    let first = reserved(claim(&queue, agent, T0).await);
    assert_eq!((first.ticket, first.score), (ticket(2), T0.plus(50)));
    push(&queue, &[plain(2, 10)]).await;
    let snapshot = queue.snapshot(9, T0).await.expect("a snapshot");
    assert_eq!(snapshot.waiting, [plain(1, 100)], "a reserved ticket stays where it is");
}

async fn pushing_again_moves_to_the_new_lane(queue: Queue) {
    let agent = generalist(&queue, 1, 9).await;
    let legal = waiting(1, 100, 2, asks(None, None, &["legal"]));
    push(&queue, &[plain(1, 100), legal.clone()]).await;
    assert_eq!(claim(&queue, agent, T0).await, Claim::Empty);
    let snapshot = queue.snapshot(9, T0).await.expect("a snapshot");
    assert_eq!((snapshot.total_waiting, &snapshot.waiting[..]), (1, &[legal][..]));
}

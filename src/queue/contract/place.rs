//! One place for each ticket, whoever pulls at it at the same time.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::super::{Acceptance, Claim, Limits, Queue, Reservation};
use super::*;

contract!(
    eight_agents_race_for_a_hundred_tickets,
    one_of_many_takes_this_one,
    lanes_and_profiles_change_while_tickets_arrive,
);

async fn eight_agents_race_for_a_hundred_tickets(queue: Queue) {
    for number in 1..=100 {
        let team = ["a", "b", "c"][usize::try_from(number % 3).expect("small")];
        let score = i64::try_from(number).expect("small");
        push(&queue, &[waiting(number, score, 1, asks(Some(team), None, &[]))]).await;
    }
    let mut tasks = JoinSet::new();
    for number in 1..=8 {
        let agent = generalist(&queue, number, 100).await;
        tasks.spawn(take_all(queue.clone(), agent));
    }
    let taken: Vec<Reservation> = tasks.join_all().await.into_iter().flatten().collect();
    let tickets: BTreeSet<TicketId> = taken.iter().map(|taken| taken.ticket).collect();
    let epochs: BTreeSet<i64> = taken.iter().map(|taken| taken.fence.epoch).collect();
    assert_eq!((taken.len(), tickets.len(), epochs.len()), (100, 100, 100));
    let by_epoch: BTreeMap<i64, UtcMillis> =
        taken.iter().map(|taken| (taken.fence.epoch, taken.score)).collect();
    assert!(by_epoch.values().is_sorted(), "the most urgent first, in the order of the fences");
    assert_eq!(queue.snapshot(9, T0).await.expect("a snapshot").total_waiting, 0);
}

async fn take_all(queue: Queue, agent: AgentId) -> Vec<Reservation> {
    let mut taken = Vec::new();
    while let Claim::Reserved(reservation) = claim(&queue, agent, T0).await {
        let answer = queue.accept(&reservation, T0).await.expect("an answer");
        assert_eq!(answer, Acceptance::Accepted);
        taken.push(reservation);
        tokio::task::yield_now().await;
    }
    taken
}

async fn one_of_many_takes_this_one(queue: Queue) {
    for number in 1..=20 {
        push(&queue, &[plain(number, 1)]).await;
    }
    let mut tasks = JoinSet::new();
    for number in 1..=6 {
        let agent = generalist(&queue, number, 100).await;
        let queue = queue.clone();
        tasks.spawn(async move {
            let mut wins = Vec::new();
            for number in 1..=20 {
                match claim_this(&queue, agent, number, Limits::Kept).await {
                    Claim::Reserved(reservation) => wins.push(reservation.ticket),
                    other => assert_eq!(other, Claim::Empty),
                }
            }
            wins
        });
    }
    let wins: Vec<TicketId> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(wins.len(), 20);
    assert_eq!(wins.into_iter().collect::<BTreeSet<_>>().len(), 20);
}

async fn lanes_and_profiles_change_while_tickets_arrive(queue: Queue) {
    let mut tasks = JoinSet::new();
    for number in 1..=5 {
        let (people, arrivals) = (queue.clone(), queue.clone());
        tasks.spawn(async move {
            online(&people, agent(number), &profile(&[], &["legal"], 100)).await;
        });
        tasks.spawn(lanes(arrivals, number));
    }
    tasks.join_all().await;
    for number in 1..=5 {
        for lane in 0..4 {
            let taken = claim_this(&queue, agent(number), number * 10 + lane, Limits::Kept).await;
            assert_eq!(reserved(taken).agent, agent(number), "every agent knows every lane");
        }
    }
}

async fn lanes(queue: Queue, number: u128) {
    for lane in 0..4 {
        let team = format!("team-{number}-{lane}");
        let asked = asks(Some(&team), None, &["legal"]);
        push(&queue, &[waiting(number * 10 + lane, 1, 1, asked)]).await;
    }
}

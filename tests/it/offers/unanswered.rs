//! Offers that are declined, missed, or answered too late.

use sportello::domain::ledger::Fact;
use sportello::domain::time::SECOND;
use sportello::service::desk;
use sportello::service::view::Tab;
use sportello::service::{ServiceError, dispatch, offering};
use sportello::store;

use super::{accepts, asked, facts, presence, push, until_asked, worker};
use crate::support::cast::{asks_for_a_person, online, record};
use crate::support::{Backend, TestApp, on_both};

async fn what_is_declined_keeps_its_place_and_goes_to_the_next(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 1).await;
    let (_, first) = asks_for_a_person(&app).await;
    app.clock.advance(SECOND);
    let (_, second) = asks_for_a_person(&app).await;
    until_asked(&app, &anna, first).await;
    let score = record(&app, first).await.score;
    desk::decline(&app.house, &anna.desk(), first).await.unwrap();
    desk::decline(&app.house, &anna.desk(), first).await.expect("again changes nothing");
    until_asked(&app, &anna, second).await;
    let waiting = app.house.queue.snapshot(9, app.house.now()).await.unwrap().waiting;
    let waiting: Vec<_> = waiting.iter().map(|waiting| (waiting.ticket, waiting.score)).collect();
    assert_eq!(waiting, [(first, score)], "at its old place");
    assert_eq!(facts(&app, first, |fact| matches!(fact, Fact::Rejected { .. })).await, 1);
    assert!(desk::accept(&app.house, &anna.desk(), first).await.is_err());

    let berta = worker(&app, "berta", 1).await;
    accepts(&app, &berta, first).await;
    accepts(&app, &anna, second).await;
    app.stop().await;
}

async fn who_declined_is_asked_again_after_a_while(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 1).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    until_asked(&app, &anna, ticket).await;
    desk::decline(&app.house, &anna.desk(), ticket).await.unwrap();
    app.clock.advance(119 * SECOND);
    assert_eq!(offering::drain(&app.house).await.unwrap(), 0);
    app.clock.advance(2 * SECOND);
    accepts(&app, &anna, ticket).await;
    app.stop().await;
}

async fn what_is_not_answered_goes_to_the_next_and_counts(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 3).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    until_asked(&app, &anna, ticket).await;
    let berta = worker(&app, "berta", 3).await;
    app.clock.advance(30 * SECOND);
    until_asked(&app, &berta, ticket).await;
    assert!(asked(&app, &anna).await.is_empty());
    let timed_out = |fact: &Fact| *fact == Fact::OfferTimeout { agent: anna.agent.id };
    assert_eq!(facts(&app, ticket, timed_out).await, 1);
    let epoch = sportello::domain::time::UtcMillis(0);
    assert_eq!(store::offer::misses(&app.house.db, anna.agent.id, epoch).await.unwrap(), 1);

    let late = desk::accept(&app.house, &anna.desk(), ticket).await;
    let Err(ServiceError::Conflict { message, winner: None }) = late else { panic!("{late:?}") };
    assert!(message.contains("berta is asked"), "{message}");
    accepts(&app, &berta, ticket).await;
    let late = desk::accept(&app.house, &anna.desk(), ticket).await;
    let Err(ServiceError::Conflict { winner, .. }) = late else { panic!("{late:?}") };
    assert_eq!(winner.as_deref(), Some("berta"), "who won is told");
    assert_eq!(presence(&app, &anna).await, "online", "one miss is no absence");
    app.stop().await;
}

async fn who_misses_three_in_a_row_is_set_away(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 3).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    for round in 1..=3 {
        until_asked(&app, &anna, ticket).await;
        assert_eq!(presence(&app, &anna).await, "online", "round {round}");
        app.clock.advance(30 * SECOND);
        let timed_out = |fact: &Fact| matches!(fact, Fact::OfferTimeout { .. });
        app.until("missed", async || facts(&app, ticket, timed_out).await == round).await;
        app.clock.advance(121 * SECOND);
    }
    app.until("away", async || presence(&app, &anna).await == "away").await;
    let view = desk::overview(&app.house, &anna.desk(), Tab::Mine, None).await.unwrap();
    assert_eq!(view.missed, Some(3), "and the desk says why");
    assert_eq!(offering::drain(&app.house).await.unwrap(), 0);
    online(&app, &anna).await;
    accepts(&app, &anna, ticket).await;
    app.stop().await;
}

async fn offers_that_run_out_together_count_once_each(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 3).await;
    let mut tickets = Vec::new();
    for _ in 0..3 {
        let (_, ticket) = asks_for_a_person(&app).await;
        until_asked(&app, &anna, ticket).await;
        tickets.push(ticket);
    }
    app.clock.advance(30 * SECOND);
    app.until("away", async || presence(&app, &anna).await == "away").await;
    let timed_out = |fact: &Fact| matches!(fact, Fact::OfferTimeout { .. });
    for ticket in &tickets {
        app.until("missed", async || facts(&app, *ticket, timed_out).await > 0).await;
    }
    dispatch::expire(&app.house).await.unwrap();
    for ticket in tickets {
        assert_eq!(facts(&app, ticket, timed_out).await, 1);
    }
    let epoch = sportello::domain::time::UtcMillis(0);
    assert_eq!(store::offer::misses(&app.house.db, anna.agent.id, epoch).await.unwrap(), 3);
    assert!(asked(&app, &anna).await.is_empty());
    app.stop().await;
}

/// The offer runs out while it is accepted: one of the two, never both.
async fn an_answer_at_the_last_moment_has_one_outcome(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 100).await;
    for _ in 0..10 {
        let (_, ticket) = asks_for_a_person(&app).await;
        until_asked(&app, &anna, ticket).await;
        let desk = anna.desk();
        let ((), accepted) = tokio::join!(
            async {
                tokio::task::yield_now().await;
                app.clock.advance(30 * SECOND);
                dispatch::expire(&app.house).await.unwrap();
            },
            desk::accept(&app.house, &desk, ticket),
        );
        let missed = facts(&app, ticket, |fact| matches!(fact, Fact::OfferTimeout { .. })).await;
        let held = record(&app, ticket).await.ticket.assignee() == Some(anna.agent.id);
        assert_eq!(held, accepted.is_ok(), "{accepted:?}");
        if held {
            assert_eq!(missed, 0);
        } else {
            app.until("the miss is put down", async || {
                facts(&app, ticket, |fact| matches!(fact, Fact::OfferTimeout { .. })).await == 1
            })
            .await;
            online(&app, &anna).await;
            app.clock.advance(121 * SECOND);
            accepts(&app, &anna, ticket).await;
        }
    }
    app.stop().await;
}

on_both!(
    what_is_declined_keeps_its_place_and_goes_to_the_next,
    who_declined_is_asked_again_after_a_while,
    what_is_not_answered_goes_to_the_next_and_counts,
    who_misses_three_in_a_row_is_set_away,
    offers_that_run_out_together_count_once_each,
    an_answer_at_the_last_moment_has_one_outcome,
);

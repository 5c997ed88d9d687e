//! The waits that customers are told: kept or broken, and told anew when they slip.

use sportello::domain::agent::Role;
use sportello::domain::id::TicketId;
use sportello::domain::ledger::Fact;
use sportello::domain::time::{DAY, HOUR, MINUTE};
use sportello::service::chat::Visitor;
use sportello::service::supervision;
use sportello::service::view::BoardFigure;

use crate::support::cast::{
    agent, asks_for_a_person, board, heard, hire, lines_of, next, online, replies, says,
    supervisor, takes, visitor, words,
};
use crate::support::policies::{clocks, ledger, policies, states};
use crate::support::{Backend, TestApp, on_both};

const STANDARD: &str = "  - {name: standard, calendar: always, targets: {resolution: 40h}}\n";

/// A house whose people stay online without a sign of life.
async fn house(backend: Backend, rules: &str) -> TestApp {
    let change = |config: &mut sportello::config::Config| config.queue.presence_seconds = 1_000_000;
    TestApp::start_on(backend, &policies(rules), change).await
}

/// What the customer was told about slipped waits.
async fn apologies(app: &TestApp, customer: &Visitor) -> Vec<String> {
    let lines = heard(app, customer).await.into_iter().map(|line| line.text);
    lines.filter(|text| text.contains("longer than I told you")).collect()
}

async fn promises(app: &TestApp, ticket: TicketId) -> Vec<(i64, i64)> {
    let lines = ledger(app, ticket).await;
    let told = lines.iter().filter_map(|line| match line.fact {
        Fact::Promised { low, high } => Some((low / MINUTE, high / MINUTE)),
        _ => None,
    });
    told.collect()
}

/// One person online, nobody ahead: 2.5 to 7.5 minutes are told as 2 to 8.
async fn a_slipped_wait_is_told_anew_and_stays_broken(backend: Backend) {
    let app = house(backend, STANDARD).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    online(&app, &anna).await;
    let customer = visitor(&app);
    let told = words(&says(&app, &customer, "human please").await);
    assert!(told.contains("2-8 minutes"), "{told}");
    let ticket = crate::support::cast::newest(&app).await.ticket.id;
    let waits = clocks(&app, &sara, ticket, "promise").await;
    assert_eq!((states(&waits), waits[0].target), (vec!["running"], Some(8 * MINUTE)));
    assert_eq!((board(&app, &sara).await.told_waits.whole), 0, "not decided yet");

    app.pass(8 * MINUTE).await;
    assert_eq!(apologies(&app, &customer).await.len(), 0, "the last moment is in time");
    app.pass(1).await;
    let said = apologies(&app, &customer).await;
    assert!(said.len() == 1 && said[0].contains("5-16 minutes"), "{said:?}");
    assert_eq!(lines_of(&app, ticket, "retold:5-16").await, 1);
    for after in [16, 32, 64, 128] {
        app.pass(after * MINUTE + 1).await;
    }
    app.pass(DAY).await;
    assert_eq!(apologies(&app, &customer).await.len(), 3, "then silence");
    assert_eq!(promises(&app, ticket).await, [(2, 8), (5, 16), (10, 32), (21, 64)]);

    assert_eq!(takes(&app, &anna).await, ticket);
    replies(&app, &anna, ticket, "Here I am.").await;
    let waits = clocks(&app, &sara, ticket, "promise").await;
    assert_eq!(states(&waits), ["missed"; 4], "what was broken stays broken");
    app.stop().await;
}

async fn kept_and_broken_waits_make_the_rate(backend: Backend) {
    let app = house(backend, STANDARD).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    online(&app, &anna).await;
    let (customer, kept) = asks_for_a_person(&app).await;
    app.pass(8 * MINUTE).await;
    assert_eq!(takes(&app, &anna).await, kept);
    replies(&app, &anna, kept, "Here I am.").await;
    let (late, broken) = asks_for_a_person(&app).await;
    let told = promises(&app, broken).await[0].1;
    app.pass(told * MINUTE + 1).await;
    assert_eq!(apologies(&app, &customer).await.len(), 0, "answered in time");
    assert_eq!(apologies(&app, &late).await.len(), 1);
    let view = board(&app, &sara).await;
    assert_eq!((view.told_waits.part, view.told_waits.whole), (1, 2));
    assert_eq!(view.told_waits_pending, 1, "the one that was told anew");
    let right = sara.board().unwrap();
    let behind = supervision::behind(&app.house, &right, BoardFigure::ToldWaits).await.unwrap();
    assert_eq!(behind.len(), 2);
    assert_eq!(takes(&app, &anna).await, broken);
    replies(&app, &anna, broken, "Sorry.").await;
    let view = board(&app, &sara).await;
    assert_eq!((view.told_waits.part, view.told_waits.whole), (2, 3), "the second was kept");
    app.pass(DAY).await;
    assert_eq!(apologies(&app, &late).await.len(), 1, "a person has the word");
    app.stop().await;
}

async fn when_nothing_can_be_estimated_nobody_is_forgotten(backend: Backend) {
    let app = TestApp::start_on(backend, &policies(STANDARD), |_| {}).await;
    let anna = agent(&app, "anna").await;
    online(&app, &anna).await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    app.pass(8 * MINUTE + 1).await;
    let said = apologies(&app, &customer).await;
    assert!(said.len() == 1 && said[0].contains("not forgotten you"), "{said:?}");
    assert_eq!(lines_of(&app, ticket, "retold_unknown").await, 1);
    app.pass(DAY).await;
    assert_eq!(apologies(&app, &customer).await.len(), 1);
    app.stop().await;
}

/// Ten in the morning in Rome; the office closes at six.
async fn after_hours_the_next_opening_is_told_once(backend: Backend) {
    let rules = STANDARD.replace("always", "office");
    let app = house(backend, &rules).await;
    let anna = agent(&app, "anna").await;
    online(&app, &anna).await;
    app.pass(8 * HOUR - 5 * MINUTE).await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(promises(&app, ticket).await, [(2, 8)]);
    app.pass(8 * MINUTE + 1).await;
    let said = apologies(&app, &customer).await;
    assert!(said.len() == 1 && said[0].contains("tomorrow at 9:00"), "{said:?}");
    app.pass(2 * DAY).await;
    assert_eq!(apologies(&app, &customer).await.len(), 1);
    assert_eq!(promises(&app, ticket).await.len(), 1);
    app.stop().await;
}

async fn who_withdraws_is_told_nothing_more(backend: Backend) {
    let app = house(backend, STANDARD).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    online(&app, &anna).await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    says(&app, &customer, "press:cancel_request").await;
    app.pass(DAY).await;
    assert_eq!(apologies(&app, &customer).await.len(), 0);
    assert_eq!(states(&clocks(&app, &sara, ticket, "promise").await), ["cancelled"]);
    app.stop().await;
}

/// A range that is told again, because the customer asks, is a promise as well.
async fn every_told_range_is_a_promise(backend: Backend) {
    let app = house(backend, STANDARD).await;
    let anna = agent(&app, "anna").await;
    online(&app, &anna).await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    app.pass(3 * MINUTE).await;
    let again = words(&says(&app, &customer, "press:person").await);
    let told = promises(&app, ticket).await;
    assert_eq!(told.len(), 2, "{again}");
    let (low, high) = told[1];
    assert!(again.contains(&format!("{low}-{high} minutes")), "{again} {told:?}");
    app.pass(6 * MINUTE).await;
    assert_eq!(apologies(&app, &customer).await.len(), 0, "the later range holds");
    app.pass(DAY).await;
    assert!(!apologies(&app, &customer).await.is_empty());
    app.stop().await;
}

/// The damaged item is for the team `ordini`; `berta` is of another.
async fn the_wait_is_that_of_the_people_who_can_serve_it(backend: Backend) {
    let app = house(backend, STANDARD).await;
    let berta = hire(&app, "berta", Role::Agent, &["banco"], 3).await;
    online(&app, &berta).await;
    let customer = visitor(&app);
    says(&app, &customer, "the item arrived broken").await;
    let told = words(&says(&app, &customer, "AB123456").await);
    assert!(told.contains("as soon as a colleague is free"), "{told}");
    app.pass(MINUTE).await;
    let told = words(&says(&app, &visitor(&app), "human please").await);
    assert!(told.contains("2-8 minutes"), "what she cannot serve is not ahead: {told}");
    assert!(next(&app, &berta).await.unwrap().is_some());
    app.stop().await;
}

on_both!(
    a_slipped_wait_is_told_anew_and_stays_broken,
    kept_and_broken_waits_make_the_rate,
    when_nothing_can_be_estimated_nobody_is_forgotten,
    after_hours_the_next_opening_is_told_once,
    who_withdraws_is_told_nothing_more,
    every_told_range_is_a_promise,
    the_wait_is_that_of_the_people_who_can_serve_it,
);

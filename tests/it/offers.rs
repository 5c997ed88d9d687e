//! Tickets of teams in push mode are offered to the best agent.

mod forms;
mod unanswered;

use sportello::config::{Config, RoutingMode};
use sportello::domain::agent::{Presence, Role};
use sportello::domain::id::TicketId;
use sportello::domain::ledger::Fact;
use sportello::domain::ticket::{Requirement, TicketStatus};
use sportello::domain::time::SECOND;
use sportello::queue::Waiting;
use sportello::service::access::Caller;
use sportello::service::desk::{self, Receiver};
use sportello::service::view::Tab;
use sportello::service::{dispatch, offering};
use sportello::store;

use crate::support::cast::{
    asks_for_a_person, hire, next, online, read, record, resolves, says, supervisor,
};
use crate::support::{Backend, TestApp, on_both};

fn push(config: &mut Config) {
    config.routing.mode = RoutingMode::Push;
    config.queue.presence_seconds = 36_000;
}

async fn worker(app: &TestApp, name: &str, capacity: u32) -> Caller {
    let caller = hire(app, name, Role::Agent, &[], capacity).await;
    online(app, &caller).await;
    caller
}

/// What the agent is asked now.
async fn asked(app: &TestApp, caller: &Caller) -> Vec<TicketId> {
    let offers = desk::offers(&app.house, &caller.desk()).await.unwrap();
    offers.iter().map(|offer| offer.ticket.id.parse().unwrap()).collect()
}

async fn until_asked(app: &TestApp, caller: &Caller, ticket: TicketId) {
    let what = format!("{} is asked", caller.agent.name);
    app.until(&what, async || asked(app, caller).await.contains(&ticket)).await;
}

async fn accepts(app: &TestApp, caller: &Caller, ticket: TicketId) {
    until_asked(app, caller, ticket).await;
    desk::accept(&app.house, &caller.desk(), ticket).await.unwrap();
    let ticket = record(app, ticket).await.ticket;
    assert_eq!(ticket.assignee(), Some(caller.agent.id));
}

async fn facts(app: &TestApp, ticket: TicketId, wanted: impl Fn(&Fact) -> bool) -> usize {
    let ledger = store::ledger::of_ticket(&app.house.db, ticket).await.unwrap();
    ledger.iter().filter(|event| wanted(&event.fact)).count()
}

async fn presence(app: &TestApp, caller: &Caller) -> String {
    desk::overview(&app.house, &caller.desk(), Tab::Mine, None).await.unwrap().me.presence
}

async fn the_longest_idle_is_asked_first_and_nobody_beyond_capacity(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 2).await;
    app.clock.advance(SECOND);
    let berta = worker(&app, "berta", 1).await;
    app.clock.advance(SECOND);
    let (_, first) = asks_for_a_person(&app).await;
    accepts(&app, &anna, first).await;
    app.clock.advance(SECOND);
    let (_, second) = asks_for_a_person(&app).await;
    accepts(&app, &berta, second).await;
    app.clock.advance(SECOND);
    let (_, third) = asks_for_a_person(&app).await;
    accepts(&app, &anna, third).await;
    let (_, fourth) = asks_for_a_person(&app).await;
    offering::drain(&app.house).await.unwrap();
    assert!(asked(&app, &anna).await.is_empty() && asked(&app, &berta).await.is_empty());
    resolves(&app, &berta, second).await;
    until_asked(&app, &berta, fourth).await;

    let decision = read(&app, &anna, third).await.decision.unwrap();
    let choice = decision.choice.unwrap();
    assert_eq!((decision.way.as_str(), decision.load, choice.free), ("offer", 1, 1));
    assert_eq!(choice.named[0].agent, "anna");
    assert_eq!(choice.excluded, [("full".to_owned(), 1)]);
    app.stop().await;
}

async fn what_nobody_here_can_serve_does_not_hide_the_rest(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    let before = record(&app, ticket).await.score.plus(-SECOND);
    let blocked: Vec<_> = (0..250).map(|number| TicketId(uuid::Uuid::from_u128(number))).collect();
    for ticket in &blocked {
        let skills = ["nobody has it"].into_iter().collect();
        let requirement = Requirement { skills, ..Requirement::default() };
        let waiting = Waiting { ticket: *ticket, requirement, score: before, cost: 1 };
        app.house.queue.push(&waiting).await.unwrap();
    }
    let anna = worker(&app, "anna", 1).await;
    accepts(&app, &anna, ticket).await;
    for ticket in blocked {
        app.house.queue.remove(ticket, None).await.unwrap();
    }
    app.stop().await;
}

async fn of_two_replicas_one_makes_the_offer(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let mut other = None;
    if backend == Backend::Servers {
        other = Some(app.second().await);
    }
    let mut tickets = Vec::new();
    for _ in 0..15 {
        tickets.push(asks_for_a_person(&app).await.1);
    }
    let anna = hire(&app, "anna", Role::Agent, &[], 10).await;
    let berta = hire(&app, "berta", Role::Agent, &[], 10).await;
    online(&app, &anna).await;
    online(&app, &berta).await;
    let house = other.as_ref().map_or(&app.house, |other| &other.house);
    let (a, b) = tokio::join!(offering::drain(&app.house), offering::drain(house));
    a.unwrap();
    b.unwrap();
    app.until("all are offered", async || {
        asked(&app, &anna).await.len() + asked(&app, &berta).await.len() == tickets.len()
    })
    .await;
    assert_eq!(app.number("SELECT COUNT(*) FROM offer").await, 15);
    for ticket in &tickets {
        assert_eq!(facts(&app, *ticket, |fact| matches!(fact, Fact::Offered { .. })).await, 1);
    }
    if let Some(other) = other {
        other.stop().await;
    }
    app.stop().await;
}

async fn whoever_comes_online_is_asked_at_once(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 3).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(offering::drain(&app.house).await.unwrap(), 0);
    online(&app, &anna).await;
    let begun = std::time::Instant::now();
    until_asked(&app, &anna, ticket).await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(5));
    accepts(&app, &anna, ticket).await;
    desk::accept(&app.house, &anna.desk(), ticket).await.expect("again is the same answer");
    app.stop().await;
}

async fn what_comes_back_is_offered_first_to_whoever_had_it(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 3).await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    accepts(&app, &anna, ticket).await;
    let berta = worker(&app, "berta", 3).await;
    app.clock.advance(SECOND);
    resolves(&app, &anna, ticket).await;
    app.clock.advance(SECOND);
    says(&app, &customer, "hello again").await;
    if record(&app, ticket).await.ticket.status() != TicketStatus::New {
        desk::reopen(&app.house, &anna.desk(), ticket, None).await.unwrap();
    }
    accepts(&app, &anna, ticket).await;
    assert!(asked(&app, &berta).await.is_empty());
    let choice = read(&app, &anna, ticket).await.decision.unwrap().choice.unwrap();
    assert_eq!((choice.is_return, choice.free), (true, 2), "berta was idle for longer");
    app.stop().await;
}

async fn who_hands_a_ticket_on_is_not_asked_first(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = hire(&app, "anna", Role::Agent, &["one", "two"], 3).await;
    online(&app, &anna).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    accepts(&app, &anna, ticket).await;
    let berta = hire(&app, "berta", Role::Agent, &["two"], 3).await;
    online(&app, &berta).await;
    app.clock.advance(SECOND);
    let two = Receiver::Team("two".to_owned());
    desk::transfer(&app.house, &anna.desk(), ticket, two, "").await.unwrap();
    accepts(&app, &berta, ticket).await;
    app.stop().await;
}

async fn what_is_handed_on_while_it_is_offered_is_offered_anew(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = hire(&app, "anna", Role::Agent, &["one"], 3).await;
    online(&app, &anna).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    until_asked(&app, &anna, ticket).await;
    let berta = hire(&app, "berta", Role::Agent, &["two"], 3).await;
    online(&app, &berta).await;
    let sara = supervisor(&app).await;
    let two = Receiver::Team("two".to_owned());
    desk::transfer(&app.house, &sara.desk(), ticket, two, "").await.unwrap();
    assert!(asked(&app, &anna).await.is_empty(), "it is no longer hers to accept");
    accepts(&app, &berta, ticket).await;
    assert!(desk::accept(&app.house, &anna.desk(), ticket).await.is_err());
    app.stop().await;
}

/// An offer is no disagreement between queue and records.
async fn offers_are_left_alone_by_the_reconciler(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 3).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    until_asked(&app, &anna, ticket).await;
    let before = app.house.queue.generation().await.unwrap();
    app.clock.advance(20 * SECOND);
    for _ in 0..3 {
        dispatch::reconcile(&app.house).await.unwrap();
    }
    assert_eq!(app.house.queue.generation().await.unwrap(), before, "not rebuilt");
    accepts(&app, &anna, ticket).await;
    app.stop().await;
}

async fn without_push_nobody_is_asked(backend: Backend) {
    let app = TestApp::start_with(backend, |config| {
        config.routing.push_teams.insert("another".to_owned());
    })
    .await;
    let anna = worker(&app, "anna", 3).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(offering::drain(&app.house).await.unwrap(), 0);
    assert_eq!(next(&app, &anna).await.unwrap().unwrap().id, ticket.to_string());
    desk::set_presence(&app.house, &anna.desk(), Presence::Away).await.unwrap();
    app.stop().await;
}

on_both!(
    the_longest_idle_is_asked_first_and_nobody_beyond_capacity,
    what_nobody_here_can_serve_does_not_hide_the_rest,
    of_two_replicas_one_makes_the_offer,
    whoever_comes_online_is_asked_at_once,
    what_comes_back_is_offered_first_to_whoever_had_it,
    who_hands_a_ticket_on_is_not_asked_first,
    what_is_handed_on_while_it_is_offered_is_offered_anew,
    offers_are_left_alone_by_the_reconciler,
    without_push_nobody_is_asked,
);

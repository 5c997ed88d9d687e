//! What counts towards an agent's load: costs by channel and intent, and what is parked or idle.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;
use sportello::config::Config;
use sportello::domain::agent::Role;
use sportello::domain::decision::Way;
use sportello::domain::id::TicketId;
use sportello::domain::ticket::TicketStatus;
use sportello::domain::time::{HOUR, MINUTE};
use sportello::service::access::Caller;
use sportello::service::chat::Visitor;
use sportello::service::desk::{self, Receiver};
use sportello::service::people::{self, NewPerson};
use sportello::service::view::Tab;
use sportello::service::{ServiceError, dispatch};
use sportello::store;

use crate::support::call::Line;
use crate::support::cast::{
    agent, asks_for_a_person, hire, last_decision, load, next, online, record, replies, resolves,
    says, supervisor, takes,
};
use crate::support::{Backend, TestApp, on_both};

fn long_presence(config: &mut Config) {
    config.queue.presence_seconds = 1_000_000;
}

async fn what_waits_for_others_makes_room_and_counts_again(backend: Backend) {
    let app = TestApp::start_with(backend, long_presence).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 1).await;
    let mut held: Vec<(Visitor, TicketId)> = Vec::new();
    for round in 0..3 {
        let (customer, ticket) = asks_for_a_person(&app).await;
        assert_eq!(takes(&app, &anna).await, ticket, "round {round}");
        match round {
            0 => desk::pend(&app.house, &anna.desk(), ticket, None).await.unwrap(),
            1 => desk::hold(&app.house, &anna.desk(), ticket, None).await.unwrap(),
            _ => {
                let until = app.house.now().plus(HOUR);
                desk::snooze(&app.house, &anna.desk(), ticket, until, None).await.unwrap();
            }
        }
        app.settle().await;
        assert_eq!(load(&app, &anna).await, 0, "round {round}");
        held.push((customer, ticket));
    }
    let view = desk::overview(&app.house, &anna.desk(), Tab::Mine, None).await.unwrap().me;
    assert_eq!((view.load, view.capacity, view.parked), (0, 1, 3));
    let page = Line::of(&app, &anna).await.get("/desk").await.body;
    assert!(page.contains("+3 waiting for others"), "{page}");

    says(&app, &held[0].0, "here is the number").await;
    assert_eq!(load(&app, &anna).await, 1, "pending: the customer wrote");
    says(&app, &held[1].0, "and?").await;
    assert_eq!(load(&app, &anna).await, 1, "on hold waits for others still");
    desk::resume(&app.house, &anna.desk(), held[1].1, None).await.unwrap();
    app.pass(HOUR).await;
    assert_eq!(load(&app, &anna).await, 3, "all awake, above the capacity");
    asks_for_a_person(&app).await;
    for left in [1, 0] {
        let refused = next(&app, &anna).await;
        assert!(matches!(refused, Err(ServiceError::Conflict { .. })), "{refused:?}");
        resolves(&app, &anna, held[left].1).await;
    }
    assert!(next(&app, &anna).await.is_err(), "at the capacity");
    resolves(&app, &anna, held[2].1).await;
    assert!(next(&app, &anna).await.unwrap().is_some(), "below");
    app.stop().await;
}

async fn an_open_one_is_idle_after_ten_silent_minutes(backend: Backend) {
    let app = TestApp::start_with(backend, long_presence).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 1).await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    app.pass(20 * MINUTE).await;
    assert_eq!(load(&app, &anna).await, 1, "we owe the answer");
    replies(&app, &anna, ticket, "is it the red one?").await;
    app.pass(10 * MINUTE - 1).await;
    assert_eq!(load(&app, &anna).await, 1);
    app.pass(1).await;
    assert_eq!(load(&app, &anna).await, 0, "the customer does not answer");
    assert_eq!(record(&app, ticket).await.ticket.status(), TicketStatus::Open);
    let (_, second) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, second);
    // The queue lost its memory, and what it is told again is what it knew.
    dispatch::rebuild(&app.house).await.unwrap();
    assert_eq!(load(&app, &anna).await, 1);
    dispatch::reconcile(&app.house).await.unwrap();
    let generation = app.house.queue.generation().await.unwrap();
    dispatch::reconcile(&app.house).await.unwrap();
    assert_eq!(app.house.queue.generation().await.unwrap(), generation, "both agree");
    says(&app, &customer, "yes, the red one").await;
    assert_eq!(load(&app, &anna).await, 2, "above the capacity");
    replies(&app, &anna, ticket, "thank you").await;
    app.pass(5 * MINUTE).await;
    replies(&app, &anna, ticket, "one more thing").await;
    app.pass(6 * MINUTE).await;
    assert_eq!(load(&app, &anna).await, 2, "counted from our last word");
    app.pass(4 * MINUTE).await;
    assert_eq!(load(&app, &anna).await, 1);
    app.stop().await;
}

async fn a_parked_one_that_changes_hands_counts_in_full(backend: Backend) {
    let app = TestApp::start_with(backend, |config| {
        long_presence(config);
        config.routing.cost.insert("webchat".to_owned(), 2);
        config.routing.parked_percent = 50;
    })
    .await;
    let (anna, berta) = (
        hire(&app, "anna", Role::Agent, &[], 2).await,
        hire(&app, "berta", Role::Agent, &[], 2).await,
    );
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    desk::pend(&app.house, &anna.desk(), ticket, None).await.unwrap();
    app.settle().await;
    assert_eq!(load(&app, &anna).await, 1, "half of it");
    online(&app, &berta).await;
    desk::transfer(&app.house, &anna.desk(), ticket, Receiver::Agent(berta.agent.id), "")
        .await
        .unwrap();
    app.settle().await;
    assert_eq!((load(&app, &anna).await, load(&app, &berta).await), (0, 2));
    app.stop().await;
}

async fn a_ticket_costs_what_its_intent_or_channel_says(backend: Backend) {
    let app = TestApp::start_with(backend, |config| {
        config.routing.cost.insert("webchat".to_owned(), 3);
    })
    .await;
    let (anna, tiny) = (agent(&app, "anna").await, hire(&app, "tiny", Role::Agent, &[], 2).await);
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(record(&app, ticket).await.ticket.cost, 3);
    online(&app, &tiny).await;
    let refused = next(&app, &tiny).await;
    assert!(matches!(refused, Err(ServiceError::Conflict { .. })), "never fits: {refused:?}");
    let (_, second) = asks_for_a_person(&app).await;
    app.settle().await;
    app.house.queue.reweigh(second, 1, None).await.unwrap();
    let taken = next(&app, &tiny).await.unwrap().unwrap();
    assert_eq!(taken.id, second.to_string(), "what is too large for her stands in no way");
    assert_eq!(takes(&app, &anna).await, ticket);
    assert_eq!(load(&app, &anna).await, 3);
    app.stop().await;
}

async fn capacities_are_bounded_and_nothing_is_nothing(backend: Backend) {
    let app = TestApp::start(backend).await;
    let none = hire(&app, "none", Role::Agent, &[], 0).await;
    let new = NewPerson {
        email: "much@shop.example".to_owned(),
        name: None,
        role: Role::Agent,
        teams: [].into(),
        languages: [].into(),
        skills: [].into(),
        capacity: 1_000_000,
    };
    let refused = people::add(&app.house.db, new, "long enough", app.house.now()).await;
    let Err(ServiceError::Invalid(told)) = refused else { panic!("{refused:?}") };
    assert!(told.contains("0 to 1000, not 1000000"), "{told}");

    asks_for_a_person(&app).await;
    online(&app, &none).await;
    let Err(ServiceError::Conflict { message, .. }) = next(&app, &none).await else { panic!() };
    assert!(message.contains("your capacity is 0"), "{message}");
    let page = Line::of(&app, &none).await.get("/desk").await.body;
    assert!(page.contains("Your capacity is 0"), "{page}");

    let sara = Line::of(&app, &supervisor(&app).await).await;
    let path = format!("/api/v1/agents/{}/capacity", none.agent.id);
    let refused = sara.put(&path, &json!({"capacity": 1_000_000})).await;
    assert!(refused.status == 422 && refused.body.contains("0 to 1000"), "{refused:?}");
    assert_eq!(Line::of(&app, &none).await.put(&path, &json!({"capacity": 9})).await.status, 403);
    assert_eq!(sara.put(&path, &json!({"capacity": 1})).await.status, 204);
    assert!(next(&app, &none).await.unwrap().is_some());
    app.stop().await;
}

/// What can happen to tickets, at random.
#[derive(Clone, Debug)]
enum Happening {
    Asks,
    Takes(usize),
    Replies(usize),
    Pends(usize),
    Holds(usize),
    Resumes(usize),
    Resolves(usize),
    Writes(usize),
    Assigns(usize, usize),
    Transfers(usize, usize),
    Passes(i64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let (who, which) = (0..2_usize, 0..8_usize);
    prop_oneof![
        4 => Just(Happening::Asks),
        5 => who.clone().prop_map(Happening::Takes),
        3 => which.clone().prop_map(Happening::Replies),
        2 => which.clone().prop_map(Happening::Pends),
        1 => which.clone().prop_map(Happening::Holds),
        2 => which.clone().prop_map(Happening::Resumes),
        4 => which.clone().prop_map(Happening::Resolves),
        3 => which.clone().prop_map(Happening::Writes),
        1 => (which.clone(), who.clone()).prop_map(|(ticket, agent)| Happening::Assigns(ticket, agent)),
        1 => (which, who).prop_map(|(ticket, agent)| Happening::Transfers(ticket, agent)),
        3 => (1..8_i64).prop_map(|minutes| Happening::Passes(minutes * MINUTE)),
    ]
}

/// Whatever the order: no assignment but a supervisor's exceeds the capacity, and the queue's load is
/// what the records say.
async fn loads_are_kept_whatever_happens(backend: Backend) {
    let app = TestApp::start_with(backend, |config| {
        long_presence(config);
        config.routing.cost.insert("human".to_owned(), 2);
    })
    .await;
    let people = [
        hire(&app, "anna", Role::Agent, &[], 2).await,
        hire(&app, "berta", Role::Agent, &[], 3).await,
    ];
    let sara = supervisor(&app).await;
    for person in &people {
        online(&app, person).await;
    }
    let mut runner = TestRunner::deterministic();
    let mut tickets: Vec<(Visitor, TicketId)> = Vec::new();
    for step in 0..160 {
        let what = happening().new_tree(&mut runner).unwrap().current();
        happens(&app, &people, &sara, &mut tickets, &what).await;
        app.settle().await;
        check(&app, &people, &format!("step {step}: {what:?}")).await;
    }
    let assigned = "SELECT COUNT(*) FROM decision";
    assert!(app.number(assigned).await > 10, "enough happened");
    app.stop().await;
}

async fn happens(
    app: &TestApp,
    people: &[Caller],
    sara: &Caller,
    tickets: &mut Vec<(Visitor, TicketId)>,
    what: &Happening,
) {
    let house = &app.house;
    match what {
        Happening::Asks => return tickets.push(asks_for_a_person(app).await),
        Happening::Passes(millis) => return app.pass(*millis).await,
        _ => {}
    }
    let of = |which: usize| tickets.get(tickets.len().saturating_sub(1 + which)).cloned();
    let done = match what.clone() {
        Happening::Asks | Happening::Passes(_) => Ok(()),
        Happening::Takes(who) => next(app, &people[who]).await.map(drop),
        Happening::Replies(which) => match of(which) {
            Some((_, ticket)) => {
                let holder = record(app, ticket).await.ticket.assignee();
                match people.iter().find(|person| Some(person.agent.id) == holder) {
                    Some(person) => desk::reply(house, &person.desk(), ticket, "yes?", None).await,
                    None => Ok(()),
                }
            }
            None => Ok(()),
        },
        Happening::Writes(which) => {
            if let Some((customer, _)) = of(which) {
                says(app, &customer, "and another thing").await;
            }
            Ok(())
        }
        Happening::Pends(which) => match of(which) {
            Some((_, ticket)) => desk::pend(house, &sara.desk(), ticket, None).await,
            None => Ok(()),
        },
        Happening::Holds(which) => match of(which) {
            Some((_, ticket)) => desk::hold(house, &sara.desk(), ticket, None).await,
            None => Ok(()),
        },
        Happening::Resumes(which) => match of(which) {
            Some((_, ticket)) => desk::resume(house, &sara.desk(), ticket, None).await,
            None => Ok(()),
        },
        Happening::Resolves(which) => match of(which) {
            Some((_, ticket)) => desk::resolve(house, &sara.desk(), ticket, None).await,
            None => Ok(()),
        },
        Happening::Assigns(which, who) => match of(which) {
            Some((_, ticket)) => {
                let to = Receiver::Agent(people[who].agent.id);
                desk::assign(house, &sara.desk(), ticket, to, None).await.map(drop)
            }
            None => Ok(()),
        },
        Happening::Transfers(which, who) => match of(which) {
            Some((_, ticket)) => {
                let to = Receiver::Agent(people[who].agent.id);
                desk::transfer(house, &sara.desk(), ticket, to, "").await
            }
            None => Ok(()),
        },
    };
    assert!(matches!(done, Ok(()) | Err(ServiceError::Conflict { .. })), "{what:?}: {done:?}");
}

async fn check(app: &TestApp, people: &[Caller], when: &str) {
    let db = &app.house.db;
    let (live, quiet) =
        (store::ticket::live(db, 1_000).await.unwrap(), store::quiet::all(db).await.unwrap());
    let rules = &app.house.settings.work.weights;
    for person in people {
        let mine = live.iter().filter(|stored| stored.ticket.assignee() == Some(person.agent.id));
        let derived: u32 = mine
            .map(|stored| {
                let ticket = &stored.ticket;
                let quiet = quiet.get(&ticket.id).copied();
                rules.of(ticket.cost, ticket.status(), quiet, app.house.now())
            })
            .sum();
        assert_eq!(load(app, person).await, derived, "{when}: {}", person.agent.name);
    }
    for stored in store::ticket::newest(db, 1_000).await.unwrap() {
        let last = last_decision(db, stored.ticket.id).await;
        if let Some(decision) = last.filter(|decision| decision.way != Way::Assigned) {
            let after = decision.load + stored.ticket.cost;
            assert!(after <= decision.capacity, "{when}: {decision:?}");
        }
    }
}

on_both!(
    what_waits_for_others_makes_room_and_counts_again,
    an_open_one_is_idle_after_ten_silent_minutes,
    a_parked_one_that_changes_hands_counts_in_full,
    a_ticket_costs_what_its_intent_or_channel_says,
    capacities_are_bounded_and_nothing_is_nothing,
    loads_are_kept_whatever_happens,
);

//! Several at once: one wins, the others are told, nothing is doubled.

use std::collections::BTreeMap;

use sportello::domain::agent::Role;
use sportello::domain::id::{OutboxId, RequestId, TicketId};
use sportello::domain::message::{Author, Visibility};
use sportello::domain::ticket::TicketStatus;
use sportello::service::access::Caller;
use sportello::service::clock::fresh_id;
use sportello::service::desk::{self, Receiver};
use sportello::service::view::{Tab, TicketRow};
use sportello::service::{ServiceError, chat};
use sportello::store;
use sportello::store::outbox::Task;

use crate::support::cast::{
    agent, asks_for_a_person, hire, lines_of, next, online, record, resolves, says, takes, thread,
};
use crate::support::{Backend, TestApp, on_both};

/// How often two people reach for the same ticket.
const RACES: usize = 200;

async fn take(app: &TestApp, caller: &Caller, ticket: TicketId) -> Result<TicketRow, ServiceError> {
    desk::take_this(&app.house, &caller.desk(), ticket).await
}

fn winner(refused: Result<TicketRow, ServiceError>) -> Option<String> {
    match refused {
        Err(ServiceError::Conflict { winner, .. }) => winner,
        other => panic!("a conflict was expected: {other:?}"),
    }
}

async fn of_two_who_take_it_one_has_it(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 1_000).await;
    let berta = hire(&app, "berta", Role::Agent, &[], 1_000).await;
    online(&app, &anna).await;
    online(&app, &berta).await;
    let mut wins = BTreeMap::<&str, usize>::new();
    for race in 0..RACES {
        let (_, ticket) = asks_for_a_person(&app).await;
        let (a, b) = tokio::join!(take(&app, &anna, ticket), take(&app, &berta, ticket));
        let (first, loser) = if a.is_ok() { ("anna", b) } else { ("berta", a) };
        assert_eq!(winner(loser).as_deref(), Some(first), "race {race}: one has it, by name");
        let assignee = record(&app, ticket).await.ticket.assignee();
        let holder = if first == "anna" { &anna } else { &berta };
        assert_eq!(assignee, Some(holder.agent.id), "race {race}");
        assert_eq!(lines_of(&app, ticket, "taken:").await, 1, "race {race}");
        *wins.entry(first).or_default() += 1;
    }
    assert_eq!(wins.values().sum::<usize>(), RACES);
    app.stop().await;
}

/// Its leaving the queue, carried out after its coming back, takes it out no more.
async fn who_leaves_the_queue_too_late_stays(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    app.settle().await;
    let (mut tx, now) = (app.house.db.begin().await.unwrap(), app.house.now());
    let late = Task::Dequeue { ticket };
    store::outbox::insert(&mut tx, OutboxId(fresh_id()), None, &late, now).await.unwrap();
    tx.commit().await.unwrap();
    app.settle().await;
    let left = "SELECT COUNT(*) FROM outbox WHERE status <> 'done'";
    assert_eq!(app.number(left).await, 0, "it was carried out");
    let snapshot = app.house.queue.snapshot(10, app.house.now()).await.unwrap();
    let waiting: Vec<_> = snapshot.waiting.iter().map(|waiting| waiting.ticket).collect();
    assert_eq!(waiting, [ticket], "in the records it waits, so it waits in the queue");
    app.stop().await;
}

async fn of_two_who_ask_for_the_next_one_has_it(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 1_000).await;
    let berta = hire(&app, "berta", Role::Agent, &[], 1_000).await;
    online(&app, &anna).await;
    online(&app, &berta).await;
    for race in 0..RACES {
        let (_, ticket) = asks_for_a_person(&app).await;
        let (a, b) = if race % 2 == 0 {
            let (a, b) = tokio::join!(next(&app, &anna), next(&app, &berta));
            (a.unwrap(), b.unwrap())
        } else {
            let (a, b) = tokio::join!(next(&app, &anna), take(&app, &berta, ticket));
            let b = match b {
                Ok(row) => Some(row),
                refused => {
                    assert_eq!(winner(refused).as_deref(), Some("anna"), "race {race}");
                    None
                }
            };
            (a.unwrap(), b)
        };
        let got: Vec<_> = [a, b].into_iter().flatten().map(|row| row.id).collect();
        assert_eq!(got, [ticket.to_string()], "race {race}: exactly one");
    }
    app.stop().await;
}

async fn one_who_clicks_twice_has_it_once(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    online(&app, &anna).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    let (a, b) = tokio::join!(take(&app, &anna, ticket), take(&app, &anna, ticket));
    assert_eq!((a.unwrap().id, b.unwrap().id), (ticket.to_string(), ticket.to_string()));
    assert_eq!(lines_of(&app, ticket, "taken:").await, 1);
    asks_for_a_person(&app).await;
    asks_for_a_person(&app).await;
    let request = RequestId(fresh_id());
    let desk = anna.desk();
    let (a, b) = tokio::join!(
        desk::take_next(&app.house, &desk, request),
        desk::take_next(&app.house, &desk, request)
    );
    assert_eq!(a.unwrap().unwrap().id, b.unwrap().unwrap().id, "one request, one ticket");
    let mine = desk::overview(&app.house, &anna.desk(), Tab::Mine, None).await.unwrap();
    assert_eq!((mine.rows.len(), mine.me.load), (2, 2));
    app.stop().await;
}

async fn a_customer_who_withdraws_while_it_is_taken_leaves_one_owner(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 100).await;
    online(&app, &anna).await;
    for _ in 0..20 {
        let (customer, ticket) = asks_for_a_person(&app).await;
        let (_, taken) =
            tokio::join!(says(&app, &customer, "press:cancel_request"), take(&app, &anna, ticket));
        app.settle().await;
        let end = record(&app, ticket).await.ticket;
        let is_gone = (end.status(), end.assignee()) == (TicketStatus::Closed, None);
        let is_held = (end.status(), end.assignee()) == (TicketStatus::Open, Some(anna.agent.id));
        assert!(is_gone || (is_held && taken.is_ok()), "{end:?} {taken:?}");
        if is_held {
            resolves(&app, &anna, ticket).await;
        }
    }
    let me = desk::overview(&app.house, &anna.desk(), Tab::Mine, None).await.unwrap().me;
    assert_eq!(me.load, 0, "nothing is left in the queue's books");
    app.stop().await;
}

/// More transfers at once than there are connections to the records.
async fn many_transfers_at_once(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 100).await;
    let berta = hire(&app, "berta", Role::Agent, &[], 100).await;
    online(&app, &berta).await;
    let mut held = Vec::new();
    for _ in 0..40 {
        asks_for_a_person(&app).await;
        held.push(takes(&app, &anna).await);
    }
    let desk_of_anna = anna.desk();
    let moves = held.iter().map(|ticket| {
        let to_berta = Receiver::Agent(berta.agent.id);
        desk::transfer(&app.house, &desk_of_anna, *ticket, to_berta, "")
    });
    for moved in futures::future::join_all(moves).await {
        moved.unwrap();
    }
    app.settle().await;
    for ticket in held {
        assert_eq!(record(&app, ticket).await.ticket.assignee(), Some(berta.agent.id));
    }
    app.stop().await;
}

/// The customer writes while the agent answers: nothing is lost, and every line has its own place.
async fn both_write_at_once(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let customers = async {
        for n in 0..20 {
            let said = chat::Said::Text(format!("question {n}"));
            chat::say(&app.house, &customer, &format!("q{n}"), said, None).await.unwrap();
        }
    };
    let agents = async {
        for n in 0..20 {
            let text = format!("answer {n}");
            desk::reply(&app.house, &anna.desk(), ticket, &text, None).await.unwrap();
        }
    };
    tokio::join!(customers, agents);
    app.settle().await;
    let thread = thread(&app, ticket).await;
    let seqs: Vec<_> = thread.iter().map(|stored| stored.message.seq).collect();
    assert_eq!(seqs, (1..).take(thread.len()).collect::<Vec<_>>());
    let of = |wanted: &dyn Fn(Author) -> bool, begins: &str| -> Vec<String> {
        let said = thread.iter().map(|stored| &stored.message).filter(|message| {
            wanted(message.author)
                && message.visibility == Visibility::Public
                && message.body.text.starts_with(begins)
        });
        said.map(|message| message.body.text.clone()).collect()
    };
    let questions = of(&|author| author == Author::Customer, "question");
    let answers = of(&|author| matches!(author, Author::Agent(_)), "answer");
    assert_eq!(questions, (0..20).map(|n| format!("question {n}")).collect::<Vec<_>>());
    assert_eq!(answers, (0..20).map(|n| format!("answer {n}")).collect::<Vec<_>>());
    app.stop().await;
}

on_both!(
    of_two_who_take_it_one_has_it,
    of_two_who_ask_for_the_next_one_has_it,
    one_who_clicks_twice_has_it_once,
    a_customer_who_withdraws_while_it_is_taken_leaves_one_owner,
    many_transfers_at_once,
    both_write_at_once,
    who_leaves_the_queue_too_late_stays,
);

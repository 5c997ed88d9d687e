//! A ticket's life: every move with its ledger's lines, who may make it, and what refuses it.

use sportello::domain::agent::Presence;
use sportello::domain::conversation::Owner;
use sportello::domain::id::{RequestId, TicketId};
use sportello::domain::ledger::{Cancellation, Fact};
use sportello::domain::ticket::{Priority, TicketStatus};
use sportello::domain::time::{DAY, HOUR};
use sportello::service::access::Caller;
use sportello::service::chat::Visitor;
use sportello::service::clock::fresh_id;
use sportello::service::view::Tab;
use sportello::service::{ServiceError, desk};
use sportello::store;

use crate::support::cast::{
    agent, asks_for_a_person, heard, lines_of, newest, online, read, record, replies, resolves,
    says, supervisor, takes, words,
};
use crate::support::{Backend, TestApp, on_both};

/// A ticket that anna holds, and its ledger's length until then.
pub(crate) async fn held(app: &TestApp) -> (Caller, Visitor, TicketId, usize) {
    let anna = agent(app, "anna").await;
    let (customer, ticket) = asks_for_a_person(app).await;
    assert_eq!(takes(app, &anna).await, ticket);
    let before = ledger(app, ticket).await.len();
    (anna, customer, ticket, before)
}

/// What moves tell; the choice of a policy that follows a new priority is another matter.
pub(crate) async fn ledger(app: &TestApp, ticket: TicketId) -> Vec<Fact> {
    let lines = store::ledger::of_ticket(&app.house.db, ticket).await.unwrap();
    let facts = lines.into_iter().map(|line| line.fact);
    facts.filter(|fact| !matches!(fact, Fact::SlaApplied { .. })).collect()
}

pub(crate) async fn status(app: &TestApp, ticket: TicketId) -> TicketStatus {
    record(app, ticket).await.ticket.status()
}

pub(crate) async fn owner(app: &TestApp, ticket: TicketId) -> Owner {
    let id = record(app, ticket).await.ticket.conversation_id;
    store::conversation::get(&app.house.db, id).await.unwrap().unwrap().owner
}

/// The refusal's words.
pub(crate) fn refused(result: Result<(), ServiceError>) -> String {
    match result {
        Err(ServiceError::Conflict { message, .. }) => message,
        other => panic!("a conflict was expected: {other:?}"),
    }
}

const fn to(status: TicketStatus) -> Fact {
    Fact::Status { to: status }
}

async fn each_move_is_told_to_the_ledger_once(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, _, ticket, before) = held(&app).await;
    let (house, right) = (&app.house, anna.desk());
    let until = app.house.now().plus(HOUR);
    desk::pend(house, &right, ticket, None).await.unwrap();
    assert_eq!(owner(&app, ticket).await, Owner::Agent(anna.agent.id));
    desk::hold(house, &right, ticket, None).await.unwrap();
    desk::snooze(house, &right, ticket, until, None).await.unwrap();
    assert_eq!(record(&app, ticket).await.ticket.life.snoozed_until(), Some(until));
    assert_eq!(read(&app, &anna, ticket).await.row.snoozed_until, Some(until.0));
    desk::resume(house, &right, ticket, None).await.unwrap();
    assert_eq!(record(&app, ticket).await.ticket.life.snoozed_until(), None);
    desk::set_priority(house, &right, ticket, Priority::High, None).await.unwrap();
    desk::set_priority(house, &right, ticket, Priority::High, None).await.unwrap();
    let clock = read(&app, &anna, ticket).await.clocks;
    assert!(clock.iter().any(|clock| clock.policy.as_deref() == Some("high")), "{clock:?}");
    desk::resolve(house, &right, ticket, None).await.unwrap();
    desk::reopen(house, &right, ticket, None).await.unwrap();
    app.settle().await;
    let me = anna.agent.id;
    assert_eq!(
        ledger(&app, ticket).await[before..],
        [
            to(TicketStatus::Pending),
            to(TicketStatus::OnHold),
            to(TicketStatus::Snoozed),
            to(TicketStatus::Open),
            Fact::Prioritised { to: Priority::High },
            Fact::Resolved { agent: Some(me) },
            Fact::Reopened,
            Fact::Enqueued,
            Fact::Accepted { agent: me },
        ]
    );
    for line in ["pending:anna", "on_hold:anna", "snoozed:anna", "open_again:anna"] {
        assert_eq!(lines_of(&app, ticket, line).await, 1, "{line}");
    }
    for line in ["prioritised:anna:high", "reopened_by:anna"] {
        assert_eq!(lines_of(&app, ticket, line).await, 1, "{line}");
    }
    app.stop().await;
}

async fn what_the_status_does_not_allow_is_refused_with_what_to_do(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    let (_, ticket) = asks_for_a_person(&app).await;
    let (house, right) = (&app.house, anna.desk());
    let waiting = refused(desk::pend(house, &right, ticket, None).await);
    assert_eq!(waiting, "take the ticket first");
    let waiting = refused(desk::hold(house, &sara.desk(), ticket, None).await);
    assert!(waiting.contains("waiting in the queue: take it first"), "{waiting}");
    assert_eq!(takes(&app, &anna).await, ticket);
    let before = ledger(&app, ticket).await;
    assert!(refused(desk::resume(house, &right, ticket, None).await).contains("already"));
    assert!(refused(desk::reopen(house, &right, ticket, None).await).contains("no reopening"));
    let others = desk::pend(house, &berta.desk(), ticket, None).await;
    assert!(
        matches!(&others, Err(ServiceError::Conflict { winner: Some(name), .. }) if name == "anna"),
        "{others:?}"
    );
    for ahead in [0, -HOUR, 367 * DAY] {
        let until = house.now().plus(ahead);
        let wrong = desk::snooze(house, &right, ticket, until, None).await;
        assert!(matches!(wrong, Err(ServiceError::Invalid(_))), "{wrong:?}");
    }
    assert_eq!(ledger(&app, ticket).await, before, "a refusal leaves nothing");
    resolves(&app, &anna, ticket).await;
    assert!(refused(desk::pend(house, &right, ticket, None).await).contains("reopen it first"));
    let over = desk::set_priority(house, &sara.desk(), ticket, Priority::Low, None).await;
    assert!(refused(over).contains("over"));
    app.pass(house.content.book().reopen_window + 1).await;
    let closed = refused(desk::reopen(house, &sara.desk(), ticket, None).await);
    assert!(closed.contains("start a new one"), "{closed}");
    app.stop().await;
}

async fn a_supervisor_may_move_what_others_hold(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let (anna, _, ticket, _) = held(&app).await;
    desk::hold(&app.house, &sara.desk(), ticket, None).await.unwrap();
    let now = record(&app, ticket).await.ticket;
    assert_eq!((now.status(), now.assignee()), (TicketStatus::OnHold, Some(anna.agent.id)));
    let (_, waiting) = asks_for_a_person(&app).await;
    desk::set_priority(&app.house, &sara.desk(), waiting, Priority::Urgent, None).await.unwrap();
    let berta = agent(&app, "berta").await;
    online(&app, &berta).await;
    let to_berta = desk::Receiver::Agent(berta.agent.id);
    desk::transfer(&app.house, &sara.desk(), ticket, to_berta, "").await.unwrap();
    app.settle().await;
    assert_eq!(record(&app, ticket).await.ticket.assignee(), Some(berta.agent.id));
    let moved =
        Fact::Transferred { from: Some(anna.agent.id), team: None, agent: Some(berta.agent.id) };
    assert!(ledger(&app, ticket).await.contains(&moved));
    desk::resolve(&app.house, &sara.desk(), waiting, None).await.unwrap();
    app.settle().await;
    let snapshot = app.house.queue.snapshot(10, app.house.now()).await.unwrap();
    assert_eq!(snapshot.total_waiting, 0, "nobody is given what is done");
    app.stop().await;
}

async fn a_snooze_ends_at_its_instant(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, _, ticket, before) = held(&app).await;
    let until = app.house.now().plus(2 * HOUR);
    desk::snooze(&app.house, &anna.desk(), ticket, until, None).await.unwrap();
    let later = until.plus(HOUR);
    desk::snooze(&app.house, &anna.desk(), ticket, later, None).await.unwrap();
    app.pass(3 * HOUR - 1).await;
    assert_eq!(status(&app, ticket).await, TicketStatus::Snoozed);
    app.pass(1).await;
    assert_eq!(status(&app, ticket).await, TicketStatus::Open);
    app.pass(DAY).await;
    assert_eq!(lines_of(&app, ticket, "woken").await, 1);
    let told = &ledger(&app, ticket).await[before..];
    assert_eq!(
        told,
        [to(TicketStatus::Snoozed), to(TicketStatus::Snoozed), to(TicketStatus::Open)]
    );
    app.stop().await;
}

async fn a_word_of_the_customers_ends_pending_and_snooze(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, customer, ticket, before) = held(&app).await;
    let (house, right) = (&app.house, anna.desk());
    desk::snooze(house, &right, ticket, house.now().plus(DAY), None).await.unwrap();
    says(&app, &customer, "where is my order").await;
    assert_eq!(status(&app, ticket).await, TicketStatus::Open);
    desk::pend(house, &right, ticket, None).await.unwrap();
    says(&app, &customer, "and my refund").await;
    assert_eq!(status(&app, ticket).await, TicketStatus::Open);
    desk::hold(house, &right, ticket, None).await.unwrap();
    says(&app, &customer, "any news from the courier").await;
    assert_eq!(status(&app, ticket).await, TicketStatus::OnHold, "that waits for somebody else");
    app.pass(2 * DAY).await;
    assert_eq!(lines_of(&app, ticket, "woken").await, 0, "it was awake before");
    let wrote = Fact::CustMsg { closing: false };
    assert_eq!(
        ledger(&app, ticket).await[before..],
        [
            to(TicketStatus::Snoozed),
            wrote.clone(),
            to(TicketStatus::Open),
            to(TicketStatus::Pending),
            wrote.clone(),
            to(TicketStatus::Open),
            to(TicketStatus::OnHold),
            wrote,
        ]
    );
    app.stop().await;
}

async fn waiting_and_sleeping_pause_the_promise(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, _, ticket, _) = held(&app).await;
    replies(&app, &anna, ticket, "I am asking the courier.").await;
    let due = async || {
        let clocks = read(&app, &anna, ticket).await.clocks;
        let clock = clocks.into_iter().find(|clock| clock.metric == "resolution").unwrap();
        (clock.state, clock.due)
    };
    let (_, first) = due().await;
    desk::hold(&app.house, &anna.desk(), ticket, None).await.unwrap();
    assert_eq!(due().await.0, "paused");
    app.pass(5 * HOUR).await;
    desk::resume(&app.house, &anna.desk(), ticket, None).await.unwrap();
    let (state, second) = due().await;
    assert_eq!((state.as_str(), second.unwrap() - first.unwrap()), ("running", 5 * HOUR));
    app.stop().await;
}

async fn the_silence_counts_from_when_it_is_the_customers_turn(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, customer, ticket, _) = held(&app).await;
    let (house, right) = (&app.house, anna.desk());
    replies(&app, &anna, ticket, "The courier will tell.").await;
    desk::hold(house, &right, ticket, None).await.unwrap();
    let window = house.content.book().auto_close;
    app.pass(window + DAY).await;
    assert_eq!(status(&app, ticket).await, TicketStatus::OnHold, "we wait for somebody else");
    desk::pend(house, &right, ticket, None).await.unwrap();
    app.pass(window - HOUR - 1).await;
    let asked = async || words(&heard(&app, &customer).await).contains("still there");
    assert!(!asked().await);
    app.pass(1).await;
    assert!(asked().await, "asked before it is closed");
    app.pass(HOUR).await;
    assert_eq!(status(&app, ticket).await, TicketStatus::Resolved);
    assert_eq!(lines_of(&app, ticket, "auto_closed").await, 1);
    app.stop().await;
}

async fn spam_ends_everything_and_tells_the_customer_nothing(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let (anna, customer, ticket, before) = held(&app).await;
    desk::snooze(&app.house, &anna.desk(), ticket, app.house.now().plus(HOUR), None).await.unwrap();
    let told = heard(&app, &customer).await.len();
    desk::spam(&app.house, &anna.desk(), ticket, None).await.unwrap();
    let (_, waiting) = asks_for_a_person(&app).await;
    desk::spam(&app.house, &sara.desk(), waiting, None).await.unwrap();
    app.settle().await;
    for ticket in [ticket, waiting] {
        assert_eq!(status(&app, ticket).await, TicketStatus::Closed);
        assert_eq!(owner(&app, ticket).await, Owner::Closed);
        let last = ledger(&app, ticket).await;
        let (spam, closed) = (Fact::Cancelled { why: Cancellation::Spam }, Fact::Closed);
        assert_eq!(last[last.len() - 2..], [spam, closed], "{before}");
    }
    let snapshot = app.house.queue.snapshot(10, app.house.now()).await.unwrap();
    assert_eq!(snapshot.total_waiting, 0);
    let mine = desk::overview(&app.house, &anna.desk(), Tab::Mine, None).await.unwrap();
    assert_eq!((mine.rows.len(), mine.me.load), (0, 0));
    app.pass(10 * DAY).await;
    assert_eq!(heard(&app, &customer).await.len(), told, "no rating, no farewell");
    for line in ["missed", "woken", "closed", "auto_closed"] {
        assert_eq!(lines_of(&app, ticket, line).await, 0, "{line}");
    }
    let again = words(&says(&app, &customer, "when do you open?").await);
    assert!(again.contains('9'), "the bot answers again: {again}");
    app.stop().await;
}

async fn who_reopens_gets_it_back_if_they_are_here(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, customer, ticket, _) = held(&app).await;
    let berta = agent(&app, "berta").await;
    online(&app, &berta).await;
    replies(&app, &anna, ticket, "Done.").await;
    resolves(&app, &anna, ticket).await;
    desk::reopen(&app.house, &berta.desk(), ticket, None).await.unwrap();
    app.settle().await;
    let taken = record(&app, ticket).await.ticket;
    assert_eq!((taken.status(), taken.assignee()), (TicketStatus::Open, Some(berta.agent.id)));
    replies(&app, &berta, ticket, "One more thing.").await;
    assert!(words(&heard(&app, &customer).await).contains("One more thing."));
    resolves(&app, &berta, ticket).await;
    desk::set_presence(&app.house, &anna.desk(), Presence::Offline).await.unwrap();
    desk::reopen(&app.house, &anna.desk(), ticket, None).await.unwrap();
    app.pass(10 * DAY).await;
    assert_eq!(status(&app, ticket).await, TicketStatus::New, "it waits, and is not closed");
    says(&app, &customer, "hello, still there?").await;
    assert_eq!(newest(&app).await.ticket.id, ticket, "the customer's words reach it");
    app.stop().await;
}

async fn one_customer_has_one_live_ticket(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, customer, first, _) = held(&app).await;
    resolves(&app, &anna, first).await;
    let one = heard(&app, &customer).await.last().unwrap().buttons[0].payload.clone();
    says(&app, &customer, &format!("press:{one}")).await;
    let second = newest(&app).await.ticket.id;
    assert_ne!(first, second, "a low rating opened another");
    let told = refused(desk::reopen(&app.house, &anna.desk(), first, None).await);
    assert!(told.contains(&second.code()), "{told}");
    app.stop().await;
}

async fn a_repeated_request_has_its_effect_once(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, _, ticket, before) = held(&app).await;
    let (house, right) = (&app.house, anna.desk());
    let [pend, open, urgent, done, back] = [(); 5].map(|()| Some(RequestId(fresh_id())));
    for _ in 0..2 {
        desk::pend(house, &right, ticket, pend).await.unwrap();
    }
    for _ in 0..2 {
        desk::resume(house, &right, ticket, open).await.unwrap();
    }
    desk::pend(house, &right, ticket, pend).await.unwrap();
    assert_eq!(status(&app, ticket).await, TicketStatus::Open, "late repetitions change nothing");
    for _ in 0..2 {
        desk::set_priority(house, &right, ticket, Priority::Urgent, urgent).await.unwrap();
    }
    for _ in 0..2 {
        desk::resolve(house, &right, ticket, done).await.unwrap();
    }
    app.settle().await;
    desk::set_presence(house, &right, Presence::Offline).await.unwrap();
    for _ in 0..2 {
        desk::reopen(house, &right, ticket, back).await.unwrap();
    }
    let told = ledger(&app, ticket).await.len() - before;
    assert_eq!(told, 6, "pending, open, urgent, resolved, reopened, enqueued");
    app.stop().await;
}

async fn of_two_who_move_at_once_one_wins(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let (anna, _, ticket, before) = held(&app).await;
    let (house, hers, theirs) = (&app.house, anna.desk(), sara.desk());
    for round in 0..20 {
        let both = tokio::join!(
            desk::hold(house, &hers, ticket, None),
            desk::hold(house, &theirs, ticket, None)
        );
        let one = usize::from(both.0.is_ok()) + usize::from(both.1.is_ok());
        assert_eq!(one, 1, "round {round}: {both:?}");
        let loser = if both.0.is_ok() { both.1 } else { both.0 };
        assert!(refused(loser).contains("on hold"), "round {round}");
        desk::resume(house, &hers, ticket, None).await.unwrap();
    }
    assert_eq!(ledger(&app, ticket).await.len() - before, 40);
    let both = tokio::join!(
        desk::resolve(house, &hers, ticket, None),
        desk::spam(house, &theirs, ticket, None)
    );
    app.settle().await;
    let end = status(&app, ticket).await;
    match both {
        (Ok(()), Ok(())) => {
            assert_eq!(end, TicketStatus::Closed, "answered, then found to be spam");
        }
        (Err(ServiceError::Conflict { .. }), Ok(())) => assert_eq!(end, TicketStatus::Closed),
        other => panic!("{other:?}"),
    }
    app.stop().await;
}

on_both!(
    each_move_is_told_to_the_ledger_once,
    what_the_status_does_not_allow_is_refused_with_what_to_do,
    a_supervisor_may_move_what_others_hold,
    a_snooze_ends_at_its_instant,
    a_word_of_the_customers_ends_pending_and_snooze,
    waiting_and_sleeping_pause_the_promise,
    the_silence_counts_from_when_it_is_the_customers_turn,
    spam_ends_everything_and_tells_the_customer_nothing,
    who_reopens_gets_it_back_if_they_are_here,
    one_customer_has_one_live_ticket,
    a_repeated_request_has_its_effect_once,
    of_two_who_move_at_once_one_wins,
);

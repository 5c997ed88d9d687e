//! Servers that die, and what a dead process leaves behind.

use sportello::channel::{Intake as _, Received};
use sportello::config::{Hidden, Telegram, TelegramMode};
use sportello::domain::contact::{Address, ChannelName, Origin};
use sportello::domain::id::{InboxId, TicketId};
use sportello::domain::inbound::{Content, Inbound};
use sportello::domain::language::Language;
use sportello::domain::message::Author;
use sportello::domain::ticket::TicketStatus;
use sportello::domain::time::{MINUTE, SECOND};
use sportello::queue::Waiting;
use sportello::service::chat::{self, CHANNEL, Said};
use sportello::service::clock::fresh_id;
use sportello::service::{ServiceError, desk, intake};
use sportello::store::inbox::NewInbox;
use sportello::store::message::StoredMessage;
use sportello::store::{self};

use crate::support::cast::{
    agent, asks_for_a_person, board, hire, newest, next, online, record, replies, resolves, says,
    supervisor, takes, visitor, words,
};
use crate::support::{Backend, TestApp, on_both};
use crate::telegram::fake::{FakeTelegram, Fault, TOKEN};

async fn queue_stands(app: &TestApp) {
    app.until("the queue is built", async || {
        app.house.queue.generation().await.ok().flatten().is_some()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_tickets_wait_in_the_records() {
    let mut app = TestApp::start(Backend::Servers).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let (_, held) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, held);
    app.redis().kill();

    let customer = visitor(&app);
    let answer = words(&says(&app, &customer, "when do you open?").await);
    assert!(answer.contains('9'), "the bot goes on: {answer}");
    let told = words(&says(&app, &customer, "human please").await);
    assert!(told.contains("passed your request"), "{told}");
    let ticket = newest(&app).await.ticket;
    assert_eq!(ticket.status(), TicketStatus::New);
    let refused = next(&app, &anna).await;
    assert!(matches!(refused, Err(ServiceError::Unavailable(_))), "{refused:?}");
    replies(&app, &anna, held, "I am still here.").await;
    let view = board(&app, &sara).await;
    assert_eq!((view.waiting, view.online), (1, 0));
    assert!(view.alarms.iter().any(|a| a.kind == "queue_away"), "{:?}", view.alarms);

    app.redis().restart();
    queue_stands(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket.id);
    app.pass(10 * SECOND).await;
    let view = board(&app, &sara).await;
    assert_eq!((view.waiting, view.online), (0, 1));
    assert!(view.alarms.is_empty(), "{:?}", view.alarms);
    assert!(next(&app, &anna).await.unwrap().is_none(), "and nothing is given out twice");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flushed_redis_loses_nothing() {
    let mut app = TestApp::start(Backend::Servers).await;
    let anna = hire(&app, "anna", sportello::domain::agent::Role::Agent, &[], 2).await;
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(asks_for_a_person(&app).await.1);
        app.clock.advance(SECOND);
    }
    assert_eq!(takes(&app, &anna).await, waiting[0]);
    app.redis().command(&["FLUSHALL"]);
    online(&app, &anna).await;
    let second: TicketId = next(&app, &anna).await.unwrap().unwrap().id.parse().unwrap();
    assert_eq!(second, waiting[1], "in the same order");
    let full = next(&app, &anna).await;
    assert!(matches!(full, Err(ServiceError::Conflict { .. })), "what is held counts: {full:?}");
    app.redis().command(&["FLUSHALL"]);
    resolves(&app, &anna, waiting[0]).await;
    online(&app, &anna).await;
    let third: TicketId = next(&app, &anna).await.unwrap().unwrap().id.parse().unwrap();
    assert_eq!(third, waiting[2]);
    app.stop().await;
}

/// Two processes meet a Redis that has forgotten everything: the second rebuild fences the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_rebuild_one_queue() {
    let mut app = TestApp::start(Backend::Servers).await;
    let second = app.second().await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    let (_, one) = asks_for_a_person(&app).await;
    app.clock.advance(SECOND);
    let (_, two) = asks_for_a_person(&app).await;
    for _ in 0..5 {
        app.redis().command(&["FLUSHALL"]);
        let (a, b) = tokio::join!(online(&app, &anna), online(&second, &berta));
        assert_eq!((a, b), ((), ()));
    }
    queue_stands(&app).await;
    online(&app, &anna).await;
    online(&second, &berta).await;
    let (first, other) = tokio::join!(next(&app, &anna), next(&second, &berta));
    let mut taken: Vec<TicketId> =
        [first, other].into_iter().map(|row| row.unwrap().unwrap().id.parse().unwrap()).collect();
    taken.sort();
    assert_eq!(taken, [one, two]);
    second.stop().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_postgres_nothing_is_acknowledged() {
    let app = TestApp::start(Backend::Servers).await;
    let anna = agent(&app, "anna").await;
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let customer = visitor(&app);
    app.database().shut().await;

    let say = async |id: &str| {
        let said = Said::Text("when do you open?".to_owned());
        chat::say(&app.house, &customer, id, said, Some(Language::En)).await
    };
    let refused = say("1").await;
    assert!(matches!(refused, Err(ServiceError::Unavailable(_))), "{refused:?}");
    let inbound = written("ghost", "1", "hello");
    let received = Received {
        provider_id: inbound.provider_id.clone(),
        raw: Vec::new(),
        content: Ok(inbound),
    };
    let not_stored = app.house.accept(&ChannelName(CHANNEL.to_owned()), received).await;
    assert!(not_stored.is_err(), "{not_stored:?}");
    let reply = desk::reply(&app.house, &anna.desk(), ticket, "Hello?", None).await;
    assert!(matches!(reply, Err(ServiceError::Unavailable(_))), "{reply:?}");

    app.database().open().await;
    app.until("the records are back", async || app.house.db.ping().await.is_ok()).await;
    say("1").await.unwrap();
    say("1").await.unwrap();
    app.settle().await;
    let lines = chat::lines(&app.house, &customer, 0).await.unwrap();
    assert_eq!(lines.iter().filter(|line| line.from == "you").count(), 1);
    assert!(words(&lines).contains('9'));
    replies(&app, &anna, ticket, "Here I am.").await;
    assert_eq!(record(&app, ticket).await.ticket.assignee(), Some(anna.agent.id));
    app.stop().await;
}

/// A claim whose write fails must not keep the ticket from others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_reserved_while_postgres_died_waits_again() {
    let app = TestApp::start(Backend::Servers).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    let (_, ticket) = asks_for_a_person(&app).await;
    online(&app, &anna).await;
    app.database().shut().await;
    assert!(next(&app, &anna).await.is_err());
    app.database().open().await;
    app.until("the records are back", async || app.house.db.ping().await.is_ok()).await;
    app.clock.advance(31 * SECOND);
    online(&app, &berta).await;
    app.until("it can be taken", async || {
        let taken = next(&app, &berta).await.unwrap();
        taken.is_some_and(|row| row.id == ticket.to_string())
    })
    .await;
    app.stop().await;
}

fn written(address: &str, id: &str, text: &str) -> Inbound {
    Inbound {
        channel: ChannelName(CHANNEL.to_owned()),
        provider_id: format!("{address}:{id}"),
        address: Address(address.to_owned()),
        name: None,
        language: Some(Language::En),
        content: Content::Text { text: text.to_owned() },
        provider_at: None,
        origin: Origin::Real,
        segments: None,
    }
}

/// Stored and acknowledged, and then the process died before the turn.
async fn left_waiting(app: &TestApp, inbound: &Inbound) {
    let new = NewInbox {
        id: InboxId(fresh_id()),
        channel: &inbound.channel,
        provider_id: &inbound.provider_id,
        content: Ok(inbound),
        raw: b"",
        at: app.house.now(),
    };
    let mut tx = app.house.db.begin().await.unwrap();
    assert!(store::inbox::insert(&mut tx, &new).await.unwrap());
    tx.commit().await.unwrap();
}

async fn thread_of(app: &TestApp, address: &str) -> Vec<StoredMessage> {
    let (channel, address) = (ChannelName(CHANNEL.to_owned()), Address(address.to_owned()));
    let found = store::conversation::find(&app.house.db, &channel, &address).await.unwrap();
    match found {
        Some(known) => store::message::last(&app.house.db, known.id, 100).await.unwrap(),
        None => Vec::new(),
    }
}

async fn what_was_stored_and_not_applied_is_swept(backend: Backend) {
    let app = TestApp::start(backend).await;
    left_waiting(&app, &written("ada", "1", "when do you open?")).await;
    left_waiting(&app, &written("ada", "2", "how much is shipping?")).await;
    assert_eq!(intake::sweep(&app.house).await.unwrap(), 0, "not yet: it may be in hand");
    assert!(thread_of(&app, "ada").await.is_empty());
    app.clock.advance(3 * SECOND);
    app.until("swept", async || {
        app.number("SELECT COUNT(*) FROM inbox WHERE status = 'waiting'").await == 0
    })
    .await;
    let thread = thread_of(&app, "ada").await;
    let said: Vec<_> = thread
        .iter()
        .filter(|stored| stored.message.author == Author::Customer)
        .map(|stored| stored.message.body.text.as_str())
        .collect();
    assert_eq!(said, ["when do you open?", "how much is shipping?"]);
    assert!(thread.last().unwrap().message.body.text.contains("4.90"));
    app.stop().await;
}

async fn a_new_process_takes_up_what_the_last_one_left(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    left_waiting(&app, &written("ada", "1", "when do you open?")).await;
    let app = app.restart().await;
    app.clock.advance(3 * SECOND);
    app.until("swept", async || thread_of(&app, "ada").await.len() == 3).await;
    queue_stands(&app).await;
    let anna = agent(&app, "anna").await;
    assert_eq!(takes(&app, &anna).await, ticket, "the queue is filled from the records");
    app.stop().await;
}

/// A queue that came back from an old copy offers what is held or done: the records decide.
async fn what_an_old_queue_offers_again_stays_with_its_owner(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    online(&app, &berta).await;
    let (_, held) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, held);
    let (_, done) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, done);
    resolves(&app, &anna, done).await;
    for (ticket, status, owner) in
        [(held, TicketStatus::Open, Some(anna.agent.id)), (done, TicketStatus::Resolved, None)]
    {
        let stored = record(&app, ticket).await;
        let waiting = Waiting {
            ticket,
            requirement: stored.ticket.requirement.clone(),
            score: stored.score,
            cost: stored.ticket.cost,
        };
        app.house.queue.remove(ticket, None).await.unwrap();
        app.house.queue.push(&waiting).await.unwrap();
        let next_one = next(&app, &berta).await.unwrap();
        assert!(next_one.is_none(), "the records decide: {next_one:?}");
        let after = record(&app, ticket).await.ticket;
        assert_eq!((after.status(), after.assignee()), (status, owner));
        let snapshot = app.house.queue.snapshot(10, app.house.now()).await.unwrap();
        assert_eq!(snapshot.total_waiting, 0, "and it is offered no more");
    }
    app.stop().await;
}

async fn an_enqueuing_that_died_is_done_again(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (_, ticket) = asks_for_a_person(&app).await;
    app.house.queue.remove(ticket, None).await.unwrap();
    let until = app.house.now().plus(MINUTE).0;
    let left = format!(
        "UPDATE outbox SET status = 'leased', lease_until = {until} WHERE kind = 'enqueue'"
    );
    assert_eq!(app.sql(&left).await, 1);
    online(&app, &anna).await;
    assert!(next(&app, &anna).await.unwrap().is_none(), "it is not in the queue");
    app.pass(MINUTE + 1).await;
    let done =
        "SELECT COUNT(*) FROM outbox WHERE kind = 'enqueue' AND status = 'done' AND attempts = 2";
    assert_eq!(app.number(done).await, 1);
    assert_eq!(takes(&app, &anna).await, ticket);
    app.stop().await;
}

async fn a_sending_that_died_is_unconfirmed(backend: Backend) {
    let fake = FakeTelegram::start();
    let telegram = Telegram {
        token: Hidden(TOKEN.to_owned()),
        api_root: Some(fake.api_root().to_string()),
        mode: TelegramMode::Polling,
    };
    let app = TestApp::start_with(backend, |config| {
        config.channels.telegram.insert("shop".to_owned(), telegram);
    })
    .await;
    let sara = supervisor(&app).await;
    fake.fail_next(1, Fault::TooMany(3));
    fake.customer_says(5, "/start");
    let put_off = "SELECT COUNT(*) FROM outbox WHERE status = 'waiting' AND attempts = 1";
    app.until("put off", async || app.number(put_off).await == 1).await;
    let until = app.house.now().plus(MINUTE).0;
    let left =
        format!("UPDATE outbox SET status = 'leased', lease_until = {until} WHERE kind = 'send'");
    assert_eq!(app.sql(&left).await, 1);
    app.pass(MINUTE + 1).await;
    app.pass(10 * MINUTE).await;
    let unconfirmed = "SELECT COUNT(*) FROM message WHERE delivery = 'unconfirmed'";
    assert_eq!(app.number(unconfirmed).await, 1);
    assert_eq!(fake.count("sendmessage"), 1, "it may have left: it is not sent again");
    let alarms = board(&app, &sara).await.alarms;
    assert!(alarms.iter().any(|a| a.kind == "unconfirmed" && a.count == 1), "{alarms:?}");
    app.stop().await;
}

on_both!(
    what_was_stored_and_not_applied_is_swept,
    a_new_process_takes_up_what_the_last_one_left,
    what_an_old_queue_offers_again_stays_with_its_owner,
    an_enqueuing_that_died_is_done_again,
    a_sending_that_died_is_unconfirmed,
);

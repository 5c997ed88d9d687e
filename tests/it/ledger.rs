//! The message ledger: nothing is missing in the accounts, and what did not arrive waits for a person.

mod balance;
mod command;
mod statuses;

use serde_json::json;
use sportello::channel::{Intake as _, Received};
use sportello::config::{Config, Hidden, Pace, Telegram, TelegramMode};
use sportello::domain::agent::Role;
use sportello::domain::contact::{Address, ChannelName, Origin};
use sportello::domain::inbound::{Content, Inbound, Reached};
use sportello::domain::message::Delivery;
use sportello::domain::time::{DAY, SECOND};
use sportello::service::accounts::{self, Accounts};
use sportello::service::chat;
use sportello::store;

use crate::support::call::Line;
use crate::support::cast::{
    agent, asks_for_a_person, board, heard, hire, read, replies, supervisor, takes,
};
use crate::support::{Backend, TestApp, on_both};
use crate::telegram::fake::{FakeTelegram, Fault, TOKEN};

const CHAT: i64 = 7_001;
const OTHER: i64 = 7_002;

fn configured(fake: &FakeTelegram, config: &mut Config) {
    let telegram = Telegram {
        token: Hidden(TOKEN.to_owned()),
        api_root: Some(fake.api_root().to_string()),
        mode: TelegramMode::Polling,
    };
    config.channels.telegram.insert("shop".to_owned(), telegram);
}

async fn open(backend: Backend) -> (FakeTelegram, TestApp) {
    let fake = FakeTelegram::start();
    let app = TestApp::start_with(backend, |config| configured(&fake, config)).await;
    (fake, app)
}

async fn balanced(app: &TestApp) -> Accounts {
    accounts::step(&app.house).await.unwrap();
    let found = accounts::read(&app.house.db, app.house.now().plus(-DAY)).await.unwrap();
    assert!(found.balance(), "{found:#?}");
    found
}

fn telegram() -> ChannelName {
    ChannelName("telegram:shop".to_owned())
}

/// How far each of our messages to a chat got.
async fn deliveries(app: &TestApp, chat: i64) -> Vec<Delivery> {
    let address = Address(chat.to_string());
    let thread = store::conversation::find(&app.house.db, &telegram(), &address).await.unwrap();
    let Some(thread) = thread else { return Vec::new() };
    let all = store::message::last(&app.house.db, thread.id, 1_000).await.unwrap();
    let all = all.iter().map(|stored| stored.message.delivery);
    all.filter(|delivery| *delivery != Delivery::None).collect()
}

async fn until_delivered(app: &TestApp, chat: i64, expected: &[Delivery]) {
    app.until("deliveries", async || deliveries(app, chat).await == expected).await;
}

async fn a_message_without_an_answer_is_sent_again_by_a_person_once(backend: Backend) {
    let (fake, app) = open(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    fake.fail_next(1, Fault::Cut);
    fake.customer_says(CHAT, "/start");
    until_delivered(&app, CHAT, &[Delivery::Unconfirmed]).await;

    let (desk, line) = (Line::of(&app, &anna).await, Line::of(&app, &sara).await);
    assert_eq!(desk.get("/api/v1/letters").await.status, 403);
    let letters = line.get("/api/v1/letters").await.json();
    let letter = &letters["letters"][0];
    assert_eq!(
        (&letter["state"], &letter["customer"]),
        (&json!("unconfirmed"), &json!("Ada Rossi"))
    );
    assert!(letter["text"].as_str().unwrap().contains("Bottega di Prova"), "{letter}");
    assert_eq!((&letter["tries"], &letters["total"]), (&json!(1), &json!(1)));
    for (language, words) in [("it", "Invia di nuovo"), ("en", "it may have arrived")] {
        let page = line.get_in(language, "/board/letters").await.body;
        assert!(page.contains(words) && page.contains("Ada Rossi"), "{language}: {page}");
    }
    let retry = format!("/api/v1/letters/{}/retry", letter["id"].as_str().unwrap());
    assert_eq!(desk.post(&retry, &json!({})).await.status, 403);
    let (first, second) =
        tokio::join!(async { line.post(&retry, &json!({})).await.status }, async {
            line.post(&retry, &json!({})).await.status
        },);
    let both = [first.min(second), first.max(second)];
    assert_eq!(both, [204, 409], "a double click sends once");
    app.settle().await;
    until_delivered(&app, CHAT, &[Delivery::Sent]).await;
    assert_eq!(fake.count("sendmessage"), 2);
    assert_eq!(line.post(&retry, &json!({})).await.status, 409, "it was sent");

    let letters = line.get("/api/v1/letters").await.json();
    assert_eq!(letters["letters"], json!([]));
    let decided = &letters["decided"][0];
    assert_eq!((&decided[1], &decided[2]), (&json!(sara.agent.name), &json!("again")));
    assert!(board(&app, &sara).await.alarms.is_empty());
    balanced(&app).await;
    app.stop().await;
}

async fn a_refused_message_is_left_alone_by_a_person(backend: Backend) {
    let (fake, app) = open(backend).await;
    let sara = supervisor(&app).await;
    fake.fail_next(1, Fault::Blocked);
    fake.customer_says(CHAT, "/start");
    until_delivered(&app, CHAT, &[Delivery::Failed]).await;
    let line = Line::of(&app, &sara).await;
    let letters = line.get("/api/v1/letters").await.json();
    let id = letters["letters"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(letters["letters"][0]["state"], "dead");
    let form = line.form(&format!("/board/letters/{id}/dismiss"), "").await;
    assert_eq!(form.status, 303, "{}", form.body);
    assert_eq!(line.post(&format!("/api/v1/letters/{id}/retry"), &json!({})).await.status, 409);
    assert!(board(&app, &sara).await.alarms.is_empty());
    let account = balanced(&app).await;
    assert_eq!(account.outgoing.values().map(|a| a.dismissed).sum::<u64>(), 1);
    app.stop().await;
}

async fn what_cannot_be_read_is_kept_and_read_again_later(backend: Backend) {
    let (fake, app) = open(backend).await;
    let (sara, ugo) = (supervisor(&app).await, hire(&app, "ugo", Role::Admin, &[], 1).await);
    fake.knows(CHAT);
    let strange = fake.arrives(json!({"brand_new": {"card": "4111 1111 1111 1111"}}));
    fake.confirmed(strange).await;
    let (line, admin) = (Line::of(&app, &sara).await, Line::of(&app, &ugo).await);
    let alarms = board(&app, &sara).await.alarms;
    assert!(alarms.iter().any(|alarm| alarm.kind == "unparsed"), "{alarms:?}");
    let letters = line.get("/api/v1/letters").await.json();
    let id = letters["unread"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(letters["unread"][0]["state"], "unparsed");
    let raw = format!("/board/inbox/{id}");
    assert_eq!(line.get(&raw).await.status, 403, "for admins alone");
    let shown = admin.get(&raw).await;
    assert!(shown.body.contains("brand_new") && shown.body.contains("••••1111"), "{}", shown.body);
    assert!(!shown.body.contains("4111 1111"), "{}", shown.body);
    let replay = format!("/api/v1/inbox/{id}/replay");
    assert_eq!(line.post(&replay, &json!({})).await.status, 422, "today's code cannot read it");

    // What tomorrow's code would read of it.
    let message = json!({"update_id": strange, "message": {"message_id": 99, "date": 1, "text": "a che ora aprite?",
        "chat": {"id": CHAT, "type": "private", "first_name": "Ada"},
        "from": {"id": CHAT, "is_bot": false, "first_name": "Ada"}}});
    let bytes = message.to_string().into_bytes();
    let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let bytes = match backend {
        Backend::Embedded => format!("X'{hex}'"),
        Backend::Servers => format!("'\\x{hex}'"),
    };
    app.sql(&format!("UPDATE inbox SET raw = {bytes} WHERE status = 'unparsed'")).await;
    let (first, second) =
        tokio::join!(async { line.post(&replay, &json!({})).await.status }, async {
            line.post(&replay, &json!({})).await.status
        },);
    assert_eq!([first.min(second), first.max(second)], [204, 409], "applied once");
    assert!(fake.sent_to(CHAT, 2).await[1].text.contains('9'));
    app.settle().await;
    assert_eq!(fake.sent_to(CHAT, 2).await.len(), 2);
    assert_eq!(line.get("/api/v1/letters").await.json()["unread"], json!([]));
    let account = balanced(&app).await.incoming[&(telegram(), day(&app))];
    assert_eq!((account.received, account.processed, account.unparsed), (1, 1, 0));
    app.stop().await;
}

fn day(app: &TestApp) -> sportello::domain::time::UtcMillis {
    store::account::day_of(app.house.now())
}

async fn refused_and_repeated_requests_are_counted(backend: Backend) {
    let app = TestApp::start_with(backend, |config| {
        config.channels.rest.token = Hidden("a good token".to_owned());
    })
    .await;
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::new();
    let url = format!("http://{}/webhooks/rest/webhook", app.address);
    let ask = async |token: &str| {
        let request = client.post(&url).bearer_auth(token).header("idempotency-key", "one");
        let body = json!({"sender": "ada", "message": "a che ora aprite?"}).to_string();
        request.body(body).send().await.unwrap().status().as_u16()
    };
    for _ in 0..50 {
        assert_eq!(ask("guessed").await, 401);
    }
    for _ in 0..3 {
        assert_eq!(ask("a good token").await, 200);
    }
    let rest = ChannelName("rest".to_owned());
    let account = balanced(&app).await.incoming[&(rest, day(&app))];
    assert_eq!((account.received, account.processed), (53, 1));
    assert_eq!((account.duplicate, account.rejected), (2, 50));
    let rows = app.number("SELECT COUNT(*) FROM account").await;
    assert!(rows <= 6, "no row for each attempt: {rows}");
    // A row that vanishes is missed.
    app.sql("DELETE FROM inbox").await;
    let found = accounts::read(&app.house.db, app.house.now()).await.unwrap();
    assert!(!found.balance(), "{found:?}");
    app.stop().await;
}

async fn a_busy_chat_waits_its_turn_and_holds_nobody_up(backend: Backend) {
    let fake = FakeTelegram::start();
    let app = TestApp::start_with(backend, |config| {
        configured(&fake, config);
        let pace = Pace { per_second: 0, burst: 1, chat_per_minute: 60, chat_burst: 2 };
        config.pace.insert("telegram".to_owned(), pace);
    })
    .await;
    for question in
        ["a che ora aprite?", "quanto costa la spedizione?", "a che ora aprite?", "grazie"]
    {
        let update = fake.customer_says(CHAT, question);
        fake.confirmed(update).await;
    }
    let asked = app.number("SELECT COUNT(*) FROM outbox WHERE kind = 'send'").await;
    assert!(asked >= 4, "{asked}");
    app.settle().await;
    fake.sent_to(CHAT, 2).await;
    assert_eq!(fake.count("sendmessage"), 2, "a burst, and no more");
    let update = fake.customer_says(OTHER, "a che ora aprite?");
    fake.confirmed(update).await;
    app.settle().await;
    assert!(fake.sent_to(OTHER, 2).await[1].text.contains('9'), "the other chat does not wait");
    let asked = usize::try_from(asked).unwrap();
    for n in 3..=asked {
        app.pass(SECOND).await;
        app.until("the next one", async || {
            let all = deliveries(&app, CHAT).await;
            all.iter().filter(|delivery| **delivery == Delivery::Sent).count() == n
        })
        .await;
    }
    let texts: Vec<_> = fake.sent_to(CHAT, asked).await.into_iter().map(|s| s.text).collect();
    assert!(texts[1].contains('9'), "in order: {texts:#?}");
    assert_eq!(deliveries(&app, CHAT).await.len(), asked);
    balanced(&app).await;
    app.stop().await;
}

async fn a_channel_asked_to_wait_waits_as_a_whole(backend: Backend) {
    let (fake, app) = open(backend).await;
    fake.fail_next(1, Fault::TooMany(3));
    let first = fake.customer_says(CHAT, "/start");
    fake.confirmed(first).await;
    let held = "SELECT COUNT(*) FROM pace WHERE address = ''";
    app.until("asked to wait", async || app.number(held).await == 1).await;
    let second = fake.customer_says(OTHER, "/start");
    fake.confirmed(second).await;
    app.settle().await;
    let calls = fake.count("sendmessage");
    app.pass(2 * SECOND).await;
    assert_eq!((calls, fake.count("sendmessage")), (1, 1), "nobody knocks meanwhile");
    app.pass(SECOND).await;
    until_delivered(&app, CHAT, &[Delivery::Sent]).await;
    until_delivered(&app, OTHER, &[Delivery::Sent]).await;
    assert_eq!(fake.count("sendmessage"), 3);
    balanced(&app).await;
    app.stop().await;
}

async fn receipt(app: &TestApp, message: i64, reached: Reached) {
    let provider_id = format!("receipt-{message}-{reached:?}");
    let inbound = Inbound {
        channel: telegram(),
        provider_id: provider_id.clone(),
        address: Address(CHAT.to_string()),
        name: None,
        language: None,
        content: Content::Receipt { message: message.to_string(), reached, at: None },
        provider_at: None,
        origin: Origin::Real,
        segments: None,
    };
    let received = Received { provider_id, raw: b"{}".to_vec(), content: Ok(inbound) };
    app.house.accept(&telegram(), received).await.unwrap();
}

async fn receipts_never_go_back_and_may_come_first(backend: Backend) {
    let (fake, app) = open(backend).await;
    // One for a customer whom nobody knows opens no thread.
    receipt(&app, 1, Reached::Read).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM conversation").await, 0);
    fake.customer_says(CHAT, "/start");
    let shown = fake.sent_to(CHAT, 1).await[0].message_id;
    until_delivered(&app, CHAT, &[Delivery::Sent]).await;
    receipt(&app, shown, Reached::Read).await;
    assert_eq!(deliveries(&app, CHAT).await, [Delivery::Read]);
    receipt(&app, shown, Reached::Delivered).await;
    receipt(&app, shown, Reached::Failed { reason: "too late to say".to_owned() }).await;
    assert_eq!(deliveries(&app, CHAT).await, [Delivery::Read], "it never goes back");

    // The next answer's receipt is here before the answer to our own request.
    for next in shown + 1..shown + 3 {
        receipt(&app, next, Reached::Delivered).await;
    }
    fake.customer_says(CHAT, "quanto costa la spedizione?");
    until_delivered(&app, CHAT, &[Delivery::Read, Delivery::Delivered]).await;
    let last = fake.sent_to(CHAT, 2).await[1].message_id;
    receipt(&app, last, Reached::Read).await;
    assert_eq!(deliveries(&app, CHAT).await, [Delivery::Read, Delivery::Read]);

    // What the provider took and then could not deliver is a letter like others.
    fake.customer_says(CHAT, "a che ora aprite?");
    until_delivered(&app, CHAT, &[Delivery::Read, Delivery::Read, Delivery::Sent]).await;
    let last = fake.sent_to(CHAT, 3).await[2].message_id;
    receipt(&app, last, Reached::Failed { reason: "no such number".to_owned() }).await;
    assert_eq!(deliveries(&app, CHAT).await[2], Delivery::Failed);
    let letters = store::letter::open(&app.house.db, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].problem.as_deref(), Some("no such number"));
    let customers = "SELECT COUNT(*) FROM message WHERE author = 'customer'";
    assert_eq!(app.number(customers).await, 2, "a receipt is nothing that a customer said");
    balanced(&app).await;
    app.stop().await;
}

async fn the_desk_sees_what_the_customer_has_read(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    takes(&app, &anna).await;
    replies(&app, &anna, ticket, "Buongiorno!").await;
    let tick = async || read(&app, &anna, ticket).await.thread.pop().unwrap();
    let fetched = async |line: &str| {
        app.until(line, async || {
            let thread = read(&app, &anna, ticket).await.thread;
            thread.iter().rfind(|one| one.kind == "agent").is_some_and(|one| one.delivery == line)
        })
        .await;
    };
    assert_eq!(
        (tick().await.text.as_str(), tick().await.delivery.as_str()),
        ("Buongiorno!", "none")
    );
    let seen = heard(&app, &customer).await;
    fetched("delivered").await;
    let last = seen.last().unwrap().seq;
    chat::read(&app.house, &customer, last + 100).await.unwrap();
    fetched("read").await;
    // A page that is behind changes nothing.
    heard(&app, &customer).await;
    accounts::step(&app.house).await.unwrap();
    chat::read(&app.house, &customer, 1).await.unwrap();
    fetched("read").await;
    for (language, words) in [("it", "letto"), ("en", "read")] {
        let page =
            Line::of(&app, &anna).await.get_in(language, &format!("/desk/tickets/{ticket}")).await;
        assert!(page.body.contains(&format!("delivery-read\" title=\"{words}\"")), "{}", page.body);
    }
    balanced(&app).await;
    app.stop().await;
}

on_both!(
    a_message_without_an_answer_is_sent_again_by_a_person_once,
    a_refused_message_is_left_alone_by_a_person,
    what_cannot_be_read_is_kept_and_read_again_later,
    refused_and_repeated_requests_are_counted,
    a_busy_chat_waits_its_turn_and_holds_nobody_up,
    a_channel_asked_to_wait_waits_as_a_whole,
    receipts_never_go_back_and_may_come_first,
    the_desk_sees_what_the_customer_has_read,
);

//! The whole road through Telegram's Bot API, and what goes wrong on it.

#[expect(dead_code, unused_imports, reason = "the channel's own tests use the rest of the fake")]
#[path = "../fakes/telegram.rs"]
pub(crate) mod fake;
#[path = "telegram/turns.rs"]
mod turns;

use std::time::Duration;

use sportello::config::{Config, Hidden, Telegram, TelegramMode};
use sportello::domain::contact::{Address, ChannelName};
use sportello::domain::message::{Author, Delivery};
use sportello::domain::time::{MINUTE, SECOND};
use sportello::service::desk;
use sportello::store;
use sportello::store::message::StoredMessage;

use self::fake::{FakeTelegram, Fault, Shown, TOKEN};
use crate::support::cast::{
    agent, board, lines_of, newest, read, replies, resolves, supervisor, takes,
};
use crate::support::{Backend, TestApp, log, on_both};

const CHAT: i64 = 7_001;

fn configured(fake: &FakeTelegram) -> impl FnOnce(&mut Config) {
    let telegram = Telegram {
        token: Hidden(TOKEN.to_owned()),
        api_root: Some(fake.api_root().to_string()),
        mode: TelegramMode::Polling,
    };
    move |config| drop(config.channels.telegram.insert("shop".to_owned(), telegram))
}

async fn open(backend: Backend) -> (FakeTelegram, TestApp) {
    let fake = FakeTelegram::start();
    let app = TestApp::start_with(backend, configured(&fake)).await;
    (fake, app)
}

/// The thread of the chat, as it is stored.
async fn stored(app: &TestApp) -> Vec<StoredMessage> {
    let (channel, address) = (ChannelName("telegram:shop".to_owned()), Address(CHAT.to_string()));
    let found = store::conversation::find(&app.house.db, &channel, &address).await.unwrap();
    match found {
        Some(conversation) => {
            store::message::last(&app.house.db, conversation.id, 1_000).await.unwrap()
        }
        None => Vec::new(),
    }
}

async fn last_delivery(app: &TestApp) -> Option<Delivery> {
    let ours = |stored: &&StoredMessage| {
        matches!(stored.message.author, Author::Bot | Author::Agent(_))
            && stored.message.delivery != Delivery::None
    };
    stored(app).await.iter().rfind(ours).map(|stored| stored.message.delivery)
}

/// Writes, and waits for as many messages as the chat has then; the last one.
async fn says(fake: &FakeTelegram, text: &str, shown: usize) -> Shown {
    fake.customer_says(CHAT, text);
    last(fake, shown).await
}

async fn last(fake: &FakeTelegram, shown: usize) -> Shown {
    let mut all = fake.sent_to(CHAT, shown).await;
    assert_eq!(all.len(), shown, "{all:#?}");
    all.pop().expect("a message")
}

fn data(shown: &Shown, at: usize) -> &str {
    &shown.buttons[at].1
}

async fn the_whole_road(backend: Backend) {
    let (fake, app) = open(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);

    let hello = says(&fake, "/start", 1).await;
    assert!(hello.text.contains("assistente automatico di Bottega di Prova"), "{}", hello.text);
    assert_eq!(data(&hello, 1), "i:order_status");
    assert!(says(&fake, "a che ora aprite?", 2).await.text.contains('9'));

    fake.customer_presses(CHAT, data(&hello, 1), hello.message_id);
    let asked = last(&fake, 3).await;
    assert!(asked.text.contains("numero dell'ordine"), "{}", asked.text);
    fake.customer_presses(CHAT, data(&asked, 0), asked.message_id);
    assert!(last(&fake, 4).await.text.contains("mi fermo qui"));
    assert!(
        says(&fake, "l'articolo è arrivato rotto", 5).await.text.contains("numero dell'ordine")
    );
    assert!(says(&fake, "non lo so", 7).await.text.contains("numero dell'ordine"), "asked again");
    fake.customer_says(CHAT, "è AB123456");
    let waiting = fake.sent_to(CHAT, 9).await;
    assert!(waiting[7].text.contains("Mi dispiace"), "{waiting:#?}");
    assert!(waiting[8].text.contains("Ho passato la Sua richiesta"), "{waiting:#?}");

    app.settle().await;
    let ticket = takes(&app, &anna).await;
    let view = read(&app, &anna, ticket).await;
    assert_eq!(
        (view.row.customer.as_str(), view.row.channel.as_str()),
        ("Ada Rossi", "telegram:shop")
    );
    assert!(view.slots.contains(&("order_number".to_owned(), "AB123456".to_owned())));
    replies(&app, &anna, ticket, "Le mando subito un'altra tazza.").await;
    assert_eq!(last(&fake, 10).await.text, "Le mando subito un'altra tazza.");
    desk::note(&app.house, &anna.desk(), ticket, "gentile", None).await.unwrap();
    let thanks = fake.customer_says(CHAT, "grazie mille");
    fake.confirmed(thanks).await;
    assert_eq!(read(&app, &anna, ticket).await.row.preview, "grazie mille");

    resolves(&app, &anna, ticket).await;
    let question = last(&fake, 11).await;
    assert_eq!((question.buttons.len(), question.rows), (5, 1), "{question:?}");
    fake.customer_presses(CHAT, data(&question, 3), question.message_id);
    assert!(last(&fake, 12).await.text.contains("due parole"));
    fake.customer_presses(CHAT, data(&question, 0), question.message_id);
    assert!(says(&fake, "Anna è stata gentile", 13).await.text.contains("ci aiuta a migliorare"));
    assert_eq!(fake.answered(4).await.len(), 4, "every press is answered");
    let rating = read(&app, &anna, ticket).await.rating;
    assert_eq!(
        rating,
        Some((4, Some("Anna è stata gentile".to_owned()))),
        "the first press counts"
    );
    let board = board(&app, &sara).await;
    assert_eq!((board.csat.part, board.csat.whole, board.waiting), (1, 1, 0));
    assert!(board.alarms.is_empty(), "{:?}", board.alarms);
    app.stop().await;
}

async fn an_update_that_comes_twice_counts_once(backend: Backend) {
    let (fake, app) = open(backend).await;
    let first = fake.customer_says(CHAT, "quanto costa la spedizione?");
    fake.sent_to(CHAT, 2).await;
    fake.confirmed(first).await;
    fake.redeliver(first);
    let second = fake.customer_says(CHAT, "grazie");
    fake.confirmed(second).await;
    let shown = fake.sent_to(CHAT, 3).await;
    app.settle().await;
    let said: Vec<_> = stored(&app).await;
    let customers = said.iter().filter(|stored| stored.message.author == Author::Customer).count();
    assert_eq!((customers, shown.len(), fake.sent_to(CHAT, 3).await.len()), (2, 3, 3));
    assert_eq!(app.number("SELECT COUNT(*) FROM inbox").await, 2);
    app.stop().await;
}

async fn polling_goes_on_after_a_restart(backend: Backend) {
    let (fake, app) = open(backend).await;
    let first = fake.customer_says(CHAT, "quanto costa la spedizione?");
    fake.sent_to(CHAT, 2).await;
    fake.confirmed(first).await;
    app.until("the position is saved", async || {
        let position =
            "SELECT CAST(position AS BIGINT) FROM lease WHERE name = 'poll:telegram:shop'";
        app.number(position).await == first + 1
    })
    .await;
    let app = app.restart().await;
    let polls = fake.offsets().len();
    let second = fake.customer_says(CHAT, "a che ora aprite?");
    let shown = fake.sent_to(CHAT, 3).await;
    assert_eq!(shown.len(), 3, "{shown:#?}");
    assert!(shown[2].text.contains('9'));
    fake.confirmed(second).await;
    let offsets = fake.offsets();
    assert!(offsets[polls.saturating_sub(1)..].iter().all(|offset| *offset >= Some(first + 1)));
    assert_eq!(app.number("SELECT COUNT(*) FROM inbox").await, 2);
    app.stop().await;
}

async fn one_process_polls_and_another_stands_by(backend: Backend) {
    log::keep();
    let (fake, mut app) = open(backend).await;
    fake.called("getupdates", 1).await;
    let second = app.second().await;
    second
        .until("the second stands by", async || {
            log::says("another process polls this bot; this one stands by")
        })
        .await;
    says(&fake, "/start", 1).await;
    assert_eq!(fake.conflicts(), 0, "only one of them polls");
    app.end().await;
    fake.customer_says(CHAT, "a che ora aprite?");
    assert!(last(&fake, 2).await.text.contains('9'), "the other one takes over");
    assert_eq!(fake.conflicts(), 0);
    second.stop().await;
    app.stop().await;
}

async fn asked_to_wait_it_sends_once(backend: Backend) {
    let (fake, app) = open(backend).await;
    fake.fail_next(1, Fault::TooMany(3));
    fake.customer_says(CHAT, "/start");
    let put_off = "SELECT COUNT(*) FROM outbox WHERE status = 'waiting' AND attempts = 1";
    app.until("put off", async || app.number(put_off).await == 1).await;
    assert_eq!(last_delivery(&app).await, Some(Delivery::Pending));
    app.pass(2 * SECOND).await;
    assert_eq!(fake.count("sendmessage"), 1, "not before the time it was told");
    app.pass(2 * SECOND).await;
    fake.sent_to(CHAT, 1).await;
    app.pass(10 * MINUTE).await;
    assert_eq!((fake.sent_to(CHAT, 1).await.len(), fake.count("sendmessage")), (1, 2));
    assert_eq!(last_delivery(&app).await, Some(Delivery::Sent));
    app.stop().await;
}

async fn a_cut_answer_is_unconfirmed_and_never_sent_again(backend: Backend) {
    let (fake, app) = open(backend).await;
    let sara = supervisor(&app).await;
    fake.fail_next(1, Fault::Cut);
    fake.customer_says(CHAT, "/start");
    fake.sent_to(CHAT, 1).await;
    app.until("unconfirmed", async || last_delivery(&app).await == Some(Delivery::Unconfirmed))
        .await;
    let alarms = board(&app, &sara).await.alarms;
    assert!(alarms.iter().any(|a| a.kind == "unconfirmed" && a.count == 1), "{alarms:?}");
    app.pass(10 * MINUTE).await;
    assert_eq!((fake.sent_to(CHAT, 1).await.len(), fake.count("sendmessage")), (1, 1));
    assert!(says(&fake, "a che ora aprite?", 2).await.text.contains('9'), "the thread goes on");
    app.stop().await;
}

async fn who_blocked_the_bot_is_unreachable_until_they_write(backend: Backend) {
    let (fake, app) = open(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    fake.customer_says(CHAT, "operatore per favore");
    fake.sent_to(CHAT, 3).await;
    app.settle().await;
    let ticket = takes(&app, &anna).await;
    let unreachable = "SELECT COUNT(*) FROM contact WHERE NOT reachable";
    assert_eq!(app.number(unreachable).await, 0);
    let blocked = fake.customer_blocks(CHAT);
    fake.confirmed(blocked).await;
    assert_eq!(app.number(unreachable).await, 1);
    assert_eq!(lines_of(&app, ticket, "unreachable").await, 1);
    replies(&app, &anna, ticket, "Eccomi.").await;
    app.until("refused", async || last_delivery(&app).await == Some(Delivery::Failed)).await;
    assert_eq!(lines_of(&app, ticket, "unreachable").await, 2, "the desk sees it");
    let alarms = board(&app, &sara).await.alarms;
    assert!(alarms.iter().any(|a| a.kind == "failed" && a.count == 1), "{alarms:?}");
    let back = fake.customer_says(CHAT, "ci sono");
    fake.confirmed(back).await;
    assert_eq!(app.number(unreachable).await, 0);
    assert_eq!(newest(&app).await.ticket.id, ticket, "and the request is still theirs");
    app.stop().await;
}

/// One customer's message hangs on its way out; everybody else is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_slow_send_holds_nobody_up() {
    let fake = FakeTelegram::start();
    let configured = configured(&fake);
    let mut app = TestApp::start_with(Backend::Embedded, |config| {
        configured(config);
        config.http.shutdown_seconds = 0;
    })
    .await;
    fake.fail_next(1, Fault::Hang);
    fake.customer_says(CHAT, "/start");
    fake.called("sendmessage", 1).await;

    let others = async {
        fake.customer_says(CHAT + 1, "/start");
        fake.sent_to(CHAT + 1, 1).await;
        fake.customer_says(CHAT + 2, "human please");
        let waits = async || {
            let queue = app.house.queue.snapshot(0, app.house.now()).await;
            queue.is_ok_and(|snapshot| snapshot.total_waiting == 1)
        };
        app.until("the ticket is in the queue", waits).await;
    };
    let served = tokio::time::timeout(Duration::from_secs(10), others).await;
    assert!(served.is_ok(), "everybody waited for the one");
    let hangs = "SELECT COUNT(*) FROM outbox WHERE status = 'leased' AND kind = 'send'";
    assert!(app.number(hangs).await >= 1, "and it still hangs");
    app.end().await;
}

on_both!(
    the_whole_road,
    an_update_that_comes_twice_counts_once,
    polling_goes_on_after_a_restart,
    one_process_polls_and_another_stands_by,
    asked_to_wait_it_sends_once,
    a_cut_answer_is_unconfirmed_and_never_sent_again,
    who_blocked_the_bot_is_unreachable_until_they_write,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_confirmed_while_the_records_are_away() {
    let (fake, app) = open(Backend::Servers).await;
    let first = fake.customer_says(CHAT, "/start");
    fake.sent_to(CHAT, 1).await;
    fake.confirmed(first).await;
    app.database().shut().await;
    let second = fake.customer_says(CHAT, "a che ora aprite?");
    app.until("it is noticed", async || app.house.db.ping().await.is_err()).await;
    assert!(!fake.is_confirmed(second), "not stored, so not confirmed");
    app.database().open().await;
    fake.confirmed(second).await;
    assert!(last(&fake, 2).await.text.contains('9'));
    assert_eq!(app.number("SELECT COUNT(*) FROM inbox").await, 2);
    app.stop().await;
}

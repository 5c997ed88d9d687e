//! What reaches the bot and the desk: albums, links, edits, long buttons, groups, two bots at once.

use std::sync::Arc;

use sportello::domain::message::{Author, Delivery};
use sportello::domain::time::SECOND;
use tokio::sync::Notify;

use super::fake::{FakeTelegram, TOKEN};
use super::{CHAT, configured, data, last, open, says, stored};
use crate::support::cast::{agent, lines_of, read, takes};
use crate::support::{Backend, TestApp, on_both, shop_with};

/// How many messages the customer has in the thread, and how many files the first with files has.
async fn heard(app: &TestApp) -> (usize, usize) {
    let said = stored(app).await;
    let theirs = said.iter().filter(|it| it.message.author == Author::Customer);
    let files = theirs.clone().map(|it| it.message.body.attachments.len()).find(|n| *n > 0);
    (theirs.count(), files.unwrap_or(0))
}

async fn waiting(app: &TestApp, n: i64) {
    let waiting = "SELECT COUNT(*) FROM inbox WHERE status = 'waiting'";
    app.until("they wait", async || app.number(waiting).await == n).await;
}

async fn an_album_is_one_turn_in_whatever_order_it_comes(backend: Backend) {
    let (fake, app) = open(backend).await;
    says(&fake, "/start", 1).await;
    fake.shuffle();
    fake.at_once(|| {
        for words in ["è arrivato rotto", "", ""] {
            fake.customer_sends_part(CHAT, "album-1", words);
        }
    });
    waiting(&app, 3).await;
    assert_eq!(heard(&app).await, (0, 0), "the first waits for the others");
    app.clock.advance(SECOND);
    let answer = last(&fake, 2).await;
    assert!(answer.text.contains("numero dell'ordine"), "the caption is read: {}", answer.text);
    assert_eq!(heard(&app).await, (1, 3));
    let thread = stored(&app).await;
    let album = thread.iter().find(|it| !it.message.body.attachments.is_empty()).unwrap();
    let sent: Vec<_> =
        album.message.body.attachments.iter().map(|it| it.reference.clone()).collect();
    let references = ["file-1", "file-2", "file-3"].map(|id| Some(id.to_owned()));
    assert_eq!(sent, references, "in the order in which they were sent");

    let late = fake.customer_sends_part(CHAT, "album-1", "");
    fake.confirmed(late).await;
    app.clock.advance(SECOND);
    app.until("the late part is kept", async || heard(&app).await == (2, 3)).await;
    assert_eq!(fake.sent_to(CHAT, 2).await.len(), 2, "and gets no answer of its own");
    app.settle().await;
    app.stop().await;
}

async fn an_album_survives_a_restart_in_the_middle(backend: Backend) {
    let (fake, app) = open(backend).await;
    says(&fake, "/start", 1).await;
    fake.customer_sends_part(CHAT, "album-1", "è arrivato rotto");
    waiting(&app, 1).await;
    let app = app.restart().await;
    fake.customer_sends_part(CHAT, "album-1", "");
    waiting(&app, 2).await;
    app.clock.advance(SECOND);
    assert!(last(&fake, 2).await.text.contains("numero dell'ordine"));
    assert_eq!(heard(&app).await, (1, 2));
    app.settle().await;
    app.stop().await;
}

async fn what_comes_after_an_album_waits_for_its_turn(backend: Backend) {
    let (fake, app) = open(backend).await;
    says(&fake, "/start", 1).await;
    fake.customer_sends_part(CHAT, "album-1", "");
    fake.customer_says(CHAT, "a che ora aprite?");
    waiting(&app, 2).await;
    app.clock.advance(SECOND);
    app.until("both", async || heard(&app).await == (2, 1)).await;
    let thread = stored(&app).await;
    let theirs: Vec<_> = thread.iter().filter(|it| it.message.author == Author::Customer).collect();
    assert_eq!(theirs[1].message.body.text, "a che ora aprite?");
    app.settle().await;
    app.stop().await;
}

async fn a_link_says_which_order_it_is_about(backend: Backend) {
    let (fake, app) = open(backend).await;
    let anna = agent(&app, "anna").await;
    let hello = says(&fake, "/start order_AB123456", 1).await;
    assert!(hello.text.contains("assistente automatico"), "{}", hello.text);
    assert_eq!(data(&hello, 0), "i:order_status", "what asks for the order comes first");
    fake.customer_presses(CHAT, data(&hello, 0), hello.message_id);
    let asked = last(&fake, 2).await;
    assert!(asked.text.contains("e-mail"), "the number is known: {}", asked.text);
    fake.customer_says(CHAT, "operatore per favore");
    fake.sent_to(CHAT, 4).await;
    app.settle().await;
    let ticket = takes(&app, &anna).await;
    let view = read(&app, &anna, ticket).await;
    assert!(view.slots.contains(&("order_number".to_owned(), "AB123456".to_owned())));
    assert_eq!(lines_of(&app, ticket, "linked:order_AB123456").await, 1);
    app.settle().await;
    app.stop().await;
}

async fn an_edit_is_shown_to_people_and_not_answered(backend: Backend) {
    let (fake, app) = open(backend).await;
    let anna = agent(&app, "anna").await;
    fake.customer_says(CHAT, "operatore per favore");
    let shown = fake.sent_to(CHAT, 3).await.len();
    app.settle().await;
    let ticket = takes(&app, &anna).await;
    let edit = fake.customer_edits(CHAT, 11, "operatore, subito");
    fake.confirmed(edit).await;
    assert_eq!(lines_of(&app, ticket, "edited:operatore, subito").await, 1);
    app.settle().await;
    assert_eq!(fake.sent_to(CHAT, shown).await.len(), shown);
    app.settle().await;
    app.stop().await;
}

async fn a_button_that_carries_much_is_understood_when_pressed(backend: Backend) {
    const LONG: &str = "Да, моя чашка пришла разбитой на куски";
    let fake = FakeTelegram::start();
    let mut sources = shop_with(include_str!("../fixtures/sla.yaml"));
    let choice = format!(
        "        - name: how\n          entity: text\n          ask: {{it: \"Com'è?\", en: \"How is it?\"}}\n          \
         invalid: {{it: \"Come?\", en: \"How?\"}}\n          options: {{it: [\"{LONG}\"], en: [\"{LONG}\"]}}\n      escalate:"
    );
    sources.intents[0].text = sources.intents[0].text.replacen("      escalate:", &choice, 1);
    let app = TestApp::start_from(backend, sources, configured(&fake)).await;
    says(&fake, "/start", 1).await;
    says(&fake, "l'articolo AB123456 è arrivato rotto", 2).await;
    let asked = last(&fake, 2).await;
    assert_eq!(asked.text, "Com'è?");
    let carried = data(&asked, 0).to_owned();
    assert!(carried.len() <= 64 && !carried.contains("чашка"), "{carried}");
    fake.customer_presses(CHAT, &carried, asked.message_id);
    assert!(fake.sent_to(CHAT, 3).await[2].text.contains("Mi dispiace"));
    let thread = stored(&app).await;
    let pressed = thread.iter().rfind(|it| it.message.author == Author::Customer).unwrap();
    assert_eq!(pressed.message.body.text, LONG);
    app.settle().await;
    app.stop().await;
}

async fn a_group_that_becomes_a_supergroup_keeps_its_thread(backend: Backend) {
    let (fake, app) = open(backend).await;
    let group =
        fake.arrives(serde_json::json!({"message": {"message_id": 5, "date": 1_795_319_728,
        "from": {"id": 7, "is_bot": false, "first_name": "Ada"}, "text": "ciao",
        "chat": {"id": -5, "type": "group", "title": "Desk"}}}));
    fake.confirmed(group).await;
    let at = async |address: &str| {
        let sql = format!("SELECT COUNT(*) FROM conversation WHERE address = '{address}'");
        app.number(&sql).await
    };
    assert_eq!((at("-5").await, at("-1005").await), (1, 0));
    let (_, told) = fake.group_moves(-5, -1_005);
    fake.confirmed(told).await;
    assert_eq!((at("-5").await, at("-1005").await), (0, 1));
    app.settle().await;
    app.stop().await;
}

async fn two_bots_serve_side_by_side(backend: Backend) {
    let (first, second) = (FakeTelegram::start(), FakeTelegram::start());
    let configure = configured(&first);
    let root = second.api_root().to_string();
    let app = TestApp::start_with(backend, move |config| {
        configure(config);
        let mut outlet = config.channels.telegram["shop"].clone();
        outlet.api_root = Some(root);
        config.channels.telegram.insert("outlet".to_owned(), outlet);
    })
    .await;
    // The same person, the same ids of updates: they are two bots all the same.
    let ids = [&first, &second].map(|fake| fake.customer_says(CHAT, "/start"));
    assert_eq!(ids[0], ids[1]);
    for fake in [&first, &second] {
        assert!(last(fake, 1).await.text.contains("assistente automatico"));
    }
    first.customer_says(CHAT, "operatore per favore");
    first.sent_to(CHAT, 3).await;
    assert!(says(&second, "a che ora aprite?", 2).await.text.contains('9'), "still with the bot");
    app.settle().await;
    let threads = "SELECT COUNT(*) FROM conversation WHERE channel LIKE 'telegram:%'";
    assert_eq!(app.number(threads).await, 2);
    assert_eq!(second.sent_to(CHAT, 2).await.len(), 2);
    app.settle().await;
    app.stop().await;
}

async fn typing_is_shown_while_the_shop_is_asked(backend: Backend) {
    let fake = FakeTelegram::start();
    let answer = Arc::new(Notify::new());
    let wait = Arc::clone(&answer);
    let ask = move || async move {
        wait.notified().await;
        axum::http::StatusCode::NOT_FOUND
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    #[expect(clippy::disallowed_methods, reason = "the test's own server")]
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(ask)).await });
    let configure = configured(&fake);
    let app = TestApp::start_with(backend, move |config| {
        configure(config);
        config.lookups.base_url = format!("http://127.0.0.1:{port}");
        config.lookups.allow_private = true;
    })
    .await;
    fake.customer_says(CHAT, "dov'è il mio ordine AB123456, ada@example.com");
    fake.typing(CHAT, 1).await;
    answer.notify_one();
    app.until("answered", async || {
        let thread = stored(&app).await;
        thread.iter().any(|it| {
            it.message.body.text.contains("Non trovo") && it.message.delivery == Delivery::Sent
        })
    })
    .await;
    app.settle().await;
    app.stop().await;
}

/// In webhook mode Telegram calls us, twice with the same update when it feels like it.
async fn a_webhook_is_taken_once_and_only_with_its_secret(backend: Backend) {
    let fake = FakeTelegram::start();
    let configure = configured(&fake);
    let app = TestApp::start_with(backend, move |config| {
        configure(config);
        "https://shop.example".clone_into(&mut config.http.public_url);
        let shop = config.channels.telegram.get_mut("shop").expect("the bot");
        shop.mode = sportello::config::TelegramMode::Webhook;
    })
    .await;
    let set = fake.webhook().await;
    assert_eq!(set["url"], "https://shop.example/webhooks/telegram/shop");
    let secret = set["secret_token"].as_str().expect("a secret").to_owned();
    assert!(!secret.contains(TOKEN));
    let url = format!("http://{}/webhooks/telegram/shop", app.address);
    let update = fake.customer_says(CHAT, "/start");
    assert_eq!(fake.calls(&url, update, 3).await, [200]);
    assert_eq!(fake.calls(&url, update, 3).await, [200], "a repeat is fine");
    assert!(last(&fake, 1).await.text.contains("assistente automatico"));
    assert_eq!(app.number("SELECT COUNT(*) FROM inbox").await, 1);
    fake.has_webhook(&url, None);
    let forged = fake.customer_says(CHAT, "a che ora aprite?");
    let refused = fake.calls(&url, forged, 2).await;
    assert!(refused.iter().all(|status| (401..=403).contains(status)), "{refused:?}");
    assert_eq!(app.number("SELECT COUNT(*) FROM inbox").await, 1);
    app.settle().await;
    app.stop().await;
}

on_both!(
    an_album_is_one_turn_in_whatever_order_it_comes,
    an_album_survives_a_restart_in_the_middle,
    what_comes_after_an_album_waits_for_its_turn,
    a_link_says_which_order_it_is_about,
    an_edit_is_shown_to_people_and_not_answered,
    a_button_that_carries_much_is_understood_when_pressed,
    a_group_that_becomes_a_supergroup_keeps_its_thread,
    two_bots_serve_side_by_side,
    typing_is_shown_while_the_shop_is_asked,
    a_webhook_is_taken_once_and_only_with_its_secret,
);

//! What is asked outside is asked once; and a candidate that falls behind skips, and says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sportello::channel::{Intake as _, Received};
use sportello::domain::contact::{Address, ChannelName, Origin};
use sportello::domain::inbound::{Content, Inbound};
use sportello::service::clock::fresh_id;
use sportello::service::shadow;

use super::{EDITS, begin, looked, page};
use crate::support::cast::{says, supervisor, visitor, words};
use crate::support::{Backend, TestApp, on_both};

async fn the_answer_to_a_lookup_is_compared_and_asked_for_once(backend: Backend) {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&hits);
    let count = move || async move {
        counted.fetch_add(1, Ordering::SeqCst);
        axum::http::StatusCode::NOT_FOUND
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    #[expect(clippy::disallowed_methods, reason = "the test's own server")]
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(count)).await });
    let app = TestApp::start_with(backend, |config| {
        config.lookups.base_url = format!("http://127.0.0.1:{port}");
    })
    .await;
    let sara = supervisor(&app).await;
    begin(&app, &[("en: [\"I cannot find this order.\"]", "en: [\"There is no such order.\"]")])
        .await;
    let ada = visitor(&app);
    says(&app, &ada, "where is my order AB123456").await;
    assert!(words(&says(&app, &ada, "ada@example.com").await).contains("I cannot find"));
    let view = looked(&app, &sara, 3).await;
    assert_eq!(hits.load(Ordering::SeqCst), 1, "a candidate asks nobody");
    let [found] = view.changes.as_slice() else { panic!("{view:#?}") };
    assert!(found.after.reply.contains("There is no such order"), "{found:#?}");
    assert_eq!(found.said, "••••", "what had asked for it, masked");
    app.stop().await;
}

/// A message by the web chat, as long as the one who sends it likes.
async fn sends(app: &TestApp, text: &str) {
    let id = fresh_id().to_string();
    let inbound = Inbound {
        channel: ChannelName("webchat".to_owned()),
        provider_id: id.clone(),
        address: Address(id.clone()),
        name: None,
        language: None,
        content: Content::Text { text: text.to_owned() },
        provider_at: None,
        origin: Origin::Real,
        segments: None,
    };
    let channel = inbound.channel.clone();
    let received = Received { provider_id: id, raw: Vec::new(), content: Ok(inbound) };
    app.house.accept(&channel, received).await.unwrap();
}

async fn a_candidate_that_falls_behind_skips_and_says_how_many(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    begin(&app, &EDITS).await;
    let long = "lungo ".repeat(120_000);
    let (mut sent, mut running) = (0, page(&app, &sara).await.running.unwrap());
    while running.skipped == 0 {
        tokio::join!(sends(&app, &long), sends(&app, &long), sends(&app, &long));
        sent += 3;
        assert!(sent < 60, "words of more than a megabyte wait, and none is skipped");
        app.until("all is accounted for", async || {
            shadow::step(&app.house).await.unwrap();
            let running = page(&app, &sara).await.running.unwrap();
            running.looked + running.skipped == sent
        })
        .await;
        running = page(&app, &sara).await.running.unwrap();
    }
    let answered = "SELECT COUNT(DISTINCT conversation_id) FROM message WHERE author = 'bot'";
    assert_eq!(u64::try_from(app.number(answered).await).unwrap(), sent, "nobody waits for it");
    app.settle().await;
    app.stop().await;
}

on_both!(
    the_answer_to_a_lookup_is_compared_and_asked_for_once,
    a_candidate_that_falls_behind_skips_and_says_how_many,
);

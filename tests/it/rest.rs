//! The REST channel as another program sees it: the callback, and errors that programs read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use sportello::config::Hidden;
use sportello::domain::time::MINUTE;

use crate::support::cast::{agent, newest, replies, resolves, says, takes, visitor, words};
use crate::support::{Backend, TestApp, on_both};

/// A program that receives callbacks: authorization and text of each message.
async fn receiver() -> (String, Arc<Mutex<Vec<(String, String)>>>) {
    let got = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&got);
    let take = move |headers: HeaderMap, Json(messages): Json<Vec<Value>>| async move {
        let word = headers.get("authorization").and_then(|value| value.to_str().ok());
        let word = word.unwrap_or_default().to_owned();
        let mut kept = kept.lock().unwrap();
        for message in messages {
            assert_eq!(message["recipient_id"], "ada");
            kept.push((word.clone(), message["text"].as_str().unwrap_or_default().to_owned()));
        }
    };
    let router = axum::Router::new().route("/told", axum::routing::post(take));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/told", listener.local_addr().expect("an address"));
    #[expect(clippy::disallowed_methods, reason = "the test's own server")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, got)
}

fn client() -> reqwest::Client {
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    reqwest::Client::builder().build().expect("a client")
}

async fn asks(app: &TestApp, text: &str) -> String {
    let said = json!({"sender": "ada", "message": text, "metadata": {"language": "en"}});
    let request = client().post(format!("http://{}/webhooks/rest/webhook", app.address));
    let answer = request.bearer_auth("word").body(said.to_string()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let reply = answer.text().await.unwrap();
    app.settle().await;
    reply
}

async fn a_callback_gets_what_no_request_was_answered_with(backend: Backend) {
    let (url, got) = receiver().await;
    let app = TestApp::start_with(backend, |config| {
        config.channels.rest.callback_url = url;
        config.channels.rest.token = Hidden("word".to_owned());
    })
    .await;
    let told = || std::mem::take(&mut *got.lock().unwrap());
    let anna = agent(&app, "anna").await;
    assert!(asks(&app, "where is my order?").await.contains("order number"));
    assert_eq!(told(), [], "it was the reply already");
    app.pass(24 * 60 * MINUTE).await;
    let alone = told();
    assert!(alone.iter().any(|(_, text)| text.contains("still there")), "{alone:?}");

    asks(&app, "human please").await;
    assert_eq!(told(), []);
    let ticket = newest(&app).await.ticket.id;
    assert_eq!(takes(&app, &anna).await, ticket);
    replies(&app, &anna, ticket, "Hello Ada").await;
    resolves(&app, &anna, ticket).await;
    let later = told();
    assert_eq!(later.len(), 2, "{later:?}");
    assert_eq!(later[0].1, "Hello Ada");
    assert!(later[1].1.contains("1 to 5") || later[1].1.contains("rate"), "{later:?}");
    assert!(later.iter().all(|(word, _)| word == "Bearer word"), "{later:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_error_is_a_problem() {
    let app =
        TestApp::start_with(Backend::Embedded, |config| config.limits.body_kilobytes = 1).await;
    let url = |path: &str| format!("http://{}{path}", app.address);
    let client = client();
    let large = client.post(url("/webhooks/rest/webhook")).body("x".repeat(2_000));
    for (request, status, part) in [
        (large, 413, "limit"),
        (client.get(url("/webhooks/rest/messages")), 400, "sender"),
        (client.delete(url("/healthz")), 405, "Method"),
        (client.post(url("/login")).body("x"), 415, "Content-Type"),
        (client.get(url("/assets/nothing.css")), 404, ""),
        (client.get(url("/nowhere")), 404, "nothing at this address"),
    ] {
        let answer = request.send().await.unwrap();
        let kind = answer.headers().get("content-type").cloned();
        assert_eq!(answer.status().as_u16(), status, "{part}");
        assert_eq!(
            kind.as_ref().map(reqwest::header::HeaderValue::as_bytes),
            Some(&b"application/problem+json"[..]),
            "{status}"
        );
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["status"], status);
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(!detail.is_empty() && detail.contains(part), "{problem}");
    }
    let page = client.get(url("/webhooks/rest/messages")).header("accept", "text/html");
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lookups_go_inside_only_when_allowed() {
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
    let mut app = TestApp::start(Backend::Embedded).await;
    for (host, allowed, hit) in
        [("localhost", false, 0), ("127.0.0.1", false, 0), ("localhost", true, 1)]
    {
        app = app
            .restart_with(|config| {
                config.lookups.base_url = format!("http://{host}:{port}");
                config.lookups.allow_private = allowed;
            })
            .await;
        let customer = visitor(&app);
        says(&app, &customer, "where is my order AB123456").await;
        let answer = words(&says(&app, &customer, "ada@example.com").await);
        assert_eq!(hits.swap(0, Ordering::SeqCst), hit, "{host} {allowed}: {answer}");
    }
    app.stop().await;
}

on_both!(a_callback_gets_what_no_request_was_answered_with);

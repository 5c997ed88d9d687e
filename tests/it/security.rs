//! What somebody from outside tries who means no good.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sportello::config::{Config, Hidden};
use sportello::domain::agent::Role;
use sportello::events::Hint;
use sportello::service::desk::overview;
use sportello::service::view::Tab;
use sportello::service::{chat, people};

use crate::support::cast::{agent, asks_for_a_person, hire, says, takes, visitor};
use crate::support::{Backend, LIMIT, TestApp, on_both};

/// A browser that follows nothing by itself.
fn browser() -> reqwest::Client {
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let builder = reqwest::Client::builder();
    let builder = builder.redirect(reqwest::redirect::Policy::none());
    builder.timeout(Duration::from_secs(30)).build().expect("a client")
}

fn url(app: &TestApp, path: &str) -> String {
    format!("http://{}{path}", app.address)
}

async fn get(app: &TestApp, path: &str) -> Response {
    browser().get(url(app, path)).send().await.expect("an answer")
}

async fn status(app: &TestApp, path: &str) -> u16 {
    get(app, path).await.status().as_u16()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A form's body; nothing in these tests needs more escaping.
fn form(fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().map(|(name, value)| format!("{name}={}", value.replace('@', "%40")));
    fields.collect::<Vec<_>>().join("&")
}

async fn post(app: &TestApp, path: &str, fields: &[(&str, &str)], cookie: &str) -> Response {
    let request = browser().post(url(app, path)).header("cookie", cookie);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form(fields)).send().await.expect("an answer")
}

async fn log_in(app: &TestApp, email: &str, password: &str) -> Response {
    post(app, "/login", &[("email", email), ("password", password)], "").await
}

/// A session's cookie.
async fn session(app: &TestApp, email: &str) -> String {
    let answer = log_in(app, email, "long enough").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    header(&answer, "set-cookie").split(';').next().unwrap_or_default().to_owned()
}

async fn logins_are_slowed_down(backend: Backend) {
    let app = TestApp::start(backend).await;
    hire(&app, "anna", Role::Agent, &[], 3).await;
    for email in ["a%00b@shop.example", &"a".repeat(9_000)] {
        assert_eq!(log_in(&app, email, "x").await.status().as_u16(), 422, "{email:.20}");
    }
    let long = "x".repeat(2_000);
    assert_eq!(log_in(&app, "anna@shop.example", &long).await.status().as_u16(), 422);
    for _ in 0..5 {
        assert_eq!(log_in(&app, "anna@shop.example", "wrong").await.status().as_u16(), 422);
    }
    let slow = log_in(&app, "anna@shop.example", "wrong").await;
    assert_eq!(slow.status().as_u16(), 429);
    assert_eq!(header(&slow, "retry-after"), "12");
    assert!(header(&slow, "content-type").starts_with("text/html"), "the form stays");
    assert!(slow.text().await.unwrap().contains("anna@shop.example"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_sent_elsewhere() {
    let app = TestApp::start(Backend::Embedded).await;
    for back in ["/%09/evil.example", "/%0a/evil.example", "//evil.example", "/%01x", "/%C3%A8"] {
        let answer = get(&app, &format!("/lang/it?back={back}")).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/"), "{back}");
    }
    hire(&app, "anna", Role::Agent, &[], 3).await;
    let token = people::create_token(&app.house.db, "anna@shop.example", "test", app.house.now());
    let token = token.await.unwrap();
    for (query, to) in [("%3Ftab%3Dmine", "/desk?tab=mine"), ("%3F%01", "/desk"), ("x", "/desk")] {
        let request = browser().post(url(&app, "/desk/presence")).bearer_auth(&token);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(format!("state=online&query={query}")).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, to), "{query}");
    }
    app.stop().await;
}

const WEBHOOK: &str = "/webhooks/rest/webhook";
const POLL: &str = "/webhooks/rest/messages";

/// A customer's message by the REST channel.
async fn posts(app: &TestApp, body: &Value) -> Response {
    browser().post(url(app, WEBHOOK)).body(body.to_string()).send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shut_rest_channel_neither_takes_nor_tells() {
    let said = json!({"sender": "ada", "message": "when do you open?"});
    let poll = format!("{POLL}?sender=ada");
    let mut app = TestApp::start(Backend::Embedded).await;
    assert_eq!(posts(&app, &said).await.status().as_u16(), 200);
    assert_eq!(status(&app, &poll).await, 200);
    for shut in [
        |config: &mut Config| config.channels.rest.enabled = false,
        |config: &mut Config| config.http.public_url = "http://help.example".to_owned(),
    ] {
        app = app.restart_with(shut).await;
        assert_eq!(posts(&app, &said).await.status().as_u16(), 404);
        assert_eq!(status(&app, &poll).await, 404, "what was said stays untold");
    }
    let open = |config: &mut Config| {
        config.channels.rest.enabled = true;
        config.channels.rest.token = Hidden("word".to_owned());
    };
    app = app.restart_with(open).await;
    assert_eq!(status(&app, &poll).await, 401);
    let told = browser().get(url(&app, &poll)).bearer_auth("word").send().await.unwrap();
    assert_eq!(told.status().as_u16(), 200);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shut_web_chat_neither_takes_nor_tells() {
    let app = TestApp::start(Backend::Embedded).await;
    let known = visitor(&app);
    says(&app, &known, "when do you open?").await;
    let app = app.restart_with(|config| config.channels.webchat.enabled = false).await;
    let client = browser();
    let cookie = format!("chat={}", known.secret());
    for (path, body) in [("session", ""), ("messages", r#"{"client_id": "1", "text": "hi"}"#)] {
        for cookie in [cookie.as_str(), ""] {
            let request = client.post(url(&app, &format!("/chat/{path}"))).header("cookie", cookie);
            let answer = request.body(body).send().await.unwrap();
            let expected = if cookie.is_empty() && path == "messages" { 401 } else { 404 };
            assert_eq!(answer.status().as_u16(), expected, "{path} {cookie}");
        }
    }
    let stream = client.get(url(&app, "/chat/stream")).header("cookie", &cookie).send().await;
    assert_eq!(stream.unwrap().status().as_u16(), 404);
    assert_eq!(status(&app, "/chat/frame").await, 404);
    assert!(chat::lines(&app.house, &known, 0).await.is_err());
    app.stop().await;
}

async fn odd_names_and_ids_are_taken_or_refused(backend: Backend) {
    let app = TestApp::start(backend).await;
    let noise: String =
        (0_u32..9_000).filter_map(|n| char::from_u32(0x4e00 + n * 7 % 9_001)).collect();
    for id in ["\0", "a\0b", noise.as_str()] {
        let said = json!({"sender": "ada", "message": "hi", "metadata": {"message_id": id}});
        let first = posts(&app, &said).await;
        assert_eq!(first.status().as_u16(), 200, "{id:.20?}");
        let again = posts(&app, &said).await.text().await.unwrap();
        assert_eq!(first.text().await.unwrap(), again, "a repeat is known");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM inbox").await, 3);
    for sender in ["%00", "", "%20", &"x".repeat(201)] {
        assert_eq!(status(&app, &format!("{POLL}?sender={sender}")).await, 422, "{sender}");
    }
    let same = get(&app, &format!("{POLL}?sender=a%00da")).await.text().await.unwrap();
    assert!(same.contains("recipient_id\":\"ada"), "cleaned as it was when posted: {same}");
    for path in ["/desk?q=%00", "/api/v1/tickets?status=%00"] {
        let anna = hire(&app, &format!("anna{}", path.len()), Role::Agent, &[], 3).await;
        let token = people::create_token(&app.house.db, &anna.agent.email, "t", app.house.now());
        let token = token.await.unwrap();
        let answer = browser().get(url(&app, path)).bearer_auth(token).send().await.unwrap();
        assert!(answer.status().as_u16() < 500, "{path}: {}", answer.status());
    }
    app.stop().await;
}

/// What a page of the session hides in its forms.
async fn csrf(app: &TestApp, cookie: &str) -> String {
    let page = browser().get(url(app, "/desk")).header("cookie", cookie).send().await.unwrap();
    let page = page.text().await.unwrap();
    let after = page.split_once(r#"name="csrf" value=""#).expect("a form").1;
    after.split('"').next().unwrap_or_default().to_owned()
}

async fn stream(app: &TestApp, path: &str, cookie: &str) -> Response {
    let stream = browser().get(url(app, path)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(stream.status().as_u16(), 200);
    stream
}

/// Reads a stream until it has said some words, or, without words, until it ends.
async fn heard_until(stream: &mut Response, words: Option<&str>) -> String {
    let mut heard = String::new();
    let reading = async {
        while words.is_none_or(|words| !heard.contains(words)) {
            match stream.chunk().await.expect("a stream") {
                Some(chunk) => heard.push_str(&String::from_utf8_lossy(&chunk)),
                None => return,
            }
        }
    };
    let done = tokio::time::timeout(LIMIT, reading).await;
    assert!(done.is_ok(), "waited in vain for {words:?}: {heard}");
    heard
}

async fn a_stream_ends_with_its_session(backend: Backend) {
    let app = TestApp::start_with(backend, |config| config.queue.presence_seconds = 3).await;
    let sara = hire(&app, "sara", Role::Supervisor, &[], 3).await;
    let cookie = session(&app, "sara@shop.example").await;
    let other = session(&app, "sara@shop.example").await;
    let mut desk = stream(&app, "/desk/events", &cookie).await;
    let mut board = stream(&app, "/board/events", &cookie).await;
    let mut goes_on = stream(&app, "/desk/events", &other).await;
    let csrf = csrf(&app, &cookie).await;
    let fields = [("csrf", csrf.as_str()), ("state", "online")];
    let online = post(&app, "/desk/presence", &fields, &cookie).await;
    assert_eq!(online.status().as_u16(), 303);
    let presence = async || {
        let seen = overview(&app.house, &sara.desk(), Tab::Mine, None).await.unwrap();
        seen.me.presence
    };
    assert_eq!(presence().await, "online");
    let out = post(&app, "/logout", &[("csrf", &csrf)], &cookie).await;
    assert_eq!(out.status().as_u16(), 303);
    assert_eq!(presence().await, "offline");
    heard_until(&mut desk, None).await;
    heard_until(&mut board, None).await;
    app.house.bus().tell(Hint::Content).await;
    heard_until(&mut goes_on, Some("content")).await;
    app.sql("DELETE FROM session").await;
    heard_until(&mut goes_on, None).await;
    app.stop().await;
}

async fn a_desk_hears_of_tickets_and_of_nobodys_address(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let cookie = session(&app, "anna@shop.example").await;
    let mut stream = stream(&app, "/desk/events", &cookie).await;
    says(&app, &visitor(&app), "when do you open?").await;
    says(&app, &customer, "are you there?").await;
    let heard = heard_until(&mut stream, Some(&ticket.to_string())).await;
    assert!(!heard.contains("conversation") && !heard.contains("address"), "{heard}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_caller_behind_a_proxy_does_not_lock_out_another() {
    let trust = |config: &mut Config| config.http.trusted_proxies = vec![[127, 0, 0, 1].into()];
    let app = TestApp::start_with(Backend::Embedded, trust).await;
    hire(&app, "anna", Role::Agent, &[], 3).await;
    let log_in = async |from: &str, password: &str| {
        let request = browser().post(url(&app, "/login")).header("x-forwarded-for", from);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let body = form(&[("email", "anna@shop.example"), ("password", password)]);
        request.body(body).send().await.unwrap().status().as_u16()
    };
    for n in 0..5 {
        assert_eq!(log_in(&format!("10.9.9.{n}, 203.0.113.7"), "wrong").await, 422);
    }
    assert_eq!(log_in("10.9.9.9, 203.0.113.7", "wrong").await, 429);
    assert_eq!(log_in("203.0.113.8", "long+enough").await, 303);
    app.stop().await;
}

on_both!(
    logins_are_slowed_down,
    odd_names_and_ids_are_taken_or_refused,
    a_stream_ends_with_its_session,
    a_desk_hears_of_tickets_and_of_nobodys_address,
);

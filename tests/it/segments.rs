//! The segments of contacts, and the policies that follow from them.

use reqwest::Method;
use serde_json::{Value, json};
use sportello::config::Hidden;
use sportello::domain::agent::Role;
use sportello::domain::time::MINUTE;
use sportello::service::access::Caller;
use sportello::service::people;

use crate::support::cast::{asks_for_a_person, hire, newest, read, supervisor};
use crate::support::policies::{clocks, policies, states};
use crate::support::{Backend, TestApp, on_both};

const RULES: &str = "  - {name: vip, when: {segment: [vip]}, calendar: always, targets: {first_response: 10m}}\n\
    \x20 - {name: standard, calendar: always, targets: {first_response: 60m}}\n";

async fn token(app: &TestApp, caller: &Caller) -> String {
    let email = &caller.agent.email;
    people::create_token(&app.house.db, email, "test", app.house.now()).await.unwrap()
}

async fn call(app: &TestApp, method: Method, path: &str, token: &str, body: Value) -> (u16, Value) {
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::builder().build().expect("a client");
    let request = client.request(method, format!("http://{}{path}", app.address));
    let answer = request.bearer_auth(token).body(body.to_string()).send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

async fn a_change_reaches_the_live_tickets(backend: Backend) {
    let app = TestApp::start_on(backend, &policies(RULES), |_| {}).await;
    let sara = supervisor(&app).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 3).await;
    let (by_sara, by_anna) = (token(&app, &sara).await, token(&app, &anna).await);
    let (_, ticket) = asks_for_a_person(&app).await;
    let contact = read(&app, &anna, ticket).await.contact;
    let path = format!("/api/v1/contacts/{contact}/segments");
    app.pass(MINUTE).await;

    let put = async |token: &str, body| call(&app, Method::PUT, &path, token, body).await;
    let vip = json!({"segments": ["vip", "città"]});
    assert_eq!(put(&by_anna, vip.clone()).await.0, 403);
    for bad in [json!({"segments": ["v i p"]}), json!({"segments": "vip"}), json!({})] {
        let (status, problem) = put(&by_sara, bad).await;
        assert_eq!(status, 400, "{problem}");
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
    let (_, problem) = put(&by_sara, json!({"segments": ["v i p"]})).await;
    assert!(problem["detail"].as_str().unwrap().contains("1 to 40 letters"), "{problem}");
    assert_eq!(read(&app, &anna, ticket).await.segments, [""; 0], "nothing was changed");

    assert_eq!(put(&by_sara, vip).await, (200, json!({"segments": ["città", "vip"]})));
    let (status, known) = call(&app, Method::GET, &path, &by_anna, Value::Null).await;
    assert_eq!((status, known), (200, json!({"segments": ["città", "vip"]})));
    app.pass(1).await;
    let view = read(&app, &anna, ticket).await;
    assert_eq!(view.segments, ["città", "vip"]);
    let found = clocks(&app, &sara, ticket, "first_response").await;
    assert_eq!(states(&found), ["superseded", "running"]);
    assert_eq!(found[1].policy.as_deref(), Some("vip"));
    assert_eq!(found[1].due, Some(found[0].start + 10 * MINUTE));
    let nobody = path.replace(&contact, "01234567-89ab-7def-8123-456789abcdef");
    assert_eq!(call(&app, Method::PUT, &nobody, &by_sara, json!({"segments": []})).await.0, 404);
    assert_eq!(call(&app, Method::GET, &nobody, &by_sara, Value::Null).await.0, 404);
    app.stop().await;
}

/// Agents know the contacts of the tickets that they may see.
async fn a_contact_of_other_teams_is_not_shown(backend: Backend) {
    let app = TestApp::start_on(backend, &policies(RULES), |_| {}).await;
    let sara = supervisor(&app).await;
    let berta = hire(&app, "berta", Role::Agent, &["banco"], 3).await;
    let customer = crate::support::cast::visitor(&app);
    crate::support::cast::says(&app, &customer, "the item arrived broken").await;
    crate::support::cast::says(&app, &customer, "AB123456").await;
    let ticket = newest(&app).await.ticket.id;
    let contact = read(&app, &sara, ticket).await.contact;
    let path = format!("/api/v1/contacts/{contact}/segments");
    let (by_sara, by_berta) = (token(&app, &sara).await, token(&app, &berta).await);
    assert_eq!(call(&app, Method::GET, &path, &by_berta, Value::Null).await.0, 404);
    assert_eq!(call(&app, Method::GET, &path, &by_sara, Value::Null).await.0, 200);
    app.stop().await;
}

/// The shop's backend says who is who with each message, or leaves it as it was.
async fn the_rest_channel_brings_them_along(backend: Backend) {
    let app = TestApp::start_on(backend, &policies(RULES), |config| {
        config.channels.rest.token = Hidden("word".to_owned());
    })
    .await;
    let sara = supervisor(&app).await;
    let says = async |message: &str, metadata: Value| {
        let said = json!({"sender": "ada", "message": message, "metadata": metadata});
        let said = call(&app, Method::POST, "/webhooks/rest/webhook", "word", said).await;
        app.pass(1).await;
        said.0
    };
    assert_eq!(says("human please", json!({"segments": ["vip"]})).await, 200);
    let ticket = newest(&app).await.ticket.id;
    let policy = async || {
        let found = clocks(&app, &sara, ticket, "first_response").await;
        found.last().unwrap().policy.clone().unwrap()
    };
    assert_eq!(policy().await, "vip");
    app.pass(MINUTE).await;
    assert_eq!(says("are you there?", json!({})).await, 200);
    assert_eq!(policy().await, "vip", "left as it was");
    assert_eq!(says("/start", json!({"segments": []})).await, 200);
    assert_eq!(policy().await, "standard");
    assert_eq!(says("hello", json!({"segments": ["v i p"]})).await, 422);
    let open = call(&app, Method::POST, "/webhooks/rest/webhook", "guess", json!({})).await;
    assert_eq!(open.0, 401);
    app.stop().await;
}

on_both!(
    a_change_reaches_the_live_tickets,
    a_contact_of_other_teams_is_not_shown,
    the_rest_channel_brings_them_along,
);

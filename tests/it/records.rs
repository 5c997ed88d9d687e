//! The record of every assignment: what it says, and that it can be shown unaltered.

use reqwest::Method;
use serde_json::Value;
use sportello::config::{Config, RoutingMode};
use sportello::domain::agent::Role;
use sportello::domain::id::TicketId;
use sportello::domain::ticket::TicketStatus;
use sportello::domain::time::SECOND;
use sportello::service::access::Caller;
use sportello::service::desk::{self, Receiver};
use sportello::service::people;

use crate::support::cast::{
    agent, asks_for_a_person, hire, next, online, read, record, resolves, says, supervisor, takes,
};
use crate::support::{Backend, TestApp, on_both};

/// What the interface answers.
async fn call(app: &TestApp, caller: &Caller, path: &str, language: &str) -> (u16, Value) {
    let (db, now) = (&app.house.db, app.house.now());
    let token = people::create_token(db, &caller.agent.email, "t", now).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::builder().build().unwrap();
    let request = client.request(Method::GET, format!("http://{}{path}", app.address));
    let request = request.bearer_auth(token).header("accept-language", language);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

async fn routing(app: &TestApp, caller: &Caller, ticket: TicketId) -> Vec<Value> {
    let path = format!("/api/v1/tickets/{ticket}/routing");
    let (status, mut told) = call(app, caller, &path, "en").await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["ticket"], ticket.to_string());
    serde_json::from_value(told["decisions"].take()).unwrap()
}

fn said(record: &Value) -> String {
    let lines: Vec<String> = serde_json::from_value(record["words"].clone()).unwrap();
    lines.join("\n")
}

async fn each_assignment_is_recorded_and_told_oldest_first(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    online(&app, &berta).await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let to_berta = Receiver::Agent(berta.agent.id);
    desk::transfer(&app.house, &anna.desk(), ticket, to_berta, "yours").await.unwrap();
    app.settle().await;
    resolves(&app, &berta, ticket).await;
    app.clock.advance(SECOND);
    says(&app, &customer, "hello again").await;
    if record(&app, ticket).await.ticket.status() != TicketStatus::Open {
        desk::reopen(&app.house, &berta.desk(), ticket, None).await.unwrap();
        app.settle().await;
    }

    let told = routing(&app, &berta, ticket).await;
    let ways: Vec<_> = told.iter().map(|one| one["decision"]["way"].as_str().unwrap()).collect();
    assert_eq!(ways, ["take_next", "transferred", "returned"]);
    let agents: Vec<_> =
        told.iter().map(|one| one["decision"]["agent"].as_str().unwrap()).collect();
    assert_eq!(agents, ["anna", "berta", "berta"]);
    for one in &told {
        assert_eq!(one["decision"]["unaltered"], true, "{one}");
        assert_eq!(one["decision"]["seal"].as_str().unwrap().len(), 64);
        assert_eq!(one["decision"]["cost"], 1);
        assert!(one["decision"]["versions"]["intents"].as_str().unwrap().len() > 8);
        assert_eq!(one["record"]["ticket_id"], ticket.to_string());
        assert!(one["record"]["fence"]["epoch"].as_i64().unwrap() > 0);
        assert!(said(one).contains("The record is unaltered"), "{one}");
    }
    let first = said(&told[0]);
    assert!(first.starts_with("anna asked for the next ticket"), "{first}");
    assert!(first.contains("Also free for this ticket: berta (load 0 of 3)."), "{first}");
    let (_, italian) = call(&app, &berta, &format!("/api/v1/tickets/{ticket}/routing"), "it").await;
    assert!(said(&italian["decisions"][0]).contains("Erano libere anche: berta"), "{italian}");
    app.stop().await;
}

async fn who_takes_a_later_one_leaves_a_trace(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = hire(&app, "anna", Role::Agent, &["one"], 2).await;
    hire(&app, "berta", Role::Agent, &["one"], 2).await;
    let carla = hire(&app, "carla", Role::Agent, &["two"], 1).await;
    online(&app, &anna).await;
    online(&app, &carla).await;
    let mut tickets = Vec::new();
    for _ in 0..4 {
        tickets.push(asks_for_a_person(&app).await.1);
        app.clock.advance(SECOND);
    }
    let sara = supervisor(&app).await;
    let two = Receiver::Team("two".to_owned());
    desk::transfer(&app.house, &sara.desk(), tickets[0], two, "").await.unwrap();
    app.settle().await;
    desk::take_this(&app.house, &anna.desk(), tickets[3]).await.unwrap();
    let found = read(&app, &anna, tickets[3]).await.decision.unwrap();
    assert_eq!((found.way.as_str(), found.load, found.capacity), ("take_this", 0, 2));
    let why: Vec<_> =
        found.passed_over.iter().map(|p| (p.ticket.clone(), p.why.clone().unwrap())).collect();
    let one = |ticket: TicketId, why: &str| (ticket.to_string(), why.to_owned());
    let expected = [one(tickets[0], "team"), one(tickets[1], "chosen"), one(tickets[2], "chosen")];
    assert_eq!(why, expected);
    let walk = found.walk.unwrap();
    assert_eq!((walk.waiting, walk.looked_at, walk.lanes), (4, 4, 2));
    assert_eq!(found.servable, 3);
    let choice = found.choice.unwrap();
    let named: Vec<_> = choice.named.iter().map(|one| one.agent.as_str()).collect();
    // The ticket asks for no team, so Carla was free for it as well; Berta and Sara are not here.
    assert_eq!((named, choice.free), (vec!["anna", "carla"], 2));
    assert_eq!(choice.excluded, [("absent".to_owned(), 2)]);

    let taken = next(&app, &anna).await.unwrap().unwrap();
    assert_eq!(taken.id, tickets[1].to_string(), "the most urgent she can serve");
    let found = read(&app, &anna, tickets[1]).await.decision.unwrap();
    assert_eq!(found.walk.unwrap().passed, [("team".to_owned(), 1)]);
    app.stop().await;
}

fn push(config: &mut Config) {
    config.routing.mode = RoutingMode::Push;
    config.queue.presence_seconds = 36_000;
}

async fn an_offers_record_is_of_the_moment_it_was_made(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = agent(&app, "anna").await;
    let berta = agent(&app, "berta").await;
    online(&app, &anna).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    let asked =
        async |caller: &Caller| !desk::offers(&app.house, &caller.desk()).await.unwrap().is_empty();
    app.until("anna is asked", async || asked(&anna).await).await;
    desk::decline(&app.house, &anna.desk(), ticket).await.unwrap();
    online(&app, &berta).await;
    app.until("berta is asked", async || asked(&berta).await).await;
    desk::accept(&app.house, &berta.desk(), ticket).await.unwrap();
    let told = routing(&app, &berta, ticket).await;
    let choice = &told[0]["decision"]["choice"];
    assert_eq!((&choice["free"], &choice["named"][0]["agent"]), (&1.into(), &"berta".into()));
    assert_eq!(choice["excluded"], serde_json::json!([["skipped", 1]]));
    let words = said(&told[0]);
    assert!(words.contains("The others: 1 who had just declined or missed it."), "{words}");
    app.stop().await;
}

async fn a_record_that_was_changed_is_found_out(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (_, ticket) = asks_for_a_person(&app).await;
    takes(&app, &anna).await;
    let change = match backend {
        Backend::Embedded => "UPDATE decision SET record = json_set(record, '$.load', 2)",
        Backend::Servers => "UPDATE decision SET record = jsonb_set(record, '{load}', '2')",
    };
    assert_eq!(app.sql(change).await, 1);
    let told = routing(&app, &anna, ticket).await;
    assert_eq!(told[0]["decision"]["unaltered"], false);
    assert!(said(&told[0]).contains("This record was altered"), "{told:?}");
    let broken = match backend {
        Backend::Embedded => "UPDATE decision SET record = '{}'",
        Backend::Servers => "UPDATE decision SET record = '{}'::jsonb",
    };
    app.sql(broken).await;
    let told = routing(&app, &anna, ticket).await;
    assert_eq!(told[0]["decision"], Value::Null, "and what cannot be read breaks no page");
    assert!(read(&app, &anna, ticket).await.decision.is_none());
    app.stop().await;
}

/// Many wait, in many lanes: the record stays small.
async fn a_record_is_bounded(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    online(&app, &anna).await;
    for n in 0..30 {
        asks_for_a_person(&app).await;
        if n % 2 == 0 {
            app.sql(&format!("UPDATE ticket SET skills = '[\"skill-{n}\"]'")).await;
        }
    }
    app.sql("UPDATE ticket SET skills = '[]' WHERE id = (SELECT id FROM ticket ORDER BY id DESC LIMIT 1)").await;
    sportello::service::dispatch::rebuild(&app.house).await.unwrap();
    for n in 0..25 {
        let caller = hire(&app, &format!("agent{n}"), Role::Agent, &[], 3).await;
        online(&app, &caller).await;
    }
    let last = crate::support::cast::newest(&app).await.ticket.id;
    desk::take_this(&app.house, &anna.desk(), last).await.unwrap();
    let told = routing(&app, &anna, last).await;
    let found = read(&app, &anna, last).await.decision.unwrap();
    assert_eq!(found.passed_over.len(), 20);
    let choice = found.choice.unwrap();
    assert_eq!((choice.named.len(), choice.free), (20, 26));
    assert!(told[0]["record"].to_string().len() < 8_000, "{}", told[0]["record"]);
    app.stop().await;
}

on_both!(
    each_assignment_is_recorded_and_told_oldest_first,
    who_takes_a_later_one_leaves_a_trace,
    an_offers_record_is_of_the_moment_it_was_made,
    a_record_that_was_changed_is_found_out,
    a_record_is_bounded,
);

//! Shifts: away by itself, finishing, and what offline agents leave behind.

use serde_json::json;
use sportello::config::Config;
use sportello::domain::agent::{Presence, Role};
use sportello::domain::id::TicketId;
use sportello::domain::ticket::TicketStatus;
use sportello::domain::time::{MINUTE, SECOND};
use sportello::service::access::Caller;
use sportello::service::desk::{self, Receiver, Stance};
use sportello::service::view::{AgentView, Tab};
use sportello::service::{ServiceError, shifts};

use crate::support::call::Line;
use crate::support::cast::{
    agent, asks_for_a_person, board, hire, lines_of, next, online, read, record, replies, resolves,
    says, supervisor, takes,
};
use crate::support::{Backend, TestApp, on_both};

fn shifty(config: &mut Config) {
    config.queue.presence_seconds = 1_000_000;
    (config.routing.away_minutes, config.routing.grace_minutes) = (10, 15);
}

async fn me(app: &TestApp, caller: &Caller) -> AgentView {
    desk::overview(&app.house, &caller.desk(), Tab::Mine, None).await.unwrap().me
}

/// The presence and what more there is to it.
async fn stance(app: &TestApp, caller: &Caller) -> (String, Option<String>) {
    let me = me(app, caller).await;
    (me.presence, me.detail)
}

fn is(presence: &str, detail: Option<&str>) -> (String, Option<String>) {
    (presence.to_owned(), detail.map(str::to_owned))
}

/// Time goes by, and shifts are looked at.
async fn later(app: &TestApp, millis: i64) {
    app.pass(millis).await;
    shifts::step(&app.house).await.unwrap();
    app.settle().await;
}

async fn who_gives_no_sign_is_away_until_the_next_action(backend: Backend) {
    let app = TestApp::start_with(backend, shifty).await;
    let anna = agent(&app, "anna").await;
    let line = Line::of(&app, &anna).await;
    assert_eq!(line.post("/api/v1/presence", &json!({"state": "online"})).await.status, 204);
    later(&app, 9 * MINUTE).await;
    let silent = json!({"active": false});
    assert_eq!(line.post("/api/v1/presence", &silent).await.status, 204);
    assert_eq!(line.form("/desk/alive", "active=false").await.status, 204);
    assert_eq!(stance(&app, &anna).await, is("online", None));
    later(&app, MINUTE).await;
    assert_eq!(stance(&app, &anna).await, is("away", Some("automatic")), "an open page is no sign");
    let sara = supervisor(&app).await;
    let seen = board(&app, &sara).await.agents.into_iter().find(|it| it.name == "anna").unwrap();
    assert_eq!((seen.presence.as_str(), seen.detail.as_deref()), ("away", Some("automatic")));
    let page = line.get("/desk").await.body;
    assert!(page.contains("(automatic)") && page.contains("saw nothing of you"), "{page}");
    line.post("/api/v1/presence", &silent).await;
    assert_eq!(stance(&app, &anna).await, is("away", Some("automatic")));

    assert_eq!(line.form("/desk/alive", "active=true").await.status, 204);
    assert_eq!(stance(&app, &anna).await, is("online", None), "keys or the pointer");
    later(&app, 11 * MINUTE).await;
    assert_eq!(stance(&app, &anna).await, is("away", Some("automatic")));
    let (_, ticket) = asks_for_a_person(&app).await;
    let taken = line.post("/api/v1/desk/next", &json!({})).await;
    assert_eq!(taken.status, 200, "the request itself is the sign: {taken:?}");
    later(&app, 9 * MINUTE).await;
    line.post(&format!("/api/v1/tickets/{ticket}/notes"), &json!({"text": "on it"})).await;
    later(&app, 9 * MINUTE).await;
    assert_eq!(stance(&app, &anna).await, is("online", None), "requests are signs");

    line.post("/api/v1/presence", &json!({"state": "away"})).await;
    line.post(&format!("/api/v1/tickets/{ticket}/notes"), &json!({"text": "lunch"})).await;
    assert_eq!(stance(&app, &anna).await, is("away", None), "what was said by hand stays");
    let wrong = line.post("/api/v1/presence", &json!({"state": "asleep"})).await;
    assert!(wrong.status == 422 && wrong.body.contains("finishing"), "{wrong:?}");
    app.stop().await;
}

async fn a_shift_ends_with_the_last_open_ticket(backend: Backend) {
    let app = TestApp::start_with(backend, shifty).await;
    let anna = agent(&app, "anna").await;
    let mut held = Vec::new();
    for _ in 0..3 {
        asks_for_a_person(&app).await;
        held.push(takes(&app, &anna).await);
    }
    asks_for_a_person(&app).await;
    let line = Line::of(&app, &anna).await;
    assert!(line.get("/desk").await.body.contains("End shift"));
    assert_eq!(line.form("/desk/presence", "state=finishing").await.status, 200);
    assert_eq!(stance(&app, &anna).await, is("away", Some("finishing")));
    assert!(line.get("/desk").await.body.contains("End of shift: finish what is open."));
    resolves(&app, &anna, held[0]).await;
    let Err(ServiceError::Conflict { message, .. }) = next(&app, &anna).await else { panic!() };
    assert!(message.contains("finishing your shift"), "{message}");
    later(&app, MINUTE).await;
    assert_eq!(stance(&app, &anna).await, is("away", Some("finishing")), "one is open still");
    desk::pend(&app.house, &anna.desk(), held[1], None).await.unwrap();
    desk::keep_presence(&app.house, &anna.desk()).await.unwrap();
    later(&app, MINUTE).await;
    assert_eq!(stance(&app, &anna).await, is("away", Some("finishing")));
    resolves(&app, &anna, held[2]).await;
    later(&app, 0).await;
    assert_eq!(stance(&app, &anna).await, is("offline", None), "what is parked keeps nobody");
    desk::keep_presence(&app.house, &anna.desk()).await.unwrap();
    assert_eq!(stance(&app, &anna).await, is("offline", None), "the open page changes nothing");

    let berta = agent(&app, "berta").await;
    online(&app, &berta).await;
    desk::set_stance(&app.house, &berta.desk(), Stance::Finishing).await.unwrap();
    assert_eq!(stance(&app, &berta).await, is("offline", None), "with nothing open it is over");
    let ticket = takes(&app, &berta).await;
    desk::set_stance(&app.house, &berta.desk(), Stance::Finishing).await.unwrap();
    online(&app, &berta).await;
    assert_eq!(stance(&app, &berta).await, is("online", None), "she stays after all");
    resolves(&app, &berta, ticket).await;
    later(&app, 0).await;
    assert_eq!(stance(&app, &berta).await, is("online", None));
    app.stop().await;
}

async fn status(app: &TestApp, ticket: TicketId) -> TicketStatus {
    record(app, ticket).await.ticket.status()
}

async fn what_an_offline_agent_holds_goes_to_others_after_the_grace(backend: Backend) {
    let app = TestApp::start_with(backend, |config| {
        shifty(config);
        config.queue.presence_seconds = 60;
    })
    .await;
    let anna = hire(&app, "anna", Role::Agent, &[], 9).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let customer = asks_for_a_person(&app).await.0;
        held.push((customer, takes(&app, &anna).await));
    }
    let [(_, ours), (_, answered), (customer, pending)] = &held[..] else { panic!() };
    replies(&app, &anna, *answered, "is it red?").await;
    desk::pend(&app.house, &anna.desk(), *pending, None).await.unwrap();
    let before = record(&app, *ours).await;
    // Her browser is gone: the presence runs out after a minute.
    later(&app, MINUTE).await;
    assert_eq!(stance(&app, &anna).await, is("offline", None));
    later(&app, 15 * MINUTE - SECOND).await;
    assert_eq!(status(&app, *ours).await, TicketStatus::Open, "within the grace");
    later(&app, SECOND).await;
    let after = record(&app, *ours).await;
    assert_eq!(after.ticket.status(), TicketStatus::New);
    assert_eq!(after.ticket.enqueued_at, before.ticket.enqueued_at, "at its place");
    assert_eq!(lines_of(&app, *ours, "left_behind:anna").await, 1);
    let told = read(&app, &anna, *ours).await.thread;
    assert!(told.iter().any(|line| line.text.contains("anna is no longer online")));
    assert_eq!(status(&app, *answered).await, TicketStatus::Open, "the customer's turn");
    assert_eq!(status(&app, *pending).await, TicketStatus::Pending);

    says(&app, customer, "it is blue").await;
    later(&app, 0).await;
    assert_eq!(status(&app, *pending).await, TicketStatus::New, "the customer wrote");
    let berta = agent(&app, "berta").await;
    let taken = [takes(&app, &berta).await, takes(&app, &berta).await];
    assert_eq!(taken, [*ours, *pending], "in the order of their deadlines");
    let load = me(&app, &anna).await.load;
    assert_eq!(load, 0, "and what she has left is idle");
    app.stop().await;
}

async fn who_returns_within_the_grace_keeps_them(backend: Backend) {
    let app = TestApp::start_with(backend, shifty).await;
    let anna = agent(&app, "anna").await;
    asks_for_a_person(&app).await;
    let ticket = takes(&app, &anna).await;
    for _ in 0..3 {
        desk::set_presence(&app.house, &anna.desk(), Presence::Offline).await.unwrap();
        later(&app, 14 * MINUTE).await;
        desk::set_presence(&app.house, &anna.desk(), Presence::Offline).await.unwrap();
        online(&app, &anna).await;
        later(&app, SECOND).await;
    }
    assert_eq!(record(&app, ticket).await.ticket.assignee(), Some(anna.agent.id));
    desk::set_presence(&app.house, &anna.desk(), Presence::Offline).await.unwrap();
    later(&app, 14 * MINUTE).await;
    desk::set_presence(&app.house, &anna.desk(), Presence::Offline).await.unwrap();
    later(&app, MINUTE).await;
    assert_eq!(status(&app, ticket).await, TicketStatus::New, "saying so again is no return");
    app.stop().await;
}

async fn what_is_assigned_to_the_absent_waits_for_them_as_long(backend: Backend) {
    let app = TestApp::start_with(backend, shifty).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    desk::set_presence(&app.house, &anna.desk(), Presence::Offline).await.unwrap();
    later(&app, 60 * MINUTE).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    let to = Receiver::Agent(anna.agent.id);
    desk::assign(&app.house, &sara.desk(), ticket, to, None).await.unwrap();
    later(&app, 14 * MINUTE).await;
    assert_eq!(record(&app, ticket).await.ticket.assignee(), Some(anna.agent.id));
    later(&app, MINUTE).await;
    assert_eq!(status(&app, ticket).await, TicketStatus::New);
    app.stop().await;
}

async fn without_a_grace_everything_stays(backend: Backend) {
    let app = TestApp::start_with(backend, |config| {
        shifty(config);
        (config.routing.away_minutes, config.routing.grace_minutes) = (0, 0);
    })
    .await;
    let anna = agent(&app, "anna").await;
    asks_for_a_person(&app).await;
    let ticket = takes(&app, &anna).await;
    later(&app, 60 * MINUTE).await;
    assert_eq!(stance(&app, &anna).await, is("online", None));
    desk::set_presence(&app.house, &anna.desk(), Presence::Offline).await.unwrap();
    later(&app, 600 * MINUTE).await;
    assert_eq!(record(&app, ticket).await.ticket.assignee(), Some(anna.agent.id));
    app.stop().await;
}

on_both!(
    who_gives_no_sign_is_away_until_the_next_action,
    a_shift_ends_with_the_last_open_ticket,
    what_an_offline_agent_holds_goes_to_others_after_the_grace,
    who_returns_within_the_grace_keeps_them,
    what_is_assigned_to_the_absent_waits_for_them_as_long,
    without_a_grace_everything_stays,
);

//! Two tickets become one, and the interface that moves tickets.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sportello::domain::agent::Role;
use sportello::domain::conversation::Owner;
use sportello::domain::id::RequestId;
use sportello::domain::ledger::{Cancellation, Fact};
use sportello::domain::ticket::TicketStatus;
use sportello::domain::time::MINUTE;
use sportello::service::clock::fresh_id;
use sportello::service::{ServiceError, desk, people};

use crate::life::{held, ledger, owner, refused, status};
use crate::support::cast::{
    agent, asks_for_a_person, hire, lines_of, record, resolves, says, supervisor, takes, thread,
};
use crate::support::{Backend, TestApp, on_both};

async fn two_tickets_become_one(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let (customer, source) = asks_for_a_person(&app).await;
    says(&app, &customer, "the blue mug is broken").await;
    let (_, into) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, source);
    let (house, hers) = (&app.house, anna.desk());
    let selfsame = desk::merge(house, &hers, source, source, None).await;
    assert!(refused(selfsame).contains("itself"));
    let strangers = desk::merge(house, &hers, source, into, None).await;
    assert!(matches!(strangers, Err(ServiceError::Forbidden(_))), "{strangers:?}");
    let request = Some(RequestId(fresh_id()));
    for _ in 0..2 {
        desk::merge(house, &sara.desk(), source, into, request).await.unwrap();
    }
    app.settle().await;
    assert_eq!(status(&app, source).await, TicketStatus::Closed);
    assert_eq!(owner(&app, source).await, Owner::Closed);
    assert_eq!(status(&app, into).await, TicketStatus::New);
    let last = ledger(&app, source).await;
    assert!(last.contains(&Fact::Cancelled { why: Cancellation::Merged { into } }), "{last:?}");
    assert_eq!(lines_of(&app, source, "merged_into:sara:").await, 1);
    assert_eq!(lines_of(&app, into, "merged_from:sara:").await, 1);
    let note = thread(&app, into).await.pop().unwrap().message;
    assert!(note.body.text.contains("the blue mug is broken"), "{note:?}");
    let over = desk::merge(house, &sara.desk(), source, into, None).await;
    assert!(refused(over).contains("closed"));
    let over = desk::merge(house, &sara.desk(), into, source, None).await;
    assert!(refused(over).contains("over"));
    app.stop().await;
}

/// Merging locks two conversations: in the same order whoever asks.
async fn merges_across_each_other_do_not_wait_for_each_other(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let right = sara.desk();
    for round in 0..10 {
        let ((_, a), (_, b)) = (asks_for_a_person(&app).await, asks_for_a_person(&app).await);
        let (there, back) = tokio::join!(
            desk::merge(&app.house, &right, a, b, None),
            desk::merge(&app.house, &right, b, a, None)
        );
        assert!(there.is_ok() != back.is_ok(), "round {round}: {there:?} {back:?}");
    }
    app.stop().await;
}

async fn the_interface_moves_tickets(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, _, ticket, before) = held(&app).await;
    let email = &anna.agent.email;
    let token = people::create_token(&app.house.db, email, "t", app.house.now()).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::new();
    let post = async |verb: &str, body: Value, key: &str| -> (StatusCode, Value) {
        let url = format!("http://{}/api/v1/tickets/{ticket}/{verb}", app.address);
        let request = client.post(url).bearer_auth(&token).header("idempotency-key", key);
        let answer = request.body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or_default())
    };
    let done = (StatusCode::NO_CONTENT, Value::Null);
    assert_eq!(post("pending", json!({}), "1").await, done);
    assert_eq!(post("pending", json!({}), "1").await, done, "the same key, the same effect");
    let (code, problem) = post("pending", json!({}), "2").await;
    assert_eq!((code, &problem["status"]), (StatusCode::CONFLICT, &json!(409)));
    assert!(problem["detail"].as_str().unwrap().contains("already"), "{problem}");
    assert_eq!(post("hold", json!({}), "3").await, done);
    assert_eq!(post("snooze", json!({"minutes": 30}), "4").await, done);
    let until = app.house.now().plus(90 * MINUTE).0;
    assert_eq!(post("snooze", json!({"until": until}), "5").await, done);
    assert_eq!(record(&app, ticket).await.ticket.life.snoozed_until().unwrap().0, until);
    for wrong in [json!({}), json!({"until": 1, "minutes": 1}), json!({"minutes": -5})] {
        assert_eq!(post("snooze", wrong, "6").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(post("resume", json!({}), "7").await, done);
    assert_eq!(post("priority", json!({"priority": "urgent"}), "8").await, done);
    let (code, _) = post("priority", json!({"priority": "huge"}), "9").await;
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(post("resolve", json!({}), "10").await, done);
    assert_eq!(post("resolve", json!({}), "10").await, done);
    assert_eq!(post("reopen", json!({}), "11").await, done);
    app.settle().await;
    assert_eq!(
        post("merge", json!({"into": ticket.to_string()}), "12").await.0,
        StatusCode::CONFLICT
    );
    assert_eq!(post("spam", json!({}), "13").await, done);
    assert_eq!(post("spam", json!({}), "14").await.0, StatusCode::CONFLICT);
    assert_eq!(ledger(&app, ticket).await.len() - before, 12);
    app.settle().await;
    app.stop().await;
}

async fn others_teams_tickets_stay_out_of_reach(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, _, ticket, _) = held(&app).await;
    let ordini = hire(&app, "olga", Role::Agent, &["ordini"], 3).await;
    app.sql("UPDATE ticket SET team = 'resi'").await;
    resolves(&app, &anna, ticket).await;
    let unseen = desk::reopen(&app.house, &ordini.desk(), ticket, None).await;
    assert!(matches!(unseen, Err(ServiceError::NotFound(_))), "{unseen:?}");
    app.stop().await;
}

on_both!(
    others_teams_tickets_stay_out_of_reach,
    two_tickets_become_one,
    merges_across_each_other_do_not_wait_for_each_other,
    the_interface_moves_tickets,
);

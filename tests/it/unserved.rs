//! Tickets that nobody can serve: named on the board, and served as soon as somebody can.

use std::collections::BTreeSet;

use sportello::config::{Config, RoutingMode};
use sportello::domain::agent::Role;
use sportello::domain::id::TicketId;
use sportello::domain::time::{MINUTE, SECOND};
use sportello::service::profiles::{self, Change, Parts};
use sportello::service::view::UnservedView;
use sportello::service::{desk, dispatch, supervision};

use crate::support::cast::{
    agent, asks_for_a_person, board, hire, next, online, record, supervisor,
};
use crate::support::{Backend, TestApp, on_both};

/// A ticket that asks for a skill, as if an intent did.
async fn asks_for_a_skill(app: &TestApp, skill: &str) -> TicketId {
    let (_, ticket) = asks_for_a_person(app).await;
    app.sql(&format!(
        "UPDATE ticket SET skills = '[\"{skill}\"]' \
         WHERE id = (SELECT id FROM ticket ORDER BY id DESC LIMIT 1)"
    ))
    .await;
    dispatch::rebuild(&app.house).await.unwrap();
    ticket
}

fn skill(skill: &str) -> Change {
    let skills = BTreeSet::from([skill.to_owned()]);
    Change { add: Parts { skills, ..Parts::default() }, ..Change::default() }
}

fn kinds(unserved: &[UnservedView]) -> Vec<&str> {
    unserved.iter().map(|one| one.kind.as_str()).collect()
}

async fn a_skill_that_nobody_has_is_told_and_cured(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    online(&app, &anna).await;
    let ticket = asks_for_a_skill(&app, "legal").await;
    assert!(next(&app, &anna).await.unwrap().is_none(), "she cannot serve it");
    let refused = desk::take_this(&app.house, &anna.desk(), ticket).await;
    assert!(refused.is_err(), "{refused:?}");

    let told = board(&app, &sara).await;
    assert_eq!(kinds(&told.unserved), ["nobody"]);
    let one = &told.unserved[0];
    assert_eq!(one.named, [(ticket.to_string(), ticket.code())]);
    assert_eq!(one.missing.as_ref().unwrap().skills, ["legal"]);
    assert_eq!((one.waiting, one.nearest[0].as_str()), (1, "anna@shop.example"));
    assert_eq!((told.lanes[0].able, told.lanes[0].free, told.lanes_total), (0, 0, 1));
    assert_eq!(told.waiting, 1, "it stays in the queue");

    let (db, now) = (&app.house.db, app.house.now());
    profiles::change(db, &anna.agent.email, &skill("legal"), now).await.unwrap();
    assert!(board(&app, &sara).await.unserved.is_empty(), "the warning goes by itself");
    dispatch::reconcile(&app.house).await.unwrap();
    let row = next(&app, &anna).await.unwrap().expect("it is hers now");
    assert_eq!(row.id, ticket.to_string());
    app.stop().await;
}

fn push(config: &mut Config) {
    config.routing.mode = RoutingMode::Push;
    config.queue.presence_seconds = 36_000;
}

async fn in_push_mode_whoever_learns_it_is_asked(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = agent(&app, "anna").await;
    let ticket = asks_for_a_skill(&app, "legal").await;
    online(&app, &anna).await;
    let asked = async || !desk::offers(&app.house, &anna.desk()).await.unwrap().is_empty();
    sportello::service::offering::drain(&app.house).await.unwrap();
    assert!(!asked().await);
    let (db, now) = (&app.house.db, app.house.now());
    profiles::change(db, &anna.agent.email, &skill("legal"), now).await.unwrap();
    dispatch::reconcile(&app.house).await.unwrap();
    app.until("anna is asked", asked).await;
    desk::accept(&app.house, &anna.desk(), ticket).await.unwrap();
    assert_eq!(record(&app, ticket).await.ticket.assignee(), Some(anna.agent.id));
    app.stop().await;
}

async fn who_could_serve_it_and_is_not_here_is_named(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let berta = hire(&app, "berta", Role::Agent, &[], 3).await;
    let (db, now) = (&app.house.db, app.house.now());
    profiles::change(db, &berta.agent.email, &skill("legal"), now).await.unwrap();
    asks_for_a_skill(&app, "legal").await;
    assert_eq!(kinds(&board(&app, &sara).await.unserved), ["nobody_here"]);
    online(&app, &anna).await;
    let told = board(&app, &sara).await.unserved;
    assert_eq!(kinds(&told), ["nobody_now"]);
    assert_eq!(told[0].able, ["berta"]);
    assert_eq!(told[0].missing.as_ref().unwrap().skills, ["legal"]);
    online(&app, &berta).await;
    assert!(board(&app, &sara).await.unserved.is_empty());
    app.stop().await;
}

async fn a_lane_lists_its_tickets_and_its_next_deadline(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    online(&app, &anna).await;
    let (_, first) = asks_for_a_person(&app).await;
    app.clock.advance(SECOND);
    asks_for_a_person(&app).await;
    let told = board(&app, &sara).await;
    assert_eq!((told.lanes.len(), told.lanes_total), (1, 1));
    let lane = &told.lanes[0];
    assert_eq!((lane.waiting, lane.able, lane.free), (2, 1, 3));
    let key = lane.tickets.strip_prefix("/board/lane?key=").unwrap();
    let right = sara.board().unwrap();
    let (again, rows) = supervision::lane(&app.house, &right, key).await.unwrap();
    assert_eq!((again.waiting, rows.len()), (2, 2));
    assert_eq!(rows[0].id, first.to_string());
    assert!(lane.next_due.is_some() && lane.next_due == rows[0].due.as_ref().unwrap().due);
    assert!(supervision::lane(&app.house, &right, "nothing").await.is_err());
    app.stop().await;
}

async fn what_waits_in_the_records_only_is_told(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    assert!(board(&app, &sara).await.alarms.is_empty());
    app.house.queue.remove(ticket, None).await.unwrap();
    app.clock.advance(MINUTE + SECOND);
    let told = board(&app, &sara).await.alarms;
    if let Some(alarm) = told.iter().find(|alarm| alarm.kind == "left_out") {
        assert_eq!(alarm.count, 1);
    } else {
        // The reconciler was faster.
        assert_eq!(app.house.queue.snapshot(9, app.house.now()).await.unwrap().waiting.len(), 1);
    }
    dispatch::reconcile(&app.house).await.unwrap();
    assert!(board(&app, &sara).await.alarms.is_empty(), "and it goes when it is back");
    app.stop().await;
}

on_both!(
    a_skill_that_nobody_has_is_told_and_cured,
    in_push_mode_whoever_learns_it_is_asked,
    who_could_serve_it_and_is_not_here_is_named,
    a_lane_lists_its_tickets_and_its_next_deadline,
    what_waits_in_the_records_only_is_told,
);

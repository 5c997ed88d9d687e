//! What the rungs of a warning ladder do, by the manual clock.

mod pager;

use std::collections::BTreeSet;

use futures::future::join_all;
use sportello::config::Hidden;
use sportello::domain::agent::Role;
use sportello::domain::id::TicketId;
use sportello::domain::ledger::{Fact, LedgerEvent};
use sportello::domain::ticket::{Priority, TicketStatus};
use sportello::domain::time::{DAY, HOUR, MINUTE, SECOND};
use sportello::service::watch;
use sportello::store;

use self::pager::Pager;
use crate::support::cast::{
    agent, asks_for_a_person, board, hire, lines_of, newest, next, online, record, replies,
    resolves, says, supervisor, takes, visitor,
};
use crate::support::policies::{clocks, ledger, policies, states};
use crate::support::{Backend, TestApp, on_both};

async fn house(backend: Backend, rules: &str) -> TestApp {
    TestApp::start_on(backend, &policies(rules), |_| {}).await
}

/// Standard promises 60 min, high 50, urgent 45; each raises, and so does the breach.
async fn a_raise_climbs_to_the_top_and_stops(backend: Backend) {
    let app = house(
        backend,
        "  - {name: urgent, when: {priority: [urgent]}, calendar: always, \
              targets: {first_response: 45m}, warnings: [{at: 90, do: [raise]}], on_breach: [raise]}\n\
         \x20 - {name: high, when: {priority: [high]}, calendar: always, \
              targets: {first_response: 50m}, warnings: [{at: 80, do: [raise]}]}\n\
         \x20 - {name: standard, calendar: always, \
              targets: {first_response: 60m}, warnings: [{at: 50, do: [raise]}]}\n",
    )
    .await;
    let sara = supervisor(&app).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    let begun = record(&app, ticket).await;
    assert_eq!(begun.score, begun.ticket.enqueued_at.plus(60 * MINUTE));
    app.pass(30 * MINUTE).await;
    let raised = record(&app, ticket).await;
    assert_eq!(raised.ticket.priority, Priority::High);
    assert_eq!(raised.score, begun.ticket.enqueued_at.plus(50 * MINUTE), "served sooner");
    app.clock.advance(1);
    let found = clocks(&app, &sara, ticket, "first_response").await;
    assert_eq!(states(&found), ["superseded", "running"]);
    assert_eq!((found[1].start, found[1].policy.as_deref()), (found[0].start, Some("high")));
    assert_eq!(found[1].due, Some(found[0].start + 50 * MINUTE), "ten minutes gone stay gone");

    app.pass(10 * MINUTE).await;
    assert_eq!(record(&app, ticket).await.ticket.priority, Priority::Urgent);
    app.pass(DAY).await;
    assert_eq!(record(&app, ticket).await.ticket.priority, Priority::Urgent);
    let found = clocks(&app, &sara, ticket, "first_response").await;
    assert_eq!(states(&found), ["superseded", "superseded", "late"]);
    for line in ["warning:first_response:50", "warning:first_response:80"] {
        assert_eq!(lines_of(&app, ticket, line).await, 1, "{line}");
    }
    for line in
        ["warning:first_response:90", "missed:first_response", "priority:high", "priority:urgent"]
    {
        assert_eq!(lines_of(&app, ticket, line).await, 1, "{line}");
    }
    assert_eq!(lines_of(&app, ticket, "priority:").await, 2, "no higher than the top");
    app.stop().await;
}

/// The damaged item is for the team `ordini`.
async fn a_widened_ticket_can_be_taken_by_the_other_team(backend: Backend) {
    let app = house(
        backend,
        "  - {name: standard, calendar: always, targets: {first_response: 60m}, \
              warnings: [{at: 50, do: [{widen: banco}]}, {at: 75, do: [{widen: banco}]}]}\n",
    )
    .await;
    let berta = hire(&app, "berta", Role::Agent, &["banco"], 3).await;
    let customer = visitor(&app);
    says(&app, &customer, "the item arrived broken").await;
    says(&app, &customer, "AB123456").await;
    let ticket = newest(&app).await.ticket.id;
    assert_eq!(record(&app, ticket).await.ticket.requirement.team.as_deref(), Some("ordini"));
    online(&app, &berta).await;
    assert!(next(&app, &berta).await.unwrap().is_none(), "not hers to serve");
    app.pass(30 * MINUTE).await;
    let requirement = record(&app, ticket).await.ticket.requirement;
    assert_eq!(requirement.or_teams, BTreeSet::from(["banco".to_owned()]));
    app.until("the queue knows it", async || {
        let waiting = app.house.queue.snapshot(10, app.house.now()).await.unwrap().waiting;
        waiting.iter().any(|waiting| waiting.ticket == ticket && waiting.requirement == requirement)
    })
    .await;
    app.pass(15 * MINUTE).await;
    assert_eq!(lines_of(&app, ticket, "widened:banco").await, 1, "once is enough");
    let widened = |line: &LedgerEvent| matches!(line.fact, Fact::Widened { .. });
    assert_eq!(ledger(&app, ticket).await.into_iter().filter(widened).count(), 1);
    assert_eq!(takes(&app, &berta).await, ticket);
    app.stop().await;
}

const PAGES: &str = "  - {name: standard, calendar: always, targets: {first_response: 60m}, \
    warnings: [{before: 10m, do: [page]}], on_breach: [page]}\n";

async fn a_page_is_signed_and_repeated_with_its_id(backend: Backend) {
    let pager = Pager::that_answers(&[500, 200, 200]).await;
    let url = pager.url.clone();
    let app = TestApp::start_on(backend, &policies(PAGES), |config| {
        config.alerts.webhook_url = Hidden(url);
        config.alerts.secret = Hidden("a secret of the house".to_owned());
    })
    .await;
    let sara = supervisor(&app).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    app.pass(50 * MINUTE).await;
    assert_eq!(pager.calls().len(), 1);
    app.pass(SECOND).await;
    app.pass(MINUTE).await;
    let calls = pager.calls();
    assert_eq!(calls.len(), 2, "not again after it was taken");
    assert_eq!(calls[0].id, calls[1].id);
    assert_eq!(calls[0].body, calls[1].body);
    let (first, second) = (calls[0].timestamp, calls[1].timestamp);
    assert_eq!(second - first, 1, "each try says when it is made");
    for call in &calls {
        assert!(call.is_signed_with("a secret of the house"), "{call:?}");
    }
    let (body, data) = (&calls[0].body, &calls[0].body["data"]);
    assert_eq!(body["type"], "sla.warning");
    assert_eq!((&data["metric"], &data["rung"]), (&"first_response".into(), &"-600000".into()));
    assert_eq!(
        (&data["ticket"], &data["code"]),
        (&ticket.to_string().into(), &ticket.code().into())
    );

    app.pass(9 * MINUTE).await;
    let calls = pager.calls();
    assert_eq!(calls.len(), 3);
    assert_ne!(calls[2].id, calls[0].id);
    assert_eq!(calls[2].body["type"], "sla.missed");
    assert!(board(&app, &sara).await.alarms.is_empty());
    app.stop().await;
}

async fn a_dead_receiver_raises_an_alarm_at_last(backend: Backend) {
    let gone = Pager::that_answers(&[]).await;
    let url = gone.url.clone();
    gone.hang_up().await;
    let rules = PAGES.replace(", on_breach: [page]", "");
    let app = TestApp::start_on(backend, &policies(&rules), |config| {
        config.alerts.webhook_url = Hidden(url);
        config.alerts.secret = Hidden("a secret of the house".to_owned());
    })
    .await;
    let sara = supervisor(&app).await;
    asks_for_a_person(&app).await;
    app.pass(50 * MINUTE).await;
    let alarmed = async || {
        let alarms = board(&app, &sara).await.alarms;
        alarms.iter().any(|alarm| alarm.kind == "page_failed")
    };
    assert!(!alarmed().await, "it is tried again first");
    for _ in 0..20 {
        app.pass(5 * MINUTE).await;
    }
    assert!(alarmed().await);
    let dead = "SELECT COUNT(*) FROM outbox WHERE kind = 'page' AND status = 'dead'";
    assert_eq!(app.number(dead).await, 1);
    app.stop().await;
}

async fn every_rung_comes_once_whoever_fires_it(backend: Backend) {
    let app = house(
        backend,
        "  - {name: standard, calendar: always, targets: {first_response: 60m}, \
              warnings: [{after: 20m}, {before: 10m}, {after: 90m}], on_breach: [raise]}\n",
    )
    .await;
    let other = if backend == Backend::Servers { Some(app.second().await) } else { None };
    let (_, ticket) = asks_for_a_person(&app).await;
    let count =
        async |rung: &str| lines_of(&app, ticket, &format!("warning:first_response:{rung}")).await;
    for (millis, rungs) in [
        (20 * MINUTE - 1, [0, 0, 0]),
        (1, [1, 0, 0]),
        (30 * MINUTE, [1, 1, 0]),
        (40 * MINUTE, [1, 1, 1]),
        (DAY, [1, 1, 1]),
    ] {
        app.clock.advance(millis);
        let houses = [&app.house, other.as_ref().map_or(&app.house, |other| &other.house)];
        let steps = houses.into_iter().cycle().take(8).map(watch::step);
        for step in join_all(steps).await {
            step.unwrap();
        }
        app.settle().await;
        let found = [count("+1200000").await, count("-600000").await, count("+5400000").await];
        assert_eq!(found, rungs, "{millis}");
    }
    assert_eq!(lines_of(&app, ticket, "missed:first_response").await, 1);
    assert_eq!(record(&app, ticket).await.ticket.priority, Priority::High, "raised once");
    if let Some(other) = other {
        other.stop().await;
    }
    app.stop().await;
}

/// What a colleague's screen does: the status and its line in the ledger.
async fn waits_for_the_customer(app: &TestApp, ticket: TicketId) {
    app.sql("UPDATE ticket SET status = 'pending', version = version + 1").await;
    let seq = ledger(app, ticket).await.last().unwrap().seq + 1;
    let fact = Fact::Status { to: TicketStatus::Pending };
    let event = LedgerEvent { ticket_id: ticket, seq, at: app.house.now(), fact };
    let mut tx = app.house.db.begin().await.unwrap();
    store::ledger::append(&mut tx, &event).await.unwrap();
    tx.commit().await.unwrap();
}

const RESOLUTION: &str = "  - {name: standard, calendar: always, targets: {resolution: 4h}, \
    warnings: [50, {before: 30m, do: [raise]}]}\n";

/// At 2 h, half of it would have been gone; the pause from 1 h to 3 h moves that to 4 h.
async fn a_rung_that_passes_in_a_pause_comes_after_it(backend: Backend) {
    let app = house(backend, RESOLUTION).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let rungs = async || {
        [
            lines_of(&app, ticket, "warning:resolution:50").await,
            lines_of(&app, ticket, "warning:resolution:-1800000").await,
            lines_of(&app, ticket, "missed:resolution").await,
        ]
    };
    app.pass(HOUR).await;
    replies(&app, &anna, ticket, "Could you send a photo?").await;
    waits_for_the_customer(&app, ticket).await;
    app.pass(90 * MINUTE).await;
    assert_eq!(rungs().await, [0, 0, 0], "half an hour past the old instant");
    app.pass(30 * MINUTE).await;
    says(&app, &customer, "where is my order").await;
    assert_eq!(record(&app, ticket).await.ticket.status(), TicketStatus::Open);
    assert_eq!(rungs().await, [0, 0, 0], "an hour of four is gone");
    app.pass(HOUR - 1).await;
    assert_eq!(rungs().await, [0, 0, 0]);
    app.pass(1).await;
    assert_eq!(rungs().await, [1, 0, 0]);
    app.pass(90 * MINUTE).await;
    assert_eq!(rungs().await, [1, 1, 0]);
    app.pass(30 * MINUTE).await;
    assert_eq!(rungs().await, [1, 1, 0], "exactly at the deadline is in time");
    app.pass(1).await;
    assert_eq!(rungs().await, [1, 1, 1]);
    app.pass(DAY).await;
    assert_eq!(rungs().await, [1, 1, 1]);
    app.stop().await;
}

/// Resolved at 1 h and reopened at 3 h: the same clock goes on.
async fn a_rung_that_passes_while_resolved_comes_after_the_reopening(backend: Backend) {
    let app = house(backend, RESOLUTION).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    app.pass(HOUR).await;
    replies(&app, &anna, ticket, "Done.").await;
    resolves(&app, &anna, ticket).await;
    app.pass(2 * HOUR).await;
    says(&app, &customer, "where is my order").await;
    assert_eq!(newest(&app).await.ticket.id, ticket, "the same ticket");
    let half = async || lines_of(&app, ticket, "warning:resolution:50").await;
    app.pass(HOUR - 1).await;
    assert_eq!(half().await, 0);
    app.pass(1).await;
    assert_eq!(half().await, 1);
    app.stop().await;
}

on_both!(
    a_raise_climbs_to_the_top_and_stops,
    a_widened_ticket_can_be_taken_by_the_other_team,
    a_page_is_signed_and_repeated_with_its_id,
    a_dead_receiver_raises_an_alarm_at_last,
    every_rung_comes_once_whoever_fires_it,
    a_rung_that_passes_in_a_pause_comes_after_it,
    a_rung_that_passes_while_resolved_comes_after_the_reopening,
);

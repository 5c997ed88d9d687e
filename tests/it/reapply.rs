//! A new version of the policies reaches the live tickets, and nothing else.

use futures::future::join_all;
use sportello::domain::id::TicketId;
use sportello::domain::ledger::Fact;
use sportello::domain::time::{DAY, MINUTE};
use sportello::service::reapply;

use crate::support::cast::{
    agent, asks_for_a_person, lines_of, record, replies, resolves, supervisor, takes,
};
use crate::support::policies::{clocks, ledger, policies, states};
use crate::support::{Backend, TestApp, on_both};

const LOOSE: &str =
    "  - {name: standard, calendar: always, targets: {first_response: 60m, resolution: 8h}}\n";
const STRICT: &str =
    "  - {name: standard, calendar: always, targets: {first_response: 20m, resolution: 8h}}\n";

/// How often policies were chosen for a ticket, and the version last chosen.
async fn choices(app: &TestApp, ticket: TicketId) -> (usize, String) {
    let lines = ledger(app, ticket).await;
    let chosen: Vec<_> = lines
        .iter()
        .filter_map(|line| match &line.fact {
            Fact::SlaApplied { version, .. } => Some(version.clone()),
            _ => None,
        })
        .collect();
    (chosen.len(), chosen.last().cloned().unwrap_or_default())
}

fn version(app: &TestApp) -> String {
    app.house.content.book().version.to_string()
}

/// Several passes at once, as of several replicas.
async fn pass(app: &TestApp) {
    for step in join_all((0..4).map(|_| reapply::step(&app.house))).await {
        step.unwrap();
    }
    app.settle().await;
}

async fn a_stricter_book_reaches_live_tickets_only(backend: Backend) {
    let app = TestApp::start_on(backend, &policies(LOOSE), |_| {}).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let (_, done) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, done);
    replies(&app, &anna, done, "Done.").await;
    resolves(&app, &anna, done).await;
    let (_, held) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, held);
    let (_, waiting) = asks_for_a_person(&app).await;
    let before = ledger(&app, done).await;
    app.pass(10 * MINUTE).await;

    app.publish(&policies(STRICT)).await;
    pass(&app).await;
    app.clock.advance(1);
    for ticket in [held, waiting] {
        let found = clocks(&app, &sara, ticket, "first_response").await;
        assert_eq!(states(&found), ["superseded", "running"]);
        assert_eq!(found[1].start, found[0].start);
        assert_eq!(found[1].due, Some(found[0].start + 20 * MINUTE), "what is gone stays gone");
        assert_eq!(states(&clocks(&app, &sara, ticket, "resolution").await), ["running"]);
        assert_eq!(choices(&app, ticket).await, (2, version(&app)));
        assert_eq!(lines_of(&app, ticket, "warning:first_response:50").await, 1, "of the new one");
    }
    let due = record(&app, waiting).await.ticket.enqueued_at.plus(20 * MINUTE);
    assert_eq!(record(&app, waiting).await.score, due, "served sooner");
    assert_eq!(ledger(&app, done).await, before);
    assert_eq!(states(&clocks(&app, &sara, done, "first_response").await), ["met"]);

    let settled = ledger(&app, held).await;
    app.publish(&policies(STRICT)).await;
    pass(&app).await;
    assert_eq!(ledger(&app, held).await, settled, "the same text again changes nothing");
    app.stop().await;
}

async fn an_edit_elsewhere_supersedes_nothing(backend: Backend) {
    let app = TestApp::start_on(backend, &policies(LOOSE), |_| {}).await;
    let sara = supervisor(&app).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    app.pass(MINUTE).await;
    let other = "  - {name: urgent, when: {priority: [urgent]}, calendar: always, targets: {first_response: 5m}}\n";
    app.publish(&policies(&format!("{other}{LOOSE}"))).await;
    pass(&app).await;
    app.clock.advance(1);
    assert_eq!(choices(&app, ticket).await, (2, version(&app)));
    for metric in ["first_response", "resolution"] {
        assert_eq!(states(&clocks(&app, &sara, ticket, metric).await), ["running"], "{metric}");
    }
    app.pass(59 * MINUTE).await;
    assert_eq!(lines_of(&app, ticket, "warning:first_response:50").await, 1, "no rung twice");
    app.stop().await;
}

/// What was missed under the old book stays a miss under it.
async fn a_miss_is_not_taken_back_by_a_looser_book(backend: Backend) {
    let app = TestApp::start_on(backend, &policies(STRICT), |_| {}).await;
    let sara = supervisor(&app).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    app.pass(30 * MINUTE).await;
    app.publish(&policies(LOOSE)).await;
    pass(&app).await;
    app.clock.advance(1);
    assert_eq!(states(&clocks(&app, &sara, ticket, "first_response").await), ["late"]);
    app.pass(DAY).await;
    assert_eq!(lines_of(&app, ticket, "missed:first_response").await, 1);
    app.stop().await;
}

/// Tickets from before the version was noted beside them, and a restart on another book.
async fn at_start_the_tickets_are_brought_up_to_date(backend: Backend) {
    let app = TestApp::start_on(backend, &policies(LOOSE), |_| {}).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    let before = ledger(&app, ticket).await;
    app.sql("UPDATE ticket SET policies = ''").await;
    let app = app.restart().await;
    pass(&app).await;
    assert_eq!(ledger(&app, ticket).await, before, "it was the same all along");
    let noted = format!("SELECT COUNT(*) FROM ticket WHERE policies = '{}'", version(&app));
    assert_eq!(app.number(&noted).await, 1);
    app.stop().await;
}

on_both!(
    a_stricter_book_reaches_live_tickets_only,
    an_edit_elsewhere_supersedes_nothing,
    a_miss_is_not_taken_back_by_a_looser_book,
    at_start_the_tickets_are_brought_up_to_date,
);

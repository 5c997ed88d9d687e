//! History replayed under other policies: told, and never written.

use sportello::domain::source::SourceFile;
use sportello::domain::time::{DAY, MINUTE};
use sportello::service::books::Shelf;
use sportello::service::figures;
use sportello::service::view::{DryRunView, MetricChange};
use sportello::sla::book::PolicyBook;

use crate::support::cast::{agent, asks_for_a_person, replies, takes};
use crate::support::policies::{ledger, policies};
use crate::support::{Backend, TestApp, on_both};

const LOOSE: &str =
    "  - {name: standard, calendar: always, targets: {assignment: 30m, first_response: 60m}}\n";
const STRICT: &str =
    "  - {name: standard, calendar: always, targets: {assignment: 30m, first_response: 20m}}\n";

fn book(text: &str) -> PolicyBook {
    PolicyBook::read(&SourceFile { name: "other.yaml".to_owned(), text: policies(text) }).unwrap()
}

async fn replay(app: &TestApp, text: &str) -> DryRunView {
    let (db, now) = (&app.house.db, app.house.now());
    let shelf = Shelf::open(db, book(LOOSE)).await.unwrap();
    figures::dry_run(db, &shelf, book(text), now.plus(-DAY), now).await.unwrap()
}

fn metric<'a>(found: &'a DryRunView, name: &str) -> &'a MetricChange {
    found.metrics.iter().find(|change| change.metric == name).unwrap()
}

async fn what_would_change_is_told_and_nothing_is_written(backend: Backend) {
    let app = TestApp::start_on(backend, &policies(LOOSE), |_| {}).await;
    let anna = agent(&app, "anna").await;
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    app.pass(30 * MINUTE).await;
    replies(&app, &anna, ticket, "Here I am.").await;
    let before = ledger(&app, ticket).await;

    let found = replay(&app, STRICT).await;
    assert_eq!(found.tickets, 1);
    let first = metric(&found, "first_response");
    assert_eq!((first.now.met, first.now.missed), (1, 0));
    assert_eq!((first.then.met, first.then.missed), (0, 1));
    let assignment = metric(&found, "assignment");
    assert_eq!(assignment.now, assignment.then);
    let changed: Vec<_> =
        found.changed.iter().map(|c| (c.metric.as_str(), &c.now[..], &c.then[..])).collect();
    let (met, missed) = (["met".to_owned()], ["missed".to_owned()]);
    assert_eq!(changed, [("first_response", &met[..], &missed[..])]);
    assert_eq!(found.changed[0].ticket, ticket.to_string());

    assert_eq!(replay(&app, LOOSE).await.changed, [], "the same policies change nothing");
    assert_eq!(ledger(&app, ticket).await, before);
    app.stop().await;
}

on_both!(what_would_change_is_told_and_nothing_is_written);

//! What figures are made of: the right end of what is too much, and never by reading everything.

use super::{Db, ledger, ticket};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;

const STATUSES: [&str; 5] = ["open", "resolved", "resolved", "resolved", "open"];

async fn records() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}/house.db", folder.path().display())).await.unwrap();
    db.migrate().await.unwrap();
    (folder, db)
}

async fn run(db: &Db, sql: String) {
    let Db::Sqlite { write, .. } = db else { panic!("SQLite") };
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(write).await.unwrap();
}

/// Five tickets, one a second, with two events each.
async fn with_tickets(db: &Db) {
    run(db, "PRAGMA foreign_keys = OFF".to_owned()).await;
    for (at, status) in STATUSES.into_iter().enumerate() {
        let id = format!("x'{at:032x}'");
        let (holder, resolved) = match status {
            "open" => (id.as_str(), "NULL".to_owned()),
            _ => ("NULL", format!("{at}500")),
        };
        run(
            db,
            format!(
                "INSERT INTO ticket (id, conversation_id, contact_id, status, priority, skills, packet, \
                 cost, assignee, generation, epoch, version, score, origin, created_at, enqueued_at, \
                 resolved_at) SELECT {id}, {id}, {id}, '{status}', 'normal', '[]', \
                 '{}', 1, {holder}, 0, 0, 0, 0, 'real', {at}000, 0, {resolved}",
                r#"{"summary": "", "reason": "asked", "intent": null, "trail": [], "slots": {}}"#
            ),
        )
        .await;
        for seq in 1..=2 {
            run(
                db,
                format!(
                    "INSERT INTO ledger VALUES ({id}, {seq}, 0, 'x', '{{\"event\": \"created\"}}')"
                ),
            )
            .await;
        }
    }
}

#[tokio::test]
async fn of_too_many_tickets_the_oldest_finished_ones_are_left_out() {
    let (_folder, db) = records().await;
    with_tickets(&db).await;
    let found = ticket::at_most(&db, UtcMillis(0), 3).await.unwrap();
    let found: Vec<_> =
        found.iter().map(|stored| (stored.ticket.created_at.0, stored.ticket.status())).collect();
    let (open, resolved) = (TicketStatus::Open, TicketStatus::Resolved);
    assert_eq!(found, [(0, open), (3_000, resolved), (4_000, open)]);
}

#[tokio::test]
async fn of_too_many_events_the_newest_tickets_are_kept_whole() {
    let (_folder, db) = records().await;
    with_tickets(&db).await;
    let found = ledger::at_most(&db, UtcMillis(0), 5).await.unwrap();
    let found: Vec<_> =
        found.iter().map(|event| (event.ticket_id.0.as_u128(), event.seq)).collect();
    assert_eq!(found, [(3, 1), (3, 2), (4, 1), (4, 2)]);
}

#[tokio::test]
async fn what_is_due_is_found_without_reading_what_is_not() {
    let (_folder, db) = records().await;
    let Db::Sqlite { read, .. } = &db else { panic!("SQLite") };
    let sql = "EXPLAIN QUERY PLAN SELECT kind, subject, due_at FROM timer \
               WHERE status = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT $2";
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(sql).bind(0_i64).bind(1_i64).fetch_all(read).await.unwrap();
    assert!(plan.iter().all(|step| step.3.contains("timer_by_due")), "{plan:?}");
}

//! Reads the records after a fault: nothing lost, nothing doubled, fences that only grew.

use std::collections::HashMap;

use sportello::domain::id::{AgentId, TicketId};
use sportello::domain::ledger::{Fact, LedgerEvent};
use sportello::domain::time::UtcMillis;
use sportello::store::{self, Db, StoreError};
use sqlx::AssertSqlSafe;

/// What must never be: each counts rows.
const NEVER: [(&str, &str); 5] = [
    (
        "a later assignment under an earlier fence",
        "SELECT COUNT(*) FROM decision a JOIN decision b ON a.ticket_id = b.ticket_id AND a.at < b.at \
         AND (a.generation > b.generation OR (a.generation = b.generation AND a.epoch >= b.epoch))",
    ),
    (
        "a ticket behind its last fence",
        "SELECT COUNT(*) FROM ticket t WHERE EXISTS (SELECT 1 FROM decision d WHERE d.ticket_id = t.id \
         AND (d.generation > t.generation OR (d.generation = t.generation AND d.epoch > t.epoch)))",
    ),
    (
        "a ticket that is held by nobody, or not held by somebody",
        "SELECT COUNT(*) FROM ticket WHERE (CASE WHEN status IN ('open', 'pending', 'on_hold', \
         'snoozed') THEN 1 ELSE 0 END) <> (CASE WHEN assignee IS NOT NULL THEN 1 ELSE 0 END)",
    ),
    (
        "a ticket in no state",
        "SELECT COUNT(*) FROM ticket WHERE status NOT IN \
         ('new', 'open', 'pending', 'on_hold', 'snoozed', 'resolved', 'closed')",
    ),
    (
        "an acceptance without its decision, or the other way round",
        "SELECT COUNT(*) FROM ticket t WHERE \
         (SELECT COUNT(*) FROM ledger l WHERE l.ticket_id = t.id AND l.event = 'accepted') <> \
         (SELECT COUNT(*) FROM decision d WHERE d.ticket_id = t.id)",
    ),
];

/// Reads one number.
pub(crate) async fn number(db: &Db, sql: &str) -> i64 {
    let sql = AssertSqlSafe(sql.to_owned());
    let (n,): (i64,) = match db {
        Db::Sqlite { read, .. } => sqlx::query_as(sql).fetch_one(read).await.expect("SQL"),
        Db::Postgres(pool) => sqlx::query_as(sql).fetch_one(pool).await.expect("SQL"),
    };
    n
}

/// Checks all records, when nothing happens any more; `expected` tickets must be there.
pub(crate) async fn check(db: &Db, expected: usize, after: &str) {
    let tickets = number(db, "SELECT COUNT(*) FROM ticket").await;
    assert_eq!(usize::try_from(tickets), Ok(expected), "after {after}: tickets lost or doubled");
    for (ticket, agent) in check_now(db, after).await {
        let stored = store::ticket::get(db, ticket).await.expect("records").expect("the ticket");
        assert_eq!(stored.ticket.assignee(), Some(agent), "after {after}: {ticket}");
    }
}

/// The whole ledger; a machine that has other things to do as well is waited for.
async fn ledger(db: &Db) -> Vec<LedgerEvent> {
    let mut tries = 0..5;
    loop {
        match store::ledger::active_since(db, UtcMillis(0)).await {
            Ok(lines) => return lines,
            Err(StoreError::Unavailable(_)) if tries.next().is_some() => {}
            Err(error) => panic!("the ledger: {error}"),
        }
    }
}

/// Checks all records while life goes on; who holds what, by the ledger.
pub(crate) async fn check_now(db: &Db, after: &str) -> HashMap<TicketId, AgentId> {
    for (what, sql) in NEVER {
        assert_eq!(number(db, sql).await, 0, "after {after}: {what}");
    }
    let mut holders: HashMap<TicketId, AgentId> = HashMap::new();
    for line in ledger(db).await {
        match line.fact {
            Fact::Accepted { agent } => {
                let before = holders.insert(line.ticket_id, agent);
                assert_eq!(before, None, "after {after}: {} was given twice", line.ticket_id);
            }
            Fact::Enqueued
            | Fact::Transferred { .. }
            | Fact::Resolved { .. }
            | Fact::Reopened
            | Fact::Closed => {
                holders.remove(&line.ticket_id);
            }
            _ => {}
        }
    }
    holders
}

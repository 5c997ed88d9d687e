//! The append-only ledger of tickets.

use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::id::TicketId;
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::time::UtcMillis;

type Row = (Uuid, i64, i64, Json<Fact>);

fn read((ticket, seq, at, fact): Row) -> LedgerEvent {
    LedgerEvent { ticket_id: TicketId(ticket), seq, at: UtcMillis(at), fact: fact.0 }
}

/// Appends one event; marks its ticket as touched then, and with the version of the policies that was
/// applied last.
///
/// # Errors
/// [`StoreError`].
pub async fn append(tx: &mut Tx, event: &LedgerEvent) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO ledger (ticket_id, seq, at, event, fact) VALUES ($1, $2, $3, $4, $5)")
        .bind(event.ticket_id.0).bind(event.seq).bind(event.at.0).bind(event.fact.name())
        .bind(Json(&event.fact))
        .execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query("UPDATE ticket SET touched_at = $2 WHERE id = $1 AND touched_at < $2")
        .bind(event.ticket_id.0).bind(event.at.0).execute(c).await.map(drop))?;
    match &event.fact {
        Fact::SlaApplied { version, .. } => super::terms::note(tx, event.ticket_id, version).await,
        _ => Ok(()),
    }
}

/// A ticket's ledger, inside a turn.
///
/// # Errors
/// [`StoreError`].
pub async fn of_ticket_in(tx: &mut Tx, ticket: TicketId) -> Result<Vec<LedgerEvent>, StoreError> {
    let rows: Vec<Row> = on_tx!(tx, c => sqlx::query_as(
        "SELECT ticket_id, seq, at, fact FROM ledger WHERE ticket_id = $1 ORDER BY seq")
        .bind(ticket.0).fetch_all(c).await)?;
    Ok(rows.into_iter().map(read).collect())
}

/// A ticket's ledger, for reading.
///
/// # Errors
/// [`StoreError`].
pub async fn of_ticket(db: &Db, ticket: TicketId) -> Result<Vec<LedgerEvent>, StoreError> {
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket_id, seq, at, fact FROM ledger WHERE ticket_id = $1 ORDER BY seq")
        .bind(ticket.0).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(read).collect())
}

/// The ledgers of some tickets, in order of ticket and place.
///
/// # Errors
/// [`StoreError`].
pub async fn of_tickets(db: &Db, ids: &[TicketId]) -> Result<Vec<LedgerEvent>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = on_db!(db, pool => {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT ticket_id, seq, at, fact FROM ledger WHERE ticket_id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.0);
        }
        query.push(") ORDER BY ticket_id, seq");
        query.build_query_as().fetch_all(pool).await
    })?;
    Ok(rows.into_iter().map(read).collect())
}

/// The tickets that have lines before an instant, and live or were touched since another, in order of
/// id: those after the given one, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn between(
    db: &Db,
    (from, to): (UtcMillis, UtcMillis),
    after: Option<TicketId>,
    limit: i64,
) -> Result<Vec<TicketId>, StoreError> {
    let rows: Vec<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id FROM ticket WHERE id > $1 \
         AND (status IN ('new', 'open', 'pending', 'on_hold', 'snoozed') OR touched_at >= $2) \
         AND EXISTS (SELECT 1 FROM ledger WHERE ledger.ticket_id = ticket.id AND ledger.at < $3) \
         ORDER BY id LIMIT $4")
        .bind(after.map_or_else(Uuid::nil, |id| id.0)).bind(from.0).bind(to.0).bind(limit)
        .fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// How many events figures are made of at most.
const MOST: usize = 400_000;

/// The ledgers of the tickets that live, or that anything happened to since an instant, in order of
/// ticket and place. When there are too many, the oldest tickets are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn active_since(db: &Db, since: UtcMillis) -> Result<Vec<LedgerEvent>, StoreError> {
    at_most(db, since, MOST).await
}

pub(super) async fn at_most(
    db: &Db,
    since: UtcMillis,
    most: usize,
) -> Result<Vec<LedgerEvent>, StoreError> {
    let mut rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(
        "SELECT ledger.ticket_id, ledger.seq, ledger.at, ledger.fact FROM ledger \
         JOIN ticket ON ticket.id = ledger.ticket_id \
         WHERE ticket.status IN ('new', 'open', 'pending', 'on_hold', 'snoozed') \
         OR ticket.touched_at >= $1 \
         ORDER BY ledger.ticket_id DESC, ledger.seq DESC LIMIT $2")
        .bind(since.0).bind(i64::try_from(most).unwrap_or(i64::MAX)).fetch_all(pool).await)?;
    // The last of them may lack its beginning, which would make its clocks wrong.
    if rows.len() >= most {
        let cut = rows.last().map(|row| row.0);
        rows.retain(|row| Some(row.0) != cut);
    }
    Ok(rows.into_iter().rev().map(read).collect())
}

/// How often an event happened since an instant, and when first.
///
/// # Errors
/// [`StoreError`].
pub async fn tally_since(
    db: &Db,
    event: &str,
    since: UtcMillis,
) -> Result<(u64, Option<UtcMillis>), StoreError> {
    let (n, first): (i64, Option<i64>) = on_db!(db, pool => sqlx::query_as(
        "SELECT COUNT(*), MIN(at) FROM ledger WHERE event = $1 AND at >= $2")
        .bind(event).bind(since.0).fetch_one(pool).await)?;
    Ok((super::count(n), first.map(UtcMillis)))
}

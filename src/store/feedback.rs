//! Invitations to rate, and ratings.

use std::collections::HashSet;

use uuid::Uuid;

use super::conversation::origin_word;
use super::{Db, StoreError, Tx, count, on_db, on_tx};
use crate::domain::contact::Origin;
use crate::domain::id::{AgentId, ConversationId, InvitationId, TicketId};
use crate::domain::survey::{Invitation, Rating};
use crate::domain::time::UtcMillis;

/// Keeps an invitation.
///
/// # Errors
/// [`StoreError`].
pub async fn invite(
    tx: &mut Tx,
    invitation: &Invitation,
    origin: Origin,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO invitation (id, conversation_id, ticket_id, agent_id, origin, sent_at) \
         VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(invitation.id.0).bind(invitation.conversation_id.0).bind(invitation.ticket_id.0)
        .bind(invitation.agent_id.map(|id| id.0)).bind(origin_word(origin)).bind(invitation.sent_at.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Keeps the rating of an invitation; `false` when it has one already, or does not exist.
///
/// # Errors
/// [`StoreError`].
pub async fn rate(
    tx: &mut Tx,
    id: InvitationId,
    rating: Rating,
    at: UtcMillis,
) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE invitation SET rating = $2, answered_at = $3 WHERE id = $1 AND rating IS NULL")
        .bind(id.0).bind(i64::from(rating.value())).bind(at.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// Keeps the words that came with a rating, once.
///
/// # Errors
/// [`StoreError`].
pub async fn comment(tx: &mut Tx, id: InvitationId, words: &str) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE invitation SET comment = $2 WHERE id = $1 AND comment IS NULL AND rating IS NOT NULL")
        .bind(id.0).bind(words).execute(c).await.map(drop))?;
    Ok(())
}

type Row = (Uuid, Uuid, Uuid, Option<Uuid>, i64, Option<i64>, Option<String>, Option<i64>);
const COLUMNS: &str =
    "id, conversation_id, ticket_id, agent_id, sent_at, rating, comment, answered_at";

fn read((id, conversation, ticket, agent, sent, rating, comment, answered): Row) -> Invitation {
    Invitation {
        id: InvitationId(id),
        conversation_id: ConversationId(conversation),
        ticket_id: TicketId(ticket),
        agent_id: agent.map(AgentId),
        sent_at: UtcMillis(sent),
        rating: rating.and_then(|value| u8::try_from(value).ok()).and_then(Rating::new),
        comment,
        answered_at: answered.map(UtcMillis),
    }
}

/// An invitation, inside a turn.
///
/// # Errors
/// [`StoreError`].
pub async fn get_in(tx: &mut Tx, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM invitation WHERE id = $1"));
    let row: Option<Row> = on_tx!(tx, c => sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
    Ok(row.map(read))
}

/// The last answered invitation of a ticket.
///
/// # Errors
/// [`StoreError`].
pub async fn of_ticket(db: &Db, ticket: TicketId) -> Result<Option<Invitation>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM invitation WHERE ticket_id = $1 AND rating IS NOT NULL \
         ORDER BY sent_at DESC LIMIT 1"
    ));
    let row: Option<Row> =
        on_db!(db, pool => sqlx::query_as(sql).bind(ticket.0).fetch_optional(pool).await)?;
    Ok(row.map(read))
}

/// The tickets of which an invitation sent since an instant was rated.
///
/// # Errors
/// [`StoreError`].
pub async fn rated_since(db: &Db, since: UtcMillis) -> Result<HashSet<TicketId>, StoreError> {
    let rows: Vec<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT ticket_id FROM invitation WHERE sent_at >= $1 AND rating IS NOT NULL")
        .bind(since.0).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// Feedback since an instant: how many were invited, and how many gave each rating.
///
/// # Errors
/// [`StoreError`].
pub async fn figures_since(
    db: &Db,
    since: UtcMillis,
) -> Result<(u64, Vec<(Rating, u64)>), StoreError> {
    let rows: Vec<(Option<i64>, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT rating, COUNT(*) FROM invitation WHERE sent_at >= $1 GROUP BY rating")
        .bind(since.0).fetch_all(pool).await)?;
    let invited = rows.iter().map(|(_, n)| count(*n)).sum();
    let rated = rows
        .into_iter()
        .filter_map(|(rating, n)| {
            let rating = Rating::new(u8::try_from(rating?).ok()?)?;
            Some((rating, count(n)))
        })
        .collect();
    Ok((invited, rated))
}

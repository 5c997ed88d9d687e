//! Messages that did not arrive for sure, and what people decided about them.

use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, Tx, count, on_db, on_tx};
use crate::domain::contact::ChannelName;
use crate::domain::id::{AgentId, ConversationId, MessageId, OutboxId, TicketId};
use crate::domain::message::Body;
use crate::domain::time::UtcMillis;
use crate::store::outbox::Task;

/// A message that was given up, or whose request left without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The outbox's id of it.
    pub id: OutboxId,
    /// The thread.
    pub conversation: ConversationId,
    /// The thread's current ticket.
    pub ticket: Option<TicketId>,
    /// The customer's name, where known.
    pub customer: Option<String>,
    /// The channel.
    pub channel: ChannelName,
    /// What it says.
    pub text: String,
    /// `dead` or `unconfirmed`.
    pub state: String,
    /// Why.
    pub problem: Option<String>,
    /// When it was written.
    pub at: UtcMillis,
    /// When it was tried last.
    pub ended_at: UtcMillis,
    /// How often it was tried.
    pub tries: u64,
}

#[derive(sqlx::FromRow)]
struct LetterRow {
    id: Uuid,
    conversation_id: Uuid,
    ticket_id: Option<Uuid>,
    name: Option<String>,
    channel: String,
    body: Option<Json<Body>>,
    status: String,
    problem: Option<String>,
    created_at: i64,
    ended_at: i64,
    attempts: i64,
}

impl From<LetterRow> for Letter {
    fn from(row: LetterRow) -> Self {
        Self {
            id: OutboxId(row.id),
            conversation: ConversationId(row.conversation_id),
            ticket: row.ticket_id.map(TicketId),
            customer: row.name,
            channel: ChannelName(row.channel),
            text: row.body.map(|body| body.0.text).unwrap_or_default(),
            state: row.status,
            problem: row.problem,
            at: UtcMillis(row.created_at),
            ended_at: UtcMillis(row.ended_at),
            tries: count(row.attempts),
        }
    }
}

/// Messages that wait for somebody's decision, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn open(db: &Db, limit: i64) -> Result<Vec<Letter>, StoreError> {
    let rows: Vec<LetterRow> = on_db!(db, pool => sqlx::query_as(
        "SELECT outbox.id, conversation.id AS conversation_id, conversation.ticket_id, contact.name, \
         conversation.channel, message.body, outbox.status, outbox.problem, outbox.created_at, \
         COALESCE(outbox.ended_at, outbox.due_at) AS ended_at, outbox.attempts \
         FROM outbox JOIN conversation ON conversation.id = outbox.conversation_id \
         JOIN contact ON contact.id = conversation.contact_id \
         LEFT JOIN message ON message.id = outbox.message_id \
         WHERE outbox.kind = 'send' AND outbox.status IN ('dead', 'unconfirmed') \
         ORDER BY outbox.id DESC LIMIT $1")
        .bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(Letter::from).collect())
}

/// How many messages wait for somebody's decision, by state.
///
/// # Errors
/// [`StoreError`].
pub async fn counted(db: &Db) -> Result<Vec<(String, u64)>, StoreError> {
    let rows: Vec<(String, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT status, COUNT(*) FROM outbox WHERE status IN ('dead', 'unconfirmed') AND kind = 'send' \
         GROUP BY status ORDER BY status DESC")
        .fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(status, n)| (status, count(n))).collect())
}

/// The thread that a send belongs to.
///
/// # Errors
/// [`StoreError`].
pub async fn thread(db: &Db, id: OutboxId) -> Result<Option<ConversationId>, StoreError> {
    let row: Option<(Option<Uuid>,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT conversation_id FROM outbox WHERE id = $1 AND kind = 'send'")
        .bind(id.0).fetch_optional(pool).await)?;
    Ok(row.and_then(|(thread,)| thread).map(ConversationId))
}

/// What a person decides about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Send it again.
    Again,
    /// Leave it as it is.
    Dismiss,
}

impl Decision {
    /// The word that records keep.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Again => "again",
            Self::Dismiss => "dismissed",
        }
    }
}

/// How a message stood before somebody decided about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stood {
    /// The message, where the record says which.
    pub message: Option<MessageId>,
    /// `dead` or `unconfirmed`.
    pub state: String,
    /// Why.
    pub problem: Option<String>,
    /// How often it had been tried.
    pub tries: i64,
}

/// Carries a decision out, under the lock of the thread; `None` when nothing is to be decided any more.
///
/// # Errors
/// [`StoreError`].
pub async fn decide(
    tx: &mut Tx,
    id: OutboxId,
    decision: Decision,
    now: UtcMillis,
) -> Result<Option<Stood>, StoreError> {
    let row: Option<(String, Option<String>, i64, Json<Task>)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT status, problem, attempts, payload FROM outbox \
         WHERE id = $1 AND kind = 'send' AND status IN ('dead', 'unconfirmed')")
        .bind(id.0).fetch_optional(&mut *c).await)?;
    let Some((state, problem, tries, task)) = row else { return Ok(None) };
    let sql = match decision {
        Decision::Again => {
            "UPDATE outbox SET status = 'waiting', due_at = $3, attempts = 0, problem = NULL, \
             ended_at = NULL WHERE id = $1 AND status = $2"
        }
        Decision::Dismiss => {
            "UPDATE outbox SET status = 'dismissed', ended_at = $3 WHERE id = $1 AND status = $2"
        }
    };
    let affected = on_tx!(tx, c => sqlx::query(sql)
        .bind(id.0).bind(&state).bind(now.0).execute(c).await.map(|done| done.rows_affected()))?;
    let message = task.0.message();
    Ok((affected == 1).then_some(Stood { message, state, problem, tries }))
}

/// Who decided what about which message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The outbox's id of the message.
    pub letter: OutboxId,
    /// Who.
    pub agent: AgentId,
    /// `again` or `dismissed`.
    pub decision: String,
    /// When.
    pub at: UtcMillis,
}

/// Records who decided.
///
/// # Errors
/// [`StoreError`].
pub async fn record(
    tx: &mut Tx,
    id: Uuid,
    (letter, stood): (OutboxId, &Stood),
    (agent, decision): (AgentId, Decision),
    at: UtcMillis,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO letter_decision (id, outbox_id, agent_id, decision, was, tries, problem, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(id).bind(letter.0).bind(agent.0).bind(decision.as_str()).bind(&stood.state)
        .bind(stood.tries).bind(&stood.problem).bind(at.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The last decisions, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn decided(db: &Db, limit: i64) -> Result<Vec<Decided>, StoreError> {
    let rows: Vec<(Uuid, Uuid, String, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT outbox_id, agent_id, decision, at FROM letter_decision ORDER BY at DESC, id DESC LIMIT $1")
        .bind(limit).fetch_all(pool).await)?;
    Ok(rows
        .into_iter()
        .map(|(letter, agent, decision, at)| Decided {
            letter: OutboxId(letter),
            agent: AgentId(agent),
            decision,
            at: UtcMillis(at),
        })
        .collect())
}

/// Notes what a receipt says about a send: that it arrived after all, or did not.
///
/// # Errors
/// [`StoreError`].
pub async fn correct(
    tx: &mut Tx,
    message: MessageId,
    failed: Option<&str>,
    now: UtcMillis,
) -> Result<(), StoreError> {
    let sql = match failed {
        None => {
            "UPDATE outbox SET status = 'done', problem = $2, ended_at = $3 \
             WHERE message_id = $1 AND kind = 'send' AND status = 'unconfirmed'"
        }
        Some(_) => {
            "UPDATE outbox SET status = 'dead', problem = $2, ended_at = $3 \
             WHERE message_id = $1 AND kind = 'send' AND status IN ('done', 'unconfirmed')"
        }
    };
    on_tx!(tx, c => sqlx::query(sql)
        .bind(message.0).bind(failed).bind(now.0).execute(c).await.map(drop))?;
    Ok(())
}

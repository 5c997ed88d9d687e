//! Effects that wait to be carried out after their turn's commit.
//!
//! Life cycle: `waiting` → `leased` → `done`; a failed try goes back to `waiting` with a later due;
//! a `send` whose lease ran out becomes `unconfirmed` (its request may have left), every other kind
//! is safe to repeat. `dead` is given up, visible as an alarm.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::later::Value;
use super::{Db, StoreError, Tx, count, on_db, on_tx};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::decision::Way;
use crate::domain::id::{
    AgentId, CodeId, ConversationId, InboxId, LookupId, MessageId, OutboxId, TicketId,
};
use crate::domain::time::UtcMillis;

/// What must be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Task {
    /// Send a message by its channel.
    Send {
        /// Which.
        message: MessageId,
    },
    /// Put a ticket into the routing queue, or give it a new score there.
    Enqueue {
        /// Which.
        ticket: TicketId,
        /// Who should get it, if here, and in which way: who held it before, or a colleague.
        preferred: Option<(AgentId, Way)>,
    },
    /// Move a waiting ticket to its new score.
    Rescore {
        /// Which.
        ticket: TicketId,
    },
    /// Take a ticket out of the routing queue.
    Dequeue {
        /// Which.
        ticket: TicketId,
    },
    /// Tell the queue what a ticket weighs now.
    Reweigh {
        /// Which.
        ticket: TicketId,
    },
    /// Call the supervisors' webhook.
    Page {
        /// About which ticket.
        ticket: TicketId,
        /// Which clock.
        metric: String,
        /// Which rung of its ladder; `100` is the deadline.
        rung: String,
        /// The clock's deadline.
        due: Option<UtcMillis>,
        /// When the rung was reached.
        at: UtcMillis,
    },
    /// Fetch our own copy of something that came with a message.
    Fetch {
        /// Which message.
        message: MessageId,
        /// Which of its attachments, from 0.
        n: u32,
    },
    /// Ask the shop's systems.
    Lookup {
        /// To tell the answer by.
        id: LookupId,
        /// Which lookup of the knowledge.
        name: String,
        /// What fills its address.
        slots: std::collections::BTreeMap<String, String>,
        /// The update that led here.
        cause: Option<InboxId>,
    },
    /// Have a code sent to the e-mail of a ticket's order, when there is one.
    Verify {
        /// Which ticket.
        ticket: TicketId,
    },
    /// Make a code and mail it.
    Mail {
        /// Which.
        code: CodeId,
    },
}

impl Task {
    /// The word that records keep for its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Send { .. } => "send",
            Self::Enqueue { .. } => "enqueue",
            Self::Rescore { .. } => "rescore",
            Self::Dequeue { .. } => "dequeue",
            Self::Reweigh { .. } => "reweigh",
            Self::Page { .. } => "page",
            Self::Fetch { .. } => "fetch",
            Self::Lookup { .. } => "lookup",
            Self::Verify { .. } => "verify",
            Self::Mail { .. } => "mail",
        }
    }

    /// The message that it sends.
    #[must_use]
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::Send { message } => Some(*message),
            _ => None,
        }
    }
}

/// One effect, leased to this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Its id.
    pub id: OutboxId,
    /// The thread it belongs to.
    pub conversation: Option<ConversationId>,
    /// The thread's channel.
    pub channel: Option<ChannelName>,
    /// Who is at its other end.
    pub address: Option<Address>,
    /// The thread's current ticket.
    pub ticket: Option<TicketId>,
    /// What must be done.
    pub task: Task,
    /// How often it was tried before.
    pub attempts: i64,
}

const COLUMNS: &str = "SELECT outbox.id, outbox.conversation_id, conversation.channel, \
    conversation.ticket_id, outbox.payload, outbox.attempts, conversation.address";
const TABLES: &str =
    " FROM outbox LEFT JOIN conversation ON conversation.id = outbox.conversation_id";
/// A chat or a channel that was asked to wait, or has used up its share, waits alone.
const AT_PACE: &str = " AND NOT EXISTS (SELECT 1 FROM pace \
    WHERE pace.channel = conversation.channel \
    AND pace.address IN ('', conversation.address) AND pace.ready_at > ";
/// Whose last turn is longest ago comes first: one busy chat never uses up the channel.
const LAST_TURN: &str = ", COALESCE((SELECT pace.ready_at FROM pace WHERE pace.channel = \
    conversation.channel AND pace.address = conversation.address), 0) AS last_turn";
/// By the places in the thread: ids of several processes are only as ordered as their clocks.
const IN_ORDER: &str = " AND NOT EXISTS (SELECT 1 FROM outbox AS earlier \
    WHERE earlier.conversation_id = outbox.conversation_id AND earlier.kind = 'send' \
    AND earlier.status IN ('waiting', 'leased') AND earlier.id <> outbox.id AND CASE \
    WHEN earlier.message_id IS NULL OR outbox.message_id IS NULL THEN earlier.id < outbox.id \
    ELSE (SELECT said.seq FROM message AS said WHERE said.id = earlier.message_id) \
    < (SELECT own.seq FROM message AS own WHERE own.id = outbox.message_id) END)";

type LeasedRow =
    (Uuid, Option<Uuid>, Option<String>, Option<Uuid>, Json<Task>, i64, Option<String>);

impl From<LeasedRow> for Leased {
    fn from((id, conversation, channel, ticket, task, attempts, address): LeasedRow) -> Self {
        Self {
            id: OutboxId(id),
            conversation: conversation.map(ConversationId),
            channel: channel.map(ChannelName),
            address: address.map(Address),
            ticket: ticket.map(TicketId),
            task: task.0,
            attempts,
        }
    }
}

/// Adds an effect to a turn.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    tx: &mut Tx,
    id: OutboxId,
    conversation: Option<ConversationId>,
    task: &Task,
    at: UtcMillis,
) -> Result<(), StoreError> {
    let conversation = conversation.map(|id| id.0);
    let values = [
        id.0.into(),
        task.kind().into(),
        conversation.into(),
        Value::json(task)?,
        at.0.into(),
        task.message().map(|id| id.0).into(),
    ];
    tx.later(
        "INSERT INTO outbox (id, kind, conversation_id, payload, created_at, due_at, attempts, status, lease_until, message_id) \
         VALUES ($1, $2, $3, $4, $5, $5, 0, 'waiting', 0, $6)",
        values,
    )
    .await
}

/// How much more can be carried out now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Channels that can send no more.
    pub full: Vec<ChannelName>,
    /// Messages by other channels.
    pub sends: usize,
    /// Questions to the shop's systems.
    pub lookups: usize,
    /// Copies of files.
    pub fetches: usize,
    /// Changes of the routing queue.
    pub moves: usize,
}

/// Effects that are due, oldest first, as far as there is room for their kind; a thread's sends only
/// one at a time, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn due(db: &Db, now: UtcMillis, room: &Room) -> Result<Vec<Leased>, StoreError> {
    let kinds = [
        ("sends", "kind = 'send'", room.sends),
        ("lookups", "kind IN ('lookup', 'page', 'mail', 'verify')", room.lookups),
        ("fetches", "kind = 'fetch'", room.fetches),
        ("moves", "kind NOT IN ('send', 'lookup', 'page', 'mail', 'verify', 'fetch')", room.moves),
    ];
    let rows: Vec<LeasedRow> = on_db!(db, pool => {
        let mut query = sqlx::QueryBuilder::new("");
        for (at, (name, kind, limit)) in kinds.into_iter().enumerate() {
            query.push(if at > 0 { " UNION ALL SELECT * FROM (" } else { "SELECT * FROM (" });
            query.push(COLUMNS).push(if name == "sends" { LAST_TURN } else { ", 0 AS last_turn" });
            query.push(TABLES).push(" WHERE outbox.status = 'waiting' AND outbox.due_at <= ");
            query.push_bind(now.0).push(" AND outbox.").push(kind);
            if name == "sends" {
                query.push(IN_ORDER).push(AT_PACE).push_bind(now.0).push(")");
                for channel in &room.full {
                    query.push(" AND COALESCE(conversation.channel, '') <> ");
                    query.push_bind(channel.0.clone());
                }
            }
            query.push(" ORDER BY last_turn, outbox.id LIMIT ");
            query.push_bind(i64::try_from(limit).unwrap_or(i64::MAX)).push(") AS ").push(name);
        }
        query.push(" ORDER BY last_turn, id");
        query.build_query_as().fetch_all(pool).await
    })?;
    Ok(rows.into_iter().map(Leased::from).collect())
}

/// Takes an effect for this process; `false` when another was faster.
///
/// # Errors
/// [`StoreError`].
pub async fn lease(tx: &mut Tx, id: OutboxId, until: UtcMillis) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE outbox SET status = 'leased', lease_until = $2, attempts = attempts + 1 \
         WHERE id = $1 AND status = 'waiting'")
        .bind(id.0).bind(until.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// Gives back an effect that was leased in the same unit of work and cannot be carried out yet.
///
/// # Errors
/// [`StoreError`].
pub async fn put_back(tx: &mut Tx, id: OutboxId) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE outbox SET status = 'waiting', lease_until = 0, attempts = attempts - 1 \
         WHERE id = $1 AND status = 'leased'")
        .bind(id.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Keeps an effect for longer, while it is this process's.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(db: &Db, id: OutboxId, until: UtcMillis) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    on_tx!(&mut tx, c => sqlx::query(
        "UPDATE outbox SET lease_until = $2 WHERE id = $1 AND status = 'leased'")
        .bind(id.0).bind(until.0).execute(c).await.map(drop))?;
    tx.commit().await
}

/// How a leased effect ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Carried out.
    Done,
    /// To be tried again.
    Again {
        /// Not before.
        at: UtcMillis,
        /// Why.
        problem: String,
    },
    /// The request left and no answer came.
    Unconfirmed {
        /// Why.
        problem: String,
    },
    /// Given up.
    Dead {
        /// Why.
        problem: String,
    },
}

/// Notes how a leased effect ended. A sender that was taken for dead and yet got its answer turns an
/// unconfirmed send into a done one.
///
/// # Errors
/// [`StoreError`].
pub async fn finish(
    tx: &mut Tx,
    id: OutboxId,
    end: &End,
    now: UtcMillis,
) -> Result<(), StoreError> {
    let (status, due, problem) = match end {
        End::Done => ("done", None, None),
        End::Again { at, problem } => ("waiting", Some(at.0), Some(problem.as_str())),
        End::Unconfirmed { problem } => ("unconfirmed", None, Some(problem.as_str())),
        End::Dead { problem } => ("dead", None, Some(problem.as_str())),
    };
    on_tx!(tx, c => sqlx::query(
        "UPDATE outbox SET status = $2, due_at = COALESCE($3, due_at), problem = $4, \
         ended_at = CASE WHEN $2 = 'waiting' THEN NULL ELSE $5 END \
         WHERE id = $1 AND (status = 'leased' OR (status = 'unconfirmed' AND $2 = 'done'))")
        .bind(id.0).bind(status).bind(due).bind(problem).bind(now.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Leases that ran out: their process died or hangs.
///
/// # Errors
/// [`StoreError`].
pub async fn overdue(db: &Db, now: UtcMillis) -> Result<Vec<Leased>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{COLUMNS}{TABLES} WHERE outbox.status = 'leased' AND outbox.lease_until < $1 ORDER BY outbox.id LIMIT 200"
    ));
    let rows: Vec<LeasedRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(now.0).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(Leased::from).collect())
}

/// How many effects stand at each status but done, by kind.
///
/// # Errors
/// [`StoreError`].
pub async fn count_by_status(db: &Db) -> Result<Vec<(String, String, u64)>, StoreError> {
    let rows: Vec<(String, String, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT kind, status, COUNT(*) FROM outbox WHERE status IN ('waiting', 'leased', 'unconfirmed', 'dead') \
         GROUP BY kind, status ORDER BY kind, status")
        .fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(kind, status, n)| (kind, status, count(n))).collect())
}

//! Messages of conversations.

use sqlx::types::Json;
use uuid::Uuid;

use super::later::Value;
use super::{Db, StoreError, Tx, on_db, on_tx, word};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::id::{AgentId, ConversationId, InboxId, MessageId};
use crate::domain::language::Language;
use crate::domain::message::{Author, Body, Delivery, Message, Visibility};
use crate::domain::time::UtcMillis;

const COLUMNS: &str = "id, conversation_id, seq, author, agent_id, visibility, body, language, at, delivery, client_id";

#[derive(sqlx::FromRow)]
struct MessageRow {
    id: Uuid,
    conversation_id: Uuid,
    seq: i64,
    author: String,
    agent_id: Option<Uuid>,
    visibility: String,
    body: Json<Body>,
    language: Option<String>,
    at: i64,
    delivery: String,
    client_id: Option<String>,
}

/// A message and the id that the customer's side gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// The customer's own id of it, where there is one.
    pub client_id: Option<String>,
}

impl TryFrom<MessageRow> for StoredMessage {
    type Error = StoreError;

    fn try_from(row: MessageRow) -> Result<Self, StoreError> {
        let author = match (row.author.as_str(), row.agent_id) {
            ("customer", _) => Author::Customer,
            ("bot", _) => Author::Bot,
            ("agent", Some(agent)) => Author::Agent(AgentId(agent)),
            ("system", _) => Author::System,
            (other, _) => return Err(StoreError::Damaged(format!("author {other:?}"))),
        };
        let visibility = match row.visibility.as_str() {
            "public" => Visibility::Public,
            _ => Visibility::Internal,
        };
        let message = Message {
            id: MessageId(row.id),
            conversation_id: ConversationId(row.conversation_id),
            seq: row.seq,
            author,
            visibility,
            body: row.body.0,
            language: row.language.as_deref().and_then(Language::from_tag),
            at: UtcMillis(row.at),
            delivery: word("delivery", &row.delivery, read_delivery)?,
        };
        Ok(Self { message, client_id: row.client_id })
    }
}

/// The word that records keep for a delivery.
pub(crate) const fn delivery_word(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::None => "none",
        Delivery::Pending => "pending",
        Delivery::Unconfirmed => "unconfirmed",
        Delivery::Sent => "sent",
        Delivery::Delivered => "delivered",
        Delivery::Read => "read",
        Delivery::Failed => "failed",
    }
}

fn read_delivery(text: &str) -> Option<Delivery> {
    Delivery::ALL.into_iter().find(|delivery| delivery_word(*delivery) == text)
}

fn author_columns(author: Author) -> (&'static str, Option<Uuid>) {
    match author {
        Author::Customer => ("customer", None),
        Author::Bot => ("bot", None),
        Author::Agent(agent) => ("agent", Some(agent.0)),
        Author::System => ("system", None),
    }
}

/// Adds a message. `cause` is the inbox row that it is, or that it answers.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    tx: &mut Tx,
    message: &Message,
    cause: Option<InboxId>,
    client_id: Option<&str>,
) -> Result<(), StoreError> {
    let (author, agent) = author_columns(message.author);
    let visibility = match message.visibility {
        Visibility::Public => "public",
        Visibility::Internal => "internal",
    };
    let values = [
        message.id.0.into(),
        message.conversation_id.0.into(),
        message.seq.into(),
        author.into(),
        agent.into(),
        visibility.into(),
        Value::json(&message.body)?,
        message.language.map(Language::code).into(),
        message.at.0.into(),
        delivery_word(message.delivery).into(),
        cause.map(|id| id.0).into(),
        client_id.into(),
        (message.delivery == Delivery::Pending).into(),
    ];
    tx.later(
        "INSERT INTO message (id, conversation_id, seq, author, agent_id, visibility, body, language, at, \
         delivery, cause, client_id, pushed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        values,
    )
    .await
}

/// Whether a thread has a message with this id of the customer's side.
///
/// # Errors
/// [`StoreError`].
pub async fn is_known(
    tx: &mut Tx,
    conversation: ConversationId,
    client_id: &str,
) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT seq FROM message WHERE conversation_id = $1 AND client_id = $2 LIMIT 1")
        .bind(conversation.0).bind(client_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// What our own last messages of a thread said and offered, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn offers(
    tx: &mut Tx,
    conversation: ConversationId,
    limit: i64,
) -> Result<Vec<Body>, StoreError> {
    let rows: Vec<(Json<Body>,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT body FROM message WHERE conversation_id = $1 AND author IN ('bot', 'agent') \
         ORDER BY seq DESC LIMIT $2")
        .bind(conversation.0).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(body,)| body.0).collect())
}

/// The messages of a thread after a place, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn after(
    db: &Db,
    conversation: ConversationId,
    seq: i64,
    limit: i64,
) -> Result<Vec<StoredMessage>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM message WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
    ));
    let rows: Vec<MessageRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(conversation.0).bind(seq).bind(limit).fetch_all(pool).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The last messages of a thread, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn last(
    db: &Db,
    conversation: ConversationId,
    limit: i64,
) -> Result<Vec<StoredMessage>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM message WHERE conversation_id = $1 ORDER BY seq DESC LIMIT $2"
    ));
    let rows: Vec<MessageRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(conversation.0).bind(limit).fetch_all(pool).await)?;
    rows.into_iter().rev().map(TryInto::try_into).collect()
}

/// The last messages of an address's thread, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn last_of(
    db: &Db,
    channel: &ChannelName,
    address: &Address,
    limit: i64,
) -> Result<Vec<StoredMessage>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM message WHERE conversation_id = (SELECT id FROM conversation \
         WHERE channel = $1 AND address = $2) ORDER BY seq DESC LIMIT $3"
    ));
    let rows: Vec<MessageRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(&channel.0).bind(&address.0).bind(limit).fetch_all(pool).await)?;
    rows.into_iter().rev().map(TryInto::try_into).collect()
}

/// A message, and whether its thread waits for a lookup.
#[derive(sqlx::FromRow)]
struct AnswerRow {
    #[sqlx(flatten)]
    message: MessageRow,
    looking_up: bool,
}

/// The messages that a channel's update is or was answered with, oldest first, and whether their
/// thread waits for a lookup.
///
/// # Errors
/// [`StoreError`].
pub async fn answering(
    db: &Db,
    channel: &ChannelName,
    provider_id: &str,
) -> Result<(Vec<StoredMessage>, bool), StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS}, EXISTS (SELECT 1 FROM outbox \
             WHERE outbox.conversation_id = message.conversation_id AND outbox.kind = 'lookup' \
             AND outbox.status IN ('waiting', 'leased')) AS looking_up \
         FROM message WHERE cause = (SELECT id FROM inbox WHERE channel = $1 AND provider_id = $2) \
         ORDER BY seq"
    ));
    let rows: Vec<AnswerRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(&channel.0).bind(provider_id).fetch_all(pool).await)?;
    let looking_up = rows.iter().any(|row| row.looking_up);
    let messages = rows.into_iter().map(|row| row.message.try_into());
    Ok((messages.collect::<Result<_, _>>()?, looking_up))
}

/// The messages that an update is or was answered with, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn caused_by(db: &Db, cause: InboxId) -> Result<Vec<StoredMessage>, StoreError> {
    let sql =
        sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM message WHERE cause = $1 ORDER BY seq"));
    let rows: Vec<MessageRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(cause.0).fetch_all(pool).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The update that a message is or answers; `None` when nobody asked for it.
///
/// # Errors
/// [`StoreError`].
pub async fn cause(db: &Db, id: MessageId) -> Result<Option<InboxId>, StoreError> {
    let row: Option<(Option<Uuid>,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT cause FROM message WHERE id = $1")
        .bind(id.0).fetch_optional(pool).await)?;
    Ok(row.and_then(|(cause,)| cause).map(InboxId))
}

/// One message.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, id: MessageId) -> Result<Option<StoredMessage>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM message WHERE id = $1"));
    let row: Option<MessageRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(id.0).fetch_optional(pool).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The states that may become `next`, as SQL compares them.
fn before(next: Delivery) -> String {
    let states = Delivery::ALL.into_iter().filter(|state| state.may_become(next));
    let words: Vec<_> = states.map(|state| format!("'{}'", delivery_word(state))).collect();
    words.join(", ")
}

/// Notes how far a message got, and the provider's id of it, whichever came first; it never goes
/// back. Whether it stands there now.
///
/// # Errors
/// [`StoreError`].
pub async fn set_delivery(
    tx: &mut Tx,
    id: MessageId,
    delivery: Delivery,
    provider_id: Option<&str>,
) -> Result<bool, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "UPDATE message SET delivery = CASE WHEN delivery IN ({}) THEN $2 ELSE delivery END, \
         provider_id = COALESCE($3, provider_id) WHERE id = $1 RETURNING delivery",
        before(delivery)
    ));
    let row: Option<(String,)> = on_tx!(tx, c => sqlx::query_as(sql)
        .bind(id.0).bind(delivery_word(delivery)).bind(provider_id).fetch_optional(c).await)?;
    Ok(row.is_some_and(|(word,)| word == delivery_word(delivery)))
}

/// A message of a thread by the provider's id.
///
/// # Errors
/// [`StoreError`].
pub async fn by_provider_id(
    tx: &mut Tx,
    conversation: ConversationId,
    provider_id: &str,
) -> Result<Option<MessageId>, StoreError> {
    let row: Option<(Uuid,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT id FROM message WHERE conversation_id = $1 AND provider_id = $2 ORDER BY seq DESC LIMIT 1")
        .bind(conversation.0).bind(provider_id).fetch_optional(c).await)?;
    Ok(row.map(|(id,)| MessageId(id)))
}

/// Puts a message that was not sent for sure back on its way, because a person says so.
///
/// # Errors
/// [`StoreError`].
pub async fn set_out_again(tx: &mut Tx, id: MessageId) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE message SET delivery = 'pending', provider_id = NULL WHERE id = $1 AND delivery IN ('unconfirmed', 'failed')")
        .bind(id.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes how far what we wrote in a part of a thread got; how many lines that changed.
///
/// # Errors
/// [`StoreError`].
pub async fn set_seen(
    tx: &mut Tx,
    conversation: ConversationId,
    (from, to): (i64, i64),
    delivery: Delivery,
) -> Result<u64, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "UPDATE message SET delivery = $4 WHERE conversation_id = $1 AND seq >= $2 AND seq <= $3 \
         AND author IN ('bot', 'agent') AND visibility = 'public' AND delivery IN ({})",
        before(delivery)
    ));
    Ok(on_tx!(tx, c => sqlx::query(sql)
        .bind(conversation.0).bind(from).bind(to).bind(delivery_word(delivery))
        .execute(c).await.map(|done| done.rows_affected()))?)
}

/// What a message says, under its conversation's lock.
///
/// # Errors
/// [`StoreError`].
pub async fn body_in(tx: &mut Tx, id: MessageId) -> Result<Option<Body>, StoreError> {
    let row: Option<(Json<Body>,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT body FROM message WHERE id = $1")
        .bind(id.0).fetch_optional(c).await)?;
    Ok(row.map(|(body,)| body.0))
}

/// Completes what a message says, under its conversation's lock: the copies of what came with it.
///
/// # Errors
/// [`StoreError`].
pub async fn set_body(tx: &mut Tx, id: MessageId, body: &Body) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("UPDATE message SET body = $2 WHERE id = $1")
        .bind(id.0).bind(Json(body)).execute(c).await.map(drop))?;
    Ok(())
}

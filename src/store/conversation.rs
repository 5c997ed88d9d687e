//! Contacts and conversations.

use sqlx::types::Json;
use uuid::Uuid;

use super::later::Value;
use super::{Db, StoreError, Tx, on_db, on_tx, word};
use crate::domain::contact::{Address, ChannelName, Contact, Origin};
use crate::domain::conversation::{Conversation, Owner};
use crate::domain::id::{AgentId, ContactId, ConversationId, EpisodeId, TicketId};
use crate::domain::language::Language;
use crate::domain::time::UtcMillis;

const COLUMNS: &str = "id, contact_id, channel, address, turn, seq, owner, owner_agent, language, \
     state, ticket_id, episode_id, last_customer_at, origin, created_at";

#[derive(sqlx::FromRow)]
struct ConversationRow {
    id: Uuid,
    contact_id: Uuid,
    channel: String,
    address: String,
    turn: i64,
    seq: i64,
    owner: String,
    owner_agent: Option<Uuid>,
    language: Option<String>,
    state: Json<serde_json::Value>,
    ticket_id: Option<Uuid>,
    episode_id: Option<Uuid>,
    last_customer_at: Option<i64>,
    origin: String,
    created_at: i64,
}

impl TryFrom<ConversationRow> for Conversation {
    type Error = StoreError;

    fn try_from(row: ConversationRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: ConversationId(row.id),
            contact_id: ContactId(row.contact_id),
            channel: ChannelName(row.channel),
            address: Address(row.address),
            turn: row.turn,
            seq: row.seq,
            owner: read_owner(&row.owner, row.owner_agent)?,
            language: row.language.as_deref().and_then(Language::from_tag),
            state: row.state.0,
            ticket_id: row.ticket_id.map(TicketId),
            episode_id: row.episode_id.map(EpisodeId),
            last_customer_at: row.last_customer_at.map(UtcMillis),
            origin: read_origin(&row.origin)?,
            created_at: UtcMillis(row.created_at),
        })
    }
}

fn read_owner(text: &str, agent: Option<Uuid>) -> Result<Owner, StoreError> {
    match (text, agent) {
        ("bot", _) => Ok(Owner::Bot),
        ("queue", _) => Ok(Owner::Queue),
        ("agent", Some(agent)) => Ok(Owner::Agent(AgentId(agent))),
        ("closed", _) => Ok(Owner::Closed),
        _ => Err(StoreError::Damaged(format!("owner {text:?}"))),
    }
}

fn owner_columns(owner: Owner) -> (&'static str, Option<Uuid>) {
    match owner {
        Owner::Bot => ("bot", None),
        Owner::Queue => ("queue", None),
        Owner::Agent(agent) => ("agent", Some(agent.0)),
        Owner::Closed => ("closed", None),
    }
}

/// The word that records keep for an origin.
pub(crate) const fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Real => "real",
        Origin::Simulated => "simulated",
    }
}

/// Reads an origin back.
pub(crate) fn read_origin(text: &str) -> Result<Origin, StoreError> {
    word("origin", text, |text| match text {
        "real" => Some(Origin::Real),
        "simulated" => Some(Origin::Simulated),
        _ => None,
    })
}

/// Locks the thread of an address: a turn's first statement. `None` when there is none yet.
///
/// # Errors
/// [`StoreError`].
pub async fn lock_address(
    tx: &mut Tx,
    channel: &ChannelName,
    address: &Address,
) -> Result<Option<Conversation>, StoreError> {
    let row: Option<ConversationRow> = tx
        .fetch(
            "UPDATE conversation SET turn = turn + 1 WHERE channel = $1 AND address = $2 \
             RETURNING id, contact_id, channel, address, turn, seq, owner, owner_agent, language, \
             state, ticket_id, episode_id, last_customer_at, origin, created_at",
            [channel.0.as_str().into(), address.0.as_str().into()],
        )
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Locks a thread by id.
///
/// # Errors
/// [`StoreError`].
pub async fn lock(tx: &mut Tx, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "UPDATE conversation SET turn = turn + 1 WHERE id = $1 RETURNING {COLUMNS}"
    ));
    let row: Option<ConversationRow> =
        on_tx!(tx, c => sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Makes contact and thread known; nothing happens when another replica was faster.
///
/// # Errors
/// [`StoreError`].
pub async fn create(
    tx: &mut Tx,
    contact: &Contact,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    let (origin, at) = (origin_word(contact.origin), contact.created_at.0);
    let (channel, address) = (contact.channel.0.as_str(), contact.address.0.as_str());
    let values = [
        contact.id.0.into(),
        channel.into(),
        address.into(),
        contact.name.as_deref().into(),
        contact.language.map(Language::code).into(),
        origin.into(),
        true.into(),
        at.into(),
        Value::json(&contact.segments)?,
    ];
    tx.later(
        "INSERT INTO contact (id, channel, address, name, language, origin, reachable, created_at, segments) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (channel, address) DO NOTHING",
        values,
    )
    .await?;
    let state = Value::json(&serde_json::Value::Null)?;
    tx.later(
        "INSERT INTO conversation (id, contact_id, channel, address, turn, seq, owner, state, origin, created_at) \
         SELECT $1, contact.id, $2, $3, 0, 0, 'bot', $4, $5, $6 FROM contact \
         WHERE contact.channel = $2 AND contact.address = $3 ON CONFLICT (channel, address) DO NOTHING",
        [conversation.0.into(), channel.into(), address.into(), state, origin.into(), at.into()],
    )
    .await
}

/// Saves what a turn changed. The lock is held by [`lock`] or [`lock_address`].
///
/// # Errors
/// [`StoreError`].
pub async fn save(tx: &mut Tx, conversation: &Conversation) -> Result<(), StoreError> {
    let (owner, agent) = owner_columns(conversation.owner);
    let values = [
        conversation.id.0.into(),
        conversation.seq.into(),
        owner.into(),
        agent.into(),
        conversation.language.map(Language::code).into(),
        Value::json(&conversation.state)?,
        conversation.ticket_id.map(|id| id.0).into(),
        conversation.episode_id.map(|id| id.0).into(),
        conversation.last_customer_at.map(|at| at.0).into(),
    ];
    tx.later(
        "UPDATE conversation SET seq = $2, owner = $3, owner_agent = $4, language = $5, state = $6, \
         ticket_id = $7, episode_id = $8, last_customer_at = $9 WHERE id = $1",
        values,
    )
    .await
}

/// Gives a locked thread another address, with its contact and what waits for it; `false` when
/// another thread has that address already.
///
/// # Errors
/// [`StoreError`].
pub async fn move_to(
    tx: &mut Tx,
    conversation: &Conversation,
    to: &Address,
) -> Result<bool, StoreError> {
    let (channel, from) = (&conversation.channel.0, &conversation.address.0);
    let moved = on_tx!(tx, c => sqlx::query(
        "UPDATE conversation SET address = $2 WHERE id = $1 AND NOT EXISTS \
         (SELECT 1 FROM conversation taken WHERE taken.channel = $3 AND taken.address = $2)")
        .bind(conversation.id.0).bind(&to.0).bind(channel)
        .execute(c).await.map(|done| done.rows_affected()))?;
    if moved == 0 {
        return Ok(false);
    }
    on_tx!(tx, c => sqlx::query(
        "UPDATE contact SET address = $3 WHERE channel = $1 AND address = $2 AND NOT EXISTS \
         (SELECT 1 FROM contact taken WHERE taken.channel = $1 AND taken.address = $3)")
        .bind(channel).bind(from).bind(&to.0).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query(
        "UPDATE inbox SET address = $3 WHERE channel = $1 AND address = $2 AND status = 'waiting'")
        .bind(channel).bind(from).bind(&to.0).execute(c).await.map(drop))?;
    Ok(true)
}

/// A thread by its address, for reading.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    db: &Db,
    channel: &ChannelName,
    address: &Address,
) -> Result<Option<Conversation>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM conversation WHERE channel = $1 AND address = $2"
    ));
    let row: Option<ConversationRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(&channel.0).bind(&address.0).fetch_optional(pool).await)?;
    row.map(TryInto::try_into).transpose()
}

/// A thread by its id, for reading.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM conversation WHERE id = $1"));
    let row: Option<ConversationRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(id.0).fetch_optional(pool).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Updates what the channel says of a contact.
///
/// # Errors
/// [`StoreError`].
pub async fn touch_contact(
    tx: &mut Tx,
    contact: ContactId,
    name: Option<&str>,
    language: Option<Language>,
    reachable: Reachable,
) -> Result<(), StoreError> {
    let (reachable, language) = (reachable == Reachable::Yes, language.map(Language::code));
    if name.is_none() && language.is_none() {
        let sql = "UPDATE contact SET reachable = $2 WHERE id = $1 AND reachable <> $2";
        return tx.later(sql, [contact.0.into(), reachable.into()]).await;
    }
    tx.later(
        "UPDATE contact SET name = COALESCE($2, name), language = COALESCE($3, language), reachable = $4 \
         WHERE id = $1",
        [contact.0.into(), name.into(), language.into(), reachable.into()],
    )
    .await
}

/// Whether a contact can be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reachable {
    /// As far as we know.
    Yes,
    /// The provider says no, such as after a block.
    No,
}

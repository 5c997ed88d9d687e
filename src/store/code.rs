//! Codes sent to the e-mail of an order.
//!
//! Life cycle: `waiting` (to be mailed) → `open` (mailed, or perhaps) → `used`, `spent` (too many wrong
//! tries), `expired` or `replaced` by a newer one; `failed` when it could not be mailed.

use uuid::Uuid;

use super::{Db, StoreError, Tx, count, on_db, on_tx, word};
use crate::domain::id::{AgentId, CodeId, ContactId, ConversationId};
use crate::domain::time::UtcMillis;

/// Where a code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// To be mailed.
    Waiting,
    /// Mailed, or perhaps: it can be typed.
    Open,
    /// It came back.
    Used,
    /// Too many wrong tries.
    Spent,
    /// It came back too late.
    Expired,
    /// A newer one was asked for.
    Replaced,
    /// It could not be mailed.
    Failed,
}

impl CodeState {
    const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Open,
        Self::Used,
        Self::Spent,
        Self::Expired,
        Self::Replaced,
        Self::Failed,
    ];

    /// The word that records keep.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Used => "used",
            Self::Spent => "spent",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::Failed => "failed",
        }
    }
}

/// One code, without the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its id.
    pub id: CodeId,
    /// Who must type it.
    pub contact: ContactId,
    /// Where.
    pub conversation: ConversationId,
    /// The order that it is about.
    pub about: String,
    /// The order's e-mail.
    pub email: String,
    /// Who asked for it; `None` for the bot.
    pub by: Option<AgentId>,
    /// What the code hashes to, once it was made.
    pub hash: Option<String>,
    /// How many wrong ones were typed.
    pub tries: i64,
    /// Where it stands.
    pub state: CodeState,
    /// When it was asked for.
    pub created_at: UtcMillis,
    /// Until when it can be typed.
    pub expires_at: UtcMillis,
}

const COLUMNS: &str = "id, contact_id, conversation_id, about, email, agent_id, hash, tries, status, \
     created_at, expires_at";

#[derive(sqlx::FromRow)]
struct CodeRow {
    id: Uuid,
    contact_id: Uuid,
    conversation_id: Uuid,
    about: String,
    email: String,
    agent_id: Option<Uuid>,
    hash: Option<String>,
    tries: i64,
    status: String,
    created_at: i64,
    expires_at: i64,
}

impl TryFrom<CodeRow> for Code {
    type Error = StoreError;

    fn try_from(row: CodeRow) -> Result<Self, StoreError> {
        let parse = |text: &str| CodeState::ALL.into_iter().find(|state| state.as_str() == text);
        Ok(Self {
            id: CodeId(row.id),
            contact: ContactId(row.contact_id),
            conversation: ConversationId(row.conversation_id),
            about: row.about,
            email: row.email,
            by: row.agent_id.map(AgentId),
            hash: row.hash,
            tries: row.tries,
            state: word("code", &row.status, parse)?,
            created_at: UtcMillis(row.created_at),
            expires_at: UtcMillis(row.expires_at),
        })
    }
}

/// Adds a code; older ones of the contact that could still be typed are replaced.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, code: &Code) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE identity_code SET status = 'replaced' \
         WHERE contact_id = $1 AND status IN ('waiting', 'open')")
        .bind(code.contact.0).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO identity_code (id, contact_id, conversation_id, about, email, agent_id, tries, status, \
         created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(code.id.0).bind(code.contact.0).bind(code.conversation.0).bind(&code.about)
        .bind(&code.email).bind(code.by.map(|by| by.0)).bind(code.tries).bind(code.state.as_str())
        .bind(code.created_at.0).bind(code.expires_at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// The code that a contact may type, if any.
///
/// # Errors
/// [`StoreError`].
pub async fn open_of(tx: &mut Tx, contact: ContactId) -> Result<Option<Code>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM identity_code WHERE contact_id = $1 AND status = 'open' \
         ORDER BY created_at DESC, id DESC LIMIT 1"
    ));
    let row: Option<CodeRow> =
        on_tx!(tx, c => sqlx::query_as(sql).bind(contact.0).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// A code, for reading.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, id: CodeId) -> Result<Option<Code>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity_code WHERE id = $1"));
    let row: Option<CodeRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(id.0).fetch_optional(pool).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The newest code of a contact, for reading.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(db: &Db, contact: ContactId) -> Result<Option<Code>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM identity_code WHERE contact_id = $1 \
         ORDER BY created_at DESC, id DESC LIMIT 1"
    ));
    let row: Option<CodeRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(contact.0).fetch_optional(pool).await)?;
    row.map(TryInto::try_into).transpose()
}

/// How many codes this contact was asked for since an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn count_of_contact(
    tx: &mut Tx,
    contact: ContactId,
    since: UtcMillis,
) -> Result<u64, StoreError> {
    let (found,): (i64,) = on_tx!(tx, c => sqlx::query_as(
        "SELECT COUNT(*) FROM identity_code WHERE contact_id = $1 AND created_at > $2")
        .bind(contact.0).bind(since.0).fetch_one(c).await)?;
    Ok(count(found))
}

/// How many codes were asked for since an instant about this order, or to the same e-mail.
///
/// # Errors
/// [`StoreError`].
pub async fn count_about(
    tx: &mut Tx,
    about: &str,
    email: &str,
    since: UtcMillis,
) -> Result<u64, StoreError> {
    let (found,): (i64,) = on_tx!(tx, c => sqlx::query_as(
        "SELECT COUNT(*) FROM identity_code WHERE (about = $1 OR email = $3) AND created_at > $2")
        .bind(about).bind(since.0).bind(email).fetch_one(c).await)?;
    Ok(count(found))
}

/// How many codes to this e-mail were asked for since an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn count_to(tx: &mut Tx, email: &str, since: UtcMillis) -> Result<u64, StoreError> {
    let (found,): (i64,) = on_tx!(tx, c => sqlx::query_as(
        "SELECT COUNT(*) FROM identity_code WHERE email = $1 AND created_at > $2")
        .bind(email).bind(since.0).fetch_one(c).await)?;
    Ok(count(found))
}

/// The code was made and is about to leave; `false` when it is not wanted any more.
///
/// # Errors
/// [`StoreError`].
pub async fn make(
    tx: &mut Tx,
    id: CodeId,
    hash: &str,
    expires_at: UtcMillis,
) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE identity_code SET status = 'open', hash = $2, expires_at = $3 \
         WHERE id = $1 AND status IN ('waiting', 'open')")
        .bind(id.0).bind(hash).bind(expires_at.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// Says how a code that could be typed ended, or how often it was tried.
///
/// # Errors
/// [`StoreError`].
pub async fn set(tx: &mut Tx, id: CodeId, state: CodeState, tries: i64) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE identity_code SET status = $2, tries = $3 WHERE id = $1 AND status IN ('waiting', 'open')")
        .bind(id.0).bind(state.as_str()).bind(tries).execute(c).await.map(drop))?;
    Ok(())
}

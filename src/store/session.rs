//! Sessions and API tokens. Only hashes of their secrets are kept.

use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the secret, hex.
    pub hash: String,
    /// Whose.
    pub agent: AgentId,
    /// What forms must carry.
    pub csrf: String,
    /// When it was last used.
    pub seen_at: UtcMillis,
    /// When it ends at the latest.
    pub expires_at: UtcMillis,
}

/// Opens a session.
///
/// # Errors
/// [`StoreError`].
pub async fn open(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO session (hash, agent_id, csrf, created_at, seen_at, expires_at) \
         VALUES ($1, $2, $3, $4, $4, $5)")
        .bind(&session.hash).bind(session.agent.0).bind(&session.csrf).bind(session.seen_at.0)
        .bind(session.expires_at.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// A session by its secret's hash, whatever its age.
///
/// # Errors
/// [`StoreError`].
pub async fn find(db: &Db, hash: &str) -> Result<Option<Session>, StoreError> {
    let row: Option<(String, Uuid, String, i64, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT hash, agent_id, csrf, seen_at, expires_at FROM session WHERE hash = $1")
        .bind(hash).fetch_optional(pool).await)?;
    Ok(row.map(|(hash, agent, csrf, seen, expires)| Session {
        hash,
        agent: AgentId(agent),
        csrf,
        seen_at: UtcMillis(seen),
        expires_at: UtcMillis(expires),
    }))
}

/// Notes that a session is in use.
///
/// # Errors
/// [`StoreError`].
pub async fn touch(tx: &mut Tx, hash: &str, at: UtcMillis) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("UPDATE session SET seen_at = $2 WHERE hash = $1")
        .bind(hash).bind(at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// [`StoreError`].
pub async fn close(tx: &mut Tx, hash: &str) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("DELETE FROM session WHERE hash = $1")
        .bind(hash).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends all sessions of a person, such as after a new password.
///
/// # Errors
/// [`StoreError`].
pub async fn close_all(tx: &mut Tx, email: &str) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "DELETE FROM session WHERE agent_id IN (SELECT id FROM agent WHERE email = $1)")
        .bind(email).execute(c).await.map(drop))?;
    Ok(())
}

/// Keeps an API token's hash.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_token(
    tx: &mut Tx,
    hash: &str,
    agent: AgentId,
    name: &str,
    at: UtcMillis,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO token (hash, agent_id, name, created_at) VALUES ($1, $2, $3, $4)")
        .bind(hash).bind(agent.0).bind(name).bind(at.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Whose token this is.
///
/// # Errors
/// [`StoreError`].
pub async fn token_holder(db: &Db, hash: &str) -> Result<Option<AgentId>, StoreError> {
    let row: Option<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT agent_id FROM token WHERE hash = $1")
        .bind(hash).fetch_optional(pool).await)?;
    Ok(row.map(|(agent,)| AgentId(agent)))
}

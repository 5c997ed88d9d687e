//! The people at the desk.

use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx, word};
use crate::domain::agent::{Agent, Profile, Role};
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;

type Row = (Uuid, String, String, String, Json<Profile>);
const COLUMNS: &str = "id, email, name, role, profile";

fn read((id, email, name, role, profile): Row) -> Result<Agent, StoreError> {
    let role = word("role", &role, Role::parse)?;
    Ok(Agent { id: AgentId(id), email, name, role, profile: profile.0 })
}

/// Adds a person.
///
/// # Errors
/// [`StoreError::Exists`] when the e-mail is taken.
pub async fn insert(
    tx: &mut Tx,
    agent: &Agent,
    password: &str,
    at: UtcMillis,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO agent (id, email, name, role, profile, password, active, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)")
        .bind(agent.id.0).bind(&agent.email).bind(&agent.name).bind(agent.role.as_str())
        .bind(Json(&agent.profile)).bind(password).bind(true).bind(at.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Replaces a password's hash; `false` when there is no such person.
///
/// # Errors
/// [`StoreError`].
pub async fn set_password(
    tx: &mut Tx,
    email: &str,
    password: &str,
    at: UtcMillis,
) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE agent SET password = $2, changed_at = $3 WHERE email = $1")
        .bind(email).bind(password).bind(at.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// Replaces what a person can serve; `false` when there is no such person.
///
/// # Errors
/// [`StoreError`].
pub async fn set_profile(
    tx: &mut Tx,
    id: AgentId,
    profile: &Profile,
    at: UtcMillis,
) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE agent SET profile = $2, changed_at = $3 WHERE id = $1 AND active = TRUE")
        .bind(id.0).bind(Json(profile)).bind(at.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// An active person and the hash of the password, by e-mail (lower case).
///
/// # Errors
/// [`StoreError`].
pub async fn by_email(db: &Db, email: &str) -> Result<Option<(Agent, String)>, StoreError> {
    let row: Option<(Uuid, String, String, String, Json<Profile>, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id, email, name, role, profile, password FROM agent WHERE email = $1 AND active = TRUE")
        .bind(email).fetch_optional(pool).await)?;
    row.map(|(id, email, name, role, profile, password)| {
        Ok((read((id, email, name, role, profile))?, password))
    })
    .transpose()
}

/// An active person.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, id: AgentId) -> Result<Option<Agent>, StoreError> {
    let sql =
        sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM agent WHERE id = $1 AND active = TRUE"));
    let row: Option<Row> =
        on_db!(db, pool => sqlx::query_as(sql).bind(id.0).fetch_optional(pool).await)?;
    row.map(read).transpose()
}

/// All active people, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn all(db: &Db) -> Result<Vec<Agent>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM agent WHERE active = TRUE ORDER BY name, email"
    ));
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
    rows.into_iter().map(read).collect()
}

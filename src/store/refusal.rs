//! Files that were refused, and why: every replica's board tells, until they are mended.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::{Db, StoreError, Tx, count, on_db, on_tx};
use crate::domain::time::UtcMillis;

/// One problem, at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// `file:line:column`, or the file alone.
    pub place: String,
    /// What is wrong and what to do, in English.
    pub message: String,
    /// The lines around it with a mark; may be empty.
    pub excerpt: String,
}

/// What was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `content` or `candidate`.
    pub source: String,
    /// When.
    pub at: UtcMillis,
    /// How many problems there are.
    pub total: u64,
    /// The first of them.
    pub problems: Vec<Told>,
}

/// Notes that files were refused, in place of what was noted of this source before.
///
/// # Errors
/// [`StoreError`].
pub async fn note(tx: &mut Tx, refusal: &Refusal) -> Result<(), StoreError> {
    let total = i64::try_from(refusal.total).unwrap_or(i64::MAX);
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO refusal (source, at, total, problems) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (source) DO UPDATE SET at = excluded.at, total = excluded.total, \
         problems = excluded.problems")
        .bind(&refusal.source).bind(refusal.at.0).bind(total).bind(Json(&refusal.problems))
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The files of this source can be used again.
///
/// # Errors
/// [`StoreError`].
pub async fn clear(tx: &mut Tx, source: &str) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("DELETE FROM refusal WHERE source = $1")
        .bind(source).execute(c).await.map(drop))?;
    Ok(())
}

/// Everything that is refused now.
///
/// # Errors
/// [`StoreError`].
pub async fn all(db: &Db) -> Result<Vec<Refusal>, StoreError> {
    let rows: Vec<(String, i64, i64, Json<Vec<Told>>)> = on_db!(db, pool => sqlx::query_as(
        "SELECT source, at, total, problems FROM refusal ORDER BY source DESC")
        .fetch_all(pool).await)?;
    let read = |(source, at, total, problems): (String, i64, i64, Json<Vec<Told>>)| Refusal {
        source,
        at: UtcMillis(at),
        total: count(total),
        problems: problems.0,
    };
    Ok(rows.into_iter().map(read).collect())
}

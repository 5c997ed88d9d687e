//! Timers: what must happen at an instant, once.

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::time::UtcMillis;

/// One timer. `(kind, subject)` is unique.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Timer {
    /// What kind of thing happens.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// When, ms UTC.
    pub due_at: i64,
}

/// Sets a timer, or moves one that has not fired.
///
/// # Errors
/// [`StoreError`].
pub async fn set(tx: &mut Tx, kind: &str, subject: &str, due: UtcMillis) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO timer (kind, subject, due_at, status) VALUES ($1, $2, $3, 'waiting') \
         ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at WHERE timer.status = 'waiting'",
        [kind.into(), subject.into(), due.0.into()],
    )
    .await
}

/// Sets a timer again, also when it has fired: for those that recur.
///
/// # Errors
/// [`StoreError`].
pub async fn set_again(
    tx: &mut Tx,
    kind: &str,
    subject: &str,
    due: UtcMillis,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO timer (kind, subject, due_at, status) VALUES ($1, $2, $3, 'waiting') \
         ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at, status = 'waiting'",
        [kind.into(), subject.into(), due.0.into()],
    )
    .await
}

/// Takes a timer away.
///
/// # Errors
/// [`StoreError`].
pub async fn clear(tx: &mut Tx, kind: &str, subject: &str) -> Result<(), StoreError> {
    tx.later(
        "DELETE FROM timer WHERE kind = $1 AND subject = $2 AND status = 'waiting'",
        [kind.into(), subject.into()],
    )
    .await
}

/// Timers that are due, earliest first.
///
/// # Errors
/// [`StoreError`].
pub async fn due(db: &Db, now: UtcMillis, limit: i64) -> Result<Vec<Timer>, StoreError> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT kind, subject, due_at FROM timer WHERE status = 'waiting' AND due_at <= $1 \
         ORDER BY due_at LIMIT $2")
        .bind(now.0).bind(limit).fetch_all(pool).await)?)
}

/// Fires a timer inside the turn that carries it out; `false` when it was moved or fired meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn fire(tx: &mut Tx, timer: &Timer) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE timer SET status = 'done' \
         WHERE kind = $1 AND subject = $2 AND due_at = $3 AND status = 'waiting'")
        .bind(&timer.kind).bind(&timer.subject).bind(timer.due_at)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

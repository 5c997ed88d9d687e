//! Leases with fencing numbers, polling positions, and requests that may be repeated.

use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::id::RequestId;
use crate::domain::time::UtcMillis;

/// One lease held by this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLease {
    /// Raised whenever the lease changes hands.
    pub fence: i64,
    /// The position last saved.
    pub position: Option<String>,
}

/// Takes a free or expired lease, or renews one's own; `None` when another process holds it.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(
    tx: &mut Tx,
    name: &str,
    holder: Uuid,
    now: UtcMillis,
    until: UtcMillis,
) -> Result<Option<HeldLease>, StoreError> {
    let row: Option<(i64, Option<String>)> = on_tx!(tx, c => sqlx::query_as(
        "INSERT INTO lease (name, fence, holder, lease_until) VALUES ($1, 1, $2, $4) \
         ON CONFLICT (name) DO UPDATE SET \
         fence = CASE WHEN lease.holder = $2 THEN lease.fence ELSE lease.fence + 1 END, \
         holder = $2, lease_until = $4 \
         WHERE lease.holder = $2 OR lease.lease_until < $3 \
         RETURNING fence, position")
        .bind(name).bind(holder).bind(now.0).bind(until.0)
        .fetch_optional(c).await)?;
    Ok(row.map(|(fence, position)| HeldLease { fence, position }))
}

/// Takes a lease over from whoever has it, under a new fence.
///
/// # Errors
/// [`StoreError`].
pub async fn seize(
    tx: &mut Tx,
    name: &str,
    holder: Uuid,
    until: UtcMillis,
) -> Result<i64, StoreError> {
    let (fence,): (i64,) = on_tx!(tx, c => sqlx::query_as(
        "INSERT INTO lease (name, fence, holder, lease_until) VALUES ($1, 1, $2, $3) \
         ON CONFLICT (name) DO UPDATE SET fence = lease.fence + 1, holder = $2, lease_until = $3 \
         RETURNING fence")
        .bind(name).bind(holder).bind(until.0)
        .fetch_one(c).await)?;
    Ok(fence)
}

/// Saves the position under a lease; `false` when the lease was lost.
///
/// # Errors
/// [`StoreError`].
pub async fn save_position(
    tx: &mut Tx,
    name: &str,
    fence: i64,
    position: &str,
) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE lease SET position = $3 WHERE name = $1 AND fence = $2")
        .bind(name).bind(fence).bind(position)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// Gives a lease up.
///
/// # Errors
/// [`StoreError`].
pub async fn give_up(tx: &mut Tx, name: &str, fence: i64) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("UPDATE lease SET lease_until = 0 WHERE name = $1 AND fence = $2")
        .bind(name).bind(fence).execute(c).await.map(drop))?;
    Ok(())
}

/// The fence a lease stands at.
///
/// # Errors
/// [`StoreError`].
pub async fn fence(db: &Db, name: &str) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT fence FROM lease WHERE name = $1").bind(name).fetch_optional(pool).await)?;
    Ok(row.map(|(fence,)| fence))
}

/// Notes that a request has its effect; `false` when it had it before.
///
/// # Errors
/// [`StoreError`].
pub async fn note_request(tx: &mut Tx, id: RequestId, at: UtcMillis) -> Result<bool, StoreError> {
    let affected = on_tx!(tx, c => sqlx::query(
        "INSERT INTO request (id, at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING")
        .bind(id.0).bind(at.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

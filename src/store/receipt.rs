//! Receipts that came before the answer to our own request.

use super::{StoreError, Tx, on_tx};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::inbound::Reached;
use crate::domain::time::{DAY, UtcMillis};

/// How long a receipt waits for its message.
const KEPT: i64 = 7 * DAY;

fn columns(reached: &Reached) -> (&'static str, Option<&str>) {
    match reached {
        Reached::Delivered => ("delivered", None),
        Reached::Read => ("read", None),
        Reached::Failed { reason } => ("failed", Some(reason)),
    }
}

/// Keeps a receipt until its message is known; old ones of the same chat go.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(
    tx: &mut Tx,
    (channel, address): (&ChannelName, &Address),
    provider_id: &str,
    reached: &Reached,
    at: UtcMillis,
) -> Result<(), StoreError> {
    let (word, problem) = columns(reached);
    on_tx!(tx, c => {
        sqlx::query("DELETE FROM receipt WHERE channel = $1 AND address = $2 AND at < $3")
            .bind(&channel.0).bind(&address.0).bind(at.plus(-KEPT).0)
            .execute(&mut *c).await.map(drop)?;
        sqlx::query(
            "INSERT INTO receipt (channel, address, provider_id, reached, problem, at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (channel, address, provider_id, reached) DO NOTHING")
            .bind(&channel.0).bind(&address.0).bind(provider_id).bind(word).bind(problem).bind(at.0)
            .execute(&mut *c).await.map(drop)
    })?;
    Ok(())
}

/// Takes out the receipts of a message, in the order in which they came.
///
/// # Errors
/// [`StoreError`].
pub async fn take(
    tx: &mut Tx,
    (channel, address): (&ChannelName, &Address),
    provider_id: &str,
) -> Result<Vec<Reached>, StoreError> {
    let mut rows: Vec<(String, Option<String>, i64)> = on_tx!(tx, c => sqlx::query_as(
        "DELETE FROM receipt WHERE channel = $1 AND address = $2 AND provider_id = $3 \
         RETURNING reached, problem, at")
        .bind(&channel.0).bind(&address.0).bind(provider_id).fetch_all(c).await)?;
    rows.sort_by_key(|(_, _, at)| *at);
    rows.into_iter()
        .map(|(word, problem, _)| match word.as_str() {
            "delivered" => Ok(Reached::Delivered),
            "read" => Ok(Reached::Read),
            "failed" => Ok(Reached::Failed { reason: problem.unwrap_or_default() }),
            other => Err(StoreError::Damaged(format!("receipt {other:?}"))),
        })
        .collect()
}

//! When a channel, and each of its chats, may send again: shared by all replicas, and kept over a
//! restart.
//!
//! Each place keeps one instant, at which the next message may go. A message moves it on by what it
//! takes up; a pause lets it lag behind now by at most the burst.

use super::{StoreError, Tx, on_tx};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::time::UtcMillis;

/// A chat of a channel, or the channel as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The channel.
    pub channel: &'a ChannelName,
    /// The chat; `None` for the whole channel.
    pub address: Option<&'a Address>,
}

impl Place<'_> {
    fn address(&self) -> &str {
        self.address.map_or("", |address| &address.0)
    }
}

/// Takes up a place for one message: `every` ms of it, and `lag` ms of what was left unused before;
/// `false` when it is not free yet.
///
/// # Errors
/// [`StoreError`].
pub async fn take(
    tx: &mut Tx,
    place: Place<'_>,
    now: UtcMillis,
    (every, lag): (i64, i64),
) -> Result<bool, StoreError> {
    let earliest = now.plus(-lag);
    let affected = on_tx!(tx, c => sqlx::query(
        "INSERT INTO pace (channel, address, ready_at) VALUES ($1, $2, $3 + $5) \
         ON CONFLICT (channel, address) DO UPDATE SET \
         ready_at = $5 + CASE WHEN pace.ready_at > $3 THEN pace.ready_at ELSE $3 END \
         WHERE pace.ready_at <= $4")
        .bind(&place.channel.0).bind(place.address()).bind(earliest.0).bind(now.0).bind(every)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// Locks a channel's pace until the end of the unit of work.
///
/// # Errors
/// [`StoreError`].
pub async fn lock(tx: &mut Tx, channel: &ChannelName) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO pace (channel, address, ready_at) VALUES ($1, '', 0) \
         ON CONFLICT (channel, address) DO UPDATE SET ready_at = pace.ready_at")
        .bind(&channel.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Shuts a place until an instant, as its provider asked.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(tx: &mut Tx, place: Place<'_>, until: UtcMillis) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO pace (channel, address, ready_at) VALUES ($1, $2, $3) \
         ON CONFLICT (channel, address) DO UPDATE SET ready_at = $3 WHERE pace.ready_at < $3")
        .bind(&place.channel.0).bind(place.address()).bind(until.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets chats that were free long before now.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tx: &mut Tx, before: UtcMillis) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("DELETE FROM pace WHERE address <> '' AND ready_at < $1")
        .bind(before.0).execute(c).await.map(drop))?;
    Ok(())
}

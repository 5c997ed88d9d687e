//! Two books for every channel and day: what was counted at the door, and what stands in the records.
//!
//! Received: `account` counts every delivery in the transaction that stores it, and the rows of
//! `inbox` say what became of each. Sent: `message.pushed` says what was to be sent, and the rows of
//! `outbox` what became of it. Where the two books differ, something was lost or counted twice.

use std::collections::BTreeMap;

use super::{Db, StoreError, Tx, count, on_db, on_tx};
use crate::domain::contact::ChannelName;
use crate::domain::time::{DAY, UtcMillis};

/// How many rows share the count of one channel and day.
pub const PARTS: i64 = 16;

/// What is counted at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An update that was not known.
    Received,
    /// An update that was.
    Duplicate,
    /// A request whose signature was missing or wrong.
    Rejected,
}

/// The instant at which the day of another one begins.
#[must_use]
pub const fn day_of(at: UtcMillis) -> UtcMillis {
    UtcMillis(at.0.div_euclid(DAY) * DAY)
}

/// Counts deliveries.
///
/// # Errors
/// [`StoreError`].
pub async fn enter(
    tx: &mut Tx,
    channel: &ChannelName,
    at: UtcMillis,
    part: i64,
    (entry, n): (Entry, i64),
) -> Result<(), StoreError> {
    let duplicate = if entry == Entry::Duplicate { n } else { 0 };
    let rejected = if entry == Entry::Rejected { n } else { 0 };
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO account (channel, day, part, received, duplicate, rejected) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, day, part) DO UPDATE SET \
         received = account.received + $4, duplicate = account.duplicate + $5, \
         rejected = account.rejected + $6")
        .bind(&channel.0).bind(day_of(at).0).bind(part).bind(n).bind(duplicate).bind(rejected)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// A channel and the beginning of a day.
pub type Page = (ChannelName, UtcMillis);

/// What a channel received on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Incoming {
    /// Deliveries counted at the door.
    pub received: u64,
    /// Applied in a turn.
    pub processed: u64,
    /// Known already.
    pub duplicate: u64,
    /// Without a good signature.
    pub rejected: u64,
    /// Not understood.
    pub unparsed: u64,
    /// Not applied yet.
    pub waiting: u64,
    /// Set aside after several failures.
    pub failed: u64,
}

impl Incoming {
    /// Whether every delivery is accounted for.
    #[must_use]
    pub const fn balances(&self) -> bool {
        self.received
            == self.processed
                + self.duplicate
                + self.rejected
                + self.unparsed
                + self.waiting
                + self.failed
    }
}

/// What a channel was to send on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// Messages that were to be sent.
    pub asked: u64,
    /// Taken by the provider.
    pub sent: u64,
    /// Whose request left without an answer.
    pub unconfirmed: u64,
    /// Given up.
    pub dead: u64,
    /// Given up or unconfirmed, and left so by a person.
    pub dismissed: u64,
    /// On their way.
    pub waiting: u64,
}

impl Outgoing {
    /// Whether every message is accounted for.
    #[must_use]
    pub const fn balances(&self) -> bool {
        self.asked == self.sent + self.unconfirmed + self.dead + self.dismissed + self.waiting
    }
}

/// What every channel received on every day since `since`.
///
/// # Errors
/// [`StoreError`].
pub async fn incoming(db: &Db, since: UtcMillis) -> Result<BTreeMap<Page, Incoming>, StoreError> {
    let since = day_of(since).0;
    let rows: Vec<(String, i64, String, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT channel, day, 'received', CAST(SUM(received) AS BIGINT) FROM account \
         WHERE day >= $1 GROUP BY channel, day \
         UNION ALL SELECT channel, day, 'duplicate', CAST(SUM(duplicate) AS BIGINT) FROM account \
         WHERE day >= $1 GROUP BY channel, day \
         UNION ALL SELECT channel, day, 'rejected', CAST(SUM(rejected) AS BIGINT) FROM account \
         WHERE day >= $1 GROUP BY channel, day \
         UNION ALL SELECT channel, received_at / 86400000 * 86400000, status, COUNT(*) FROM inbox \
         WHERE received_at >= $1 GROUP BY channel, received_at / 86400000 * 86400000, status")
        .bind(since).fetch_all(pool).await)?;
    let mut pages: BTreeMap<Page, Incoming> = BTreeMap::new();
    for (channel, day, what, n) in rows {
        let page = pages.entry((ChannelName(channel), UtcMillis(day))).or_default();
        let place = match what.as_str() {
            "received" => &mut page.received,
            "processed" => &mut page.processed,
            "duplicate" => &mut page.duplicate,
            "rejected" => &mut page.rejected,
            "unparsed" => &mut page.unparsed,
            "waiting" => &mut page.waiting,
            "failed" => &mut page.failed,
            other => return Err(StoreError::Damaged(format!("inbox status {other:?}"))),
        };
        *place += count(n);
    }
    Ok(pages)
}

/// What every channel was to send on every day since `since`.
///
/// # Errors
/// [`StoreError`].
pub async fn outgoing(db: &Db, since: UtcMillis) -> Result<BTreeMap<Page, Outgoing>, StoreError> {
    let since = day_of(since).0;
    let rows: Vec<(String, i64, String, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT conversation.channel, message.at / 86400000 * 86400000, 'asked', COUNT(*) \
         FROM message JOIN conversation ON conversation.id = message.conversation_id \
         WHERE message.pushed AND message.at >= $1 \
         GROUP BY conversation.channel, message.at / 86400000 * 86400000 \
         UNION ALL SELECT conversation.channel, outbox.created_at / 86400000 * 86400000, \
         outbox.status, COUNT(*) FROM outbox \
         JOIN conversation ON conversation.id = outbox.conversation_id \
         WHERE outbox.kind = 'send' AND outbox.created_at >= $1 \
         GROUP BY conversation.channel, outbox.created_at / 86400000 * 86400000, outbox.status")
        .bind(since).fetch_all(pool).await)?;
    let mut pages: BTreeMap<Page, Outgoing> = BTreeMap::new();
    for (channel, day, what, n) in rows {
        let page = pages.entry((ChannelName(channel), UtcMillis(day))).or_default();
        let place = match what.as_str() {
            "asked" => &mut page.asked,
            "done" => &mut page.sent,
            "unconfirmed" => &mut page.unconfirmed,
            "dead" => &mut page.dead,
            "dismissed" => &mut page.dismissed,
            "waiting" | "leased" => &mut page.waiting,
            other => return Err(StoreError::Damaged(format!("outbox status {other:?}"))),
        };
        *place += count(n);
    }
    Ok(pages)
}

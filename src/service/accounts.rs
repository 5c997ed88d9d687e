//! The accounts of what came and went, and what is entered in them a little later: requests without a
//! good signature, and lines that a page fetched. An attacker costs a row for each channel and day,
//! and a write a second.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{House, ServiceError};
use crate::domain::contact::ChannelName;
use crate::domain::id::ConversationId;
use crate::domain::message::Delivery;
use crate::domain::time::{HOUR, UtcMillis};
use crate::store;
use crate::store::account::{Entry, Incoming, Outgoing, Page, day_of};

/// After how long a chat's turn no longer matters.
const FORGOTTEN: i64 = HOUR;
/// After so many steps the turns of quiet chats are forgotten.
const TIDY: u64 = 600;

/// What is entered with the next step.
#[derive(Debug, Default)]
pub struct Tallies {
    rejected: Mutex<BTreeMap<Page, i64>>,
    fetched: Mutex<BTreeMap<ConversationId, (i64, i64)>>,
    steps: AtomicU64,
}

/// Counts a request whose signature was missing or wrong; the first of a burst is told in the log.
pub(super) fn reject(house: &House, channel: &ChannelName) {
    let Ok(mut rejected) = house.tallies.rejected.lock() else { return };
    let count = rejected.entry((channel.clone(), day_of(house.now()))).or_default();
    *count += 1;
    if *count == 1 {
        tracing::warn!(channel.name = channel.0, "requests with a missing or wrong signature");
    }
    metrics::counter!("sportello_inbound_total", "channel" => channel.0.clone(), "result" => "rejected")
        .increment(1);
}

/// As `reject`, for a door that checks its callers itself.
pub fn reject_at(house: &House, channel: &str) {
    reject(house, &ChannelName(channel.to_owned()));
}

/// Notes that a page fetched these places of a thread.
pub(super) fn fetch(house: &House, conversation: ConversationId, (from, to): (i64, i64)) {
    let Ok(mut fetched) = house.tallies.fetched.lock() else { return };
    let places = fetched.entry(conversation).or_insert((from, to));
    *places = (places.0.min(from), places.1.max(to));
}

/// Enters what was noted since the last step.
///
/// # Errors
/// The records are not reachable; it is kept for the next step.
pub async fn step(house: &House) -> Result<(), ServiceError> {
    if house.tallies.steps.fetch_add(1, Ordering::Relaxed) % TIDY == TIDY - 1 {
        tidy(house).await?;
    }
    let (rejected, fetched) = (taken(&house.tallies.rejected), taken(&house.tallies.fetched));
    if rejected.is_empty() && fetched.is_empty() {
        return Ok(());
    }
    let entered = enter(house, &rejected, &fetched).await;
    if entered.is_err() {
        if let Ok(mut kept) = house.tallies.rejected.lock() {
            for (page, n) in rejected {
                *kept.entry(page).or_default() += n;
            }
        }
        for (id, places) in fetched {
            fetch(house, id, places);
        }
    }
    entered
}

/// Chats that sent nothing for long need no turn.
async fn tidy(house: &House) -> Result<(), ServiceError> {
    let mut tx = house.db.begin().await?;
    store::pace::forget(&mut tx, house.now().plus(-FORGOTTEN)).await?;
    Ok(tx.commit().await?)
}

fn taken<K, V>(of: &Mutex<BTreeMap<K, V>>) -> BTreeMap<K, V> {
    of.lock().map(|mut all| mem::take(&mut *all)).unwrap_or_default()
}

async fn enter(
    house: &House,
    rejected: &BTreeMap<Page, i64>,
    fetched: &BTreeMap<ConversationId, (i64, i64)>,
) -> Result<(), ServiceError> {
    let mut tx = house.db.begin().await?;
    for ((channel, day), n) in rejected {
        store::account::enter(&mut tx, channel, *day, 0, (Entry::Rejected, *n)).await?;
    }
    for (conversation, places) in fetched {
        let delivered = Delivery::Delivered;
        store::message::set_seen(&mut tx, *conversation, *places, delivered).await?;
    }
    Ok(tx.commit().await?)
}

/// What was received and sent since an instant, by channel and day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Received.
    pub incoming: BTreeMap<Page, Incoming>,
    /// Sent.
    pub outgoing: BTreeMap<Page, Outgoing>,
}

impl Accounts {
    /// Whether everything is accounted for.
    #[must_use]
    pub fn balance(&self) -> bool {
        self.incoming.values().all(Incoming::balances)
            && self.outgoing.values().all(Outgoing::balances)
    }
}

/// Reads the accounts.
///
/// # Errors
/// The records are not reachable.
pub async fn read(db: &store::Db, since: UtcMillis) -> Result<Accounts, ServiceError> {
    Ok(Accounts {
        incoming: store::account::incoming(db, since).await?,
        outgoing: store::account::outgoing(db, since).await?,
    })
}

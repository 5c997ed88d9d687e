//! The polling loop: lease, fetch, store, and only then confirm.
//!
//! The position is the first `update_id` not yet stored. A crash anywhere fetches the same updates
//! again; those stored already are known by their id.
//!
//! An empty answer says that Telegram has forgotten everything below the position. Then the position
//! is forgotten here too: after a week of silence ids begin anew anywhere, and a position above them
//! would confirm what nobody has read.

use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::TelegramChannel;
use super::fetch::{self, NotFetched};
use super::read;
use crate::channel::{Lease, NotStored, Ports};

/// The position when Telegram holds nothing that we have stored: from the first update that waits.
const NOWHERE: &str = "";

/// Why a round took nothing in.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// Another process has the lease.
    #[error("another process polls this bot; this one stands by")]
    HeldElsewhere,
    /// The database is away, or the lease was lost.
    #[error(transparent)]
    NotStored(#[from] NotStored),
    /// Telegram gave nothing.
    #[error(transparent)]
    NotFetched(#[from] NotFetched),
}

/// Polls until `stop` is cancelled. A batch that has arrived is stored to its end first.
pub(super) async fn run(channel: &TelegramChannel, ports: &Ports, stop: &CancellationToken) {
    let mut round = Round { channel, ports, stop, lease: None };
    let mut spell = Spell::default();
    while !stop.is_cancelled() {
        match round.take().await {
            Ok(()) => spell.over(channel),
            Err(trouble) => {
                let wait = spell.worse(channel, &trouble);
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    }
    if let Some(lease) = round.lease {
        ports.cursor.drop_lease(lease).await;
    }
}

/// One turn of the loop.
struct Round<'a> {
    channel: &'a TelegramChannel,
    ports: &'a Ports,
    stop: &'a CancellationToken,
    lease: Option<Lease>,
}

impl Round<'_> {
    /// Takes in what is there. `Ok` also when nothing came or when we are told to stop.
    async fn take(&mut self) -> Result<(), Trouble> {
        let lease = self.hold().await?;
        let offset = lease.position.as_deref().and_then(|position| position.parse().ok());
        let updates = match self.fetch(&lease, offset).await {
            Ok(updates) => updates,
            Err(Trouble::NotFetched(lost @ NotFetched::Lost(_))) if offset.is_some() => {
                self.ports.cursor.save(&lease, NOWHERE).await?;
                return Err(lost.into());
            }
            Err(trouble) => return Err(trouble),
        };
        for update in &updates {
            let received = read::received(&self.channel.name, update);
            self.ports.intake.accept(&self.channel.name, received).await?;
            self.channel.presses.note(Some(update));
        }
        if let Some(next) = position_after(&updates) {
            self.ports.cursor.save(&lease, &next.to_string()).await?;
        } else if offset.is_some() && !self.stop.is_cancelled() {
            self.ports.cursor.save(&lease, NOWHERE).await?;
        }
        Ok(())
    }

    /// Takes or renews the lease.
    async fn hold(&mut self) -> Result<Lease, Trouble> {
        self.lease = self.ports.cursor.hold(&self.channel.name).await?;
        self.lease.clone().ok_or(Trouble::HeldElsewhere)
    }

    /// Fetches updates, renewing the lease meanwhile; nothing when told to stop.
    async fn fetch(&mut self, lease: &Lease, offset: Option<i64>) -> Result<Vec<Value>, Trouble> {
        let pace = self.channel.settings.pace;
        let fetching = fetch::updates(&self.channel.bot, offset, pace.long_poll);
        tokio::pin!(fetching);
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ok(Vec::new()),
                updates = &mut fetching => return Ok(updates?),
                () = tokio::time::sleep(pace.renew) => {
                    if self.hold().await?.fence != lease.fence {
                        return Err(Trouble::HeldElsewhere);
                    }
                }
            }
        }
    }
}

/// The position that confirms all of `updates`.
fn position_after(updates: &[Value]) -> Option<i64> {
    updates.iter().filter_map(read::update_id).max().map(|last| last.saturating_add(1))
}

/// A spell of trouble: waits grow, and the log hears of each cause once.
#[derive(Debug, Default)]
struct Spell {
    failures: u32,
    said: Option<String>,
}

impl Spell {
    fn over(&mut self, channel: &TelegramChannel) {
        if self.said.is_some() {
            tracing::info!(channel.name = %channel.name.0, "polling Telegram again");
        }
        *self = Self::default();
    }

    /// Logs the trouble if it is news; how long to wait before the next try.
    fn worse(&mut self, channel: &TelegramChannel, trouble: &Trouble) -> Duration {
        let reason = trouble.to_string();
        if self.said.as_ref() != Some(&reason) {
            tracing::warn!(channel.name = %channel.name.0, "{reason}");
            self.said = Some(reason);
        }
        let pace = channel.settings.pace;
        let grown = pace.first_wait.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        match trouble {
            Trouble::HeldElsewhere => pace.lease_retry,
            Trouble::NotFetched(NotFetched::TooOften(asked)) => (*asked).max(pace.first_wait),
            Trouble::NotFetched(NotFetched::WrongToken(_)) => pace.longest_wait,
            _ => grown.min(pace.longest_wait),
        }
    }
}

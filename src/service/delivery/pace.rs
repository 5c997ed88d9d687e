//! How fast messages leave: by what the channel's provider takes, all replicas together.

use super::super::House;
use crate::channel::{Limits, Rate, Scope};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::time::UtcMillis;
use crate::store::outbox::Leased;
use crate::store::pace::{Place, hold, take};
use crate::store::{StoreError, Tx};

impl House {
    /// How fast a channel may send: the configuration's word by name, then by kind, else its own.
    pub(super) fn limits_of(&self, channel: &ChannelName) -> Limits {
        let kind = channel.0.split(':').next().unwrap_or_default();
        let mut set = [channel.0.as_str(), kind].into_iter();
        let set = set.find_map(|name| self.settings.pace.get(name));
        set.copied().unwrap_or_else(|| {
            self.channels.get(channel).map_or(Limits::NONE, |channel| channel.limits())
        })
    }
}

/// Whether a message may leave now; it then takes up its share.
pub(super) async fn admit(
    tx: &mut Tx,
    row: &Leased,
    limits: Limits,
    now: UtcMillis,
) -> Result<bool, StoreError> {
    let Some(channel) = &row.channel else { return Ok(true) };
    for (rate, address) in [(limits.overall, None), (limits.chat, row.address.as_ref())] {
        let Some(rate) = rate else { continue };
        if !take(tx, Place { channel, address }, now, share(rate)).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What one message takes up, and how much may be left unused before it, ms.
fn share(rate: Rate) -> (i64, i64) {
    let every = rate.every.max(1);
    (every, every.saturating_mul(rate.burst.max(1) - 1))
}

/// Shuts a chat or a channel until an instant.
pub(super) async fn wait(
    house: &House,
    (channel, address): (&ChannelName, &Address),
    scope: Scope,
    until: UtcMillis,
) -> Result<(), StoreError> {
    let address = match scope {
        Scope::Chat => Some(address),
        Scope::Channel => None,
    };
    let mut tx = house.db.begin().await?;
    hold(&mut tx, Place { channel, address }, until).await?;
    tx.commit().await
}

//! Where a polled channel's position is kept: under a lease with a fencing number.

use async_trait::async_trait;

use crate::channel::{Cursor, Lease, NotStored};
use crate::domain::contact::ChannelName;
use crate::service::{House, failpoint};
use crate::store;

#[async_trait]
impl Cursor for House {
    async fn hold(&self, channel: &ChannelName) -> Result<Option<Lease>, NotStored> {
        let held = async {
            let mut tx = self.db.begin().await?;
            let now = self.now();
            let name = lease_name(channel);
            let until = now.plus(self.settings.takeover);
            let held = store::lease::hold(&mut tx, &name, self.replica, now, until).await?;
            tx.commit().await?;
            Ok::<_, store::StoreError>(held)
        };
        let held = held.await.map_err(|error| NotStored(error.to_string()))?;
        Ok(held.map(|held| Lease {
            channel: channel.clone(),
            fence: held.fence,
            position: held.position,
        }))
    }

    async fn save(&self, lease: &Lease, position: &str) -> Result<(), NotStored> {
        let saved = async {
            let mut tx = self.db.begin().await?;
            let name = lease_name(&lease.channel);
            let saved = store::lease::save_position(&mut tx, &name, lease.fence, position).await?;
            failpoint::pass("position.before");
            tx.commit().await?;
            failpoint::pass("position.after");
            Ok::<_, store::StoreError>(saved)
        };
        match saved.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotStored("another process polls this channel now".to_owned())),
            Err(error) => Err(NotStored(error.to_string())),
        }
    }

    async fn drop_lease(&self, lease: Lease) {
        let given_up = async {
            let mut tx = self.db.begin().await?;
            store::lease::give_up(&mut tx, &lease_name(&lease.channel), lease.fence).await?;
            tx.commit().await
        };
        if let Err(error) = given_up.await {
            tracing::warn!(channel.name = lease.channel.0, %error, "lease not given up");
        }
    }
}

fn lease_name(channel: &ChannelName) -> String {
    format!("poll:{}", channel.0)
}

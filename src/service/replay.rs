//! Updates that were set aside, read again with today's code and applied once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::access::BoardRight;
use super::{House, ServiceError, intake, masking};
use crate::channel::{Channel, WebhookRequest};
use crate::domain::agent::Role;
use crate::domain::contact::ChannelName;
use crate::domain::id::InboxId;
use crate::domain::inbound::Inbound;
use crate::events::Hint;
use crate::store::inbox::StoredUpdate;
use crate::store::{self, Db};

/// Reads an update again and applies it.
///
/// # Errors
/// `NotFound`, `Conflict` when it was applied already or waits, `Invalid` when it still cannot be read,
/// `Unavailable`.
pub async fn again(house: &House, _right: &BoardRight, id: InboxId) -> Result<(), ServiceError> {
    let inbound = readmit(&house.db, &house.channels, id).await?;
    intake::settle(house, &inbound.channel, &inbound.address).await;
    house.bus.tell(Hint::Outbox).await;
    Ok(())
}

/// Lets an update that was set aside wait for its turn again; whichever process runs applies it.
///
/// # Errors
/// As [`again`].
pub async fn readmit(
    db: &Db,
    channels: &BTreeMap<ChannelName, Arc<dyn Channel>>,
    id: InboxId,
) -> Result<Inbound, ServiceError> {
    let stored = store::inbox::get(db, id).await?;
    let stored = stored.ok_or(ServiceError::NotFound("the update"))?;
    let passed = |status: &str| {
        let what = match status {
            "processed" => "the update was applied already: it is never applied twice",
            _ => "the update waits for its turn already",
        };
        ServiceError::conflict(what)
    };
    if !matches!(stored.status.as_str(), "unparsed" | "failed") {
        return Err(passed(&stored.status));
    }
    let inbound = read(channels.get(&stored.channel), stored)?;
    let mut tx = db.begin().await?;
    let mine = store::inbox::readmit(&mut tx, id, &inbound).await?;
    tx.commit().await?;
    if mine { Ok(inbound) } else { Err(passed("waiting")) }
}

/// What an update says to today's code; else what was read of it when it came.
fn read(channel: Option<&Arc<dyn Channel>>, stored: StoredUpdate) -> Result<Inbound, ServiceError> {
    let channel = channel.ok_or_else(|| {
        let name = &stored.channel.0;
        ServiceError::Invalid(format!("the channel {name} is not configured: it cannot be read"))
    })?;
    let body = stored.raw;
    let request = WebhookRequest { headers: Vec::new(), query: String::new(), body };
    let mut all = channel.parse(&request);
    let place = all.iter().position(|one| one.provider_id == stored.provider_id);
    let only = (all.len() == 1).then_some(0);
    let read = place.or(only).map(|place| all.swap_remove(place).content);
    match (read, stored.inbound) {
        (Some(Ok(inbound)), _) => {
            let provider_id = stored.provider_id;
            Ok(Inbound { provider_id, ..masking::of_update(inbound) })
        }
        (_, Some(inbound)) => Ok(inbound),
        (Some(Err(problem)), None) => {
            let problem = masking::safe(&problem);
            Err(ServiceError::Invalid(format!("the update still cannot be read: {problem}")))
        }
        (None, None) => {
            Err(ServiceError::Invalid("the channel finds no update in these bytes".to_owned()))
        }
    }
}

/// The bytes of an update as they came, without card numbers: for admins alone.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Unavailable`.
pub async fn raw(house: &House, right: &BoardRight, id: InboxId) -> Result<Vec<u8>, ServiceError> {
    let stored = store::inbox::get(&house.db, id).await?;
    let stored = stored.ok_or(ServiceError::NotFound("the update"))?;
    if right.agent().role != Role::Admin {
        return Err(ServiceError::Forbidden("only admins read raw updates"));
    }
    Ok(stored.raw)
}

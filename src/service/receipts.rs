//! How far our messages got, as providers tell it: in any order, also before the answer to our own
//! request.

use super::turn::Turn;
use super::{House, ServiceError};
use crate::domain::conversation::{Conversation, Owner};
use crate::domain::id::MessageId;
use crate::domain::inbound::Reached;
use crate::domain::message::Delivery;
use crate::domain::time::UtcMillis;
use crate::events::Hint;
use crate::store::{self, Tx};

impl Turn {
    /// Applies a receipt, or keeps it until the message's own answer is stored. The lock of the thread
    /// decides which of the two comes first.
    pub(super) async fn note_receipt(
        &mut self,
        provider_id: &str,
        reached: &Reached,
    ) -> Result<(), ServiceError> {
        let thread = self.conversation.id;
        let found = store::message::by_provider_id(&mut self.tx, thread, provider_id).await?;
        if let Some(message) = found {
            apply(&mut self.tx, message, reached, self.now).await?;
        } else {
            let door = (&self.conversation.channel, &self.conversation.address);
            store::receipt::keep(&mut self.tx, door, provider_id, reached, self.now).await?;
        }
        if let Some(hint) = looked_at(&self.conversation) {
            self.hint(hint);
        }
        Ok(())
    }
}

/// What screens are told when the ticks of a thread change.
pub(super) fn looked_at(conversation: &Conversation) -> Option<Hint> {
    let assignee = match conversation.owner {
        Owner::Agent(agent) => Some(agent),
        _ => None,
    };
    conversation.ticket_id.map(|ticket| Hint::Ticket { ticket, assignee })
}

/// Applies the receipts that were faster than the answer to our request. Call it with the thread locked.
pub(super) async fn catch_up(
    tx: &mut Tx,
    conversation: &Conversation,
    (message, provider_id): (MessageId, &str),
    now: UtcMillis,
) -> Result<(), ServiceError> {
    let door = (&conversation.channel, &conversation.address);
    for reached in store::receipt::take(tx, door, provider_id).await? {
        apply(tx, message, &reached, now).await?;
    }
    Ok(())
}

async fn apply(
    tx: &mut Tx,
    message: MessageId,
    reached: &Reached,
    now: UtcMillis,
) -> Result<(), ServiceError> {
    let (delivery, failed) = match reached {
        Reached::Delivered => (Delivery::Delivered, None),
        Reached::Read => (Delivery::Read, None),
        Reached::Failed { reason } => (Delivery::Failed, Some(reason.as_str())),
    };
    if store::message::set_delivery(tx, message, delivery, None).await? {
        store::letter::correct(tx, message, failed, now).await?;
    }
    Ok(())
}

/// Notes that the customer has read what we wrote, up to a place.
pub(super) async fn read_up_to(
    house: &House,
    conversation: &Conversation,
    seq: i64,
) -> Result<(), ServiceError> {
    let mut tx = house.db.begin().await?;
    let places = (1, seq.min(conversation.seq));
    let changed =
        store::message::set_seen(&mut tx, conversation.id, places, Delivery::Read).await?;
    tx.commit().await?;
    if changed > 0
        && let Some(hint) = looked_at(conversation)
    {
        house.bus.tell(hint).await;
    }
    Ok(())
}

//! The segments of contacts: plain words that policies know them by.

use std::collections::BTreeSet;

use super::access::{BoardRight, Caller};
use super::desk::may_see;
use super::turn::Turn;
use super::{House, ServiceError};
use crate::domain::id::ContactId;
use crate::store;

/// How many of a contact's tickets are asked whether the caller may know the contact.
const ASKED: i64 = 100;

/// A contact's segments. Agents know the contacts of the tickets that they may see.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn of_contact(
    house: &House,
    caller: &Caller,
    contact: ContactId,
) -> Result<BTreeSet<String>, ServiceError> {
    let found = store::contact::segments(&house.db, contact).await?;
    let may_know = caller.board().is_ok() || {
        let tickets = store::ticket::of_contact(&house.db, contact, ASKED).await?;
        tickets.iter().any(|stored| may_see(caller, &stored.ticket))
    };
    found.filter(|_| may_know).ok_or(ServiceError::NotFound("the contact"))
}

/// Puts a contact into exactly these segments; its live tickets choose their policy anew.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn set(
    house: &House,
    right: &BoardRight,
    contact: ContactId,
    segments: &BTreeSet<String>,
) -> Result<(), ServiceError> {
    let thread = store::contact::conversation(&house.db, contact).await?;
    let mut turn = Turn::open(house, thread.ok_or(ServiceError::NotFound("the contact"))?).await?;
    turn.put_into(segments).await?;
    tracing::info!(contact.id = %contact, agent.id = %right.agent().id, ?segments, "segments set");
    turn.commit().await
}

impl Turn {
    /// Puts the conversation's contact into exactly these segments. A contact has one conversation,
    /// so its lock holds all of its tickets.
    pub(super) async fn put_into(
        &mut self,
        segments: &BTreeSet<String>,
    ) -> Result<(), ServiceError> {
        let contact = self.conversation.contact_id;
        if store::contact::segments_in(&mut self.tx, contact).await? == *segments {
            return Ok(());
        }
        store::contact::set_segments(&mut self.tx, contact, segments).await?;
        for id in store::contact::live_tickets(&mut self.tx, contact).await? {
            let mut stored = self.ticket(id).await?;
            self.record(&mut stored, Vec::new()).await?;
        }
        Ok(())
    }
}

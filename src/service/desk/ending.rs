//! A ticket ends, as answered or as spam, or is taken up again.

use super::super::access::{Caller, DeskRight};
use super::super::customer::{CLOSE, SILENCE};
use super::super::turn::Turn;
use super::super::{House, ServiceError};
use super::{is_repeat, open_to_move, visible};
use crate::dialogue::{Input, Wait};
use crate::domain::conversation::Owner;
use crate::domain::id::{RequestId, TicketId};
use crate::domain::ledger::Cancellation;
use crate::store;
use crate::store::ticket::StoredTicket;

/// Resolves the ticket; the customer is asked for a rating.
///
/// # Errors
/// `Conflict` when its status does not allow it or somebody else holds it, `NotFound`.
pub async fn resolve(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let opened = open_to_move(house, desk, ticket, request).await?;
    let Some((mut turn, mut stored)) = opened else { return Ok(()) };
    turn.settle_ticket(&mut stored, Some(desk.agent().id)).await?;
    turn.system_line(format!("resolved:{}", desk.agent().name)).await?;
    turn.commit().await
}

/// Ends the human part: the ticket is settled without asking for a rating, and the bot has the word
/// again and says so.
///
/// # Errors
/// As [`resolve`].
pub async fn hand_back(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let opened = open_to_move(house, desk, ticket, request).await?;
    let Some((mut turn, mut stored)) = opened else { return Ok(()) };
    let moved = stored.ticket.life.resolve(Some(desk.agent().id), turn.now);
    turn.go(&mut stored, Vec::new(), moved).await?;
    turn.system_line(format!("handed_back:{}", desk.agent().name)).await?;
    if turn.conversation.ticket_id == Some(ticket) {
        (turn.conversation.owner, turn.conversation.ticket_id) = (Owner::Bot, None);
        turn.converse(&Input::HandedBack, Wait::Unknown).await?;
    }
    turn.commit().await
}

/// Takes a resolved ticket up again: it goes back to the queue, at first to whoever reopens it if they
/// are here and have room. Everybody who sees the ticket may.
///
/// # Errors
/// `Conflict` unless it is resolved, or while the customer has another live ticket; `NotFound`.
pub async fn reopen(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let caller = Caller { agent: desk.agent().clone(), csrf: None };
    visible(house, &caller, ticket).await?;
    let (mut turn, mut stored) = Turn::open_ticket(house, ticket).await?;
    if is_repeat(&mut turn, request).await? {
        return turn.roll_back().await;
    }
    turn.take_back(&stored).await?;
    turn.take_up(&mut stored, Some(desk.agent().id)).await?;
    turn.system_line(format!("reopened_by:{}", desk.agent().name)).await?;
    turn.commit().await
}

/// Ends the ticket as something that nobody asked for: it counts nowhere, and the customer hears
/// nothing of it.
///
/// # Errors
/// As [`resolve`].
pub async fn spam(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let opened = open_to_move(house, desk, ticket, request).await?;
    let Some((mut turn, mut stored)) = opened else { return Ok(()) };
    turn.cancel(&mut stored, Cancellation::Spam).await?;
    turn.system_line(format!("spam:{}", desk.agent().name)).await?;
    turn.commit().await
}

impl Turn {
    /// Ends a ticket that does not count; nobody asks after its customer.
    pub(super) async fn cancel(
        &mut self,
        stored: &mut StoredTicket,
        why: Cancellation,
    ) -> Result<(), ServiceError> {
        let moved = stored.ticket.life.cancel(why);
        self.go(stored, Vec::new(), moved).await?;
        let subject = self.conversation.id.to_string();
        for kind in [SILENCE, CLOSE] {
            store::timer::clear(&mut self.tx, kind, &subject).await?;
        }
        Ok(())
    }

    /// The conversation is this ticket's again, also when the bot had it since.
    async fn take_back(&mut self, stored: &StoredTicket) -> Result<(), ServiceError> {
        if let Some(current) = self.current_ticket().await?
            && current.ticket.id != stored.ticket.id
            && current.ticket.status().is_live()
        {
            let code = current.ticket.id.code();
            let what = format!("the customer has another open ticket: go on in {code}");
            return Err(ServiceError::conflict(what));
        }
        if stored.ticket.life.reopen().is_ok() {
            self.end_episode_with_handoff(stored.ticket.packet.reason).await?;
            self.conversation.ticket_id = Some(stored.ticket.id);
            let subject = self.conversation.id.to_string();
            for kind in [SILENCE, CLOSE] {
                store::timer::clear(&mut self.tx, kind, &subject).await?;
            }
        }
        Ok(())
    }
}

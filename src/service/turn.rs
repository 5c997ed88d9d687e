//! The turn: one unit of work on one conversation, customer's or agent's.
//!
//! Its first statement locks the conversation. What it writes becomes visible at once, at the commit;
//! hints and outside effects follow only then.

use std::sync::Arc;

use super::clock::fresh_id;
use super::shadow::{self, Overheard};
use super::{House, ServiceError, failpoint};
use crate::channel::Reach;
use crate::domain::conversation::{Conversation, Owner};
use crate::domain::id::{ConversationId, InboxId, MessageId, OutboxId, TicketId};
use crate::domain::language::Language;
use crate::domain::message::{Author, Body, Delivery, Message, Visibility};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;
use crate::events::Hint;
use crate::knowledge::Knowledge;
use crate::nlu::Reading;
use crate::store::outbox::Task;
use crate::store::ticket::StoredTicket;
use crate::store::{self, Tx};

/// A text that was read, and the knowledge that did.
pub(super) type Read = (Arc<Knowledge>, (String, Reading));

/// A unit of work that holds a conversation's lock.
pub(super) struct Turn {
    pub(super) house: House,
    pub(super) tx: Tx,
    pub(super) conversation: Conversation,
    pub(super) now: UtcMillis,
    /// The update that is being applied, if any.
    pub(super) cause: Option<InboxId>,
    pub(super) overheard: Vec<Overheard>,
    /// What a text was understood as before the conversation was locked, and by which knowledge.
    pub(super) read: Option<Read>,
    hints: Vec<Hint>,
    first_seq: i64,
    tasks: u32,
}

impl Turn {
    /// Wraps a transaction whose first statement locked the conversation.
    pub(super) fn new(house: &House, tx: Tx, conversation: Conversation) -> Self {
        Self {
            house: house.clone(),
            tx,
            now: house.now(),
            first_seq: conversation.seq,
            conversation,
            cause: None,
            overheard: Vec::new(),
            read: None,
            hints: Vec::new(),
            tasks: 0,
        }
    }

    /// Locks a conversation.
    pub(super) async fn open(house: &House, id: ConversationId) -> Result<Self, ServiceError> {
        let mut tx = house.db.begin().await?;
        match store::conversation::lock(&mut tx, id).await? {
            Some(conversation) => Ok(Self::new(house, tx, conversation)),
            None => Err(ServiceError::NotFound("the conversation")),
        }
    }

    /// Locks the conversation of a ticket and reads the ticket under the lock.
    pub(super) async fn open_ticket(
        house: &House,
        id: TicketId,
    ) -> Result<(Self, StoredTicket), ServiceError> {
        let found = store::ticket::get(&house.db, id).await?;
        let found = found.ok_or(ServiceError::NotFound("the ticket"))?;
        let mut turn = Self::open(house, found.ticket.conversation_id).await?;
        let ticket = turn.ticket(id).await?;
        Ok((turn, ticket))
    }

    /// A ticket, under the lock.
    pub(super) async fn ticket(&mut self, id: TicketId) -> Result<StoredTicket, ServiceError> {
        let found = store::ticket::get_in(&mut self.tx, id).await?;
        found.ok_or(ServiceError::NotFound("the ticket"))
    }

    /// Locks the conversations of two tickets, in the same order whoever asks; the turn begins in the
    /// first one's. The second conversation is `None` when both are of the same.
    pub(super) async fn open_both(
        house: &House,
        first: ConversationId,
        second: ConversationId,
    ) -> Result<(Self, Option<Conversation>), ServiceError> {
        if first == second {
            return Ok((Self::open(house, first).await?, None));
        }
        let mut tx = house.db.begin().await?;
        let mut locked = Vec::with_capacity(2);
        for id in [first.min(second), first.max(second)] {
            let found = store::conversation::lock(&mut tx, id).await?;
            locked.push(found.ok_or(ServiceError::NotFound("the conversation"))?);
        }
        let place = usize::from(first > second);
        let conversation = locked.swap_remove(place);
        Ok((Self::new(house, tx, conversation), locked.pop()))
    }

    /// Leaves this conversation as it is now and goes on in another one that is locked as well.
    pub(super) async fn go_on_in(&mut self, other: Conversation) -> Result<(), ServiceError> {
        store::conversation::save(&mut self.tx, &self.conversation).await?;
        self.tell_lines();
        self.first_seq = other.seq;
        self.conversation = other;
        Ok(())
    }

    /// Lines were written: screens are told after the commit.
    fn tell_lines(&mut self) {
        if self.conversation.seq > self.first_seq {
            self.hints.push(Hint::Conversation {
                channel: self.conversation.channel.clone(),
                address: self.conversation.address.clone(),
                seq: self.conversation.seq,
            });
        }
    }

    /// The conversation's current ticket, under the lock.
    pub(super) async fn current_ticket(&mut self) -> Result<Option<StoredTicket>, ServiceError> {
        match self.conversation.ticket_id {
            Some(id) => Ok(Some(self.ticket(id).await?)),
            None => Ok(None),
        }
    }

    /// Adds a message to the thread; public ones of ours are sent by the channel after the commit.
    pub(super) async fn write(
        &mut self,
        author: Author,
        visibility: Visibility,
        body: Body,
        language: Option<Language>,
    ) -> Result<MessageId, ServiceError> {
        self.write_as(author, visibility, body, language, None).await
    }

    /// As [`Turn::write`], with the id that the customer's side gave the message.
    pub(super) async fn write_as(
        &mut self,
        author: Author,
        visibility: Visibility,
        body: Body,
        language: Option<Language>,
        client_id: Option<&str>,
    ) -> Result<MessageId, ServiceError> {
        let sends = visibility == Visibility::Public
            && matches!(author, Author::Bot | Author::Agent(_))
            && self.is_pushed();
        self.conversation.seq += 1;
        let message = Message {
            id: MessageId(fresh_id()),
            conversation_id: self.conversation.id,
            seq: self.conversation.seq,
            author,
            visibility,
            body,
            language,
            at: self.now,
            delivery: if sends { Delivery::Pending } else { Delivery::None },
        };
        store::message::insert(&mut self.tx, &message, self.cause, client_id).await?;
        if sends {
            self.task(Task::Send { message: message.id }).await?;
        }
        Ok(message.id)
    }

    /// Adds a line that only the desk sees.
    pub(super) async fn system_line(&mut self, code: String) -> Result<(), ServiceError> {
        self.write(Author::System, Visibility::Internal, Body::text(code), None).await.map(drop)
    }

    fn is_pushed(&self) -> bool {
        let channel = self.house.channels.get(&self.conversation.channel);
        channel.is_some_and(|channel| channel.capabilities().reach == Reach::Push)
            || (self.conversation.channel.0 == super::rest::CHANNEL
                && !self.house.settings.rest_callback.is_empty())
    }

    /// Adds something to be done after the commit.
    pub(super) async fn task(&mut self, task: Task) -> Result<(), ServiceError> {
        let id = OutboxId(fresh_id());
        store::outbox::insert(&mut self.tx, id, Some(self.conversation.id), &task, self.now)
            .await?;
        self.tasks += 1;
        Ok(())
    }

    /// Tells screens about something after the commit.
    pub(super) fn hint(&mut self, hint: Hint) {
        if !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
    }

    /// Sets who answers, from the status of the conversation's current ticket.
    pub(super) fn follow(&mut self, ticket: &StoredTicket) {
        if self.conversation.ticket_id != Some(ticket.ticket.id) {
            return;
        }
        self.conversation.owner = match (ticket.ticket.status(), ticket.ticket.assignee()) {
            (TicketStatus::New, _) => Owner::Queue,
            (status, Some(agent)) if status.is_held() => Owner::Agent(agent),
            _ => Owner::Closed,
        };
    }

    /// Makes it all durable, then tells and wakes whoever waits for it.
    pub(super) async fn commit(mut self) -> Result<(), ServiceError> {
        store::conversation::save(&mut self.tx, &self.conversation).await?;
        self.tell_lines();
        failpoint::pass("turn.before");
        self.tx.commit().await?;
        failpoint::pass("turn.after");
        shadow::hear(&self.house, self.overheard);
        for hint in self.hints {
            self.house.bus.tell(hint).await;
        }
        if self.tasks > 0 {
            self.house.outbox.notify_one();
        }
        Ok(())
    }

    /// Takes everything back.
    pub(super) async fn roll_back(self) -> Result<(), ServiceError> {
        self.tx.roll_back().await?;
        Ok(())
    }
}

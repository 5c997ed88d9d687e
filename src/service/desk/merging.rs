//! Two tickets become one: the same matter, told twice.

use super::super::access::{Caller, DeskRight};
use super::super::turn::Turn;
use super::super::{House, ServiceError, dispatch};
use super::{is_repeat, visible};
use crate::domain::agent::Role;
use crate::domain::id::{ContactId, RequestId, TicketId};
use crate::domain::ledger::{Cancellation, Fact};
use crate::domain::message::{Author, Body, MAX_READ_CHARS, Visibility};
use crate::domain::ticket::Ticket;
use crate::store;
use crate::store::message::StoredMessage;
use crate::text::screen::desk as say;

/// How many lines of the thread go along, public ones only.
const TOLD_LINES: i64 = 40;

/// Ends `source` and goes on in `into`: what was last said goes along as a private note. Whoever holds
/// the source may, for two tickets of one customer, on whichever channels; a supervisor may for any two.
///
/// # Errors
/// `Conflict` when either is over, when both are the same, or when somebody else holds the source;
/// `Forbidden` for tickets of two customers; `NotFound`.
pub async fn merge(
    house: &House,
    desk: &DeskRight,
    source: TicketId,
    into: TicketId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    if source == into {
        return Err(ServiceError::conflict(
            "a ticket cannot be merged with itself: choose another",
        ));
    }
    let caller = Caller { agent: desk.agent().clone(), csrf: None };
    let first = visible(house, &caller, source).await?.ticket;
    let from = first.conversation_id;
    let person = store::person::members(&house.db, first.contact_id).await?;
    let to = visible(house, &caller, into).await?.ticket.conversation_id;
    let said = store::message::last(&house.db, from, TOLD_LINES).await?;
    let (mut turn, other) = Turn::open_both(house, from, to).await?;
    if is_repeat(&mut turn, request).await? {
        return turn.roll_back().await;
    }
    let mut ended = turn.ticket(source).await?;
    let mut kept = turn.ticket(into).await?;
    if let Err(refused) = may_merge(desk, &ended.ticket, &kept.ticket, &person) {
        turn.roll_back().await?;
        return Err(match refused {
            Some(refused) => refused,
            None => dispatch::taken_by(house, ended.ticket.assignee()).await,
        });
    }
    turn.cancel(&mut ended, Cancellation::Merged { into }).await?;
    turn.system_line(format!("merged_into:{}:{}", desk.agent().name, into.code())).await?;
    if let Some(other) = other {
        turn.go_on_in(other).await?;
    }
    let language = turn.conversation.language.map_or("it", |language| language.code());
    let note = Body::text(told(&said, source, language));
    turn.system_line(format!("merged_from:{}:{}", desk.agent().name, source.code())).await?;
    turn.write(Author::Agent(desk.agent().id), Visibility::Internal, note, None).await?;
    turn.record(&mut kept, vec![Fact::Note { agent: desk.agent().id }]).await?;
    turn.commit().await
}

/// Who may merge what; `person` are the contacts of the source's customer. `None` when somebody else holds the source.
fn may_merge(
    desk: &DeskRight,
    source: &Ticket,
    into: &Ticket,
    person: &[ContactId],
) -> Result<(), Option<ServiceError>> {
    source
        .life
        .cancel(Cancellation::Merged { into: into.id })
        .map_err(|refused| Some(refused.into()))?;
    if !into.status().is_live() {
        let what = "the ticket that should go on is over: reopen it first, or choose another";
        return Err(Some(ServiceError::conflict(what)));
    }
    if desk.agent().role >= Role::Supervisor {
        return Ok(());
    }
    match source.assignee() {
        Some(holder) if holder == desk.agent().id => {}
        Some(_) => return Err(None),
        None => return Err(Some(ServiceError::conflict("take the ticket first"))),
    }
    if !person.contains(&into.contact_id) {
        let what = "only a supervisor merges tickets of two customers";
        return Err(Some(ServiceError::Forbidden(what)));
    }
    Ok(())
}

/// What was last said in public, as a note: the newest lines that fit.
fn told(said: &[StoredMessage], from: TicketId, language: &str) -> String {
    let public = said.iter().map(|stored| &stored.message).filter(|message| {
        message.visibility == Visibility::Public && !message.body.text.trim().is_empty()
    });
    let lines: Vec<String> = public
        .map(|message| {
            let who = match message.author {
                Author::Customer => say::WROTE_CUSTOMER,
                Author::Bot => say::WROTE_BOT,
                Author::Agent(_) | Author::System => say::WROTE_DESK,
            };
            format!("{}: {}", who.tell(language), message.body.text.trim())
        })
        .collect();
    let head = from.code();
    let mut room = MAX_READ_CHARS - head.chars().count();
    let mut kept: Vec<&str> = Vec::new();
    for line in lines.iter().rev() {
        let length = line.chars().count() + 1;
        if length > room {
            break;
        }
        room -= length;
        kept.push(line);
    }
    kept.push(&head);
    kept.reverse();
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{ConversationId, MessageId};
    use crate::domain::message::{Delivery, Message};
    use crate::domain::time::UtcMillis;
    use uuid::Uuid;

    fn line(author: Author, visibility: Visibility, text: &str) -> StoredMessage {
        let message = Message {
            id: MessageId(Uuid::nil()),
            conversation_id: ConversationId(Uuid::nil()),
            seq: 1,
            author,
            visibility,
            body: Body::text(text),
            language: None,
            at: UtcMillis(0),
            delivery: Delivery::None,
        };
        StoredMessage { message, client_id: None }
    }

    #[test]
    fn what_was_said_goes_along_but_nothing_private() {
        let said = [
            line(Author::Customer, Visibility::Public, "my mug"),
            line(Author::System, Visibility::Internal, "taken:Anna"),
            line(Author::Bot, Visibility::Public, "Which one?"),
        ];
        let note = told(&said, TicketId(Uuid::nil()), "en");
        assert_eq!(note, "0000-0000\nCustomer: my mug\nAutomated assistant: Which one?");
    }

    #[test]
    fn of_a_long_thread_the_end_goes_along() {
        let long = "x".repeat(3_000);
        let said = [long.as_str(), &long, "the end"]
            .map(|text| line(Author::Customer, Visibility::Public, text));
        let note = told(&said, TicketId(Uuid::nil()), "it");
        assert!(note.chars().count() <= MAX_READ_CHARS, "{}", note.chars().count());
        assert!(note.ends_with("Cliente: the end"), "{note}");
    }
}

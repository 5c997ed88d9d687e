//! The outbox: what must happen outside the database, after its turn's commit.
//!
//! A row is leased, carried out beside others, and finished. If the process dies in between, the lease runs out:
//! a send becomes *unconfirmed* (its request may have left), everything else is done again, because
//! it is safe to repeat.

mod hands;
mod pace;

use std::time::Duration;

use self::hands::Hands;
use super::clock::fresh_chance;
use super::turn::Turn;
use super::{
    House, ServiceError, dispatch, failpoint, identity, lookup, page, receipts, rest, typing,
};
use crate::channel::{Reach, Sending};
use crate::domain::conversation::Conversation;
use crate::domain::id::MessageId;
use crate::domain::inbound::Outbound;
use crate::domain::language::Language;
use crate::domain::message::{Author, Delivery};
use crate::domain::time::{MINUTE, SECOND};
use crate::events::Hint;
use crate::store::conversation::Reachable;
use crate::store::message::StoredMessage;
use crate::store::outbox::{End, Leased, Task};
use crate::store::{self, StoreError};

/// How long the worker waits before it looks again by itself.
const PAUSE: Duration = Duration::from_secs(1);
/// How long it waits while a channel sends as fast as it may.
const PACED_PAUSE: Duration = Duration::from_millis(40);
/// The longest pause between tries.
const LONGEST_PAUSE: i64 = 5 * MINUTE;
/// After how many tries a send is given up.
pub(super) const SEND_TRIES: i64 = 12;

/// Carries out what is due, until the house stops; then finishes what is in hand.
pub async fn run(house: &House) {
    let mut hands = Hands::empty(house);
    while !house.stop.is_cancelled() {
        if let Err(error) = hands.take_up().await {
            tracing::warn!(worker = "delivery", ?error, "will try again");
        }
        let pause = if hands.are_paced() { PACED_PAUSE } else { PAUSE };
        tokio::select! {
            () = house.stop.cancelled() => {}
            () = house.outbox.notified() => {}
            () = hands.one_ends() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    hands.finish().await;
}

/// Everything that is due, until nothing more is.
///
/// # Errors
/// The records are not reachable.
pub async fn drain(house: &House) -> Result<(), ServiceError> {
    let mut hands = Hands::empty(house);
    loop {
        let taken = hands.take_up().await;
        if taken.is_err() {
            hands.finish().await;
            return taken;
        }
        if hands.are_empty() {
            return hands.problem().map_or(Ok(()), Err);
        }
        tokio::select! {
            () = house.outbox.notified() => {}
            () = hands.one_ends() => {}
        }
    }
}

/// A row whose process died.
async fn take_over(house: &House, row: &Leased) -> Result<(), ServiceError> {
    let problem = "the sender stopped before an answer came".to_owned();
    let end = match row.task {
        Task::Send { .. } => End::Unconfirmed { problem },
        Task::Mail { code } => {
            identity::left_behind(house, code).await?;
            End::Unconfirmed { problem }
        }
        _ => End::Again { at: house.now(), problem },
    };
    finish(house, row, &end, None).await
}

/// Carries out a leased effect and notes how it ended.
async fn carry_out(house: &House, row: Leased) -> Result<(), ServiceError> {
    let (end, provider_id) = match &row.task {
        Task::Send { message } => send(house, *message, row.attempts).await,
        Task::Enqueue { ticket, preferred } => {
            let queued = dispatch::enqueue(house, *ticket, *preferred).await;
            (or_again(house, row.attempts, queued), None)
        }
        Task::Rescore { ticket } => {
            let moved = dispatch::rescore(house, *ticket).await;
            (or_again(house, row.attempts, moved), None)
        }
        Task::Dequeue { ticket } => {
            let removed = dispatch::dequeue(house, *ticket).await;
            (or_again(house, row.attempts, removed), None)
        }
        Task::Reweigh { ticket } => {
            let weighed = dispatch::reweigh(house, *ticket).await;
            (or_again(house, row.attempts, weighed), None)
        }
        Task::Page { .. } => (page::call(house, &row).await?, None),
        Task::Fetch { message, n } => {
            (super::file::copy(house, *message, *n, row.attempts).await?, None)
        }
        Task::Verify { ticket } => {
            let asked = identity::ask_by_itself(house, *ticket).await;
            (or_again(house, row.attempts, asked), None)
        }
        Task::Mail { code } => (identity::mail(house, &row, *code).await?, None),
        Task::Lookup { id, name, slots, cause } => {
            let asking = lookup::ask(house, name, slots);
            let outcome = typing::meanwhile(house, row.conversation, asking).await;
            let told = lookup::tell(house, &row, *id, outcome, *cause).await;
            (or_again(house, row.attempts, told), None)
        }
    };
    finish(house, &row, &end, provider_id.as_deref()).await
}

/// What fails is tried again, ever more slowly, as long as it takes.
fn or_again(house: &House, attempts: i64, done: Result<(), ServiceError>) -> End {
    match done {
        Ok(()) => End::Done,
        Err(error) => {
            let problem = error.to_string();
            tracing::debug!(problem, attempts, "outbox: again later");
            End::Again { at: house.now().plus(pause(attempts, fresh_chance())), problem }
        }
    }
}

/// 1 s, 2 s, 4 s … up to five minutes, of which chance takes up to a half, so that what failed together
/// does not come back together.
pub(super) fn pause(attempts: i64, chance: u16) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 16)).unwrap_or(0);
    let whole = (SECOND << doublings).min(LONGEST_PAUSE);
    whole - whole / 2 * i64::from(chance) / i64::from(u16::MAX)
}

/// A message and its thread; `None` when they are gone.
async fn load(
    house: &House,
    id: MessageId,
) -> Result<Option<(StoredMessage, Conversation)>, StoreError> {
    let Some(stored) = store::message::get(&house.db, id).await? else { return Ok(None) };
    let thread = store::conversation::get(&house.db, stored.message.conversation_id).await?;
    Ok(thread.map(|thread| (stored, thread)))
}

/// Sends a message. What goes wrong in our own records before the request leaves is tried again; what
/// goes wrong in them afterwards changes nothing of what is known.
async fn send(house: &House, id: MessageId, attempts: i64) -> (End, Option<String>) {
    let (stored, conversation) = match load(house, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return (End::Dead { problem: "the message is gone".to_owned() }, None),
        Err(error) => {
            let at = house.now().plus(pause(attempts, fresh_chance()));
            return (End::Again { at, problem: error.to_string() }, None);
        }
    };
    let sending = hand_over(house, &conversation, &stored.message).await;
    let kind = match &sending {
        Sending::Sent { .. } => "sent",
        Sending::Later { .. } => "later",
        Sending::Throttled { .. } => "throttled",
        Sending::Refused { .. } => "refused",
        Sending::Unreachable { .. } => "unreachable",
        Sending::Unconfirmed { .. } => "unconfirmed",
    };
    metrics::counter!("sportello_outbound_total",
        "channel" => conversation.channel.0.clone(), "result" => kind)
    .increment(1);
    if let Sending::Unreachable { reason } = &sending
        && let Err(error) = note_unreachable(house, &conversation, reason).await
    {
        tracing::warn!(?error, "a contact that cannot be reached was not noted");
    }
    match sending {
        Sending::Sent { provider_id } => (End::Done, Some(provider_id).filter(|id| !id.is_empty())),
        Sending::Later { reason, .. } if attempts >= SEND_TRIES => {
            (End::Dead { problem: reason }, None)
        }
        Sending::Later { after, reason } => {
            let at = house.now().plus(after.max(pause(attempts, fresh_chance())));
            (End::Again { at, problem: reason }, None)
        }
        // Not the message's fault: it is tried as often as it takes.
        Sending::Throttled { after, scope, reason } => {
            let at = house.now().plus(after);
            let door = (&conversation.channel, &conversation.address);
            if let Err(error) = pace::wait(house, door, scope, at).await {
                tracing::warn!(?error, "a wait that a provider asked for was not noted");
            }
            (End::Again { at, problem: reason }, None)
        }
        Sending::Refused { reason } | Sending::Unreachable { reason } => {
            (End::Dead { problem: reason }, None)
        }
        Sending::Unconfirmed { reason } => (End::Unconfirmed { problem: reason }, None),
    }
}

async fn hand_over(
    house: &House,
    conversation: &Conversation,
    message: &crate::domain::message::Message,
) -> Sending {
    if conversation.channel.0 == rest::CHANNEL {
        return rest::call_back(house, conversation, message).await;
    }
    let Some(channel) = house.channels.get(&conversation.channel) else {
        let reason = format!("the channel {} is not configured", conversation.channel.0);
        return Sending::Later { after: MINUTE, reason };
    };
    let language = message.language.or(conversation.language).unwrap_or(Language::It);
    let mut body = message.body.clone();
    if channel.capabilities().reach == Reach::Pull {
        return Sending::Sent { provider_id: String::new() };
    }
    if matches!(message.author, Author::Agent(_)) {
        body.buttons.clear();
    }
    let outbound = Outbound { address: conversation.address.clone(), body, language };
    channel.send(&outbound, house).await
}

async fn note_unreachable(
    house: &House,
    conversation: &Conversation,
    reason: &str,
) -> Result<(), ServiceError> {
    let mut turn = Turn::open(house, conversation.id).await?;
    let contact = turn.conversation.contact_id;
    let no = Reachable::No;
    store::conversation::touch_contact(&mut turn.tx, contact, None, None, no).await?;
    turn.system_line(format!("unreachable:{reason}")).await?;
    turn.commit().await
}

async fn finish(
    house: &House,
    row: &Leased,
    end: &End,
    provider_id: Option<&str>,
) -> Result<(), ServiceError> {
    let (now, mut tx) = (house.now(), house.db.begin().await?);
    // A receipt may be on its way: whoever has the thread's lock first is read by the other.
    let thread = match (row.conversation, provider_id) {
        (Some(id), Some(_)) => store::conversation::lock(&mut tx, id).await?,
        _ => None,
    };
    store::outbox::finish(&mut tx, row.id, end, now).await?;
    if let Task::Send { message } = row.task {
        let delivery = match end {
            End::Done => Some(Delivery::Sent),
            End::Again { .. } => None,
            End::Unconfirmed { .. } => Some(Delivery::Unconfirmed),
            End::Dead { .. } => Some(Delivery::Failed),
        };
        if let Some(delivery) = delivery {
            store::message::set_delivery(&mut tx, message, delivery, provider_id).await?;
        }
        if let (Some(thread), Some(provider_id)) = (&thread, provider_id) {
            receipts::catch_up(&mut tx, thread, (message, provider_id), now).await?;
        }
    }
    failpoint::pass("end.before");
    tx.commit().await?;
    failpoint::pass("end.after");
    if let (Task::Send { .. }, End::Unconfirmed { problem } | End::Dead { problem }) =
        (&row.task, end)
    {
        tracing::warn!(problem, "message not delivered for sure");
        house.bus.tell(Hint::Outbox).await;
    }
    if matches!(row.task, Task::Lookup { .. }) {
        house.bus.tell(Hint::Outbox).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_chance_takes_at_most_a_half() {
        for (attempts, whole) in [(0, 1), (1, 2), (5, 32), (8, 256), (9, 300), (99, 300)] {
            let whole = whole * SECOND;
            assert_eq!(pause(attempts, 0), whole);
            assert_eq!(pause(attempts, u16::MAX), whole / 2);
            assert!((whole / 2..=whole).contains(&pause(attempts, 12_345)));
        }
    }
}

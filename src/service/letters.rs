//! Messages that did not arrive for sure, and updates that were not understood: what people decide
//! about them.

use super::access::BoardRight;
use super::clock::fresh_id;
use super::turn::Turn;
use super::view::{LetterView, LettersView, UnreadView};
use super::{House, ServiceError, receipts, viewing};
use crate::domain::id::{AgentId, OutboxId};
use crate::domain::time::DAY;
use crate::events::Hint;
use crate::store;
use crate::store::inbox::StoredUpdate;
use crate::store::letter::{Decided, Decision, Letter};

/// How many of each are listed.
const LISTED: i64 = 200;
/// How many decisions are named.
const DECIDED: i64 = 20;
/// For how long decisions are named, ms.
const NAMED: i64 = 7 * DAY;

/// Everything that waits for somebody's decision.
///
/// # Errors
/// `Unavailable`.
pub async fn list(house: &House, _right: &BoardRight) -> Result<LettersView, ServiceError> {
    let names = viewing::names(house).await?;
    let name = |agent: AgentId| names.get(&agent).cloned().unwrap_or_default();
    let since = house.now().plus(-NAMED);
    let decided = store::letter::decided(&house.db, DECIDED).await?;
    let counted = store::letter::counted(&house.db).await?;
    Ok(LettersView {
        at: house.now().0,
        total: counted.iter().map(|(_, n)| n).sum(),
        letters: store::letter::open(&house.db, LISTED).await?.into_iter().map(shown).collect(),
        unread: store::inbox::set_aside(&house.db, LISTED).await?.into_iter().map(unread).collect(),
        decided: decided
            .into_iter()
            .filter(|one| one.at >= since)
            .map(|Decided { agent, decision, at, letter }| {
                (letter.to_string(), name(agent), decision, at.0)
            })
            .collect(),
    })
}

fn shown(letter: Letter) -> LetterView {
    LetterView {
        id: letter.id.to_string(),
        ticket: letter.ticket.map(|ticket| ticket.to_string()),
        customer: letter.customer.unwrap_or_default(),
        channel: letter.channel.0,
        text: letter.text,
        state: letter.state,
        problem: letter.problem.unwrap_or_default(),
        at: letter.at.0,
        ended_at: letter.ended_at.0,
        tries: letter.tries,
    }
}

fn unread(update: StoredUpdate) -> UnreadView {
    UnreadView {
        id: update.id.to_string(),
        channel: update.channel.0,
        provider_id: update.provider_id,
        state: update.status,
        problem: update.problem.unwrap_or_default(),
        at: update.received_at.0,
    }
}

/// Sends a message again. Only once, however often it is asked for.
///
/// # Errors
/// `NotFound`, `Conflict` when it is on its way or decided already, `Unavailable`.
pub async fn send_again(
    house: &House,
    right: &BoardRight,
    id: OutboxId,
) -> Result<(), ServiceError> {
    decide(house, right, id, Decision::Again).await
}

/// Leaves a message as it is.
///
/// # Errors
/// As [`send_again`].
pub async fn dismiss(house: &House, right: &BoardRight, id: OutboxId) -> Result<(), ServiceError> {
    decide(house, right, id, Decision::Dismiss).await
}

async fn decide(
    house: &House,
    right: &BoardRight,
    id: OutboxId,
    decision: Decision,
) -> Result<(), ServiceError> {
    let thread = store::letter::thread(&house.db, id).await?;
    let thread = thread.ok_or(ServiceError::NotFound("the message"))?;
    let mut turn = Turn::open(house, thread).await?;
    let now = turn.now;
    let Some(stood) = store::letter::decide(&mut turn.tx, id, decision, now).await? else {
        turn.roll_back().await?;
        let what = "it is on its way, or somebody has decided about it already";
        return Err(ServiceError::conflict(what));
    };
    if let (Decision::Again, Some(message)) = (decision, stood.message) {
        store::message::set_out_again(&mut turn.tx, message).await?;
    }
    let who = (right.agent().id, decision);
    store::letter::record(&mut turn.tx, fresh_id(), (id, &stood), who, now).await?;
    let line = match decision {
        Decision::Again => "sent_again",
        Decision::Dismiss => "left_unsent",
    };
    turn.system_line(format!("{line}:{}", right.agent().name)).await?;
    if let Some(hint) = receipts::looked_at(&turn.conversation) {
        turn.hint(hint);
    }
    turn.hint(Hint::Outbox);
    turn.commit().await?;
    house.outbox.notify_one();
    Ok(())
}

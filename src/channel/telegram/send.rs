//! Sends a message step by step: its files, its places, its words.

use std::time::Duration;

use teloxide::Bot;
use teloxide::payloads::SendMessageSetters as _;
use teloxide::prelude::Requester as _;
use teloxide::types::{ChatAction, ChatId, InlineKeyboardButton, InlineKeyboardMarkup};

use super::outcome::{self, Outcome};
use super::plan::{Step, plan, too_large};
use super::upload;
use crate::channel::file::Files;
use crate::channel::render::Part;
use crate::channel::{Capabilities, Sending, token};
use crate::domain::inbound::Outbound;
use crate::domain::message::Button;

/// The most bytes that Telegram carries back from a button.
const PAYLOAD_BYTES: usize = 64;
/// How many buttons with short labels share a row.
const ROW: usize = 5;
/// The longest label that shares a row, in characters.
const SHORT: usize = 3;
/// The longest that a later step waits for its turn, in ms.
const STEP_WAIT: i64 = 60_000;
/// How often a later step is tried.
const STEP_TRIES: u8 = 3;

/// Where and with what a message is sent.
pub(super) struct Sender<'a> {
    pub(super) bot: &'a Bot,
    pub(super) files: &'a dyn Files,
    /// How long one request may take before it counts as unconfirmed; an upload takes longer.
    pub(super) limit: Duration,
}

impl Sender<'_> {
    /// Sends a message, in as many steps as it needs.
    pub(super) async fn send(&self, outbound: &Outbound, capabilities: Capabilities) -> Sending {
        let Ok(mut chat) = outbound.address.0.parse().map(ChatId) else {
            return Sending::Refused { reason: "the address is no chat id".to_owned() };
        };
        if let Some(reason) = too_large(&outbound.body) {
            return Sending::Refused { reason };
        }
        let steps = plan(outbound, capabilities);
        let mut sent = Sending::Refused { reason: "the message is empty".to_owned() };
        for (place, step) in steps.iter().enumerate() {
            let outcome = if place == 0 {
                self.step(&mut chat, step).await
            } else {
                self.later_step(&mut chat, step).await
            };
            match outcome {
                Sending::Sent { .. } => sent = outcome,
                _ if place == 0 => return outcome,
                _ => return broken_off(place, steps.len(), &outcome),
            }
        }
        sent
    }

    /// Carries a step out; once more where the group went, if it became a supergroup.
    async fn step(&self, chat: &mut ChatId, step: &Step<'_>) -> Sending {
        let mut outcome = self.try_step(*chat, step).await;
        if let Outcome::Moved(to) = outcome {
            *chat = to;
            outcome = self.try_step(to, step).await;
        }
        match outcome {
            Outcome::Ended(sending) => sending,
            Outcome::Moved(_) => {
                Sending::Refused { reason: "the group moves from place to place".to_owned() }
            }
        }
    }

    async fn try_step(&self, chat: ChatId, step: &Step<'_>) -> Outcome {
        match step {
            Step::Words(part) => self.words(chat, part).await,
            Step::File { file, id, under } => {
                upload::send(self, chat, (file, *id), under.as_ref()).await
            }
            Step::Place { latitude, longitude } => {
                self.confirmed(self.bot.send_location(chat, *latitude, *longitude)).await
            }
        }
    }

    async fn words(&self, chat: ChatId, part: &Part) -> Outcome {
        let mut request = self.bot.send_message(chat, &part.text);
        if !part.buttons.is_empty() {
            request = request.reply_markup(keyboard(&part.buttons));
        }
        self.confirmed(request).await
    }

    async fn confirmed(
        &self,
        request: impl IntoFuture<Output = Result<teloxide::types::Message, teloxide::RequestError>>,
    ) -> Outcome {
        match tokio::time::timeout(self.limit, request.into_future()).await {
            Ok(Ok(message)) => {
                Outcome::Ended(Sending::Sent { provider_id: message.id.0.to_string() })
            }
            Ok(Err(error)) => outcome::outcome_of(&error),
            Err(_) => Outcome::Ended(too_late(self.limit)),
        }
    }

    /// A step after the first: a short wait keeps the message in one piece.
    async fn later_step(&self, chat: &mut ChatId, step: &Step<'_>) -> Sending {
        let mut outcome = self.step(chat, step).await;
        for _ in 1..STEP_TRIES {
            let (Sending::Later { after, .. } | Sending::Throttled { after, .. }) = outcome else {
                break;
            };
            // Less than what was asked for would only lengthen the wait.
            let Some(wait) = u64::try_from(after).ok().filter(|_| after <= STEP_WAIT) else {
                break;
            };
            tokio::time::sleep(Duration::from_millis(wait)).await;
            outcome = self.step(chat, step).await;
        }
        outcome
    }
}

/// Shows "typing…" for some seconds; nobody minds when it fails.
pub(super) async fn typing(bot: &Bot, chat: ChatId, limit: Duration) {
    let request = bot.send_chat_action(chat, ChatAction::Typing);
    match tokio::time::timeout(limit, request).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => {
            tracing::debug!(reason = outcome::reason(&error), "typing could not be shown");
        }
        Err(_) => tracing::debug!("typing could not be shown in time"),
    }
}

/// The request left, and no answer came.
pub(super) fn too_late(limit: Duration) -> Sending {
    Sending::Unconfirmed { reason: format!("no answer within {limit:?}") }
}

fn broken_off(place: usize, steps: usize, outcome: &Sending) -> Sending {
    let cause = match outcome {
        Sending::Later { reason, .. }
        | Sending::Throttled { reason, .. }
        | Sending::Refused { reason }
        | Sending::Unreachable { reason }
        | Sending::Unconfirmed { reason } => reason,
        Sending::Sent { provider_id } => provider_id,
    };
    Sending::Unconfirmed { reason: format!("only {place} of {steps} parts were sent: {cause}") }
}

/// Short labels (ratings) side by side, others one below the other.
pub(super) fn keyboard(buttons: &[Button]) -> InlineKeyboardMarkup {
    let short = buttons.iter().all(|button| button.label.chars().count() <= SHORT);
    let rows = buttons.chunks(if short { ROW } else { 1 });
    InlineKeyboardMarkup::new(rows.map(|row| {
        row.iter().map(|button| {
            let carried = token::carried(&button.payload, PAYLOAD_BYTES);
            InlineKeyboardButton::callback(&button.label, carried)
        })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_share_a_row() {
        let rating = |n: usize| Button { label: n.to_string(), payload: format!("r:{n}") };
        let ratings: Vec<_> = (1..=5).map(rating).collect();
        assert_eq!(keyboard(&ratings).inline_keyboard.len(), 1);
        let words = vec![Button { label: "Stato ordine".into(), payload: "i:x".into() }; 2];
        assert_eq!(keyboard(&words).inline_keyboard.len(), 2);
    }
}

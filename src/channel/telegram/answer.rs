//! Answers button presses, so that the customer's button stops spinning. Best effort: a press that
//! is not answered has had its effect all the same.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde_json::Value;
use teloxide::Bot;
use teloxide::prelude::Requester as _;
use teloxide::types::CallbackQueryId;
use tokio::sync::{Mutex, mpsc};

/// How many presses may wait for their answer; further ones go without.
const WAITING: usize = 256;
/// How many answers are under way at once.
const UNDER_WAY: usize = 32;

/// The presses that wait for their answer.
pub(super) struct Presses {
    into: mpsc::Sender<String>,
    from: Mutex<mpsc::Receiver<String>>,
}

impl Default for Presses {
    fn default() -> Self {
        let (into, from) = mpsc::channel(WAITING);
        Self { into, from: Mutex::new(from) }
    }
}

impl Presses {
    /// Notes an update if it is a press. Never waits.
    pub(super) fn note(&self, update: Option<&Value>) {
        let id = update.and_then(|update| update.pointer("/callback_query/id")?.as_str());
        if let Some(id) = id
            && self.into.try_send(id.to_owned()).is_err()
        {
            tracing::debug!("too many button presses wait for their answer; one goes without");
        }
    }

    /// Answers the noted presses, for ever.
    pub(super) async fn answer(&self, bot: &Bot, limit: Duration) {
        let mut from = self.from.lock().await;
        let mut under_way = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(id) = from.recv(), if under_way.len() < UNDER_WAY => under_way.push(answer(bot, id, limit)),
                Some(()) = under_way.next(), if !under_way.is_empty() => {}
            }
        }
    }
}

async fn answer(bot: &Bot, id: String, limit: Duration) {
    let request = bot.answer_callback_query(CallbackQueryId(id));
    match tokio::time::timeout(limit, request).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::debug!(
            reason = super::outcome::reason(&error),
            "a button press could not be answered"
        ),
        Err(_) => tracing::debug!("a button press could not be answered in time"),
    }
}

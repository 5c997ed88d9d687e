//! What a test may look at, and wait for.

use serde_json::Value;

use super::FakeTelegram;
use super::sending::Shown;
use super::server::State;

impl FakeTelegram {
    /// Waits for `n` messages to a chat and returns all that it got so far.
    pub(crate) async fn sent_to(&self, chat: i64, n: usize) -> Vec<Shown> {
        let all = |state: &State| -> Vec<Shown> {
            state.shown.iter().filter(|shown| shown.chat == chat).cloned().collect()
        };
        let what = format!("{n} messages to chat {chat}");
        self.server.soon(&what, |state| Some(all(state)).filter(|shown| shown.len() >= n)).await
    }

    /// Waits until the bot has confirmed an update by asking for later ones.
    pub(crate) async fn confirmed(&self, update_id: i64) {
        let what = format!("update {update_id} confirmed");
        self.server.soon(&what, |state| state.is_confirmed(update_id).then_some(())).await;
    }

    /// Waits for `n` calls of a method, such as `getupdates` (in lower case).
    pub(crate) async fn called(&self, method: &str, n: usize) {
        let what = format!("{n} calls of {method}");
        self.server.soon(&what, |state| (state.count(method) >= n).then_some(())).await;
    }

    /// Waits for `n` answered button presses; their ids.
    pub(crate) async fn answered(&self, n: usize) -> Vec<String> {
        let what = format!("{n} presses answered");
        let look = |state: &State| (state.answered.len() >= n).then(|| state.answered.clone());
        self.server.soon(&what, look).await
    }

    /// How often a method was called, by its name in lower case.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.server.state().count(method)
    }

    /// Whether an update is confirmed.
    pub(crate) fn is_confirmed(&self, update_id: i64) -> bool {
        self.server.state().is_confirmed(update_id)
    }

    /// What each poll so far asked to begin at.
    pub(crate) fn offsets(&self) -> Vec<Option<i64>> {
        self.server.state().offsets.clone()
    }

    /// How many polls were ended because another one began.
    pub(crate) fn conflicts(&self) -> usize {
        self.server.state().conflicts
    }

    /// Waits for a webhook to be set; what it was set with.
    pub(crate) async fn webhook(&self) -> Value {
        self.server.soon("a webhook", |state| state.webhook.clone()).await
    }

    /// Waits for `n` signs that the bot is typing to a chat.
    pub(crate) async fn typing(&self, chat: i64, n: usize) {
        let what = format!("{n} signs of typing to chat {chat}");
        let all = |state: &State| state.typing.iter().filter(|it| **it == chat).count();
        self.server.soon(&what, |state| (all(state) >= n).then_some(())).await;
    }
}

//! Listeners to one conversation each. A thousand open chats are not woken by each other's lines.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::Hint;
use crate::domain::contact::{Address, ChannelName};

/// A channel's name and an address.
type Key = (ChannelName, Address);

/// Who listens to which conversation.
#[derive(Debug, Default)]
pub(super) struct Threads(Mutex<HashMap<Key, watch::Sender<Hint>>>);

impl Threads {
    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<Key, watch::Sender<Hint>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens to a conversation from now on.
    pub(super) fn listen(
        self: &Arc<Self>,
        channel: &ChannelName,
        address: &Address,
    ) -> Subscription {
        let key = (channel.clone(), address.clone());
        let mut open = self.open();
        let sender = open.entry(key.clone()).or_insert_with(|| watch::Sender::new(Hint::Missed));
        Subscription { heard: sender.subscribe(), key, threads: Arc::clone(self) }
    }

    /// Tells those whom it is about.
    pub(super) fn tell(&self, hint: &Hint) {
        match hint {
            Hint::Conversation { channel, address, .. } => {
                let open = self.open();
                if let Some(sender) = open.get(&(channel.clone(), address.clone())) {
                    sender.send_replace(hint.clone());
                }
            }
            Hint::Missed => {
                for sender in self.open().values() {
                    sender.send_replace(Hint::Missed);
                }
            }
            _ => {}
        }
    }
}

/// One listener to a conversation.
pub(super) struct Subscription {
    heard: watch::Receiver<Hint>,
    key: Key,
    threads: Arc<Threads>,
}

impl Subscription {
    /// The last hint since the one before; `None` when the bus is gone.
    pub(super) async fn next(&mut self) -> Option<Hint> {
        self.heard.changed().await.ok()?;
        Some(self.heard.borrow_and_update().clone())
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut open = self.threads.open();
        if open.get(&self.key).is_some_and(|sender| sender.receiver_count() <= 1) {
            open.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Bus;

    fn line(address: &str, seq: i64) -> Hint {
        let (channel, address) = (ChannelName("webchat".into()), Address(address.into()));
        Hint::Conversation { channel, address, seq }
    }

    #[tokio::test]
    async fn only_what_is_about_the_own_conversation_is_heard() {
        let bus = Bus::local();
        let (channel, address) = (ChannelName("webchat".into()), Address("a".into()));
        let mut mine = bus.listen_about(&channel, &address);
        let mut again = bus.listen_about(&channel, &address);
        bus.tell(line("b", 1)).await;
        bus.tell(Hint::Queue).await;
        bus.tell(line("a", 2)).await;
        bus.tell(line("a", 3)).await;
        assert_eq!(mine.next().await, Some(line("a", 3)), "the last of several");
        assert_eq!(again.next().await, Some(line("a", 3)));
        bus.tell(Hint::Missed).await;
        assert_eq!(mine.next().await, Some(Hint::Missed));
        assert!(futures::poll!(Box::pin(mine.next())).is_pending());
    }

    #[tokio::test]
    async fn who_goes_away_leaves_nothing_behind() {
        let bus = Bus::local();
        let Bus::Local(ears) = &bus else { panic!("local") };
        let (channel, address) = (ChannelName("webchat".into()), Address("a".into()));
        let (first, second) =
            (bus.listen_about(&channel, &address), bus.listen_about(&channel, &address));
        drop(first);
        assert_eq!(ears.threads.open().len(), 1);
        drop(second);
        assert!(ears.threads.open().is_empty());
    }
}

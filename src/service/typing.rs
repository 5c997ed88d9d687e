//! Shows the customer that an answer is on its way.

use std::pin::pin;
use std::time::Duration;

use super::House;
use crate::channel::Reach;
use crate::domain::id::ConversationId;
use crate::store;

/// What takes less is not worth a sign.
const SHORT: Duration = Duration::from_millis(300);
/// How long a sign lasts at every provider.
const LASTS: Duration = Duration::from_secs(4);

/// Does the work, and shows the conversation's customer meanwhile that it is being done.
pub(super) async fn meanwhile<T>(
    house: &House,
    conversation: Option<ConversationId>,
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return done,
        () = show(house, conversation) => {}
    }
    work.await
}

async fn show(house: &House, conversation: Option<ConversationId>) {
    tokio::time::sleep(SHORT).await;
    let Some(id) = conversation else { return };
    let Ok(Some(conversation)) = store::conversation::get(&house.db, id).await else { return };
    let Some(channel) = house.channels.get(&conversation.channel) else { return };
    if channel.capabilities().reach != Reach::Push {
        return;
    }
    loop {
        channel.typing(&conversation.address).await;
        tokio::time::sleep(LASTS).await;
    }
}

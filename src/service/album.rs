//! Albums: several files that were sent as one message reach us one by one, and count as one.
//!
//! The first of them waits a moment for the others. The waiting is nothing but rows of the inbox and
//! their time of receipt: after a crash it goes on, or is over.

use std::time::Duration;

use super::turn::Turn;
use super::{House, ServiceError, intake};
use crate::dialogue::{Input, Wait};
use crate::domain::conversation::Owner;
use crate::domain::id::InboxId;
use crate::domain::inbound::Content;
use crate::domain::message::{Attachment, Body};
use crate::domain::time::UtcMillis;
use crate::store;
use crate::store::inbox::InboxRow;

/// How long the first part waits for the others, in ms.
const HOLD: i64 = 800;
/// How long the worker waits before it looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// The most parts that are joined; Telegram sends ten at most.
const PARTS: i64 = 50;

/// Updates that are applied as one.
pub(super) struct Joined {
    /// What they say together, under the id of the first.
    pub(super) row: InboxRow,
    /// The others.
    pub(super) others: Vec<InboxId>,
}

/// The update with the other parts of its album; `None` while it waits for them.
pub(super) async fn join(turn: &mut Turn, row: InboxRow) -> Result<Option<Joined>, ServiceError> {
    let Content::Album { album, .. } = &row.inbound.content else {
        return Ok(Some(Joined { row, others: Vec::new() }));
    };
    if turn.now < due(&row) {
        turn.house.albums.notify_one();
        return Ok(None);
    }
    let (channel, address) = (&row.inbound.channel, &row.inbound.address);
    let mut parts = store::inbox::waiting_of(&mut turn.tx, channel, address, PARTS).await?;
    parts.retain(
        |part| matches!(&part.inbound.content, Content::Album { album: of, .. } if of == album),
    );
    Ok(Some(joined(parts).unwrap_or(Joined { row, others: Vec::new() })))
}

const fn due(row: &InboxRow) -> UtcMillis {
    row.received_at.plus(HOLD)
}

/// One update out of the parts of an album, in the order in which they were sent.
fn joined(mut parts: Vec<InboxRow>) -> Option<Joined> {
    parts.sort_by_key(|part| (part.inbound.provider_id.parse::<i64>().ok(), part.id));
    let mut parts = parts.into_iter();
    let mut row = parts.next()?;
    let mut others = Vec::new();
    for part in parts {
        others.push(part.id);
        if let (
            Content::Album { caption, attachments, .. },
            Content::Album { caption: words, attachments: more, .. },
        ) = (&mut row.inbound.content, part.inbound.content)
        {
            attachments.extend(more);
            if !words.is_empty() && !caption.is_empty() {
                caption.push('\n');
            }
            caption.push_str(&words);
        }
    }
    Some(Joined { row, others })
}

/// Applies albums whose time has come, until the house stops.
pub async fn run(house: &House) {
    while !house.stop.is_cancelled() {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = house.albums.notified() => {}
        }
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        // One that still waits wakes this worker again.
        if let Err(error) = look(house).await {
            tracing::warn!(worker = "albums", ?error, "will try again");
        }
    }
}

async fn look(house: &House) -> Result<(), ServiceError> {
    for (channel, address) in store::inbox::untried(&house.db, house.now()).await? {
        intake::settle(house, &channel, &address).await;
    }
    Ok(())
}

impl Turn {
    /// Applies a whole album, or a part that came too late to be joined: the customer has had an
    /// answer then, and gets no second one.
    pub(super) async fn receive_album(
        &mut self,
        album: &str,
        caption: &str,
        attachments: &[Attachment],
        wait: Wait,
    ) -> Result<(), ServiceError> {
        let client_id = format!("album:{album}");
        let conversation = self.conversation.id;
        let late = store::message::is_known(&mut self.tx, conversation, &client_id).await?;
        let kind = attachments.first().map_or_else(String::new, |file| file.kind.clone());
        let body =
            Body { text: caption.to_owned(), attachments: attachments.to_vec(), ..Body::default() };
        self.hear(body, (!late).then_some(client_id.as_str())).await?;
        if late && self.conversation.owner == Owner::Bot {
            return Ok(());
        }
        self.converse(&Input::Files { caption: caption.to_owned(), kind }, wait).await
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::contact::{Address, ChannelName, Origin};
    use crate::domain::inbound::Inbound;

    fn part(number: u128, provider_id: &str, caption: &str) -> InboxRow {
        let attachment = Attachment { kind: format!("photo{number}"), ..Attachment::default() };
        let content = Content::Album {
            album: "a".into(),
            caption: caption.into(),
            attachments: vec![attachment],
        };
        InboxRow {
            id: InboxId(Uuid::from_u128(number)),
            inbound: Inbound {
                channel: ChannelName("telegram:x".into()),
                provider_id: provider_id.into(),
                address: Address("1".into()),
                name: None,
                language: None,
                content,
                provider_at: None,
                origin: Origin::Real,
                segments: None,
            },
            received_at: UtcMillis(0),
            followed: false,
        }
    }

    #[test]
    fn parts_are_joined_in_the_order_of_sending_whatever_order_they_came_in() {
        let parts = vec![part(1, "12", "due"), part(2, "9", "uno"), part(3, "13", "")];
        let joined = joined(parts).unwrap();
        assert_eq!(joined.row.id, InboxId(Uuid::from_u128(2)));
        assert_eq!(joined.others.len(), 2);
        let Content::Album { caption, attachments, .. } = joined.row.inbound.content else {
            panic!("no album")
        };
        assert_eq!(caption, "uno\ndue");
        let kinds: Vec<_> = attachments.iter().map(|file| file.kind.as_str()).collect();
        assert_eq!(kinds, ["photo2", "photo1", "photo3"]);
    }
}

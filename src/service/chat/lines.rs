//! What a visitor is shown.

use std::collections::HashMap;

use super::{Visitor, thread};
use crate::domain::id::AgentId;
use crate::domain::message::{Author, Delivery, Visibility};
use crate::service::view::{ChatLine, RichView};
use crate::service::{House, ServiceError, accounts, viewing};
use crate::store::{self, message::StoredMessage};

/// How many lines one answer holds.
const LINES: i64 = 200;

/// The lines after `seq`, oldest first, at most 200.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Unavailable`.
pub async fn lines(
    house: &House,
    visitor: &Visitor,
    after: i64,
) -> Result<Vec<ChatLine>, ServiceError> {
    let Some(conversation) = thread(house, visitor).await?.filter(|found| found.seq > after) else {
        return Ok(Vec::new());
    };
    let mut after = after;
    loop {
        let messages = store::message::after(&house.db, conversation.id, after, LINES).await?;
        let Some(last) = messages.last() else { return Ok(Vec::new()) };
        let ours = messages.iter().filter(|it| is_unseen(it)).map(|it| it.message.seq);
        if let Some(to) = ours.max() {
            accounts::fetch(house, conversation.id, (after + 1, to));
        }
        after = last.message.seq;
        let names = viewing::names(house).await?;
        let seen = messages.iter().filter(|it| it.message.visibility == Visibility::Public);
        let lines: Vec<ChatLine> = seen.filter_map(|stored| line(stored, &names)).collect();
        // A long run of lines that only the desk sees is passed over.
        if !lines.is_empty() {
            return Ok(lines);
        }
    }
}

/// Whether it is something that we wrote and the visitor's page has not fetched yet.
fn is_unseen(stored: &StoredMessage) -> bool {
    stored.message.visibility == Visibility::Public
        && matches!(stored.message.author, Author::Bot | Author::Agent(_))
        && stored.message.delivery.may_become(Delivery::Delivered)
}

fn line(stored: &StoredMessage, names: &HashMap<AgentId, String>) -> Option<ChatLine> {
    let message = &stored.message;
    let (from, name) = match message.author {
        Author::Customer => ("you", None),
        Author::Bot => ("bot", None),
        Author::Agent(agent) => ("agent", names.get(&agent).cloned()),
        Author::System => return None,
    };
    let client_id = stored.client_id.as_deref().and_then(|id| id.rsplit_once(':'));
    Some(ChatLine {
        seq: message.seq,
        from: from.to_owned(),
        name,
        text: message.body.text.clone(),
        buttons: viewing::buttons(stored),
        rich: RichView::of(&message.body),
        at: message.at.0,
        client_id: client_id.map(|(_, id)| id.to_owned()),
        attachments: viewing::for_customer(message, "/chat/files"),
    })
}

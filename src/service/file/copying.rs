//! Our copies of what came in with an update: fetched from the channel after the turn, kept once.

use std::time::Duration;

use super::FileRefused;
use super::keeping::{attachment, complete, count, discard, take_in};
use crate::channel::file::NotFetched;
use crate::domain::conversation::{Conversation, Owner};
use crate::domain::id::{FileId, MessageId};
use crate::domain::message::Attachment;
use crate::domain::time::MINUTE;
use crate::events::Hint;
use crate::service::clock::fresh_id;
use crate::service::delivery::{SEND_TRIES, pause};
use crate::service::turn::Turn;
use crate::service::{House, ServiceError};
use crate::store;
use crate::store::file::{Place, StoredFile};
use crate::store::outbox::End;

/// How long a channel may take until it begins to hand a file over.
const PATIENCE: Duration = Duration::from_mins(1);

/// How a try ended.
enum Copied {
    Here(StoredFile),
    Missing(&'static str),
    Later(i64, String),
}

/// Fetches one attachment, unless there is a copy already, and notes the copy in its message.
pub(in crate::service) async fn copy(
    house: &House,
    message: MessageId,
    n: u32,
    attempts: i64,
) -> Result<End, ServiceError> {
    let Some(stored) = store::message::get(&house.db, message).await? else {
        return Ok(End::Done);
    };
    let index = usize::try_from(n).unwrap_or(usize::MAX);
    let wanted = stored.message.body.attachments.get(index);
    let Some(wanted) = wanted.filter(|it| super::using::is_to_fetch(it)) else {
        return Ok(End::Done);
    };
    let id = stored.message.conversation_id;
    let Some(conversation) = store::conversation::get(&house.db, id).await? else {
        return Ok(End::Done);
    };
    let place = Place { message, n: i64::from(n) };
    match fetch(house, &conversation, wanted).await? {
        Copied::Here(file) => attach(house, &conversation, place, index, file).await?,
        Copied::Missing(problem) => miss(house, &conversation, place, problem).await?,
        Copied::Later(_, problem) if attempts >= SEND_TRIES => {
            tracing::warn!(problem, "a file is given up");
            miss(house, &conversation, place, "gone").await?;
        }
        Copied::Later(after, problem) => {
            let at = house.now().plus(after.max(pause(attempts)));
            return Ok(End::Again { at, problem });
        }
    }
    Ok(End::Done)
}

async fn fetch(
    house: &House,
    conversation: &Conversation,
    wanted: &Attachment,
) -> Result<Copied, ServiceError> {
    let Some(channel) = house.channels.get(&conversation.channel) else {
        let problem = format!("the channel {} is not configured", conversation.channel.0);
        return Ok(Copied::Later(MINUTE, problem));
    };
    let parcel = match tokio::time::timeout(PATIENCE, channel.fetch(wanted)).await {
        Ok(Ok(parcel)) => parcel,
        Ok(Err(NotFetched::Gone(_))) => return Ok(Copied::Missing("gone")),
        Ok(Err(NotFetched::TooLarge(_))) => return Ok(Copied::Missing("too_large")),
        Ok(Err(NotFetched::Later(problem))) => return Ok(Copied::Later(0, problem)),
        Err(_) => return Ok(Copied::Later(0, "the channel does not answer".to_owned())),
    };
    if parcel.bytes.is_some_and(|bytes| bytes > house.settings.files.max_bytes) {
        return Ok(Copied::Missing("too_large"));
    }
    let name = wanted.name.as_deref().or(parcel.name.as_deref());
    let mut pieces = parcel.pieces;
    Ok(match take_in(house, Some(conversation.id), name, &mut pieces).await {
        Ok(file) => Copied::Here(file),
        Err(FileRefused::TooLarge { .. }) => Copied::Missing("too_large"),
        Err(FileRefused::Type { .. } | FileRefused::TooMany) => Copied::Missing("refused"),
        Err(FileRefused::Empty) => Copied::Missing("gone"),
        Err(FileRefused::CutOff(problem)) => Copied::Later(0, problem),
        Err(FileRefused::Failed(error)) => return Err(error),
    })
}

/// The copy becomes visible, and its message's own, at once; a second copy is dropped.
async fn attach(
    house: &House,
    conversation: &Conversation,
    place: Place,
    index: usize,
    file: StoredFile,
) -> Result<(), ServiceError> {
    let mut turn = Turn::open(house, conversation.id).await?;
    let mut body = store::message::body_in(&mut turn.tx, place.message).await?;
    let open = body.as_mut().and_then(|body| body.attachments.get_mut(index));
    let Some(open) = open.filter(|open| open.file.is_none()) else {
        turn.roll_back().await?;
        return discard(house, file.id).await;
    };
    let ours = attachment(&file);
    *open = Attachment { kind: open.kind.clone(), reference: open.reference.clone(), ..ours };
    complete(&mut turn.tx, &file).await?;
    let claimed = store::file::claim(&mut turn.tx, file.id, conversation.id, place).await?;
    if let (Some(body), Some(_)) = (&body, claimed) {
        store::message::set_body(&mut turn.tx, place.message, body).await?;
    }
    turn.tell_ticket();
    turn.commit().await?;
    count("in", "copied", file.bytes);
    Ok(())
}

async fn miss(
    house: &House,
    conversation: &Conversation,
    place: Place,
    problem: &str,
) -> Result<(), ServiceError> {
    let mut turn = Turn::open(house, conversation.id).await?;
    let (id, now) = (FileId(fresh_id()), turn.now);
    store::file::set_missing(&mut turn.tx, id, conversation.id, place, problem, now).await?;
    turn.tell_ticket();
    turn.commit().await?;
    count("in", "missing", 0);
    Ok(())
}

impl Turn {
    /// Screens that show the conversation's ticket look again.
    pub(super) fn tell_ticket(&mut self) {
        let assignee = match self.conversation.owner {
            Owner::Agent(agent) => Some(agent),
            _ => None,
        };
        if let Some(ticket) = self.conversation.ticket_id {
            self.hint(Hint::Ticket { ticket, assignee });
        }
    }
}

//! Reading a file: who may, and its bytes as a stream, a part at a time.

use std::io;

use bytes::Bytes;
use futures::stream;

use crate::channel::file::Pieces;
use crate::domain::agent::Role;
use crate::domain::contact::ChannelName;
use crate::domain::file::{PART_BYTES, stand_in};
use crate::domain::id::FileId;
use crate::domain::message::Visibility;
use crate::service::access::Caller;
use crate::service::chat::{self, Visitor};
use crate::service::desk::may_see;
use crate::service::{House, ServiceError, rest};
use crate::store;
use crate::store::file::StoredFile;

/// How many tickets of a customer are looked at for one of a file's conversation.
const TICKETS: i64 = 500;
const NOWHERE: ServiceError = ServiceError::NotFound("the file");

/// A file that the caller may read.
pub struct OpenFile {
    /// Its name, or a stand-in.
    pub name: String,
    /// What it is, by its first bytes.
    pub mime: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Changes with its content.
    pub tag: String,
    id: FileId,
    house: House,
}

impl OpenFile {
    fn new(house: &House, file: StoredFile) -> Self {
        let kind = crate::domain::file::kind(&file.mime);
        Self {
            name: file.name.unwrap_or_else(|| stand_in(kind, &file.mime)),
            tag: file.sha256.chars().take(32).collect(),
            mime: file.mime,
            bytes: file.bytes,
            id: file.id,
            house: house.clone(),
        }
    }

    /// Some of its bytes, from a place on.
    #[must_use]
    pub fn read(&self, from: u64, length: u64) -> Pieces {
        super::keeping::count("out", "read", length);
        pieces(&self.house, self.id, from, length)
    }
}

/// A place in a file that is being read.
struct Reading {
    house: House,
    id: FileId,
    from: u64,
    left: u64,
}

/// Some of a file's bytes; what was deleted meanwhile ends with an error, never short.
pub(super) fn pieces(house: &House, id: FileId, from: u64, length: u64) -> Pieces {
    let reading = Reading { house: house.clone(), id, from, left: length };
    Box::pin(stream::unfold(reading, |mut reading| async move {
        if reading.left == 0 {
            return None;
        }
        let piece = reading.next().await;
        if piece.is_err() {
            reading.left = 0;
        }
        Some((piece, reading))
    }))
}

impl Reading {
    async fn next(&mut self) -> io::Result<Bytes> {
        let full = u64::try_from(PART_BYTES).unwrap_or(u64::MAX);
        let n = i64::try_from(self.from / full).unwrap_or(i64::MAX);
        let found =
            store::file::part(&self.house.db, self.id, n).await.map_err(io::Error::other)?;
        let part = Bytes::from(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        let skipped = usize::try_from(self.from % full).unwrap_or(usize::MAX);
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX);
        if skipped >= part.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let piece = part.slice(skipped..part.len().min(skipped.saturating_add(wanted)));
        let read = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.from += read;
        self.left = self.left.saturating_sub(read);
        Ok(piece)
    }
}

async fn find(house: &House, id: FileId) -> Result<StoredFile, ServiceError> {
    store::file::get(&house.db, id).await?.ok_or(NOWHERE)
}

/// A file of a conversation of which the caller may see a ticket.
///
/// # Errors
/// `NotFound`, also for who may not see it; `Unavailable`.
pub async fn for_caller(
    house: &House,
    caller: &Caller,
    id: FileId,
) -> Result<OpenFile, ServiceError> {
    let file = find(house, id).await?;
    let conversation = file.conversation.ok_or(NOWHERE)?;
    let thread = store::conversation::get(&house.db, conversation).await?.ok_or(NOWHERE)?;
    let tickets = store::ticket::of_contact(&house.db, thread.contact_id, TICKETS).await?;
    let mut own = tickets.iter().filter(|it| it.ticket.conversation_id == conversation);
    let allowed =
        caller.agent.role >= Role::Supervisor || own.any(|stored| may_see(caller, &stored.ticket));
    if allowed { Ok(OpenFile::new(house, file)) } else { Err(NOWHERE) }
}

/// A file that the visitor sent, or was sent.
///
/// # Errors
/// `NotFound`, also for everybody else's files; `Unavailable`.
pub async fn for_visitor(
    house: &House,
    visitor: &Visitor,
    id: FileId,
) -> Result<OpenFile, ServiceError> {
    chat::is_open(house)?;
    let channel = ChannelName(chat::CHANNEL.to_owned());
    let thread = store::conversation::find(&house.db, &channel, &visitor.address()).await?;
    let thread = thread.ok_or(NOWHERE)?;
    let file = said(house, id).await?;
    let own = file.conversation == Some(thread.id);
    if own { Ok(OpenFile::new(house, file)) } else { Err(NOWHERE) }
}

/// A file of a conversation of the REST channel, for whoever holds its token.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn for_rest(house: &House, id: FileId) -> Result<OpenFile, ServiceError> {
    let file = said(house, id).await?;
    let conversation = file.conversation.ok_or(NOWHERE)?;
    let thread = store::conversation::get(&house.db, conversation).await?.ok_or(NOWHERE)?;
    let own = thread.channel.0 == rest::CHANNEL;
    if own { Ok(OpenFile::new(house, file)) } else { Err(NOWHERE) }
}

/// A file that customer and desk both know of: one of a public message.
async fn said(house: &House, id: FileId) -> Result<StoredFile, ServiceError> {
    let file = find(house, id).await?;
    let message = file.message.ok_or(NOWHERE)?;
    let stored = store::message::get(&house.db, message).await?.ok_or(NOWHERE)?;
    let public = stored.message.visibility == Visibility::Public;
    if public { Ok(file) } else { Err(NOWHERE) }
}

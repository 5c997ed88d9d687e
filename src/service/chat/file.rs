//! A file that a visitor sends: kept first, then said.

use super::say::{Said, check_id, say};
use super::{Visitor, own_thread, thread};
use crate::channel::file::Pieces;
use crate::domain::id::ConversationId;
use crate::domain::language::Language;
use crate::domain::time::HOUR;
use crate::service::file::{self, FileRefused};
use crate::service::{House, ServiceError};
use crate::store;

/// How many files a visitor may send in an hour.
const FILES_AN_HOUR: u64 = 30;
/// How many bytes of files a visitor may send in an hour, before the last of them.
const BYTES_AN_HOUR: u64 = 100 * 1_048_576;

/// Keeps a file and takes it in as a message; the same `client_id` again is no second message.
///
/// # Errors
/// Why the file is not taken.
pub async fn send_file(
    house: &House,
    visitor: &Visitor,
    client_id: &str,
    (name, language): (Option<String>, Option<Language>),
    pieces: Pieces,
) -> Result<(), FileRefused> {
    check_id(client_id)?;
    let conversation = conversation(house, visitor).await?;
    let hour = house.now().plus(-HOUR);
    let (files, bytes) =
        store::file::since(&house.db, conversation, hour).await.map_err(ServiceError::from)?;
    if files >= FILES_AN_HOUR || bytes >= BYTES_AN_HOUR {
        return Err(FileRefused::TooMany);
    }
    let kept = file::keep(house, Some(conversation), name, pieces).await?;
    Ok(say(house, visitor, client_id, Said::File(kept), language).await?)
}

/// The visitor's thread, to which the file belongs from the beginning.
async fn conversation(house: &House, visitor: &Visitor) -> Result<ConversationId, ServiceError> {
    if let Some(thread) = thread(house, visitor).await? {
        return Ok(thread.id);
    }
    let mut tx = house.db.begin().await?;
    let opened = own_thread(house, &mut tx, &visitor.address()).await?;
    tx.commit().await?;
    Ok(opened.id)
}

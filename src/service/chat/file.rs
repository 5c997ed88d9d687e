//! A file that a visitor sends: kept first, then said.

use super::say::{Said, check_id, say};
use super::{Visitor, own_thread, thread};
use crate::channel::file::Pieces;
use crate::domain::id::ConversationId;
use crate::domain::language::Language;
use crate::service::file::{self, FileRefused};
use crate::service::{House, ServiceError};

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

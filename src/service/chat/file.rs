//! A file that a visitor sends: kept first, then said.

use super::say::{Said, check_id, say};
use super::{Visitor, thread};
use crate::channel::file::Pieces;
use crate::domain::language::Language;
use crate::service::House;
use crate::service::file::{self, FileRefused};

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
    let conversation = thread(house, visitor).await?.map(|thread| thread.id);
    let kept = file::keep(house, conversation, name, pieces).await?;
    Ok(say(house, visitor, client_id, Said::File(kept), language).await?)
}

//! Our copies of files: where they are kept and how they are read.

use std::io;

use async_trait::async_trait;

use super::House;
use crate::channel::file::{Files, Pieces};
use crate::domain::id::{ConversationId, FileId};
use crate::domain::message::Attachment;

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRefused {
    /// Nothing can be kept now; try again.
    #[error("{0}")]
    Later(String),
    /// It is not of a kind that is taken.
    #[error("files of this kind are not taken")]
    Kind,
}

/// Keeps a copy of a file.
///
/// # Errors
/// Why it is not taken.
pub async fn keep(
    _house: &House,
    _conversation: Option<ConversationId>,
    _name: Option<String>,
    _pieces: Pieces,
) -> Result<Attachment, FileRefused> {
    std::future::ready(Err(FileRefused::Kind)).await
}

#[async_trait]
impl Files for House {
    async fn read(&self, _id: FileId) -> io::Result<Pieces> {
        Err(io::ErrorKind::NotFound.into())
    }
}

//! Files on their way: read and handed over in pieces, never held whole.

use std::io;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::domain::id::FileId;

/// A file's bytes as they come.
pub type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// A file that a provider hands over.
pub struct Parcel {
    /// Its name, where the provider tells it.
    pub name: Option<String>,
    /// What the provider says it is; never trusted.
    pub mime: Option<String>,
    /// How many bytes, where the provider tells it.
    pub bytes: Option<u64>,
    /// The bytes.
    pub pieces: Pieces,
}

/// Why a file could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    /// It is not there any more, or never was.
    #[error("the file is not to be had: {0}")]
    Gone(String),
    /// The provider gives out no file of this size.
    #[error("the file is too large: {0}")]
    TooLarge(String),
    /// Worth another try.
    #[error("the file cannot be fetched now: {0}")]
    Later(String),
}

/// Where a channel reads our copies of files. Implemented by `service`.
#[async_trait]
pub trait Files: Send + Sync {
    /// The bytes of a file.
    async fn read(&self, id: FileId) -> io::Result<Pieces>;
}

/// No files at all.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

#[async_trait]
impl Files for NoFiles {
    async fn read(&self, _id: FileId) -> io::Result<Pieces> {
        Err(io::ErrorKind::NotFound.into())
    }
}

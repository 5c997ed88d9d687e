//! Our copies of files: taken in by parts, checked by their first bytes, read as a stream.
//!
//! A file becomes visible when it is whole, and belongs to one message for ever. At a crash in between it
//! stays incoming, and is swept an hour later.

mod copying;
mod keeping;
mod reading;
mod refused;
mod using;

use std::io;

use async_trait::async_trait;

use super::{House, ServiceError};
use crate::channel::file::Files;
pub use crate::channel::file::Pieces;
use crate::domain::id::FileId;
use crate::domain::time::{DAY, HOUR};
use crate::store;

pub(super) use copying::copy;
pub use keeping::{admit, keep};
pub use reading::{OpenFile, for_caller, for_rest, for_visitor};
pub use refused::FileRefused;
pub use using::{MOST_FILES, keep_for_ticket};

/// How long a file may be incoming.
const UNFINISHED: i64 = HOUR;
/// How long a complete file may wait for the message that uses it.
const UNUSED: i64 = DAY;
/// How many abandoned files one sweep deletes.
const SWEPT: i64 = 50;

/// Which files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRules {
    /// The largest file, bytes.
    pub max_bytes: u64,
    /// The types that are taken, such as `image/jpeg`.
    pub types: Vec<String>,
    /// The address that files' addresses for other programs begin with; empty for none.
    pub public_url: String,
}

impl Default for FileRules {
    fn default() -> Self {
        Self { max_bytes: 20 * 1024 * 1024, types: Vec::new(), public_url: String::new() }
    }
}

impl FileRules {
    /// The largest file in whole megabytes, for people.
    #[must_use]
    pub const fn megabytes(&self) -> u64 {
        self.max_bytes / (1024 * 1024)
    }
}

#[async_trait]
impl Files for House {
    async fn read(&self, id: FileId) -> io::Result<Pieces> {
        let found = store::file::get(&self.db, id).await.map_err(io::Error::other)?;
        let file = found.ok_or(io::ErrorKind::NotFound)?;
        Ok(reading::pieces(self, id, 0, file.bytes))
    }
}

/// Deletes what nobody finished within an hour or used within a day; how many files there were.
///
/// # Errors
/// The records are not reachable.
pub async fn sweep(house: &House) -> Result<usize, ServiceError> {
    let (unfinished, unused) = (house.now().plus(-UNFINISHED), house.now().plus(-UNUSED));
    let abandoned = store::file::abandoned(&house.db, unfinished, unused, SWEPT).await?;
    for id in &abandoned {
        keeping::discard(house, *id).await?;
    }
    let (_, bytes) = store::file::total(&house.db).await?;
    #[expect(clippy::cast_precision_loss, reason = "a gauge for people")]
    metrics::gauge!("sportello_files_bytes").set(bytes as f64);
    Ok(abandoned.len())
}

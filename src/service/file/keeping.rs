//! Taking a file in: a part at a time, so that what is held is one part and one piece.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, timeout, timeout_at};

use super::FileRefused;
use crate::channel::file::Pieces;
use crate::domain::file::{PART_BYTES, clean_name, kind, sniff};
use crate::domain::id::{ConversationId, FileId};
use crate::domain::message::Attachment;
use crate::service::clock::fresh_id;
use crate::service::{House, ServiceError};
use crate::store;
use crate::store::file::StoredFile;

/// How long the next piece may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the whole file may take; less than what an incoming file is left alone for.
const LONGEST: Duration = Duration::from_mins(30);
/// How long the rest of a refused file is read, so that its sender reads the answer.
const DRAINED: Duration = Duration::from_secs(10);
/// How many of a conversation's files may wait for a message.
const WAITING: u64 = 20;

/// Keeps a file that somebody sends. Its type is told by its first bytes, its name is cleaned. It is kept
/// for a day unless a message uses it. Without a conversation, whoever knows its id may send it, once: tell
/// the id to nobody but its sender.
///
/// # Errors
/// [`FileRefused`]: then nothing is kept.
pub async fn keep(
    house: &House,
    conversation: Option<ConversationId>,
    name: Option<String>,
    pieces: Pieces,
) -> Result<Attachment, FileRefused> {
    // A body that ended may wait for ever when it is asked again.
    let mut pieces = pieces.fuse().boxed();
    if let Some(conversation) = conversation
        && store::file::unused(&house.db, conversation).await? >= WAITING
    {
        drain(house, pieces).await;
        return Err(FileRefused::TooMany);
    }
    match take_in(house, conversation, name.as_deref(), &mut pieces).await {
        Ok(file) => {
            let mut tx = house.db.begin().await?;
            complete(&mut tx, &file).await?;
            tx.commit().await?;
            count("in", "kept", file.bytes);
            Ok(attachment(&file))
        }
        Err(refused) => {
            count("in", "refused", 0);
            if !matches!(refused, FileRefused::CutOff(_)) {
                drain(house, pieces).await;
            }
            Err(refused)
        }
    }
}

/// Lets a file in that says how large it is.
///
/// # Errors
/// [`FileRefused::TooLarge`].
pub async fn admit(house: &House, bytes: u64, pieces: Pieces) -> Result<Pieces, FileRefused> {
    let rules = &house.settings.files;
    if bytes <= rules.max_bytes {
        return Ok(pieces);
    }
    drain(house, pieces).await;
    count("in", "refused", 0);
    Err(FileRefused::TooLarge { megabytes: rules.megabytes() })
}

/// A file as messages carry it.
pub(super) fn attachment(file: &StoredFile) -> Attachment {
    Attachment {
        kind: kind(&file.mime).to_owned(),
        name: file.name.clone(),
        file: Some(file.id),
        mime: Some(file.mime.clone()),
        bytes: Some(file.bytes),
        ..Attachment::default()
    }
}

/// Makes it visible.
pub(super) async fn complete(tx: &mut store::Tx, file: &StoredFile) -> Result<(), FileRefused> {
    if store::file::complete(tx, file).await? {
        return Ok(());
    }
    Err(FileRefused::CutOff("it took too long".to_owned()))
}

/// Deletes a file that no message uses.
pub(super) async fn discard(house: &House, id: FileId) -> Result<(), ServiceError> {
    let mut tx = house.db.begin().await?;
    store::file::discard(&mut tx, id).await?;
    Ok(tx.commit().await?)
}

/// Counts a file and its bytes.
pub(super) fn count(way: &'static str, result: &'static str, bytes: u64) {
    metrics::counter!("sportello_files_total", "way" => way, "result" => result).increment(1);
    metrics::counter!("sportello_file_bytes_total", "way" => way).increment(bytes);
}

/// Reads on for a while and forgets: a connection that is shut too early loses the answer.
async fn drain(house: &House, mut pieces: Pieces) {
    let mut left = house.settings.files.max_bytes;
    let reading = async {
        while let Some(Ok(piece)) = pieces.next().await {
            left = left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if left == 0 {
                return;
            }
        }
    };
    if timeout(DRAINED, reading).await.is_err() {
        tracing::debug!("a refused file was not read to its end");
    }
}

/// Stores all parts of a file that nobody sees yet; what is refused leaves nothing behind.
pub(super) async fn take_in(
    house: &House,
    conversation: Option<ConversationId>,
    name: Option<&str>,
    pieces: &mut Pieces,
) -> Result<StoredFile, FileRefused> {
    let mut taking = Taking::new(house, conversation, name);
    match taking.all(pieces).await {
        Ok(file) => Ok(file),
        Err(refused) => {
            if taking.parts > 0
                && let Err(error) = discard(house, taking.id).await
            {
                tracing::debug!(%error, "a refused file is left for the sweep");
            }
            Err(refused)
        }
    }
}

/// A file that is being taken in.
struct Taking<'a> {
    house: &'a House,
    conversation: Option<ConversationId>,
    name: Option<&'a str>,
    id: FileId,
    mime: &'static str,
    part: Vec<u8>,
    parts: i64,
    bytes: u64,
    sum: Sha256,
}

impl<'a> Taking<'a> {
    fn new(house: &'a House, conversation: Option<ConversationId>, name: Option<&'a str>) -> Self {
        Self {
            house,
            conversation,
            name,
            id: FileId(fresh_id()),
            mime: "",
            part: Vec::new(),
            parts: 0,
            bytes: 0,
            sum: Sha256::new(),
        }
    }

    async fn all(&mut self, pieces: &mut Pieces) -> Result<StoredFile, FileRefused> {
        let late = |_| FileRefused::CutOff("the rest did not come".to_owned());
        let end = Instant::now() + LONGEST;
        loop {
            let next = end.min(Instant::now() + PATIENCE);
            match timeout_at(next, pieces.next()).await.map_err(late)? {
                Some(Ok(piece)) => self.add(piece).await?,
                Some(Err(error)) => return Err(FileRefused::CutOff(error.to_string())),
                None => return self.end().await,
            }
        }
    }

    async fn add(&mut self, mut piece: Bytes) -> Result<(), FileRefused> {
        let rules = &self.house.settings.files;
        self.bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if self.bytes > rules.max_bytes {
            return Err(FileRefused::TooLarge { megabytes: rules.megabytes() });
        }
        while !piece.is_empty() {
            let room = PART_BYTES - self.part.len();
            let taken = piece.split_to(piece.len().min(room));
            self.sum.update(&taken);
            self.part.extend_from_slice(&taken);
            if self.part.len() == PART_BYTES {
                self.store().await?;
            }
        }
        Ok(())
    }

    /// Stores a part; the first one only when its type is taken.
    async fn store(&mut self) -> Result<(), FileRefused> {
        if self.parts == 0 {
            self.look()?;
        }
        let mut tx = self.house.db.begin().await?;
        if self.parts == 0 {
            store::file::begin(&mut tx, self.id, self.conversation, self.house.now()).await?;
        }
        store::file::add_part(&mut tx, self.id, self.parts, &self.part).await?;
        tx.commit().await?;
        self.parts += 1;
        self.part.clear();
        Ok(())
    }

    fn look(&mut self) -> Result<(), FileRefused> {
        self.mime = sniff(&self.part, self.name);
        let taken = self.house.settings.files.types.iter().any(|taken| taken == self.mime);
        if taken { Ok(()) } else { Err(FileRefused::Type { mime: self.mime }) }
    }

    async fn end(&mut self) -> Result<StoredFile, FileRefused> {
        if self.bytes == 0 {
            return Err(FileRefused::Empty);
        }
        if !self.part.is_empty() {
            self.store().await?;
        }
        let digest = std::mem::take(&mut self.sum).finalize();
        let sha256 = digest.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        Ok(StoredFile {
            id: self.id,
            conversation: self.conversation,
            message: None,
            name: self.name.and_then(|name| clean_name(name, self.mime)),
            mime: self.mime.to_owned(),
            bytes: self.bytes,
            sha256,
        })
    }
}

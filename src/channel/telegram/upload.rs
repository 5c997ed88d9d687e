//! Sends a file in pieces as they are read; nothing is held whole.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::TryStreamExt as _;
use reqwest::Body;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::multipart::{Form, Part as Field};
use teloxide::types::ChatId;

use super::outcome::{self, Outcome};
use super::send::{Sender, keyboard, too_late};
use crate::channel::Sending;
use crate::channel::file::Pieces;
use crate::channel::render::Part;
use crate::domain::id::FileId;
use crate::domain::message::Attachment;
use crate::domain::time::SECOND;

/// The largest photo that Telegram takes as a photo, in bytes.
const LARGEST_PHOTO: u64 = 10 * 1_024 * 1_024;
/// The slowest line that is waited for, in bytes a second.
const SLOWEST: u64 = 64 * 1_024;
/// When to try again after our own copy could not be read, in ms.
const AFTER_READ: i64 = 5 * SECOND;

/// A way to send a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    method: &'static str,
    field: &'static str,
}

const DOCUMENT: Way = Way { method: "sendDocument", field: "document" };
const PHOTO: Way = Way { method: "sendPhoto", field: "photo" };

impl Way {
    /// How a file is shown best, by what its bytes are.
    fn of(file: &Attachment) -> Self {
        match file.mime.as_deref().unwrap_or_default() {
            "image/jpeg" | "image/png" if file.bytes.is_some_and(|it| it <= LARGEST_PHOTO) => PHOTO,
            "audio/ogg" | "audio/opus" => Self { method: "sendVoice", field: "voice" },
            "audio/mpeg" | "audio/mp4" | "audio/m4a" | "audio/x-m4a" => {
                Self { method: "sendAudio", field: "audio" }
            }
            "video/mp4" => Self { method: "sendVideo", field: "video" },
            _ => DOCUMENT,
        }
    }
}

/// Sends a file; what Telegram does not take as a photo (a panorama, a broken one) goes as a document.
pub(super) async fn send(
    sender: &Sender<'_>,
    chat: ChatId,
    (file, id): (&Attachment, FileId),
    under: Option<&Part>,
) -> Outcome {
    let way = Way::of(file);
    let outcome = send_as(sender, chat, (file, id), under, way).await;
    match outcome {
        Outcome::Ended(Sending::Refused { .. }) if way == PHOTO => {
            send_as(sender, chat, (file, id), under, DOCUMENT).await
        }
        outcome => outcome,
    }
}

async fn send_as(
    sender: &Sender<'_>,
    chat: ChatId,
    (file, id): (&Attachment, FileId),
    under: Option<&Part>,
    way: Way,
) -> Outcome {
    let pieces = match sender.files.read(id).await {
        Ok(pieces) => pieces,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let reason = "our copy of the file is gone".to_owned();
            return Outcome::Ended(Sending::Refused { reason });
        }
        Err(error) => return Outcome::Ended(unread(&error)),
    };
    let (pieces, failed) = watched(pieces);
    let form = form(chat, under).part(way.field, field(file, pieces));
    let limit = sender.limit + Duration::from_secs(file.bytes.unwrap_or(0) / SLOWEST);
    let request = sender.bot.client().post(super::address(sender.bot, way.method));
    let sending = async {
        let answer = request.timeout(limit).multipart(form).send().await?;
        answer.bytes().await
    };
    match tokio::time::timeout(limit, sending).await {
        Ok(Ok(body)) => outcome::answered(&body),
        // Half a file is no file: Telegram has taken nothing.
        Ok(Err(_)) if failed.load(Ordering::Relaxed) => Outcome::Ended(unread(&"it broke off")),
        Ok(Err(error)) => Outcome::Ended(outcome::broken(&error)),
        Err(_) => Outcome::Ended(too_late(limit)),
    }
}

/// The pieces, and whether reading them failed.
fn watched(pieces: Pieces) -> (Pieces, Arc<AtomicBool>) {
    let failed = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&failed);
    let watched = pieces.inspect_err(move |_| note.store(true, Ordering::Relaxed));
    (Box::pin(watched), failed)
}

fn form(chat: ChatId, under: Option<&Part>) -> Form {
    let mut form = Form::new().text("chat_id", chat.0.to_string());
    if let Some(part) = under {
        form = form.text("caption", part.text.clone());
        if !part.buttons.is_empty()
            && let Ok(markup) = serde_json::to_string(&keyboard(&part.buttons))
        {
            form = form.text("reply_markup", markup);
        }
    }
    form
}

fn field(file: &Attachment, pieces: Pieces) -> Field {
    let body = Body::wrap_stream(pieces);
    let field = match file.bytes {
        Some(bytes) => Field::stream_with_length(body, bytes),
        None => Field::stream(body),
    };
    let name = file.name.clone().unwrap_or_else(|| file.kind.clone());
    let mut headers = HeaderMap::new();
    if let Some(kind) = file.mime.as_deref().and_then(|kind| HeaderValue::from_str(kind).ok()) {
        headers.insert(CONTENT_TYPE, kind);
    }
    field.file_name(name).headers(headers)
}

/// Our own copy cannot be read now.
fn unread(error: &dyn std::fmt::Display) -> Sending {
    Sending::Later { after: AFTER_READ, reason: format!("our copy of the file: {error}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(mime: &str, bytes: u64) -> &'static str {
        let file =
            Attachment { mime: Some(mime.into()), bytes: Some(bytes), ..Attachment::default() };
        Way::of(&file).method
    }

    #[test]
    fn a_file_is_shown_as_what_it_is() {
        assert_eq!(way("image/jpeg", LARGEST_PHOTO), "sendPhoto");
        assert_eq!(way("image/jpeg", LARGEST_PHOTO + 1), "sendDocument");
        assert_eq!(way("image/gif", 5), "sendDocument");
        assert_eq!(way("audio/ogg", 5), "sendVoice");
        assert_eq!(way("audio/mpeg", 5), "sendAudio");
        assert_eq!(way("video/mp4", 5), "sendVideo");
        assert_eq!(way("application/pdf", 5), "sendDocument");
        assert_eq!(Way::of(&Attachment::default()), DOCUMENT);
    }
}

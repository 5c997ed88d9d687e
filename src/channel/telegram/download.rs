//! Fetches what customers send, in pieces; Telegram hands out no more than 20 MB.

use std::io;
use std::time::Duration;

use futures::StreamExt as _;
use reqwest::{Response, StatusCode, Url};
use teloxide::prelude::Requester as _;
use teloxide::types::{File, FileId};
use teloxide::{ApiError, Bot, RequestError};

use super::outcome;
use crate::channel::file::{NotFetched, Parcel, Pieces};
use crate::domain::message::Attachment;

/// The largest file that Telegram hands out, in bytes.
const LARGEST: u64 = 20 * 1_024 * 1_024;
/// How long a whole download may take.
const WHOLE: Duration = Duration::from_mins(5);

/// The bytes of what came with an update.
pub(super) async fn fetch(
    bot: &Bot,
    attachment: &Attachment,
    limit: Duration,
) -> Result<Parcel, NotFetched> {
    if matches!(attachment.kind.as_str(), "location" | "contact" | "contact_own") {
        return Err(NotFetched::Gone(format!("a {} has no bytes", attachment.kind)));
    }
    let reference = attachment.reference.clone();
    let reference = reference.ok_or_else(|| NotFetched::Gone("Telegram gave no id".to_owned()))?;
    if let Some(bytes) = attachment.bytes.filter(|bytes| *bytes > LARGEST) {
        return Err(too_large(bytes));
    }
    let file = describe(bot, reference, limit).await?;
    if u64::from(file.size) > LARGEST && file.size != u32::MAX {
        return Err(too_large(file.size.into()));
    }
    let response = open(bot, &file.path, limit).await?;
    let mime = response.headers().get(reqwest::header::CONTENT_TYPE);
    Ok(Parcel {
        name: attachment.name.clone().or_else(|| last_of(&file.path)),
        mime: mime.and_then(|kind| Some(kind.to_str().ok()?.to_owned())),
        bytes: response.content_length(),
        pieces: limited(response),
    })
}

async fn describe(bot: &Bot, id: String, limit: Duration) -> Result<File, NotFetched> {
    match tokio::time::timeout(limit, bot.get_file(FileId(id))).await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) => Err(undescribed(&error)),
        Err(_) => Err(NotFetched::Later(format!("no answer within {limit:?}"))),
    }
}

fn undescribed(error: &RequestError) -> NotFetched {
    let reason = outcome::reason(error);
    match error {
        _ if reason.contains("file is too big") => NotFetched::TooLarge(reason),
        RequestError::Api(ApiError::InvalidToken) => NotFetched::Later(reason),
        RequestError::Api(ApiError::Unknown(words)) if !words.starts_with("Bad Request") => {
            NotFetched::Later(reason)
        }
        RequestError::Api(_) => NotFetched::Gone(reason),
        _ => NotFetched::Later(reason),
    }
}

async fn open(bot: &Bot, path: &str, limit: Duration) -> Result<Response, NotFetched> {
    let request = bot.client().get(address(bot, path)).timeout(WHOLE).send();
    let answered = tokio::time::timeout(limit, request).await;
    let answered =
        answered.map_err(|_| NotFetched::Later(format!("no answer within {limit:?}")))?;
    let response = answered.map_err(|error| NotFetched::Later(outcome::network_reason(&error)))?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            return Err(NotFetched::Gone("Telegram has it no more".to_owned()));
        }
        status => return Err(NotFetched::Later(format!("Telegram answered {status}"))),
    }
    match response.content_length().filter(|bytes| *bytes > LARGEST) {
        Some(bytes) => Err(too_large(bytes)),
        None => Ok(response),
    }
}

/// Where Telegram hands a file out. The path stays within the bot's own files.
fn address(bot: &Bot, path: &str) -> Url {
    let mut url = bot.api_url();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.extend(["file", &format!("bot{}", bot.token())]);
        segments.extend(path.split('/').filter(|part| !matches!(*part, "" | "." | "..")));
    }
    url
}

fn last_of(path: &str) -> Option<String> {
    path.rsplit('/').next().filter(|name| !name.is_empty()).map(ToOwned::to_owned)
}

/// The pieces of an answer; one that grows beyond what Telegram promises is broken off.
fn limited(response: Response) -> Pieces {
    let mut left = LARGEST;
    let pieces = response.bytes_stream().map(move |piece| {
        let piece = piece.map_err(|error| io::Error::other(outcome::network_reason(&error)))?;
        let bytes = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        left =
            left.checked_sub(bytes).ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        Ok(piece)
    });
    Box::pin(pieces)
}

fn too_large(bytes: u64) -> NotFetched {
    NotFetched::TooLarge(format!("{bytes} bytes; Telegram hands out {LARGEST} at most"))
}

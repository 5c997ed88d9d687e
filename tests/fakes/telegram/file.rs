//! Files that customers send, handed out as Telegram does.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::server::{Server, State, TOKEN, refusal, success};

/// The largest file that Telegram hands out, in bytes.
const LARGEST: usize = 20 * 1_024 * 1_024;

/// A file that somebody sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// `photo`, `voice`, `document`, `video`, `audio`.
    pub(crate) kind: &'static str,
    pub(crate) name: Option<String>,
    pub(crate) mime: Option<String>,
    pub(crate) bytes: Bytes,
}

pub(crate) fn photo(bytes: impl Into<Bytes>) -> File {
    File { kind: "photo", name: None, mime: None, bytes: bytes.into() }
}

/// A file as it is kept.
#[derive(Clone)]
pub(super) struct Kept {
    path: String,
    bytes: Bytes,
    /// The download breaks off in the middle.
    pub(super) cut: bool,
    /// `getFile` knows it, and the download does not any more.
    pub(super) expired: bool,
}

impl State {
    /// Keeps a file; what the message says of it.
    pub(super) fn keep(&mut self, file: File) -> Value {
        let number = self.files.len() + 1;
        let id = format!("file-{number}");
        let path = format!("{}s/file_{number}", file.kind);
        let size = file.bytes.len();
        let kept = Kept { path, bytes: file.bytes, cut: false, expired: false };
        self.files.insert(id.clone(), kept);
        let frame =
            json!({"file_id": id, "file_unique_id": format!("u{number}"), "file_size": size});
        let with = |more: Value| {
            let mut frame = frame.clone();
            super::shapes::merge(&mut frame, more);
            frame
        };
        let mut said = match file.kind {
            "photo" => json!({"photo": [with(json!({"width": 90, "height": 60}))]}),
            "voice" => json!({"voice": with(json!({"duration": 3}))}),
            "video" => json!({"video": with(json!({"duration": 3, "width": 90, "height": 60}))}),
            "audio" => json!({"audio": with(json!({"duration": 3}))}),
            kind => json!({kind: frame}),
        };
        let (name, mime) = (file.name, file.mime);
        let named = matches!(file.kind, "document" | "audio" | "video");
        if let Some(name) = name.filter(|_| named) {
            said[file.kind]["file_name"] = name.into();
        }
        if let Some(mime) = mime.filter(|_| file.kind != "photo") {
            said[file.kind]["mime_type"] = mime.into();
        }
        said
    }
}

pub(super) fn describe(server: &Server, arguments: &Value) -> Response {
    let id = arguments["file_id"].as_str().unwrap_or_default();
    let state = server.state();
    let Some(kept) = state.files.get(id) else {
        return refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable");
    };
    if kept.bytes.len() > LARGEST {
        return refusal(400, "Bad Request: file is too big");
    }
    let file = json!({"file_id": id, "file_unique_id": format!("u-{id}"),
        "file_size": kept.bytes.len(), "file_path": kept.path});
    success("getfile", &file)
}

pub(super) async fn download(
    Shared(server): Shared<Arc<Server>>,
    Path((bot_segment, path)): Path<(String, String)>,
) -> Response {
    let state = server.state();
    let known = bot_segment.strip_prefix("bot") == Some(TOKEN);
    let kept = state.files.values().find(|kept| kept.path == path && known && !kept.expired);
    let Some(kept) = kept else { return StatusCode::NOT_FOUND.into_response() };
    if kept.cut {
        let half = kept.bytes.slice(..kept.bytes.len() / 2);
        let pieces = [Ok(half), Err(std::io::Error::other("cut"))];
        let length = [(header::CONTENT_LENGTH, kept.bytes.len())];
        return (length, Body::from_stream(futures::stream::iter(pieces))).into_response();
    }
    ([(header::CONTENT_TYPE, "application/octet-stream")], kept.bytes.clone()).into_response()
}

impl super::FakeTelegram {
    /// Downloads of the last file break off in the middle.
    pub(crate) fn cut_downloads(&self) {
        self.server.state().files.values_mut().for_each(|kept| kept.cut = true);
    }

    /// What was sent so far cannot be downloaded any more.
    pub(crate) fn forget_files(&self) {
        self.server.state().files.values_mut().for_each(|kept| kept.expired = true);
    }
}

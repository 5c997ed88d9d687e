//! Style sheets, modules and images inside the binary, at addresses that change with their content.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// The folder `assets`, read from disk in debug builds and embedded in release builds.
#[derive(RustEmbed)]
#[folder = "assets/"]
struct Folder;

/// The address of an asset, with a part that changes with its content.
#[must_use]
pub fn address(path: &str) -> String {
    match Folder::get(path) {
        Some(file) => format!("/assets/{path}?v={}", tag(&file)),
        None => format!("/assets/{path}"),
    }
}

/// The first 12 digits of the content's hash.
fn tag(file: &EmbeddedFile) -> String {
    use std::fmt::Write as _;
    file.metadata.sha256_hash().iter().take(6).fold(String::new(), |mut tag, byte| {
        let _ = write!(tag, "{byte:02x}");
        tag
    })
}

/// An asset. Addresses with a content part may be kept for ever; others (modules that modules
/// import) are asked for again, which costs an empty answer.
pub(super) async fn asset(Path(path): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    let named = uri.query().is_some_and(|query| query.starts_with("v="));
    let keep = if named { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    answer(&path, keep, &headers)
}

/// The widget's loader, whose address stays the same.
pub(super) async fn widget(headers: HeaderMap) -> Response {
    answer("js/widget.js", "public, max-age=300", &headers)
}

fn answer(path: &str, keep: &'static str, headers: &HeaderMap) -> Response {
    let Some(file) = Folder::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"{}\"", tag(&file));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|given| *given == *tag);
    let kind = file.metadata.mimetype().to_owned();
    let about = [
        (header::CONTENT_TYPE, kind),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, keep.to_owned()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, file.data.into_owned()).into_response()
}

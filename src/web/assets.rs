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

/// The widget's loader, whose address stays the same: without comments and indents, since every page of
/// a shop loads it.
pub(super) async fn widget(headers: HeaderMap) -> Response {
    let Some(mut file) = Folder::get("js/widget.js") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    file.data = slim(&String::from_utf8_lossy(&file.data)).into_bytes().into();
    give(file, "public, max-age=300", &headers)
}

/// A script without its empty lines, whole lines of comment, and indents.
fn slim(script: &str) -> String {
    let lines = script.lines().map(str::trim);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    kept.collect::<Vec<_>>().join("\n")
}

fn answer(path: &str, keep: &'static str, headers: &HeaderMap) -> Response {
    match Folder::get(path) {
        Some(file) => give(file, keep, headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn give(file: EmbeddedFile, keep: &'static str, headers: &HeaderMap) -> Response {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_lose_what_only_people_read() {
        assert_eq!(slim("// why\n\n  a(\"// b\");\n    c();\n"), "a(\"// b\");\nc();");
    }
}

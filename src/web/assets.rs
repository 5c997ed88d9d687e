//! Style sheets, modules and images inside the binary, at addresses that change with their content.

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

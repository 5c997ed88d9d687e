//! The files of a message, as the customer's side gets them: addresses, never bytes.

use serde::{Deserialize, Serialize};

use super::RestMessage;
use crate::domain::message::{Attachment, Body};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestAttachment {
    /// `image`, `audio`, `video` or `file`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where and what it is.
    pub payload: RestFile,
}

/// Where a file's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestFile {
    /// The address, which asks for the same token as the other routes.
    pub src: String,
    /// Its name, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What its bytes are; unknown where only a link was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// How many bytes it has; unknown where only a link was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

impl RestAttachment {
    /// A file of which there is a copy, or a link to one.
    fn new(attachment: &Attachment, at: &str) -> Option<Self> {
        let Attachment { name, mime, bytes, .. } = attachment.clone();
        let src = match (attachment.file, &attachment.reference) {
            (Some(id), _) => format!("{at}/{id}"),
            (None, Some(link)) if link.starts_with("https://") => link.clone(),
            _ => return None,
        };
        let class = mime.as_deref().and_then(|mime| mime.split_once('/')).map(|(class, _)| class);
        let kind = match (class, attachment.kind.as_str()) {
            (Some(class @ ("image" | "audio" | "video")), _) => class,
            (None, "photo") => "image",
            _ => "file",
        };
        Some(Self { kind: kind.to_owned(), payload: RestFile { src, name, mime, bytes } })
    }
}

impl RestMessage {
    /// The same with the files that came with it; `at` is what their addresses begin with.
    #[must_use]
    pub fn with_files(mut self, body: &Body, at: &str) -> Self {
        let files = body.attachments.iter().filter_map(|file| RestAttachment::new(file, at));
        let files: Vec<_> = files.collect();
        self.attachment = files.first().cloned();
        if files.len() > 1 {
            self.attachments = files;
        }
        self
    }
}

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
    /// What its bytes are.
    pub mime: String,
    /// How many bytes it has.
    pub bytes: u64,
}

impl RestAttachment {
    /// A file of which there is a copy.
    fn new(attachment: &Attachment, at: &str) -> Option<Self> {
        let (id, mime) = (attachment.file?, attachment.mime.clone()?);
        let kind = match mime.split_once('/').map(|(class, _)| class) {
            Some(class @ ("image" | "audio" | "video")) => class,
            _ => "file",
        };
        let (name, bytes) = (attachment.name.clone(), attachment.bytes?);
        let kind = kind.to_owned();
        Some(Self { kind, payload: RestFile { src: format!("{at}/{id}"), name, mime, bytes } })
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

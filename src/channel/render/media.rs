//! Pictures and files: shown as themselves where the channel can, otherwise named with their address.

use super::Draft;
use super::degradation::Reason;
use crate::channel::capabilities::Addresses;
use crate::domain::message::Attachment;
use crate::text::Phrase;

/// Stands in for a file that is not shown.
const ATTACHMENT: Phrase = Phrase { it: "Allegato", en: "Attachment" };
/// Stands in for a picture that is not shown.
const PICTURE: Phrase = Phrase { it: "Immagine", en: "Picture" };

/// What is shown, and what is said of the rest.
pub(super) struct Sorted {
    /// What is shown as itself.
    pub(super) shown: Vec<Attachment>,
    /// A line for each of the others.
    pub(super) lines: Vec<String>,
}

/// The address at which everybody can fetch a file.
fn address(file: &Attachment) -> Option<&str> {
    file.reference.as_deref().filter(|reference| reference.starts_with("https://"))
}

impl Draft<'_> {
    /// Tells what is shown from what is only named.
    pub(super) fn sort(&mut self, files: &[Attachment]) -> Sorted {
        let mut sorted = Sorted { shown: Vec::new(), lines: Vec::new() };
        for file in files {
            if self.is_shown(file) {
                sorted.shown.push(file.clone());
            } else {
                sorted.lines.push(self.line(file));
            }
        }
        sorted
    }

    fn is_shown(&mut self, file: &Attachment) -> bool {
        let limits = self.limits;
        let fetched = limits.addresses == Addresses::Shown && address(file).is_some();
        let there = file.file.is_some() || fetched;
        let limit = limits.shows(&file.kind);
        let large = limit.filter(|limit| file.bytes.is_some_and(|bytes| bytes > limit.bytes));
        if there && limit.is_some() && large.is_none() {
            return true;
        }
        let kind = if file.kind == "photo" { "picture" } else { "file" };
        let becomes = if address(file).is_some() { "its address" } else { "its name" };
        let title = limits.kind.title();
        let (why, reason) = match large {
            Some(limit) => (
                format!("{title} takes at most {} MB of a {}", limit.bytes >> 20, limit.kind),
                Reason::Impossible,
            ),
            None if limit.is_some() => {
                (format!("{title} shows copies of the house only"), Reason::Lacks)
            }
            None => (format!("{title} does not show it"), Reason::Lacks),
        };
        self.degrade(format!("a {kind}"), becomes, why, reason);
        false
    }

    fn line(&self, file: &Attachment) -> String {
        let word = self.say(if file.kind == "photo" { PICTURE } else { ATTACHMENT });
        match (file.name.as_deref(), address(file)) {
            (Some(name), Some(address)) => format!("{word}: {name}, {address}"),
            (None, Some(address)) => format!("{word}: {address}"),
            (name, None) => format!("{word}: {}", name.unwrap_or(&file.kind)),
        }
    }

    /// A picture's address as a line.
    pub(super) fn picture_line(&self, address: &str) -> String {
        format!("{}: {address}", self.say(PICTURE))
    }
}

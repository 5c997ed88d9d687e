//! What came with messages: here, on its way, or not to be had.

use std::collections::HashMap;

use crate::domain::message::{Attachment, Message};
use crate::service::view::{AttachmentView, ChatAttachment};
use crate::store::file::Place;

/// What could not be fetched, and why.
pub(super) type Missing = HashMap<Place, String>;

/// The attachments of a line at the desk.
pub(super) fn attachments(message: &Message, missing: &Missing) -> Vec<AttachmentView> {
    let numbered = (0_i64..).zip(&message.body.attachments);
    let problem = |n| missing.get(&Place { message: message.id, n }).map(String::as_str);
    numbered.map(|(n, it)| view(it, problem(n))).collect()
}

fn view(attachment: &Attachment, problem: Option<&str>) -> AttachmentView {
    let told = match attachment.kind.as_str() {
        "location" | "venue" => attachment.reference.clone(),
        "contact" | "contact_own" => attachment.reference.clone().or_else(|| Some(String::new())),
        _ => None,
    };
    let state = match (&attachment.file, &told, problem) {
        (Some(_), _, _) => "here",
        (None, Some(_), _) => "told",
        (None, None, Some(problem)) => problem,
        (None, None, None) if attachment.reference.is_some() => "coming",
        (None, None, None) => "gone",
    };
    AttachmentView {
        kind: attachment.kind.clone(),
        name: attachment.name.clone(),
        mime: attachment.mime.clone(),
        bytes: attachment.bytes,
        file: attachment.file.map(|id| id.to_string()),
        state: state.to_owned(),
        told,
    }
}

/// The files of a line for the customer; `at` is what their addresses begin with.
pub(in crate::service) fn for_customer(message: &Message, at: &str) -> Vec<ChatAttachment> {
    let kept = message.body.attachments.iter().filter_map(|attachment| {
        let id = attachment.file?;
        Some(ChatAttachment {
            id: id.to_string(),
            name: attachment.name.clone(),
            mime: attachment.mime.clone()?,
            bytes: attachment.bytes?,
            url: format!("{at}/{id}"),
        })
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_says_whether_bytes_come() {
        let of = |kind: &str, reference: Option<&str>, problem| {
            let reference = reference.map(str::to_owned);
            view(&Attachment { kind: kind.into(), reference, ..Attachment::default() }, problem)
        };
        assert_eq!(of("photo", Some("r"), None).state, "coming");
        assert_eq!(of("photo", Some("r"), Some("too_large")).state, "too_large");
        assert_eq!(of("photo", None, None).state, "gone");
        let place = of("location", Some("45.46,9.19"), None);
        assert_eq!((place.state.as_str(), place.told.as_deref()), ("told", Some("45.46,9.19")));
        let own = of("contact_own", Some("+393331234567"), None);
        assert_eq!((own.state.as_str(), own.told.as_deref()), ("told", Some("+393331234567")));
    }
}

//! What comes with a message: files, places, contacts.

use teloxide::types::{FileMeta, Message};

use crate::domain::message::{Attachment, clean};

/// A contact's own card, sent with their own account: Telegram vouches for the number.
const OWN_CARD: &str = "contact_own";

/// Everything that came with a message, in the order in which it is shown.
pub(super) fn attachments(message: &Message) -> Vec<Attachment> {
    let place = message
        .location()
        .map(|at| attachment("location", None, format!("{},{}", at.latitude, at.longitude)));
    file(message).into_iter().chain(place).chain(card(message)).collect()
}

/// A contact's card. It is the sender's own when Telegram says so: a number that was typed, or
/// somebody else's card, proves nothing.
fn card(message: &Message) -> Option<Attachment> {
    let card = message.contact()?;
    let sender = message.from.as_ref().map(|user| user.id);
    let own =
        card.user_id.is_some() && card.user_id == sender && message.forward_origin().is_none();
    let kind = if own { OWN_CARD } else { "contact" };
    Some(attachment(kind, Some(&card.first_name), international(&card.phone_number)))
}

/// Telegram writes its own numbers with or without the plus.
fn international(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == number.trim_start_matches('+').len() && !number.starts_with('0') {
        format!("+{digits}")
    } else {
        number.to_owned()
    }
}

fn attachment(kind: &str, name: Option<&str>, reference: impl Into<String>) -> Attachment {
    let name = name.map(clean).filter(|name| !name.is_empty());
    Attachment {
        kind: kind.to_owned(),
        name,
        reference: Some(reference.into()),
        ..Attachment::default()
    }
}

fn kept(kind: &str, name: Option<&str>, file: &FileMeta) -> Attachment {
    // teloxide says this when Telegram does not tell the size.
    let told = Some(file.size).filter(|size| *size != u32::MAX);
    Attachment { bytes: told.map(u64::from), ..attachment(kind, name, &file.id.0) }
}

fn file(message: &Message) -> Option<Attachment> {
    if let Some(largest) = message.photo().and_then(|sizes| sizes.last()) {
        return Some(kept("photo", None, &largest.file));
    }
    if let Some(it) = message.voice() {
        return Some(kept("voice", None, &it.file));
    }
    // An animation is announced as a document too: it comes first.
    if let Some(it) = message.animation() {
        return Some(kept("animation", it.file_name.as_deref(), &it.file));
    }
    if let Some(it) = message.document() {
        return Some(kept("document", it.file_name.as_deref(), &it.file));
    }
    if let Some(it) = message.video() {
        return Some(kept("video", it.file_name.as_deref(), &it.file));
    }
    if let Some(it) = message.audio() {
        return Some(kept("audio", it.file_name.as_deref(), &it.file));
    }
    if let Some(it) = message.video_note() {
        return Some(kept("video_note", None, &it.file));
    }
    let sticker = message.sticker()?;
    Some(kept("sticker", sticker.emoji.as_deref(), &sticker.file))
}

//! What a message becomes at Telegram: files first, then the words with the buttons under them.

use crate::channel::Capabilities;
use crate::channel::render::{Part, render};
use crate::domain::id::FileId;
use crate::domain::inbound::Outbound;
use crate::domain::message::{Attachment, Body};

/// The longest text that goes under a file, in UTF-16 units.
const CAPTION: usize = 1_024;
/// The largest file that Telegram takes, in bytes.
const LARGEST: u64 = 50 * 1_024 * 1_024;

/// One request.
#[derive(Debug, PartialEq)]
pub(super) enum Step<'a> {
    /// Words, with or without buttons.
    Words(Part),
    /// A file, with or without words and buttons under it.
    File { file: &'a Attachment, id: FileId, under: Option<Part> },
    /// A place.
    Place { latitude: f64, longitude: f64 },
}

impl<'a> Step<'a> {
    /// An attachment that can be sent as what it is; the others are named in the words.
    fn of(attachment: &'a Attachment) -> Option<Self> {
        if let Some(id) = attachment.file {
            return Some(Self::File { file: attachment, id, under: None });
        }
        let (latitude, longitude) = attachment.reference.as_deref()?.split_once(',')?;
        let place = attachment.kind == "location";
        let (latitude, longitude) = (latitude.trim().parse().ok()?, longitude.trim().parse().ok()?);
        place.then_some(Self::Place { latitude, longitude })
    }
}

/// The steps of a message, in order.
pub(super) fn plan(outbound: &Outbound, capabilities: Capabilities) -> Vec<Step<'_>> {
    let body = &outbound.body;
    let mut steps: Vec<Step<'_>> = body.attachments.iter().filter_map(Step::of).collect();
    let named = body.attachments.iter().filter(|it| Step::of(it).is_none()).cloned().collect();
    let told = Body { attachments: named, ..body.clone() };
    let mut parts = render(&told, capabilities, outbound.language);
    if let (Some(Step::File { under, .. }), [part]) = (steps.last_mut(), parts.as_slice())
        && part.text.encode_utf16().count() <= CAPTION
    {
        *under = parts.pop();
    }
    steps.extend(parts.into_iter().map(Step::Words));
    steps
}

/// Why a message cannot go at all: nothing of it is sent when one of its files is too large.
pub(super) fn too_large(body: &Body) -> Option<String> {
    let large = |file: &&Attachment| file.file.is_some() && file.bytes > Some(LARGEST);
    let file = body.attachments.iter().find(large)?;
    let name = file.name.as_deref().unwrap_or(&file.kind);
    Some(format!("{name} is larger than the 50 MB that Telegram takes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::Address;
    use crate::domain::language::Language;
    use crate::domain::message::Button;

    const ROOM: Capabilities = crate::channel::capabilities::TELEGRAM;

    fn file(number: u128, bytes: u64) -> Attachment {
        let id = FileId(uuid::Uuid::from_u128(number));
        Attachment {
            kind: "document".into(),
            file: Some(id),
            bytes: Some(bytes),
            ..Attachment::default()
        }
    }

    fn outbound(text: &str, attachments: Vec<Attachment>) -> Outbound {
        let button = Button { label: "Sì".into(), payload: "yes".into() };
        let body =
            Body { text: text.into(), buttons: vec![button], attachments, ..Body::default() };
        Outbound { address: Address("1".into()), body, language: Language::It }
    }

    fn shape(steps: &[Step<'_>]) -> Vec<&'static str> {
        let name = |step: &Step<'_>| match step {
            Step::Words(part) if part.buttons.is_empty() => "words",
            Step::Words(_) => "words+buttons",
            Step::File { under: Some(_), .. } => "file+words",
            Step::File { .. } => "file",
            Step::Place { .. } => "place",
        };
        steps.iter().map(name).collect()
    }

    #[test]
    fn short_words_go_under_the_last_file_and_long_ones_after_it() {
        let two = || vec![file(1, 5), file(2, 5)];
        assert_eq!(shape(&plan(&outbound("Ecco", two()), ROOM)), ["file", "file+words"]);
        let long = "à".repeat(1_025);
        assert_eq!(shape(&plan(&outbound(&long, two()), ROOM)), ["file", "file", "words+buttons"]);
        let emoji = "😀".repeat(513);
        assert_eq!(shape(&plan(&outbound(&emoji, two()), ROOM))[2], "words+buttons");
    }

    #[test]
    fn a_place_is_a_place_and_what_has_no_bytes_is_named() {
        let reference = Some("45.5, 9.2".to_owned());
        let place = Attachment { kind: "location".into(), reference, ..Attachment::default() };
        let name = Some("foto".to_owned());
        let lost = Attachment { kind: "photo".into(), name, ..Attachment::default() };
        let outbound = outbound("Ecco", vec![place, lost]);
        let steps = plan(&outbound, ROOM);
        assert_eq!(shape(&steps), ["place", "words+buttons"]);
        let Step::Words(part) = &steps[1] else { panic!("{steps:?}") };
        assert!(part.text.contains("foto"), "{part:?}");
    }

    #[test]
    fn a_file_that_telegram_would_refuse_is_refused_before_anything_leaves() {
        let body = outbound("Ecco", vec![file(1, 5), file(2, LARGEST + 1)]).body;
        assert!(too_large(&body).is_some_and(|reason| reason.contains("50 MB")));
        assert_eq!(too_large(&outbound("", vec![file(1, LARGEST)]).body), None);
    }
}

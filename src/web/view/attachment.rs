//! What came with a message, at the desk: pictures and sound beside the text, documents to open or save,
//! places and people, and what is on its way or not to be had.

use maud::{Markup, html};

use super::icon::icon;
use super::words::Words;
use crate::domain::file::{Showing, showing};
use crate::service::view::AttachmentView;
use crate::text::Phrase;
use crate::text::screen::file as say;

/// One attachment of a line; `from` is the line's kind, such as `customer`.
#[must_use]
pub fn shown(file: &AttachmentView, from: &str, words: &Words) -> Markup {
    match (file.state.as_str(), file.kind.as_str(), &file.file, &file.mime) {
        ("here", _, Some(id), Some(mime)) => here(file, (id, mime), from, words),
        (_, "location" | "venue", ..) => place(file, words),
        (_, "contact" | "contact_own", ..) => person(file, words),
        _ => elsewhere(file, words),
    }
}

/// The composer's part for files; it works with scripts only, which show what was attached.
#[must_use]
pub fn tools(megabytes: u64, words: &Words) -> Markup {
    let size = megabytes.to_string();
    html! {
        button id="attach" class="quiet" type="button" title=(words.say(say::ATTACH_HINT))
            aria-label=(words.say(say::ATTACH)) { (icon("clip")) }
        input id="attach-files" class="unseen" type="file" multiple tabindex="-1"
            aria-label=(words.say(say::ATTACH)) data-bytes=(megabytes * 1024 * 1024)
            data-too-large=(words.fill(say::TOO_LARGE, &[("n", &size)]))
            data-too-many=(words.say(say::TOO_MANY));
        ul id="attached" class="attached" aria-label=(words.say(say::ATTACHED_LIST)) data-held hidden {}
    }
}

/// Its bytes are here.
fn here(file: &AttachmentView, (id, mime): (&str, &str), from: &str, words: &Words) -> Markup {
    let address = format!("/desk/files/{id}");
    let label = words.fill(
        if from == "customer" { say::FROM_CUSTOMER } else { say::FROM_US },
        &[("kind", words.say(name_of(&file.kind)))],
    );
    let label = match &file.name {
        Some(name) => format!("{label}: {name}"),
        None => label,
    };
    match (showing(mime), mime.split_once('/').map(|(class, _)| class)) {
        (Showing::Inline, Some("image")) => html! {
            p class="attachment picture" {
                a href=(address) target="_blank" rel="noopener" {
                    img src=(address) alt=(label) loading="lazy" decoding="async";
                }
            }
        },
        (Showing::Inline, Some("audio")) => html! {
            div class="attachment sound" {
                audio controls preload="metadata" src=(address) aria-label=(label) {}
                (link(file, &address, words))
            }
        },
        (Showing::Inline, _) => html! {
            div class="attachment film" {
                video controls preload="metadata" src=(address) aria-label=(label) {}
                (link(file, &address, words))
            }
        },
        _ => html! { p class="attachment" { (link(file, &address, words)) } },
    }
}

/// A document's name and size, to open or to save.
fn link(file: &AttachmentView, address: &str, words: &Words) -> Markup {
    let mime = file.mime.as_deref().unwrap_or_default();
    let saved = showing(mime) == Showing::Saved;
    let name = file.name.as_deref().unwrap_or_else(|| words.say(name_of(&file.kind)));
    html! {
        a class="paper" href=(address) target=[(!saved).then_some("_blank")] rel="noopener"
            download[saved] {
            (icon("clip"))
            span class="name" { (name) }
            span class="size" { (size(file.bytes.unwrap_or(0), words)) }
            @if !saved { span class="unseen" { " (" (words.say(say::OPEN_NEW)) ")" } }
            @else { span class="unseen" { " (" (words.say(say::SAVE)) ")" } }
        }
    }
}

/// A place, which a map shows.
fn place(file: &AttachmentView, words: &Words) -> Markup {
    let Some((latitude, longitude)) = file.told.as_deref().and_then(coordinates) else {
        return elsewhere(file, words);
    };
    let map = format!(
        "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
    );
    html! {
        p class="attachment" {
            (icon("flag")) (words.say(say::PLACE)) " " (latitude) ", " (longitude) " "
            a href=(map) target="_blank" rel="noopener noreferrer" {
                (words.say(say::PLACE_OPEN))
                span class="unseen" { " (" (words.say(say::OPEN_NEW)) ")" }
            }
        }
    }
}

/// Reads `latitude,longitude` in degrees; whatever is none is not linked.
fn coordinates(told: &str) -> Option<(f64, f64)> {
    let (latitude, longitude) = told.split_once(',')?;
    let read = |text: &str| text.trim().parse::<f64>().ok();
    let (latitude, longitude) = (read(latitude)?, read(longitude)?);
    let fits = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    fits.then_some((latitude, longitude))
}

/// Somebody's card.
fn person(file: &AttachmentView, words: &Words) -> Markup {
    html! {
        p class="attachment" {
            (icon("user")) (words.say(say::PERSON))
            @if let Some(name) = &file.name { " " strong { (name) } }
            @if let Some(phone) = file.told.as_deref().filter(|it| !it.is_empty()) { " " (phone) }
        }
    }
}

/// Without bytes: on its way, or not to be had.
fn elsewhere(file: &AttachmentView, words: &Words) -> Markup {
    let (class, image, phrase) = match file.state.as_str() {
        "coming" => ("attachment coming", "hourglass", say::COMING),
        "too_large" => ("attachment missing", "late", say::TOO_LARGE_HERE),
        "refused" => ("attachment missing", "late", say::REFUSED),
        _ => ("attachment missing", "late", say::GONE),
    };
    html! {
        p class=(class) {
            (icon(image)) span { (words.say(name_of(&file.kind))) }
            @if let Some(name) = &file.name { " " span class="name" { (name) } }
            ": " (words.say(phrase))
            @if file.state == "too_large" && let Some(bytes) = file.bytes {
                " (" (size(bytes, words)) ")"
            }
        }
    }
}

/// A kind of file in words.
fn name_of(kind: &str) -> Phrase {
    match kind {
        "photo" | "image" => say::PHOTO,
        "voice" => say::VOICE,
        "audio" => say::AUDIO,
        "video" | "video_note" | "animation" => say::VIDEO,
        "sticker" => say::STICKER,
        "location" | "venue" => say::PLACE,
        "contact" | "contact_own" => say::PERSON,
        _ => say::DOCUMENT,
    }
}

/// A size in kB, or in MB with one decimal.
fn size(bytes: u64, words: &Words) -> String {
    if bytes < 1_000_000 {
        let n = bytes.div_ceil(1_000).to_string();
        return words.fill(say::KILOBYTES, &[("n", &n)]);
    }
    let tenths = bytes / 100_000;
    let mark = words.decimal(0.5).replace(['0', '5'], "");
    words.fill(say::MEGABYTES, &[("n", &format!("{}{mark}{}", tenths / 10, tenths % 10))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn show(file: &AttachmentView) -> String {
        shown(file, "customer", &Words::new(Language::En)).into_string()
    }

    fn here_as(mime: &str, name: &str) -> AttachmentView {
        AttachmentView {
            kind: "document".into(),
            name: Some(name.into()),
            mime: Some(mime.into()),
            bytes: Some(2_340_000),
            file: Some("0190".into()),
            state: "here".into(),
            told: None,
        }
    }

    #[test]
    fn only_pictures_are_pictures() {
        let photo = show(&here_as("image/png", "a.png"));
        assert!(photo.contains("<img src=\"/desk/files/0190\" alt=\""), "{photo}");
        for (mime, name) in [("image/svg+xml", "a.png"), ("text/html", "a.png")] {
            let saved = show(&here_as(mime, name));
            assert!(!saved.contains("<img") && saved.contains(" download"), "{saved}");
        }
        let paper = show(&here_as("application/pdf", "<b>.pdf"));
        assert!(paper.contains("&lt;b&gt;.pdf") && paper.contains("2.3 MB"), "{paper}");
        assert!(paper.contains("target=\"_blank\"") && paper.contains("opens in another tab"));
        assert!(show(&here_as("audio/ogg", "v.ogg")).contains("<audio controls"));
    }

    #[test]
    fn places_are_linked_only_by_their_numbers() {
        let place = |told: &str| {
            let told = Some(told.to_owned());
            let state = "told".to_owned();
            show(&AttachmentView {
                kind: "location".into(),
                state,
                told,
                ..AttachmentView::default()
            })
        };
        assert!(place("45.46, 9.19").contains("openstreetmap.org/?mlat=45.46&amp;mlon=9.19"));
        for none in ["", "91,0", "x,y", "1", "NaN,1", "\"><script>,2"] {
            assert!(!place(none).contains("<a "), "{none}");
        }
    }

    #[test]
    fn cards_say_whose_they_are() {
        for kind in ["contact", "contact_own"] {
            let card = show(&AttachmentView {
                kind: kind.into(),
                name: Some("<Ada>".into()),
                state: "told".into(),
                told: Some("+393331234567".into()),
                ..AttachmentView::default()
            });
            assert!(card.contains("&lt;Ada&gt;") && card.contains(" +393331234567"), "{card}");
        }
    }

    #[test]
    fn what_is_not_here_says_why() {
        let of = |state: &str| {
            let state = state.to_owned();
            show(&AttachmentView { kind: "photo".into(), state, ..AttachmentView::default() })
        };
        assert!(of("coming").contains("on its way") && of("gone").contains("no longer"));
        assert!(of("too_large").contains("too large") && of("refused").contains("not allowed"));
    }
}

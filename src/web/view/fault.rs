//! The page for what went wrong: one sentence, one action.

use maud::{Markup, html};

use super::icon::icon;
use super::layout::{self, Page};
use super::words::Words;
use crate::text::{Phrase, screen};

/// The page of a status, with the detail that people may read.
#[must_use]
pub fn page(status: u16, detail: Option<&str>, words: &Words) -> Markup {
    let page = Page {
        title: words.say(screen::FAULT_TITLE),
        words,
        styles: &["shop"],
        scripts: &[],
        kind: "plain",
        spoken: &[],
    };
    let body = html! {
        main id="main" class="fault" {
            (icon(if status == 404 { "question" } else { "late" }))
            h1 { (words.say(sentence(status))) }
            @if let Some(detail) = detail { p { (detail) } }
            p { a class="button" href="/desk" { (words.say(screen::FAULT_GO_DESK)) } }
            p class="hint" { (status) }
        }
    };
    layout::document(&page, &body)
}

/// What a status means to the reader.
#[must_use]
pub const fn sentence(status: u16) -> Phrase {
    match status {
        401 => screen::FAULT_401,
        403 => screen::FAULT_403,
        404 => screen::FAULT_404,
        409 => screen::FAULT_409,
        400 | 413 | 415 | 422 => screen::FAULT_422,
        429 => screen::FAULT_429,
        503 => screen::FAULT_503,
        _ => screen::FAULT_500,
    }
}

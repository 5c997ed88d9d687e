//! The frame of every page: head, header, language switch.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::icon::icon;
use super::words::Words;
use crate::domain::agent::Role;
use crate::domain::language::Language;
use crate::service::view::AgentView;
use crate::text::{Phrase, screen};
use crate::web::assets;

/// What a page needs besides its body.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The title in the browser's tab.
    pub title: &'a str,
    /// The reader.
    pub words: &'a Words,
    /// Style sheets besides the base, by name.
    pub styles: &'a [&'a str],
    /// ES modules, by name.
    pub scripts: &'a [&'a str],
    /// The class of the body: `desk`, `board`, …
    pub kind: &'a str,
    /// Phrases that the scripts speak.
    pub spoken: &'a [(&'a str, Phrase)],
}

/// A whole document.
#[must_use]
pub fn document(page: &Page<'_>, body: &Markup) -> Markup {
    let words = page.words;
    html! {
        (DOCTYPE)
        html lang=(words.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                title { (page.title) }
                link rel="icon" href=(assets::address("img/mark.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets::address("css/base.css"));
                @for style in page.styles {
                    link rel="stylesheet" href=(assets::address(&format!("css/{style}.css")));
                }
                @for script in page.scripts {
                    script type="module" src=(assets::address(&format!("js/{script}.js"))) {}
                }
                (spoken(words, page.spoken))
            }
            body class=(page.kind) {
                a class="skip" href="#main" { (words.say(screen::SKIP)) }
                (body)
                div id="toasts" class="toasts" role="status" aria-live="polite" {}
            }
        }
    }
}

/// The words of the scripts: a data block, which the content policy does not execute.
fn spoken(words: &Words, phrases: &[(&str, Phrase)]) -> Markup {
    let spoken: serde_json::Map<String, serde_json::Value> = phrases
        .iter()
        .map(|(key, phrase)| ((*key).to_owned(), words.say(*phrase).into()))
        .collect();
    let json = serde_json::Value::Object(spoken).to_string().replace('<', "\\u003c");
    html! { script type="application/json" id="words" { (PreEscaped(json)) } }
}

/// The phrases of times and of the connection, which every live page speaks.
pub const LIVE: [(&str, Phrase); 8] = [
    ("now", screen::NOW),
    ("days", screen::DAYS),
    ("hours", screen::HOURS),
    ("minutes", screen::MINUTES),
    ("seconds", screen::SECONDS),
    ("offline", screen::OFFLINE),
    ("again", screen::TRY_AGAIN),
    ("won", screen::WHO_WON),
];

/// The brand, which leads to the desk.
#[must_use]
pub fn brand(words: &Words) -> Markup {
    html! {
        a class="brand" href="/desk" {
            svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" {
                path d="M3 10.5 12 4l9 6.5" {}
                path d="M5 10v9h14v-9" {}
                path d="M3 14.5h18" {}
            }
            span { (words.say(screen::BRAND)) }
        }
    }
}

/// The links between the pages; the board only for those who may see it.
#[must_use]
pub fn pages(here: &str, me: &AgentView, words: &Words) -> Markup {
    let supervises = Role::parse(&me.role).is_some_and(|role| role >= Role::Supervisor);
    let link = |path: &str, phrase, name| {
        html! {
            a href=(path) aria-current=[(path == here).then_some("page")] {
                (icon(name)) span { (words.say(phrase)) }
            }
        }
    };
    html! {
        nav class="pages" aria-label=(words.say(screen::NAV)) {
            (link("/desk", screen::NAV_DESK, "inbox"))
            @if supervises { (link("/board", screen::NAV_BOARD, "board")) }
            (link("/", screen::NAV_SHOP, "cart"))
        }
    }
}

/// Who is logged in, the language switch, and the way out.
#[must_use]
pub fn account(name: &str, back: &str, csrf: &str, words: &Words) -> Markup {
    html! {
        div class="account" {
            span class="me-name" { (name) }
            (languages(back, words))
            form method="post" action="/logout" {
                input type="hidden" name="csrf" value=(csrf);
                button class="quiet" title=(words.say(screen::LOG_OUT))
                    aria-label=(words.say(screen::LOG_OUT)) { (icon("out")) }
            }
        }
    }
}

/// A link for each language.
#[must_use]
pub fn languages(back: &str, words: &Words) -> Markup {
    html! {
        nav class="languages" aria-label=(words.say(screen::LANGUAGE)) {
            @for language in Language::ALL {
                a href=(switch(language, back)) hreflang=(language) lang=(language)
                    aria-current=[(language == words.language).then_some("true")] {
                    (language.code().to_uppercase())
                }
            }
        }
    }
}

/// The address that changes the language and comes back.
fn switch(language: Language, back: &str) -> String {
    let escaped: String = back.bytes().map(escape).collect();
    format!("/lang/{language}?back={escaped}")
}

/// One byte of a query value.
pub(in crate::web) fn escape(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_escaped() {
        assert_eq!(
            switch(Language::It, "/desk?tab=mine&q=è"),
            "/lang/it?back=/desk%3Ftab%3Dmine%26q%3D%C3%A8"
        );
    }

    #[test]
    fn spoken_words_cannot_end_their_block() {
        const EVIL: Phrase = Phrase { it: "</script>", en: "</script>" };
        let block = spoken(&Words::new(Language::En), &[("a", EVIL)]).into_string();
        assert_eq!(block.matches("</script>").count(), 1);
    }
}

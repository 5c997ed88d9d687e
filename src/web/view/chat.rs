//! The chat's frame: what the widget shows in its panel.

use maud::{Markup, html};

use super::icon::icon;
use super::layout::{self, Page};
use super::words::Words;
use crate::text::Phrase;
use crate::text::screen;
use crate::text::screen::chat as say;

/// The phrases that the chat's script speaks.
const SPOKEN: [(&str, Phrase); 14] = [
    ("you", say::YOU),
    ("bot", say::BOT),
    ("sending", say::SENDING),
    ("waiting", say::WAITING),
    ("refused", say::REFUSED),
    ("offline", say::OFFLINE),
    ("typing", say::TYPING),
    ("choose", say::CHOOSE),
    ("rate", say::RATE),
    ("star", say::STAR),
    ("rateSend", say::RATE_SEND),
    ("presence", say::PRESENCE),
    ("presencePerson", say::PRESENCE_PERSON),
    ("personSaid", say::PERSON_SAID),
];

/// The days' names, which the chat's separators speak.
const DAYS: [(&str, Phrase); 2] = [("today", screen::TODAY), ("yesterday", screen::YESTERDAY)];

/// The frame.
#[must_use]
pub fn frame(words: &Words) -> Markup {
    let spoken: Vec<_> = SPOKEN.into_iter().chain(DAYS).collect();
    let page = Page {
        title: words.say(say::TITLE),
        words,
        styles: &["chat", "rich"],
        scripts: &["chat"],
        kind: "chat",
        spoken: &spoken,
    };
    let body = html! {
        header class="chat-head" {
            span class="chat-face" aria-hidden="true" { (icon("leaf")) }
            div class="chat-who" {
                h1 { (words.say(say::TITLE)) }
                p id="presence" { (words.say(say::PRESENCE)) }
            }
            button id="close" class="quiet" type="button" hidden
                aria-label=(words.say(say::CLOSE)) { (icon("close")) }
        }
        p id="offline" class="offline" role="status" hidden { (words.say(say::OFFLINE)) }
        main id="main" class="chat-log" role="log" aria-live="polite" tabindex="0"
            aria-label=(words.say(say::LOG)) {
            p id="greeting" class="hint" { (words.say(say::GREETING)) }
        }
        p id="state" class="chat-state" role="status" {}
        noscript { p class="wrong" { (words.say(say::NO_SCRIPT)) } }
        (composer(words))
    };
    layout::document(&page, &body)
}

/// Where the customer writes, and the way to a person.
fn composer(words: &Words) -> Markup {
    html! {
        footer class="chat-foot" {
            button id="person" class="person-button" type="button" {
                (icon("headset")) (words.say(say::PERSON))
            }
            form id="composer" class="chat-write" {
                textarea id="text" rows="1" maxlength="4096" required
                    aria-label=(words.say(say::LABEL)) placeholder=(words.say(say::HINT)) {}
                button class="primary round" aria-label=(words.say(say::SEND)) { (icon("send")) }
            }
        }
    }
}

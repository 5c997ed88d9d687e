//! The chat's frame: what the widget shows in its panel.

pub mod texts;
pub mod transcript;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::texts::Texts;
use super::icon::icon;
use crate::service::chat::Question;
use crate::web::assets;

/// What the frame is told.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// Its words.
    pub texts: &'a Texts,
    /// The origin of the page around it; empty for a page of this site, or none.
    pub site: &'a str,
    /// What may be asked before the first message.
    pub form: &'a [Question],
}

/// The frame.
#[must_use]
pub fn frame(frame: &Frame<'_>) -> Markup {
    let texts = frame.texts;
    html! {
        (DOCTYPE)
        html lang=(texts.code) dir=(texts.direction()) data-site=(frame.site)
            data-speaks=(texts.words.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                title { (texts.say("title")) }
                link rel="icon" href=(assets::address("img/mark.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets::address("css/base.css"));
                link rel="stylesheet" href=(assets::address("css/chat.css"));
                link rel="stylesheet" href=(assets::address("css/rich.css"));
                script type="module" src=(assets::address("js/chat.js")) {}
                script type="application/json" id="words" { (PreEscaped(texts.json())) }
            }
            body class="chat" {
                (head(texts))
                p id="offline" class="offline" role="status" hidden { (texts.say("offline")) }
                p id="promise" class="promise" role="status" dir="auto" hidden {}
                main {
                    div id="main" class="chat-log" role="log" aria-live="off" tabindex="0"
                        aria-label=(texts.say("log")) {
                        p id="greeting" class="hint" { (texts.say("greeting")) }
                    }
                    (form(frame))
                    p id="wrong" class="wrong" role="alert" dir="auto" {}
                    p id="state" class="chat-state" role="status" dir="auto" {}
                }
                noscript { p class="wrong" { (texts.say("no_script")) } }
                (composer(texts))
                p id="drop" class="drop" hidden aria-hidden="true" { (icon("clip")) (texts.say("drop")) }
            }
        }
    }
}

fn head(texts: &Texts) -> Markup {
    html! {
        header class="chat-head" {
            span class="chat-face" aria-hidden="true" { (icon("leaf")) }
            div class="chat-who" {
                h1 id="title" { (texts.say("title")) }
                p id="presence" { (texts.say("presence")) }
            }
            details id="more" class="chat-more" {
                summary aria-label=(texts.say("save")) title=(texts.say("save")) { (icon("take")) }
                div {
                    p { (texts.say("save")) }
                    button type="button" data-save="text" { (texts.say("save_text")) }
                    button type="button" data-save="page" { (texts.say("save_page")) }
                }
            }
            button id="close" class="quiet" type="button" hidden
                aria-label=(texts.say("close")) { (icon("close")) }
        }
    }
}

/// The questions before the first message; the script shows those that are open.
fn form(frame: &Frame<'_>) -> Markup {
    let texts = frame.texts;
    html! {
        @if !frame.form.is_empty() {
            form id="form" class="chat-form" hidden novalidate aria-labelledby="form-title" {
                h2 id="form-title" { (texts.say("form")) }
                p class="hint" { (texts.say("form_lead")) }
                @for question in frame.form { (asked(question, texts)) }
                button class="primary" { (texts.say("form_send")) }
            }
        }
    }
}

fn asked(question: &Question, texts: &Texts) -> Markup {
    let (kind, complete) = match question.field.as_str() {
        "name" => ("text", "name"),
        "email" => ("email", "email"),
        "phone" => ("tel", "tel"),
        _ => ("text", "off"),
    };
    html! {
        label data-field=(question.field) {
            span {
                (texts.label(&question.field, &question.label))
                @if !question.required { small { " (" (texts.say("form_optional")) ")" } }
            }
            input type=(kind) name=(question.field) autocomplete=(complete) maxlength="200"
                required[question.required] dir="auto";
        }
    }
}

/// Where the customer writes, and the way to a person.
fn composer(texts: &Texts) -> Markup {
    html! {
        footer class="chat-foot" {
            button id="person" class="person-button" type="button" {
                (icon("headset")) (texts.say("person"))
            }
            form id="composer" class="chat-write" {
                button id="attach" class="quiet round" type="button" aria-label=(texts.say("attach"))
                    title=(texts.say("attach")) { (icon("clip")) }
                input id="file" type="file" hidden multiple tabindex="-1" aria-label=(texts.say("attach"));
                textarea id="text" rows="1" maxlength="4096" required
                    aria-label=(texts.say("label")) placeholder=(texts.say("hint")) {}
                button class="primary round" aria-label=(texts.say("send")) { (icon("send")) }
            }
        }
    }
}

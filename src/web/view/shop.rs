//! The demo's shop front: believable, and clearly a demonstration.

mod art;

use maud::{Markup, html};

use super::icon::icon;
use super::layout::{self, Page};
use super::words::Words;
use crate::text::Phrase;
use crate::text::screen::shop as say;
use crate::web::assets;

/// The goods on show: art, name, text, price in euro.
const GOODS: [(&str, Phrase, Phrase, &str); 6] = [
    ("jug", say::P_JUG, say::P_JUG_TEXT, "38,00"),
    ("soap", say::P_SOAP, say::P_SOAP_TEXT, "6,50"),
    ("bowl", say::P_BOWL, say::P_BOWL_TEXT, "24,00"),
    ("towel", say::P_TOWEL, say::P_TOWEL_TEXT, "45,00"),
    ("can", say::P_CAN, say::P_CAN_TEXT, "32,00"),
    ("candle", say::P_CANDLE, say::P_CANDLE_TEXT, "18,90"),
];

/// The page.
#[must_use]
pub fn page(words: &Words) -> Markup {
    let page = Page {
        title: words.say(say::NAME),
        words,
        styles: &["shop"],
        scripts: &["shop"],
        kind: "shop",
        spoken: &[("added", say::ADDED)],
    };
    let body = html! {
        (demonstration(words))
        (header(words))
        main id="main" {
            (hero(words))
            (goods(words))
            (promises(words))
            (privacy(words))
        }
        footer class="shop-foot" { p { (words.say(say::FOOT)) } }
        script src="/widget.js" defer {}
        link rel="prefetch" href=(assets::address("css/chat.css"));
    };
    layout::document(&page, &body)
}

/// The strip that says that this is a demonstration, with the ways behind the counter.
fn demonstration(words: &Words) -> Markup {
    html! {
        aside class="demo-strip" {
            p { (icon("info")) (words.say(say::DEMO)) }
            a class="button" href="/desk" { (icon("inbox")) (words.say(say::DEMO_DESK)) }
            a class="button" href="/board" { (icon("board")) (words.say(say::DEMO_BOARD)) }
        }
    }
}

/// The shop's own header.
fn header(words: &Words) -> Markup {
    html! {
        header class="shop-head" {
            a class="shop-name" href="/" { (icon("leaf")) span { (words.say(say::NAME)) } }
            nav {
                @for phrase in [say::NAV_HOME, say::NAV_BATH, say::NAV_GARDEN] {
                    a href="#goods" { (words.say(phrase)) }
                }
                a href="#help" { (words.say(say::NAV_HELP)) }
            }
            (layout::languages("/", words))
        }
    }
}

/// The opening picture and sentence.
fn hero(words: &Words) -> Markup {
    html! {
        section class="hero" {
            div {
                h1 { (words.say(say::HERO)) }
                p { (words.say(say::HERO_TEXT)) }
                button class="primary large" type="button" data-chat {
                    (icon("chat")) (words.say(say::HERO_ASK))
                }
                p class="try" id="help" {
                    span { (words.say(say::TRY)) ":" }
                    @for phrase in [say::TRY_ORDER, say::TRY_RETURN, say::TRY_PERSON] {
                        button type="button" class="chip" data-chat=(words.say(phrase)) {
                            (words.say(phrase))
                        }
                    }
                }
            }
            (art::scene())
        }
    }
}

/// The goods.
fn goods(words: &Words) -> Markup {
    html! {
        section id="goods" class="goods" {
            h2 { (words.say(say::PRODUCTS)) }
            ul {
                @for (picture, name, text, price) in GOODS {
                    li {
                        (art::picture(picture))
                        h3 { (words.say(name)) }
                        p { (words.say(text)) }
                        p class="price" { "€ " (price) }
                        button type="button" data-add { (icon("cart")) (words.say(say::ADD)) }
                    }
                }
            }
        }
    }
}

/// What the shop promises.
fn promises(words: &Words) -> Markup {
    let promises = [
        ("truck", say::PROMISE_SHIP, say::PROMISE_SHIP_TEXT),
        ("refresh", say::PROMISE_RETURN, say::PROMISE_RETURN_TEXT),
        ("headset", say::PROMISE_PERSON, say::PROMISE_PERSON_TEXT),
    ];
    html! {
        ul class="promises" {
            @for (image, title, text) in promises {
                li { (icon(image)) div { strong { (words.say(title)) } p { (words.say(text)) } } }
            }
        }
    }
}

/// The privacy notice, to which the bot's first message leads.
fn privacy(words: &Words) -> Markup {
    html! {
        section id="privacy" class="privacy" {
            h2 { (words.say(say::PRIVACY)) }
            p { (words.say(say::PRIVACY_TEXT)) }
        }
    }
}

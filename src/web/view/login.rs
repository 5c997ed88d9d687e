//! The login page.

use maud::{Markup, html};

use super::layout::{self, Page};
use super::words::Words;
use crate::text::screen;

/// The page, with what was typed and what was wrong with it.
#[must_use]
pub fn page(
    email: &str,
    wrong: Option<&str>,
    next: &str,
    logins: &[(String, String)],
    words: &Words,
) -> Markup {
    let page = Page {
        title: words.say(screen::LOG_IN_TITLE),
        words,
        styles: &["shop"],
        scripts: &[],
        kind: "plain",
        spoken: &[],
    };
    let body = html! {
        main id="main" class="login" {
            (layout::brand(words))
            h1 { (words.say(screen::LOG_IN_TITLE)) }
            p class="hint" { (words.say(screen::LOG_IN_LEAD)) }
            form method="post" action="/login" {
                @if let Some(wrong) = wrong { p class="wrong" role="alert" { (wrong) } }
                input type="hidden" name="next" value=(next);
                label { (words.say(screen::EMAIL))
                    input type="email" name="email" value=(email) required autofocus
                        autocomplete="username" inputmode="email" spellcheck="false";
                }
                label { (words.say(screen::PASSWORD))
                    input type="password" name="password" required autocomplete="current-password";
                }
                button class="primary wide" { (words.say(screen::LOG_IN)) }
            }
            (known(logins, next, words))
            (layout::languages(&format!("/login?next={next}"), words))
        }
    };
    layout::document(&page, &body)
}

/// The demo's logins, one tap each.
fn known(logins: &[(String, String)], next: &str, words: &Words) -> Markup {
    html! {
        @if !logins.is_empty() {
            section class="known-logins" {
                h2 { (words.say(screen::DEMO_LOGINS)) }
                @for (email, password) in logins {
                    form method="post" action="/login" {
                        input type="hidden" name="email" value=(email);
                        input type="hidden" name="password" value=(password);
                        input type="hidden" name="next" value=(next);
                        button class="quiet" { (email) }
                    }
                }
            }
        }
    }
}

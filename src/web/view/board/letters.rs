//! What did not arrive, with the two things that can be done about it.

use maud::{Markup, html};

use super::super::icon::icon;
use super::super::layout::{self, Page};
use super::super::words::{Words, moment};
use super::{Onlooker, header};
use crate::service::view::{LetterView, LettersView, UnreadView};
use crate::text::Phrase;
use crate::text::screen::board as say;
use crate::text::screen::letters as words_of;

/// What the page tells besides the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Nothing.
    None,
    /// Somebody wanted to decide too late.
    Late,
    /// Why an update still cannot be read.
    Still(String),
}

/// Who reads the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Sees what was written and why it did not arrive.
    Supervisor,
    /// Sees raw updates as well.
    Admin,
}

/// The whole page.
#[must_use]
pub fn page(
    view: &LettersView,
    notice: &Notice,
    reader: Reader,
    onlooker: Onlooker<'_>,
    words: &Words,
) -> Markup {
    let page = Page {
        title: words.say(words_of::TITLE),
        words,
        styles: &["board", "letters"],
        scripts: &[],
        kind: "board",
        spoken: &[],
    };
    let body = html! {
        (header(onlooker, words))
        main id="main" class="levels letters" {
            p { a href="/board" { (words.say(say::TITLE)) } }
            h1 { (words.say(words_of::TITLE)) }
            p class="hint" { (words.say(words_of::LEAD)) }
            (told(notice, words))
            (messages(view, onlooker.csrf, words))
            @if !view.unread.is_empty() { (updates(view, reader, onlooker.csrf, words)) }
            @if !view.decided.is_empty() { (decisions(view, words)) }
        }
    };
    layout::document(&page, &body)
}

fn told(notice: &Notice, words: &Words) -> Markup {
    let text = match notice {
        Notice::None => return html! {},
        Notice::Late => words.say(words_of::LATE).to_owned(),
        Notice::Still(why) => words.fill(words_of::STILL, &[("why", why)]),
    };
    html! {
        div class="alarm alarm-unconfirmed" id="notice" role="alert" {
            (icon("info")) div { (text) }
        }
    }
}

fn messages(view: &LettersView, csrf: &str, words: &Words) -> Markup {
    let shown = view.letters.len().to_string();
    html! {
        section class="card" id="messages" {
            h2 { (words.say(words_of::MESSAGES)) }
            @if view.letters.is_empty() {
                p class="hint" id="letters-none" { (words.say(words_of::NONE)) }
            }
            @if view.total > view.letters.len() as u64 {
                p class="hint" { (words.fill(words_of::MORE,
                    &[("shown", &shown), ("n", &view.total.to_string())])) }
            }
            ul { @for one in &view.letters { (letter(one, csrf, words)) } }
        }
    }
}

fn letter(one: &LetterView, csrf: &str, words: &Words) -> Markup {
    let (name, how) = match one.state.as_str() {
        "unconfirmed" => (words_of::UNCONFIRMED, words_of::UNCONFIRMED_HOW),
        _ => (words_of::DEAD, words_of::DEAD_HOW),
    };
    let whom = Some(one.customer.as_str()).filter(|name| !name.is_empty());
    let whom = whom.unwrap_or_else(|| words.say(words_of::UNNAMED));
    let action = |verb: &str| format!("/board/letters/{}/{verb}", one.id);
    html! {
        li id={ "letter-" (one.id) } class={ "letter letter-" (one.state) } {
            header {
                h3 { (whom) }
                span class="chip" { (one.channel) }
                strong class="letter-state" { (icon("late")) (words.say(name)) }
                @if let Some(ticket) = &one.ticket {
                    a href={ "/desk/tickets/" (ticket) } { (words.say(words_of::OPEN)) }
                }
            }
            blockquote { (one.text) }
            p class="hint" { (words.say(how)) }
            dl {
                (fact(words_of::WHY, &html! { span lang="en" { (one.problem) } }, words))
                (fact(words_of::WRITTEN, &moment(one.at, words), words))
                (fact(words_of::TRIED, &moment(one.ended_at, words), words))
                (fact(words_of::TRIES, &html! { (one.tries) }, words))
            }
            div class="decide" {
                (button(&action("retry"), ("send", words_of::AGAIN), (whom, csrf), words))
                (button(&action("dismiss"), ("close", words_of::LEAVE), (whom, csrf), words))
            }
        }
    }
}

fn fact(name: Phrase, value: &Markup, words: &Words) -> Markup {
    html! { div { dt { (words.say(name)) } dd { (value) } } }
}

/// A form of one button, which says to a screen reader whom it is about.
fn button(
    action: &str,
    (image, name): (&str, Phrase),
    (whom, csrf): (&str, &str),
    words: &Words,
) -> Markup {
    html! {
        form class="inline" method="post" action=(action) {
            input type="hidden" name="csrf" value=(csrf);
            button { (icon(image)) (words.say(name)) span class="unseen" { ": " (whom) } }
        }
    }
}

fn updates(view: &LettersView, reader: Reader, csrf: &str, words: &Words) -> Markup {
    html! {
        section class="card" id="unread" {
            h2 { (words.say(words_of::UNREAD)) }
            p class="hint" { (words.say(words_of::UNREAD_HOW)) }
            ul { @for one in &view.unread { (update(one, reader, csrf, words)) } }
        }
    }
}

fn update(one: &UnreadView, reader: Reader, csrf: &str, words: &Words) -> Markup {
    let name = if one.state == "failed" { words_of::FAILED } else { words_of::UNPARSED };
    let action = format!("/board/inbox/{}/replay", one.id);
    html! {
        li id={ "update-" (one.id) } class="letter" {
            header {
                h3 { code { (one.provider_id) } }
                span class="chip" { (one.channel) }
                strong class="letter-state" { (icon("late")) (words.say(name)) }
            }
            dl {
                (fact(words_of::WHY, &html! { span lang="en" { (one.problem) } }, words))
                (fact(words_of::RECEIVED, &moment(one.at, words), words))
            }
            div class="decide" {
                (button(&action, ("refresh", words_of::READ_AGAIN), (&one.provider_id, csrf), words))
                @if reader == Reader::Admin {
                    a class="button quiet" href={ "/board/inbox/" (one.id) } {
                        (icon("terminal")) (words.say(words_of::RAW))
                        span class="unseen" { ": " (one.provider_id) }
                    }
                }
            }
        }
    }
}

fn decisions(view: &LettersView, words: &Words) -> Markup {
    html! {
        section class="card" id="decisions" {
            h2 { (words.say(words_of::DECISIONS)) }
            ul {
                @for (_, who, decision, at) in &view.decided {
                    @let name = if decision == "again" { words_of::DID_AGAIN } else { words_of::DID_LEAVE };
                    li { (moment(*at, words)) " · " (who) " · " (words.say(name)) }
                }
            }
        }
    }
}

//! The desk as a page: header, and three panes side by side (one at a time on a phone).

use maud::{Markup, html};

use super::icon::icon;
use super::layout::{self, Page};
use super::lists::{self, Shown};
use super::thread::{self, Bench};
use super::words::Words;
use super::{aside, chip};
use crate::domain::agent::Presence;
use crate::domain::time::UtcMillis;
use crate::service::view::{AgentView, DeskView, TicketView};
use crate::text::Phrase;
use crate::text::screen::{desk as say, file, state};

/// What the desk shows.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The left pane and who reads.
    pub view: &'a DeskView,
    /// The open ticket.
    pub ticket: Option<&'a TicketView>,
    /// What was searched.
    pub search: Option<&'a str>,
    /// The session's token for forms.
    pub csrf: &'a str,
    /// This page's path and query, to come back to.
    pub here: &'a str,
}

impl Desk<'_> {
    /// The left pane's circumstances.
    #[must_use]
    pub fn shown(&self) -> Shown<'_> {
        let open = self.ticket.map(|ticket| ticket.row.id.as_str());
        Shown { csrf: self.csrf, search: self.search, open }
    }
}

/// The phrases that the desk's scripts speak, besides those of every live page.
const SPOKEN: [(&str, Phrase); 22] = [
    ("sent", say::SENT),
    ("noted", say::NOTED),
    ("transferred", say::TRANSFERRED),
    ("resolved", say::DONE_RESOLVED),
    ("moved", say::MOVED),
    ("spammed", say::SPAMMED),
    ("assigned", say::ASSIGNED),
    ("toBot", say::TO_BOT_DONE),
    ("reopened", say::REOPENED),
    ("taken", say::TAKEN),
    ("declined", say::DECLINED),
    ("nothing", say::NOTHING_WAITS),
    ("draft", say::DRAFT_KEPT),
    ("long", say::TOO_LONG),
    ("dueIn", state::DUE_IN),
    ("dueLate", state::DUE_LATE),
    ("shortLate", state::SHORT_LATE),
    ("waits", say::CUSTOMER_WAITS),
    ("uploading", file::SENDING),
    ("attached", file::ATTACHED),
    ("removeFile", file::REMOVE),
    ("waitFiles", file::WAIT),
];

/// The whole page.
#[must_use]
pub fn page(desk: Desk<'_>, words: &Words, now: UtcMillis) -> Markup {
    let title = desk.ticket.map_or_else(String::new, |ticket| ticket.row.customer.clone());
    framed(desk, &title, &panes(desk, words, now), words)
}

/// The frame of the desk's pages around their panes; a title of its own, or none.
#[must_use]
pub fn framed(desk: Desk<'_>, title: &str, panes: &Markup, words: &Words) -> Markup {
    let spoken: Vec<_> = layout::LIVE.into_iter().chain(SPOKEN).collect();
    let title = match title {
        "" => words.say(say::TITLE).to_owned(),
        title => format!("{title} · {}", words.say(say::TITLE)),
    };
    let page = Page {
        title: &title,
        words,
        styles: &["desk", "thread"],
        scripts: &["desk"],
        kind: "desk",
        spoken: &spoken,
    };
    layout::document(&page, &html! { (header(desk, words)) (panes) })
}

/// The bar on top.
fn header(desk: Desk<'_>, words: &Words) -> Markup {
    html! {
        header class="bar" {
            (layout::brand(words))
            (layout::pages("/desk", &desk.view.me, words))
            form class="search" role="search" method="get" action="/desk" {
                input type="hidden" name="tab" value=(desk.view.tab.as_str());
                (icon("search"))
                input id="search" type="search" name="q" value=[desk.search]
                    placeholder=(words.say(say::SEARCH)) aria-label=(words.say(say::SEARCH))
                    title=(words.say(say::SEARCH_KEY));
            }
            (me(&desk.view.me, desk.csrf, words))
            (layout::account(&desk.view.me.name, desk.here, desk.csrf, words))
        }
        p id="offline" class="offline" role="alert" hidden {}
    }
}

/// Presence and load; a live fragment.
#[must_use]
pub fn me(me: &AgentView, csrf: &str, words: &Words) -> Markup {
    let load = words
        .fill(say::LOAD, &[("load", &me.load.to_string()), ("capacity", &me.capacity.to_string())]);
    let is_finishing = me.detail.as_deref() == Some("finishing");
    html! {
        div id="me" class="me" {
            form class={ "presence-form presence-" (me.presence) } method="post"
                action="/desk/presence" data-enhance="presence" {
                input type="hidden" name="csrf" value=(csrf);
                span class="dot" aria-hidden="true" {}
                select name="state" aria-label=(words.say(say::PRESENCE)) data-submit {
                    @for presence in [Presence::Online, Presence::Away, Presence::Offline] {
                        @let selected = !is_finishing && presence.as_str() == me.presence;
                        option value=(presence.as_str()) selected[selected] {
                            (words.say(chip::presence(presence.as_str())))
                        }
                    }
                    @if me.presence != "offline" {
                        option value="finishing" selected[is_finishing] { (words.say(say::FINISH)) }
                    }
                }
                noscript { button { (words.say(say::SET)) } }
            }
            @if !is_finishing { (chip::stance(me.detail.as_deref(), words)) }
            @if me.presence != "offline" && !is_finishing {
                (end_of_shift(csrf, words))
            }
            span class="load" title=(load) {
                (load_bar(me.load, me.capacity))
                span aria-hidden="true" { (me.load) "/" (me.capacity) }
                span class="unseen" { (load) }
                @if me.parked > 0 {
                    " " small class="parked" title=(words.say(say::PARKED_WHY)) {
                        (words.fill(say::PARKED, &[("n", &me.parked.to_string())]))
                    }
                }
            }
        }
    }
}

/// The button that ends the shift when the last ticket is done.
fn end_of_shift(csrf: &str, words: &Words) -> Markup {
    html! {
        form class="inline end-shift" method="post" action="/desk/presence" data-enhance="presence" {
            input type="hidden" name="csrf" value=(csrf);
            button class="quiet" name="state" value="finishing" title=(words.say(say::FINISH_WHY)) {
                (words.say(say::FINISH))
            }
        }
    }
}

/// Load against capacity, drawn.
#[must_use]
pub fn load_bar(load: u32, capacity: u32) -> Markup {
    let slots = capacity.clamp(1, 12);
    html! {
        svg class="load-bar" aria-hidden="true" viewBox={ "0 0 " (slots * 8) " 14" }
            width=(slots * 8) height="14" {
            @for slot in 0..slots {
                rect class=(if slot < load { "full" } else { "free" })
                    x=(slot * 8) y="1" width="5" height="12" rx="2" {}
            }
        }
    }
}

/// The three panes.
fn panes(desk: Desk<'_>, words: &Words, now: UtcMillis) -> Markup {
    let query = lists::query(desk.view.tab, desk.search);
    html! {
        main id="main" class={ "panes" @if desk.ticket.is_some() { " with-ticket" } } {
            (lists::list(desk.view, desk.shown(), words, now))
            @match desk.ticket {
                Some(ticket) => { (opened(ticket, desk, &query, words, now)) }
                None => { (thread::nothing(words)) (aside::nothing()) }
            }
        }
        (shortcuts(words))
    }
}

/// The middle and the right pane of one ticket; a live fragment.
#[must_use]
pub fn opened(
    ticket: &TicketView,
    desk: Desk<'_>,
    query: &str,
    words: &Words,
    now: UtcMillis,
) -> Markup {
    let bench = Bench { csrf: desk.csrf, desk: desk.view, query };
    html! { (thread::pane(ticket, bench, words, now)) (aside::side(ticket, bench, words, now)) }
}

/// The keys, for those who ask.
fn shortcuts(words: &Words) -> Markup {
    html! {
        details class="shortcuts" {
            summary title=(words.say(say::SHORTCUTS)) aria-label=(words.say(say::SHORTCUTS)) {
                (icon("keyboard"))
            }
            dl {
                dt { kbd { "Alt J" } " " kbd { "Alt K" } } dd { (words.say(say::KEY_MOVE)) }
                dt { kbd { "Alt T" } } dd { (words.say(say::KEY_NEXT)) }
                dt { kbd { "Alt A" } " " kbd { "Alt R" } } dd { (words.say(say::KEY_ANSWER)) }
                dt { kbd { "Alt L" } " " kbd { "Alt P" } } dd { (words.say(say::KEY_MODES)) }
                dt { kbd { "Alt E" } } dd { (words.say(say::KEY_RESOLVE)) }
                dt { kbd { (words.say(say::SEND_KEY)) } } dd { (words.say(say::SEND)) }
                dt { kbd { (words.say(say::SEARCH_KEY)) } } dd { (words.say(say::SEARCH)) }
            }
        }
    }
}

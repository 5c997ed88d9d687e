//! The desk's left pane: tabs, *take next*, rows.

use maud::{Markup, html};

use super::icon::icon;
use super::offers;
use super::row::{Place, ticket_row};
use super::words::Words;
use crate::domain::time::UtcMillis;
use crate::service::view::{DeskView, Tab};
use crate::text::screen::desk as say;
use crate::text::{Phrase, screen};

/// What the left pane shows besides its tickets.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The session's token for forms.
    pub csrf: &'a str,
    /// What was searched.
    pub search: Option<&'a str>,
    /// The ticket that is open.
    pub open: Option<&'a str>,
}

/// The left pane; a live fragment.
#[must_use]
pub fn list(view: &DeskView, shown: Shown<'_>, words: &Words, now: UtcMillis) -> Markup {
    let query = query(view.tab, shown.search);
    let place = Place { query: &query, open: shown.open };
    html! {
        section id="list" class="list" aria-label=(words.say(say::LIST)) data-query=(query) {
            (offers::cards(view, shown.csrf, &query, words, now))
            (tabs(view, words))
            (next(view, shown.csrf, words, now))
            @if let Some(search) = shown.search {
                p class="searched" {
                    (words.fill(say::SEARCHED, &[("q", search)])) " "
                    a href={ "/desk?tab=" (view.tab.as_str()) } { (words.say(say::SEARCH_CLEAR)) }
                }
            }
            @if view.rows.is_empty() {
                div class="empty" {
                    (icon("inbox"))
                    p { (words.say(empty(view.tab, shown.search))) }
                }
            } @else {
                ol id="rows" class="rows" {
                    @for row in &view.rows { (ticket_row(row, place, words, now)) }
                }
            }
        }
    }
}

/// The tabs with their counts.
fn tabs(view: &DeskView, words: &Words) -> Markup {
    html! {
        nav class="tabs" aria-label=(words.say(say::TABS)) {
            @for (tab, count) in &view.counts {
                a href={ "/desk?tab=" (tab.as_str()) }
                    aria-current=[(*tab == view.tab).then_some("page")] {
                    (words.say(name(*tab))) " " span class="count" { (count) }
                }
            }
        }
    }
}

/// The form that takes the next ticket, or the reason why it cannot.
fn next(view: &DeskView, csrf: &str, words: &Words, now: UtcMillis) -> Markup {
    let away = view.me.presence != "online";
    let full = view.me.load >= view.me.capacity;
    html! {
        form id="next" class="next" method="post" action="/desk/next" data-enhance="take" {
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="request" value={ "next-" (now.0) };
            button class="primary wide" disabled[away || full] title="Alt T" {
                (icon("take")) (words.say(screen::TAKE_NEXT))
            }
            @if away {
                p class="hint" { (words.say(say::NEXT_AWAY)) }
            } @else if full {
                p class="hint" { (words.say(say::NEXT_FULL)) }
            }
        }
    }
}

/// The query that keeps a list: its tab and what was searched.
#[must_use]
pub fn query(tab: Tab, search: Option<&str>) -> String {
    let mut query = format!("?tab={}", tab.as_str());
    if let Some(search) = search {
        query.push_str("&q=");
        query.extend(search.bytes().map(super::layout::escape));
    }
    query
}

/// A tab's name.
const fn name(tab: Tab) -> Phrase {
    match tab {
        Tab::Mine => say::TAB_MINE,
        Tab::Waiting => say::TAB_WAITING,
        Tab::Team => say::TAB_TEAM,
        Tab::Resolved => say::TAB_RESOLVED,
    }
}

/// What an empty list says.
const fn empty(tab: Tab, search: Option<&str>) -> Phrase {
    match (search, tab) {
        (Some(_), _) => say::EMPTY_SEARCH,
        (None, Tab::Mine) => say::EMPTY_MINE,
        (None, Tab::Waiting) => say::EMPTY_WAITING,
        (None, Tab::Team) => say::EMPTY_TEAM,
        (None, Tab::Resolved) => say::EMPTY_RESOLVED,
    }
}

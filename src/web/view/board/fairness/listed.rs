//! The assignments or offers behind one number.

use maud::{Markup, html};

use super::super::super::icon::icon;
use super::super::super::words::{Words, moment};
use super::super::levels::document;
use super::super::{Onlooker, header};
use crate::domain::time::UtcMillis;
use crate::service::view::{FairnessItem, FairnessNumber};
use crate::text::Phrase;
use crate::text::screen;
use crate::text::screen::board as say;
use crate::text::screen::fairness as fair;

/// How many a page shows.
const LISTED: usize = 500;

/// Which number it is.
#[derive(Clone, Copy, Debug)]
pub struct Behind<'a> {
    /// The first instant of the range.
    pub from: UtcMillis,
    /// The first instant after it.
    pub to: UtcMillis,
    /// The number.
    pub number: FairnessNumber,
    /// The query of the address, which the API understands as well.
    pub query: &'a str,
}

/// The page.
#[must_use]
pub fn behind(
    of: &Behind<'_>,
    items: &[FairnessItem],
    onlooker: Onlooker<'_>,
    words: &Words,
) -> Markup {
    let title = words.say(name(of.number));
    let back = format!("/board/fairness?from={}&to={}", of.from.0, of.to.0);
    let body = html! {
        (header(onlooker, words))
        main id="main" class="levels" {
            p {
                a href="/board" { (words.say(say::TITLE)) } " › "
                a href=(back) { (words.say(fair::TITLE)) }
            }
            h1 { (who(items, words)) " · " (title) " · " (items.len()) }
            div class="choices" {
                span class="hint" { (moment(of.from.0, words)) " – " (moment(of.to.0, words)) }
                @if items.len() > LISTED {
                    span class="hint" {
                        (words.fill(say::LISTED_OF,
                            &[("shown", &LISTED.to_string()), ("n", &items.len().to_string())]))
                    }
                }
                span class="grow" {}
                a class="button" download
                    href={ "/api/v1/stats/fairness/tickets?" (of.query) "&format=csv" } {
                    (icon("down")) (words.say(say::DOWNLOAD))
                }
            }
            section class="card wide" {
                @if items.is_empty() {
                    p class="hint" { (words.say(say::BEHIND_NONE)) }
                } @else { (table(&items[..items.len().min(LISTED)], words)) }
            }
        }
    };
    document(title, &body, words)
}

/// Whose they are, when they are of one agent.
fn who<'a>(items: &'a [FairnessItem], words: &Words) -> &'a str {
    let first =
        items.first().filter(|first| items.iter().all(|one| one.agent_id == first.agent_id));
    first.map_or(words.say(fair::EVERYBODY), |first| &first.agent)
}

/// A number in words.
const fn name(number: FairnessNumber) -> Phrase {
    match number {
        FairnessNumber::Given => fair::OF_GIVEN,
        FairnessNumber::Pulled => fair::OF_PULLED,
        FairnessNumber::Picked => fair::OF_PICKED,
        FairnessNumber::Offered => fair::OF_OFFERED,
        FairnessNumber::Accepted => fair::OF_ACCEPTED,
        FairnessNumber::Declined => fair::OF_DECLINED,
        FairnessNumber::Missed => fair::OF_MISSED,
        FairnessNumber::Unanswered => fair::OF_UNANSWERED,
    }
}

/// How it came about, or how the offer ended.
fn what(word: &str) -> Phrase {
    match word {
        "take_next" => fair::WAY_TAKE_NEXT,
        "take_this" => fair::WAY_TAKE_THIS,
        "offer" => fair::WAY_OFFER,
        "assigned" => fair::WAY_ASSIGNED,
        "returned" => fair::WAY_RETURNED,
        "transferred" => fair::WAY_TRANSFERRED,
        "open" => fair::OFFER_OPEN,
        "accepted" => fair::OFFER_ACCEPTED,
        "declined" => fair::OFFER_DECLINED,
        "missed" => fair::OFFER_MISSED,
        _ => fair::OFFER_VOID,
    }
}

fn table(items: &[FairnessItem], words: &Words) -> Markup {
    let columns = [
        say::COL_TICKET,
        fair::COL_WHEN,
        fair::COL_WHAT,
        fair::COL_AGENT,
        fair::TEAM,
        fair::COL_EFFORT,
        fair::COL_LEFT,
    ];
    html! {
        table class="levels-table instances" {
            thead { tr { @for name in columns { th scope="col" { (words.say(name)) } } } }
            tbody { @for item in items { (row(item, words)) } }
        }
    }
}

fn row(item: &FairnessItem, words: &Words) -> Markup {
    let cell = |name, content: Option<Markup>| {
        let none = || html! { span class="nil" { (words.say(screen::NONE_YET)) } };
        html! { td data-label=(words.say(name)) { (content.unwrap_or_else(none)) } }
    };
    let count = |n: u64| (n > 0).then(|| html! { (n) });
    html! {
        tr {
            th scope="row" {
                a class="code" href={ "/desk/tickets/" (item.ticket) "?tab=team" } { (item.code) }
            }
            (cell(fair::COL_WHEN, Some(moment(item.at, words))))
            (cell(fair::COL_WHAT, Some(html! { (words.say(what(&item.what))) })))
            (cell(fair::COL_AGENT, Some(html! { (item.agent) })))
            (cell(fair::TEAM, item.team.as_ref().map(|team| html! { (team) })))
            (cell(fair::COL_EFFORT, count(item.effort)))
            (cell(fair::COL_LEFT, count(item.jumped)))
        }
    }
}

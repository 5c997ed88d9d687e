//! How fairly the work of a shift was shared: a table by agent, each number with what is behind it.

mod listed;

use maud::{Markup, html};

pub use listed::{Behind, behind};

use super::super::icon::icon;
use super::super::layout::escape;
use super::super::words::{Words, moment};
use super::levels::{Length, document};
use super::{Onlooker, header};
use crate::service::view::{FairnessRow, FairnessView, ShareView};
use crate::text::Phrase;
use crate::text::screen;
use crate::text::screen::board as say;
use crate::text::screen::fairness as fair;

/// What the page is told beside the figures.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// The length that was chosen, when the range is none of its own.
    pub length: Option<Length>,
    /// The teams to choose from.
    pub teams: &'a [String],
}

/// The whole page.
#[must_use]
pub fn page(
    view: &FairnessView,
    chosen: Chosen<'_>,
    onlooker: Onlooker<'_>,
    words: &Words,
) -> Markup {
    let body = html! {
        (header(onlooker, words))
        main id="main" class="levels" {
            p { a href="/board" { (words.say(say::TITLE)) } }
            h1 { (words.say(fair::TITLE)) (index(view, words)) }
            p class="hint" { (words.say(fair::HOW)) }
            (choices(view, chosen, words))
            section class="card wide" {
                @if view.rows.is_empty() {
                    p class="hint" { (words.say(fair::NONE)) }
                } @else { (table(view, words)) }
            }
        }
    };
    document(words.say(fair::TITLE), &body, words)
}

/// The index, and how many it compares.
fn index(view: &FairnessView, words: &Words) -> Markup {
    let compared = words.fill(fair::COMPARED, &[("n", &view.compared.to_string())]);
    html! {
        @if let Some(jain) = view.jain {
            " · " span title=(words.say(fair::INDEX)) { (hundredths(jain, words)) }
        }
        " " small class="hint" { (compared) }
    }
}

fn hundredths(value: f64, words: &Words) -> String {
    let text = format!("{value:.2}");
    if words.decimal(0.5).contains(',') { text.replace('.', ",") } else { text }
}

/// Range, team, and the table as a file.
fn choices(view: &FairnessView, chosen: Chosen<'_>, words: &Words) -> Markup {
    let range = |length: Option<Length>| match length {
        Some(length) => format!("range={}", length.as_str()),
        None => format!("from={}&to={}", view.from, view.to),
    };
    let team = |team: Option<&str>| {
        team.map(|team| format!("&team={}", team.bytes().map(escape).collect::<String>()))
            .unwrap_or_default()
    };
    let mine = view.team.as_deref();
    html! {
        div class="choices" {
            nav aria-label=(words.say(say::RANGE)) {
                @for one in Length::ALL {
                    a href=(format!("/board/fairness?{}{}", range(Some(one)), team(mine)))
                        aria-current=[(chosen.length == Some(one)).then_some("true")] {
                        (words.say(one.name()))
                    }
                }
            }
            @if !chosen.teams.is_empty() {
                nav aria-label=(words.say(fair::TEAM)) {
                    a href=(format!("/board/fairness?{}", range(chosen.length)))
                        aria-current=[mine.is_none().then_some("true")] { (words.say(fair::ALL_TEAMS)) }
                    @for one in chosen.teams {
                        a href=(format!("/board/fairness?{}{}", range(chosen.length), team(Some(one))))
                            aria-current=[(mine == Some(one)).then_some("true")] { (one) }
                    }
                }
            }
            span class="hint" { (moment(view.from, words)) " – " (moment(view.to, words)) }
            span class="grow" {}
            a class="button" download href=(format!("/api/v1/stats/fairness?from={}&to={}{}&format=csv",
                view.from, view.to, team(mine))) { (icon("down")) (words.say(say::DOWNLOAD)) }
        }
    }
}

/// The counts of the offers, with their words in addresses.
const OFFERS: [(Phrase, &str); 5] = [
    (fair::COL_OFFERED, "offered"),
    (fair::COL_ACCEPTED, "accepted"),
    (fair::COL_DECLINED, "declined"),
    (fair::COL_MISSED, "missed"),
    (fair::COL_UNANSWERED, "unanswered"),
];

fn table(view: &FairnessView, words: &Words) -> Markup {
    html! {
        table class="levels-table fairness" {
            (head(words))
            tbody { @for row in &view.rows { (line(row, words)) } }
        }
    }
}

fn head(words: &Words) -> Markup {
    let number = |phrase| html! { th scope="col" class="number" { (words.say(phrase)) } };
    let first = |phrase| html! { th scope="col" class="number of-total" { (words.say(phrase)) } };
    html! {
        thead {
            tr class="over" {
                td {}
                th scope="colgroup" colspan="4" { (words.say(fair::GROUP_WORK)) }
                th scope="colgroup" colspan="3" { (words.say(fair::GROUP_PULL)) }
                th scope="colgroup" colspan="7" { (words.say(fair::GROUP_OFFERS)) }
                th scope="colgroup" colspan="2" { (words.say(fair::GROUP_TIME)) }
            }
            tr {
                th scope="col" { (words.say(fair::COL_AGENT)) }
                (first(fair::COL_ONLINE)) (number(fair::COL_GIVEN)) (number(fair::COL_EFFORT))
                (number(fair::COL_PER_HOUR))
                (first(fair::COL_PULLED))
                th scope="col" class="number" title=(words.say(fair::PICKED_HOW)) {
                    (words.say(fair::COL_PICKED))
                }
                (number(fair::COL_CHERRY))
                (first(fair::COL_OFFERED))
                @for (phrase, _) in &OFFERS[1..] { (number(*phrase)) }
                (number(fair::COL_ACCEPTANCE)) (number(fair::COL_MISS_RATE))
                (first(fair::COL_OCCUPANCY)) (number(fair::COL_SLOTS))
            }
        }
    }
}

fn line(row: &FairnessRow, words: &Words) -> Markup {
    let count = |name, of: &str, n| number(words.say(name), of, n, &row.tickets);
    html! {
        tr {
            th scope="row" { (row.agent) }
            td class="number of-total" data-label=(words.say(fair::COL_ONLINE)) {
                @if row.online > 0 { (words.span(row.online)) } @else { (nil(words)) }
            }
            (count(fair::COL_GIVEN, "given", row.given))
            td class="number" data-label=(words.say(fair::COL_EFFORT)) {
                @if row.effort > 0 { (row.effort) } @else { span class="nil" { "0" } }
            }
            (plain(fair::COL_PER_HOUR, row.per_hour, "", words))
            td class="number of-total" data-label=(words.say(fair::COL_PULLED)) {
                (linked("pulled", row.pulled, &row.tickets))
            }
            (count(fair::COL_PICKED, "picked", row.picked))
            (share(fair::COL_CHERRY, row.cherry_picks, words))
            td class="number of-total" data-label=(words.say(fair::COL_OFFERED)) {
                (linked("offered", row.offered, &row.tickets))
            }
            (count(fair::COL_ACCEPTED, "accepted", row.accepted))
            (count(fair::COL_DECLINED, "declined", row.declined))
            (count(fair::COL_MISSED, "missed", row.missed))
            (count(fair::COL_UNANSWERED, "unanswered", row.unanswered))
            (share(fair::COL_ACCEPTANCE, row.acceptance, words))
            (share(fair::COL_MISS_RATE, row.misses, words))
            td class="number of-total" data-label=(words.say(fair::COL_OCCUPANCY)) {
                (value(row.occupancy, " %", words))
            }
            (plain(fair::COL_SLOTS, row.occupancy_by_slot, " %", words))
        }
    }
}

fn nil(words: &Words) -> Markup {
    html! { span class="nil" { (words.say(screen::NONE_YET)) } }
}

/// A number that leads to what is behind it.
fn number(name: &str, of: &str, count: u64, tickets: &str) -> Markup {
    html! {
        td class={ "number of-" (of) } data-label=(name) { (linked(of, count, tickets)) }
    }
}

fn linked(of: &str, count: u64, tickets: &str) -> Markup {
    let list = tickets.strip_prefix("/api/v1/stats").unwrap_or(tickets);
    html! {
        @if count > 0 { a href={ "/board" (list) "&of=" (of) } { (count) } }
        @else { span class="nil" { "0" } }
    }
}

fn plain(name: Phrase, amount: Option<f64>, unit: &str, words: &Words) -> Markup {
    html! { td class="number" data-label=(words.say(name)) { (value(amount, unit, words)) } }
}

fn value(amount: Option<f64>, unit: &str, words: &Words) -> Markup {
    match amount {
        Some(amount) => html! { (words.decimal(amount)) (unit) },
        None => nil(words),
    }
}

/// A proportion; its interval is told when pointed at.
fn share(name: Phrase, share: ShareView, words: &Words) -> Markup {
    let interval = share.interval.map(|(low, high)| {
        words.fill(say::KEPT_OF, &[("low", &words.decimal(low)), ("high", &words.decimal(high))])
    });
    html! {
        td class="number" data-label=(words.say(name)) title=[interval] {
            (value(share.percent, " %", words))
        }
    }
}

/// The card on the board: the last 24 hours in short.
#[must_use]
pub fn card(view: &FairnessView, words: &Words) -> Markup {
    html! {
        section id="fairness" class="card" {
            h2 { a href="/board/fairness" { (words.say(fair::TITLE)) } (index(view, words)) }
            @if view.rows.is_empty() {
                p class="hint" { (words.say(fair::NONE)) }
            } @else {
                table {
                    thead { tr {
                        th scope="col" { (words.say(fair::COL_AGENT)) }
                        th scope="col" class="number" { (words.say(fair::COL_GIVEN)) }
                        th scope="col" class="number" { (words.say(fair::COL_PER_HOUR)) }
                        th scope="col" class="number" title=(words.say(fair::PICKED_HOW)) {
                            (words.say(fair::COL_PICKED))
                        }
                        th scope="col" class="number" { (words.say(fair::COL_MISSED)) }
                    } }
                    tbody {
                        @for row in &view.rows {
                            tr {
                                th scope="row" { (row.agent) }
                                td class="number" { (linked("given", row.given, &row.tickets)) }
                                td class="number" { (value(row.per_hour, "", words)) }
                                td class="number" { (linked("picked", row.picked, &row.tickets)) }
                                td class="number" { (linked("missed", row.missed, &row.tickets)) }
                            }
                        }
                    }
                }
                p class="hint" { a href="/board/fairness" { (words.say(fair::DETAILS)) } }
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests;

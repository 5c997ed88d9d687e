//! Service levels over a range: counts, shares and lengths of time, each number with its clocks.

mod listed;

use maud::{Markup, html};

pub use listed::{Behind, behind};

use super::super::chip;
use super::super::icon::icon;
use super::super::layout::{self, Page};
use super::super::words::{Words, moment};
use super::{Onlooker, header};
use crate::domain::time::DAY;
use crate::service::view::{CountsView, FigureRow, FiguresView, ShareView};
use crate::text::Phrase;
use crate::text::screen;
use crate::text::screen::board as say;

/// A length that can be chosen, up to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
}

impl Length {
    pub(super) const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    pub(super) const fn name(self) -> Phrase {
        match self {
            Self::Day => say::RANGE_DAY,
            Self::Week => say::RANGE_WEEK,
            Self::Month => say::RANGE_MONTH,
        }
    }

    /// Reads the word of an address; `None` when it is none.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.as_str() == word)
    }

    /// How long, ms.
    #[must_use]
    pub const fn millis(self) -> i64 {
        match self {
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
        }
    }
}

/// What rows can be made by, with their names.
const GROUPINGS: [(&str, Phrase); 4] = [
    ("metric", say::BY_METRIC),
    ("policy", say::BY_POLICY),
    ("team", say::BY_TEAM),
    ("agent", say::BY_AGENT),
];

/// The whole page. `length` is the chosen one, when the range is none of its own.
#[must_use]
pub fn page(
    view: &FiguresView,
    length: Option<Length>,
    onlooker: Onlooker<'_>,
    words: &Words,
) -> Markup {
    let body = html! {
        (header(onlooker, words))
        main id="main" class="levels" {
            p { a href="/board" { (words.say(say::TITLE)) } }
            h1 { (words.say(say::LEVELS)) }
            p class="hint" { (words.say(say::LEVELS_HOW)) }
            (choices(view, length, words))
            section class="card wide" {
                @if view.rows.is_empty() {
                    p class="hint" { (words.say(say::LEVELS_NONE)) }
                } @else { (table(view, words)) }
            }
        }
    };
    document(words.say(say::LEVELS), &body, words)
}

pub(super) fn document(title: &str, body: &Markup, words: &Words) -> Markup {
    let spoken: Vec<_> = layout::LIVE.into_iter().collect();
    let page = Page {
        title,
        words,
        styles: &["board"],
        scripts: &["live"],
        kind: "board",
        spoken: &spoken,
    };
    layout::document(&page, body)
}

/// Range, grouping, and the table as a file.
fn choices(view: &FiguresView, length: Option<Length>, words: &Words) -> Markup {
    let range = |length: Option<Length>| match length {
        Some(length) => format!("range={}", length.as_str()),
        None => format!("from={}&to={}", view.from, view.to),
    };
    let choice = |href: String, is_chosen: bool, name| {
        html! { a href=(href) aria-current=[is_chosen.then_some("true")] { (words.say(name)) } }
    };
    html! {
        div class="choices" {
            nav aria-label=(words.say(say::RANGE)) {
                @for one in Length::ALL {
                    (choice(format!("/board/sla?{}&by={}", range(Some(one)), view.by),
                        length == Some(one), one.name()))
                }
            }
            nav aria-label=(words.say(say::BY)) {
                @for (word, name) in GROUPINGS {
                    (choice(format!("/board/sla?{}&by={word}", range(length)),
                        view.by == word, name))
                }
            }
            span class="hint" { (moment(view.from, words)) " – " (moment(view.to, words)) }
            span class="grow" {}
            a class="button" download href=(format!("/api/v1/stats/sla?from={}&to={}&by={}&format=csv",
                view.from, view.to, view.by)) { (icon("down")) (words.say(say::DOWNLOAD)) }
        }
    }
}

fn table(view: &FiguresView, words: &Words) -> Markup {
    html! {
        table class="levels-table" {
            (head(words))
            @if view.by == "metric" {
                tbody { @for row in &view.rows { (line(row, words)) } }
            } @else {
                @for rows in view.rows.chunk_by(|row, next| row.key == next.key) {
                    tbody {
                        tr class="group" { th scope="rowgroup" colspan="15" { (group(view, rows, words)) } }
                        @for row in rows { (line(row, words)) }
                    }
                }
            }
            tbody class="all" { (sum(view, words)) }
        }
    }
}

/// The name above the rows of one key.
fn group<'a>(view: &FiguresView, rows: &'a [FigureRow], words: &'a Words) -> &'a str {
    let none = match view.by.as_str() {
        "policy" => say::NO_POLICY,
        "team" => say::NO_TEAM,
        _ => say::NO_AGENT,
    };
    rows.first().and_then(|row| row.name.as_deref()).unwrap_or_else(|| words.say(none))
}

fn head(words: &Words) -> Markup {
    let number = |phrase| html! { th scope="col" class="number" { (words.say(phrase)) } };
    html! {
        thead {
            tr class="over" {
                td colspan="2" {}
                th scope="colgroup" colspan="5" { (words.say(say::GROUP_RESULTS)) }
                th scope="colgroup" colspan="3" { (words.say(say::GROUP_EXCLUDED)) }
                th scope="colgroup" colspan="5" { (words.say(say::GROUP_LENGTHS)) }
            }
            tr {
                th scope="col" { (words.say(say::COL_METRIC)) }
                (number(say::COL_KEPT))
                @for (phrase, state) in COUNTS {
                    th scope="col" class={ "number of-" (state) } { (words.say(phrase)) }
                }
                th scope="col" class="number of-stopped" { (words.say(say::COL_STOPPED)) }
                @for percent in ["p50", "p90", "p95"] { th scope="col" class="number" { (percent) } }
                (number(say::COL_MEAN))
            }
        }
    }
}

/// The counts in the order of the table, with their words in addresses.
const COUNTS: [(Phrase, &str); 8] = [
    (say::COL_TOTAL, "total"),
    (say::COL_MET, "met"),
    (say::COL_MISSED, "missed"),
    (say::COL_PENDING, "pending"),
    (say::COL_PROVISIONAL, "provisional"),
    (say::COL_CANCELLED, "cancelled"),
    (say::COL_SUPERSEDED, "superseded"),
    (say::COL_UNPROMISED, "unpromised"),
];

fn count_of(counts: &CountsView, state: &str) -> u64 {
    match state {
        "total" => counts.total,
        "met" => counts.met,
        "missed" => counts.missed,
        "pending" => counts.pending,
        "provisional" => counts.provisional,
        "cancelled" => counts.excluded.cancelled,
        "superseded" => counts.excluded.superseded,
        _ => counts.excluded.unpromised,
    }
}

fn line(row: &FigureRow, words: &Words) -> Markup {
    let length = |name: &'static str, millis: Option<i64>| {
        html! {
            td class="number length" data-label=(name) {
                @match millis {
                    Some(millis) => (words.span(millis)),
                    None => span class="nil" { (words.say(screen::NONE_YET)) },
                }
            }
        }
    };
    html! {
        tr {
            th scope="row" { (words.say(chip::metric(&row.metric))) }
            (kept(&row.counts, words))
            @for (name, state) in COUNTS {
                (number(words.say(name), state, count_of(&row.counts, state), &row.tickets))
            }
            (number(words.say(say::COL_STOPPED), "stopped", row.n, &row.tickets))
            (length("p50", row.p50)) (length("p90", row.p90)) (length("p95", row.p95))
            (length(words.say(say::COL_MEAN), row.mean))
        }
    }
}

/// The last line: all rows together. Lengths of different metrics have no common sense.
fn sum(view: &FiguresView, words: &Words) -> Markup {
    html! {
        tr {
            th scope="row" { (words.say(say::ALL_METRICS)) }
            (kept(&view.all, words))
            @for (name, state) in COUNTS {
                (number(words.say(name), state, count_of(&view.all, state), &view.tickets))
            }
            td class="none" colspan="5" {}
        }
    }
}

/// A number that leads to its clocks.
fn number(name: &str, state: &str, count: u64, tickets: &str) -> Markup {
    let list = tickets.strip_prefix("/api/v1/stats").unwrap_or(tickets);
    html! {
        td class={ "number of-" (state) } data-label=(name) {
            @if count > 0 { a href={ "/board" (list) "&state=" (state) } { (count) } }
            @else { span class="nil" { "0" } }
        }
    }
}

/// The share of what was kept, with its interval, and the other one that counts provisional results.
fn kept(counts: &CountsView, words: &Words) -> Markup {
    let also = counts.compliance_with_provisional;
    html! {
        td class="number kept" data-label=(words.say(say::COL_KEPT)) {
            (share(counts.compliance, words))
            @if let (Some(percent), true) = (also.percent, counts.provisional > 0) {
                small {
                    (words.fill(say::WITH_PROVISIONAL, &[("percent", &words.decimal(percent))]))
                }
            }
        }
    }
}

fn share(share: ShareView, words: &Words) -> Markup {
    let (Some(percent), Some((low, high))) = (share.percent, share.interval) else {
        return html! { span class="nil" { (words.say(screen::NONE_YET)) } };
    };
    let (low, high) = (words.decimal(low), words.decimal(high));
    html! {
        strong { (words.decimal(percent)) " %" }
        small { (words.fill(say::KEPT_OF, &[("low", &low), ("high", &high)])) }
    }
}

#[cfg(test)]
mod tests;

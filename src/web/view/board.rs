//! The supervisors' board: large figures, each with its formula and its tickets, then tables.

pub mod fairness;
mod figure;
pub mod lanes;
pub mod letters;
pub mod levels;
pub mod shadow;
mod table;

use maud::{Markup, html};

use super::icon::icon;
use super::layout::{self, Page};
use super::words::{Words, hour};
use crate::domain::time::UtcMillis;
use crate::service::view::{AgentView, BoardFigure, BoardView, TicketRow};
use crate::text::screen;
use crate::text::screen::board as say;
use crate::text::screen::state;

/// How the board is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// At a desk, with its controls.
    Near,
    /// Across a room: large, and nothing to press.
    Wall,
}

/// Who looks at the board, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Onlooker<'a> {
    /// Who.
    pub me: &'a AgentView,
    /// The session's token for forms.
    pub csrf: &'a str,
    /// From how far.
    pub distance: Distance,
}

/// The whole page.
#[must_use]
pub fn page(view: &BoardView, onlooker: Onlooker<'_>, words: &Words) -> Markup {
    let spoken: Vec<_> = layout::LIVE
        .into_iter()
        .chain([
            ("dueIn", state::DUE_IN),
            ("dueLate", state::DUE_LATE),
            ("shortLate", state::SHORT_LATE),
        ])
        .collect();
    let wall = onlooker.distance == Distance::Wall;
    let page = Page {
        title: words.say(say::TITLE),
        words,
        styles: &["board"],
        scripts: &["board"],
        kind: if wall { "board wall" } else { "board" },
        spoken: &spoken,
    };
    let body = html! {
        @if !wall { (header(onlooker, words)) }
        p id="offline" class="offline" role="alert" hidden {}
        main id="main" {
            h1 class="unseen" { (words.say(say::TITLE)) }
            (figures(view, words))
            (formulas(view, words))
            @if wall {
                a class="leave" href="/board" title=(words.say(say::WALL_OFF))
                    aria-label=(words.say(say::WALL_OFF)) { (icon("close")) }
            }
        }
    };
    layout::document(&page, &body)
}

/// The bar on top.
fn header(onlooker: Onlooker<'_>, words: &Words) -> Markup {
    html! {
        header class="bar" {
            (layout::brand(words))
            (layout::pages("/board", onlooker.me, words))
            span class="grow" {}
            a class="button quiet" href="/board/sla" title=(words.say(say::LEVELS)) {
                (icon("clock")) span { (words.say(say::LEVELS_SHORT)) }
            }
            a class="button quiet" href="/board?wall=1" { (icon("wide")) span { (words.say(say::WALL)) } }
            (layout::account(&onlooker.me.name, "/board", onlooker.csrf, words))
        }
    }
}

/// Everything that changes; a live fragment.
#[must_use]
pub fn figures(view: &BoardView, words: &Words) -> Markup {
    let now = UtcMillis(view.at);
    html! {
        div id="figures" data-at=(view.at) {
            p class="as-of" {
                span class="live" { span class="dot" aria-hidden="true" {} (words.say(screen::LIVE)) }
                (words.say(say::AS_OF)) " " (hour(view.at, words)) " · " (words.say(say::LAST_DAY))
            }
            (table::alarms(&view.alarms, words))
            (lanes::warnings(&view.unserved, words))
            section class="figures now" aria-label=(words.say(say::GROUP_NOW)) {
                @for figure in figure::now(view, words) { (figure.show()) }
            }
            section class="figures day" aria-label=(words.say(say::GROUP_DAY)) {
                @for figure in figure::day(view, words) { (figure.show()) }
            }
            div class="tables" {
                (lanes::card(&view.lanes, view.lanes_total, words, now))
                (table::agents(&view.agents, words, now))
                (shadow::card(view.shadow.as_ref(), words))
                (fairness::card(&view.fairness, words))
                (table::urgent(&view.urgent, words, now))
                (table::sessions(&view.sessions, words))
                (table::unanswered(&view.unanswered, words))
            }
        }
    }
}

/// The tickets behind one figure, below its formula.
#[must_use]
pub fn behind(
    of: BoardFigure,
    rows: &[TicketRow],
    view: &BoardView,
    onlooker: Onlooker<'_>,
    words: &Words,
) -> Markup {
    let all: Vec<_> =
        figure::now(view, words).into_iter().chain(figure::day(view, words)).collect();
    let shown = all.iter().find(|figure| figure.id == of.as_str());
    let (name, formula) = shown.map_or(("", ""), |figure| (figure.name, figure.formula));
    let page =
        Page { title: name, words, styles: &["board"], scripts: &[], kind: "board", spoken: &[] };
    let body = html! {
        (header(onlooker, words))
        main id="main" class="behind" {
            p { a href="/board" { (words.say(say::TITLE)) } }
            h1 { (name) }
            p class="hint" { (formula) }
            (table::listed(rows, words, UtcMillis(view.at)))
        }
    };
    layout::document(&page, &body)
}

/// Every figure's formula, for those without a pointer to hover with.
fn formulas(view: &BoardView, words: &Words) -> Markup {
    html! {
        details class="formulas" {
            summary { (words.say(say::FORMULAS)) }
            dl {
                @for figure in figure::now(view, words).iter().chain(&figure::day(view, words)) {
                    dt { (figure.name) } dd { (figure.formula) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! The shadow run: what a candidate would change, and the two ways to end it.

mod changed;

use maud::{Markup, html};

use super::super::icon::icon;
use super::super::layout::{self, Page};
use super::super::words::{Words, moment};
use super::{Onlooker, header};
use crate::service::view::{RefusalView, ShadowGlance, ShadowRun, ShadowView};
use crate::text::Phrase;
use crate::text::screen::board as say;
use crate::text::screen::shadow as run;

/// The whole page. `late` is the candidate that somebody wanted to decide on too late.
#[must_use]
pub fn page(
    view: &ShadowView,
    late: Option<&ShadowRun>,
    onlooker: Onlooker<'_>,
    words: &Words,
) -> Markup {
    let spoken: Vec<_> = layout::LIVE.into_iter().collect();
    let page = Page {
        title: words.say(run::TITLE),
        words,
        styles: &["board", "shadow"],
        scripts: &["shadow"],
        kind: "board",
        spoken: &spoken,
    };
    let body = html! {
        (header(onlooker, words))
        p id="offline" class="offline" role="alert" hidden {}
        main id="main" class="levels shadow" {
            p { a href="/board" { (words.say(say::TITLE)) } }
            h1 { (words.say(run::TITLE)) }
            p class="hint" { (words.say(run::LEAD)) }
            @if let Some(late) = late { (too_late(late, words)) }
            @if let Some(refused) = &view.refused { (problems(refused, words)) }
            @match &view.running {
                Some(candidate) => {
                    (decisions(candidate, view, onlooker.csrf, words))
                    (live(view, words))
                }
                None => (nothing(view, words)),
            }
            (history(&view.ended, words))
        }
    };
    layout::document(&page, &body)
}

/// What changes while somebody looks: a live fragment.
#[must_use]
pub fn live(view: &ShadowView, words: &Words) -> Markup {
    html! {
        div id="shadow-live" {
            @if let Some(candidate) = &view.running {
                (counts(candidate, words))
                (changed::filter(candidate, &view.kind, words))
                (changed::list(view, words))
            }
        }
    }
}

/// The first digits of a version, which tell it from another.
fn short(version: &str) -> &str {
    version.get(..12).unwrap_or(version)
}

fn decisions(candidate: &ShadowRun, view: &ShadowView, csrf: &str, words: &Words) -> Markup {
    let from = if candidate.origin == "folder" { run::FROM_FOLDER } else { run::FROM_COMMAND };
    html! {
        section class="card candidate" {
            dl {
                dt { (words.say(run::CANDIDATE)) }
                dd { code { (short(&candidate.version)) } " " (words.say(from)) ", "
                    (words.say(run::SINCE)) " " (moment(candidate.started_at, words)) }
                dt { (words.say(run::PUBLISHED)) }
                dd { code { (short(&view.published)) } }
            }
            @if candidate.counted_from > candidate.started_at {
                p class="hint" { (words.say(run::RECOUNTED)) " (" (words.say(run::COUNTED_FROM)) " "
                    (moment(candidate.counted_from, words)) ")" }
            }
            div class="decide" {
                (decision(&candidate.id, "promote", csrf,
                    [run::PROMOTE, run::PROMOTE_HOW, run::PROMOTE_NOW], words))
                (decision(&candidate.id, "discard", csrf,
                    [run::DISCARD, run::DISCARD_HOW, run::DISCARD_NOW], words))
            }
        }
    }
}

/// One of the two ways to end it: what it does is told before it can be done.
fn decision(
    id: &str,
    verb: &str,
    csrf: &str,
    [name, how, now]: [Phrase; 3],
    words: &Words,
) -> Markup {
    html! {
        details id={ "decide-" (verb) } name="decide" {
            summary class="button" {
                (icon(if verb == "promote" { "check" } else { "close" })) (words.say(name))
            }
            form method="post" action={ "/board/shadow/" (id) "/" (verb) } {
                p { (words.say(how)) }
                input type="hidden" name="csrf" value=(csrf);
                button class=[(verb == "promote").then_some("primary")] { (words.say(now)) }
            }
        }
    }
}

fn counts(candidate: &ShadowRun, words: &Words) -> Markup {
    let figure = |id: &str, name: Phrase, n: u64, below: &str| {
        html! {
            div class="figure" id={ "shadow-" (id) } {
                span class="figure-name" { (words.say(name)) }
                span class="figure-value" { (n) }
                @if !below.is_empty() { span class="figure-below" { (below) } }
            }
        }
    };
    let percent = |part: u64| match candidate.looked {
        0 => String::new(),
        whole => format!("{} %", words.decimal(part as f64 * 100.0 / whole as f64)),
    };
    html! {
        section class="figures now" {
            (figure("looked", run::LOOKED, candidate.looked, ""))
            (figure("changed", run::CHANGED, candidate.changed, &percent(candidate.changed)))
            (figure("unchanged", run::UNCHANGED, candidate.unchanged, &percent(candidate.unchanged)))
            (figure("skipped", run::SKIPPED, candidate.skipped, words.say(run::SKIPPED_HOW)))
        }
    }
}

fn nothing(view: &ShadowView, words: &Words) -> Markup {
    html! {
        section class="card" id="shadow-none" {
            p { strong { (words.say(run::NONE)) } }
            @if view.watched { p class="hint" { (words.say(run::HOW_FOLDER)) } }
            p class="hint" { (words.say(run::HOW_COMMAND)) }
            pre { code { "sportello intents shadow " i { "DIR" } } }
            p class="hint" { (words.say(run::PUBLISHED)) ": " code { (short(&view.published)) } }
        }
    }
}

fn too_late(late: &ShadowRun, words: &Words) -> Markup {
    let who = [("who", late.ended_by.as_deref().unwrap_or_default())];
    let told = match (late.state.as_str(), &late.ended_by) {
        ("promoted", Some(_)) => words.fill(run::TOO_LATE_PROMOTED, &who),
        ("discarded", Some(_)) => words.fill(run::TOO_LATE_DISCARDED, &who),
        ("replaced", _) => words.say(run::TOO_LATE_REPLACED).to_owned(),
        _ => String::new(),
    };
    html! {
        div class="alarm alarm-unconfirmed" id="too-late" role="alert" {
            (icon("info"))
            div { strong { (told) " " } (words.say(run::TOO_LATE)) }
        }
    }
}

/// Why files were refused, each problem at its place.
fn problems(refused: &RefusalView, words: &Words) -> Markup {
    let more = refused.total.saturating_sub(refused.problems.len() as u64);
    html! {
        div class="alarm" id="refused" role="alert" {
            (icon("late"))
            div {
                strong { (words.say(run::REFUSED)) } " " (moment(refused.at, words))
                @for problem in &refused.problems {
                    pre lang="en" { (problem.place) ": " (problem.message)
                        @if !problem.excerpt.is_empty() { "\n" (problem.excerpt) } }
                }
                @if more > 0 { p { (words.fill(run::PROBLEMS_MORE, &[("n", &more.to_string())])) } }
            }
        }
    }
}

fn history(ended: &[ShadowRun], words: &Words) -> Markup {
    html! {
        @if !ended.is_empty() {
            section class="card wide" id="shadow-history" {
                h2 { (words.say(run::HISTORY)) }
                table class="runs" {
                    thead { tr {
                        th scope="col" { (words.say(run::COL_WHEN)) }
                        th scope="col" { (words.say(run::COL_HOW)) }
                        th scope="col" { (words.say(run::COL_WHO)) }
                        th scope="col" { (words.say(run::CANDIDATE)) }
                        th scope="col" class="number" { (words.say(run::COL_CHANGED)) }
                    } }
                    tbody { @for one in ended { (past(one, words)) } }
                }
            }
        }
    }
}

fn past(one: &ShadowRun, words: &Words) -> Markup {
    let how = match one.state.as_str() {
        "promoted" => run::PROMOTED,
        "discarded" => run::DISCARDED,
        "replaced" => run::REPLACED,
        _ => run::WITHDRAWN,
    };
    html! {
        tr {
            td { (moment(one.ended_at.unwrap_or(one.started_at), words)) }
            td { (words.say(how)) }
            td { (one.ended_by.as_deref().unwrap_or("–")) }
            td { code { (short(&one.version)) } }
            td class="number" { (one.changed) " / " (one.looked) }
        }
    }
}

/// The card on the board.
#[must_use]
pub fn card(glance: Option<&ShadowGlance>, words: &Words) -> Markup {
    html! {
        section id="shadow" class="card" {
            h2 { a href="/board/shadow" { (words.say(run::TITLE)) } }
            @match glance {
                Some(glance) => {
                    p {
                        (words.fill(run::OF_LOOKED, &[
                            ("changed", &glance.changed.to_string()),
                            ("looked", &glance.looked.to_string()),
                        ]))
                    }
                    p class="hint" { a href="/board/shadow" { (words.say(run::DETAILS)) } }
                }
                None => p class="hint" { (words.say(run::NONE)) },
            }
        }
    }
}

#[cfg(test)]
mod tests;

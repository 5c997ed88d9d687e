//! The routing queue on the board: its lanes, and those that nobody can serve.

use maud::{Markup, html};

use super::super::icon::icon;
use super::super::layout::{self, Page};
use super::super::words::Words;
use super::{Onlooker, header, table};
use crate::domain::time::UtcMillis;
use crate::service::view::{GapView, LaneView, TicketRow, UnservedView};
use crate::text::screen;
use crate::text::screen::board as say;
use crate::text::screen::lanes as lane_words;

/// The lanes of the routing queue, the most urgent first.
#[must_use]
pub fn card(lanes: &[LaneView], total: u64, words: &Words, now: UtcMillis) -> Markup {
    let hidden = total.saturating_sub(u64::try_from(lanes.len()).unwrap_or(u64::MAX));
    html! {
        section id="queues" class="card" {
            h2 { a href="/desk?tab=waiting" { (words.say(say::QUEUES)) } }
            @if lanes.is_empty() {
                p class="hint" { (words.say(say::LANES_NONE)) }
            } @else {
                table class="lanes" {
                    thead { tr {
                        th scope="col" { (words.say(say::LANE)) }
                        th scope="col" class="number" { (words.say(say::LANE_WAITING)) }
                        th scope="col" class="number" { (words.say(say::LANE_OLDEST)) }
                        th scope="col" class="number" { (words.say(lane_words::NEXT_DUE)) }
                        th scope="col" class="number" { (words.say(say::LANE_ABLE)) }
                        th scope="col" class="number" { (words.say(lane_words::FREE)) }
                    } }
                    tbody { @for lane in lanes { (row(lane, words, now)) } }
                }
            }
            @if hidden > 0 {
                p class="hint" { (words.fill(lane_words::HIDDEN, &[("n", &hidden.to_string())])) }
            }
        }
    }
}

/// One lane.
fn row(lane: &LaneView, words: &Words, now: UtcMillis) -> Markup {
    html! {
        tr {
            th scope="row" { (wants(lane, words)) }
            td class="number" data-label=(words.say(say::LANE_WAITING)) { a href=(lane.tickets) { (lane.waiting) } }
            td class="number" data-label=(words.say(say::LANE_OLDEST)) { (words.span(lane.oldest_wait)) }
            td class="number" data-label=(words.say(lane_words::NEXT_DUE)) {
                @match lane.next_due {
                    Some(due) => (due_in(due, words, now)),
                    None => (words.say(screen::NONE_YET)),
                }
            }
            td class="number" data-label=(words.say(say::LANE_ABLE)) {
                @if lane.able == 0 {
                    span class="chip alert" title=(words.say(say::LANE_NOBODY)) {
                        (icon("late")) "0"
                        span class="unseen" { ", " (words.say(say::LANE_NOBODY)) }
                    }
                } @else { (lane.able) }
            }
            td class="number" data-label=(words.say(lane_words::FREE)) {
                @if lane.able == 0 { (words.say(screen::NONE_YET)) } @else { (lane.free) }
            }
        }
    }
}

/// What a lane asks for.
fn wants(lane: &LaneView, words: &Words) -> Markup {
    let wants: Vec<&str> = lane
        .team
        .iter()
        .chain(&lane.or_teams)
        .chain(&lane.language)
        .chain(&lane.skills)
        .map(String::as_str)
        .collect();
    html! {
        @if wants.is_empty() { (words.say(say::LANE_ANY)) }
        @for want in &wants { span class="chip" { (want) } " " }
    }
}

/// How long until a deadline, or since.
fn due_in(due: i64, words: &Words, now: UtcMillis) -> Markup {
    let left = due.saturating_sub(now.0);
    html! {
        @if left >= 0 { (words.span(left)) }
        @else {
            span class="over" {
                (words.fill(lane_words::LATE_BY, &[("t", &words.span(left.saturating_neg()))]))
            }
        }
    }
}

/// Lanes that nobody can serve: which, what is missing, and what to do.
#[must_use]
pub fn warnings(unserved: &[UnservedView], words: &Words) -> Markup {
    html! {
        @if !unserved.is_empty() {
            section class="alarms" aria-label=(words.say(lane_words::WARNINGS)) {
                @for one in unserved { (warning(one, words)) }
            }
        }
    }
}

fn warning(one: &UnservedView, words: &Words) -> Markup {
    let nobody = one.kind == "nobody";
    html! {
        div class={ "alarm alarm-" (one.kind) } {
            (icon("late"))
            div {
                strong { (headline(one, words)) }
                p {
                    @if let Some(missing) = &one.missing { (lacking(missing, nobody, words)) " " }
                    (words.say(lane_words::TICKETS)) " "
                    @for (at, (id, code)) in one.named.iter().enumerate() {
                        @if at > 0 { ", " }
                        a class="code" href={ "/desk/tickets/" (id) "?tab=team" } { (code) }
                    }
                    @if one.waiting > one.named.len() as u64 { " " a href=(one.tickets) { "…" } }
                    " (" (words.fill(say::WAITING_SUB, &[("t", &words.span(one.oldest_wait))])) ")"
                }
                @if nobody { (advice(one, words)) }
                @else if !one.able.is_empty() {
                    p { (words.fill(lane_words::WHO_COULD, &[("who", &one.able.join(", "))])) }
                }
            }
        }
    }
}

/// How many wait for what, and why it is a warning.
fn headline(one: &UnservedView, words: &Words) -> String {
    let asked: Vec<&str> =
        one.team.iter().chain(&one.language).chain(&one.skills).map(String::as_str).collect();
    let phrase = match one.kind.as_str() {
        "nobody" => lane_words::NOBODY,
        "nobody_now" => lane_words::NOBODY_NOW,
        _ => lane_words::NOBODY_HERE,
    };
    words.fill(phrase, &[("n", &one.waiting.to_string()), ("what", &asked.join(" + "))])
}

/// What nobody has.
fn lacking(missing: &GapView, ever: bool, words: &Words) -> String {
    let mut parts = Vec::new();
    if let Some(team) = &missing.team {
        parts.push(words.fill(lane_words::LACKS_TEAM, &[("what", team)]));
    }
    if let Some(language) = &missing.language {
        parts.push(words.fill(lane_words::LACKS_LANGUAGE, &[("what", language)]));
    }
    for skill in &missing.skills {
        parts.push(words.fill(lane_words::LACKS_SKILL, &[("what", skill)]));
    }
    if parts.is_empty() {
        let whole = if ever { lane_words::LACKS_WHOLE } else { lane_words::LACKS_WHOLE_NOW };
        return words.say(whole).to_owned();
    }
    let told = parts.join("; ");
    let mut letters = told.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// The command that mends it.
fn advice(one: &UnservedView, words: &Words) -> Markup {
    let missing = one.missing.clone().unwrap_or_default();
    let whole = missing == GapView::default();
    let team = if whole { &one.team } else { &missing.team };
    let language = if whole { &one.language } else { &missing.language };
    let skills = if whole { &one.skills } else { &missing.skills };
    let option = |name: &str, value: &str| {
        if value.is_empty() { String::new() } else { format!(" --add-{name} {}", quoted(value)) }
    };
    let who = one.nearest.first().map_or("anna@shop.example", String::as_str);
    let command = format!(
        "sportello user change {}{}{}{}",
        quoted(who),
        option("teams", team.as_deref().unwrap_or_default()),
        option("languages", language.as_deref().unwrap_or_default()),
        option("skills", &skills.join(",")),
    );
    html! { p { (words.say(lane_words::ADVICE)) } pre lang="en" { (command) } }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@.,_:+-".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The tickets of one lane.
#[must_use]
pub fn page(
    lane: &LaneView,
    rows: &[TicketRow],
    onlooker: Onlooker<'_>,
    words: &Words,
    now: UtcMillis,
) -> Markup {
    let title = words.say(say::WAITING);
    let page = Page { title, words, styles: &["board"], scripts: &[], kind: "board", spoken: &[] };
    let body = html! {
        (header(onlooker, words))
        main id="main" class="behind" {
            p { a href="/board" { (words.say(say::TITLE)) } " › " (words.say(say::QUEUES)) }
            h1 { (words.say(say::WAITING)) " · " (lane.waiting) " · " (wants(lane, words)) }
            (table::listed(rows, words, now))
        }
    };
    layout::document(&page, &body)
}

#[cfg(test)]
mod tests;

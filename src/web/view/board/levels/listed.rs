//! The clocks behind one number.

use maud::{Markup, html};

use super::super::super::chip;
use super::super::super::icon::icon;
use super::super::super::words::{Words, moment};
use super::super::{Onlooker, header};
use super::{COUNTS, document};
use crate::domain::time::UtcMillis;
use crate::service::view::InstanceView;
use crate::text::screen;
use crate::text::screen::board as say;

/// How many clocks a page shows.
const LISTED: usize = 500;

/// Which number it is.
#[derive(Clone, Copy, Debug)]
pub struct Behind<'a> {
    /// The first instant of the range.
    pub from: UtcMillis,
    /// The first instant after it.
    pub to: UtcMillis,
    /// The grouping's word.
    pub by: &'a str,
    /// The metric's word; none for all.
    pub metric: Option<&'a str>,
    /// The word of the result.
    pub state: &'a str,
    /// The query of the address, which the API understands as well.
    pub query: &'a str,
}

/// The page.
#[must_use]
pub fn behind(
    of: &Behind<'_>,
    instances: &[InstanceView],
    onlooker: Onlooker<'_>,
    words: &Words,
) -> Markup {
    let metric = words.say(of.metric.map_or(say::ALL_METRICS, chip::metric));
    let title = format!("{metric} · {}", result(of.state, words));
    let back = format!("/board/sla?from={}&to={}&by={}", of.from.0, of.to.0, of.by);
    let body = html! {
        (header(onlooker, words))
        main id="main" class="levels" {
            p {
                a href="/board" { (words.say(say::TITLE)) } " › "
                a href=(back) { (words.say(say::LEVELS)) }
            }
            h1 { (title) " · " (instances.len()) }
            div class="choices" {
                span class="hint" { (moment(of.from.0, words)) " – " (moment(of.to.0, words)) }
                @if instances.len() > LISTED {
                    span class="hint" { (rest(instances.len(), words)) }
                }
                span class="grow" {}
                a class="button" download href={ "/api/v1/stats/sla/tickets?" (of.query) "&format=csv" } {
                    (icon("down")) (words.say(say::DOWNLOAD))
                }
            }
            section class="card wide" {
                @if instances.is_empty() {
                    p class="hint" { (words.say(say::BEHIND_NONE)) }
                } @else { (table(&instances[..instances.len().min(LISTED)], words)) }
            }
        }
    };
    document(&title, &body, words)
}

fn rest(all: usize, words: &Words) -> String {
    let (shown, all) = (LISTED.to_string(), all.to_string());
    words.fill(say::LISTED_OF, &[("shown", &shown), ("n", &all)])
}

/// A result in words.
fn result(state: &str, words: &Words) -> String {
    let phrase = match state {
        "total" => say::OF_TOTAL,
        "stopped" => say::OF_STOPPED,
        state => COUNTS.iter().find(|(_, word)| *word == state).map_or(say::OF_TOTAL, |(p, _)| *p),
    };
    words.say(phrase).to_lowercase()
}

fn table(instances: &[InstanceView], words: &Words) -> Markup {
    let columns = [
        say::COL_TICKET,
        say::COL_METRIC,
        say::COL_STATE,
        say::COL_START,
        say::COL_DUE,
        say::COL_ELAPSED,
        say::COL_OVERRUN,
        say::BY_POLICY,
        say::BY_TEAM,
        say::BY_AGENT,
    ];
    html! {
        table class="levels-table instances" {
            thead { tr { @for name in columns { th scope="col" { (words.say(name)) } } } }
            tbody { @for clock in instances { (row(clock, words)) } }
        }
    }
}

fn row(clock: &InstanceView, words: &Words) -> Markup {
    let nil = || html! { span class="nil" { (words.say(screen::NONE_YET)) } };
    let cell = |name, content: Option<Markup>| {
        html! { td data-label=(words.say(name)) { (content.unwrap_or_else(nil)) } }
    };
    let text = |text: &Option<String>| text.as_ref().map(|text| html! { (text) });
    html! {
        tr {
            th scope="row" {
                a class="code" href={ "/desk/tickets/" (clock.ticket) "?tab=team" } { (clock.code) }
            }
            (cell(say::COL_METRIC, Some(html! {
                (words.say(chip::metric(&clock.metric)))
                @if clock.instance > 1 { " " small { (clock.instance) } }
            })))
            (cell(say::COL_STATE, Some(html! {
                span class={ "of-" (clock.state) } { (result(&clock.state, words)) }
            })))
            (cell(say::COL_START, Some(moment(clock.start, words))))
            (cell(say::COL_DUE, clock.due.map(|due| moment(due, words))))
            (cell(say::COL_ELAPSED, Some(html! { (words.span(clock.elapsed)) })))
            (cell(say::COL_OVERRUN, clock.overrun.map(|over| html! { (words.span(over)) })))
            (cell(say::BY_POLICY, text(&clock.policy)))
            (cell(say::BY_TEAM, text(&clock.team)))
            (cell(say::BY_AGENT, text(&clock.agent)))
        }
    }
}

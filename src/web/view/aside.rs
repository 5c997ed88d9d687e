//! The desk's right pane: who writes, what they want, what is promised, and why this agent.

use maud::{Markup, html};

use super::decision::{Reader, decision};
use super::icon::icon;
use super::thread::Bench;
use super::words::{Words, since};
use super::{chip, clocks, known, person};
use crate::domain::time::UtcMillis;
use crate::service::view::TicketView;
use crate::text::screen::{desk as say, person as identity, state};
use crate::text::{Phrase, screen};

/// The right pane; a live fragment. On small screens it is a sheet.
#[must_use]
pub fn side(view: &TicketView, bench: Bench<'_>, words: &Words, now: UtcMillis) -> Markup {
    let reader = if view.mine { Reader::Holder } else { Reader::Other };
    html! {
        aside id="side" class="side" popover aria-label=(words.say(say::SIDE)) {
            button class="quiet side-close" type="button" popovertarget="side"
                popovertargetaction="hide" aria-label=(words.say(screen::CLOSE)) { (icon("close")) }
            (wants(view, words))
            (collected(view, words))
            (clocks::card(&view.clocks, words, now))
            (customer(view, words, now))
            (person::card(view, bench, words, now))
            (trail(view, words))
            (decision(view.decision.as_ref(), reader, words))
            (earlier(view, words, now))
        }
    }
}

/// An empty right pane.
#[must_use]
pub fn nothing() -> Markup {
    html! { aside id="side" class="side" popover {} }
}

/// What they want, why it is here, and how sure the bot was.
fn wants(view: &TicketView, words: &Words) -> Markup {
    html! {
        section class="card wants" {
            h2 { (words.say(say::WANTS)) }
            blockquote lang=[view.row.language.as_deref()] { (view.summary) }
            p class="why" { (words.say(say::WHY_HERE)) ": " strong { (words.say(reason(&view.reason))) } }
            @if let Some(intent) = &view.intent {
                p class="why" {
                    (words.say(say::UNDERSTOOD)) ": " strong { (intent) }
                    @if let Some(p) = view.confidence { " · " (sure(p, words)) }
                }
            }
            @if let Some((rating, comment)) = &view.rating {
                p class="why" {
                    (words.say(say::RATING)) ": "
                    strong { (words.fill(say::RATED, &[("n", &rating.to_string())])) }
                    @if let Some(comment) = comment { " – " q { (comment) } }
                }
            }
            @if let Some(parent) = &view.parent {
                p class="why" {
                    a href={ "/desk/tickets/" (parent) } { (icon("link")) (words.say(say::PARENT)) }
                }
            }
        }
    }
}

/// The slots.
fn collected(view: &TicketView, words: &Words) -> Markup {
    html! {
        @if !view.slots.is_empty() {
            section class="card" {
                h2 { (words.say(say::COLLECTED)) }
                dl class="pairs" {
                    @for (name, value) in &view.slots {
                        dt { (name.replace('_', " ")) }
                        dd {
                            (value)
                            @if view.unproved.contains(name) {
                                small class="as-typed" { (icon("question")) (words.say(identity::AS_TYPED)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Facts about customer and ticket.
fn customer(view: &TicketView, words: &Words, now: UtcMillis) -> Markup {
    let row = &view.row;
    html! {
        section class="card" {
            h2 { (words.say(say::CUSTOMER)) }
            p class="person" {
                span class="face" aria-hidden="true" { (initial(&row.customer)) }
                span {
                    strong { (row.customer) } br;
                    @match view.person.contacts.first() {
                        Some(here) if view.known.verified_id.is_none() => {
                            small { (person::standing(here, words)) }
                        }
                        _ => (known::mark(&view.known, words)),
                    }
                }
            }
            dl class="pairs" {
                dt { (words.say(say::CHANNEL)) } dd { (chip::channel(&row.channel, words)) }
                @if let Some(code) = &row.language {
                    dt { (words.say(say::LANGUAGE)) }
                    dd { (words.say(if code == "it" { say::LANG_IT } else { say::LANG_EN })) }
                }
                (known::facts(&view.known, words))
                dt { (words.say(say::OPENED)) } dd { (since(row.created_at, words, now)) }
                dt { (words.say(say::HOLDER)) }
                dd { (row.assignee.as_deref().unwrap_or_else(|| words.say(say::UNHELD))) }
                @if !view.segments.is_empty() {
                    dt { (words.say(say::SEGMENTS)) }
                    dd { @for segment in &view.segments { span class="chip" { (segment) } " " } }
                }
                @if let Some(team) = &row.team { dt { (words.say(say::TEAM)) } dd { (team) } }
                @if !view.skills.is_empty() {
                    dt { (words.say(say::SKILLS)) } dd { (view.skills.join(", ")) }
                }
                dt { (words.say(say::PRIORITY)) } dd { (words.say(chip::priority(&row.priority))) }
            }
        }
    }
}

/// The first letter of a name.
fn initial(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default()
}

/// What the bot understood, step by step.
fn trail(view: &TicketView, words: &Words) -> Markup {
    html! {
        @if !view.trail.is_empty() {
            details class="card" data-key="trail" {
                summary { h2 { (words.say(say::TRAIL)) } }
                ol class="trail" {
                    @for (said, intent, p) in &view.trail {
                        li {
                            q { (said) }
                            small {
                                @match intent {
                                    Some(intent) => { (intent) " · " (sure(*p, words)) }
                                    None => { (words.say(say::NOT_UNDERSTOOD)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A probability in percent.
fn sure(p: f32, words: &Words) -> String {
    words.fill(say::SURE, &[("n", &format!("{:.0}", p * 100.0))])
}

/// The same person's other tickets, on whichever channel.
fn earlier(view: &TicketView, words: &Words, now: UtcMillis) -> Markup {
    html! {
        section class="card" {
            h2 { (words.say(say::EARLIER)) }
            @if view.earlier.is_empty() {
                p class="hint" { (words.say(say::EARLIER_NONE)) }
            } @else {
                (person::tickets(&view.earlier, words, now))
            }
        }
    }
}

/// Why the ticket came to a human.
fn reason(word: &str) -> Phrase {
    match word {
        "asked" => state::REASON_ASKED,
        "fallback" => state::REASON_FALLBACK,
        "policy" => state::REASON_POLICY,
        "error" => state::REASON_ERROR,
        "recovery" => state::REASON_RECOVERY,
        _ => state::REASON_NO_ANSWER,
    }
}

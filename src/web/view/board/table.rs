//! The board's tables and alarms.

use maud::{Markup, html};

use super::super::chip;
use super::super::desk::load_bar;
use super::super::icon::icon;
use super::super::row::{Place, ticket_row};
use super::super::words::{Words, since};
use crate::domain::time::UtcMillis;
use crate::service::view::{AgentView, AlarmView, TicketRow};
use crate::text::Phrase;
use crate::text::screen::board as say;
use crate::text::screen::{lanes, letters, shadow};

/// What somebody must look at, on top.
pub(super) fn alarms(alarms: &[AlarmView], words: &Words) -> Markup {
    html! {
        @if !alarms.is_empty() {
            section class="alarms" aria-label=(words.say(say::ALARMS)) {
                @for alarm in alarms {
                    div class={ "alarm alarm-" (alarm.kind) } {
                        (icon("late"))
                        div {
                            strong {
                                @if alarm.count > 1 && !alarm.kind.ends_with("_refused") { (alarm.count) " × " }
                                (words.say(alarm_name(&alarm.kind)))
                            }
                            @if !alarm.detail.is_empty() { pre lang="en" { (alarm.detail) } }
                            (untold(alarm, words))
                            @if matches!(alarm.kind.as_str(), "unconfirmed" | "failed" | "unparsed") {
                                p { a href="/board/letters" { (words.say(letters::LOOK)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Of refused files only the first problems are told.
fn untold(alarm: &AlarmView, words: &Words) -> Markup {
    let told = alarm.detail.split("\n\n").count() as u64;
    let more = alarm.count.saturating_sub(told);
    html! {
        @if more > 0 && alarm.kind.ends_with("_refused") {
            p { (words.fill(shadow::PROBLEMS_MORE, &[("n", &more.to_string())])) }
        }
    }
}

/// An alarm in words.
fn alarm_name(kind: &str) -> Phrase {
    match kind {
        "queue_away" => say::ALARM_QUEUE_AWAY,
        "queue_refused" => lanes::ALARM_REFUSED,
        "left_out" => lanes::ALARM_LEFT_OUT,
        "content_refused" => say::ALARM_CONTENT,
        "candidate_refused" => shadow::ALARM,
        "page_failed" => say::ALARM_PAGE,
        "mail_failed" => crate::text::screen::person::ALARM_MAIL,
        "unconfirmed" => say::ALARM_UNCONFIRMED,
        "failed" => say::ALARM_FAILED,
        _ => say::ALARM_UNPARSED,
    }
}

/// The people at the desk.
pub(super) fn agents(agents: &[AgentView], words: &Words, now: UtcMillis) -> Markup {
    html! {
        section id="agents" class="card" {
            h2 { (words.say(say::AGENTS)) }
            @if agents.is_empty() {
                p class="hint" { (words.say(say::AGENTS_NONE)) }
            } @else {
                table {
                    thead { tr {
                        th scope="col" { (words.say(say::AGENT)) }
                        th scope="col" { (words.say(say::AGENT_STATE)) }
                        th scope="col" class="number" { (words.say(say::AGENT_SINCE)) }
                        th scope="col" class="number" { (words.say(say::AGENT_LOAD)) }
                    } }
                    tbody {
                        @for agent in agents {
                            tr id={ "agent-" (agent.id) } {
                                th scope="row" { (agent.name) }
                                td { (chip::presence_chip(&agent.presence, words)) (chip::stance(agent.detail.as_deref(), words)) }
                                td class="number" {
                                @if agent.since > 0 { (since(agent.since, words, now)) } @else { "–" }
                            }
                                td class="number load" {
                                    (load_bar(agent.load, agent.capacity))
                                    " " (agent.load) "/" (agent.capacity)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The most urgent waiting or late tickets.
pub(super) fn urgent(rows: &[TicketRow], words: &Words, now: UtcMillis) -> Markup {
    let place = Place { query: "?tab=team", open: None };
    html! {
        section id="urgent" class="card" {
            h2 { a href="/desk?tab=team" { (words.say(say::URGENT)) } }
            @if rows.is_empty() {
                p class="hint" { (words.say(say::URGENT_NONE)) }
            } @else {
                ol class="rows" { @for row in rows { (ticket_row(row, place, words, now)) } }
            }
        }
    }
}

/// The tickets behind a figure.
pub(super) fn listed(rows: &[TicketRow], words: &Words, now: UtcMillis) -> Markup {
    let place = Place { query: "?tab=team", open: None };
    html! {
        section class="card" {
            @if rows.is_empty() {
                p class="hint" { (words.say(say::BEHIND_NONE)) }
            } @else {
                ol class="rows" { @for row in rows { (ticket_row(row, place, words, now)) } }
            }
        }
    }
}

/// The bot's sessions by outcome, as bars with their numbers.
pub(super) fn sessions(sessions: &[(String, u64)], words: &Words) -> Markup {
    let total: u64 = sessions.iter().map(|(_, count)| count).sum();
    html! {
        section id="bot" class="card" {
            h2 { (words.say(say::BOT)) " · " (words.say(say::BOT_SESSIONS)) }
            @if total == 0 {
                p class="hint" { (words.say(say::BOT_NONE)) }
            } @else {
                table class="bars" {
                    tbody {
                        @for (outcome, count) in sessions {
                            tr class={ "outcome-" (outcome) } {
                                th scope="row" { (words.say(outcome_name(outcome))) }
                                td class="bar-cell" { (meter(*count, total)) }
                                td class="number" { (count) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A part of a whole, drawn.
fn meter(part: u64, whole: u64) -> Markup {
    let percent = 100.0 * part as f64 / whole.max(1) as f64;
    html! {
        svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect class="track" x="0" y="0" width="100" height="6" rx="2" {}
            rect class="fill" x="0" y="0" width=(format!("{percent:.1}")) height="6" rx="2" {}
        }
    }
}

/// An outcome in words.
fn outcome_name(outcome: &str) -> Phrase {
    match outcome {
        "confirmed" => say::OUT_CONFIRMED,
        "silent" => say::OUT_SILENT,
        "abandoned" => say::OUT_ABANDONED,
        "handed_off" => say::OUT_HANDED_OFF,
        "failed" => say::OUT_FAILED,
        _ => say::OUT_RUNNING,
    }
}

/// What the bot did not understand.
pub(super) fn unanswered(questions: &[(String, u64)], words: &Words) -> Markup {
    html! {
        section id="unanswered" class="card" {
            h2 { (words.say(say::UNANSWERED)) }
            @if questions.is_empty() {
                p class="hint" { (words.say(say::UNANSWERED_NONE)) }
            } @else {
                table {
                    tbody {
                        @for (question, count) in questions {
                            tr {
                                th scope="row" class="quote" { q { (question) } }
                                td class="number" {
                                    span class="unseen" { (words.say(say::TIMES)) ": " }
                                    (count) " ×"
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

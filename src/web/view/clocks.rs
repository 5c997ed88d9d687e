//! A ticket's clocks, each with its explanation one click away.

use maud::{Markup, html};

use super::chip;
use super::icon::icon;
use super::words::{Words, hour};
use crate::domain::time::UtcMillis;
use crate::service::view::{ClockView, DayView, DueView, PauseView};
use crate::text::Phrase;
use crate::text::screen::{clock as say, desk, state};

/// Characters of a version's hash that tell it apart.
const HASH: usize = 8;

/// Every promised clock.
#[must_use]
pub fn card(clocks: &[ClockView], words: &Words, now: UtcMillis) -> Markup {
    html! {
        @if !clocks.is_empty() {
            section class="card" {
                h2 { (words.say(desk::CLOCKS)) }
                ul class="clocks" { @for clock in clocks { (line(clock, words, now)) } }
            }
        }
    }
}

/// One clock: metric, state, deadline, and its working.
fn line(clock: &ClockView, words: &Words, now: UtcMillis) -> Markup {
    let due = DueView {
        metric: clock.metric.clone(),
        due: clock.due,
        state: if clock.state == "running" { "ok".into() } else { clock.state.clone() },
        amount: clock.amount,
    };
    html! {
        li {
            span class="clock-name" {
                (words.say(chip::metric(&clock.metric)))
                @if clock.instance > 1 { " " small { (clock.instance) } }
            }
            @if matches!(clock.state.as_str(), "cancelled" | "superseded") {
                span class="hint" { (words.say(ended(&clock.state))) }
            } @else {
                (chip::due(&due, words, now))
            }
            details class="clock-why" {
                summary { (icon("question")) (words.say(say::EXPLAIN)) }
                (working(clock, words))
            }
        }
    }
}

/// How a clock ended without being met or missed.
fn ended(word: &str) -> Phrase {
    if word == "cancelled" { state::WORD_CANCELLED } else { state::WORD_SUPERSEDED }
}

/// Start, target, pauses, calendar day by day, result.
#[must_use]
pub fn working(clock: &ClockView, words: &Words) -> Markup {
    let when = |at: i64| html! { (words.date(at)) " " (hour(at, words)) };
    let is_over = !matches!(clock.state.as_str(), "running" | "late" | "paused");
    let past = matches!(clock.state.as_str(), "late" | "missed");
    html! {
        p { (words.say(rule(&clock.metric))) }
        dl class="pairs" {
            dt { (words.say(say::STARTED)) } dd { (when(clock.start)) }
            @if let Some(target) = clock.target {
                dt { (words.say(say::TARGET)) } dd { (words.span(target)) }
            }
            @if let Some(due) = clock.due { dt { (words.say(say::DUE)) } dd { (when(due)) } }
            @if is_over { dt { (words.say(say::ENDED)) } dd { (when(clock.until)) } }
            dt { (words.say(if is_over { say::COUNTED_AT_END } else { say::COUNTED })) }
            dd { (words.span(clock.elapsed)) }
            @if let Some(amount) = clock.amount {
                dt { (words.say(if past { say::OVERRUN } else { say::LEFT })) }
                dd { (words.span(amount)) }
            }
            dt { (words.say(say::CALENDAR)) }
            dd {
                @match &clock.calendar {
                    Some(calendar) => { (calendar) " · " (clock.time_zone) }
                    None => { (words.say(say::WALL)) }
                }
            }
            @if let Some(policy) = &clock.policy {
                dt { (words.say(say::POLICY)) }
                dd { (policy) " " small { (version(clock, words)) } }
            }
        }
        @if clock.provisional { p class="hint" { (words.say(say::PROVISIONAL)) } }
        (pauses(&clock.pauses, words))
        (days(&clock.days, words))
    }
}

fn version(clock: &ClockView, words: &Words) -> String {
    let hash: String = clock.version.iter().flat_map(|hash| hash.chars()).take(HASH).collect();
    words.fill(say::VERSION, &[("hash", &hash)])
}

fn pauses(pauses: &[PauseView], words: &Words) -> Markup {
    let instant = |at: i64| format!("{} {}", words.date(at), words.hour(at));
    html! {
        @if !pauses.is_empty() {
            h3 { (words.say(say::PAUSES)) }
            ul class="plain" {
                @for pause in pauses {
                    @let to = pause.to.map_or_else(|| words.say(say::STILL).to_owned(), instant);
                    li {
                        (words.fill(say::PAUSE, &[
                            ("from", &instant(pause.from)),
                            ("to", &to),
                            ("status", words.say(chip::status(&pause.status))),
                            ("t", &words.span(pause.open)),
                        ]))
                    }
                }
            }
        }
    }
}

fn days(days: &[DayView], words: &Words) -> Markup {
    let is_paused = days.iter().any(|day| day.paused > 0);
    html! {
        @if !days.is_empty() {
            table class="working" {
                thead { tr {
                    th { (words.say(say::DAY)) }
                    th { (words.say(say::HOURS)) }
                    @if is_paused { th class="amount" { (words.say(say::PAUSED)) } }
                    th class="amount" { (words.say(say::COUNTS)) }
                    th class="amount" { (words.say(say::SUM)) }
                } }
                tbody {
                    @for day in days {
                        tr {
                            td { (words.day_of(&day.date)) }
                            td { (day.hours.join(", ")) }
                            @if is_paused { td class="amount" { (words.span(day.paused)) } }
                            td class="amount" { (words.span(day.counted)) }
                            td class="amount" { (words.span(day.sum)) }
                        }
                    }
                }
            }
        }
    }
}

/// What a metric measures, in one sentence.
fn rule(metric: &str) -> Phrase {
    match metric {
        "assignment" => say::RULE_ASSIGNMENT,
        "first_response" => say::RULE_FIRST_RESPONSE,
        "customer_first_response" => say::RULE_CUSTOMER_FIRST_RESPONSE,
        "time_to_human" => say::RULE_TIME_TO_HUMAN,
        "time_to_human_working" => say::RULE_TIME_TO_HUMAN_WORKING,
        "next_response" => say::RULE_NEXT_RESPONSE,
        "periodic_update" => say::RULE_PERIODIC_UPDATE,
        "requester_wait" => say::RULE_REQUESTER_WAIT,
        "agent_work" => say::RULE_AGENT_WORK,
        "full_resolution" => say::RULE_FULL_RESOLUTION,
        "promise" => say::RULE_PROMISE,
        _ => say::RULE_RESOLUTION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::domain::time::{HOUR, MINUTE};

    /// Monday, 5 January 2026, 10:00 UTC.
    const START: i64 = 1_767_607_200_000;

    fn clock() -> ClockView {
        ClockView {
            metric: "resolution".into(),
            instance: 1,
            state: "missed".into(),
            start: START,
            until: START + 27 * HOUR + 20 * MINUTE,
            target: Some(4 * HOUR),
            due: Some(START + 27 * HOUR),
            stopped: Some(START + 27 * HOUR + 20 * MINUTE),
            provisional: false,
            amount: Some(20 * MINUTE),
            elapsed: 4 * HOUR + 20 * MINUTE,
            policy: Some("normal".into()),
            version: Some("0123456789abcdef".into()),
            calendar: Some("shop".into()),
            time_zone: "UTC".into(),
            agent: None,
            team: None,
            pauses: vec![PauseView {
                from: START + HOUR,
                to: Some(START + 24 * HOUR),
                status: "pending".into(),
                open: 7 * HOUR,
            }],
            days: vec![DayView {
                date: "2026-01-05".into(),
                hours: vec!["09:00-17:00".into()],
                from: START,
                to: START + 14 * HOUR,
                open: 7 * HOUR,
                paused: 6 * HOUR,
                counted: HOUR,
                sum: HOUR,
            }],
        }
    }

    #[test]
    fn the_working_tells_everything_that_adds_up() {
        let text = working(&clock(), &Words::new(Language::En)).into_string();
        for part in
            ["4 h", "05.01.2026", "20 min", "version 01234567", "09:00-17:00", "7 h of working"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        let italian = working(&clock(), &Words::new(Language::It)).into_string();
        assert!(italian.contains("tolti 7 h di lavoro"), "{italian}");
    }
}

//! Small marks: deadlines, states, channels. A word and an icon always stand with the colour.

use maud::{Markup, html};

use super::icon::icon;
use super::words::{Words, countdown};
use crate::domain::time::UtcMillis;
use crate::service::view::DueView;
use crate::text::Phrase;
use crate::text::screen::state;

/// The metric's name.
#[must_use]
pub fn metric(name: &str) -> Phrase {
    match name {
        "assignment" => state::METRIC_ASSIGNMENT,
        "first_response" => state::METRIC_FIRST,
        "customer_first_response" => state::METRIC_CUSTOMER_FIRST,
        "time_to_human" => state::METRIC_TIME_TO_HUMAN,
        "time_to_human_working" => state::METRIC_TIME_TO_HUMAN_WORKING,
        "next_response" => state::METRIC_NEXT,
        "periodic_update" => state::METRIC_UPDATE,
        "requester_wait" => state::METRIC_REQUESTER_WAIT,
        "agent_work" => state::METRIC_AGENT_WORK,
        "full_resolution" => state::METRIC_FULL_RESOLUTION,
        "promise" => state::METRIC_PROMISE,
        _ => state::METRIC_RESOLUTION,
    }
}

/// A deadline as a chip; scripts count it down from `data-due`.
#[must_use]
pub fn due(due: &DueView, words: &Words, now: UtcMillis) -> Markup {
    let name = words.say(metric(&due.metric));
    let left = due.due.map(|at| at.saturating_sub(now.0));
    let state = match (due.state.as_str(), left) {
        ("ok" | "soon", Some(left)) if left < 0 => "late",
        (state, _) => state,
    };
    let amount = left.map_or(due.amount.unwrap_or_default(), i64::abs);
    let (phrase, image, text) = match state {
        "late" => {
            (state::DUE_LATE, "late", words.fill(state::SHORT_LATE, &[("t", &countdown(amount))]))
        }
        "missed" => (state::DUE_MISSED, "late", words.say(state::WORD_MISSED).to_owned()),
        "met" => (state::DUE_MET, "check", words.say(state::WORD_MET).to_owned()),
        "paused" => (state::DUE_PAUSED, "pause", words.say(state::WORD_PAUSED).to_owned()),
        "soon" => (state::DUE_IN, "hourglass", countdown(amount)),
        _ => (state::DUE_IN, "clock", countdown(amount)),
    };
    let spelled = words.fill(phrase, &[("metric", name), ("t", &words.span(amount))]);
    let counts = matches!(state, "ok" | "soon" | "late");
    html! {
        span class={ "due due-" (state) } title=(spelled)
            data-due=[due.due.filter(|_| counts)] data-metric=(name) {
            (icon(image))
            span class="due-text" aria-hidden="true" { (text) }
            span class="unseen" { (spelled) }
        }
    }
}

/// A ticket's status.
#[must_use]
pub fn status(word: &str) -> Phrase {
    match word {
        "new" => state::STATUS_NEW,
        "open" => state::STATUS_OPEN,
        "pending" => state::STATUS_PENDING,
        "on_hold" => state::STATUS_ON_HOLD,
        "snoozed" => state::STATUS_SNOOZED,
        "resolved" => state::STATUS_RESOLVED,
        _ => state::STATUS_CLOSED,
    }
}

/// A status as a chip.
#[must_use]
pub fn status_chip(word: &str, words: &Words) -> Markup {
    let image = match word {
        "new" => "inbox",
        "pending" => "hourglass",
        "on_hold" => "pause",
        "snoozed" => "clock",
        "resolved" | "closed" => "check",
        _ => "chat",
    };
    html! {
        span class={ "chip status-" (word) } { (icon(image)) (words.say(status(word))) }
    }
}

/// A priority's name.
#[must_use]
pub fn priority(word: &str) -> Phrase {
    match word {
        "low" => state::PRIORITY_LOW,
        "high" => state::PRIORITY_HIGH,
        "urgent" => state::PRIORITY_URGENT,
        _ => state::PRIORITY_NORMAL,
    }
}

/// A priority as a chip; nothing for the usual one.
#[must_use]
pub fn priority_chip(word: &str, words: &Words) -> Markup {
    html! {
        @if word != "normal" {
            span class={ "chip priority-" (word) } {
                (icon(if word == "low" { "down" } else { "flag" })) (words.say(priority(word)))
            }
        }
    }
}

/// A presence's name.
#[must_use]
pub fn presence(word: &str) -> Phrase {
    match word {
        "online" => state::PRESENCE_ONLINE,
        "away" => state::PRESENCE_AWAY,
        _ => state::PRESENCE_OFFLINE,
    }
}

/// A presence: a shape that differs by state, and its name.
#[must_use]
pub fn presence_chip(word: &str, words: &Words) -> Markup {
    html! {
        span class={ "presence presence-" (word) } {
            span class="dot" aria-hidden="true" {} (words.say(presence(word)))
        }
    }
}

/// What more there is to a presence, in brackets.
#[must_use]
pub fn stance(detail: Option<&str>, words: &Words) -> Markup {
    let phrase = match detail {
        Some("automatic") => state::PRESENCE_AUTOMATIC,
        Some("finishing") => state::PRESENCE_FINISHING,
        _ => return html! {},
    };
    html! { " " small class={ "stance stance-" (detail.unwrap_or_default()) } { "(" (words.say(phrase)) ")" } }
}

/// A channel's name for people: `telegram:shop` is Telegram.
#[must_use]
pub fn channel(name: &str, words: &Words) -> String {
    match name.split(':').next().unwrap_or_default() {
        "webchat" => words.say(state::CHANNEL_WEBCHAT).to_owned(),
        "terminal" => words.say(state::CHANNEL_TERMINAL).to_owned(),
        "rest" => "REST".to_owned(),
        "telegram" => "Telegram".to_owned(),
        "whatsapp" => "WhatsApp".to_owned(),
        other => other.to_owned(),
    }
}

/// A channel's icon.
#[must_use]
pub fn channel_icon(name: &str) -> &'static str {
    match name.split(':').next().unwrap_or_default() {
        "telegram" => "send",
        "terminal" => "terminal",
        "rest" => "plug",
        "whatsapp" => "phone",
        _ => "chat",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn chip(state: &str, at: i64) -> String {
        let view = DueView {
            metric: "first_response".into(),
            due: Some(at),
            state: state.into(),
            amount: None,
        };
        due(&view, &Words::new(Language::En), UtcMillis(1_000_000)).into_string()
    }

    #[test]
    fn a_deadline_says_what_it_counts() {
        let text = chip("ok", 1_000_000 + 12 * 60_000);
        assert!(text.contains("First reply due in 12 min"), "{text}");
        assert!(text.contains("data-due=\"1720000\""), "{text}");
    }

    #[test]
    fn a_deadline_that_passed_since_is_late() {
        let text = chip("ok", 1_000_000 - 190_000);
        assert!(text.contains("due-late") && text.contains("+3:10"), "{text}");
    }
}

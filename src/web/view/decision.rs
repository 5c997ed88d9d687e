//! Why a ticket went to whom it went to.

use maud::{Markup, html};

use super::words::{Words, hour};
use crate::service::view::{CandidateView, ChoiceView, DecisionView};
use crate::text::Phrase;
use crate::text::screen::desk as say;

/// The routing decision in words.
#[must_use]
pub fn decision(decision: Option<&DecisionView>, words: &Words) -> Markup {
    html! {
        details class="card" data-key="decision" {
            summary { h2 { (words.say(say::DECISION)) } }
            @match decision {
                None => { p { (words.say(say::DECISION_NONE)) } }
                Some(decision) => {
                    p { (told(decision, words)) }
                    p { (words.say(say::DECISION_SCORE)) " " (hour(decision.score, words)) ". "
                        (words.fill(say::DECISION_LOAD, &[
                            ("load", &decision.load.to_string()),
                            ("capacity", &decision.capacity.to_string()),
                        ]))
                    }
                    @if !decision.passed_over.is_empty() {
                        p { (words.say(say::DECISION_PASSED)) " "
                            span class="code" { (decision.passed_over.join(", ")) } }
                    }
                    @if let Some(choice) = &decision.choice { (chosen(choice, decision.at, words)) }
                }
            }
        }
    }
}

/// How the assignment came about, as a sentence.
fn told(decision: &DecisionView, words: &Words) -> String {
    let phrase = match decision.way.as_str() {
        "take_next" => say::DECISION_TAKE_NEXT,
        "take_this" => say::DECISION_TAKE_THIS,
        "offer" => say::DECISION_OFFER,
        "assigned" => say::DECISION_ASSIGNED,
        "returned" => say::DECISION_RETURNED,
        _ => say::DECISION_TRANSFERRED,
    };
    words.fill(phrase, &[("agent", &decision.agent), ("n", &decision.servable.to_string())])
}

/// Whom an offer was chosen from.
fn chosen(choice: &ChoiceView, at: i64, words: &Words) -> Markup {
    let phrase = if choice.is_return { say::CHOICE_RETURN } else { say::CHOICE_IDLE };
    let others =
        choice.excluded.iter().map(|(why, n)| words.fill(excluded(why), &[("n", &n.to_string())]));
    let others = others.collect::<Vec<_>>().join(", ");
    html! {
        p { (words.fill(phrase, &[("n", &choice.free.to_string())])) }
        p { (words.say(say::CHOICE_NAMED)) }
        ol { @for one in &choice.named { li { (candidate(one, at, words)) } } }
        @if !others.is_empty() { p { (words.say(say::CHOICE_OTHERS)) " " (others) "." } }
    }
}

fn candidate(one: &CandidateView, at: i64, words: &Words) -> String {
    let idle = at.saturating_sub(one.idle_since).max(0);
    words.fill(
        say::CHOICE_ONE,
        &[
            ("agent", &one.agent),
            ("load", &one.load.to_string()),
            ("capacity", &one.capacity.to_string()),
            ("t", &words.span(idle)),
        ],
    )
}

/// Why somebody was not asked.
fn excluded(why: &str) -> Phrase {
    match why {
        "team" => say::CHOICE_TEAM,
        "language" => say::CHOICE_LANGUAGE,
        "skill" => say::CHOICE_SKILL,
        "absent" => say::CHOICE_ABSENT,
        "skipped" => say::CHOICE_SKIPPED,
        _ => say::CHOICE_FULL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn an_offer_says_whom_it_was_chosen_from_and_why_not_the_others() {
        let one = CandidateView { agent: "Anna".into(), load: 1, capacity: 3, idle_since: 0 };
        let choice = ChoiceView {
            free: 1,
            excluded: vec![("absent".into(), 2), ("full".into(), 4)],
            named: vec![one],
            is_return: false,
        };
        let html = chosen(&choice, 60_000, &Words::new(Language::En)).into_string();
        for told in ["Chosen from 1", "Anna (load 1 of 3", "2 not online, 4 without room."] {
            assert!(html.contains(told), "{told}: {html}");
        }
    }
}

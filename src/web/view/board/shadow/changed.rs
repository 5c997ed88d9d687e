//! The answers that would change, side by side.

use maud::{Markup, html};

use super::super::super::words::{Words, moment};
use crate::service::view::{ChangeView, ShadowRun, ShadowView, SideView};
use crate::text::Phrase;
use crate::text::screen::shadow as run;

/// A link for each kind of change, with how many there were.
pub(super) fn filter(candidate: &ShadowRun, chosen: &str, words: &Words) -> Markup {
    let kinds = [
        ("any", run::ALL, candidate.changed),
        ("intent", run::BY_INTENT, candidate.by_intent),
        ("outcome", run::BY_OUTCOME, candidate.by_outcome),
        ("reply", run::BY_REPLY, candidate.by_reply),
    ];
    html! {
        div class="choices" {
            nav aria-label=(words.say(run::FILTER)) {
                @for (kind, name, n) in kinds {
                    a href={ "/board/shadow?kind=" (kind) } aria-current=[(kind == chosen).then_some("true")] {
                        (words.say(name)) " " span class="n" { (n) }
                    }
                }
            }
        }
    }
}

/// The kept changes, the latest first.
pub(super) fn list(view: &ShadowView, words: &Words) -> Markup {
    let empty = if view.kind == "any" { run::EMPTY } else { run::EMPTY_KIND };
    html! {
        @if view.changes.is_empty() {
            p class="card hint" { (words.say(empty)) }
        } @else {
            ol class="changes" { @for change in &view.changes { (one(change, words)) } }
            p class="hint" {
                (words.fill(run::KEPT, &[("most", &view.most.to_string())]))
                @if let Some(more) = &view.more {
                    " " a class="button" href={ "/board/shadow?kind=" (view.kind) "&before=" (more) } {
                        (words.say(run::MORE))
                    }
                }
            }
        }
    }
}

fn one(change: &ChangeView, words: &Words) -> Markup {
    let differs = |kind: &str| change.kinds.iter().any(|one| one == kind);
    html! {
        li class="card change" id={ "change-" (change.id) } {
            header {
                blockquote class="quote" { (change.said) }
                (moment(change.at, words))
            }
            div class="sides" {
                (side(run::PUBLISHED, [&change.before, &change.after], &differs, words))
                (side(run::CANDIDATE, [&change.after, &change.before], &differs, words))
            }
        }
    }
}

/// One side; what differs is marked.
fn side(
    name: Phrase,
    [side, other]: [&SideView; 2],
    differs: &dyn Fn(&str) -> bool,
    words: &Words,
) -> Markup {
    let mark = |kind: &str| differs(kind).then_some("differs");
    html! {
        section {
            h3 { (words.say(name)) }
            p class="facts" {
                span class=[mark("intent")] { (side.intent.as_deref().unwrap_or(words.say(run::NO_INTENT))) }
                @if let Some(confidence) = side.confidence { " " small { (confidence) " %" } }
                " · "
                span class=[mark("outcome")] { (words.say(outcome(&side.outcome))) }
                @for act in &side.acts { (act_in_words(act, mark("outcome"), words)) }
            }
            @if side.reply.is_empty() {
                p class="hint" { (words.say(run::SILENT)) }
            } @else {
                p class={ "reply " @if differs("reply") { "differs" } } {
                    (marked(&side.reply, &other.reply))
                }
            }
        }
    }
}

/// The text, with the words marked in which it differs from the other one.
fn marked(text: &str, other: &str) -> Markup {
    let parted = |text: &str| -> Vec<String> {
        text.split_inclusive(char::is_whitespace).map(str::to_owned).collect()
    };
    let (own, other) = (parted(text), parted(other));
    let same = |(a, b): &(&String, &String)| a.trim_end() == b.trim_end();
    let before = own.iter().zip(&other).take_while(same).count();
    let rest = own[before..].iter().rev().zip(other[before..].iter().rev());
    let after = own.len() - rest.take_while(same).count();
    let middle = own[before..after].concat();
    let words = middle.trim_end();
    html! {
        (own[..before].concat())
        @if !words.is_empty() { mark { (words) } (middle[words.len()..]) }
        (own[after..].concat())
    }
}

/// What was done besides speaking; what only the records care for is left out.
fn act_in_words(act: &str, mark: Option<&str>, words: &Words) -> Markup {
    let (phrase, what) = match act.split_once(' ') {
        Some(("handoff", what)) => (run::HANDOFF, what),
        Some(("lookup", what)) => (run::LOOKUP, what),
        _ => return Markup::default(),
    };
    html! { " · " span class=[mark] { (words.fill(phrase, &[("what", what)])) } }
}

fn outcome(word: &str) -> Phrase {
    match word {
        "answered" => run::ANSWERED,
        "asked" => run::ASKED,
        "disambiguated" => run::DISAMBIGUATED,
        "fallback" => run::FALLBACK,
        "escalated" => run::ESCALATED,
        "survey" => run::SURVEY,
        _ => run::QUIET,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_that_differ_are_marked() {
        for (own, other, shown) in [
            ("costa 4,90 EUR qui", "costa 5,50 EUR qui", "costa <mark>4,90</mark> EUR qui"),
            ("alle 9", "alle 9 e 30", "alle 9"),
            ("alle 9 e 30", "alle 9", "alle 9 <mark>e 30</mark>"),
            ("sì", "", "<mark>sì</mark>"),
            ("a a", "a a a", "a a"),
            ("<b>", "b", "<mark>&lt;b&gt;</mark>"),
        ] {
            assert_eq!(marked(own, other).into_string(), shown);
        }
    }
}

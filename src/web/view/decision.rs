//! Why a ticket went to whom it went to.

mod told;

use maud::{Markup, html};

pub use self::told::{Line, lines};
use super::words::{Words, hour};
use crate::service::view::{DecisionView, PassedView};
use crate::text::screen::{desk as say, record};

/// Whose screen it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Whoever got the ticket.
    Holder,
    /// Somebody else.
    Other,
}

/// The last routing decision in words.
#[must_use]
pub fn decision(decision: Option<&DecisionView>, reader: Reader, words: &Words) -> Markup {
    let title = match (decision, reader) {
        (None, _) => words.say(say::DECISION).to_owned(),
        (Some(_), Reader::Holder) => words.say(record::WHY_ME).to_owned(),
        (Some(decision), Reader::Other) => {
            words.fill(record::WHY_WHOM, &[("agent", &decision.agent)])
        }
    };
    html! {
        details class="card" data-key="decision" {
            summary { h2 { (title) } }
            @match decision {
                None => { p { (words.say(say::DECISION_NONE)) } }
                Some(decision) => {
                    @for line in lines(decision, words) { p class=[line.tone] { (shown(&line, words)) } }
                    @if decision.passed_over.iter().any(|passed| passed.why.is_some()) {
                        ul class="passed" {
                            @for passed in &decision.passed_over { li { (named(passed, words)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A line, its instant in the reader's own time.
fn shown(line: &Line, words: &Words) -> Markup {
    let Some((at, (before, after))) = line.at.zip(line.text.split_once("{at}")) else {
        return html! { (line.text) };
    };
    html! { (before) (hour(at, words)) (after) }
}

/// One ticket that was passed over.
fn named(passed: &PassedView, words: &Words) -> Markup {
    let why = passed.why.as_deref().map_or("", |why| words.say(told::why(why)));
    html! {
        a class="code" href={ "/desk/tickets/" (passed.ticket) } { (passed.code) }
        @if let Some(score) = passed.score { " · " (hour(score, words)) }
        " · " (why)
    }
}

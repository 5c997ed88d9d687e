//! In what two steps from the same state differ, for the customer and for the house. Pure.

use super::super::customer::outcome_word;
use super::super::voice;
use super::masked::masked;
use crate::dialogue::{Effect, Handoff, Outcome, Step};
use crate::domain::message::Body;
use crate::domain::time::UtcMillis;
use crate::sla::book::PolicyBook;
use crate::store::shadow::{Kinds, Side};

/// How much of a text is kept, in characters.
const KEPT_CHARS: usize = 600;

/// One step as it is compared.
pub(super) struct Seen<'a> {
    step: &'a Step,
    said: Vec<Body>,
}

impl<'a> Seen<'a> {
    /// Writes out what a step says.
    pub(super) fn of(step: &'a Step, book: &PolicyBook, now: UtcMillis) -> Self {
        let said = step.effects.iter().filter_map(|effect| match effect {
            Effect::Say(say) => Some(voice::body(say, step.language, book, now)),
            _ => None,
        });
        Self { step, said: said.collect() }
    }

    /// Whether nothing was said or done: a human has the word.
    pub(super) fn is_silent(&self) -> bool {
        self.step.outcome == Outcome::Silent && self.said.is_empty()
    }

    /// The intent that the step went by; a guess that was not followed is none.
    fn intent(&self) -> Option<&str> {
        let followed =
            matches!(self.step.outcome, Outcome::Answered | Outcome::Asked | Outcome::Escalated);
        let understood = self.step.understood.as_ref().filter(|_| followed)?;
        understood.intent.as_deref()
    }

    fn acts(&self) -> impl Iterator<Item = &'a Effect> {
        self.step.effects.iter().filter(|effect| !matches!(effect, Effect::Say(_)))
    }

    /// How many messages both begin with, such as the introduction; the last one of either is not one
    /// of them.
    pub(super) fn shared(&self, other: &Self) -> usize {
        let most = self.said.len().min(other.said.len()).saturating_sub(1);
        self.said.iter().zip(&other.said).take(most).take_while(|(a, b)| a == b).count()
    }

    /// The side to keep: masked, shortened, without the first messages that both share.
    pub(super) fn side(&self, shared: usize) -> Side {
        let understood = self.step.understood.as_ref();
        Side {
            intent: understood.and_then(|read| read.intent.clone()),
            confidence: understood.map(|read| read.confidence),
            outcome: outcome_word(self.step.outcome).to_owned(),
            reply: kept(&self.said[shared..].iter().map(written).collect::<Vec<_>>().join("\n")),
            acts: self.acts().map(named).collect(),
        }
    }
}

/// In what the second differs from the first.
pub(super) fn kinds(before: &Seen<'_>, after: &Seen<'_>) -> Kinds {
    let acts: (Vec<_>, Vec<_>) = (before.acts().collect(), after.acts().collect());
    let alike = acts.0.len() == acts.1.len() && acts.0.iter().zip(&acts.1).all(|(a, b)| same(a, b));
    Kinds {
        intent: before.intent() != after.intent(),
        outcome: before.step.outcome != after.step.outcome || !alike,
        reply: before.said != after.said,
    }
}

/// Whether two effects mean the same; what a ticket is told of confidences does not matter.
fn same(before: &Effect, after: &Effect) -> bool {
    match (before, after) {
        (Effect::Escalate(a), Effect::Escalate(b)) => {
            let of = |handoff: &Handoff| (handoff.priority, handoff.reason);
            of(a) == of(b) && a.requirement == b.requirement
        }
        (a, b) => a == b,
    }
}

/// An effect in short, without the customer's data.
fn named(effect: &Effect) -> String {
    match effect {
        Effect::Escalate(handoff) => {
            let requirement = &handoff.requirement;
            let team = requirement.team.as_deref().unwrap_or("-");
            let skills: Vec<_> = requirement.skills.iter().map(|skill| skill.to_string()).collect();
            let skills =
                if skills.is_empty() { String::new() } else { format!(" {}", skills.join(",")) };
            format!("handoff {team} {}{skills}", handoff.priority.as_str())
        }
        Effect::Lookup { name, .. } => format!("lookup {name}"),
        Effect::Say(_) => String::new(),
        Effect::Forward { .. } => "forward".to_owned(),
        Effect::AskForPerson => "ask_for_person".to_owned(),
        Effect::Reopen => "reopen".to_owned(),
        Effect::CancelTicket => "cancel_ticket".to_owned(),
        Effect::BackToBot => "back_to_bot".to_owned(),
        Effect::Rated { .. } => "rated".to_owned(),
        Effect::Commented { .. } => "commented".to_owned(),
        Effect::Confirmed => "confirmed".to_owned(),
        Effect::End => "end".to_owned(),
    }
}

fn written(body: &Body) -> String {
    let said = body.transcript();
    body.choices().iter().fold(said, |mut text, button| {
        text.extend([" [", &button.label, "]"]);
        text
    })
}

/// A text as it is kept: masked, and shortened with a mark.
pub(super) fn kept(text: &str) -> String {
    // Masked before it is cut: half a number is not recognised.
    let masked = masked(text.trim());
    match masked.char_indices().nth(KEPT_CHARS) {
        Some((end, _)) => format!("{}…", &masked[..end]),
        None => masked,
    }
}

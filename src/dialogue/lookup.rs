//! Questions to the shop's systems, and how a form ends with or without one.

use std::collections::BTreeMap;

use super::state::Awaiting;
use super::turn::Turn;
use super::{Effect, LookupOutcome, Outcome, Sentence, form, handoff};
use crate::domain::conversation::Owner;
use crate::domain::id::LookupId;
use crate::domain::ticket::HandoffReason;
use crate::knowledge::{Action, Form, Intent, Then};

/// Asks the shop's systems; the conversation goes on meanwhile.
pub(super) fn ask(turn: &mut Turn<'_>, name: &str, intent: &Intent, form: &Form, goal: String) {
    let id = turn.facts.lookup_id;
    turn.state.awaiting = Some(Awaiting { id, intent: intent.name.clone(), goal });
    let slots = form.slots.iter();
    let slots = slots.filter_map(|slot| turn.state.slots.get_key_value(&slot.name));
    let slots = slots.map(|(name, value)| (name.clone(), value.clone())).collect();
    turn.effect(Effect::Lookup { id, name: name.to_owned(), slots });
    turn.outcome = Outcome::Answered;
}

/// A lookup came back; a late or foreign one is ignored.
pub(super) fn came_back(turn: &mut Turn<'_>, id: LookupId, outcome: &LookupOutcome) {
    if turn.facts.owner != Owner::Bot {
        return;
    }
    let known = turn.known;
    let Some(awaiting) = turn.state.awaiting.take_if(|awaiting| awaiting.id == id) else { return };
    let Some(intent) = known.intents.get(&awaiting.intent) else { return };
    let Action::Form(form) = &intent.action else { return };
    match outcome {
        LookupOutcome::Found(fields) => conclude(turn, intent, form, &awaiting.goal, fields),
        LookupOutcome::NotFound => not_found(turn, intent, form, &awaiting.goal),
        LookupOutcome::Failed => {
            turn.say(Sentence::LookupFailed, Vec::new());
            handoff::unanswered(turn, HandoffReason::Error, intent, form, &awaiting.goal);
        }
    }
    form::ask_again(turn);
}

/// Ends a form whose slots are known, and whose lookup, if any, brought `fields`.
pub(super) fn conclude(
    turn: &mut Turn<'_>,
    intent: &Intent,
    form: &Form,
    goal: &str,
    fields: &BTreeMap<String, String>,
) {
    match &form.then {
        Then::Reply { found, .. } => {
            turn.answer(&format!("{}/found", intent.name), found, fields);
            turn.effect(Effect::Confirmed);
        }
        Then::Escalate(escalation) => {
            handoff::with_fields(turn, escalation, intent, goal, fields);
        }
    }
}

/// Nothing was found: what was given is forgotten, so that it can be given again.
fn not_found(turn: &mut Turn<'_>, intent: &Intent, form: &Form, goal: &str) {
    let replies = match &form.then {
        Then::Reply { not_found, .. } => not_found.as_ref(),
        Then::Escalate(escalation) => {
            return handoff::with_fields(turn, escalation, intent, goal, &BTreeMap::new());
        }
    };
    let Some(replies) = replies else {
        return handoff::unanswered(turn, HandoffReason::NoAnswer, intent, form, goal);
    };
    turn.answer(&format!("{}/not_found", intent.name), replies, &BTreeMap::new());
    turn.state.answered = false;
    for slot in &form.slots {
        turn.state.slots.remove(&slot.name);
    }
}

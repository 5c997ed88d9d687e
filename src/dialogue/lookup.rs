//! Questions to the shop's systems, and how a form ends with or without one.

use std::collections::BTreeMap;

use super::state::Awaiting;
use super::turn::Turn;
use super::{Effect, LookupOutcome, Outcome, Sentence, form, handoff, several};
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
        LookupOutcome::Found(fields) => {
            conclude(turn, intent, form, &awaiting.goal, &named(form, fields));
        }
        LookupOutcome::NotFound => not_found(turn, intent, form, &awaiting.goal),
        LookupOutcome::Failed => {
            turn.say(Sentence::LookupFailed, Vec::new());
            handoff::unanswered(turn, HandoffReason::Error, intent, form, &awaiting.goal);
        }
    }
    form::ask_again(turn);
}

/// The fields under the names that replies use: `order.status` of the lookup `order`.
fn named(form: &Form, fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let lookup = form.lookup.as_deref().unwrap_or("lookup");
    fields.iter().map(|(name, value)| (format!("{lookup}.{name}"), value.clone())).collect()
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
            several::go_on(turn);
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
    several::go_on(turn);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::LookupOutcome::{Failed, Found, NotFound};
    use super::super::Outcome;
    use super::super::scene::Talk;
    use crate::domain::ticket::HandoffReason;

    fn shipped() -> super::LookupOutcome {
        Found(BTreeMap::from([("status".to_owned(), "spedito".to_owned())]))
    }

    fn asked() -> Talk {
        let mut talk = Talk::greeted();
        assert!(talk.says("il mio ordine 1001 di a@b.it")[0].starts_with("> Lookup"));
        talk
    }

    #[test]
    fn what_was_found_is_told() {
        let mut talk = asked();
        assert_eq!(talk.brings(1, shipped()), ["\"Ordine 1001: spedito\"", "> Confirmed"]);
        assert_eq!(talk.step().outcome, Outcome::Answered);
        assert!(talk.brings(1, shipped()).is_empty());
    }

    #[test]
    fn a_late_or_foreign_result_is_ignored() {
        let mut talk = asked();
        assert!(talk.brings(2, shipped()).is_empty());
        assert_eq!(talk.step().outcome, Outcome::Silent);
        talk.says("voglio una persona");
        assert!(talk.brings(1, shipped()).is_empty());
    }

    #[test]
    fn what_was_not_found_can_be_given_again() {
        let mut talk = asked();
        assert_eq!(talk.brings(1, NotFound), ["\"Non trovo l'ordine\""]);
        assert_eq!(talk.says("dov'è il mio ordine"), ["\"order_number?\" [cancel_form]"]);
    }

    #[test]
    fn a_failed_lookup_goes_to_a_human_with_everything() {
        let mut talk = asked();
        let end = talk.brings(1, Failed);
        assert_eq!(end[..2], ["LookupFailed", "> Escalate Error"]);
        let packet = &talk.handoff().packet;
        assert_eq!(packet.reason, HandoffReason::Error);
        assert_eq!(packet.summary, "il mio ordine 1001 di a@b.it");
        assert_eq!(packet.slots["order_number"], "1001");
    }

    #[test]
    fn texts_meanwhile_are_answered_and_the_lookup_still_counts() {
        let mut talk = asked();
        assert_eq!(talk.says("spedizione"), ["\"Tre giorni\""]);
        assert_eq!(talk.brings(1, shipped())[0], "\"Ordine 1001: spedito\"");
    }
}

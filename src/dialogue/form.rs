//! Questions asked one by one until all is known.

use std::collections::BTreeMap;

use super::payload;
use super::rich;
use super::state::Filling;
use super::turn::Turn;
use super::{Outcome, Sentence, answer, aside, handoff, lookup, role, several, words};
use crate::domain::ticket::HandoffReason;
use crate::knowledge::{Action, Form, Intent, Slot};
use crate::nlu::Reading;
use crate::nlu::entity::Found;

/// Invalid answers to one question after which a human gets the conversation.
const INVALID: u8 = 3;
/// A text of at most so many words that holds what was asked is an answer and nothing else.
const BRIEF: usize = 2;

/// The form that is being filled, as the knowledge has it.
struct Current<'a> {
    intent: &'a Intent,
    form: &'a Form,
    /// The first slot without a value.
    slot: Option<&'a Slot>,
}

/// The current form; one that the knowledge no longer has is dropped.
fn current<'a>(turn: &mut Turn<'a>) -> Option<Current<'a>> {
    let filling = turn.state.form.as_ref()?;
    let Some(intent) = turn.known.intents.get(&filling.intent) else {
        turn.state.form = None;
        return None;
    };
    let Action::Form(form) = &intent.action else {
        turn.state.form = None;
        return None;
    };
    let slot = form.slots.iter().find(|slot| !turn.state.slots.contains_key(&slot.name));
    Some(Current { intent, form, slot })
}

fn missing<'f>(turn: &Turn<'_>, form: &'f Form) -> Vec<&'f Slot> {
    let slots = form.slots.iter();
    slots.filter(|slot| !turn.state.slots.contains_key(&slot.name)).collect()
}

/// Whether a question of a form waits for its answer; a form that has none any more is dropped.
pub(super) fn is_active(turn: &mut Turn<'_>) -> bool {
    let asks = current(turn).is_some_and(|current| current.slot.is_some());
    if !asks && turn.state.form.take().is_some() {
        turn.state.queued.clear();
    }
    asks
}

/// Begins a form with what the words already hold and what was collected before.
pub(super) fn start(turn: &mut Turn<'_>, intent: &Intent, form: &Form, said: &str) {
    let anew = words::another(said);
    for slot in &form.slots {
        if anew || turn.known.is_free(&slot.entity) {
            turn.state.slots.remove(&slot.name);
        }
    }
    prefill(turn, form.slots.iter(), said);
    turn.state.misses = 0;
    turn.state.answered = false;
    let goal = said.to_owned();
    turn.state.form = Some(Filling { intent: intent.name.clone(), invalid: 0, asides: 0, goal });
    proceed(turn);
}

/// Fills the slots whose entities a text names; two slots with one entity in order of appearance. No
/// words fill two slots: an order's number is not also a quantity.
fn prefill<'s>(turn: &mut Turn<'_>, slots: impl Iterator<Item = &'s Slot>, said: &str) {
    let mut found = (turn.known.find)(said);
    for slot in slots {
        let fits = |found: &Found| found.entity == slot.entity && role::fits(slot, found);
        let Some(at) = found.iter().position(fits) else { continue };
        let taken = found.remove(at);
        found.retain(|other| {
            other.span.end <= taken.span.start || taken.span.end <= other.span.start
        });
        turn.state.slots.insert(slot.name.clone(), taken.value);
    }
}

/// Takes the first slot that a text names, for the time when the form begins; whether there is one.
pub(super) fn takes(turn: &mut Turn<'_>, form: &Form, said: &str) -> bool {
    let found = (turn.known.find)(said);
    let fits = |slot: &&Slot| {
        found.iter().any(|found| found.entity == slot.entity && role::fits(slot, found))
    };
    let Some(slot) = form.slots.iter().find(fits) else { return false };
    prefill(turn, std::iter::once(slot), said);
    true
}

/// Asks the next question, or ends the form.
fn proceed(turn: &mut Turn<'_>) {
    match current(turn) {
        Some(Current { slot: Some(slot), .. }) => ask(turn, slot),
        Some(Current { intent, form, slot: None }) => complete(turn, intent, form),
        None => {}
    }
}

fn ask(turn: &mut Turn<'_>, slot: &Slot) {
    let buttons = rich::options(slot, turn.language);
    turn.tell(slot.ask.in_language(turn.language), &BTreeMap::new(), buttons);
    turn.outcome = Outcome::Asked;
}

/// Asks the waiting question again after something else was answered, unless it has just been asked.
pub(super) fn ask_again(turn: &mut Turn<'_>) {
    if turn.outcome == Outcome::Asked {
        return;
    }
    if let Some(Current { slot: Some(slot), .. }) = current(turn) {
        let outcome = turn.outcome;
        ask(turn, slot);
        turn.outcome = outcome;
    }
}

fn complete(turn: &mut Turn<'_>, intent: &Intent, form: &Form) {
    let goal = turn.state.form.take().map(|filling| filling.goal).unwrap_or_default();
    match &form.lookup {
        Some(name) => lookup::ask(turn, name, intent, form, goal),
        None => lookup::conclude(turn, intent, form, &goal, &BTreeMap::new()),
    }
}

/// Stops the form.
pub(super) fn cancel(turn: &mut Turn<'_>) {
    turn.state.form = None;
    turn.state.queued.clear();
    turn.state.awaiting = None;
    turn.say(Sentence::FormCancelled, turn.menu());
    turn.outcome = Outcome::Answered;
}

/// A text while a question waits: an answer, another question, or neither.
pub(super) fn answer(turn: &mut Turn<'_>, text: &str, reading: &Reading) {
    let Some(Current { intent, form, slot: Some(slot) }) = current(turn) else {
        return answer::converse(turn, text, reading);
    };
    if words::stops(text) {
        return cancel(turn);
    }
    let outright = turn.known.outright(reading).filter(|other| other.name != intent.name);
    let value = role::value(turn, slot, text);
    let free = turn.known.is_free(&slot.entity);
    let brief = value.is_some() && !free && words::count(text) <= BRIEF;
    if let Some(other) = outright
        && matches!(other.action, Action::Escalate(_))
        && !brief
    {
        let slots = missing(turn, form);
        prefill(turn, slots.into_iter(), text);
        answer::remember(turn, text, reading);
        return answer::act(turn, other, text);
    }
    let asks = free && outright.is_some_and(|other| aside::is_question(text, other));
    match value.filter(|_| !asks) {
        Some(value) => {
            if !free {
                several::asides(turn, text);
            }
            filled(turn, intent, form, slot, (text, value));
        }
        None => not_filled(turn, text, reading, outright, slot),
    }
}

/// The slot takes the value, and further slots what else the text names.
fn filled(
    turn: &mut Turn<'_>,
    intent: &Intent,
    form: &Form,
    slot: &Slot,
    (text, value): (&str, String),
) {
    let slots = missing(turn, form);
    prefill(turn, slots.into_iter(), text);
    role::release(turn, form, slot, &value);
    turn.state.slots.insert(slot.name.clone(), value);
    turn.state.remember(text, None, 0.0);
    turn.state.misses = 0;
    if let Some(filling) = &mut turn.state.form {
        filling.invalid = 0;
        filling.asides = 0;
    }
    turn.understood_as_answer(&intent.name);
    proceed(turn);
}

fn not_filled(
    turn: &mut Turn<'_>,
    text: &str,
    reading: &Reading,
    outright: Option<&Intent>,
    slot: &Slot,
) {
    if let Some(press) = answer::numbered(turn, text) {
        return match press {
            payload::Press::Text(option) => option_chosen(turn, &option, slot),
            press => answer::press(turn, &press, None),
        };
    }
    answer::remember(turn, text, reading);
    match outright {
        Some(other) => {
            answer::act(turn, other, text);
            aside::count(turn);
        }
        None if reading.closing => turn.outcome = Outcome::Answered,
        None => return invalid(turn, slot),
    }
    ask_again(turn);
}

/// An option was chosen by its number.
fn option_chosen(turn: &mut Turn<'_>, option: &str, slot: &Slot) {
    let value = (turn.known.value)(&slot.entity, option);
    match (value, current(turn)) {
        (Some(value), Some(Current { intent, form, .. })) => {
            filled(turn, intent, form, slot, (option, value));
        }
        _ => invalid(turn, slot),
    }
}

fn invalid(turn: &mut Turn<'_>, slot: &Slot) {
    let Some(filling) = &mut turn.state.form else { return };
    filling.invalid = filling.invalid.saturating_add(1);
    if filling.invalid >= INVALID {
        let (intent, goal) = (filling.intent.clone(), filling.goal.clone());
        return handoff::plain(turn, HandoffReason::NoAnswer, Some(intent), goal);
    }
    turn.tell(slot.invalid.in_language(turn.language), &BTreeMap::new(), Vec::new());
    ask(turn, slot);
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::scene::Talk;
    use crate::domain::language::Language;
    use crate::domain::ticket::HandoffReason;

    #[test]
    fn asks_one_by_one_and_keeps_what_was_said_at_once() {
        let mut talk = Talk::greeted();
        assert_eq!(talk.says("dov'è il mio ordine?"), ["\"order_number?\" [cancel_form]"]);
        assert_eq!(talk.step().outcome, Outcome::Asked);
        assert_eq!(talk.says("è il 1001"), ["\"email?\" [cancel_form]"]);
        let lookup = r#"> Lookup order {"email": "a@b.it", "order_number": "1001"}"#;
        assert_eq!(talk.says("a@b.it"), [lookup]);
        let mut talk = Talk::greeted();
        assert_eq!(talk.says("il mio ordine 1001 di a@b.it"), [lookup]);
    }

    #[test]
    fn one_answer_may_fill_several_slots() {
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine?");
        assert!(talk.says("1001, a@b.it")[0].starts_with("> Lookup"));
    }

    #[test]
    fn what_is_known_is_not_asked_again_unless_it_is_another() {
        let mut talk = Talk::greeted();
        talk.says("il mio ordine 1001 di a@b.it");
        assert_eq!(talk.says("la newsletter"), ["\"Iscritto: a@b.it\"", "> Confirmed"]);
        assert!(talk.says("e l'ordine 1002?")[0].contains("1002"));
        assert_eq!(talk.says("un altro ordine"), ["\"order_number?\" [cancel_form]"]);
    }

    #[test]
    fn three_invalid_answers_go_to_a_human_with_the_slots() {
        let mut talk = Talk::greeted();
        talk.says("il mio ordine di a@b.it");
        let again = ["\"invalid order_number\"", "\"order_number?\" [cancel_form]"];
        assert_eq!(talk.says("boh"), again);
        assert_eq!(talk.says("boh"), again);
        assert_eq!(talk.says("boh")[0], "> Escalate NoAnswer");
        let packet = &talk.handoff().packet;
        assert_eq!(packet.reason, HandoffReason::NoAnswer);
        assert_eq!(packet.summary, "il mio ordine di a@b.it");
        assert_eq!(packet.intent.as_deref(), Some("order_status"));
        assert_eq!(packet.slots["email"], "a@b.it");
        assert_eq!(packet.trail.len(), 4);
    }

    #[test]
    fn is_cancelled_by_button_and_by_word() {
        for cancel in ["annulla", "Lasci perdere.", "cancel", "1"] {
            let mut talk = Talk::greeted();
            talk.says("dov'è il mio ordine?");
            assert!(talk.says(cancel)[0].starts_with("FormCancelled [i:hours"), "{cancel}");
            assert_eq!(talk.says("1001")[0].split(' ').next(), Some("NotUnderstood"), "{cancel}");
        }
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine?");
        assert!(talk.presses("cancel_form")[0].starts_with("FormCancelled"));
    }

    #[test]
    fn a_digression_is_answered_and_the_question_asked_again() {
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine?");
        let answered = ["\"Tre giorni\"", "\"order_number?\" [cancel_form]"];
        assert_eq!(talk.says("quanto dura la spedizione"), answered);
        assert_eq!(talk.step().outcome, Outcome::Answered);
        assert_eq!(talk.presses("i:shipping"), answered);
        assert_eq!(talk.says("grazie"), ["\"order_number?\" [cancel_form]"]);
        assert_eq!(talk.says("1001"), ["\"email?\" [cancel_form]"]);
    }

    #[test]
    fn no_words_fill_two_slots() {
        let mut talk = Talk::greeted();
        talk.says("vorrei lo scambio del 1001");
        assert_eq!(talk.says("con il 2002"), ["\"Cambio 1001 con 2002\"", "> Confirmed"]);
        let mut talk = Talk::greeted();
        let end = talk.says("vorrei lo scambio del 1001 con il 2002");
        assert_eq!(end, ["\"Cambio 1001 con 2002\"", "> Confirmed"]);
    }

    #[test]
    fn another_form_takes_over() {
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine?");
        talk.says("1001");
        let options = "[t:Piccola t:Grande cancel_form]";
        assert_eq!(talk.says("anzi vorrei un reso"), [format!("\"size?\" {options}")]);
    }

    #[test]
    fn a_request_for_a_person_inside_a_form_takes_the_slots_along() {
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine?");
        talk.says("1001");
        let end = talk.says("voglio parlare con una persona");
        assert_eq!(end[..2], ["\"Certo\"", "> Escalate Asked"]);
        let packet = &talk.handoff().packet;
        assert_eq!(packet.summary, "dov'è il mio ordine?");
        assert_eq!(packet.slots["order_number"], "1001");
    }

    #[test]
    fn free_text_takes_anything_but_an_escalation() {
        let mut talk = Talk::greeted();
        talk.says("vorrei un reso per il 1001");
        assert_eq!(talk.says("2"), ["\"why?\" [cancel_form]"]);
        let end = talk.says("chiamo il mio avvocato");
        assert_eq!(end[..2], ["\"Capisco\"", "> Escalate Policy"]);
        let mut talk = Talk::greeted();
        talk.says("vorrei un reso per il 1001");
        talk.presses("t:Piccola");
        let end = talk.says("gli orari e la spedizione 2002 non vanno");
        assert_eq!(end[..2], ["\"Passo il reso 1001\"", "> Escalate Policy"]);
        let slots = &talk.handoff().packet.slots;
        assert_eq!(slots["why"], "gli orari e la spedizione 2002 non vanno");
        assert_eq!((slots["size"].as_str(), slots["order_number"].as_str()), ("piccola", "1001"));
        assert!(talk.handoff().requirement.skills.contains("care"));
    }

    #[test]
    fn an_answer_tells_no_language() {
        let mut talk = Talk::greeted();
        talk.says("where is my order");
        assert_eq!(talk.step().language, Language::En);
        assert_eq!(talk.says("il mio 1001"), ["\"en: email?\" [cancel_form]"]);
    }

    #[test]
    fn a_form_that_is_gone_from_the_knowledge_is_dropped() {
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine?");
        talk.state.form.as_mut().unwrap().intent = "gone".into();
        assert_eq!(talk.says("spedizione"), ["\"Tre giorni\""]);
        assert!(talk.state.form.is_none());
    }
}

//! Giving the conversation to a human, with all that the bot knows.

use std::collections::BTreeMap;

use super::state::State;
use super::turn::Turn;
use super::{Effect, Handoff, Outcome, Sentence, human, payload, words};
use crate::domain::ticket::{HandoffReason, Packet, Priority, Requirement, TrailStep};
use crate::knowledge::{Action, Escalation, Form, Intent, Then};

/// A message of so many words tells by itself what is wanted.
const TELLING: usize = 8;
/// A message of so many words is a question rather than a greeting.
const QUESTION: usize = 3;
/// From this P(correct) on, an intent of the trail was taken at its word.
pub(super) const OUTRIGHT: f32 = 0.6;

/// Goes to a human because an intent says so. `said` are the words that led there.
pub(super) fn escalate(turn: &mut Turn<'_>, escalation: &Escalation, intent: &Intent, said: &str) {
    let summary = if escalation.asked { goal(turn, said) } else { said.to_owned() };
    with_fields(turn, escalation, intent, &summary, &BTreeMap::new());
}

/// Goes to a human as an escalation says, with what a lookup brought.
pub(super) fn with_fields(
    turn: &mut Turn<'_>,
    escalation: &Escalation,
    intent: &Intent,
    summary: &str,
    fields: &BTreeMap<String, String>,
) {
    turn.tell(escalation.message.in_language(turn.language), fields, Vec::new());
    let reason = if escalation.asked { HandoffReason::Asked } else { HandoffReason::Policy };
    let mut handoff = drafted(turn, reason, Some(intent.name.clone()), summary.to_owned());
    assigned(&mut handoff, escalation);
    handoff.packet.slots.extend(fields.clone());
    hand_over(turn, handoff);
}

/// Goes to a human because a form found no answer; as the form's own escalation says, if it has one.
pub(super) fn unanswered(
    turn: &mut Turn<'_>,
    reason: HandoffReason,
    intent: &Intent,
    form: &Form,
    goal: &str,
) {
    let mut handoff = drafted(turn, reason, Some(intent.name.clone()), goal.to_owned());
    if let Then::Escalate(escalation) = &form.then {
        assigned(&mut handoff, escalation);
    }
    hand_over(turn, handoff);
}

/// Goes to anybody who speaks the language.
pub(super) fn plain(
    turn: &mut Turn<'_>,
    reason: HandoffReason,
    intent: Option<String>,
    summary: String,
) {
    let handoff = drafted(turn, reason, intent, summary);
    hand_over(turn, handoff);
}

/// The button that asks for a person: as the intent of that name says, if there is one.
pub(super) fn to_person(turn: &mut Turn<'_>, label: Option<&str>) {
    let known = turn.known;
    let intent = known.intents.get(payload::PERSON);
    let title = intent.map(|intent| intent.title.in_language(turn.language).as_str());
    let said = label.filter(|label| !label.is_empty()).or(title).unwrap_or_default();
    let summary = goal(turn, said);
    if let Some((intent, Action::Escalate(escalation))) = intent.map(|known| (known, &known.action))
    {
        with_fields(turn, escalation, intent, &summary, &BTreeMap::new());
    } else {
        plain(turn, HandoffReason::Asked, None, summary);
    }
}

fn drafted(
    turn: &Turn<'_>,
    reason: HandoffReason,
    intent: Option<String>,
    summary: String,
) -> Handoff {
    let (trail, slots) = (turn.state.trail.clone(), turn.state.slots.clone());
    let requirement = Requirement { language: Some(turn.language), ..Requirement::default() };
    let packet = Packet { summary, reason, intent, trail, slots };
    Handoff { priority: Priority::Normal, requirement, packet, reason }
}

fn assigned(handoff: &mut Handoff, escalation: &Escalation) {
    handoff.priority = escalation.priority;
    handoff.requirement.team.clone_from(&escalation.team);
    handoff.requirement.skills = escalation.skills.iter().cloned().collect();
}

fn hand_over(turn: &mut Turn<'_>, handoff: Handoff) {
    turn.state.put_down();
    turn.effect(Effect::Escalate(handoff));
    turn.say(Sentence::Waiting { wait: turn.facts.wait }, human::choices());
    turn.outcome = Outcome::Escalated;
}

/// What the customer wants, in their own words: the form's first words, the asking itself when it
/// tells enough, or the last real question before it.
fn goal(turn: &Turn<'_>, said: &str) -> String {
    if let Some(filling) = &turn.state.form {
        return filling.goal.clone();
    }
    if words::count(said) >= TELLING {
        return said.to_owned();
    }
    let asked = turn.state.trail.iter().rev().find(|step| is_question(turn, step));
    asked.map_or(said, |step| &step.said).to_owned()
}

fn is_question(turn: &Turn<'_>, step: &TrailStep) -> bool {
    let Some(name) = &step.intent else { return false };
    let long = words::count(&step.said) >= QUESTION;
    if step.confidence < OUTRIGHT {
        return long;
    }
    match turn.known.intents.get(name).map(|intent| &intent.action) {
        Some(Action::Escalate(escalation)) => !escalation.asked,
        Some(Action::Form(_)) => true,
        Some(Action::Reply(_)) | None => long,
    }
}

/// The customer's fullest words among the last `count` messages, none of which was understood.
pub(super) fn missed_words(state: &State, count: usize) -> String {
    let last = state.trail.iter().rev().take(count);
    let fullest = last.max_by_key(|step| step.said.chars().count());
    fullest.map(|step| step.said.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::scene::Talk;
    use crate::domain::conversation::Owner;
    use crate::domain::language::Language;
    use crate::domain::ticket::{HandoffReason, Priority};

    #[test]
    fn legal_words_go_at_once_with_priority_and_team() {
        let mut talk = Talk::new();
        let end = talk.says("chiamo il mio avvocato");
        let said = ["\"Capisco\"", "> Escalate Policy", "Waiting [cancel_request back_to_bot]"];
        assert_eq!(end[1..], said);
        assert_eq!(talk.facts.owner, Owner::Queue);
        let handoff = talk.handoff();
        assert_eq!((handoff.priority, handoff.reason), (Priority::Urgent, HandoffReason::Policy));
        assert_eq!(handoff.requirement.team.as_deref(), Some("care"));
        assert_eq!(handoff.requirement.language, Some(Language::It));
        assert_eq!(handoff.packet.summary, "chiamo il mio avvocato");
        assert_eq!(handoff.packet.intent.as_deref(), Some("legal"));
    }

    #[test]
    fn asking_for_a_person_carries_the_real_question() {
        let mut talk = Talk::greeted();
        talk.says("ma quanto dura questa spedizione");
        talk.says("orari");
        talk.says("voglio una persona");
        let packet = &talk.handoff().packet;
        assert_eq!(packet.reason, HandoffReason::Asked);
        assert_eq!(packet.summary, "ma quanto dura questa spedizione");
        assert_eq!(packet.trail.len(), 3);
        assert_eq!(packet.trail[2].said, "voglio una persona");
    }

    #[test]
    fn asking_with_a_story_carries_the_story() {
        let mut talk = Talk::greeted();
        talk.says("ma quanto dura questa spedizione");
        let story = "voglio una persona perché il vaso è arrivato in mille pezzi";
        talk.says(story);
        assert_eq!(talk.handoff().packet.summary, story);
    }

    #[test]
    fn the_person_button_works_at_any_time() {
        let mut talk = Talk::new();
        let end = talk.presses("person");
        assert_eq!(end[1..3], ["\"Certo\"", "> Escalate Asked"]);
        assert_eq!(talk.handoff().packet.summary, "Titolo person");
        assert_eq!(talk.step().outcome, Outcome::Escalated);
    }
}

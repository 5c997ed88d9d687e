//! What the bot does while a human has the word, or after the conversation ended.

use super::payload::{self, Press};
use super::turn::Turn;
use super::{Effect, Outcome, Sentence, answer, words};
use crate::domain::conversation::Owner;
use crate::domain::message::{Button, MAX_READ_CHARS};
use crate::knowledge::{Action, Escalation};

/// What a customer can do while a request waits.
pub(super) fn choices() -> Vec<Button> {
    vec![payload::house(payload::CANCEL_REQUEST), payload::house(payload::BACK_TO_BOT)]
}

/// A text while the queue or an agent has the word.
pub(super) fn text(turn: &mut Turn<'_>, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let waits = turn.facts.owner == Owner::Queue;
    if waits && words::cancels_request(text) {
        return cancel(turn);
    }
    if waits && words::goes_back(text) {
        return back(turn);
    }
    if waits && let Some(press) = numbered(turn, text) {
        return self::press(turn, &press);
    }
    let closing = is_closing(turn, text);
    if waits && asks_for_person(turn, text) {
        turn.effect(Effect::AskForPerson);
    }
    turn.effect(Effect::Forward { closing });
    if waits && !closing && !turn.state.added {
        turn.state.added = true;
        turn.say(Sentence::AddedToRequest, Vec::new());
    }
}

/// The number of what the bot offered just now, where there are no buttons. Once the customer has
/// written anything else, a number is part of the request.
fn numbered(turn: &Turn<'_>, text: &str) -> Option<Press> {
    let press = answer::numbered(turn, text).filter(|_| !turn.state.added)?;
    matches!(press, Press::CancelRequest | Press::BackToBot).then_some(press)
}

/// A button while the queue or an agent has the word.
pub(super) fn press(turn: &mut Turn<'_>, press: &Press) {
    let waits = turn.facts.owner == Owner::Queue;
    match press {
        Press::CancelRequest => cancel(turn),
        Press::BackToBot if waits => back(turn),
        Press::Person if waits => {
            turn.effect(Effect::AskForPerson);
            turn.say(Sentence::Waiting { wait: turn.facts.wait }, choices());
        }
        Press::Intent(_) | Press::BackToBot => turn.effect(Effect::Forward { closing: false }),
        _ => {}
    }
}

fn cancel(turn: &mut Turn<'_>) {
    turn.state.return_to_bot();
    turn.effect(Effect::CancelTicket);
    turn.say(Sentence::RequestCancelled, turn.menu());
    turn.outcome = Outcome::Answered;
}

fn back(turn: &mut Turn<'_>) {
    turn.state.return_to_bot();
    turn.effect(Effect::BackToBot);
    turn.say(Sentence::BackWithBot, turn.menu());
    turn.outcome = Outcome::Answered;
}

/// A text after the end: thanks close nothing and open nothing; a recent request is reopened;
/// otherwise a new episode begins.
pub(super) fn text_after_end(turn: &mut Turn<'_>, text: &str) {
    if !turn.facts.reopenable {
        turn.state.begin_episode();
        return answer::text(turn, text);
    }
    if text.trim().is_empty() {
        return;
    }
    if is_closing(turn, text) {
        turn.say(Sentence::Welcome, Vec::new());
        turn.outcome = Outcome::Answered;
        return;
    }
    reopen(turn);
}

/// A file after the end.
pub(super) fn files_after_end(turn: &mut Turn<'_>, kind: &str) {
    if turn.facts.reopenable {
        return reopen(turn);
    }
    turn.state.begin_episode();
    answer::files(turn, kind);
}

/// A button after the end: it was the bot's, so it begins a new episode, unless it asks for a person
/// whose request can be reopened.
pub(super) fn press_after_end(turn: &mut Turn<'_>, press: &Press, label: Option<&str>) {
    if turn.facts.reopenable && *press == Press::Person {
        return reopen(turn);
    }
    turn.state.begin_episode();
    answer::press(turn, press, label);
}

fn reopen(turn: &mut Turn<'_>) {
    turn.state.put_down();
    turn.state.survey = None;
    turn.state.added = true;
    turn.effect(Effect::Reopen);
    turn.say(Sentence::Reopened { wait: turn.facts.wait }, choices());
    turn.effect(Effect::Forward { closing: false });
}

/// Whether a text asks for a person outright.
fn asks_for_person(turn: &mut Turn<'_>, text: &str) -> bool {
    if text.chars().count() > MAX_READ_CHARS {
        return false;
    }
    let reading = turn.reading(text);
    let intent = turn.known.outright(&reading);
    matches!(
        intent.map(|intent| &intent.action),
        Some(Action::Escalate(Escalation { asked: true, .. }))
    )
}

fn is_closing(turn: &mut Turn<'_>, text: &str) -> bool {
    text.chars().count() <= MAX_READ_CHARS && turn.reading(text).closing
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::scene::Talk;
    use super::super::{Input, Outcome};
    use super::*;
    use crate::domain::id::AgentId;

    fn waiting() -> Talk {
        let mut talk = Talk::greeted();
        talk.says("il mio ordine 1001");
        talk.says("voglio una persona");
        assert_eq!(talk.facts.owner, Owner::Queue);
        talk
    }

    fn served() -> Talk {
        waiting().owned_by(Owner::Agent(AgentId(Uuid::nil())))
    }

    #[test]
    fn what_is_written_meanwhile_reaches_the_request_and_is_confirmed_once() {
        let mut talk = waiting();
        assert_eq!(talk.says("grazie"), ["> Forward true"]);
        assert_eq!(talk.says("orari?"), ["> Forward false", "AddedToRequest"]);
        assert_eq!(talk.says("1"), ["> Forward false"]);
        assert_eq!(talk.step().outcome, Outcome::Silent);
        let file = Input::Files { caption: String::new(), kind: "photo".into() };
        assert_eq!(talk.input(&file), ["> Forward false"]);
    }

    #[test]
    fn asking_for_a_person_while_it_waits_is_noted() {
        let mut talk = waiting();
        assert_eq!(talk.says("voglio una persona")[..2], ["> AskForPerson", "> Forward false"]);
        assert_eq!(talk.presses("person")[0], "> AskForPerson");
        assert_eq!(talk.says("orari")[0], "> Forward false");
    }

    #[test]
    fn the_request_is_cancelled_by_button_and_by_words() {
        for cancelled in [
            waiting().presses("cancel_request"),
            waiting().says("Annulla la richiesta."),
            waiting().says("cancel my request"),
            served().presses("cancel_request"),
        ] {
            assert_eq!(cancelled[0], "> CancelTicket");
            assert_eq!(cancelled[1], "RequestCancelled [i:hours i:order_status person]");
        }
    }

    #[test]
    fn going_back_to_the_bot_forgets_no_slot() {
        let mut talk = waiting();
        assert_eq!(talk.presses("back_to_bot")[0], "> BackToBot");
        assert_eq!(talk.facts.owner, Owner::Bot);
        assert_eq!(talk.says("il mio ordine"), ["\"email?\" [cancel_form]"]);
    }

    #[test]
    fn an_agent_is_never_talked_over() {
        let mut talk = served();
        for text in ["orari", "voglio una persona", "annulla la richiesta", "bzzz"] {
            assert_eq!(talk.says(text), ["> Forward false"], "{text}");
        }
        assert_eq!(talk.presses("i:hours"), ["> Forward false"]);
        assert!(talk.input(&Input::Silence).is_empty());
        assert!(talk.input(&Input::Close).is_empty());
        assert!(talk.input(&Input::Start).is_empty());
    }

    #[test]
    fn handed_back_the_bot_answers_again() {
        let mut talk = served();
        talk.facts.owner = Owner::Bot;
        assert!(talk.input(&Input::HandedBack)[0].starts_with("BackWithBot [i:hours"));
        assert_eq!(talk.says("spedizione"), ["\"Tre giorni\""]);
    }

    #[test]
    fn writing_after_the_end_reopens_unless_it_is_thanks() {
        let mut talk = waiting().owned_by(Owner::Closed);
        talk.facts.reopenable = true;
        assert_eq!(talk.says("grazie mille"), ["Welcome"]);
        assert_eq!(talk.facts.owner, Owner::Closed);
        let reopened = talk.says("bzzz ancora rotto");
        let buttons = "Reopened [cancel_request back_to_bot]";
        assert_eq!(reopened, ["> Reopen", buttons, "> Forward false"]);
        assert_eq!(talk.facts.owner, Owner::Queue);
    }

    #[test]
    fn long_after_the_end_the_bot_begins_anew() {
        let mut talk = waiting().owned_by(Owner::Closed);
        let said = talk.says("il mio ordine");
        assert!(said[0].starts_with("Introduction"));
        assert_eq!(said[1], "\"order_number?\" [cancel_form]");
        assert_eq!(talk.facts.owner, Owner::Bot);
        assert_eq!(talk.state.trail.len(), 1);
    }

    #[test]
    fn a_menu_button_after_the_end_is_for_the_bot() {
        let mut talk = waiting().owned_by(Owner::Closed);
        talk.facts.reopenable = true;
        assert_eq!(talk.presses("i:shipping")[1], "\"Tre giorni\"");
        assert_eq!(talk.facts.owner, Owner::Bot);
    }

    #[test]
    fn a_number_chooses_right_after_the_offer_and_not_later() {
        let mut talk = Talk::greeted();
        talk.says("voglio una persona");
        assert_eq!(talk.says("2")[0], "> BackToBot");
        talk.says("voglio una persona");
        talk.says("ne ho ordinati tre");
        assert_eq!(talk.says("1"), ["> Forward false"]);
        talk.facts.owner = Owner::Agent(AgentId(Uuid::nil()));
        assert_eq!(talk.says("1"), ["> Forward false"]);
    }
}

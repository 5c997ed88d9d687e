//! Who an input is for: the survey that waits, the human who has the word, or the bot.

use super::payload::Press;
use super::state::State;
use super::turn::{Known, Turn};
use super::{Effect, Facts, Input, Outcome, Sentence, Step, answer, human, link, lookup, survey};
use crate::domain::conversation::Owner;

/// One step, over what is known.
pub(super) fn decide(known: &Known<'_>, state: State, input: &Input, facts: &Facts) -> Step {
    let mut turn = Turn::new(known, state, input, facts);
    match input {
        Input::Start => start(&mut turn),
        Input::Linked { reference } => link::follow(&mut turn, reference),
        Input::Text(text) => text_came(&mut turn, text),
        Input::Press { payload, label } => press_came(&mut turn, payload, label.as_deref()),
        Input::Files { caption, kind } => files_came(&mut turn, caption, kind),
        Input::Lookup { id, outcome } => lookup::came_back(&mut turn, *id, outcome),
        Input::HandedBack => handed_back(&mut turn),
        Input::AskRating { invitation } => survey::ask(&mut turn, *invitation),
        Input::Silence => silence(&mut turn),
        Input::Close => close(&mut turn),
    }
    turn.finish()
}

fn start(turn: &mut Turn<'_>) {
    if matches!(turn.facts.owner, Owner::Queue | Owner::Agent(_)) {
        return;
    }
    turn.state.begin_episode();
    turn.introduce(turn.menu());
    turn.outcome = Outcome::Answered;
}

fn text_came(turn: &mut Turn<'_>, text: &str) {
    if survey::takes_text(turn, text) {
        return;
    }
    match turn.facts.owner {
        Owner::Bot => answer::text(turn, text),
        Owner::Queue | Owner::Agent(_) => human::text(turn, text),
        Owner::Closed => human::text_after_end(turn, text),
    }
}

fn press_came(turn: &mut Turn<'_>, payload: &str, label: Option<&str>) {
    let press = match Press::parse(payload) {
        Press::Rating(invitation, rating) => return survey::rate(turn, invitation, rating),
        Press::NoComment => return survey::no_comment(turn),
        Press::Text(text) => return text_came(turn, &text),
        Press::Intent(name) if turn.known.intents.contains_key(&name) => Press::Intent(name),
        Press::Unknown | Press::Intent(_) => return text_came(turn, label.unwrap_or(payload)),
        press => press,
    };
    match turn.facts.owner {
        Owner::Bot => answer::press(turn, &press, label),
        Owner::Queue | Owner::Agent(_) => human::press(turn, &press),
        Owner::Closed => human::press_after_end(turn, &press, label),
    }
}

fn files_came(turn: &mut Turn<'_>, caption: &str, kind: &str) {
    if !caption.trim().is_empty() {
        return text_came(turn, caption);
    }
    match turn.facts.owner {
        Owner::Bot => answer::files(turn, kind),
        Owner::Queue | Owner::Agent(_) => turn.effect(Effect::Forward { closing: false }),
        Owner::Closed => human::files_after_end(turn, kind),
    }
}

fn handed_back(turn: &mut Turn<'_>) {
    turn.state.return_to_bot();
    turn.say(Sentence::BackWithBot, turn.menu());
}

fn silence(turn: &mut Turn<'_>) {
    let buttons = match turn.facts.owner {
        Owner::Bot => Vec::new(),
        Owner::Queue => human::choices(),
        Owner::Agent(_) | Owner::Closed => return,
    };
    turn.state.warned = true;
    turn.say(Sentence::StillThere, buttons);
}

/// The customer hears from us before silence closes: a close without a warning is a warning.
fn close(turn: &mut Turn<'_>) {
    if !matches!(turn.facts.owner, Owner::Bot | Owner::Queue) {
        return;
    }
    if !turn.state.warned {
        return silence(turn);
    }
    turn.state.put_down();
    turn.state.warned = false;
    turn.say(Sentence::ClosedForSilence, Vec::new());
    turn.effect(Effect::End);
}

#[cfg(test)]
mod tests {
    use super::super::Input;
    use super::super::scene::Talk;
    use crate::domain::conversation::Owner;

    #[test]
    fn silence_is_announced_before_it_closes() {
        let mut talk = Talk::greeted();
        assert_eq!(talk.input(&Input::Close), ["StillThere"]);
        assert_eq!(talk.input(&Input::Close), ["ClosedForSilence", "> End"]);
        assert_eq!(talk.facts.owner, Owner::Closed);
        assert!(talk.input(&Input::Close).is_empty());
    }

    #[test]
    fn an_answer_takes_the_announcement_back() {
        let mut talk = Talk::greeted();
        talk.input(&Input::Silence);
        talk.says("orari");
        assert_eq!(talk.input(&Input::Close), ["StillThere"]);
    }

    #[test]
    fn silence_in_the_queue_keeps_the_request() {
        let mut talk = Talk::greeted();
        talk.says("voglio una persona");
        let asked = talk.input(&Input::Silence);
        assert_eq!(asked, ["StillThere [cancel_request back_to_bot]"]);
        assert_eq!(talk.facts.owner, Owner::Queue);
    }

    #[test]
    fn a_new_start_forgets_what_was_wanted() {
        let mut talk = Talk::greeted();
        talk.says("il mio ordine 1001");
        assert!(talk.input(&Input::Start)[0].starts_with("Introduction"));
        assert!(talk.state.form.is_none() && talk.state.slots.is_empty());
    }
}

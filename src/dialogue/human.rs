//! What the bot does while a human has the word, or after the conversation ended.

use super::payload::{self, Press};
use super::turn::Turn;
use super::{Effect, Outcome, Sentence, answer, words};
use crate::domain::conversation::Owner;
use crate::domain::message::{Button, MAX_READ_CHARS};

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
    let closing = is_closing(turn, text);
    turn.effect(Effect::Forward { closing });
    if waits && !closing && !turn.state.added {
        turn.state.added = true;
        turn.say(Sentence::AddedToRequest, Vec::new());
    }
}

/// A button while the queue or an agent has the word.
pub(super) fn press(turn: &mut Turn<'_>, press: &Press) {
    let waits = turn.facts.owner == Owner::Queue;
    match press {
        Press::CancelRequest => cancel(turn),
        Press::BackToBot if waits => back(turn),
        Press::Person if waits => {
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

fn is_closing(turn: &mut Turn<'_>, text: &str) -> bool {
    text.chars().count() <= MAX_READ_CHARS && turn.reading(text).closing
}

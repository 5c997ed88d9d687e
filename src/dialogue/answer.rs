//! What the bot does with a text or a button that is for it.

use std::collections::BTreeMap;

use super::payload::{self, Press};
use super::turn::Turn;
use super::{Effect, Outcome, Sentence, form, handoff, words};
use crate::domain::message::MAX_READ_CHARS;
use crate::domain::ticket::HandoffReason;
use crate::knowledge::{Action, Intent};
use crate::nlu::{Reading, Verdict};

/// Messages in a row that may be missed before a human gets the conversation.
const MISSES: u8 = 2;
/// How many intents are offered when it is not clear which is meant.
const OFFERED: usize = 2;

/// A text for the bot.
pub(super) fn text(turn: &mut Turn<'_>, text: &str) {
    if text.trim().is_empty() {
        return unreadable(turn, Sentence::Empty);
    }
    if text.chars().count() > MAX_READ_CHARS {
        return unreadable(turn, Sentence::TooLong);
    }
    if let Some((press, label)) = labelled(turn, text) {
        return self::press(turn, &press, Some(&label));
    }
    let reading = turn.reading(text);
    turn.introduce(Turn::person());
    if form::is_active(turn) {
        return form::answer(turn, text, &reading);
    }
    match numbered(turn, text) {
        Some(Press::Text(option)) => converse(turn, &option, &reading),
        Some(press) => self::press(turn, &press, None),
        None => converse(turn, text, &reading),
    }
}

/// A file without words, for the bot.
pub(super) fn files(turn: &mut Turn<'_>, kind: &str) {
    unreadable(turn, Sentence::CannotRead { kind: kind.to_owned() });
}

fn unreadable(turn: &mut Turn<'_>, sentence: Sentence) {
    turn.introduce(Turn::person());
    turn.say(sentence, turn.menu());
    turn.outcome = Outcome::Fallback;
    form::ask_again(turn);
}

/// The offered button whose label was typed.
fn labelled(turn: &Turn<'_>, text: &str) -> Option<(Press, String)> {
    let said = words::normal(text);
    let mut offered = turn.state.offered.iter();
    let button = offered.find(|button| !said.is_empty() && words::normal(&button.label) == said)?;
    match Press::parse(&button.payload) {
        Press::Intent(name) if turn.known.intents.contains_key(&name) => {
            Some((Press::Intent(name), button.label.clone()))
        }
        _ => None,
    }
}

/// The offered button whose number was typed, counted from 1.
pub(super) fn numbered(turn: &Turn<'_>, text: &str) -> Option<Press> {
    let number: usize = words::normal(text).parse().ok()?;
    let button = turn.state.offered.get(number.checked_sub(1)?)?;
    match Press::parse(&button.payload) {
        Press::Intent(name) if !turn.known.intents.contains_key(&name) => None,
        Press::Unknown | Press::Rating(..) | Press::NoComment => None,
        press => Some(press),
    }
}

/// A button for the bot.
pub(super) fn press(turn: &mut Turn<'_>, press: &Press, label: Option<&str>) {
    let follows = !matches!(press, Press::CancelRequest | Press::BackToBot | Press::CancelForm);
    turn.introduce(if follows { Turn::person() } else { turn.menu() });
    match press {
        Press::Intent(name) => chosen(turn, name, label),
        Press::Person => handoff::to_person(turn, label),
        Press::CancelForm => form::cancel(turn),
        Press::NoneOfThese => missed(turn),
        Press::CancelRequest | Press::BackToBot => turn.say(Sentence::BackWithBot, turn.menu()),
        Press::Text(_) | Press::Rating(..) | Press::NoComment | Press::Unknown => {}
    }
}

fn chosen(turn: &mut Turn<'_>, name: &str, label: Option<&str>) {
    let known = turn.known;
    let Some(intent) = known.intents.get(name) else { return missed(turn) };
    let title = intent.title.in_language(turn.language);
    let said = label.unwrap_or(title).to_owned();
    turn.state.remember(&said, Some(name.to_owned()), 1.0);
    turn.understood_as(name);
    act(turn, intent, &said);
    form::ask_again(turn);
}

/// Answers a text that is no answer to a form's question.
pub(super) fn converse(turn: &mut Turn<'_>, text: &str, reading: &Reading) {
    remember(turn, text, reading);
    let helped = reading.closing && turn.state.answered;
    let outright = turn.known.outright(reading);
    match outright {
        Some(intent) if !reading.closing || matches!(intent.action, Action::Reply(_)) => {
            act(turn, intent, text);
        }
        _ if reading.closing => welcome(turn),
        _ if reading.verdict == Verdict::Ask => which_one(turn, reading),
        _ => missed(turn),
    }
    if helped {
        turn.state.answered = false;
        turn.effect(Effect::Confirmed);
    }
}

/// Adds a text to the trail with its best intent.
pub(super) fn remember(turn: &mut Turn<'_>, text: &str, reading: &Reading) {
    let best = reading.candidates.first();
    let confidence = best.map_or(0.0, |best| best.probability);
    turn.state.remember(text, best.map(|best| best.intent.clone()), confidence);
}

/// Does what an intent says. An answer inside a form leaves the form as it is.
pub(super) fn act(turn: &mut Turn<'_>, intent: &Intent, said: &str) {
    match &intent.action {
        Action::Reply(variants) => turn.answer(&intent.name, variants, &BTreeMap::new()),
        Action::Form(form) => form::start(turn, intent, form, said),
        Action::Escalate(escalation) => handoff::escalate(turn, escalation, intent, said),
    }
}

/// "You're welcome."
pub(super) fn welcome(turn: &mut Turn<'_>) {
    turn.say(Sentence::Welcome, Vec::new());
    turn.outcome = Outcome::Answered;
}

fn which_one(turn: &mut Turn<'_>, reading: &Reading) {
    let candidates = reading.candidates.iter();
    let intents = candidates.filter_map(|candidate| turn.known.intents.get(&candidate.intent));
    let mut buttons: Vec<_> = intents
        .take(OFFERED)
        .map(|intent| payload::intent(&intent.name, intent.title.in_language(turn.language)))
        .collect();
    if buttons.is_empty() {
        return missed(turn);
    }
    buttons.push(payload::house(payload::NONE_OF_THESE));
    turn.state.answered = false;
    turn.say(Sentence::WhichOne, buttons);
    turn.outcome = Outcome::Disambiguated;
}

/// Says that it was not understood; the second time in a row a human gets the conversation.
fn missed(turn: &mut Turn<'_>) {
    turn.state.answered = false;
    turn.state.misses = turn.state.misses.saturating_add(1);
    if turn.state.misses >= MISSES {
        let summary = handoff::missed_words(&turn.state, usize::from(MISSES));
        return handoff::plain(turn, HandoffReason::Fallback, None, summary);
    }
    turn.say(Sentence::NotUnderstood, turn.menu());
    turn.outcome = Outcome::Fallback;
}

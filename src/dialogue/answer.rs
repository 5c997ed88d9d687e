//! What the bot does with a text or a button that is for it.

use std::collections::BTreeMap;

use super::payload::{self, Press};
use super::turn::Turn;
use super::{Effect, Outcome, Sentence, form, handoff, several, words};
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
        None => match several::requests(turn, text, &reading) {
            Some(requests) => several::answer(turn, text, &requests),
            None => converse(turn, text, &reading),
        },
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
    let is_form = outright.is_none_or(|intent| matches!(intent.action, Action::Form(_)));
    match outright {
        _ if is_form && words::stops(text) => form::cancel(turn),
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

#[cfg(test)]
mod tests {
    use super::super::scene::Talk;
    use super::super::{Input, Outcome};
    use crate::domain::language::Language;
    use crate::domain::message::MAX_READ_CHARS;
    use crate::domain::ticket::{HandoffReason, Priority};

    const MENU: &str = "[i:hours i:order_status person]";

    #[test]
    fn the_first_message_introduces_the_bot_with_the_menu() {
        let mut talk = Talk::new();
        let introduction = format!("Introduction: Benvenuto in Acqua {MENU}");
        assert_eq!(talk.input(&Input::Start), [introduction]);
        assert_eq!(talk.says("orari?")[0], "\"Acqua: 9-18\" [i:order_status]");
    }

    #[test]
    fn a_question_at_once_is_answered_after_the_introduction() {
        let mut talk = Talk::new();
        assert_eq!(
            talk.says("What are your hours please"),
            ["Introduction: Welcome to Acqua [person]", "\"en: Acqua: 9-18\""]
        );
        assert_eq!(talk.step().language, Language::En);
        assert_eq!(talk.step().outcome, Outcome::Answered);
        assert_eq!(talk.says("orari"), ["\"en: Acqua: 9-18, {sab} chiuso\""]);
    }

    #[test]
    fn stopping_nothing_starts_nothing() {
        let mut talk = Talk::greeted();
        talk.says("il mio ordine 1001 di a@b.it");
        for stop in ["annulla", "lascia stare l'ordine", "cancel the request"] {
            assert_eq!(talk.says(stop), [format!("FormCancelled {MENU}")], "{stop}");
        }
        assert_eq!(talk.says("ma no, lascia stare, spedizione")[0], "\"en: Tre giorni\"");
    }

    #[test]
    fn answers_take_turns() {
        let mut talk = Talk::greeted();
        let first = talk.says("orari");
        assert_ne!(first, talk.says("orari"));
        assert_eq!(first, talk.says("orari"));
    }

    #[test]
    fn a_doubt_is_asked_about_and_the_choice_counts() {
        let mut talk = Talk::greeted();
        let asked = talk.says("forse gli orari o la spedizione");
        assert_eq!(asked, ["WhichOne [i:shipping i:hours none]"]);
        assert_eq!(talk.step().outcome, Outcome::Disambiguated);
        assert_eq!(talk.state.misses, 0);
        assert_eq!(talk.says("2"), ["\"Acqua: 9-18\" [i:order_status]"]);
        talk.says("forse gli orari o la spedizione");
        assert_eq!(talk.says("titolo SHIPPING!"), ["\"Tre giorni\""]);
    }

    #[test]
    fn none_of_these_is_a_miss() {
        let mut talk = Talk::greeted();
        assert_eq!(talk.says("bzzz qualcosa di strano"), [format!("NotUnderstood {MENU}")]);
        talk.says("forse la spedizione");
        let end = talk.presses("none");
        assert_eq!(end[0], "> Escalate Fallback");
        assert_eq!(talk.handoff().packet.summary, "bzzz qualcosa di strano");
    }

    #[test]
    fn two_misses_in_a_row_go_to_a_human_who_speaks_the_language() {
        let mut talk = Talk::greeted();
        talk.says("bzzz");
        talk.says("orari");
        assert_eq!(talk.says("il mio bzzz è rotto"), [format!("NotUnderstood {MENU}")]);
        let waiting = "Waiting [cancel_request back_to_bot]";
        assert_eq!(talk.says("bzzz!"), ["> Escalate Fallback", waiting]);
        let handoff = talk.handoff();
        assert_eq!(handoff.reason, HandoffReason::Fallback);
        assert_eq!(handoff.priority, Priority::Normal);
        assert_eq!(handoff.requirement.language, Some(Language::It));
        assert_eq!(handoff.requirement.team, None);
        assert_eq!(handoff.packet.summary, "il mio bzzz è rotto");
        assert_eq!(talk.step().outcome, Outcome::Escalated);
    }

    #[test]
    fn thanks_confirm_an_answer_once() {
        let mut talk = Talk::greeted();
        assert_eq!(talk.says("grazie"), ["Welcome"]);
        talk.says("orari");
        assert_eq!(talk.says("grazie!"), ["Welcome", "> Confirmed"]);
        assert_eq!(talk.says("grazie!"), ["Welcome"]);
        talk.says("orari");
        assert_eq!(talk.says("addio"), ["\"A presto\"", "> Confirmed"]);
    }

    #[test]
    fn what_cannot_be_read_is_said_so_with_a_way_on() {
        let mut talk = Talk::greeted();
        assert_eq!(talk.says(" \n "), [format!("Empty {MENU}")]);
        let long = "è".repeat(MAX_READ_CHARS + 1);
        assert_eq!(talk.says(&long), [format!("TooLong {MENU}")]);
        assert!(talk.step().understood.is_none());
        let photo = |caption: &str| Input::Files { caption: caption.into(), kind: "photo".into() };
        assert_eq!(talk.input(&photo(" ")), [format!("CannotRead {MENU}")]);
        assert_eq!(talk.input(&photo("orari"))[0], "\"Acqua: 9-18\" [i:order_status]");
    }

    #[test]
    fn a_button_nobody_knows_is_read_by_its_label() {
        let mut talk = Talk::greeted();
        let press = Input::Press { payload: "i:gone".into(), label: Some("spedizione".into()) };
        assert_eq!(talk.input(&press), ["\"Tre giorni\""]);
        assert_eq!(talk.presses("%%%"), [format!("NotUnderstood {MENU}")]);
    }

    #[test]
    fn language_is_the_texts_own_from_two_words_on() {
        let mut talk = Talk::greeted();
        talk.facts.language = Some(Language::It);
        talk.says("hours");
        assert_eq!(talk.step().language, Language::It);
        talk.says("hours please");
        assert_eq!(talk.step().language, Language::En);
    }
}

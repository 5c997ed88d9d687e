//! A rating from 1 to 5, then a word about it. An answer is an answer, never a reopening.

use super::payload;
use super::state::Pending;
use super::turn::Turn;
use super::{Effect, Outcome, Sentence, words};
use crate::domain::conversation::Owner;
use crate::domain::id::InvitationId;
use crate::domain::message::MAX_READ_CHARS;
use crate::domain::survey::Rating;
use crate::knowledge::{Action, Intent};

/// Asks for a rating, unless a human has the word again or it was given.
pub(super) fn ask(turn: &mut Turn<'_>, invitation: InvitationId) {
    if human_has_the_word(turn) || is_rated(turn, invitation) {
        return;
    }
    turn.state.invite(invitation);
    turn.state.survey = Some(Pending::Rating { invitation, again: false });
    turn.say(Sentence::AskRating, payload::ratings(invitation));
    turn.outcome = Outcome::Survey;
}

fn human_has_the_word(turn: &Turn<'_>) -> bool {
    matches!(turn.facts.owner, Owner::Queue | Owner::Agent(_))
}

fn is_rated(turn: &Turn<'_>, invitation: InvitationId) -> bool {
    turn.state.invited.iter().any(|invited| invited.id == invitation && invited.rated)
}

/// A rating was pressed or typed. Only an invitation of this conversation counts, and only once.
pub(super) fn rate(turn: &mut Turn<'_>, invitation: InvitationId, rating: Rating) {
    let mut invited = turn.state.invited.iter_mut();
    let Some(invited) = invited.find(|invited| invited.id == invitation && !invited.rated) else {
        return;
    };
    invited.rated = true;
    turn.outcome = Outcome::Survey;
    turn.effect(Effect::Rated { invitation, rating });
    if human_has_the_word(turn) {
        turn.state.survey = None;
        return thank(turn, rating);
    }
    turn.state.survey = Some(Pending::Comment { invitation, rating });
    turn.say(Sentence::AskComment, vec![payload::house(payload::NO_COMMENT)]);
}

fn thank(turn: &mut Turn<'_>, rating: Rating) {
    let unhappy = rating.is_unhappy();
    let sentence = if unhappy { Sentence::SorryRecovery } else { Sentence::ThanksForFeedback };
    turn.say(sentence, Vec::new());
    turn.outcome = Outcome::Survey;
}

/// The customer has nothing to add.
pub(super) fn no_comment(turn: &mut Turn<'_>) {
    if let Some(Pending::Comment { rating, .. }) = turn.state.survey {
        turn.state.survey = None;
        thank(turn, rating);
    }
}

/// Whether the survey that waits takes the text.
pub(super) fn takes_text(turn: &mut Turn<'_>, text: &str) -> bool {
    if text.trim().is_empty() || text.chars().count() > MAX_READ_CHARS {
        return false;
    }
    match turn.state.survey.clone() {
        None => false,
        Some(Pending::Rating { invitation, again }) => {
            let busy = human_has_the_word(turn) || turn.state.form.is_some();
            !busy && takes_rating(turn, text, invitation, again)
        }
        Some(Pending::Comment { invitation, rating }) => {
            takes_comment(turn, text, invitation, rating)
        }
    }
}

fn takes_rating(turn: &mut Turn<'_>, text: &str, invitation: InvitationId, again: bool) -> bool {
    if let Some(rating) = words::rating(text) {
        rate(turn, invitation, rating);
        return true;
    }
    if words::declines(text) {
        turn.state.survey = None;
        turn.say(Sentence::ThanksForFeedback, Vec::new());
        turn.outcome = Outcome::Survey;
        return true;
    }
    let reading = turn.reading(text);
    if reading.closing {
        turn.say(Sentence::Welcome, payload::ratings(invitation));
        turn.outcome = Outcome::Survey;
        return true;
    }
    if again || turn.known.outright(&reading).is_some() {
        turn.state.survey = None;
        return false;
    }
    turn.state.survey = Some(Pending::Rating { invitation, again: true });
    turn.say(Sentence::RatingAgain, payload::ratings(invitation));
    turn.outcome = Outcome::Survey;
    true
}

/// The next words after a rating are the comment, unless they ask for a person. While the queue has
/// the word (a recovery request was opened) they reach the request too; an agent gets them silently.
fn takes_comment(
    turn: &mut Turn<'_>,
    text: &str,
    invitation: InvitationId,
    rating: Rating,
) -> bool {
    turn.state.survey = None;
    if words::declines(text) && !matches!(turn.facts.owner, Owner::Agent(_)) {
        thank(turn, rating);
        return true;
    }
    let reading = turn.reading(text);
    if turn.known.outright(&reading).is_some_and(asks_for_a_person) {
        return false;
    }
    turn.effect(Effect::Commented { invitation, comment: text.to_owned() });
    turn.outcome = Outcome::Survey;
    if human_has_the_word(turn) {
        turn.effect(Effect::Forward { closing: reading.closing });
    }
    if !matches!(turn.facts.owner, Owner::Agent(_)) {
        thank(turn, rating);
    }
    true
}

fn asks_for_a_person(intent: &Intent) -> bool {
    matches!(&intent.action, Action::Escalate(escalation) if escalation.asked)
}

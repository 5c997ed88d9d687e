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

/// Up to so many words may be a clumsy rating; more are something to tell us.
const SHORT_WORDS: usize = 2;

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
    let reopens = turn.facts.reopenable && text.split_whitespace().count() > SHORT_WORDS;
    if again || reopens || turn.known.outright(&reading).is_some() {
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::Outcome;
    use super::super::scene::Talk;
    use crate::domain::conversation::Owner;
    use crate::domain::id::AgentId;

    fn asked() -> Talk {
        let mut talk = Talk::greeted().owned_by(Owner::Closed);
        talk.facts.reopenable = true;
        assert_eq!(talk.asks_rating(7), ["AskRating [ratings]"]);
        assert_eq!(talk.step().outcome, Outcome::Survey);
        talk
    }

    #[test]
    fn a_rating_then_a_comment_and_nothing_reopens() {
        let mut talk = asked();
        assert_eq!(talk.rates(7, 5), ["> Rated 5", "AskComment [nc]"]);
        let end = talk.says("siete gentilissimi");
        assert_eq!(end, ["> Commented siete gentilissimi", "ThanksForFeedback"]);
        assert_eq!(talk.facts.owner, Owner::Closed);
    }

    #[test]
    fn a_rating_may_be_typed_and_the_comment_declined() {
        for text in ["2", "2/5", "due stelle", "Two"] {
            let mut talk = asked();
            assert_eq!(talk.says(text), ["> Rated 2", "AskComment [nc]"], "{text}");
            assert_eq!(talk.presses("nc"), ["SorryRecovery"]);
            assert!(talk.presses("nc").is_empty());
        }
        let mut talk = asked();
        talk.says("4");
        assert_eq!(talk.says("No, grazie"), ["ThanksForFeedback"]);
    }

    #[test]
    fn an_invitation_is_answered_once_and_only_if_it_was_asked_here() {
        let mut talk = asked();
        talk.rates(7, 3);
        talk.presses("nc");
        assert!(talk.rates(7, 5).is_empty());
        assert!(talk.asks_rating(7).is_empty());
        assert!(talk.rates(8, 5).is_empty());
    }

    #[test]
    fn an_unclear_answer_is_asked_for_once_more_then_reopens() {
        let mut talk = asked();
        assert_eq!(talk.says("bzzz"), ["RatingAgain [ratings]"]);
        assert_eq!(talk.says("bzzz")[0], "> Reopen");
        assert_eq!(talk.rates(7, 1), ["> Rated 1", "SorryRecovery"]);
    }

    #[test]
    fn a_clear_question_drops_the_survey() {
        let mut talk = asked();
        assert_eq!(talk.says("dov'è il mio ordine")[0], "> Reopen");
        let mut talk = asked();
        talk.facts.reopenable = false;
        assert!(talk.says("spedizione")[0].starts_with("Introduction"));
        assert_eq!(talk.says("5")[0].split(' ').next(), Some("NotUnderstood"));
    }

    #[test]
    fn thanks_are_no_rating() {
        let mut talk = asked();
        assert_eq!(talk.says("grazie"), ["Welcome [ratings]"]);
        assert_eq!(talk.says("5")[0], "> Rated 5");
    }

    #[test]
    fn a_comment_while_a_recovery_waits_reaches_it_too() {
        let mut talk = asked();
        talk.rates(7, 1);
        let mut talk = talk.owned_by(Owner::Queue);
        let end = talk.says("mai più");
        assert_eq!(end, ["> Commented mai più", "> Forward false", "SorryRecovery"]);
        assert_eq!(talk.says("davvero")[0], "> Forward false");
    }

    #[test]
    fn nothing_is_asked_while_a_human_has_the_word() {
        let mut talk = Talk::greeted().owned_by(Owner::Agent(AgentId(Uuid::nil())));
        assert!(talk.asks_rating(7).is_empty());
        assert_eq!(talk.says("5"), ["> Forward false"]);
    }

    #[test]
    fn a_person_asked_for_instead_of_a_comment_is_heard() {
        let mut talk = asked();
        talk.rates(7, 4);
        assert_eq!(talk.says("voglio una persona")[0], "> Reopen");
    }
}

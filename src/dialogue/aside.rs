//! Other questions while a form's question waits: they are answered, and the form goes on.

use super::Outcome;
use super::turn::Turn;
use crate::knowledge::{Action, Intent};

/// Other questions in a row after which a form is dropped: the customer has moved on.
const ASIDES: u8 = 3;

/// Something else was answered. A form that was left again and again is dropped, so that its question
/// does not follow every answer.
pub(super) fn count(turn: &mut Turn<'_>) {
    if turn.outcome != Outcome::Answered {
        return;
    }
    let Some(filling) = &mut turn.state.form else { return };
    filling.asides = filling.asides.saturating_add(1);
    if filling.asides >= ASIDES {
        turn.state.form = None;
        turn.state.queued.clear();
    }
}

/// Whether a text that could be anything, such as a story, rather asks for an answer of the bot's.
pub(super) fn is_question(text: &str, intent: &Intent) -> bool {
    text.trim_end().ends_with('?') && matches!(intent.action, Action::Reply(_))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::scene::Talk;

    #[test]
    fn a_form_that_was_left_three_times_in_a_row_is_dropped() {
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine?");
        assert_eq!(talk.says("la spedizione").len(), 2);
        assert_eq!(talk.says("gli orari").len(), 2);
        assert_eq!(talk.says("la spedizione"), ["\"Tre giorni\""]);
        assert!(talk.state.form.is_none());
    }

    #[test]
    fn an_answer_in_between_keeps_the_form() {
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine?");
        talk.says("la spedizione");
        talk.says("gli orari");
        talk.says("1001");
        assert_eq!(talk.says("la spedizione"), ["\"Tre giorni\"", "\"email?\" [cancel_form]"]);
    }

    #[test]
    fn a_question_is_no_story() {
        let mut talk = Talk::greeted();
        talk.says("vorrei un reso per il 1001");
        talk.presses("t:Piccola");
        let answered = ["\"Tre giorni\"", "\"why?\" [cancel_form]"];
        assert_eq!(talk.says("quanto dura la spedizione?"), answered);
        talk.says("la spedizione era rotta");
        assert_eq!(talk.step().outcome, Outcome::Escalated);
    }
}

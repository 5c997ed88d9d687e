//! A link that led here may say what it is about: `order_1001` names an order.

use super::turn::Turn;
use super::{Outcome, form, payload};
use crate::domain::conversation::Owner;
use crate::knowledge::Action;

/// Opens the conversation; what the link names is not asked again, and the forms that ask for it are
/// offered first.
pub(super) fn follow(turn: &mut Turn<'_>, reference: &str) {
    if matches!(turn.facts.owner, Owner::Queue | Owner::Agent(_)) {
        return;
    }
    turn.state.begin_episode();
    let said = reference.replace(['_', '-'], " ");
    let mut menu = turn.menu();
    let mut first = Vec::new();
    for button in &menu {
        let Some(name) = button.payload.strip_prefix(payload::INTENT) else { continue };
        let Some(intent) = turn.known.intents.get(name) else { continue };
        let Action::Form(wanted) = &intent.action else { continue };
        if form::takes(turn, wanted, &said) {
            first.push(button.payload.clone());
        }
    }
    menu.sort_by_key(|button| !first.contains(&button.payload));
    turn.introduce(menu);
    turn.outcome = Outcome::Answered;
}

#[cfg(test)]
mod tests {
    use super::super::Input;
    use super::super::scene::Talk;
    use crate::domain::conversation::Owner;

    fn linked(reference: &str) -> Input {
        Input::Linked { reference: reference.to_owned() }
    }

    #[test]
    fn what_the_link_names_is_not_asked_again() {
        let mut talk = Talk::new();
        let hello = talk.input(&linked("order_1001"));
        assert!(hello[0].starts_with("Introduction"), "{hello:?}");
        assert!(hello[0].contains("[i:order_status"), "what it is about comes first: {hello:?}");
        assert_eq!(talk.says("dov'è il mio ordine"), ["\"email?\" [cancel_form]"]);
        assert_eq!(talk.state.slots["order_number"], "1001");
    }

    #[test]
    fn a_link_that_names_nothing_only_opens() {
        for odd in ["newsletter_spring", "", "__", "order_"] {
            let mut talk = Talk::new();
            assert!(talk.input(&linked(odd))[0].starts_with("Introduction"), "{odd}");
            assert!(talk.state.slots.is_empty(), "{odd}: {:?}", talk.state.slots);
        }
    }

    #[test]
    fn a_link_does_not_take_the_word_from_a_person() {
        let mut talk = Talk::greeted();
        talk.facts.owner = Owner::Queue;
        assert!(talk.input(&linked("order_1001")).is_empty());
    }
}

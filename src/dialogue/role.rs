//! Slots that want one of several like things, by its role ("da Roma a Milano").

use super::turn::Turn;
use crate::knowledge::{Form, Slot};
use crate::nlu::entity::Found;

/// Whether something found may fill a slot that was not asked about: one with a role wants it told.
pub(super) fn fits(slot: &Slot, found: &Found) -> bool {
    slot.role.is_none() || slot.role == found.role
}

/// The value that answers a slot's question: in its own role, else in none, else any.
pub(super) fn value(turn: &Turn<'_>, slot: &Slot, text: &str) -> Option<String> {
    if slot.role.is_some() {
        let mut found = (turn.known.find)(text);
        found.retain(|found| found.entity == slot.entity);
        let own = found.iter().find(|found| found.role == slot.role);
        if let Some(best) = own.or_else(|| found.iter().find(|found| found.role.is_none())) {
            return Some(best.value.clone());
        }
    }
    (turn.known.value)(&slot.entity, text)
}

/// What answers a slot's question answers no other one of the same entity.
pub(super) fn release(turn: &mut Turn<'_>, form: &Form, slot: &Slot, value: &str) {
    if slot.role.is_none() {
        return;
    }
    let like = |other: &&Slot| other.entity == slot.entity && other.name != slot.name;
    for other in form.slots.iter().filter(like) {
        if turn.state.slots.get(&other.name).is_some_and(|taken| taken == value) {
            turn.state.slots.remove(&other.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::Talk;

    #[test]
    fn each_place_fills_the_slot_of_its_role() {
        let mut talk = Talk::greeted();
        let told = talk.says("vorrei un viaggio da roma a milano");
        assert_eq!(told, ["\"Da roma a milano\"", "> Confirmed"]);
    }

    #[test]
    fn a_place_without_a_role_is_asked_about() {
        let mut talk = Talk::greeted();
        assert_eq!(talk.says("un viaggio a milano"), ["\"from?\" [cancel_form]"]);
        assert_eq!(talk.says("roma"), ["\"Da roma a milano\"", "> Confirmed"]);
    }

    #[test]
    fn an_answer_counts_whatever_word_stands_before_it() {
        let mut talk = Talk::greeted();
        assert_eq!(talk.says("vorrei un viaggio"), ["\"from?\" [cancel_form]"]);
        assert_eq!(talk.says("a roma"), ["\"to?\" [cancel_form]"]);
        assert_eq!(talk.says("milano"), ["\"Da roma a milano\"", "> Confirmed"]);
    }
}

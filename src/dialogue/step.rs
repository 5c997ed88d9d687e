//! One step of a conversation, with the knowledge at hand.

use super::turn::Known;
use super::{Facts, Input, State, Step, decide, private};
use crate::knowledge::Knowledge;
use crate::nlu::Reading;

/// One step of the conversation.
#[must_use]
pub fn step(knowledge: &Knowledge, state: State, input: &Input, facts: &Facts) -> Step {
    step_with(knowledge, None, state, input, facts)
}

/// As [`step`], with what the same knowledge made of a text before.
#[must_use]
pub fn step_with(
    knowledge: &Knowledge,
    read: Option<&(String, Reading)>,
    state: State,
    input: &Input,
    facts: &Facts,
) -> Step {
    let zone = &knowledge.bot.time_zone;
    let entities = &knowledge.entities;
    let known = Known {
        bot: &knowledge.bot,
        intents: &knowledge.intents,
        read: &|text| match read {
            Some((known, reading)) if known == text => reading.clone(),
            _ => knowledge.read(text),
        },
        find: &|text| entities.find(text, facts.now, zone),
        value: &|entity, text| entities.read(entity, text, facts.now, zone),
    };
    decide::decide(&known, state, &private::masked(input), facts)
}

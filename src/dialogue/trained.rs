//! The rules over a trained engine and compiled recognisers, as the service runs them.

use std::collections::BTreeMap;

use super::scene::{facts, lookup_id, shop};
use super::{Effect, Facts, Input, Outcome, State, Step, step};
use crate::domain::conversation::Owner;
use crate::domain::language::Language;
use crate::knowledge::Knowledge;
use crate::nlu::engine::Engine;
use crate::nlu::entity::{Recogniser, Recognisers};
use crate::nlu::{TrainingIntent, TrainingSet};

const EXAMPLES: [(&str, [&str; 4], [&str; 4]); 3] = [
    (
        "order_status",
        [
            "dov'è il mio ordine",
            "a che punto è il mio ordine",
            "stato dell'ordine",
            "traccia ordine",
        ],
        ["where is my order", "track my order", "order status please", "has my order shipped"],
    ),
    (
        "hours",
        ["che orari fate", "a che ora aprite", "quando siete aperti", "orari di apertura"],
        ["opening hours", "when are you open", "what time do you open", "are you open today"],
    ),
    (
        "shipping",
        [
            "quanto costa la spedizione",
            "spese di spedizione",
            "costo di consegna",
            "prezzo consegna",
        ],
        ["how much is shipping", "shipping cost", "delivery price", "cost of delivery"],
    ),
];

fn training() -> TrainingSet {
    let tagged = |language, texts: [&str; 4]| texts.map(|text| (Some(language), text.to_owned()));
    let mut intents: Vec<TrainingIntent> = EXAMPLES
        .into_iter()
        .map(|(name, italian, english)| TrainingIntent {
            name: name.into(),
            examples: [tagged(Language::It, italian), tagged(Language::En, english)].concat(),
            patterns: Vec::new(),
        })
        .collect();
    intents.push(TrainingIntent {
        name: "person".into(),
        examples: vec![(Some(Language::It), "voglio parlare con una persona".into())],
        patterns: vec!["operator[ei]".into(), "persona".into()],
    });
    TrainingSet { intents, none: vec!["qual è la capitale della Francia".into()] }
}

fn knowledge() -> Knowledge {
    let (bot, intents) = shop();
    let order = Recogniser::Patterns { patterns: vec![r"\b\d{4}\b".into()], upper: true };
    let entities = [("order", order), ("email", Recogniser::Email), ("text", Recogniser::Text)];
    let entities: BTreeMap<_, _> = entities.map(|(name, how)| (name.to_owned(), how)).into();
    Knowledge {
        version: "test".into(),
        bot,
        intents,
        lookups: BTreeMap::new(),
        engine: Engine::train(&training()),
        entities: Recognisers::compile(&entities).expect("good patterns"),
    }
}

fn says(knowledge: &Knowledge, state: State, text: &str, facts: &Facts) -> Step {
    step(knowledge, state, &Input::Text(text.into()), facts)
}

#[test]
fn an_order_is_asked_for_looked_up_and_handed_over() {
    let knowledge = knowledge();
    let facts = facts(Owner::Bot);
    let asked = says(&knowledge, State::default(), "Dov'è il mio ordine 1001?", &facts);
    assert_eq!((asked.outcome, asked.language), (Outcome::Asked, Language::It));
    let looked_up = says(&knowledge, asked.state, "Ada@Example.it", &facts);
    let slots = [("email", "ada@example.it"), ("order_number", "1001")];
    let slots = slots.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let lookup = Effect::Lookup { id: lookup_id(1), name: "order".into(), slots };
    assert_eq!(looked_up.effects, [lookup]);
    let end = says(&knowledge, looked_up.state, "mi passi un operatore", &facts);
    assert_eq!(end.outcome, Outcome::Escalated);
    assert_eq!(end.owner_after(Owner::Bot), Owner::Queue);
}

#[test]
fn english_is_answered_in_english() {
    let knowledge = knowledge();
    let step =
        says(&knowledge, State::default(), "what are your opening hours", &facts(Owner::Bot));
    assert_eq!((step.outcome, step.language), (Outcome::Answered, Language::En));
    assert_eq!(step.understood.and_then(|best| best.intent).as_deref(), Some("hours"));
}

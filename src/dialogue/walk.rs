//! Random walks: whatever happens to a conversation, the rules hold.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use super::scene::{facts, invitation, lookup_id, step};
use super::{Effect, Facts, Input, LookupOutcome, Outcome, Sentence, State, Step, Wait, Words};
use crate::domain::conversation::Owner;
use crate::domain::id::AgentId;
use crate::domain::language::Language;

fn owner() -> impl Strategy<Value = Owner> {
    prop_oneof![
        4 => Just(Owner::Bot),
        2 => Just(Owner::Queue),
        1 => Just(Owner::Agent(AgentId(Uuid::nil()))),
        2 => Just(Owner::Closed),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let cues = [
        "orari",
        "dov'è il mio ordine",
        "1001",
        "a@b.it",
        "vorrei un reso",
        "grazie",
        "annulla",
        "voglio una persona",
        "avvocato",
        "forse la spedizione",
        "bzzz",
        "5",
        "2",
        "no",
        "",
        "  ",
        "annulla la richiesta",
        "torna al bot",
        "newsletter",
        "un altro ordine 2002",
        "grande",
        "maybe hours",
        "cinque stelle",
        "addio",
        "vorrei lo scambio",
        "che orari fate? e quanto costa la spedizione?",
        "dov'è il mio ordine 1001? E vorrei un reso, e poi la newsletter a@b.it",
        "quanto costa la spedizione e voglio una persona",
        "un viaggio da roma a milano e poi vorrei la newsletter",
    ];
    prop_oneof![
        8 => proptest::sample::select(cues.to_vec()).prop_map(String::from),
        1 => any::<String>(),
        1 => (4_090..4_100_usize).prop_map(|length| "è".repeat(length)),
    ]
}

fn payload() -> impl Strategy<Value = String> {
    let known = [
        "person",
        "cancel_request",
        "back_to_bot",
        "cancel_form",
        "none",
        "nc",
        "i:hours",
        "i:order_status",
        "i:returns",
        "i:person",
        "i:gone",
        "t:Grande",
        "t:",
        "r:x:1",
    ];
    prop_oneof![
        8 => proptest::sample::select(known.to_vec()).prop_map(String::from),
        4 => (0..3_u128, 0..7_u8).prop_map(|(id, n)| format!("r:{}:{n}", invitation(id))),
        1 => any::<String>(),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    let outcome = prop_oneof![
        Just(LookupOutcome::Found([("status".to_owned(), "ok".to_owned())].into())),
        Just(LookupOutcome::NotFound),
        Just(LookupOutcome::Failed),
    ];
    prop_oneof![
        1 => Just(Input::Start),
        12 => text().prop_map(Input::Text),
        6 => (payload(), option::of(text()))
            .prop_map(|(payload, label)| Input::Press { payload, label }),
        1 => (text(), "[a-z]{1,8}").prop_map(|(caption, kind)| Input::Files { caption, kind }),
        3 => (0..3_u128, outcome)
            .prop_map(|(id, outcome)| Input::Lookup { id: lookup_id(id), outcome }),
        1 => Just(Input::HandedBack),
        2 => (0..3_u128).prop_map(|id| Input::AskRating { invitation: invitation(id) }),
        1 => Just(Input::Silence),
        1 => Just(Input::Close),
    ]
}

fn moment() -> impl Strategy<Value = (Input, Option<Owner>, bool, Option<Language>)> {
    let language = prop_oneof![Just(None), Just(Some(Language::It)), Just(Some(Language::En))];
    (input(), option::weighted(0.3, owner()), any::<bool>(), language)
}

fn sentences(step: &Step) -> Vec<&Words> {
    let says = step.effects.iter().filter_map(|effect| match effect {
        Effect::Say(say) => Some(&say.words),
        _ => None,
    });
    says.collect()
}

fn count(step: &Step, matches: impl Fn(&Effect) -> bool) -> usize {
    step.effects.iter().filter(|effect| matches(effect)).count()
}

/// What the bot may say while a human has the word.
fn allowed(words: &Words, owner: Owner, input: &Input) -> bool {
    use Sentence as S;
    let Words::House(sentence) = words else { return false };
    match sentence {
        S::RequestCancelled | S::ThanksForFeedback | S::SorryRecovery => true,
        S::BackWithBot => owner == Owner::Queue || *input == Input::HandedBack,
        S::AddedToRequest | S::StillThere | S::ClosedForSilence | S::Waiting { .. } => {
            owner == Owner::Queue
        }
        _ => false,
    }
}

fn check(step: &Step, input: &Input, facts: &Facts) -> Result<(), TestCaseError> {
    let escalated = count(step, |effect| matches!(effect, Effect::Escalate(_)));
    prop_assert!(escalated <= 1);
    prop_assert_eq!(escalated == 1, step.outcome == Outcome::Escalated);
    let forwarded = count(step, |effect| matches!(effect, Effect::Forward { .. }));
    prop_assert!(forwarded <= 1);
    prop_assert!(count(step, |effect| matches!(effect, Effect::Confirmed)) <= 1);
    match facts.owner {
        Owner::Queue | Owner::Agent(_) => {
            prop_assert_eq!(escalated, 0);
            for words in sentences(step) {
                prop_assert!(allowed(words, facts.owner, input), "{:?}", words);
            }
        }
        Owner::Bot => prop_assert_eq!(forwarded, 0),
        Owner::Closed => {}
    }
    let after = step.owner_after(facts.owner);
    if escalated == 1 {
        prop_assert_eq!(after, Owner::Queue);
    }
    let customer = matches!(input, Input::Text(_) | Input::Press { .. } | Input::Files { .. });
    let surveyed = matches!(input, Input::Press { payload, .. }
        if payload.starts_with("r:") || payload == "nc");
    if customer && facts.owner == Owner::Bot && !surveyed {
        prop_assert!(!step.effects.is_empty(), "a customer was left without an answer");
    }
    for words in sentences(step) {
        if let Words::Known(text) = words {
            prop_assert!(!text.trim().is_empty());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_walk_keeps_the_rules(moments in vec(moment(), 1..40)) {
        let mut state = State::default();
        let mut now = facts(Owner::Bot);
        let mut rated = Vec::new();
        for (turn, (input, moved, reopenable, language)) in moments.into_iter().enumerate() {
            now.owner = moved.unwrap_or(now.owner);
            now.reopenable = reopenable;
            now.language = language;
            now.wait = Wait::Unknown;
            now.lookup_id = lookup_id((turn % 3) as u128);
            let step = step(state, &input, &now);
            check(&step, &input, &now)?;
            for effect in &step.effects {
                if let Effect::Rated { invitation, .. } = effect {
                    prop_assert!(!rated.contains(invitation), "rated twice");
                    rated.push(*invitation);
                }
            }
            prop_assert!(step.state.trail.len() <= 10);
            prop_assert_eq!(&State::restore(&step.state.save()), &step.state);
            now.owner = step.owner_after(now.owner);
            state = step.state;
        }
    }
}

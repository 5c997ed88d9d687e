//! One conversation with the bot in memory, for `chat` and for conversation tests: no database, no
//! clock, no network.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::channel::terminal;
use crate::dialogue::{
    Effect, Facts, Handoff, Input, LookupOutcome, Outcome, State, Step, Understood, Wait, step,
};
use crate::domain::conversation::Owner;
use crate::domain::id::LookupId;
use crate::domain::language::Language;
use crate::domain::message::{Body, Button};
use crate::domain::time::UtcMillis;
use crate::knowledge::Knowledge;
use crate::service::{lookup, voice};
use crate::sla::book::PolicyBook;

/// The most lookups that one message may lead to.
const LOOKUPS: usize = 8;

/// Answers a lookup: its name and the slots to the fields of the record, before ownership is proved.
pub(super) type Shop<'a> = dyn Fn(&str, &BTreeMap<String, String>) -> Record + 'a;

/// What the shop's systems say.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Record {
    /// The JSON answer.
    Found(serde_json::Value),
    /// No such record.
    NotFound,
    /// No usable answer.
    Failed,
}

/// One conversation with the bot.
pub(super) struct Conversation<'a> {
    knowledge: &'a Knowledge,
    book: &'a PolicyBook,
    shop: &'a Shop<'a>,
    state: State,
    facts: Facts,
    /// Every button of the last turn that said something.
    shown: Vec<Button>,
    /// The last buttons: those that a number chooses.
    offered: Vec<Button>,
}

/// What one input led to, answers of lookups included.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    /// The language of the turn.
    pub(super) language: Language,
    /// What was understood of the text.
    pub(super) understood: Option<Understood>,
    /// How it went.
    pub(super) outcome: Outcome,
    /// What the bot said.
    pub(super) replies: Vec<Body>,
    /// The ticket that was opened.
    pub(super) handoff: Option<Handoff>,
}

impl<'a> Conversation<'a> {
    /// A conversation that has not begun; `language` is what the channel would declare.
    pub(super) fn new(
        knowledge: &'a Knowledge,
        book: &'a PolicyBook,
        shop: &'a Shop<'a>,
        language: Option<Language>,
    ) -> Self {
        let facts = Facts {
            now: UtcMillis(0),
            owner: Owner::Bot,
            language,
            reopenable: false,
            wait: Wait::Unknown,
            lookup_id: LookupId(Uuid::nil()),
        };
        Self {
            knowledge,
            book,
            shop,
            state: State::default(),
            facts,
            shown: Vec::new(),
            offered: Vec::new(),
        }
    }

    /// The buttons of the last turn that said something.
    pub(super) fn shown(&self) -> &[Button] {
        &self.shown
    }

    /// What a typed line means. While the bot has the word it reads numbers by itself, because a
    /// number may also answer a question.
    pub(super) fn read(&self, line: &str) -> Input {
        let number = line.trim().trim_matches(['[', ']']).parse::<usize>();
        let chosen = match number {
            Ok(_) if self.facts.owner == Owner::Bot => None,
            Ok(_) => terminal::choose(line, &self.offered),
            Err(_) => terminal::choose(line, &self.shown),
        };
        chosen.map_or_else(|| Input::Text(line.to_owned()), pressed)
    }

    /// Presses an offered button by its payload or label; `None` when it is not offered.
    pub(super) fn button(&self, name: &str) -> Option<Input> {
        let mut shown = self.shown.iter();
        shown.find(|button| button.payload == name || button.label == name).map(pressed)
    }

    /// Gives an input and carries out what follows.
    pub(super) fn take(&mut self, input: &Input, now: UtcMillis) -> Exchange {
        self.facts.now = now;
        self.facts.wait = wait(self.book, now);
        let first = self.step(input);
        let mut exchange = Exchange {
            language: first.language,
            understood: first.understood,
            outcome: first.outcome,
            replies: Vec::new(),
            handoff: None,
        };
        let mut effects = first.effects;
        for _ in 0..=LOOKUPS {
            let Some(answer) = self.carry_out(&mut exchange, effects) else { break };
            let next = self.step(&answer);
            if next.outcome != Outcome::Silent {
                exchange.outcome = next.outcome;
            }
            effects = next.effects;
        }
        self.note_buttons(&exchange);
        exchange
    }

    /// What was offered stays on offer while nothing is said.
    fn note_buttons(&mut self, exchange: &Exchange) {
        let offers: Vec<_> = exchange.replies.iter().map(Body::choices).collect();
        if let Some(last) = offers.iter().rfind(|choices| !choices.is_empty()) {
            self.offered.clone_from(last);
            self.shown = offers.concat();
        } else if exchange.outcome != Outcome::Silent {
            self.offered.clear();
            self.shown.clear();
        }
    }

    /// One step, from and to the state as it is stored.
    fn step(&mut self, input: &Input) -> Step {
        let number = self.facts.lookup_id.0.as_u128();
        self.facts.lookup_id = LookupId(Uuid::from_u128(number.wrapping_add(1)));
        let state = State::restore(&self.state.save());
        let step = step(self.knowledge, state, input, &self.facts);
        self.state = step.state.clone();
        self.facts.owner = step.owner_after(self.facts.owner);
        self.facts.language = Some(step.language);
        step
    }

    /// Notes what was said and opened; returns the answer of a lookup, if one was asked.
    fn carry_out(&self, exchange: &mut Exchange, effects: Vec<Effect>) -> Option<Input> {
        let mut answer = None;
        for effect in effects {
            match effect {
                Effect::Say(say) => exchange.replies.push(voice::body(
                    &say,
                    exchange.language,
                    self.book,
                    self.facts.now,
                )),
                Effect::Escalate(handoff) => exchange.handoff = Some(handoff),
                Effect::Lookup { id, name, slots } => {
                    answer = Some(Input::Lookup { id, outcome: self.look_up(&name, &slots) });
                }
                _ => {}
            }
        }
        answer
    }

    fn look_up(&self, name: &str, slots: &BTreeMap<String, String>) -> LookupOutcome {
        let Some(declared) = self.knowledge.lookups.get(name) else { return LookupOutcome::Failed };
        match (self.shop)(name, slots) {
            Record::Found(record) => {
                let mut fields = BTreeMap::new();
                lookup::flatten("", &record, &mut fields);
                lookup::prove(declared.owner.as_ref(), fields, slots)
            }
            Record::NotFound => LookupOutcome::NotFound,
            Record::Failed => LookupOutcome::Failed,
        }
    }
}

fn pressed(button: &Button) -> Input {
    Input::Press { payload: button.payload.clone(), label: Some(button.label.clone()) }
}

/// Nobody is at the desk here: the next opening while the shop is closed, otherwise nothing.
fn wait(book: &PolicyBook, now: UtcMillis) -> Wait {
    let calendar = book.policies.last().and_then(|policy| book.calendars.get(&policy.calendar));
    let closed = calendar.filter(|calendar| !calendar.is_open(now));
    let opens = closed.and_then(|calendar| calendar.next_opening(now));
    opens.map_or(Wait::Unknown, |opens| Wait::NextShift { opens })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::embedded;
    use crate::knowledge::load;

    const RECORD: &str =
        r#"{"email": "ada@example.com", "status_it": "in consegna", "items": "2 saponi"}"#;

    fn talk(lines: &[&str], shop: &Shop<'_>) -> Vec<Exchange> {
        let built = load::build(&embedded::intents()).unwrap();
        let book = PolicyBook::read(&embedded::policies()).unwrap();
        let mut conversation = Conversation::new(&built.knowledge, &book, shop, Some(Language::It));
        let exchanges = lines.iter().map(|line| {
            let input = conversation.read(line);
            conversation.take(&input, UtcMillis(1_794_909_600_000))
        });
        exchanges.collect()
    }

    #[test]
    fn a_lookups_answer_belongs_to_the_turn_that_asked_for_it() {
        let found = |_: &str, _: &BTreeMap<String, String>| {
            Record::Found(serde_json::from_str(RECORD).unwrap())
        };
        let turns = talk(&["dov'è il mio ordine AB123456?", "Ada@example.com"], &found);
        assert_eq!(turns[0].outcome, Outcome::Asked);
        assert_eq!(turns[1].outcome, Outcome::Answered);
        assert!(turns[1].replies[0].text.contains("in consegna"), "{:?}", turns[1].replies);
    }

    #[test]
    fn another_persons_record_is_told_like_a_missing_one() {
        let found = |_: &str, _: &BTreeMap<String, String>| {
            Record::Found(serde_json::from_str(RECORD).unwrap())
        };
        let missing = |_: &str, _: &BTreeMap<String, String>| Record::NotFound;
        let lines = ["dov'è il mio ordine AB123456?", "eve@example.com"];
        let [theirs, none] = [talk(&lines, &found), talk(&lines, &missing)];
        assert_eq!(theirs[1].replies, none[1].replies);
    }

    #[test]
    fn systems_that_do_not_answer_lead_to_a_ticket() {
        let failed = |_: &str, _: &BTreeMap<String, String>| Record::Failed;
        let turns = talk(&["dov'è il mio ordine AB123456?", "ada@example.com"], &failed);
        assert_eq!(turns[1].outcome, Outcome::Escalated);
        assert_eq!(turns[1].handoff.as_ref().unwrap().packet.slots["order_number"], "AB123456");
    }

    #[test]
    fn numbers_choose_the_last_buttons_and_labels_any() {
        let failed = |_: &str, _: &BTreeMap<String, String>| Record::Failed;
        let turns = talk(&["ciao", "3", "voglio una persona", "2"], &failed);
        assert_eq!(turns[1].outcome, Outcome::Asked);
        assert_eq!(turns[2].outcome, Outcome::Escalated);
        let back = &turns[3];
        assert!(back.replies[0].text.contains("assistente automatico"), "{:?}", back.replies);
        let turns = talk(&["ciao", "parlare con una persona"], &failed);
        assert_eq!(turns[1].outcome, Outcome::Escalated);
    }
}

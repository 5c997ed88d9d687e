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
        Self { knowledge, book, shop, state: State::default(), facts, offered: Vec::new() }
    }

    /// The buttons under the last answers.
    pub(super) fn offered(&self) -> &[Button] {
        &self.offered
    }

    /// What a typed line means. While the bot has the word it reads numbers by itself, because a
    /// number may also answer a question.
    pub(super) fn read(&self, line: &str) -> Input {
        let is_number = line.trim().trim_matches(['[', ']']).parse::<usize>().is_ok();
        match terminal::choose(line, &self.offered) {
            Some(button) if self.facts.owner != Owner::Bot || !is_number => pressed(button),
            _ => Input::Text(line.to_owned()),
        }
    }

    /// Presses an offered button by its payload or label; `None` when it is not offered.
    pub(super) fn button(&self, name: &str) -> Option<Input> {
        let mut offered = self.offered.iter();
        offered.find(|button| button.payload == name || button.label == name).map(pressed)
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
        let offers = exchange.replies.iter().rev().find(|reply| !reply.buttons.is_empty());
        if let Some(reply) = offers {
            self.offered.clone_from(&reply.buttons);
        } else if exchange.outcome != Outcome::Silent {
            self.offered.clear();
        }
        exchange
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

//! One turn in the making: the state so far, what was said, and in which language.

use std::collections::BTreeMap;

use super::state::State;
use super::{
    Effect, Facts, Input, Outcome, Say, Sentence, Step, Understood, UnderstoodPart, Words, payload,
    template, words,
};
use crate::domain::language::Language;
use crate::domain::message::Button;
use crate::knowledge::{Bot, Intent, Localised, Reply};
use crate::nlu::entity::Found;
use crate::nlu::{Reading, Verdict};

/// The most buttons of the menu.
const MENU: usize = 4;

/// What a turn needs of the knowledge; the engine and the recognisers are plain functions.
pub(super) struct Known<'a> {
    pub(super) bot: &'a Bot,
    pub(super) intents: &'a BTreeMap<String, Intent>,
    /// Reads a text.
    pub(super) read: &'a dyn Fn(&str) -> Reading,
    /// Everything a text names, without `Text` entities.
    pub(super) find: &'a dyn Fn(&str) -> Vec<Found>,
    /// The first value of an entity (first argument) in a text (second), `Text` entities included.
    pub(super) value: &'a dyn Fn(&str, &str) -> Option<String>,
}

impl<'a> Known<'a> {
    /// The intent that a reading allows to answer outright.
    pub(super) fn outright(&self, reading: &Reading) -> Option<&'a Intent> {
        let best = reading.candidates.first()?;
        if reading.verdict == Verdict::Answer { self.intents.get(&best.intent) } else { None }
    }

    /// Whether an entity accepts any text at all, as `Text` does.
    pub(super) fn is_free(&self, entity: &str) -> bool {
        (self.value)(entity, "§").is_some()
    }
}

/// One turn in the making.
pub(super) struct Turn<'a> {
    pub(super) known: &'a Known<'a>,
    pub(super) facts: &'a Facts,
    pub(super) state: State,
    pub(super) outcome: Outcome,
    pub(super) language: Language,
    effects: Vec<Effect>,
    understood: Option<Understood>,
    read: Option<(String, Reading)>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(known: &'a Known<'a>, state: State, input: &Input, facts: &'a Facts) -> Self {
        let mut turn = Self {
            known,
            facts,
            state,
            outcome: Outcome::Silent,
            language: facts.language.unwrap_or(known.bot.default_language),
            effects: Vec::new(),
            understood: None,
            read: None,
        };
        if matches!(input, Input::Text(_) | Input::Press { .. } | Input::Files { .. }) {
            turn.state.warned = false;
        }
        turn
    }

    pub(super) fn finish(mut self) -> Step {
        self.note_offers();
        Step {
            state: self.state,
            effects: self.effects,
            understood: self.understood,
            outcome: self.outcome,
            language: self.language,
        }
    }

    /// What was offered last stays on offer until the bot answers something else.
    fn note_offers(&mut self) {
        let mut said = self.effects.iter().filter_map(|effect| match effect {
            Effect::Say(say) => Some(say.choices()),
            _ => None,
        });
        match said.rfind(|choices| !choices.is_empty()) {
            Some(choices) => self.state.offered = choices,
            None if self.outcome != Outcome::Silent => self.state.offered.clear(),
            None => {}
        }
    }

    /// Reads a text, once, and takes its language where it tells.
    pub(super) fn reading(&mut self, text: &str) -> Reading {
        if let Some((read, reading)) = &self.read
            && read == text
        {
            return reading.clone();
        }
        let reading = (self.known.read)(text);
        if let Some(language) = reading.language
            && (self.facts.language.is_none() || words::count(text) >= 2)
        {
            self.language = language;
        }
        let best = reading.candidates.first();
        self.understood = Some(Understood {
            intent: best.map(|best| best.intent.clone()),
            confidence: best.map_or(0.0, |best| best.probability),
            closing: reading.closing,
            parts: Vec::new(),
        });
        self.read = Some((text.to_owned(), reading.clone()));
        reading
    }

    /// The text was the answer to a form's question: its words tell no language, and no other intent.
    pub(super) fn understood_as_answer(&mut self, intent: &str) {
        self.language = self.facts.language.unwrap_or(self.language);
        self.understood_as(intent);
    }

    /// The customer chose the intent.
    pub(super) fn understood_as(&mut self, intent: &str) {
        let intent = Some(intent.to_owned());
        self.understood =
            Some(Understood { intent, confidence: 1.0, closing: false, parts: Vec::new() });
    }

    /// The text held several requests; the first one stands for the turn.
    pub(super) fn understood_as_several(&mut self, parts: Vec<UnderstoodPart>) {
        let Some(first) = parts.first() else { return };
        let (intent, confidence) = (Some(first.intent.clone()), first.confidence);
        self.understood = Some(Understood { intent, confidence, closing: false, parts });
    }

    /// Adds an effect; a turn confirms once, however many forms it ends.
    pub(super) fn effect(&mut self, effect: Effect) {
        if effect != Effect::Confirmed || !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    /// Says one of the house's own sentences.
    pub(super) fn say(&mut self, sentence: Sentence, buttons: Vec<Button>) {
        self.speak(Words::House(sentence), buttons);
    }

    /// Says words of the knowledge; `fields` are named after their lookup, such as `order.status`,
    /// and are also offered as `{lookup.<field>}`.
    pub(super) fn tell(
        &mut self,
        text: &str,
        fields: &BTreeMap<String, String>,
        buttons: Vec<Button>,
    ) {
        let said = template::fill(text, &self.values(fields), self.language);
        if !said.trim().is_empty() || !buttons.is_empty() {
            self.speak(Words::Known(said), buttons);
        }
    }

    fn speak(&mut self, words: Words, buttons: Vec<Button>) {
        self.effects.push(Effect::Say(Say::new(words, buttons)));
    }

    /// Answers with the next variant, so that no answer is given twice in a row.
    pub(super) fn answer(
        &mut self,
        key: &str,
        variants: &Localised<Vec<Reply>>,
        fields: &BTreeMap<String, String>,
    ) {
        let variants = variants.in_language(self.language);
        let turn = self.state.take_turn(key);
        let Some(reply) = turn.checked_rem(variants.len()).and_then(|at| variants.get(at)) else {
            return;
        };
        let values = self.values(fields);
        let say = Say::reply(reply, &|text| template::fill(text, &values, self.language));
        if !say.is_empty() {
            self.effects.push(Effect::Say(say));
        }
        self.state.answered = true;
        self.state.misses = 0;
        self.outcome = Outcome::Answered;
    }

    fn values(&self, fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut values = self.state.slots.clone();
        values.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
        values.extend(fields.iter().filter_map(|(name, value)| {
            let (_, field) = name.split_once('.')?;
            Some((format!("lookup.{field}"), value.clone()))
        }));
        values.insert("shop".to_owned(), self.known.bot.name.clone());
        values.insert("privacy".to_owned(), self.known.bot.privacy.clone());
        values
    }

    /// Says who answers here, once an episode; with the whole menu when nothing else follows.
    pub(super) fn introduce(&mut self, buttons: Vec<Button>) {
        if std::mem::replace(&mut self.state.introduced, true) {
            return;
        }
        let bot = self.known.bot;
        let welcome = bot.welcome.in_language(self.language);
        let sentence = Sentence::Introduction {
            shop: bot.name.clone(),
            privacy: bot.privacy.clone(),
            welcome: template::fill(welcome, &self.values(&BTreeMap::new()), self.language),
        };
        self.say(sentence, buttons);
    }

    /// The button that leads to a person.
    pub(super) fn person() -> Vec<Button> {
        vec![payload::house(payload::PERSON)]
    }

    /// The menu's intents and the button that leads to a person.
    pub(super) fn menu(&self) -> Vec<Button> {
        let names = self.known.bot.menu.iter().filter(|name| *name != payload::PERSON);
        let intents = names.filter_map(|name| self.known.intents.get(name)).take(MENU);
        let titles = intents
            .map(|intent| payload::intent(&intent.name, intent.title.in_language(self.language)));
        titles.chain(Self::person()).collect()
    }
}

//! `intents/*.yaml` to [`Knowledge`]: what the bot knows, checked whole before it is used.
//!
//! The file format is taught in `docs/intents.md`.

mod checked;
mod cluster;
mod cover;
pub mod diff;
mod examples;
mod findings;
mod form;
mod format;
mod hidden;
mod likeness;
mod limits;
pub mod lint;
pub mod load;
mod lookup;
mod names;
pub mod place;
pub mod rasa;
mod recovery;
mod reply;
mod rich;
pub mod schema;
mod shape;
mod shop;
#[cfg(test)]
mod small_shop;
pub mod suggest;
pub mod template;
mod threshold;
pub mod written;

use std::collections::BTreeMap;

use crate::domain::channel::ChannelKind;
use crate::domain::language::Language;
use crate::domain::ticket::Priority;
use crate::nlu::engine::Engine;
use crate::nlu::entity::Recognisers;
use serde::Deserialize;

pub use rich::{ChoiceList, ChoiceRow, Media, MediaKind, ReplyCard, RichReply};
pub use threshold::Thresholds;

/// Everything the bot knows, in one immutable version.
#[derive(Debug)]
pub struct Knowledge {
    /// SHA-256 of the sources, hex: what was decided carries it.
    pub version: String,
    /// The bot itself.
    pub bot: Bot,
    /// The intents by name.
    pub intents: BTreeMap<String, Intent>,
    /// The lookups by name.
    pub lookups: BTreeMap<String, Lookup>,
    /// The trained engine.
    pub engine: Engine,
    /// The compiled entities.
    pub entities: Recognisers,
}

/// The bot itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Bot {
    /// The shop's name, offered to templates as `{shop}`.
    pub name: String,
    /// The language when nothing else tells.
    pub default_language: Language,
    /// Where the shop is: anchors relative dates (IANA name).
    pub time_zone: String,
    /// The privacy notice's address, offered to templates as `{privacy}`.
    pub privacy: String,
    /// What the first message says after the fixed part (which states that this is an automated
    /// assistant, that a person is one tap away, and links the privacy notice).
    pub welcome: Localised<String>,
    /// The intents offered as buttons with the welcome and after a miss, at most four.
    pub menu: Vec<String>,
    /// The kinds of channels that replies are written for; empty for those that are served.
    pub channels: Vec<ChannelKind>,
}

/// One value for each language of the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localised<T> {
    /// In Italian.
    pub it: T,
    /// In English.
    pub en: T,
}

impl<T> Localised<T> {
    /// The value for a language.
    pub const fn in_language(&self, language: Language) -> &T {
        match language {
            Language::It => &self.it,
            Language::En => &self.en,
        }
    }
}

/// One thing a customer may want.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Its name, snake case.
    pub name: String,
    /// What it is called on buttons ("Where is my order"), at most 24 characters.
    pub title: Localised<String>,
    /// How sure the bot must be of it.
    pub thresholds: Thresholds,
    /// What the bot does about it.
    pub action: Action,
}

/// What the bot does about an intent.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Answers with one of the variants, in turn.
    Reply(Localised<Vec<Reply>>),
    /// Collects slots, then answers or escalates.
    Form(Form),
    /// Hands over to a human at once.
    Escalate(Escalation),
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The text, with `{slot}`, `{lookup.field}`, `{shop}` and `{privacy}` variables; `{{` is a brace.
    pub text: String,
    /// Choices under it.
    pub buttons: Vec<Choice>,
    /// What else it shows.
    pub rich: RichReply,
}

/// A button of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it says, at most 24 characters.
    pub label: String,
    /// The intent it leads to.
    pub intent: String,
}

/// Questions asked one by one until all is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What is asked, in order.
    pub slots: Vec<Slot>,
    /// The lookup made when all slots are filled.
    pub lookup: Option<String>,
    /// What is done in the end.
    pub then: Then,
}

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Its name, the variable in templates.
    pub name: String,
    /// The entity that an answer must hold.
    pub entity: String,
    /// Which of several like things it is, where the entity has roles.
    pub role: Option<String>,
    /// The question; variants are not needed.
    pub ask: Localised<String>,
    /// Said when the answer does not hold the entity.
    pub invalid: Localised<String>,
    /// Offered answers, whose label is sent as text.
    pub options: Localised<Vec<String>>,
}

/// How a form ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// With an answer. With a lookup, `found` may use `{lookup.field}`.
    Reply {
        /// All is known, or the lookup found it.
        found: Localised<Vec<Reply>>,
        /// The lookup found nothing, or ownership was not proved: the same words for both.
        not_found: Option<Localised<Vec<Reply>>>,
    },
    /// With a ticket that carries the slots.
    Escalate(Escalation),
}

/// How an intent goes to a human.
#[derive(Clone, Debug, PartialEq)]
pub struct Escalation {
    /// The team, if one is meant.
    pub team: Option<String>,
    /// The skills needed.
    pub skills: Vec<String>,
    /// How pressing.
    pub priority: Priority,
    /// Said to the customer before the wait is told.
    pub message: Localised<String>,
    /// Whether it counts as asking for a person (`reason: asked`) or as policy.
    pub asked: bool,
    /// How the customer proves who they are while they wait, if they shall.
    pub verify: Option<Verify>,
}

/// How a customer proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verify {
    /// By a code that goes to the e-mail of the order.
    OrderEmail,
}

/// A question to the shop's own systems, by HTTP GET, answered in JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// Its name.
    pub name: String,
    /// The address, with `{slot}` variables, percent-encoded when filled; `{base}` is the
    /// configured `lookups.base_url`.
    pub url: String,
    /// How long it may take, in milliseconds.
    pub timeout: i64,
    /// Proof of ownership: the answer's field must equal the slot (without case and outer blanks).
    pub owner: Option<Owner>,
}

/// Which field of the answer must equal which slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The field of the JSON answer, dotted.
    pub field: String,
    /// The slot that the customer gave.
    pub slot: String,
}

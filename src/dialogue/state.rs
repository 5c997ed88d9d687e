//! What the bot remembers of a conversation between two turns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::id::{InvitationId, LookupId};
use crate::domain::message::Button;
use crate::domain::survey::Rating;
use crate::domain::ticket::TrailStep;

/// Raised whenever an older program could misread what is saved.
const VERSION: u64 = 1;
/// How many steps of the trail are kept.
const TRAIL: usize = 10;
/// How many characters of a message the trail keeps.
const SAID: usize = 200;
/// How many invitations are remembered, so that each is answered once.
const INVITED: usize = 16;

/// Opaque to all but this module; JSON with a version. Unknown or damaged JSON gives a fresh state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Whether the introduction was said in this episode.
    pub(super) introduced: bool,
    /// Messages in a row that were not understood.
    pub(super) misses: u8,
    /// Whether the last thing the bot did was to answer.
    pub(super) answered: bool,
    /// How often each intent's answers were given.
    pub(super) given: BTreeMap<String, u32>,
    /// What was collected, over all forms.
    pub(super) slots: BTreeMap<String, String>,
    /// What was said and understood.
    pub(super) trail: Vec<TrailStep>,
    /// The form that is being filled.
    pub(super) form: Option<Filling>,
    /// Forms that the same message asked for, to be begun one after the other.
    pub(super) queued: Vec<Queued>,
    /// The lookup that was asked.
    pub(super) awaiting: Option<Awaiting>,
    /// The choices under the last answer, for customers who type instead of pressing.
    pub(super) offered: Vec<Button>,
    /// Whether the customer was told that what they write reaches the request.
    pub(super) added: bool,
    /// Whether the customer was told that silence will close the conversation.
    pub(super) warned: bool,
    /// The survey question that waits for an answer.
    pub(super) survey: Option<Pending>,
    /// The invitations of this conversation, the latest last.
    pub(super) invited: Vec<Invited>,
}

/// A form that is being filled: the next question is its first slot without a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Filling {
    pub(super) intent: String,
    /// Answers in a row without the entity.
    pub(super) invalid: u8,
    /// Other questions in a row that were answered meanwhile.
    #[serde(default)]
    pub(super) asides: u8,
    /// The customer's words that started it.
    pub(super) goal: String,
}

/// A form that waits for another one to end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Queued {
    pub(super) intent: String,
    /// The customer's words that asked for it.
    pub(super) said: String,
}

/// A lookup on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Awaiting {
    pub(super) id: LookupId,
    pub(super) intent: String,
    pub(super) goal: String,
}

/// A survey question that waits for an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "pending")]
pub(super) enum Pending {
    /// One to five; `again` when it was already asked twice.
    Rating { invitation: InvitationId, again: bool },
    /// A word about the rating.
    Comment { invitation: InvitationId, rating: Rating },
}

/// An invitation to rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Invited {
    pub(super) id: InvitationId,
    pub(super) rated: bool,
}

impl State {
    /// Reads stored JSON; anything unreadable is a fresh state.
    #[must_use]
    pub fn restore(json: &Value) -> Self {
        if json.get("version").and_then(Value::as_u64) != Some(VERSION) {
            return Self::default();
        }
        json.get("state")
            .and_then(|state| serde_json::from_value(state.clone()).ok())
            .unwrap_or_default()
    }

    /// The JSON to store.
    #[must_use]
    pub fn save(&self) -> Value {
        json!({ "version": VERSION, "state": self })
    }

    /// A new episode with the bot: what was wanted before is over; surveys and turns of answers stay.
    pub(super) fn begin_episode(&mut self) {
        let old = std::mem::take(self);
        self.given = old.given;
        self.invited = old.invited;
    }

    /// The bot has the word again after a human: what was collected stays.
    pub(super) fn return_to_bot(&mut self) {
        self.put_down();
        self.survey = None;
    }

    /// The bot puts down what it was doing: a human has the word, or the conversation ends.
    pub(super) fn put_down(&mut self) {
        self.form = None;
        self.queued.clear();
        self.awaiting = None;
        self.misses = 0;
        self.answered = false;
        self.added = false;
    }

    /// Adds a step to the trail, shortened.
    pub(super) fn remember(&mut self, said: &str, intent: Option<String>, confidence: f32) {
        let said = said.trim().chars().take(SAID).collect();
        self.trail.push(TrailStep { said, intent, confidence });
        let surplus = self.trail.len().saturating_sub(TRAIL);
        self.trail.drain(..surplus);
    }

    /// The turn of an answer: counts up from 0 at every call for the same key.
    pub(super) fn take_turn(&mut self, key: &str) -> usize {
        let count = self.given.entry(key.to_owned()).or_default();
        let turn = usize::try_from(*count).unwrap_or(0);
        *count = count.wrapping_add(1);
        turn
    }

    /// Remembers an invitation; the oldest is forgotten first.
    pub(super) fn invite(&mut self, id: InvitationId) {
        if !self.invited.iter().any(|invited| invited.id == id) {
            self.invited.push(Invited { id, rated: false });
        }
        let surplus = self.invited.len().saturating_sub(INVITED);
        self.invited.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn comes_back_as_it_was_saved() {
        let mut state = State::default();
        state.remember("dov'è il mio ordine?", Some("order_status".into()), 0.75);
        state.slots.insert("order_number".into(), "1001".into());
        state.form = Some(Filling { intent: "x".into(), invalid: 2, asides: 1, goal: "y".into() });
        let rating = Rating::new(2).unwrap();
        let invitation = InvitationId(Uuid::from_u128(1));
        state.invite(invitation);
        state.survey = Some(Pending::Comment { invitation, rating });
        assert_eq!(State::restore(&state.save()), state);
    }

    #[test]
    fn unreadable_json_is_a_fresh_state() {
        let saved = State { misses: 1, ..State::default() }.save();
        let mut newer = saved.clone();
        newer["version"] = json!(99);
        let mut broken = saved;
        broken["state"]["misses"] = json!("many");
        for json in [Value::Null, json!([]), json!({"version": 1}), newer, broken] {
            assert_eq!(State::restore(&json), State::default(), "{json}");
        }
    }

    #[test]
    fn the_trail_keeps_the_last_ten_shortened() {
        let mut state = State::default();
        for n in 0..13 {
            state.remember(&format!("{n} {}", "è".repeat(300)), None, 0.0);
        }
        assert_eq!(state.trail.len(), 10);
        assert!(state.trail[0].said.starts_with("3 "));
        assert_eq!(state.trail[9].said.chars().count(), 200);
    }
}

//! The bot's part of a conversation: a pure and total function from a state and an input to a state
//! and effects.
//!
//! Architecture invariant: [`step()`] never fails and never waits; what takes time is an effect.
//!
//! [`step()`] hands the knowledge's engine and recognisers, as plain functions, to `decide`, which is
//! all rules: who has the word (`decide`, `human`), what a text leads to (`answer`), what is asked
//! (`form`, `aside`, `lookup`), what one message asks for at once (`several`), how a human gets it (`handoff`), what a survey takes (`survey`).

mod answer;
mod aside;
mod decide;
mod form;
mod handoff;
mod human;
mod link;
mod lookup;
pub mod payload;
mod private;
mod rich;
mod role;
mod several;
mod state;
mod step;
mod survey;
mod template;
mod turn;
mod words;

#[cfg(test)]
mod scene;
#[cfg(test)]
mod trained;
#[cfg(test)]
mod walk;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::conversation::Owner;
use crate::domain::id::{InvitationId, LookupId};
use crate::domain::language::Language;
use crate::domain::message::Button;
use crate::domain::survey::Rating;
use crate::domain::ticket::{HandoffReason, Packet, Priority, Requirement};
use crate::domain::time::UtcMillis;

pub use rich::Rich;
pub use state::State;
pub use step::{step, step_with};

/// What happens to a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Opened without a question.
    Start,
    /// Opened by a link that carried something, such as `order_1001`.
    Linked {
        /// What it carried.
        reference: String,
    },
    /// The customer wrote.
    Text(String),
    /// The customer pressed a button.
    Press {
        /// Its payload.
        payload: String,
        /// What it said, where known.
        label: Option<String>,
    },
    /// The customer sent a file, a photo, a place; or something unknown.
    Files {
        /// The words with it.
        caption: String,
        /// What came: `photo`, `voice`, …, `unsupported`.
        kind: String,
    },
    /// A lookup came back.
    Lookup {
        /// Which one was asked.
        id: LookupId,
        /// What it brought.
        outcome: LookupOutcome,
    },
    /// The agent gave the conversation back, or the ticket was cancelled.
    HandedBack,
    /// A ticket was resolved: ask for a rating.
    AskRating {
        /// The invitation the answer belongs to.
        invitation: InvitationId,
    },
    /// The customer has been silent for long while the bot (or the queue) had the word.
    Silence,
    /// The silence went on: the conversation closes.
    Close,
}

/// What a lookup brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "fields")]
pub enum LookupOutcome {
    /// The fields found, dotted names to text. Ownership is proved by then.
    Found(BTreeMap<String, String>),
    /// Nothing, or another person's.
    NotFound,
    /// No answer in time, or an unusable one.
    Failed,
}

/// What the bot must know of the world at this instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Now.
    pub now: UtcMillis,
    /// Who answers at the moment.
    pub owner: Owner,
    /// The language that the channel or page declares, or that was last spoken.
    pub language: Option<Language>,
    /// Whether the last ticket can still be reopened.
    pub reopenable: bool,
    /// What to tell about the wait if this turn opens a ticket.
    pub wait: Wait,
    /// A fresh id for a lookup, should this turn need one.
    pub lookup_id: LookupId,
}

/// What can be said about the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "wait")]
pub enum Wait {
    /// Somebody who can serve it is here: between `low` and `high` milliseconds.
    Within {
        /// At the earliest.
        low: i64,
        /// At the latest.
        high: i64,
    },
    /// Nobody is here; the calendar opens at this instant.
    NextShift {
        /// When somebody is next on shift.
        opens: UtcMillis,
    },
    /// Nobody is here and the calendar is open: as soon as somebody is.
    Unknown,
}

/// The next state and what must be done, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The next state.
    pub state: State,
    /// What must be done.
    pub effects: Vec<Effect>,
    /// What was understood, for the records and `chat --json`; `None` when nothing was read.
    pub understood: Option<Understood>,
    /// How the turn went.
    pub outcome: Outcome,
    /// The language of the turn.
    pub language: Language,
}

impl Step {
    /// Who has the word after this step, given who had it before. A closed conversation is the bot's
    /// again when the bot introduces itself; a reopened one waits in the queue unless the last agent
    /// takes it at once.
    #[must_use]
    pub fn owner_after(&self, before: Owner) -> Owner {
        self.effects.iter().fold(before, |owner, effect| match effect {
            Effect::Escalate(_) | Effect::Reopen => Owner::Queue,
            Effect::CancelTicket | Effect::BackToBot => Owner::Bot,
            Effect::End => Owner::Closed,
            Effect::Say(Say { words: Words::House(Sentence::Introduction { .. }), .. })
                if owner == Owner::Closed =>
            {
                Owner::Bot
            }
            _ => owner,
        })
    }
}

/// What was understood of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Understood {
    /// The best intent.
    pub intent: Option<String>,
    /// P(correct), 0 to 1.
    pub confidence: f32,
    /// A thank-you and the like.
    pub closing: bool,
    /// The requests of a message that held several, in their order; empty when it was read as one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<UnderstoodPart>,
}

/// One request of a message that held several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnderstoodPart {
    /// Its words.
    pub said: String,
    /// Its intent.
    pub intent: String,
    /// P(correct), 0 to 1.
    pub confidence: f32,
    /// How it went: one may be answered where another has to wait for a human.
    pub outcome: Outcome,
}

/// How a turn went; the words of `sportello chat --json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The bot answered.
    Answered,
    /// The bot asked for a slot.
    Asked,
    /// The bot asked which intent is meant.
    Disambiguated,
    /// The bot did not understand.
    Fallback,
    /// The conversation went to a human.
    Escalated,
    /// A survey was asked or answered.
    Survey,
    /// Nothing was for the bot to say: a human has the word, or an edit.
    Silent,
}

/// Something that must be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say something.
    Say(Say),
    /// Open a ticket and give the conversation to the queue.
    Escalate(Handoff),
    /// The customer wrote while a human or the queue has the word: note it on the ticket.
    Forward {
        /// A thank-you and the like, which starts no waiting spell.
        closing: bool,
    },
    /// The customer asks for a person while the request waits: note it on the ticket.
    AskForPerson,
    /// Reopen the last ticket.
    Reopen,
    /// The customer withdraws the request: close the ticket, back to the bot.
    CancelTicket,
    /// The customer goes back to the bot; the ticket is closed.
    BackToBot,
    /// Ask the shop's systems; the answer comes back as [`Input::Lookup`].
    Lookup {
        /// To tell the answer by.
        id: LookupId,
        /// Which lookup of the knowledge.
        name: String,
        /// The slots that fill its address.
        slots: BTreeMap<String, String>,
    },
    /// The customer rated.
    Rated {
        /// Which invitation.
        invitation: InvitationId,
        /// The rating.
        rating: Rating,
    },
    /// The customer commented on the rating.
    Commented {
        /// Which invitation.
        invitation: InvitationId,
        /// The words.
        comment: String,
    },
    /// The customer confirmed that the bot's answer helped, or completed a form.
    Confirmed,
    /// The conversation ends (silence, farewell after an answer).
    End,
}

/// Something the bot says: words of the knowledge, or one of the house's own sentences.
#[derive(Clone, Debug, PartialEq)]
pub struct Say {
    /// The words.
    pub words: Words,
    /// Choices under them.
    pub buttons: Vec<Button>,
    /// What is shown with them.
    pub rich: Rich,
}

/// Where the words come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// From the knowledge, variables filled.
    Known(String),
    /// One of the house's own sentences, written out by `service` from the text catalogue.
    House(Sentence),
}

/// The bot's own sentences. Their words are in `text`, in every language.
#[derive(Clone, Debug, PartialEq)]
pub enum Sentence {
    /// "I am {shop}'s automated assistant; a person is one tap away; privacy notice: {privacy}",
    /// followed by the knowledge's welcome.
    Introduction {
        /// The shop.
        shop: String,
        /// The privacy notice's address.
        privacy: String,
        /// The knowledge's own welcome.
        welcome: String,
    },
    /// "I did not understand; could you say it in other words?"
    NotUnderstood,
    /// "Did you mean …?"
    WhichOne,
    /// "The message is too long to read; in a few words?"
    TooLong,
    /// "I got an empty message."
    Empty,
    /// "I cannot look at {photo…}; a person can. In words?"
    CannotRead {
        /// What came.
        kind: String,
    },
    /// "Let me check…"
    OneMoment,
    /// "I cannot reach our systems; I pass you to a person."
    LookupFailed,
    /// "All right, I stop here. What else?" (form cancelled)
    FormCancelled,
    /// The wait after an escalation, with what the customer can do meanwhile.
    Waiting {
        /// What can be said.
        wait: Wait,
    },
    /// "Got it, I added it to your request."
    AddedToRequest,
    /// "I cancelled your request."
    RequestCancelled,
    /// "You are back with the assistant."
    BackWithBot,
    /// "Your request is open again."
    Reopened {
        /// What can be said of the wait.
        wait: Wait,
    },
    /// "Sorry, it takes longer than I told you."
    StillWaiting {
        /// What can be said of the wait now.
        wait: Wait,
    },
    /// "How was it, from 1 to 5?"
    AskRating,
    /// "Please answer with a number from 1 to 5" (once).
    RatingAgain,
    /// "Thank you. Would you add a word?"
    AskComment,
    /// "Thank you for the feedback."
    ThanksForFeedback,
    /// "I am sorry; a person will come back to you."
    SorryRecovery,
    /// "Are you still there? …"
    StillThere,
    /// "I close here for now; write any time."
    ClosedForSilence,
    /// "You're welcome!" after a closing message.
    Welcome,
    /// Another request of the same message goes to the same human as this one.
    SameHuman {
        /// The title of its intent.
        title: String,
    },
    /// "Now your other request: …", before a form that waited.
    NextRequest {
        /// What it is called on buttons.
        title: String,
    },
}

/// What a new ticket starts with.
#[derive(Clone, Debug, PartialEq)]
pub struct Handoff {
    /// How pressing.
    pub priority: Priority,
    /// What an agent must have.
    pub requirement: Requirement,
    /// What the agent is told.
    pub packet: Packet,
    /// Why.
    pub reason: HandoffReason,
}

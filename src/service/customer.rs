//! The customer's side of a turn: an input goes through the dialogue, its effects are applied in
//! order inside the same transaction.

use super::clock::fresh_id;
use super::turn::Turn;
use super::{ServiceError, voice, wait as waits};
use crate::dialogue::{Effect, Facts, Input, Outcome, Say, State, Step, Wait, step};
use crate::domain::conversation::Owner;
use crate::domain::id::{EpisodeId, InvitationId, LookupId};
use crate::domain::ledger::Fact;
use crate::domain::message::{Author, Body, Visibility};
use crate::domain::survey::Rating;
use crate::domain::ticket::{HandoffReason, Packet, Priority, Requirement, TicketStatus};
use crate::domain::time::{HOUR, SECOND};
use crate::events::Hint;
use crate::store;
use crate::store::episode::{Progress, Reading};
use crate::store::outbox::Task;

/// The timer kind that asks a silent customer whether they are still there.
pub(super) const SILENCE: &str = "silence";
/// The timer kind that closes a silent conversation.
pub(super) const CLOSE: &str = "close";
/// Between the question and the close.
pub(super) const LAST_CALL: i64 = HOUR;
/// How much of a text the records of readings keep, in characters.
const KEPT_CHARS: usize = 200;

/// The word for a reason in records and figures.
pub(super) const fn reason_word(reason: HandoffReason) -> &'static str {
    match reason {
        HandoffReason::Asked => "asked",
        HandoffReason::Fallback => "fallback",
        HandoffReason::Policy => "policy",
        HandoffReason::Error => "error",
        HandoffReason::NoAnswer => "no_answer",
        HandoffReason::Recovery => "recovery",
    }
}

/// The word for an outcome in records and figures.
pub(super) const fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Asked => "asked",
        Outcome::Disambiguated => "disambiguated",
        Outcome::Fallback => "fallback",
        Outcome::Escalated => "escalated",
        Outcome::Survey => "survey",
        Outcome::Silent => "silent",
    }
}

/// Whether an input is a customer's own act.
pub(super) fn is_customers(input: &Input) -> bool {
    matches!(input, Input::Text(_) | Input::Press { .. } | Input::Files { .. })
}

impl Turn {
    /// Takes one input through the dialogue.
    pub(super) async fn converse(&mut self, input: &Input, wait: Wait) -> Result<(), ServiceError> {
        let knowledge = self.house.content.knowledge();
        let facts = self.facts(wait).await?;
        let state = State::restore(&self.conversation.state);
        self.overhear(&knowledge, &state, input, &facts);
        let mut taken = step(&knowledge, state, input, &facts);
        let wait = waits::refine(&self.house, &mut taken, wait);
        self.conversation.state = taken.state.save();
        self.give_back_to_bot(&taken);
        if is_customers(input) {
            self.begin_episode().await?;
        }
        self.conversation.language = Some(taken.language);
        self.keep_reading(input, &taken, &knowledge.version).await?;
        self.note_progress(input, &taken).await?;
        for effect in &taken.effects {
            self.apply(effect, &taken, wait).await?;
        }
        self.note_told(&taken).await?;
        self.set_silence(input, taken.outcome).await?;
        metrics::counter!("sportello_turns_total", "outcome" => outcome_word(taken.outcome))
            .increment(1);
        Ok(())
    }

    async fn facts(&mut self, wait: Wait) -> Result<Facts, ServiceError> {
        let window = self.house.content.book().reopen_window;
        let now = self.now;
        let ticket = self.current_ticket().await?;
        let reopenable = ticket.is_some_and(|stored| {
            stored.ticket.status() == TicketStatus::Resolved
                && stored.ticket.resolved_at().is_some_and(|at| now.since(at) <= window)
        });
        Ok(Facts {
            now,
            owner: self.conversation.owner,
            language: self.conversation.language,
            reopenable,
            wait,
            lookup_id: LookupId(fresh_id()),
        })
    }

    /// A closed conversation in which the bot introduces itself anew is the bot's again; its last
    /// ticket is history.
    fn give_back_to_bot(&mut self, taken: &Step) {
        let owner = self.conversation.owner;
        if owner == Owner::Closed && taken.owner_after(owner) == Owner::Bot {
            self.conversation.owner = Owner::Bot;
            self.conversation.ticket_id = None;
        }
    }

    async fn begin_episode(&mut self) -> Result<(), ServiceError> {
        if self.conversation.episode_id.is_none() && self.conversation.owner == Owner::Bot {
            let id = EpisodeId(fresh_id());
            let (conversation, origin) = (self.conversation.id, self.conversation.origin);
            store::episode::begin(&mut self.tx, id, conversation, origin, self.now).await?;
            self.conversation.episode_id = Some(id);
        }
        Ok(())
    }

    async fn keep_reading(
        &mut self,
        input: &Input,
        taken: &Step,
        version: &str,
    ) -> Result<(), ServiceError> {
        let (Some(understood), Input::Text(text)) = (&taken.understood, input) else {
            return Ok(());
        };
        let mut read = vec![(text.as_str(), understood.intent.as_deref(), understood.confidence)];
        if !understood.parts.is_empty() {
            let parts = understood.parts.iter();
            read = parts.map(|part| (&*part.said, Some(&*part.intent), part.confidence)).collect();
        }
        for (text, intent, confidence) in read {
            let said: String = text.chars().take(KEPT_CHARS).collect();
            let (conversation, at) = (self.conversation.id, self.now);
            let outcome = outcome_word(taken.outcome);
            let said = said.as_str();
            let reading = Reading { conversation, at, said, intent, confidence, outcome, version };
            store::episode::keep_reading(&mut self.tx, fresh_id(), &reading).await?;
        }
        Ok(())
    }

    async fn note_progress(&mut self, input: &Input, taken: &Step) -> Result<(), ServiceError> {
        let Some(episode) = self.conversation.episode_id else { return Ok(()) };
        let progress = Progress {
            messages: i64::from(is_customers(input)),
            answered: taken.outcome == Outcome::Answered,
            confirmed: taken.effects.contains(&Effect::Confirmed),
        };
        store::episode::progress(&mut self.tx, episode, progress).await?;
        Ok(())
    }

    async fn apply(
        &mut self,
        effect: &Effect,
        taken: &Step,
        wait: Wait,
    ) -> Result<(), ServiceError> {
        match effect {
            Effect::Say(say) => self.say(say, taken).await,
            Effect::Escalate(handoff) => self.escalate(handoff, wait, None).await.map(drop),
            Effect::Forward { closing } => self.forward(*closing).await,
            Effect::AskForPerson => self.asked_for_person().await,
            Effect::Reopen => self.reopen().await,
            Effect::CancelTicket | Effect::BackToBot => self.withdraw().await,
            Effect::Lookup { id, name, slots } => {
                let (name, slots) = (name.clone(), slots.clone());
                self.task(Task::Lookup { id: *id, name, slots, cause: self.cause }).await
            }
            Effect::Rated { invitation, rating } => self.rated(*invitation, *rating).await,
            Effect::Commented { invitation, comment } => self.commented(*invitation, comment).await,
            Effect::Confirmed => self.confirmed(taken).await,
            Effect::End => self.end_episode().await,
        }
    }

    async fn say(&mut self, say: &Say, taken: &Step) -> Result<(), ServiceError> {
        let book = self.house.content.book();
        let body = voice::body(say, taken.language, &book, self.now);
        self.write(Author::Bot, Visibility::Public, body, Some(taken.language)).await?;
        Ok(())
    }

    async fn forward(&mut self, closing: bool) -> Result<(), ServiceError> {
        let Some(mut stored) = self.current_ticket().await? else { return Ok(()) };
        let facts = vec![Fact::CustMsg { closing }];
        // A thank-you is not what a pending ticket waits for.
        match stored.ticket.life.heard().filter(|_| !closing) {
            Some(moved) => self.go(&mut stored, facts, Ok(moved)).await,
            None => self.record(&mut stored, facts).await,
        }
    }

    async fn asked_for_person(&mut self) -> Result<(), ServiceError> {
        match self.current_ticket().await? {
            Some(mut stored) => self.record(&mut stored, vec![Fact::HumanRequested]).await,
            None => Ok(()),
        }
    }

    async fn rated(&mut self, id: InvitationId, rating: Rating) -> Result<(), ServiceError> {
        let Some(invitation) = store::feedback::get_in(&mut self.tx, id).await? else {
            return Ok(());
        };
        let mine = invitation.conversation_id == self.conversation.id;
        if !mine || !store::feedback::rate(&mut self.tx, id, rating, self.now).await? {
            return Ok(());
        }
        self.hint(Hint::Feedback);
        metrics::counter!("sportello_ratings_total").increment(1);
        if rating.is_unhappy() && !self.press_on(rating).await? {
            let handoff = self.recovery(rating).await?;
            self.escalate(&handoff, Wait::Unknown, Some(invitation.ticket_id)).await?;
            self.system_line(format!("recovery:{}", rating.value())).await?;
        }
        Ok(())
    }

    /// A low rating while somebody works on the conversation's ticket (again): no second ticket, this
    /// one becomes more pressing. `false` when there is none to press.
    async fn press_on(&mut self, rating: Rating) -> Result<bool, ServiceError> {
        let Some(mut stored) = self.current_ticket().await? else { return Ok(false) };
        if !stored.ticket.status().is_live() {
            return Ok(false);
        }
        self.system_line(format!("recovery:{}", rating.value())).await?;
        let mut facts = Vec::new();
        if stored.ticket.priority < Priority::High {
            stored.ticket.priority = Priority::High;
            facts.push(Fact::Prioritised { to: Priority::High });
        }
        self.record(&mut stored, facts).await?;
        Ok(true)
    }

    /// What a low rating hands to a human: the earlier ticket's words and slots, more pressing.
    async fn recovery(&mut self, rating: Rating) -> Result<crate::dialogue::Handoff, ServiceError> {
        let earlier = self.current_ticket().await?.map(|stored| stored.ticket);
        let packet = earlier.map_or_else(
            || Packet {
                summary: String::new(),
                reason: HandoffReason::Recovery,
                intent: None,
                trail: Vec::new(),
                slots: std::collections::BTreeMap::new(),
            },
            |ticket| ticket.packet,
        );
        let summary = format!("{}/5 · {}", rating.value(), packet.summary);
        let reason = HandoffReason::Recovery;
        Ok(crate::dialogue::Handoff {
            priority: Priority::High,
            requirement: Requirement {
                language: self.conversation.language,
                ..Requirement::default()
            },
            packet: Packet { summary, reason, ..packet },
            reason,
        })
    }

    async fn commented(&mut self, id: InvitationId, words: &str) -> Result<(), ServiceError> {
        let Some(invitation) = store::feedback::get_in(&mut self.tx, id).await? else {
            return Ok(());
        };
        if invitation.conversation_id != self.conversation.id {
            return Ok(());
        }
        store::feedback::comment(&mut self.tx, id, words).await?;
        self.hint(Hint::Feedback);
        if let Some(mut stored) = self.current_ticket().await? {
            let recovers = stored.ticket.parent_id == Some(invitation.ticket_id);
            if recovers && stored.ticket.status().is_live() {
                let rating = invitation.rating.map_or(0, Rating::value);
                stored.ticket.packet.summary = format!("{rating}/5 · {words}");
                self.record(&mut stored, Vec::new()).await?;
            }
        }
        Ok(())
    }

    /// A thank-you after an answer ends the session as confirmed; what comes later is a new one, with
    /// the bot still in the word.
    async fn confirmed(&mut self, taken: &Step) -> Result<(), ServiceError> {
        let thanked = taken.understood.as_ref().is_some_and(|understood| understood.closing);
        if let Some(episode) = self.conversation.episode_id.filter(|_| thanked) {
            store::episode::end_by_itself(&mut self.tx, episode, self.now).await?;
            self.conversation.episode_id = None;
        }
        Ok(())
    }

    async fn end_episode(&mut self) -> Result<(), ServiceError> {
        if let Some(episode) = self.conversation.episode_id.take() {
            store::episode::end_by_itself(&mut self.tx, episode, self.now).await?;
        }
        if self.conversation.owner == Owner::Bot {
            self.conversation.owner = Owner::Closed;
        }
        Ok(())
    }

    /// Silence is asked about only while we wait for an answer of the customer's, and closes the
    /// conversation only while the bot has the word.
    async fn set_silence(&mut self, input: &Input, outcome: Outcome) -> Result<(), ServiceError> {
        let book = self.house.content.book();
        let subject = self.conversation.id.to_string();
        let asks = matches!(outcome, Outcome::Asked | Outcome::Disambiguated)
            || self.conversation.owner == Owner::Queue;
        let is_bots = self.conversation.owner == Owner::Bot;
        let was_asked = matches!(input, Input::Silence | Input::Close);
        let patience = if was_asked { LAST_CALL } else { book.auto_close.max(SECOND) };
        let (ask_at, close_at) = (self.now.plus(book.idle_abandon), self.now.plus(patience));
        if asks && !was_asked && (is_bots || self.conversation.owner == Owner::Queue) {
            store::timer::set_again(&mut self.tx, SILENCE, &subject, ask_at).await?;
        } else {
            store::timer::clear(&mut self.tx, SILENCE, &subject).await?;
        }
        if is_bots && self.conversation.episode_id.is_some() {
            store::timer::set_again(&mut self.tx, CLOSE, &subject, close_at).await?;
        } else {
            store::timer::clear(&mut self.tx, CLOSE, &subject).await?;
        }
        Ok(())
    }

    /// Stores what the customer wrote.
    pub(super) async fn hear(
        &mut self,
        body: Body,
        client_id: Option<&str>,
    ) -> Result<(), ServiceError> {
        self.conversation.last_customer_at = Some(self.now);
        let (author, seen, said) = (Author::Customer, Visibility::Public, body.clone());
        let message = self.write_as(author, seen, said, None, client_id).await?;
        self.take_files(message, body).await
    }
}

//! What happens to tickets inside a turn: opened, recorded, reopened, closed.
//!
//! Every change appends to the ledger; clocks, score and warning timers follow from it.

use super::clock::fresh_id;
use super::turn::Turn;
use super::{ServiceError, customer};
use crate::dialogue::{Handoff, Wait};
use crate::domain::conversation::Owner;
use crate::domain::decision::Way;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::life::{IllegalMove, Life, Moved};
use crate::domain::relaxation::Relaxation;
use crate::domain::ticket::{Fence, HandoffReason, Ticket, TicketStatus};
use crate::domain::time::UtcMillis;
use crate::events::Hint;
use crate::sla::clock::clocks;
use crate::sla::deadline;
use crate::store::episode::EpisodeEnd;
use crate::store::outbox::Task;
use crate::store::ticket::StoredTicket;
use crate::store::{self};

impl Turn {
    /// Opens a ticket and gives the conversation to the queue.
    pub(super) async fn escalate(
        &mut self,
        handoff: &Handoff,
        wait: Wait,
        parent: Option<TicketId>,
    ) -> Result<TicketId, ServiceError> {
        let began = self.end_episode_with_handoff(handoff.reason).await?;
        let began = began.map_or(self.now, |began| began.min(self.now));
        let ticket = Ticket {
            id: TicketId(fresh_id()),
            conversation_id: self.conversation.id,
            contact_id: self.conversation.contact_id,
            life: Life::waiting(),
            priority: handoff.priority,
            requirement: handoff.requirement.clone(),
            relaxed: Relaxation::default(),
            packet: handoff.packet.clone(),
            cost: self.cost(handoff),
            last_agent: None,
            fence: Fence::default(),
            version: 1,
            parent_id: parent,
            created_at: self.now,
            enqueued_at: self.now,
        };
        let id = ticket.id;
        let origin = self.conversation.origin;
        let mut stored = StoredTicket { ticket, score: self.now, origin, rules: String::new() };
        store::ticket::insert(&mut self.tx, &stored).await?;
        let mut facts = vec![Fact::Created, Fact::CustMsg { closing: false }];
        if handoff.reason == HandoffReason::Asked {
            facts.push(Fact::HumanRequested);
        }
        facts.push(Fact::Escalated);
        facts.extend(self.choose_terms(&stored.ticket, &[]).await?);
        facts.push(Fact::Enqueued);
        if let Wait::Within { low, high } = wait {
            facts.push(Fact::Promised { low, high });
        }
        self.append(id, 0, facts, (began, self.now)).await?;
        self.reckon(&mut stored).await?;
        self.conversation.ticket_id = Some(id);
        self.conversation.owner = Owner::Queue;
        self.task(Task::Enqueue { ticket: id, preferred: None }).await?;
        self.have_verified(&stored.ticket).await?;
        metrics::counter!("sportello_tickets_opened_total").increment(1);
        tracing::info!(ticket.id = %id, conversation.id = %self.conversation.id,
            reason = ?handoff.reason, priority = handoff.priority.as_str(), "ticket opened");
        Ok(id)
    }

    /// What a request weighs that comes by this conversation.
    fn cost(&self, handoff: &Handoff) -> u32 {
        let intent = handoff.packet.intent.as_deref();
        self.house.settings.work.cost(&self.conversation.channel, intent)
    }

    /// Appends facts to a ticket's ledger and brings everything derived from it up to date.
    pub(super) async fn record(
        &mut self,
        ticket: &mut StoredTicket,
        facts: Vec<Fact>,
    ) -> Result<(), ServiceError> {
        let ledger = store::ledger::of_ticket_in(&mut self.tx, ticket.ticket.id).await?;
        let last = ledger.last().map_or(0, |event| event.seq);
        // The clocks of two replicas differ: what is written later did not happen earlier.
        let at = ledger.iter().fold(self.now, |at, event| at.max(event.at));
        let mut facts = facts;
        if ticket.ticket.status().is_live() {
            facts.extend(self.choose_terms(&ticket.ticket, &ledger).await?);
        }
        self.append(ticket.ticket.id, last, facts, (at, at)).await?;
        self.reckon(ticket).await
    }

    async fn append(
        &mut self,
        ticket: TicketId,
        last: i64,
        facts: Vec<Fact>,
        (created, now): (UtcMillis, UtcMillis),
    ) -> Result<(), ServiceError> {
        for (seq, fact) in (last + 1..).zip(facts) {
            let at = if fact == Fact::Created { created } else { now };
            let event = LedgerEvent { ticket_id: ticket, seq, at, fact };
            store::ledger::append(&mut self.tx, &event).await?;
        }
        Ok(())
    }

    /// Derives score and timers from the ledger and saves the ticket.
    pub(super) async fn reckon(&mut self, stored: &mut StoredTicket) -> Result<(), ServiceError> {
        let id = stored.ticket.id;
        let ledger = store::ledger::of_ticket_in(&mut self.tx, id).await?;
        self.keep_quiet(stored, &ledger).await?;
        let books = self.house.content.books_for(&self.house.db, &ledger).await?;
        let clocks = clocks(&ledger, &books, self.now);
        let before = stored.score;
        let bound = books.active().ageing_bound;
        stored.score = deadline::score(&clocks, stored.ticket.enqueued_at, bound);
        for clock in &clocks {
            self.set_rungs(id, clock).await?;
        }
        let asks_anew = self.plan_wait(stored, &ledger, &books).await?;
        if !store::ticket::save(&mut self.tx, stored).await? {
            return Err(ServiceError::conflict("the ticket was changed by somebody else"));
        }
        stored.ticket.version += 1;
        if stored.ticket.status() == TicketStatus::New && (asks_anew || stored.score != before) {
            self.task(Task::Rescore { ticket: id }).await?;
        }
        self.hint(Hint::Ticket { ticket: id, assignee: stored.ticket.assignee() });
        Ok(())
    }

    /// Makes a move of a ticket's life: the ledger, who answers, its timers. What the move says comes
    /// after `facts`.
    pub(super) async fn go(
        &mut self,
        stored: &mut StoredTicket,
        mut facts: Vec<Fact>,
        moved: Result<Moved, IllegalMove>,
    ) -> Result<(), ServiceError> {
        let was = stored.ticket.life;
        facts.extend(stored.ticket.go(moved?));
        let is = stored.ticket.life;
        if is.status() == TicketStatus::New && was.status() != TicketStatus::New {
            stored.ticket.enqueued_at = self.now;
        }
        self.record(stored, facts).await?;
        if was.assignee() != is.assignee() && self.house.settings.offers.is_used() {
            for agent in was.assignee().into_iter().chain(is.assignee()) {
                store::offer::touch(&mut self.tx, agent, self.now).await?;
            }
        }
        self.follow(stored);
        let is_parked_or_back = was.status() != is.status() && was.assignee() == is.assignee();
        if is_parked_or_back && is.status().is_held() {
            self.task(Task::Reweigh { ticket: stored.ticket.id }).await?;
        }
        if was.status().is_live() && !is.status().is_live() {
            store::offer::void(&mut self.tx, stored.ticket.id, self.now).await?;
            self.task(Task::Dequeue { ticket: stored.ticket.id }).await?;
        }
        self.set_waits(stored.ticket.id, was, is).await
    }

    /// Gives a ticket back to the queue, at first to whom is preferred.
    pub(super) async fn requeue(
        &mut self,
        stored: &mut StoredTicket,
        facts: Vec<Fact>,
        preferred: Option<(AgentId, Way)>,
    ) -> Result<(), ServiceError> {
        store::offer::void(&mut self.tx, stored.ticket.id, self.now).await?;
        let moved = stored.ticket.life.requeue();
        self.go(stored, facts, moved).await?;
        self.task(Task::Enqueue { ticket: stored.ticket.id, preferred }).await
    }

    /// Takes a resolved ticket up again, at first by whom is preferred.
    pub(super) async fn take_up(
        &mut self,
        stored: &mut StoredTicket,
        preferred: Option<AgentId>,
    ) -> Result<(), ServiceError> {
        let moved = stored.ticket.life.reopen();
        self.go(stored, Vec::new(), moved).await?;
        let preferred = preferred.map(|agent| (agent, Way::Returned));
        self.task(Task::Enqueue { ticket: stored.ticket.id, preferred }).await
    }

    /// The customer came back within the window.
    pub(super) async fn reopen(&mut self) -> Result<(), ServiceError> {
        let Some(mut stored) = self.current_ticket().await? else { return Ok(()) };
        let last = stored.ticket.last_agent;
        self.take_up(&mut stored, last).await?;
        self.system_line("reopened".to_owned()).await
    }

    /// The customer needs nobody any more: the ticket ends, the bot has the word.
    pub(super) async fn withdraw(&mut self) -> Result<(), ServiceError> {
        if let Some(mut stored) = self.current_ticket().await?
            && stored.ticket.status().is_live()
        {
            let moved = stored.ticket.life.withdraw();
            self.go(&mut stored, Vec::new(), moved).await?;
        }
        self.conversation.owner = Owner::Bot;
        self.conversation.ticket_id = None;
        Ok(())
    }

    /// Ends the bot's episode; the instant at which it began.
    pub(super) async fn end_episode_with_handoff(
        &mut self,
        reason: HandoffReason,
    ) -> Result<Option<UtcMillis>, ServiceError> {
        let Some(episode) = self.conversation.episode_id.take() else { return Ok(None) };
        let began = store::episode::began(&mut self.tx, episode).await?;
        let (end, reason) = (EpisodeEnd::HandedOff, customer::reason_word(reason));
        store::episode::end(&mut self.tx, episode, end, Some(reason), self.now).await?;
        Ok(began)
    }
}

/// The line that tells colleagues about a change that nobody made by hand.
pub(super) fn change(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Prioritised { to } => Some(format!("priority:{}", to.as_str())),
        Fact::Widened { team } => Some(format!("widened:{team}")),
        _ => None,
    }
}

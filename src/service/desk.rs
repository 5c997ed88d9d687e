//! What agents do.

mod assigning;
mod ending;
mod merging;
mod moving;
mod offers;
mod presence;
mod taking;
mod transfer;

use super::access::{Caller, DeskRight};
use super::clock::fresh_id;
use super::file::MOST_FILES;
use super::turn::Turn;
use super::view::{DecisionView, DeskView, Tab, TicketRow, TicketView};
use super::{House, ServiceError, dispatch, viewing};
use crate::dialogue::{Input, Wait};
use crate::domain::agent::Role;
use crate::domain::id::{AgentId, FileId, InvitationId, RequestId, TicketId};
use crate::domain::language::Language;
use crate::domain::ledger::Fact;
use crate::domain::message::{Author, Body, MAX_READ_CHARS, Visibility, clean};
use crate::domain::survey::Invitation;
use crate::domain::ticket::{Requirement, Ticket, TicketStatus};
use crate::nlu::secret::without_cards;
use crate::routing::eligibility::may_serve;
use crate::store::ticket::StoredTicket;
use crate::store::{self};

pub use assigning::{agent_of, assign};
pub use ending::{hand_back, reopen, resolve, spam};
pub use merging::merge;
pub use moving::{hold, pend, resume, set_priority, snooze, zone};
pub use offers::{accept, decline, offers};
pub use presence::{Stance, keep_presence, set_presence, set_stance, show_sign};
pub use taking::{take_next, take_this};
pub use transfer::{Receiver, transfer};

/// How many assignments of one ticket are told.
const ASSIGNMENTS: i64 = 100;

/// The desk's left pane.
///
/// # Errors
/// `Unavailable`.
pub async fn overview(
    house: &House,
    desk: &DeskRight,
    tab: Tab,
    search: Option<&str>,
) -> Result<DeskView, ServiceError> {
    viewing::desk(house, desk, tab, search).await
}

/// One ticket in full; agents see those of their teams.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn ticket(
    house: &House,
    caller: &Caller,
    ticket: TicketId,
    language: Language,
) -> Result<TicketView, ServiceError> {
    let stored = visible(house, caller, ticket).await?;
    viewing::ticket(house, &caller.agent, &stored, language).await
}

/// Tickets for the API, newest first, at most `limit`.
///
/// # Errors
/// `Unavailable`.
pub async fn tickets(
    house: &House,
    caller: &Caller,
    status: Option<&str>,
    limit: u32,
) -> Result<Vec<TicketRow>, ServiceError> {
    let limit = i64::from(limit.min(500));
    let mut found = match status {
        None => store::ticket::newest(&house.db, limit).await?,
        Some(word) => {
            let status = TicketStatus::parse(word).ok_or_else(|| {
                let known: Vec<_> = TicketStatus::ALL.iter().map(|s| s.as_str()).collect();
                ServiceError::Invalid(format!("status must be one of {}", known.join(", ")))
            })?;
            store::ticket::at_status(&house.db, status, limit).await?
        }
    };
    found.retain(|stored| may_see(caller, &stored.ticket));
    viewing::rows(house, &found).await
}

pub(super) async fn visible(
    house: &House,
    caller: &Caller,
    ticket: TicketId,
) -> Result<StoredTicket, ServiceError> {
    let found = store::ticket::get(&house.db, ticket).await?;
    found
        .filter(|stored| may_see(caller, &stored.ticket))
        .ok_or(ServiceError::NotFound("the ticket"))
}

/// Supervisors see everything; agents what they hold or held, and what is of their teams.
pub(super) fn may_see(caller: &Caller, ticket: &Ticket) -> bool {
    let me = caller.agent.id;
    let Requirement { team, or_teams, .. } = ticket.sought();
    let of_team = Requirement { team, or_teams, ..Requirement::default() };
    caller.agent.role >= Role::Supervisor
        || ticket.assignee() == Some(me)
        || ticket.last_agent == Some(me)
        || may_serve(&caller.agent.profile, &of_team).is_ok()
}

async fn row(house: &House, ticket: TicketId) -> Result<TicketRow, ServiceError> {
    let stored = store::ticket::get(&house.db, ticket).await?;
    let stored = stored.ok_or(ServiceError::NotFound("the ticket"))?;
    let mut rows = viewing::rows(house, &[stored]).await?;
    rows.pop().ok_or(ServiceError::NotFound("the ticket"))
}

/// What an agent writes, made safe and bounded.
fn written(text: &str) -> Result<String, ServiceError> {
    let text = clean(&without_cards(text));
    if text.is_empty() {
        return Err(ServiceError::Invalid("write something first".to_owned()));
    }
    let length = text.chars().count();
    if length > MAX_READ_CHARS {
        let message = format!("{length} characters are too many: at most {MAX_READ_CHARS}");
        return Err(ServiceError::Invalid(message));
    }
    Ok(text)
}

/// Opens a ticket that this agent holds; every other holder is a conflict.
pub(super) async fn open_mine(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
) -> Result<(Turn, StoredTicket), ServiceError> {
    let (turn, stored) = Turn::open_ticket(house, ticket).await?;
    let holder = stored.ticket.assignee();
    if holder == Some(desk.agent().id) && stored.ticket.status().is_held() {
        return Ok((turn, stored));
    }
    let status = stored.ticket.status();
    turn.roll_back().await?;
    Err(match (holder, status) {
        (Some(_), _) => dispatch::taken_by(house, holder).await,
        (None, TicketStatus::New) => ServiceError::conflict("take the ticket first"),
        (None, _) => ServiceError::conflict("this ticket is not open any more"),
    })
}

/// A ticket that this agent holds, as it is now.
pub(super) async fn held_by_me(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
) -> Result<StoredTicket, ServiceError> {
    let (turn, stored) = open_mine(house, desk, ticket).await?;
    turn.roll_back().await?;
    Ok(stored)
}

/// Opens a ticket whose life is to be changed: by whoever holds it, or by a supervisor. `None` when the
/// request is a repetition. A ticket that is over is let through: its life refuses, and says why.
async fn open_to_move(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<Option<(Turn, StoredTicket)>, ServiceError> {
    let caller = Caller { agent: desk.agent().clone(), csrf: None };
    visible(house, &caller, ticket).await?;
    let (mut turn, stored) = Turn::open_ticket(house, ticket).await?;
    if is_repeat(&mut turn, request).await? {
        turn.roll_back().await?;
        return Ok(None);
    }
    let holder = stored.ticket.assignee();
    let status = stored.ticket.status();
    if desk.agent().role >= Role::Supervisor || holder == Some(desk.agent().id) || !status.is_live()
    {
        return Ok(Some((turn, stored)));
    }
    turn.roll_back().await?;
    Err(match holder {
        Some(_) => dispatch::taken_by(house, holder).await,
        None => ServiceError::conflict("take the ticket first"),
    })
}

/// Whether a repeated request had its effect before.
pub(super) async fn is_repeat(
    turn: &mut Turn,
    request: Option<RequestId>,
) -> Result<bool, ServiceError> {
    match request {
        Some(id) => Ok(!store::lease::note_request(&mut turn.tx, id, turn.now).await?),
        None => Ok(false),
    }
}

/// Writes to the customer. A repeated request id has its effect once.
///
/// # Errors
/// `Invalid` when empty or over 4,096 characters, `Conflict` when somebody else holds the ticket.
pub async fn reply(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    text: &str,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    reply_with(house, desk, ticket, text, &[], request).await
}

/// As [`reply`], with files that were kept for this ticket before; with files the text may be empty.
///
/// # Errors
/// As [`reply`]; `Conflict` when a file is of another conversation, was sent already or is not there.
pub async fn reply_with(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    text: &str,
    files: &[FileId],
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let wordless = !files.is_empty() && clean(text).is_empty();
    let text = if wordless { String::new() } else { written(text)? };
    if files.len() > MOST_FILES {
        let message = format!("one message carries at most {MOST_FILES} files");
        return Err(ServiceError::Invalid(message));
    }
    let agent = desk.agent().id;
    let (mut turn, mut stored) = open_mine(house, desk, ticket).await?;
    if is_repeat(&mut turn, request).await? {
        return turn.roll_back().await;
    }
    let language = turn.conversation.language;
    let attachments = turn.attachments(files).await?;
    let body = Body { attachments, ..Body::text(text) };
    let message = turn.write(Author::Agent(agent), Visibility::Public, body, language).await?;
    turn.give_files(message, files).await?;
    turn.record(&mut stored, vec![Fact::AgentMsg { agent }]).await?;
    turn.await_customer(stored.ticket.id, stored.ticket.life).await?;
    turn.commit().await
}

/// Writes a private note.
///
/// # Errors
/// As [`reply`]; every agent who sees the ticket may note.
pub async fn note(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    text: &str,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let (text, agent) = (written(text)?, desk.agent());
    let caller = Caller { agent: agent.clone(), csrf: None };
    visible(house, &caller, ticket).await?;
    let (mut turn, mut stored) = Turn::open_ticket(house, ticket).await?;
    if is_repeat(&mut turn, request).await? {
        return turn.roll_back().await;
    }
    turn.write(Author::Agent(agent.id), Visibility::Internal, Body::text(text), None).await?;
    turn.record(&mut stored, vec![Fact::Note { agent: agent.id }]).await?;
    turn.commit().await
}

impl Turn {
    /// Resolves a ticket and asks for a rating when a human had answered.
    pub(super) async fn settle_ticket(
        &mut self,
        stored: &mut StoredTicket,
        agent: Option<AgentId>,
    ) -> Result<(), ServiceError> {
        let moved = stored.ticket.life.resolve(agent, self.now);
        self.go(stored, Vec::new(), moved).await?;
        if self.house.settings.ask_rating && agent.is_some() {
            self.ask_rating(stored).await?;
        }
        Ok(())
    }

    async fn ask_rating(&mut self, stored: &StoredTicket) -> Result<(), ServiceError> {
        let invitation = Invitation {
            id: InvitationId(fresh_id()),
            conversation_id: self.conversation.id,
            ticket_id: stored.ticket.id,
            agent_id: stored.ticket.last_agent,
            sent_at: self.now,
            rating: None,
            comment: None,
            answered_at: None,
        };
        store::feedback::invite(&mut self.tx, &invitation, stored.origin).await?;
        self.converse(&Input::AskRating { invitation: invitation.id }, Wait::Unknown).await
    }
}

/// The assignments of a ticket, oldest first, at most the last 100: the record, and what it says when it can be read.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn decisions(
    house: &House,
    caller: &Caller,
    ticket: TicketId,
) -> Result<Vec<(serde_json::Value, Option<DecisionView>)>, ServiceError> {
    visible(house, caller, ticket).await?;
    viewing::decisions(house, ticket, ASSIGNMENTS).await
}

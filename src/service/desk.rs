//! What agents do. (seam: signatures fixed, bodies to be written)
#![expect(clippy::unused_async, reason = "seam")]

use super::access::{Caller, DeskRight};
use super::view::{DeskView, Tab, TicketRow, TicketView};
use super::{House, ServiceError};
use crate::domain::agent::Presence;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::language::Language;

/// Where a ticket is transferred to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A colleague.
    Agent(AgentId),
    /// A team's queue.
    Team(String),
}

/// The desk's left pane.
///
/// # Errors
/// `Unavailable`.
pub async fn overview(
    _house: &House,
    _desk: &DeskRight,
    _tab: Tab,
    _search: Option<&str>,
) -> Result<DeskView, ServiceError> {
    unimplemented!()
}

/// One ticket in full; agents see those of their teams.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn ticket(
    _house: &House,
    _caller: &Caller,
    _ticket: TicketId,
    _language: Language,
) -> Result<TicketView, ServiceError> {
    unimplemented!()
}

/// Claims and accepts the most urgent ticket the agent can serve; `None` when there is none.
///
/// # Errors
/// `Conflict` when the agent is not online or full, `Unavailable`.
pub async fn take_next(
    _house: &House,
    _desk: &DeskRight,
    _request: RequestId,
) -> Result<Option<TicketRow>, ServiceError> {
    unimplemented!()
}

/// Claims and accepts this ticket.
///
/// # Errors
/// `Conflict` with who has it, `NotFound`, `Forbidden` when the agent cannot serve it.
pub async fn take_this(
    _house: &House,
    _desk: &DeskRight,
    _ticket: TicketId,
) -> Result<TicketRow, ServiceError> {
    unimplemented!()
}

/// Writes to the customer. A repeated request id has its effect once.
///
/// # Errors
/// `Invalid` when empty or over 4,096 characters, `Conflict` when somebody else holds the ticket.
pub async fn reply(
    _house: &House,
    _desk: &DeskRight,
    _ticket: TicketId,
    _text: &str,
    _request: Option<RequestId>,
) -> Result<(), ServiceError> {
    unimplemented!()
}

/// Writes a private note.
///
/// # Errors
/// As [`reply`]; every agent who sees the ticket may note.
pub async fn note(
    _house: &House,
    _desk: &DeskRight,
    _ticket: TicketId,
    _text: &str,
    _request: Option<RequestId>,
) -> Result<(), ServiceError> {
    unimplemented!()
}

/// Gives the ticket to a colleague or a team, with a note.
///
/// # Errors
/// `Conflict`, `NotFound` for an unknown receiver.
pub async fn transfer(
    _house: &House,
    _desk: &DeskRight,
    _ticket: TicketId,
    _receiver: Receiver,
    _note: &str,
) -> Result<(), ServiceError> {
    unimplemented!()
}

/// Resolves the ticket; the customer is asked for a rating.
///
/// # Errors
/// `Conflict`.
pub async fn resolve(
    _house: &House,
    _desk: &DeskRight,
    _ticket: TicketId,
) -> Result<(), ServiceError> {
    unimplemented!()
}

/// Sets or renews the agent's presence.
///
/// # Errors
/// `Unavailable` when the queue is away.
pub async fn set_presence(
    _house: &House,
    _desk: &DeskRight,
    _presence: Presence,
) -> Result<(), ServiceError> {
    unimplemented!()
}

/// Tickets for the API, newest first, at most `limit`.
///
/// # Errors
/// `Unavailable`.
pub async fn tickets(
    _house: &House,
    _caller: &Caller,
    _status: Option<&str>,
    _limit: u32,
) -> Result<Vec<TicketRow>, ServiceError> {
    unimplemented!()
}

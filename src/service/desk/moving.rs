//! A ticket waits for the customer, for others, or for an hour; and how pressing it is.

use jiff::tz::TimeZone;

use super::super::access::DeskRight;
use super::super::{House, ServiceError, voice};
use super::open_to_move;
use crate::domain::id::{RequestId, TicketId};
use crate::domain::ledger::Fact;
use crate::domain::life::{IllegalMove, Life, Moved};
use crate::domain::ticket::Priority;
use crate::domain::time::{DAY, UtcMillis};

/// How far away a snooze may end.
const LONGEST_SNOOZE: i64 = 366 * DAY;

/// The ticket waits for the customer. As all moves: by whoever holds it or a supervisor, and a repeated
/// request has its effect once.
///
/// # Errors
/// `Conflict` when its status does not allow it or somebody else holds it, `NotFound`.
pub async fn pend(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    put(house, desk, ticket, request, Life::pend, "pending").await
}

/// The ticket waits for a third party.
///
/// # Errors
/// As [`pend`].
pub async fn hold(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    put(house, desk, ticket, request, Life::hold, "on_hold").await
}

/// The ticket is worked on again.
///
/// # Errors
/// As [`pend`].
pub async fn resume(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    put(house, desk, ticket, request, Life::resume, "open_again").await
}

/// The ticket is put aside until an instant; a word of the customer's wakes it earlier.
///
/// # Errors
/// As [`pend`]; `Invalid` when the instant is not in the future or more than a year away.
pub async fn snooze(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    until: UtcMillis,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let ahead = until.since(house.now());
    if !(1..=LONGEST_SNOOZE).contains(&ahead) {
        let what = "a snooze ends in the future, at most a year from now";
        return Err(ServiceError::Invalid(what.to_owned()));
    }
    put(house, desk, ticket, request, |life| life.snooze(until), "snoozed").await
}

/// The time zone in which the house reads local times.
#[must_use]
pub fn zone(house: &House) -> TimeZone {
    voice::zone(&house.content.book())
}

/// Makes a move and leaves a line that says who made it.
async fn put(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
    step: impl FnOnce(Life) -> Result<Moved, IllegalMove> + Send,
    code: &str,
) -> Result<(), ServiceError> {
    let opened = open_to_move(house, desk, ticket, request).await?;
    let Some((mut turn, mut stored)) = opened else { return Ok(()) };
    let moved = step(stored.ticket.life);
    turn.go(&mut stored, Vec::new(), moved).await?;
    turn.system_line(format!("{code}:{}", desk.agent().name)).await?;
    turn.commit().await
}

/// Sets how pressing a live ticket is; clocks and order follow from the policy. The same again changes
/// nothing.
///
/// # Errors
/// As [`pend`].
pub async fn set_priority(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    priority: Priority,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let opened = open_to_move(house, desk, ticket, request).await?;
    let Some((mut turn, mut stored)) = opened else { return Ok(()) };
    if !stored.ticket.status().is_live() {
        return Err(ServiceError::conflict("the ticket is over: its priority means nothing now"));
    }
    if stored.ticket.priority == priority {
        return turn.roll_back().await;
    }
    stored.ticket.priority = priority;
    turn.record(&mut stored, vec![Fact::Prioritised { to: priority }]).await?;
    let line = format!("prioritised:{}:{}", desk.agent().name, priority.as_str());
    turn.system_line(line).await?;
    turn.commit().await
}

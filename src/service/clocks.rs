//! A ticket's clocks with their working: for the desk, the API and the command line.

use std::collections::HashMap;

use super::access::Caller;
use super::books::Shelf;
use super::view::{ClockView, DayView, PauseView};
use super::{House, ServiceError, desk, viewing};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::LedgerEvent;
use crate::domain::time::UtcMillis;
use crate::sla::book::Books;
use crate::sla::clock::{Clock, ClockState};
use crate::sla::explain::{DayLine, Explanation, PauseLine, explain};
use crate::store::{self, Db};

/// Every clock of a ticket, measured ones too.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn of_ticket(
    house: &House,
    caller: &Caller,
    ticket: TicketId,
) -> Result<Vec<ClockView>, ServiceError> {
    let stored = desk::visible(house, caller, ticket).await?;
    let ledger = store::ledger::of_ticket(&house.db, stored.ticket.id).await?;
    let books = house.content.books_for(&house.db, &ledger).await?;
    let names = viewing::names(house).await?;
    Ok(clock_views(&ledger, &books, &names, house.now()))
}

/// Every clock of a ticket, straight from the records; `ticket` is an id or the short code.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn in_records(
    db: &Db,
    shelf: &Shelf,
    ticket: &str,
    now: UtcMillis,
) -> Result<(TicketId, Vec<ClockView>), ServiceError> {
    let id = match ticket.parse::<TicketId>() {
        Ok(id) => Some(id),
        Err(_) => store::ticket::by_code(db, ticket).await?,
    };
    let id = id.ok_or(ServiceError::NotFound("the ticket"))?;
    let ledger = store::ledger::of_ticket(db, id).await?;
    if ledger.is_empty() {
        return Err(ServiceError::NotFound("the ticket"));
    }
    let books = shelf.books_for(db, &ledger).await?;
    let people = store::agent::all(db).await?;
    let names = people.into_iter().map(|person| (person.id, person.name)).collect();
    Ok((id, clock_views(&ledger, &books, &names, now)))
}

/// Every clock of a ledger.
pub(super) fn clock_views(
    ledger: &[LedgerEvent],
    books: &Books,
    names: &HashMap<AgentId, String>,
    now: UtcMillis,
) -> Vec<ClockView> {
    explain(ledger, books, now).into_iter().map(|found| clock_view(found, names)).collect()
}

/// Active ms past the deadline, or left while paused.
pub(super) const fn amount(clock: &Clock) -> Option<i64> {
    match clock.state {
        ClockState::Late { overrun } | ClockState::Missed { overrun, .. } => Some(overrun),
        ClockState::Paused { remaining } => Some(remaining),
        _ => None,
    }
}

fn clock_view(found: Explanation, names: &HashMap<AgentId, String>) -> ClockView {
    let Explanation { clock, time_zone, pauses, days } = found;
    let word = |text: Option<&str>| text.map(str::to_owned);
    ClockView {
        metric: clock.metric.as_str().to_owned(),
        instance: clock.instance,
        state: clock.state.as_str().to_owned(),
        start: clock.start.0,
        until: clock.until.0,
        target: clock.target,
        due: clock.due.map(|due| due.0),
        stopped: clock.state.stopped().map(|at| at.0),
        provisional: matches!(clock.state, ClockState::Met { provisional: true, .. }),
        amount: amount(&clock),
        elapsed: clock.elapsed,
        policy: word(clock.policy.as_deref()),
        version: word(clock.version.as_deref()),
        calendar: word(clock.calendar.as_deref()).filter(|_| !clock.metric.is_wall()),
        time_zone,
        agent: clock.agent.and_then(|agent| names.get(&agent).cloned()),
        team: word(clock.team.as_deref()),
        pauses: pauses.into_iter().map(pause_view).collect(),
        days: days.into_iter().map(day_view).collect(),
    }
}

fn pause_view(line: PauseLine) -> PauseView {
    PauseView {
        from: line.from.0,
        to: line.to.map(|to| to.0),
        status: line.status.as_str().to_owned(),
        open: line.open,
    }
}

fn day_view(line: DayLine) -> DayView {
    DayView {
        date: line.date.to_string(),
        hours: line.hours,
        from: line.from.0,
        to: line.to.0,
        open: line.open,
        paused: line.paused,
        counted: line.counted,
        sum: line.sum,
    }
}

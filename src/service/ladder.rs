//! The warning ladder: timers of a ticket's running clocks, and what happens when one is reached.
//!
//! Each rung is a timer with a unique key, so it fires at most once per instance of a clock, whoever
//! fires it. While a clock is paused its rungs wait without an instant; when it goes on they are
//! given a new one.

use super::ticketing::change;
use super::turn::Turn;
use super::{House, ServiceError};
use crate::domain::id::TicketId;
use crate::domain::ledger::Fact;
use crate::domain::ticket::{Priority, TicketStatus};
use crate::domain::time::UtcMillis;
use crate::sla::book::Books;
use crate::sla::clock::{Clock, ClockState, Metric, clocks};
use crate::sla::policy::{Action, Rung};
use crate::store::outbox::Task;
use crate::store::ticket::StoredTicket;
use crate::store::timer::Timer;
use crate::store::{self};

/// The timer kind of SLA rungs; the subject is `ticket:metric:instance:rung`.
pub(super) const RUNG: &str = "sla_rung";
/// Where a paused clock's timers wait until it runs again.
const NEVER: UtcMillis = UtcMillis(i64::MAX);

/// The subject of a rung's timer.
fn subject(ticket: TicketId, clock: &Clock, rung: Rung) -> String {
    format!("{ticket}:{}:{}:{rung}", clock.metric.as_str(), clock.instance)
}

/// Reads a subject back: ticket, metric, instance, rung.
fn read(subject: &str) -> Option<(TicketId, Metric, u32, Rung)> {
    let mut parts = subject.split(':');
    let ticket = parts.next()?.parse().ok()?;
    let metric = Metric::parse(parts.next()?)?;
    Some((ticket, metric, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// When a rung of a clock is reached; `None` while that has no instant.
fn instant(clock: &Clock, rung: Rung) -> Option<UtcMillis> {
    if rung == Rung::Deadline {
        return clock.due.map(|due| due.plus(1));
    }
    clock.rungs.iter().find(|(other, _)| *other == rung).map(|(_, at)| *at)
}

const fn runs(clock: &Clock) -> bool {
    matches!(clock.state, ClockState::Running | ClockState::Late { .. })
}

/// Whether it stands still and may run again: paused, or resolved and within the reopening window.
const fn may_go_on(clock: &Clock) -> bool {
    matches!(clock.state, ClockState::Paused { .. } | ClockState::Met { provisional: true, .. })
}

impl Turn {
    /// Sets or moves the timers of one clock.
    pub(super) async fn set_rungs(
        &mut self,
        ticket: TicketId,
        clock: &Clock,
    ) -> Result<(), ServiceError> {
        self.set_promise(ticket, clock).await?;
        if !runs(clock) {
            return Ok(());
        }
        let deadline = instant(clock, Rung::Deadline).map(|at| (Rung::Deadline, at));
        // What had passed before the terms applied is no news, and does nothing.
        let ahead = clock.rungs.iter().copied().filter(|(_, at)| *at >= clock.since);
        for (rung, at) in ahead.chain(deadline) {
            store::timer::set(&mut self.tx, RUNG, &subject(ticket, clock, rung), at).await?;
        }
        Ok(())
    }

    /// What a rung does beside telling the desk and the board.
    async fn act(
        &mut self,
        stored: &mut StoredTicket,
        action: &Action,
        clock: &Clock,
        rung: Rung,
    ) -> Result<Option<Fact>, ServiceError> {
        let ticket = &mut stored.ticket;
        Ok(match action {
            Action::Raise => next_priority(ticket.priority).map(|to| {
                ticket.priority = to;
                Fact::Prioritised { to }
            }),
            Action::Widen(team) => {
                let meant = ticket.requirement.team.as_ref().is_some_and(|own| own != team);
                let is_new = meant && ticket.requirement.or_teams.insert(team.clone());
                is_new.then(|| Fact::Widened { team: team.clone() })
            }
            Action::Page => {
                let metric = clock.metric.as_str().to_owned();
                let page = Task::Page {
                    ticket: ticket.id,
                    metric,
                    rung: rung.to_string(),
                    due: clock.due,
                    at: self.now,
                };
                self.task(page).await?;
                None
            }
        })
    }
}

const fn next_priority(priority: Priority) -> Option<Priority> {
    match priority {
        Priority::Low => Some(Priority::Normal),
        Priority::Normal => Some(Priority::High),
        Priority::High => Some(Priority::Urgent),
        Priority::Urgent => None,
    }
}

/// A warning rung or a deadline: carried out when it is truly reached, put back when the clock was
/// paused or moved meanwhile.
pub(super) async fn fire(house: &House, timer: &Timer) -> Result<(), ServiceError> {
    let (ticket, metric, instance, rung) = read(&timer.subject)
        .ok_or_else(|| ServiceError::Invalid(format!("timer {}", timer.subject)))?;
    let (mut turn, mut stored) = Turn::open_ticket(house, ticket).await?;
    if !store::timer::fire(&mut turn.tx, timer).await? {
        return turn.roll_back().await;
    }
    let ledger = store::ledger::of_ticket_in(&mut turn.tx, ticket).await?;
    let books = house.content.books_for(&house.db, &ledger).await?;
    let clocks = clocks(&ledger, &books, turn.now);
    let clock = clocks.iter().find(|c| c.metric == metric && c.instance == instance);
    if let Some(clock) = clock.filter(|clock| runs(clock)) {
        match instant(clock, rung) {
            Some(at) if at <= turn.now => {
                reached(&mut turn, &mut stored, clock, rung, &books).await?;
            }
            at => wait(&mut turn, timer, at.unwrap_or(NEVER)).await?,
        }
    } else if clock.is_some_and(may_go_on) {
        wait(&mut turn, timer, NEVER).await?;
    }
    turn.commit().await
}

async fn wait(turn: &mut Turn, timer: &Timer, until: UtcMillis) -> Result<(), ServiceError> {
    store::timer::set_again(&mut turn.tx, &timer.kind, &timer.subject, until).await?;
    Ok(())
}

async fn reached(
    turn: &mut Turn,
    stored: &mut StoredTicket,
    clock: &Clock,
    rung: Rung,
    books: &Books,
) -> Result<(), ServiceError> {
    let (metric, kind) =
        (clock.metric.as_str(), if rung == Rung::Deadline { "missed" } else { "warning" });
    let line = match rung {
        Rung::Deadline => format!("missed:{metric}"),
        rung => format!("warning:{metric}:{rung}"),
    };
    turn.system_line(line).await?;
    let mut facts = Vec::new();
    for action in actions(clock, rung, books) {
        facts.extend(turn.act(stored, &action, clock, rung).await?);
    }
    let lines: Vec<_> = facts.iter().filter_map(change).collect();
    for line in lines {
        turn.system_line(line).await?;
    }
    let widened = facts.iter().any(|fact| matches!(fact, Fact::Widened { .. }));
    turn.record(stored, facts).await?;
    if widened && stored.ticket.status() == TicketStatus::New {
        turn.task(Task::Enqueue { ticket: stored.ticket.id, preferred: None }).await?;
    }
    metrics::counter!("sportello_sla_rungs_total", "metric" => metric, "kind" => kind).increment(1);
    tracing::info!(ticket.id = %stored.ticket.id, metric, %rung, "SLA rung reached");
    Ok(())
}

fn actions(clock: &Clock, rung: Rung, books: &Books) -> Vec<Action> {
    let (Some(policy), Some(version)) = (&clock.policy, &clock.version) else { return Vec::new() };
    let policy = books.of(version).policy(policy).filter(|_| clock.metric != Metric::Promise);
    policy.and_then(|policy| policy.actions(rung)).map(<[Action]>::to_vec).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_read_back() {
        let id = TicketId(uuid::Uuid::from_u128(7));
        let text = format!("{id}:next_response:3:-60000");
        assert_eq!(read(&text), Some((id, Metric::NextResponse, 3, Rung::Before(60_000))));
        assert_eq!(read("nothing"), None);
    }
}

//! Waits that customers were told: each is a promise of its own, kept by the first human word that
//! comes by then. A broken one stays broken; the customer is told anew, and that is the next.

use super::turn::Turn;
use super::{House, ServiceError, rings, wait};
use crate::dialogue::{Effect, Say, Sentence, Step, Wait, Words};
use crate::domain::id::TicketId;
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::MINUTE;
use crate::sla::clock::{Clock, ClockState, Metric};
use crate::store::ticket::StoredTicket;
use crate::store::timer::Timer;
use crate::store::{self};

/// The timer kind of told waits; the subject is `ticket:instance`.
pub(super) const PROMISE: &str = "promise";
/// The shortest wait that is told again, at its latest, ms.
const SHORTEST: i64 = 10 * MINUTE;
/// How often a wait is told before a human writes, the first time included.
const TELLINGS: usize = 4;

impl Turn {
    /// Sets the timer of a told wait, once: the first millisecond past it.
    pub(super) async fn set_promise(
        &mut self,
        ticket: TicketId,
        clock: &Clock,
    ) -> Result<(), ServiceError> {
        if clock.metric == Metric::Promise
            && clock.state == ClockState::Running
            && let Some(due) = clock.due
        {
            let subject = format!("{ticket}:{}", clock.instance);
            store::timer::set(&mut self.tx, PROMISE, &subject, due.plus(1)).await?;
        }
        Ok(())
    }

    /// Keeps a wait that was told beside an escalation, which keeps its own.
    pub(super) async fn note_told(&mut self, taken: &Step) -> Result<(), ServiceError> {
        let escalates = |effect: &Effect| matches!(effect, Effect::Escalate(_));
        let Some((low, high)) = told_range(taken).filter(|_| !taken.effects.iter().any(escalates))
        else {
            return Ok(());
        };
        match self.current_ticket().await? {
            Some(mut stored) if stored.ticket.status().is_live() => {
                self.record(&mut stored, vec![Fact::Promised { low, high }]).await
            }
            _ => Ok(()),
        }
    }
}

/// The range that a step tells the customer.
fn told_range(taken: &Step) -> Option<(i64, i64)> {
    taken.effects.iter().find_map(|effect| match effect {
        Effect::Say(Say {
            words:
                Words::House(
                    Sentence::Waiting { wait: Wait::Within { low, high } }
                    | Sentence::Reopened { wait: Wait::Within { low, high } },
                ),
            ..
        }) => Some((*low, *high)),
        _ => None,
    })
}

/// A told wait has passed: if nobody has written, the customer is told anew.
pub(super) async fn fire(house: &House, timer: &Timer) -> Result<(), ServiceError> {
    let (id, instance) = read(&timer.subject)
        .ok_or_else(|| ServiceError::Invalid(format!("timer {}", timer.subject)))?;
    let found = store::ticket::get(&house.db, id).await?;
    let found = found.ok_or(ServiceError::NotFound("the ticket"))?;
    let score = rings::place(house, &found, house.now()).score();
    // Asked before the conversation is locked: the queue may take its time.
    let estimate = wait::estimate_for(house, &found.ticket.sought(), Some(score)).await;
    let (mut turn, mut stored) = Turn::open_ticket(house, id).await?;
    if !store::timer::fire(&mut turn.tx, timer).await? {
        return turn.roll_back().await;
    }
    let ledger = store::ledger::of_ticket_in(&mut turn.tx, id).await?;
    if let Some(last) = broken(&stored, &ledger, instance) {
        let opening = wait::opens(house, stored.ticket.requirement.team.as_deref(), turn.now);
        if let Some(wait) = next_telling(last, estimate, opening) {
            turn.tell_anew(&mut stored, wait).await?;
        }
    }
    turn.commit().await
}

fn read(subject: &str) -> Option<(TicketId, usize)> {
    let (ticket, instance) = subject.split_once(':')?;
    Some((ticket.parse().ok()?, instance.parse().ok()?))
}

/// The latest end of the wait that was told last, when it is this one, nobody has written since, the
/// ticket still waits for us, and there is a telling left.
fn broken(stored: &StoredTicket, ledger: &[LedgerEvent], instance: usize) -> Option<i64> {
    use TicketStatus::{New, OnHold, Open, Snoozed};
    let waits = matches!(stored.ticket.status(), New | Open | OnHold | Snoozed);
    let high = |line: &LedgerEvent| match line.fact {
        Fact::Promised { high, .. } => Some(high),
        _ => None,
    };
    let told = ledger.iter().filter_map(high).count();
    let answered = ledger.iter().rposition(|line| matches!(line.fact, Fact::AgentMsg { .. }));
    let since = answered.map_or(0, |place| place + 1);
    let unanswered: Vec<i64> = ledger.get(since..)?.iter().filter_map(high).collect();
    let last = unanswered.last().copied();
    last.filter(|_| waits && told == instance && unanswered.len() < TELLINGS)
}

/// What is told after a broken promise: at least twice as long, never out of hours but for when the
/// house opens. `None`: better nothing.
fn next_telling(last: i64, estimate: Wait, opening: wait::Opening) -> Option<Wait> {
    match (opening, estimate) {
        (wait::Opening::Never, _) => None,
        (wait::Opening::At(opens), _) => Some(Wait::NextShift { opens }),
        (wait::Opening::Open, Wait::Within { low, high }) => {
            let high = high.max(last.saturating_mul(2)).max(SHORTEST);
            Some(wait::told(low.max(high / 3), high))
        }
        (wait::Opening::Open, _) => Some(Wait::Unknown),
    }
}

impl Turn {
    async fn tell_anew(
        &mut self,
        stored: &mut StoredTicket,
        wait: Wait,
    ) -> Result<(), ServiceError> {
        self.house_says(Sentence::StillWaiting { wait }).await?;
        let (line, fact) = match wait {
            Wait::Within { low, high } => {
                let range = format!("retold:{}-{}", low / MINUTE, high / MINUTE);
                (range, Some(Fact::Promised { low, high }))
            }
            Wait::NextShift { .. } => ("retold_opening".to_owned(), None),
            Wait::Unknown => ("retold_unknown".to_owned(), None),
        };
        self.system_line(line).await?;
        metrics::counter!("sportello_waits_retold_total").increment(1);
        self.record(stored, fact.into_iter().collect()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::UtcMillis;

    #[test]
    fn the_next_wait_is_at_least_twice_as_long() {
        let within = |low: i64, high: i64| Wait::Within { low: low * MINUTE, high: high * MINUTE };
        let next = |last: i64, estimate| next_telling(last * MINUTE, estimate, wait::Opening::Open);
        assert_eq!(next(3, within(1, 3)), Some(within(3, 10)), "at least ten minutes");
        assert_eq!(next(20, within(5, 15)), Some(within(13, 40)), "at least twice the last");
        assert_eq!(next(6, within(20, 60)), Some(within(20, 60)), "the estimate when longer");
        assert_eq!(next(6, Wait::Unknown), Some(Wait::Unknown));
        let opens = UtcMillis(7);
        assert_eq!(
            next_telling(1, within(1, 3), wait::Opening::At(opens)),
            Some(Wait::NextShift { opens })
        );
        assert_eq!(next_telling(1, within(1, 3), wait::Opening::Never), None);
    }

    #[test]
    fn subjects_are_read_back() {
        let id = TicketId(uuid::Uuid::from_u128(7));
        assert_eq!(read(&format!("{id}:3")), Some((id, 3)));
        assert_eq!(read("nothing"), None);
    }
}

//! While a ticket waits: a timer takes it through its team's rings, to other teams, behind what can
//! still be saved and back.
//!
//! One timer per ticket stands at the next thing that happens; whatever changes the ticket's clocks
//! sets it anew. What happened is a line of the ledger, so a timer that fires twice does nothing twice.

use super::turn::Turn;
use super::{House, ServiceError};
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::relaxation::Relaxation;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;
use crate::routing::order::{self, Overload, Place, Standing};
use crate::routing::plan::{self, SoFar};
use crate::routing::ring::Waited;
use crate::routing::teams::{Team, Teams};
use crate::sla::book::Books;
use crate::sla::share::shares;
use crate::store::outbox::Task;
use crate::store::ticket::StoredTicket;
use crate::store::timer::Timer;
use crate::store::{self};

/// The timer kind of a waiting ticket's next step; the subject is the ticket.
pub(super) const RING: &str = "ring";
/// How many tickets are looked up at once.
const BATCH: i64 = 200;

/// The rules that a ticket waits by.
fn team_of<'a>(rules: &'a Teams, stored: &StoredTicket) -> &'a Team {
    rules.of(stored.ticket.requirement.team.as_deref())
}

/// What a waiting ticket's place is derived from.
fn standing(house: &House, stored: &StoredTicket) -> (Standing, Overload) {
    let (rules, ticket) = (house.content.rules(), &stored.ticket);
    let team = ticket.requirement.team.as_deref();
    let standing = Standing {
        score: stored.score,
        bound: ticket.enqueued_at.plus(house.content.book().ageing_bound),
        handling: rules.handling(team, ticket.packet.intent.as_deref()),
    };
    (standing, rules.of(team).overload)
}

/// Where a waiting ticket stands in the queue at an instant.
pub(super) fn place(house: &House, stored: &StoredTicket, at: UtcMillis) -> Place {
    let (standing, overload) = standing(house, stored);
    order::place(&standing, overload, at)
}

/// Whether it waits behind all that can still be answered in time.
pub(super) fn is_late(house: &House, stored: &StoredTicket) -> bool {
    let waits = stored.ticket.status() == TicketStatus::New;
    waits && matches!(place(house, stored, house.now()), Place::Late(_))
}

/// Whether it is still time to ask first whoever had a ticket that is back.
pub(super) fn is_preferred(house: &House, stored: &StoredTicket) -> bool {
    let limit = team_of(&house.content.rules(), stored).preferred;
    house.now().since(stored.ticket.enqueued_at) < limit
}

impl Turn {
    /// Brings up to date what a ticket asks for after its wait, and sets the timer of what happens
    /// next; whether it asks for something else than before.
    pub(super) async fn plan_wait(
        &mut self,
        stored: &mut StoredTicket,
        ledger: &[LedgerEvent],
        books: &Books,
    ) -> Result<bool, ServiceError> {
        let so_far = SoFar::read(ledger);
        let changed = stored.ticket.relaxed != so_far.relaxed;
        stored.ticket.relaxed = so_far.relaxed.clone();
        if stored.ticket.status() != TicketStatus::New {
            return Ok(false);
        }
        let rules = self.house.content.rules();
        stored.rules = rules.version.to_string();
        let (team, own) = (team_of(&rules, stored), stored.ticket.requirement.team.as_deref());
        let shares = shares(ledger, books, self.now, plan::percents(team));
        let since = stored.ticket.enqueued_at;
        let waited = Waited { since, now: self.now, shares: &shares };
        let step = plan::next(team, own, &so_far, &waited);
        let (standing, overload) = standing(&self.house, stored);
        let change = order::next_change(&standing, overload, self.now);
        if let Some(at) = step.into_iter().chain(change).min() {
            let subject = stored.ticket.id.to_string();
            store::timer::set_again(&mut self.tx, RING, &subject, at).await?;
        }
        Ok(changed)
    }

    /// What is due for a waiting ticket now.
    async fn due(&mut self, stored: &StoredTicket) -> Result<Vec<Fact>, ServiceError> {
        let id = stored.ticket.id;
        let ledger = store::ledger::of_ticket_in(&mut self.tx, id).await?;
        let books = self.house.content.books_for(&self.house.db, &ledger).await?;
        let rules = self.house.content.rules();
        let (team, own) = (team_of(&rules, stored), stored.ticket.requirement.team.as_deref());
        let shares = shares(&ledger, &books, self.now, plan::percents(team));
        let since = stored.ticket.enqueued_at;
        let waited = Waited { since, now: self.now, shares: &shares };
        Ok(plan::due(team, own, &SoFar::read(&ledger), &waited))
    }

    /// Writes down that a waiting ticket asks for less, for colleagues too, and moves it.
    pub(super) async fn relax(
        &mut self,
        stored: &mut StoredTicket,
        facts: Vec<Fact>,
    ) -> Result<(), ServiceError> {
        let (asked, mut sum) = (stored.ticket.requirement.clone(), stored.ticket.relaxed.clone());
        for fact in &facts {
            if let Fact::Relaxed { step, by } = fact {
                let before = sum.of(&asked);
                sum = sum.and(by);
                // A ring may relax what this ticket never asked for: that is no news.
                if sum.of(&asked) == before {
                    continue;
                }
                self.system_line(told(*step, by)).await?;
                let kind = if *step == 0 { "overflow" } else { "ring" };
                metrics::counter!("sportello_relaxed_total", "kind" => kind).increment(1);
                tracing::info!(ticket.id = %stored.ticket.id, step, "ticket asks for less");
            }
        }
        self.record(stored, facts).await?;
        self.task(Task::Rescore { ticket: stored.ticket.id }).await
    }
}

/// The line of a relaxation: `relaxed:step:part;part`.
fn told(step: u32, by: &Relaxation) -> String {
    let mut parts = Vec::new();
    if by.anyone {
        parts.push("anyone".to_owned());
    } else {
        let lower = by.lower.iter().filter(|(name, _)| !by.drop.contains(*name));
        parts.extend(lower.map(|(name, level)| format!("lower={name}:{}", level.get())));
        parts.extend(by.drop.iter().map(|name| format!("drop={name}")));
        parts.extend(by.any_language.then(|| "language".to_owned()));
        parts.extend(by.or_teams.iter().map(|team| format!("team={team}")));
    }
    format!("relaxed:{step}:{}", parts.join(";"))
}

/// The next step of a waiting ticket: taken when it is truly due; the timer is set to what comes then.
pub(super) async fn fire(house: &House, timer: &Timer) -> Result<(), ServiceError> {
    let id = timer.subject.parse();
    let id = id.map_err(|_| ServiceError::Invalid(format!("timer {}", timer.subject)))?;
    let (mut turn, mut stored) = Turn::open_ticket(house, id).await?;
    if !store::timer::fire(&mut turn.tx, timer).await? {
        return turn.roll_back().await;
    }
    if stored.ticket.status() == TicketStatus::New {
        let before = place(house, &stored, UtcMillis(timer.due_at).plus(-1));
        let now = place(house, &stored, turn.now);
        if matches!((before, now), (Place::InOrder(_), Place::Late(_))) {
            turn.system_line("late".to_owned()).await?;
            metrics::counter!("sportello_late_total").increment(1);
        }
        let facts = turn.due(&stored).await?;
        turn.relax(&mut stored, facts).await?;
    }
    turn.commit().await
}

/// New rules reach the tickets that wait: each plans its wait anew. What was relaxed stays so.
///
/// # Errors
/// Records are not reachable.
pub async fn refresh(house: &House) -> Result<usize, ServiceError> {
    let version = house.content.rules().version.clone();
    let mut planned = 0;
    let mut after = None;
    while house.has_active_rules().await? && !house.stop.is_cancelled() {
        let found = store::waiting::outdated(&house.db, &version, after, BATCH).await?;
        let Some(last) = found.last().copied() else { break };
        after = Some(last);
        for id in found {
            let (mut turn, mut stored) = match Turn::open_ticket(house, id).await {
                Ok(opened) => opened,
                Err(ServiceError::NotFound(_)) => continue,
                Err(error) => return Err(error),
            };
            if stored.ticket.status() != TicketStatus::New || *stored.rules == *version {
                turn.roll_back().await?;
                continue;
            }
            turn.relax(&mut stored, Vec::new()).await?;
            turn.commit().await?;
            planned += 1;
        }
    }
    if planned > 0 {
        tracing::info!(version = &*version, tickets = planned, "rules applied to waiting tickets");
    }
    Ok(planned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::skill::Level;

    #[test]
    fn what_is_relaxed_is_told_in_parts() {
        let by = Relaxation {
            lower: [("legal".to_owned(), Level::LEAST), ("vip".to_owned(), Level::LEAST)].into(),
            drop: ["vip".to_owned()].into(),
            any_language: true,
            or_teams: ["care".to_owned()].into(),
            anyone: false,
        };
        assert_eq!(told(2, &by), "relaxed:2:lower=legal:1;drop=vip;language;team=care");
        assert_eq!(told(3, &Relaxation { anyone: true, ..by }), "relaxed:3:anyone");
    }
}

//! The tickets behind a figure of the board.

use super::super::access::BoardRight;
use super::super::figures::{Class, Window};
use super::super::view::{BoardFigure, TicketRow};
use super::super::{House, ServiceError, viewing};
use super::{Metric, Standing, first_response, reckon, worst};
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::ticket::{HandoffReason, TicketStatus};
use crate::domain::time::{DAY, UtcMillis};
use crate::sla::clock::Clock;
use crate::store::ticket::StoredTicket;
use crate::store::{self};

/// How many tickets a list names.
const LISTED: usize = 500;

/// The tickets that a figure of the last 24 hours, or of this moment, is made of; the worst first.
///
/// # Errors
/// `Unavailable`.
pub async fn behind(
    house: &House,
    _right: &BoardRight,
    figure: BoardFigure,
) -> Result<Vec<TicketRow>, ServiceError> {
    let now = house.now();
    let since = now.plus(-DAY);
    let tickets = store::ticket::active_since(&house.db, since).await?;
    let ledgers = viewing::by_ticket(store::ledger::active_since(&house.db, since).await?);
    let clocks = reckon(house, &ledgers, now).await?;
    let rated = store::feedback::rated_since(&house.db, since).await?;
    let mut found: Vec<StoredTicket> = tickets
        .into_iter()
        .filter(|stored| {
            let id = stored.ticket.id;
            let facts = Behind {
                stored,
                clocks: clocks.get(&id).map_or(&[], Vec::as_slice),
                ledger: ledgers.get(&id).map_or(&[], Vec::as_slice),
                since,
                now,
            };
            match figure {
                BoardFigure::Satisfaction => rated.contains(&id),
                other => facts.belongs_to(other),
            }
        })
        .collect();
    found.sort_by_key(|stored| (stored.score, stored.ticket.id));
    found.truncate(LISTED);
    viewing::rows(house, &found).await
}

/// One ticket with what figures are made of.
struct Behind<'a> {
    stored: &'a StoredTicket,
    clocks: &'a [Clock],
    ledger: &'a [LedgerEvent],
    since: UtcMillis,
    now: UtcMillis,
}

impl Behind<'_> {
    fn belongs_to(&self, figure: BoardFigure) -> bool {
        let live = self.stored.ticket.status().is_live();
        match figure {
            BoardFigure::Waiting => self.stored.ticket.status() == TicketStatus::New,
            BoardFigure::AtRisk => live && worst(self.clocks, self.now) == Standing::AtRisk,
            BoardFigure::Breached => live && worst(self.clocks, self.now) == Standing::Late,
            BoardFigure::Compliance => {
                let decides = |c: &Clock| matches!(Class::of(c.state), Class::Met | Class::Missed);
                self.recent().any(decides)
            }
            BoardFigure::ToldWaits => {
                let told = |c: &Clock| c.metric == Metric::Promise && c.state.is_decided();
                self.recent().any(told)
            }
            BoardFigure::FirstReply => self.recent().any(|clock| first_response(clock).is_some()),
            BoardFigure::SpeedOfAnswer => {
                self.happened(|fact| matches!(fact, Fact::Accepted { .. }))
            }
            BoardFigure::Containment => {
                let recovery = self.stored.ticket.packet.reason == HandoffReason::Recovery;
                !recovery && self.happened(|fact| *fact == Fact::Escalated)
            }
            BoardFigure::Satisfaction => false,
        }
    }

    /// Clocks whose result became known in the window, and those that are open.
    fn recent(&self) -> impl Iterator<Item = &Clock> {
        let window = Window::last(DAY, self.now);
        self.clocks.iter().filter(move |clock| window.holds(clock))
    }

    fn happened(&self, what: impl Fn(&Fact) -> bool) -> bool {
        self.ledger.iter().any(|event| event.at >= self.since && what(&event.fact))
    }
}

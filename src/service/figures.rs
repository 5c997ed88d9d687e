//! What was promised and what was kept over a range of time, and the clocks behind every number.
//!
//! Nothing is left out: tickets are read page by page, however many there are, and only the counts
//! and the lengths of time are kept. Definitions: `docs/sla.md`, section "Figures".

mod asked;
mod dry_run;
mod shown;
mod tally;

use std::collections::HashMap;

pub use asked::{Asked, Grouping, Slice, Sought};
pub use dry_run::dry_run;
pub(super) use shown::escaped;
pub use tally::{Class, Tally, Window};

use super::access::BoardRight;
use super::view::{FiguresView, InstanceView};
use super::{House, ServiceError, viewing};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::LedgerEvent;
use crate::sla::clock::{Clock, every_clock};
use crate::store::{self, Db, StoreError};

/// How many tickets are read at a time.
const PAGE: i64 = 2_000;

/// The figures of a range.
///
/// # Errors
/// `Unavailable`.
pub async fn sla(
    house: &House,
    _right: &BoardRight,
    asked: &Asked,
) -> Result<FiguresView, ServiceError> {
    let mut tally = Tally::new(asked.by);
    each(house, asked.window, |_, clock| tally.add(clock)).await?;
    let names = viewing::names(house).await?;
    Ok(shown::figures(asked, &tally, &names, house.now()))
}

/// The clocks behind one number of these figures, in order of ticket and start: as many as it says.
///
/// # Errors
/// `Unavailable`.
pub async fn behind(
    house: &House,
    _right: &BoardRight,
    sought: &Sought,
) -> Result<Vec<InstanceView>, ServiceError> {
    let mut found: Vec<(TicketId, Clock)> = Vec::new();
    each(house, sought.asked.window, |ticket, clock| {
        if sought.wants(clock) {
            found.push((ticket, clock.clone()));
        }
    })
    .await?;
    let names: HashMap<AgentId, String> = viewing::names(house).await?;
    Ok(found.iter().map(|(ticket, clock)| shown::instance(*ticket, clock, &names)).collect())
}

/// Hands over every clock whose result belongs to the window.
async fn each(
    house: &House,
    window: Window,
    mut take: impl FnMut(TicketId, &Clock),
) -> Result<(), ServiceError> {
    let now = house.now();
    let mut after = None;
    while let Some((last, lines)) = page(&house.db, window, after).await? {
        let books = house.content.books_for(&house.db, &lines).await?;
        let reckoned = tokio::task::spawn_blocking(move || {
            let ledgers = lines.chunk_by(|one, next| one.ticket_id == next.ticket_id);
            let clocks = ledgers.flat_map(|ledger| {
                let ticket = ledger.first().map(|line| line.ticket_id);
                let clocks = every_clock(ledger, &books, now).into_iter();
                clocks.filter(|clock| window.holds(clock)).filter_map(move |c| Some((ticket?, c)))
            });
            clocks.collect::<Vec<_>>()
        });
        let reckoned =
            reckoned.await.map_err(|error| StoreError::Damaged(format!("figures: {error}")))?;
        for (ticket, clock) in &reckoned {
            take(*ticket, clock);
        }
        after = Some(last);
    }
    Ok(())
}

/// The next tickets whose clocks may belong to the window: the last one's id, and all their ledgers.
async fn page(
    db: &Db,
    window: Window,
    after: Option<TicketId>,
) -> Result<Option<(TicketId, Vec<LedgerEvent>)>, StoreError> {
    let ids = store::ledger::between(db, (window.from, window.to), after, PAGE).await?;
    let Some(last) = ids.last().copied() else { return Ok(None) };
    Ok(Some((last, store::ledger::of_tickets(db, &ids).await?)))
}

//! What would have been: the ledgers of a range replayed under other policies.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::ServiceError;
use super::super::books::Shelf;
use super::super::view::{DryRunView, MetricChange, TicketChange};
use super::shown::counts;
use super::tally::{Class, Tally, Window};
use super::{Grouping, page};
use crate::domain::id::TicketId;
use crate::domain::ledger::LedgerEvent;
use crate::domain::time::UtcMillis;
use crate::sla::book::{Books, PolicyBook};
use crate::sla::clock::{Clock, Metric, every_clock};
use crate::sla::replay::under;
use crate::store::Db;

/// Replays everything whose result became known since `from` under `other`. Nothing is written.
///
/// # Errors
/// `Unavailable`.
pub async fn dry_run(
    db: &Db,
    shelf: &Shelf,
    other: PolicyBook,
    from: UtcMillis,
    now: UtcMillis,
) -> Result<DryRunView, ServiceError> {
    let other = Arc::new(other);
    let mut run = Run {
        window: Window { from, to: now.plus(1) },
        now: Tally::new(Grouping::Metric),
        then: Tally::new(Grouping::Metric),
        tickets: 0,
        changed: Vec::new(),
    };
    let others = Books::new(Arc::clone(&other));
    let mut after = None;
    while let Some((last, lines)) = page(db, run.window, after).await? {
        let books = shelf.books_for(db, &lines).await?;
        for ledger in lines.chunk_by(|one, next| one.ticket_id == next.ticket_id) {
            run.replay(ledger, &books, &others, now);
        }
        after = Some(last);
    }
    Ok(run.view(&other, now))
}

struct Run {
    window: Window,
    now: Tally,
    then: Tally,
    tickets: u64,
    changed: Vec<TicketChange>,
}

impl Run {
    fn replay(&mut self, ledger: &[LedgerEvent], books: &Books, others: &Books, now: UtcMillis) {
        let Some(ticket) = ledger.first().map(|line| line.ticket_id) else { return };
        let window = self.window;
        let within = |clocks: Vec<Clock>| -> Vec<Clock> {
            clocks.into_iter().filter(|clock| window.holds(clock)).collect()
        };
        let is = within(every_clock(ledger, books, now));
        let would_be = within(every_clock(&under(ledger, others.active()), others, now));
        if is.is_empty() && would_be.is_empty() {
            return;
        }
        self.tickets += 1;
        for clock in &is {
            self.now.add(clock);
        }
        for clock in &would_be {
            self.then.add(clock);
        }
        self.changed.extend(differences(ticket, &is, &would_be));
    }

    fn view(self, other: &PolicyBook, now: UtcMillis) -> DryRunView {
        let change = |metric: Metric| {
            let key = (Some(metric.as_str().to_owned()), metric);
            let (is, would_be) = (self.now.rows.get(&key), self.then.rows.get(&key));
            (is.is_some() || would_be.is_some()).then(|| MetricChange {
                metric: metric.as_str().to_owned(),
                now: counts(|class| is.map_or(0, |row| row.of(class))),
                then: counts(|class| would_be.map_or(0, |row| row.of(class))),
            })
        };
        DryRunView {
            at: now.0,
            from: self.window.from.0,
            version: other.version.to_string(),
            tickets: self.tickets,
            metrics: Metric::ALL.into_iter().filter_map(change).collect(),
            changed: self.changed,
        }
    }
}

/// The metrics of a ticket that would have come out otherwise.
fn differences(ticket: TicketId, is: &[Clock], would_be: &[Clock]) -> Vec<TicketChange> {
    let (is, mut would_be) = (results(is), results(would_be));
    let mut metrics: Vec<Metric> = is.keys().chain(would_be.keys()).copied().collect();
    metrics.sort_unstable();
    metrics.dedup();
    let mut is = is;
    let changes = metrics.into_iter().filter_map(|metric| {
        let (now, then) =
            (is.remove(&metric).unwrap_or_default(), would_be.remove(&metric).unwrap_or_default());
        (now != then).then(|| TicketChange {
            ticket: ticket.to_string(),
            code: ticket.code(),
            metric: metric.as_str().to_owned(),
            now,
            then,
        })
    });
    changes.collect()
}

fn results(clocks: &[Clock]) -> BTreeMap<Metric, Vec<String>> {
    let mut results: BTreeMap<Metric, Vec<String>> = BTreeMap::new();
    for clock in clocks {
        let class = Class::of(clock.state);
        if class != Class::Superseded {
            results.entry(clock.metric).or_default().push(class.as_str().to_owned());
        }
    }
    results
}

//! One number that orders the queue. (seam: signatures fixed, bodies to be written)

use super::clock::Clock;
use crate::domain::time::UtcMillis;

/// The earliest deadline that runs, with its metric's clock; a late one counts with its past due.
#[must_use]
pub fn next_due(_clocks: &[Clock]) -> Option<&Clock> {
    unimplemented!()
}

/// `min(earliest running due, enqueued_at + ageing_bound)`: smaller is more urgent.
#[must_use]
pub fn score(_clocks: &[Clock], _enqueued_at: UtcMillis, _ageing_bound: i64) -> UtcMillis {
    unimplemented!()
}

//! Working time. (seam: signatures fixed, bodies to be written)

use crate::domain::time::UtcMillis;

/// A calendar: half-open local intervals per date, in one time zone.
#[derive(Clone, Debug)]
pub struct Calendar;

impl Calendar {
    /// Working ms in `[from, to)`.
    #[must_use]
    pub fn working(&self, _from: UtcMillis, _to: UtcMillis) -> i64 {
        unimplemented!()
    }

    /// The smallest instant by which `amount` working ms have passed since `from`; `None` when the
    /// calendar never has that much (within 10 years).
    #[must_use]
    pub fn after(&self, _from: UtcMillis, _amount: i64) -> Option<UtcMillis> {
        unimplemented!()
    }

    /// Whether `at` is working time.
    #[must_use]
    pub fn is_open(&self, _at: UtcMillis) -> bool {
        unimplemented!()
    }

    /// The first working instant at or after `at`.
    #[must_use]
    pub fn next_opening(&self, _at: UtcMillis) -> Option<UtcMillis> {
        unimplemented!()
    }

    /// The calendar's time zone (IANA).
    #[must_use]
    pub fn time_zone(&self) -> &str {
        unimplemented!()
    }
}

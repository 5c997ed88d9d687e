//! Active time as the pieces that it is made of, for people who check a deadline by hand.

use jiff::civil::Date;

use super::calendar::Calendar;
use crate::domain::time::UtcMillis;

/// A piece of active time within one local date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The local date.
    pub date: Date,
    /// Its first instant.
    pub from: UtcMillis,
    /// Its end, exclusive.
    pub to: UtcMillis,
}

/// The working time of `[from, to)` outside of the pauses (from, to), ascending and cut at every
/// local midnight: the lengths sum up to [`super::deadline::active`].
#[must_use]
pub fn slices(
    calendar: &Calendar,
    from: UtcMillis,
    to: UtcMillis,
    pauses: &[(UtcMillis, UtcMillis)],
) -> Vec<Slice> {
    let mut pauses = pauses.to_vec();
    pauses.sort_unstable();
    let mut found = Vec::new();
    for (open, close) in calendar.intervals(from, to) {
        let mut open = open;
        for &(begin, end) in &pauses {
            if begin < end && begin < close && end > open {
                by_date(calendar, open, begin, &mut found);
                open = end;
            }
        }
        by_date(calendar, open, close, &mut found);
    }
    found
}

fn by_date(calendar: &Calendar, from: UtcMillis, to: UtcMillis, found: &mut Vec<Slice>) {
    let mut from = from;
    while from < to {
        let Some(local) = calendar.local(from) else { return };
        let midnight = local.tomorrow().and_then(|next| next.start_of_day());
        let midnight = midnight.map_or(to, |at| UtcMillis(at.timestamp().as_millisecond()));
        // A date that a clock change leaves out begins no later than it ends.
        let until = if midnight > from { midnight.min(to) } else { to };
        found.push(Slice { date: local.date(), from, to: until });
        from = until;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::HOUR;
    use crate::sla::deadline::active;

    fn nights() -> Calendar {
        let shift = || vec!["20:00-04:00".parse().unwrap()];
        Calendar::new("UTC", std::array::from_fn(|_| shift()), std::collections::BTreeMap::new())
            .unwrap()
    }

    #[test]
    fn pieces_are_cut_at_midnight_and_by_pauses() {
        let hour = |hours: i64| UtcMillis(hours * HOUR);
        // Pauses overlap, and one begins before the start.
        let pauses = [
            (hour(22), hour(23)),
            (hour(-9), hour(21)),
            (hour(22), hour(22)),
            (hour(25), hour(44)),
        ];
        let found = slices(&nights(), hour(20), hour(47), &pauses);
        let hours: Vec<_> = found.iter().map(|s| (s.from.0 / HOUR, s.to.0 / HOUR)).collect();
        assert_eq!(hours, [(21, 22), (23, 24), (24, 25), (44, 47)]);
        let dates: Vec<i8> = found.iter().map(|slice| slice.date.day()).collect();
        assert_eq!(dates, [1, 1, 2, 2]);
        let sum: i64 = found.iter().map(|slice| slice.to.since(slice.from)).sum();
        assert_eq!(sum, active(&nights(), hour(20), hour(47), &pauses));
    }
}

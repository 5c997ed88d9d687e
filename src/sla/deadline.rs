//! One number that orders the queue, and a deadline without a ledger.

use super::calendar::Calendar;
use super::clock::{Clock, ClockState};
use super::run::{Hours, Pause, Reach, Run};
use crate::domain::time::UtcMillis;

/// The earliest deadline that runs, with its metric's clock; a late one counts with its past due.
#[must_use]
pub fn next_due(clocks: &[Clock]) -> Option<&Clock> {
    earliest(clocks.iter())
}

fn earliest<'a>(clocks: impl Iterator<Item = &'a Clock>) -> Option<&'a Clock> {
    clocks
        .filter(|clock| matches!(clock.state, ClockState::Running | ClockState::Late { .. }))
        .filter_map(|clock| Some((clock.due?, clock)))
        .min_by_key(|&(due, _)| due)
        .map(|(_, clock)| clock)
}

/// `min(earliest running due, enqueued_at + ageing_bound)`: smaller is more urgent. Without a
/// running clock (no policy, paused) the ageing bound alone decides. Assignment, first response, next
/// response and resolution order the queue; the other clocks are reported only.
#[must_use]
pub fn score(clocks: &[Clock], enqueued_at: UtcMillis, ageing_bound: i64) -> UtcMillis {
    let bound = enqueued_at.plus(ageing_bound);
    let orders = clocks.iter().filter(|clock| clock.metric.orders());
    earliest(orders).and_then(|clock| clock.due).map_or(bound, |due| due.min(bound))
}

/// The deadline of `target` working ms from `start`, with the pauses (from, to) removed; `None`
/// when the calendar never has that much within 10 years.
#[must_use]
pub fn due(
    calendar: &Calendar,
    start: UtcMillis,
    target: i64,
    pauses: &[(UtcMillis, UtcMillis)],
) -> Option<UtcMillis> {
    match run(calendar, start, pauses).reach(target) {
        Reach::At(due) => Some(due),
        Reach::Paused(_) | Reach::Never => None,
    }
}

/// Active working ms in `[from, to)`: `W(from, to)` less what of it lies in the pauses (from, to).
#[must_use]
pub fn active(
    calendar: &Calendar,
    from: UtcMillis,
    to: UtcMillis,
    pauses: &[(UtcMillis, UtcMillis)],
) -> i64 {
    run(calendar, from, pauses).active(from, to)
}

fn run<'a>(calendar: &'a Calendar, start: UtcMillis, pauses: &[(UtcMillis, UtcMillis)]) -> Run<'a> {
    let pauses: Vec<Pause> =
        pauses.iter().map(|&(from, to)| Pause { from, to: Some(to) }).collect();
    Run::new(Hours::Working(calendar), start, &pauses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{DAY, HOUR};
    use crate::sla::clock::Metric;

    fn clock(metric: Metric, due: Option<i64>, state: ClockState) -> Clock {
        Clock {
            metric,
            instance: 1,
            start: UtcMillis(0),
            since: UtcMillis(0),
            until: UtcMillis(0),
            target: Some(HOUR),
            due: due.map(UtcMillis),
            state,
            elapsed: 0,
            rungs: Vec::new(),
            policy: None,
            version: None,
            calendar: None,
            agent: None,
            team: None,
        }
    }

    #[test]
    fn the_earliest_running_or_late_deadline_counts() {
        let clocks = [
            clock(
                Metric::Assignment,
                Some(10),
                ClockState::Met { at: UtcMillis(5), provisional: false },
            ),
            clock(Metric::Resolution, Some(900), ClockState::Running),
            clock(Metric::FirstResponse, Some(300), ClockState::Late { overrun: 7 }),
            clock(Metric::NextResponse, Some(20), ClockState::Superseded),
        ];
        assert_eq!(next_due(&clocks).map(|clock| clock.metric), Some(Metric::FirstResponse));
        assert_eq!(score(&clocks, UtcMillis(100), DAY), UtcMillis(300));
        assert_eq!(score(&clocks, UtcMillis(100), 50), UtcMillis(150), "nobody starves");
    }

    #[test]
    fn without_a_running_clock_the_ageing_bound_decides() {
        let paused = [clock(Metric::Resolution, None, ClockState::Paused { remaining: 5 })];
        assert_eq!(next_due(&paused), None);
        assert_eq!(score(&paused, UtcMillis(100), DAY), UtcMillis(100 + DAY));
        assert_eq!(score(&[], UtcMillis(i64::MAX), DAY), UtcMillis(i64::MAX));
    }
}

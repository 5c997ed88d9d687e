//! A clock with its working, so that anybody can add it up: pauses and calendar, day by day.
//!
//! Of each local date: `open` is `W(date)`, `paused` what of it lies in pauses, `counted = open -
//! paused`. The counted days of a clock that ended add up to its elapsed time, those of one that runs
//! in time go on to the deadline and add up to the target.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::book::Books;
use super::calendar::Calendar;
use super::clock::{Clock, ClockState, instances};
use super::history::History;
use super::instance::Instance;
use super::run::{Hours, Run};
use crate::domain::ledger::LedgerEvent;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::UtcMillis;

/// How many dates an explanation lists at most; a clock that runs longer is cut there.
const MOST_DAYS: usize = 400;

/// One clock and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The clock.
    pub clock: Clock,
    /// The time zone of the dates (IANA).
    pub time_zone: String,
    /// When it paused, oldest first.
    pub pauses: Vec<PauseLine>,
    /// Each local date with open time, from the start to the end; while it runs in time, to the
    /// deadline.
    pub days: Vec<DayLine>,
}

/// One pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PauseLine {
    /// From when.
    pub from: UtcMillis,
    /// Until when; `None` while it lasts.
    pub to: Option<UtcMillis>,
    /// The status it paused in.
    pub status: TicketStatus,
    /// Open time it took out up to the clock's end or now, ms.
    pub open: i64,
}

/// One local date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayLine {
    /// The date.
    pub date: Date,
    /// Its opening hours, as the calendar has them; none on the wall clock.
    pub hours: Vec<String>,
    /// When the part of it that matters begins.
    pub from: UtcMillis,
    /// When it ends.
    pub to: UtcMillis,
    /// Open time of that part, ms.
    pub open: i64,
    /// What of it was paused, ms.
    pub paused: i64,
    /// What was counted, ms.
    pub counted: i64,
    /// All that was counted until its end, ms.
    pub sum: i64,
}

/// Every clock of a ticket, promised or measured only, with its working. Total, as
/// [`clocks`](super::clock::clocks) is.
#[must_use]
pub fn explain(ledger: &[LedgerEvent], books: &Books, now: UtcMillis) -> Vec<Explanation> {
    let history = History::read(ledger, books);
    let clocks = instances(&history, now);
    clocks.into_iter().map(|(clock, instance)| of(clock, &instance)).collect()
}

fn of(clock: Clock, instance: &Instance<'_>) -> Explanation {
    let hours = instance.hours();
    let zone_of = |calendar: &Calendar| calendar.time_zone().to_owned();
    let time_zone = instance.calendar().map_or_else(|| "UTC".to_owned(), zone_of);
    let due = clock.due.filter(|_| clock.state == ClockState::Running);
    let until = clock.until.max(due.unwrap_or(clock.until));
    // What begins with the end is not part of it.
    let run = instance.run(if clock.state.stopped().is_some() { until.plus(-1) } else { until });
    Explanation {
        pauses: pauses(&clock, instance, hours),
        days: days(&clock, &run, hours, &time_zone, until),
        time_zone,
        clock,
    }
}

fn pauses(clock: &Clock, instance: &Instance<'_>, hours: Hours<'_>) -> Vec<PauseLine> {
    let inside =
        |line: &PauseLine| line.to.is_none_or(|to| to > clock.start) && line.from < clock.until;
    let counted = |line: PauseLine| {
        let to = line.to.unwrap_or(clock.until).min(clock.until);
        PauseLine { open: hours.working(line.from.max(clock.start), to), ..line }
    };
    instance.pause_lines().into_iter().filter(inside).map(counted).collect()
}

fn days(
    clock: &Clock,
    run: &Run<'_>,
    hours: Hours<'_>,
    time_zone: &str,
    until: UtcMillis,
) -> Vec<DayLine> {
    let zone = TimeZoneDatabase::bundled().get(time_zone).unwrap_or(TimeZone::UTC);
    let mut lines = Vec::new();
    let (mut from, mut sum) = (clock.start, 0);
    while from < until && lines.len() < MOST_DAYS {
        let Some((date, midnight)) = next_midnight(from, &zone) else { break };
        let to = midnight.min(until);
        let (open, counted) = (hours.working(from, to), run.active(from, to));
        sum += counted;
        if open > 0 {
            let opens = match hours {
                Hours::Working(calendar) => {
                    calendar.hours_of(date).iter().map(ToString::to_string).collect()
                }
                Hours::Wall => Vec::new(),
            };
            lines.push(DayLine {
                date,
                hours: opens,
                from,
                to,
                open,
                paused: open - counted,
                counted,
                sum,
            });
        }
        from = to;
    }
    lines
}

/// The local date of an instant, and the instant at which that date ends.
fn next_midnight(at: UtcMillis, zone: &TimeZone) -> Option<(Date, UtcMillis)> {
    let date = zone.to_datetime(Timestamp::from_millisecond(at.0).ok()?).date();
    let mut tomorrow = date.tomorrow().ok()?;
    // A date that a zone skips ends where it would begin: go on to the next one.
    for _ in 0..2 {
        let midnight = tomorrow.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond();
        if midnight > at.0 {
            return Some((date, UtcMillis(midnight)));
        }
        tomorrow = tomorrow.tomorrow().ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::clock::Metric;
    use super::super::scenarios::{apply, book};
    use super::*;
    use crate::domain::id::TicketId;
    use crate::domain::ledger::Fact;
    use crate::domain::time::{DAY, HOUR, MINUTE};

    /// Monday, 5 January 2026, 10:00 UTC.
    const START: UtcMillis = UtcMillis(1_767_607_200_000);

    fn ledger(facts: &[(i64, Fact)]) -> Vec<LedgerEvent> {
        let ticket_id = TicketId(uuid::Uuid::nil());
        let line = |(seq, (at, fact)): (i64, &(i64, Fact))| LedgerEvent {
            ticket_id,
            seq,
            at: START.plus(*at),
            fact: fact.clone(),
        };
        (1..).zip(facts).map(line).collect()
    }

    fn status(to: TicketStatus) -> Fact {
        Fact::Status { to }
    }

    /// The worked example of `docs/sla.md`: 4 h, paused from Monday 11:00 to Tuesday 10:00.
    #[test]
    fn the_days_add_up_to_the_target() {
        let facts = [
            (0, Fact::Escalated),
            (0, apply("office")),
            (HOUR, status(TicketStatus::Pending)),
            (DAY, status(TicketStatus::Open)),
        ];
        let all = explain(&ledger(&facts), &book(), START.plus(DAY + HOUR));
        let found = all.iter().find(|found| found.clock.metric == Metric::Resolution).unwrap();
        assert_eq!(found.clock.due, Some(START.plus(DAY + 3 * HOUR)), "Tuesday 13:00");
        let pause = PauseLine {
            from: START.plus(HOUR),
            to: Some(START.plus(DAY)),
            status: TicketStatus::Pending,
            open: 7 * HOUR,
        };
        assert_eq!(found.pauses, [pause]);
        let days: Vec<_> =
            found.days.iter().map(|d| (d.open, d.paused, d.counted, d.sum)).collect();
        let expected = [(7 * HOUR, 6 * HOUR, HOUR, HOUR), (4 * HOUR, HOUR, 3 * HOUR, 4 * HOUR)];
        assert_eq!(days, expected);
        assert_eq!(found.days[0].hours, ["09:00-17:00"]);
        assert_eq!(found.clock.elapsed, 2 * HOUR);
    }

    #[test]
    fn what_is_measured_only_is_explained_too() {
        let facts = [
            (0, Fact::Escalated),
            (0, apply("usual")),
            (90 * MINUTE, Fact::Resolved { agent: None }),
        ];
        let all = explain(&ledger(&facts), &book(), START.plus(DAY));
        let found = all.iter().find(|found| found.clock.metric == Metric::AgentWork).unwrap();
        let stopped = Some(START.plus(90 * MINUTE));
        assert_eq!(found.clock.state, ClockState::Unpromised { stopped });
        assert_eq!(found.days.last().map(|day| day.sum), Some(90 * MINUTE));
        assert_eq!(found.days.len(), 1);
    }
}

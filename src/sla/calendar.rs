//! Working time: half-open local intervals per date, turned into UTC date by date.
//!
//! A local time that a clock change skips or repeats is read the *compatible* way: a skipped one
//! moves forward, a repeated one is its first occurrence. Because of that, and because a night
//! shift may run into the next date's hours, working time is the *union* of all intervals.
//!
//! The union is kept in blocks with running sums, so that a question costs two searches, not a walk
//! over dates.

mod blocks;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan, Zoned};
use thiserror::Error;

use self::blocks::{Block, Blocks, number};
use super::hours::Shift;
use crate::domain::time::{DAY, UtcMillis};

/// Nothing before 1970 is working time: it bounds what a nonsense instant can cost.
const FIRST: i64 = 0;
/// Nothing from 2200 on is working time, for the same reason.
const LAST: i64 = 7_258_118_400_000;
/// How far ahead [`Calendar::after`] looks.
const HORIZON: i64 = 3_653 * DAY;

/// A calendar: half-open local intervals per date, in one time zone.
#[derive(Clone)]
pub struct Calendar {
    zone: TimeZone,
    name: String,
    week: [Vec<Shift>; 7],
    dates: BTreeMap<Date, Vec<Shift>>,
    /// Made from all of the above, and shared by clones.
    blocks: Arc<Blocks>,
}

/// The time zone database does not hold the name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no time zone: use an IANA name such as Europe/Rome")]
pub struct UnknownZone(pub String);

impl Calendar {
    /// A calendar in a time zone (IANA name) of the bundled database, so that every replica
    /// computes the same; `week` begins on Monday, and `dates` replace the week's hours.
    ///
    /// # Errors
    /// The database does not know the zone.
    pub fn new(
        zone: &str,
        week: [Vec<Shift>; 7],
        dates: BTreeMap<Date, Vec<Shift>>,
    ) -> Result<Self, UnknownZone> {
        let found = TimeZoneDatabase::bundled().get(zone);
        let zone = found.map_err(|_| UnknownZone(zone.to_owned()))?;
        let name = zone.iana_name().unwrap_or("UTC").to_owned();
        Ok(Self { zone, name, week, dates, blocks: Arc::new(Blocks::until(LAST)) })
    }

    /// Working ms in `[from, to)`.
    #[must_use]
    pub fn working(&self, from: UtcMillis, to: UtcMillis) -> i64 {
        let (from, to) = (from.0.max(FIRST), to.0.min(LAST));
        if from >= to {
            return 0;
        }
        let before = |at| self.block(number(at)).map_or(0, |block| block.before(at));
        let whole = (number(from)..number(to)).filter_map(|number| self.block(number));
        whole.map(|block| block.total).sum::<i64>() + before(to) - before(from)
    }

    /// The smallest instant by which `amount` working ms have passed since `from`; `None` when the
    /// calendar never has that much (within 10 years).
    #[must_use]
    pub fn after(&self, from: UtcMillis, amount: i64) -> Option<UtcMillis> {
        if amount <= 0 {
            return Some(from);
        }
        let start = from.0.max(FIRST);
        let end = start.saturating_add(HORIZON).min(LAST);
        let mut left = amount.saturating_add(self.block(number(start))?.before(start));
        for block in (number(start)..=number(end)).filter_map(|number| self.block(number)) {
            if left <= block.total {
                return block.reach(left).filter(|&due| due <= end).map(UtcMillis);
            }
            left -= block.total;
        }
        None
    }

    /// Whether `at` is working time.
    #[must_use]
    pub fn is_open(&self, at: UtcMillis) -> bool {
        self.working(at, at.plus(1)) > 0
    }

    /// The first working instant at or after `at`.
    #[must_use]
    pub fn next_opening(&self, at: UtcMillis) -> Option<UtcMillis> {
        let at = at.0.max(FIRST);
        self.intervals(UtcMillis(at), UtcMillis(at.saturating_add(HORIZON)))
            .next()
            .map(|(open, _)| open)
    }

    /// The working intervals of `[from, to)`, ascending and apart.
    pub fn intervals(
        &self,
        from: UtcMillis,
        to: UtcMillis,
    ) -> impl Iterator<Item = (UtcMillis, UtcMillis)> {
        let (from, to) = (from.0.max(FIRST), to.0.min(LAST));
        let numbers = if from < to { number(from)..number(to) + 1 } else { 0..0 };
        let spans = numbers
            .filter_map(|number| self.block(number))
            .flat_map(move |block| block.from(from))
            .take_while(move |span| span.open < to)
            .map(move |span| (span.open.max(from), span.close.min(to)));
        united(spans).map(|(open, close)| (UtcMillis(open), UtcMillis(close)))
    }

    /// The calendar's time zone (IANA).
    #[must_use]
    pub fn time_zone(&self) -> &str {
        &self.name
    }

    /// An instant as its clocks show it; `None` outside of the years that have a date.
    #[must_use]
    pub fn local(&self, at: UtcMillis) -> Option<Zoned> {
        Timestamp::from_millisecond(at.0).ok().map(|at| at.to_zoned(self.zone.clone()))
    }

    /// Whether it has any hours at all.
    #[must_use]
    pub fn ever_opens(&self) -> bool {
        self.week.iter().chain(self.dates.values()).any(|shifts| !shifts.is_empty())
    }

    /// The hours of one local date.
    #[must_use]
    pub fn hours_of(&self, date: Date) -> &[Shift] {
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.dates.get(&date).or_else(|| self.week.get(weekday)).map_or(&[], Vec::as_slice)
    }

    fn block(&self, number: usize) -> Option<&Block> {
        self.blocks.get(number, |from, to| self.touching(from, to.min(LAST)))
    }

    /// The intervals that may touch `[from, to)` as UTC ms, in any order; they may overlap.
    fn touching(&self, from: i64, to: i64) -> Vec<(i64, i64)> {
        let mut found = Vec::new();
        // A shift of a date ends within two days of its midnight; both bounds allow for any offset.
        let mut date = utc_date(from).and_then(|date| date.checked_sub(3.days()).ok());
        let last = utc_date(to).and_then(|date| date.checked_add(2.days()).ok());
        while let Some(today) = date.filter(|&date| Some(date) <= last) {
            for shift in self.hours_of(today) {
                let open = self.instant(today, shift.open());
                let close = self.instant(today, shift.close());
                found.extend(open.zip(close).map(|(open, close)| (open, close.min(to))));
            }
            date = today.tomorrow().ok();
        }
        found
    }

    /// The instant of a local minute, counted from the midnight that begins `date`.
    fn instant(&self, date: Date, minute: u16) -> Option<i64> {
        let (date, minute) =
            if minute < 1440 { (date, minute) } else { (date.tomorrow().ok()?, minute - 1440) };
        let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
        let local = date.at(hour, minute, 0, 0);
        let instant = self.zone.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(instant.as_millisecond())
    }
}

/// Two calendars are equal when the same hours are written down for the same zone.
impl PartialEq for Calendar {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.week, &self.dates) == (&other.name, &other.week, &other.dates)
    }
}

impl Eq for Calendar {}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Calendar");
        shown.field("zone", &self.name).field("week", &self.week).field("dates", &self.dates);
        shown.finish_non_exhaustive()
    }
}

/// Joins intervals where one ends as the next begins: blocks cut them.
fn united(spans: impl Iterator<Item = (i64, i64)>) -> impl Iterator<Item = (i64, i64)> {
    let mut spans = spans.peekable();
    std::iter::from_fn(move || {
        let (open, mut close) = spans.next()?;
        while let Some((_, later)) = spans.next_if(|&(next, _)| next == close) {
            close = later;
        }
        Some((open, close))
    })
}

fn utc_date(at: i64) -> Option<Date> {
    Timestamp::from_millisecond(at).ok().map(|at| TimeZone::UTC.to_datetime(at).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{HOUR, MINUTE};

    fn shifts(written: &str) -> Vec<Shift> {
        written.split_whitespace().map(|shift| shift.parse().unwrap()).collect()
    }

    /// Seven days from Monday, separated by `|`; one alone is every day.
    fn calendar(zone: &str, week: &str, dates: &[(&str, &str)]) -> Calendar {
        let days: Vec<&str> = week.split('|').collect();
        let week = std::array::from_fn(|day| shifts(days[day % days.len()]));
        let dates = dates.iter().map(|(date, hours)| (date.parse().unwrap(), shifts(hours)));
        Calendar::new(zone, week, dates.collect()).unwrap()
    }

    fn nine_to_five(zone: &str, dates: &[(&str, &str)]) -> Calendar {
        let day = "09:00-17:00";
        calendar(zone, &format!("{day}|{day}|{day}|{day}|{day}||"), dates)
    }

    /// An instant such as `2026-01-30T16:30Z`.
    fn at(written: &str) -> UtcMillis {
        UtcMillis(written.parse::<Timestamp>().unwrap().as_millisecond())
    }

    fn assert_due(calendar: &Calendar, start: &str, target: i64, due: &str) {
        let (start, due) = (at(start), at(due));
        assert_eq!(calendar.after(start, target).unwrap().to_string(), due.to_string());
        assert_eq!(calendar.working(start, due), target, "the deadline holds the target");
        assert_eq!(calendar.working(start, due.plus(-1)), target - 1, "and no later one is needed");
    }

    #[test]
    fn weekends_and_closing_times() {
        let office = nine_to_five("UTC", &[]);
        assert_due(&office, "2026-01-30T16:30Z", HOUR, "2026-02-02T09:30Z");
        assert_due(&office, "2026-01-30T17:00Z", 30 * MINUTE, "2026-02-02T09:30Z");
        assert_due(&office, "2026-01-30T16:00Z", HOUR, "2026-01-30T17:00Z");
    }

    #[test]
    fn split_shifts() {
        let sao_paulo = calendar("America/Sao_Paulo", "08:00-12:00 13:30-18:00", &[]);
        assert_due(&sao_paulo, "2026-04-06T12:30-03:00", 30 * MINUTE, "2026-04-06T14:00-03:00");
    }

    #[test]
    fn a_night_runs_on_into_a_closed_date() {
        let week = "09:00-18:00|09:00-18:00|09:00-18:00|09:00-18:00|22:00-06:00|10:00-12:00|";
        let milan = calendar("Europe/Rome", week, &[("2026-05-09", "")]);
        assert_due(&milan, "2026-05-08T23:00+02:00", 4 * HOUR, "2026-05-09T03:00+02:00");
        assert_due(&milan, "2026-05-09T05:00+02:00", 2 * HOUR, "2026-05-11T10:00+02:00");
    }

    #[test]
    fn a_night_pauses_by_day() {
        let nights = calendar("Europe/Madrid", "21:00-02:00", &[]);
        assert_due(&nights, "2026-05-05T01:30+02:00", HOUR, "2026-05-05T21:30+02:00");
    }

    #[test]
    fn a_day_of_a_clock_change_has_23_or_25_hours() {
        for hours in ["00:00-24:00", "00:00-00:00", "09:00-09:00", "00:00-12:00 12:00-24:00"] {
            let always = calendar("Europe/Madrid", hours, &[]);
            let day = |from, to| always.working(at(from), at(to)) / 1000;
            assert_eq!(day("2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"), 82_800, "{hours}");
            assert_eq!(day("2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"), 90_000, "{hours}");
        }
    }

    #[test]
    fn nights_of_a_clock_change() {
        let nights = calendar("Europe/Madrid", "22:00-06:00", &[]);
        assert_due(&nights, "2026-03-28T23:00+01:00", 4 * HOUR, "2026-03-29T04:00+02:00");
        assert_due(&nights, "2026-10-24T23:00+02:00", 4 * HOUR, "2026-10-25T02:00+01:00");
    }

    #[test]
    fn holidays_and_half_days() {
        let dates = [("2026-07-03", ""), ("2026-12-24", "09:00-12:00"), ("2026-12-25", "")];
        let york = nine_to_five("America/New_York", &dates);
        assert_due(&york, "2026-07-02T16:00-04:00", 2 * HOUR, "2026-07-06T10:00-04:00");
        assert_due(&york, "2026-12-24T11:00-05:00", 2 * HOUR, "2026-12-28T10:00-05:00");
    }

    #[test]
    fn skipped_and_repeated_local_times_are_read_the_compatible_way() {
        // On 29 March 02:00-03:00 does not exist; on 25 October it exists twice.
        let early = calendar("Europe/Madrid", "02:30-04:00", &[]);
        assert_eq!(
            early.next_opening(at("2026-03-29T00:00Z")),
            Some(at("2026-03-29T03:30+02:00")),
            "moved forward"
        );
        assert_eq!(
            early.next_opening(at("2026-10-25T00:00Z")),
            Some(at("2026-10-25T02:30+02:00")),
            "the first occurrence"
        );
        let folded = early.working(at("2026-10-25T00:00Z"), at("2026-10-25T23:00Z"));
        assert_eq!(folded, 150 * MINUTE, "the repeated hour counts");
    }

    #[test]
    fn what_falls_together_counts_once() {
        // 02:00-02:45 moves onto 03:00-03:45 in the gap; nights run into the next morning.
        let gap = calendar("Europe/Madrid", "02:00-02:45 03:00-04:00", &[]);
        assert_eq!(gap.working(at("2026-03-29T00:00Z"), at("2026-03-29T12:00Z")), HOUR);
        let nights = calendar("UTC", "20:00-08:00 08:00-12:00 06:00-07:00", &[]);
        assert_eq!(nights.working(at("2026-03-02T20:00Z"), at("2026-03-03T20:00Z")), 16 * HOUR);
    }

    #[test]
    fn a_day_that_never_was_holds_no_time() {
        let apia = calendar("Pacific/Apia", "22:00-06:00", &[]);
        let skipped = apia.working(at("2011-12-29T12:00-10:00"), at("2011-12-31T21:00+14:00"));
        assert_eq!(skipped, 8 * HOUR, "the night of 29 December, and none of the 30th");
        // The skipped Friday's hours move onto Saturday, where they begin after Saturday's own.
        let moved = calendar("Pacific/Apia", "||||09:00-10:00|08:00-09:30|", &[]);
        let both = moved.working(at("2011-12-29T12:00-10:00"), at("2011-12-31T21:00+14:00"));
        assert_eq!(both, 2 * HOUR);
    }

    #[test]
    fn opening_is_found_and_open_is_half_open() {
        let office = nine_to_five("UTC", &[]);
        assert!(office.is_open(at("2026-01-30T09:00Z")));
        assert!(!office.is_open(at("2026-01-30T17:00Z")));
        assert_eq!(office.next_opening(at("2026-01-30T17:00Z")), Some(at("2026-02-02T09:00Z")));
        assert_eq!(office.next_opening(at("2026-01-30T12:00Z")), Some(at("2026-01-30T12:00Z")));
        assert_eq!(calendar("europe/rome", "", &[]).time_zone(), "Europe/Rome");
    }

    #[test]
    fn nonsense_gives_an_answer() {
        let office = nine_to_five("UTC", &[("2026-01-30", "10:00-11:00")]);
        let (first, last) = (UtcMillis(i64::MIN), UtcMillis(i64::MAX));
        assert_eq!(office.working(last, first), 0);
        assert!(office.working(first, last) > 0);
        assert_eq!(office.after(last, 1), None);
        assert!(office.after(first, 1).is_some());
        assert_eq!(office.after(first, i64::MAX), None);
        assert_eq!(office.next_opening(last), None);
        assert_eq!(office.after(at("2026-01-30T00:00Z"), 0), Some(at("2026-01-30T00:00Z")));
        let closed = calendar("UTC", "", &[("2026-01-30", "10:00-11:00")]);
        assert_eq!(closed.after(at("2026-01-01T00:00Z"), HOUR), Some(at("2026-01-30T11:00Z")));
        assert_eq!(closed.after(at("2026-01-01T00:00Z"), HOUR + 1), None);
        assert!(
            Calendar::new("Europe/Roma", std::array::from_fn(|_| Vec::new()), BTreeMap::new())
                .is_err()
        );
    }
}

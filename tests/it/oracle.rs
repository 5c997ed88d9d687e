//! Working time against a slow oracle that walks minute by minute and shares no code with it.
//!
//! The oracle knows only what a wall clock shows at each minute (from the offsets of the zone), and
//! the definition: each date's shifts are local times, read the compatible way, and united.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use sportello::domain::source::SourceFile;
use sportello::domain::time::{DAY, HOUR, MINUTE, UtcMillis};
use sportello::sla::book::PolicyBook;
use sportello::sla::calendar::Calendar;
use sportello::sla::deadline::{active, due};
use sportello::sla::slices::slices;

/// Clock changes at midnight and by half an hour, odd offsets, a date that never was, a change of
/// two hours, a winter time below the standard one, and zones that gave changes up.
const ZONES: [&str; 20] = [
    "Europe/Rome",
    "Europe/Madrid",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Asuncion",
    "America/Santiago",
    "America/Caracas",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Pyongyang",
    "Asia/Gaza",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Antarctica/Troll",
    "UTC",
];
/// Minutes that the oracle looks at.
const SEEN: i64 = 16 * 24 * 60;
/// It begins this long before what is asked for.
const LEAD: i64 = 4 * DAY;

/// Open and close in minutes of their date; a close at or before the open is on the next date.
type Hours = Vec<(i64, i64)>;

/// A calendar as a person would write it.
#[derive(Clone, Debug)]
struct Written {
    zone: &'static str,
    week: [Hours; 7],
    dates: BTreeMap<Date, Hours>,
}

impl Written {
    fn of(&self, date: Date) -> &Hours {
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap();
        self.dates.get(&date).unwrap_or(&self.week[weekday])
    }

    fn calendar(&self) -> Calendar {
        let read = |hours: &Hours| {
            let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
            let shift = |&(open, close): &(i64, i64)| format!("{}-{}", clock(open), clock(close));
            hours.iter().map(|hours| shift(hours).parse().unwrap()).collect()
        };
        let dates = self.dates.iter().map(|(date, hours)| (*date, read(hours))).collect();
        Calendar::new(self.zone, self.week.each_ref().map(read), dates).unwrap()
    }
}

/// Which minutes of a stretch of time are open.
struct Oracle {
    /// The first minute, counted from the epoch.
    first: i64,
    open: Vec<bool>,
}

impl Oracle {
    fn new(written: &Written, around: i64) -> Self {
        let zone = TimeZoneDatabase::bundled().get(written.zone).unwrap();
        let first = (around - LEAD).div_euclid(MINUTE);
        // What the wall shows at each minute, and the first minute that shows it.
        let wall: Vec<i64> = (first..first + SEEN).map(|m| m + offset(&zone, m)).collect();
        let mut shown = HashMap::new();
        for (at, wall) in (0_usize..).zip(&wall) {
            shown.entry(*wall).or_insert(at);
        }
        let read = |local: i64| {
            shown.get(&local).copied().or_else(|| {
                // Skipped: as far behind the change as it would be with the offset before it.
                let change = wall.windows(2).position(|w| w[0] < local && local < w[1])? + 1;
                Some(change + usize::try_from(local - wall[change - 1] - 1).unwrap())
            })
        };
        let mut open = vec![false; wall.len()];
        let mut date = at(first * MINUTE).to_zoned(TimeZone::UTC).date() - 3.days();
        for _ in 0..SEEN / 1440 + 6 {
            let midnight = date.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second() / 60;
            for &(from, to) in written.of(date) {
                let to = if to <= from { to + 1440 } else { to };
                if let (Some(from), Some(to)) = (read(midnight + from), read(midnight + to)) {
                    let end = to.min(open.len());
                    (from.min(end)..end).for_each(|minute| open[minute] = true);
                }
            }
            date = date.tomorrow().unwrap();
        }
        Self { first, open }
    }

    /// Where the oracle's knowledge is whole: shifts that it has half seen are left out.
    fn end(&self) -> i64 {
        (self.first + SEEN) * MINUTE - 3 * DAY
    }

    /// Stretches of at most a minute in `[from, to)` that are open and in no pause.
    fn pieces(
        &self,
        from: i64,
        to: i64,
        pauses: &[(i64, i64)],
    ) -> impl Iterator<Item = (i64, i64)> {
        let minutes = from.div_euclid(MINUTE)..to.div_euclid(MINUTE) + 1;
        let open = |minute: i64| self.open[usize::try_from(minute - self.first).unwrap()];
        let cuts = move |minute: i64| {
            let (begin, end) = ((minute * MINUTE).max(from), ((minute + 1) * MINUTE).min(to));
            let inside =
                pauses.iter().flat_map(|&(a, b)| [a, b]).filter(|&at| begin < at && at < end);
            let mut cuts: Vec<i64> = inside.chain([begin, end]).collect();
            cuts.sort_unstable();
            cuts
        };
        let is_paused = |at: i64| pauses.iter().any(|&(a, b)| a <= at && at < b);
        minutes.filter(move |&minute| open(minute)).flat_map(move |minute| {
            let cuts = cuts(minute);
            let pieces =
                cuts.windows(2).map(|w| (w[0], w[1])).filter(|&(a, b)| a < b && !is_paused(a));
            pieces.collect::<Vec<_>>()
        })
    }

    fn working(&self, from: i64, to: i64, pauses: &[(i64, i64)]) -> i64 {
        if from >= to { 0 } else { self.pieces(from, to, pauses).map(|(a, b)| b - a).sum() }
    }

    /// `None` when it lies behind what the oracle sees.
    fn due(&self, from: i64, target: i64, pauses: &[(i64, i64)]) -> Option<i64> {
        let mut left = target;
        for (begin, end) in self.pieces(from, self.end(), pauses) {
            if left <= end - begin {
                return Some(begin + left);
            }
            left -= end - begin;
        }
        None
    }
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap()
}

/// Minutes east of UTC at a minute since the epoch.
fn offset(zone: &TimeZone, minute: i64) -> i64 {
    i64::from(zone.to_offset(at(minute * MINUTE)).seconds()) / 60
}

fn hours() -> impl Strategy<Value = Hours> {
    // Many at night, where clocks change.
    let hour = prop_oneof![0_i64..24, 0_i64..5, Just(23_i64)];
    let time =
        (hour, prop::sample::select(vec![0_i64, 1, 15, 30, 59])).prop_map(|(h, m)| h * 60 + m);
    let close = prop_oneof![4 => time.clone(), 1 => Just(1440)];
    prop::collection::vec((time, close), 0..3)
}

/// A calendar and an instant, most often near a clock change.
fn case() -> impl Strategy<Value = (Written, i64)> {
    let zone = prop::sample::select(ZONES.to_vec());
    let somewhere = 1_255_000_000_000_i64..1_830_000_000_000;
    let near = prop_oneof![3 => (-60 * HOUR..30 * HOUR).prop_map(Some), 1 => Just(None)];
    let week = prop::array::uniform7(hours());
    let dates = prop::collection::btree_map(-3_i64..8, hours(), 0..4);
    (zone, somewhere, near, week, dates).prop_map(|(zone, from, near, week, dates)| {
        let rules = TimeZoneDatabase::bundled().get(zone).unwrap();
        let change =
            rules.following(at(from)).next().map(|change| change.timestamp().as_millisecond());
        let from = near.zip(change).map_or(from, |(near, change)| change + near);
        let day = at(from).to_zoned(rules).date();
        let date = |after: i64| day.checked_add(after.days()).unwrap();
        let dates = dates.into_iter().map(|(after, hours)| (date(after), hours)).collect();
        (Written { zone, week, dates }, from)
    })
}

fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let length = prop_oneof![0..2 * HOUR, 0..2 * DAY, Just(MINUTE)];
    prop::collection::vec((-HOUR..4 * DAY, length), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 350, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_answer_is_the_oracles(
        (written, from) in case(), length in 0..6 * DAY, target in prop_oneof![1..30 * HOUR, (1_i64..900).prop_map(|m| m * MINUTE)],
        pauses in pauses(),
    ) {
        let (calendar, oracle) = (written.calendar(), Oracle::new(&written, from));
        let (start, to) = (UtcMillis(from), UtcMillis(from + length));
        let given: Vec<_> = pauses.iter().map(|&(a, long)| (from + a, from + a + long)).collect();
        let pauses: Vec<_> = given.iter().map(|&(a, b)| (UtcMillis(a), UtcMillis(b))).collect();
        prop_assert_eq!(calendar.working(start, to), oracle.working(from, to.0, &[]), "W");
        prop_assert_eq!(active(&calendar, start, to, &pauses), oracle.working(from, to.0, &given), "T");
        let pieces: i64 = slices(&calendar, start, to, &pauses).iter().map(|s| s.to.since(s.from)).sum();
        prop_assert_eq!(pieces, oracle.working(from, to.0, &given), "slices");
        if let Some(expected) = oracle.due(from, target, &[]) {
            prop_assert_eq!(calendar.after(start, target), Some(UtcMillis(expected)), "D");
        }
        if let Some(expected) = oracle.due(from, target, &given) {
            prop_assert_eq!(due(&calendar, start, target, &pauses), Some(UtcMillis(expected)), "D, paused");
        }
        let opening = oracle.pieces(from, oracle.end(), &[]).next().map(|(a, _)| UtcMillis(a));
        if opening.is_some() {
            prop_assert_eq!(calendar.next_opening(start), opening);
        }
        prop_assert_eq!(calendar.is_open(start), opening == Some(start));
    }

    #[test]
    fn any_policies_file_gives_an_answer(
        lines in prop::collection::vec("( {0,4}(calendars|c|time_zone|week|mon|dates|2026-02-30|holidays): ?(\\[\"[0-9:-]{3,11}\"\\]|Europe/Rome|x.ics|\\{|)|\\PC{0,20})", 0..8),
        ics in "(BEGIN:VCALENDAR\nBEGIN:VEVENT\n)?(DTSTART:2026[0-9]{4}\n)?\\PC{0,20}(\nEND:VEVENT\nEND:VCALENDAR)?",
    ) {
        let mut text = String::new();
        for line in lines {
            let _ = writeln!(text, "{line}");
        }
        let whole = "calendars: {c: {time_zone: Europe/Rome, week: {mon: [\"09:00-10:00\"]}, holidays: x.ics}}";
        for text in [text.as_str(), whole] {
            let file = SourceFile { name: "sla.yaml".to_owned(), text: text.to_owned() };
            let beside = SourceFile { name: "x.ics".to_owned(), text: ics.clone() };
            let (book, problems) = PolicyBook::check_with(&file, &[beside]);
            prop_assert!(book.is_some() || !problems.is_empty());
        }
    }
}

const BOOK: &str = "calendars:
  office:
    time_zone: Europe/Rome
    week: {mon: [\"09:00-17:00\"], tue: [\"09:00-17:00\"], fri: [\"09:00-17:00\"]}
    dates: {2026-12-29: [\"10:00-11:00\"]}
    holidays: italy.ics
";

fn check(ics: Option<&str>) -> (Option<PolicyBook>, Vec<String>) {
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.to_owned() };
    let beside: Vec<_> = ics.map(|text| file("shop/italy.ics", text)).into_iter().collect();
    let (book, problems) = PolicyBook::check_with(&file("shop/sla.yaml", BOOK), &beside);
    (book, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn holidays_close_whole_days_and_dates_win_over_them() {
    let ics = |day: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{day}\r\n\
             DTEND;VALUE=DATE:20261230\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    let (book, problems) = check(Some(&ics("20261228")));
    assert_eq!(problems, [""; 0]);
    let book = book.unwrap();
    let day = |month, day| {
        let from =
            jiff::civil::date(2026, month, day).to_zoned(TimeZone::get("Europe/Rome").unwrap());
        let from = UtcMillis(from.unwrap().timestamp().as_millisecond());
        book.calendars["office"].working(from, from.plus(DAY)) / HOUR
    };
    assert_eq!([day(12, 25), day(12, 28), day(12, 29), day(12, 31)], [8, 0, 1, 0]);
    let other = check(Some(&ics("20261227"))).0.unwrap();
    assert_ne!(book.version, other.version, "another holiday is another version");
    assert_ne!(book.calendars["office"], other.calendars["office"]);
}

#[test]
fn a_holiday_file_that_cannot_be_used_is_refused_where_it_is_wrong() {
    let says = |ics: Option<&str>, part: &str| {
        let (book, problems) = check(ics);
        assert!(book.is_none() && problems.len() == 1, "{problems:#?}");
        assert!(problems[0].starts_with(part), "{problems:#?}");
    };
    says(None, "shop/sla.yaml:6:15: there is no file `italy.ics`");
    says(Some("<html>"), "shop/italy.ics:1:1: this is no iCalendar file");
    says(
        Some("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2026\nEND:VEVENT\nEND:VCALENDAR"),
        "shop/italy.ics:3:9: `2026` is no date",
    );
}

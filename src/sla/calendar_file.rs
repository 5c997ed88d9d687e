//! Calendars as `sla.yaml` writes them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::calendar::Calendar;
use super::findings::Findings;
use super::hours::Shift;
use super::ical::{self, Beside};

type Shifts = Vec<Spanned<String>>;

/// One calendar, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarFile {
    time_zone: Spanned<String>,
    week: Week,
    #[serde(default)]
    dates: BTreeMap<String, Spanned<Shifts>>,
    holidays: Option<Spanned<String>>,
}

/// A missing day is closed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Week {
    mon: Shifts,
    tue: Shifts,
    wed: Shifts,
    thu: Shifts,
    fri: Shifts,
    sat: Shifts,
    sun: Shifts,
}

impl CalendarFile {
    /// The calendar, as far as it can be read; every problem goes to the findings.
    pub(super) fn read(
        &self,
        name: &str,
        beside: &Beside<'_>,
        findings: &mut Findings<'_>,
    ) -> Option<Calendar> {
        let week = self.week.days().map(|shifts| read_shifts(shifts, findings));
        let dates = self.read_dates(findings);
        let holidays = self.read_holidays(beside, findings);
        // A date that is written out wins over a holiday.
        let closed = holidays.into_iter().map(|date| (date, Vec::new()));
        let dates = closed.chain(dates).collect();
        let calendar = Calendar::new(&self.time_zone.value, week, dates);
        let calendar = findings.accept(&self.time_zone, calendar)?;
        if !calendar.ever_opens() {
            findings.error(&self.time_zone, format!("the calendar `{name}` is never open"));
        }
        self.warn_of_united_days(&calendar, findings);
        Some(calendar)
    }

    fn read_dates(&self, findings: &mut Findings<'_>) -> BTreeMap<Date, Vec<Shift>> {
        let mut dates = BTreeMap::new();
        for (written, shifts) in &self.dates {
            let hours = read_shifts(&shifts.value, findings);
            match read_date(written) {
                Some(date) => {
                    dates.insert(date, hours);
                }
                None => {
                    findings.error(shifts, format!("`{written}` is no date: write 2026-12-25"));
                }
            }
        }
        dates
    }

    fn read_holidays(&self, beside: &Beside<'_>, findings: &mut Findings<'_>) -> BTreeSet<Date> {
        let Some(written) = &self.holidays else { return BTreeSet::new() };
        let name = &written.value;
        if !ical::is_bare(name) {
            let message =
                format!("`{name}` must be the name of a file in the same folder: italy.ics");
            findings.error(written, message);
            return BTreeSet::new();
        }
        let Some(file) = beside.find(name) else {
            findings.error(written, format!("there is no file `{name}` beside this one to read"));
            return BTreeSet::new();
        };
        // An unknown zone is told by itself.
        let zone = TimeZoneDatabase::bundled().get(&self.time_zone.value).unwrap_or(TimeZone::UTC);
        ical::holidays(file, &zone).unwrap_or_else(|problems| {
            findings.elsewhere(problems);
            BTreeSet::new()
        })
    }

    /// Says where a night shift runs into the hours of the next day: both count once.
    fn warn_of_united_days(&self, calendar: &Calendar, findings: &mut Findings<'_>) {
        let days = self.week.days();
        for (place, shifts) in days.iter().enumerate() {
            let next = days[(place + 1) % 7];
            for (written, shift) in parsed(shifts) {
                if parsed(next).any(|(_, next)| shift.runs_into(next)) {
                    findings.warning(written, united(shift));
                }
            }
        }
        for (written, shifts) in &self.dates {
            let Some(date) = read_date(written) else { continue };
            let runs_into = |from: Option<Date>, to: Option<Date>| {
                let (from, to) = (from?, to?);
                let runs =
                    |shift: &&Shift| calendar.hours_of(to).iter().any(|n| shift.runs_into(*n));
                calendar.hours_of(from).iter().find(runs).copied()
            };
            let before = runs_into(date.yesterday().ok(), Some(date));
            if let Some(shift) = before.or_else(|| runs_into(Some(date), date.tomorrow().ok())) {
                findings.warning(shifts, united(shift));
            }
        }
    }
}

impl Week {
    fn days(&self) -> [&Shifts; 7] {
        [&self.mon, &self.tue, &self.wed, &self.thu, &self.fri, &self.sat, &self.sun]
    }
}

fn united(shift: Shift) -> String {
    format!("{shift} runs into the hours of the next day; the time they share counts once")
}

fn parsed(shifts: &Shifts) -> impl Iterator<Item = (&Spanned<String>, Shift)> {
    shifts.iter().filter_map(|written| Some((written, written.value.parse().ok()?)))
}

fn read_shifts(shifts: &Shifts, findings: &mut Findings<'_>) -> Vec<Shift> {
    let mut read: Vec<Shift> = Vec::new();
    for written in shifts {
        let Some(shift) = findings.accept(written, written.value.parse::<Shift>()) else {
            continue;
        };
        match read.iter().find(|earlier| earlier.overlaps(shift)) {
            Some(earlier) => {
                findings.error(written, format!("{shift} overlaps {earlier} of the same day"));
            }
            None => read.push(shift),
        }
    }
    read
}

fn read_date(written: &str) -> Option<Date> {
    if written.len() == 10 { written.parse().ok() } else { None }
}

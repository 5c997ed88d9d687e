//! Hours of the day as scenarios write them: shifts, opening hours, stretches of arrivals.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::findings::Findings;
use crate::domain::time::UtcMillis;
use crate::sla::calendar::Calendar;
use crate::sla::hours::Shift;
use crate::workforce::simulation::demand::Stretch;

/// The most arrivals per hour.
const MOST_PER_HOUR: f64 = 1_000_000.0;

/// The days of the week, as files write them.
pub(super) const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Opening hours; a missing day is closed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Opening {
    mon: Vec<Spanned<String>>,
    tue: Vec<Spanned<String>>,
    wed: Vec<Spanned<String>>,
    thu: Vec<Spanned<String>>,
    fri: Vec<Spanned<String>>,
    sat: Vec<Spanned<String>>,
    sun: Vec<Spanned<String>>,
}

impl Opening {
    fn week(&self, findings: &mut Findings<'_>) -> [Vec<Shift>; 7] {
        [&self.mon, &self.tue, &self.wed, &self.thu, &self.fri, &self.sat, &self.sun]
            .map(|day| shifts(day, findings))
    }
}

/// Shifts of one date: apart from each other.
pub(super) fn shifts(written: &[Spanned<String>], findings: &mut Findings<'_>) -> Vec<Shift> {
    let mut read: Vec<Shift> = Vec::new();
    for text in written {
        let Some(shift) = findings.accept(text, text.value.parse::<Shift>()) else { continue };
        match read.iter().find(|earlier| earlier.overlaps(shift)) {
            Some(earlier) => findings.error(text, format!("{shift} overlaps {earlier}")),
            None => read.push(shift),
        }
    }
    read
}

/// The days that a scenario spans.
pub(super) struct Span {
    pub(super) zone: TimeZone,
    pub(super) date: Date,
    pub(super) days: u32,
}

impl Span {
    /// Its dates.
    pub(super) fn dates(&self) -> impl Iterator<Item = Date> {
        (0..self.days).filter_map(|day| self.date.checked_add(i64::from(day).days()).ok())
    }

    /// The instant so many local minutes after the midnight that begins a date.
    pub(super) fn instant(&self, date: Date, minute: u16) -> Option<UtcMillis> {
        let after = SignedDuration::from_mins(i64::from(minute));
        let local = date.at(0, 0, 0, 0).checked_add(after).ok()?;
        let zoned = self.zone.to_ambiguous_zoned(local).compatible().ok()?;
        Some(UtcMillis(zoned.timestamp().as_millisecond()))
    }

    /// The first instant and the first after the last.
    pub(super) fn ends(&self) -> Option<(UtcMillis, UtcMillis)> {
        let last = self.dates().last()?;
        Some((self.instant(self.date, 0)?, self.instant(last, 24 * 60)?))
    }
}

/// The calendar of the opening hours; always open without.
pub(super) fn calendar(
    zone: &Spanned<String>,
    opening: Option<&Spanned<Opening>>,
    findings: &mut Findings<'_>,
) -> Option<Calendar> {
    let week = match opening {
        Some(opening) => opening.value.week(findings),
        None => std::array::from_fn(|_| "00:00-24:00".parse().into_iter().collect()),
    };
    let calendar = Calendar::new(&zone.value, week, BTreeMap::new());
    let calendar = findings.accept(zone, calendar)?;
    if let Some(opening) = opening.filter(|_| !calendar.ever_opens()) {
        findings.error(opening, "the opening hours name no hour: leave `opening` out for always");
    }
    Some(calendar)
}

/// The stretches of `{09-12: 60}`: arrivals per hour from 9 to 12 of each day.
pub(super) fn stretches(
    written: &Spanned<BTreeMap<String, Spanned<f64>>>,
    span: &Span,
    findings: &mut Findings<'_>,
) -> Vec<Stretch> {
    let mut hours: Vec<(u16, u16, f64)> = Vec::new();
    for (text, rate) in &written.value {
        if !(0.0..=MOST_PER_HOUR).contains(&rate.value) {
            findings.error(rate, "arrivals per hour are from 0 to 1000000");
            continue;
        }
        match stretch(text) {
            None => findings.error(
                rate,
                format!("`{text}` are no hours of the day: write 09-12 for 9 to 12 o'clock"),
            ),
            Some((from, to)) if hours.iter().any(|&(open, close, _)| from < close && open < to) => {
                findings.error(rate, format!("the hours {text} overlap others"));
            }
            Some((from, to)) => hours.push((from, to, rate.value)),
        }
    }
    if written.value.values().all(|rate| rate.value == 0.0) {
        findings.error(written, "nobody ever comes: write {09-18: 40} for 40 per hour");
    }
    hours.sort_unstable_by_key(|&(from, ..)| from);
    let of_day = |date: Date| {
        hours.iter().filter_map(move |&(from, to, per_hour)| {
            let (from, to) = (span.instant(date, from * 60)?, span.instant(date, to * 60)?);
            Some(Stretch { from, to, per_hour })
        })
    };
    span.dates().flat_map(of_day).filter(|stretch| stretch.to > stretch.from).collect()
}

/// `09-12`: two whole hours from 0 to 24, the second later.
fn stretch(text: &str) -> Option<(u16, u16)> {
    let (from, to) = text.split_once('-')?;
    let hour = |part: &str| {
        let is_short = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u16>().ok().filter(|hour| is_short && *hour <= 24)
    };
    let (from, to) = (hour(from.trim())?, hour(to.trim())?);
    (from < to).then_some((from, to))
}

//! The parts of a rule as they are written: `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`.

use std::ops::RangeInclusive;

use jiff::civil::{DateTime, Weekday};

use super::{Frequency, Rule};
use crate::sla::ical::Broken;
use crate::sla::ical::event::date_time;
use crate::sla::ical::line::{Property, parts};

const DAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

/// What a rule may say.
const UNDERSTOOD: &str = "FREQ, INTERVAL, COUNT, UNTIL, WKST, BYMONTH, \
     BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYDAY and BYSETPOS";

pub(super) fn read(property: &Property<'_>, start: DateTime) -> Result<Rule, Broken> {
    let mut rule = Rule {
        frequency: frequency(property)?,
        interval: 1,
        count: None,
        until: None,
        week_start: Weekday::Monday,
        months: Vec::new(),
        month_days: Vec::new(),
        year_days: Vec::new(),
        weeks: Vec::new(),
        weekdays: Vec::new(),
        places: Vec::new(),
    };
    for (at, part) in parts(property.value.trim_end(), ';').filter(|(_, part)| !part.is_empty()) {
        let at = property.at + at;
        let (name, value) = part
            .split_once('=')
            .ok_or_else(|| Broken::new(at, format!("`{part}` is no part of a rule")))?;
        rule.take(&name.to_ascii_uppercase(), value).map_err(|message| Broken { at, message })?;
    }
    rule.complete(start);
    rule.check().map_err(|message| Broken { at: property.at, message })?;
    Ok(rule)
}

fn frequency(property: &Property<'_>) -> Result<Frequency, Broken> {
    let is_frequency = |part: &str| part.get(..5).is_some_and(|p| p.eq_ignore_ascii_case("FREQ="));
    let found = parts(property.value.trim_end(), ';').find(|(_, part)| is_frequency(part));
    let (at, part) = found
        .ok_or_else(|| Broken::new(property.at, "a rule needs a frequency, as in FREQ=YEARLY"))?;
    match part[5..].to_ascii_uppercase().as_str() {
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "YEARLY" => Ok(Frequency::Yearly),
        _ => Err(Broken::new(
            property.at + at,
            format!("`{part}`: a holiday comes back DAILY, WEEKLY, MONTHLY or YEARLY"),
        )),
    }
}

impl Rule {
    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "FREQ" => {}
            "INTERVAL" => self.interval = number(value, 1..=99_999)?,
            "COUNT" => self.count = Some(number(value, 1..=u32::MAX)?),
            "UNTIL" => self.until = Some(until(value)?),
            "WKST" => self.week_start = weekday(value)?,
            "BYMONTH" => self.months = list(value, |one| number(one, 1..=12))?,
            "BYMONTHDAY" => self.month_days = list(value, |one| signed(one, 31))?,
            "BYYEARDAY" => self.year_days = list(value, |one| signed(one, 366))?,
            "BYWEEKNO" => self.weeks = list(value, |one| signed(one, 53))?,
            "BYDAY" => self.weekdays = list(value, nth_weekday)?,
            "BYSETPOS" => self.places = list(value, |one| signed(one, 366))?,
            _ => return Err(format!("`{name}` is not understood; a rule may say {UNDERSTOOD}")),
        }
        Ok(())
    }

    /// What the rule leaves open is as in the event's own date.
    fn complete(&mut self, start: DateTime) {
        let days = self.weeks.is_empty()
            && self.year_days.is_empty()
            && self.month_days.is_empty()
            && self.weekdays.is_empty();
        match self.frequency {
            Frequency::Yearly if days => {
                if self.months.is_empty() {
                    self.months.push(i16::from(start.month()));
                }
                self.month_days.push(i16::from(start.day()));
            }
            Frequency::Monthly if days => self.month_days.push(i16::from(start.day())),
            Frequency::Weekly if days => self.weekdays.push((0, start.weekday())),
            _ => {}
        }
    }

    fn check(&self) -> Result<(), String> {
        let counted = self.weekdays.iter().any(|&(nth, _)| nth != 0);
        let in_weeks = matches!(self.frequency, Frequency::Daily | Frequency::Weekly);
        if counted && (in_weeks || !self.weeks.is_empty()) {
            return Err("an nth weekday needs a month or a year to count in".to_owned());
        }
        if !self.weeks.is_empty() && self.frequency != Frequency::Yearly {
            return Err("BYWEEKNO needs FREQ=YEARLY".to_owned());
        }
        if self.count.is_some() && self.until.is_some() {
            return Err("a rule has COUNT or UNTIL, not both".to_owned());
        }
        Ok(())
    }
}

fn list<T>(value: &str, one: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    value.split(',').map(|written| one(written.trim())).collect()
}

fn number<T>(written: &str, range: RangeInclusive<T>) -> Result<T, String>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let read = written.trim().parse().ok().filter(|number| range.contains(number));
    read.ok_or_else(|| {
        format!("`{written}` is no number from {} to {}", range.start(), range.end())
    })
}

/// A number that counts from the end when it is negative, and is never 0.
fn signed(written: &str, most: i16) -> Result<i16, String> {
    let read = written.parse().ok().filter(|&n: &i16| n != 0 && (-most..=most).contains(&n));
    read.ok_or_else(|| format!("`{written}` is no number from 1 to {most} or -{most} to -1"))
}

fn weekday(written: &str) -> Result<Weekday, String> {
    let found = DAYS.iter().find(|(name, _)| written.trim().eq_ignore_ascii_case(name));
    found
        .map(|&(_, day)| day)
        .ok_or_else(|| format!("`{written}` is no weekday: they are MO, TU, WE, TH, FR, SA and SU"))
}

fn nth_weekday(written: &str) -> Result<(i16, Weekday), String> {
    let letters = written.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(written.len());
    let (nth, day) = written.split_at(letters);
    let nth = if nth.is_empty() { 0 } else { signed(nth, 53)? };
    Ok((nth, weekday(day)?))
}

/// A date alone includes its whole day.
fn until(value: &str) -> Result<DateTime, String> {
    let written = value.trim().trim_end_matches('Z');
    let read = date_time(written).ok_or_else(|| format!("`{value}` is no date, as in 20301231"))?;
    Ok(if written.len() == 8 { read.date().at(23, 59, 59, 0) } else { read })
}

//! Repetition by whole days: `RRULE` with daily to yearly frequency.
//!
//! A period (a day, week, month or year) offers its dates; each `BY…` part that is given keeps some
//! of them. What repeats more often than daily is no holiday and is refused.

mod parts;
mod period;

use jiff::civil::{Date, DateTime, Weekday};
use thiserror::Error;

use super::Broken;
use super::line::Property;

/// How many dates may be looked at for one file.
const MOST_DATES: usize = 1_000_000;

/// The dates that may still be looked at: bounds what a hostile file costs.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MOST_DATES)
    }
}

/// The budget is used up.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("too many dates")]
pub(super) struct TooMany;

impl Budget {
    /// Takes some dates off.
    pub(super) const fn spend(&mut self, dates: usize) -> Result<(), TooMany> {
        match self.0.checked_sub(dates) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err(TooMany),
        }
    }
}

/// How often a rule comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// One `RRULE`.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    frequency: Frequency,
    interval: i32,
    count: Option<u32>,
    /// The last moment, by the event's own clock.
    until: Option<DateTime>,
    week_start: Weekday,
    months: Vec<i16>,
    /// Negative ones count from the end, here and below.
    month_days: Vec<i16>,
    year_days: Vec<i16>,
    weeks: Vec<i16>,
    /// With an ordinal: the nth of its month or year; 0 is every one.
    weekdays: Vec<(i16, Weekday)>,
    places: Vec<i16>,
}

impl Rule {
    /// Reads a rule of an event that starts at `start`.
    pub(super) fn read(property: &Property<'_>, start: DateTime) -> Result<Self, Broken> {
        parts::read(property, start)
    }

    /// The dates on which it comes back, ascending, up to 2199.
    pub(super) fn dates(&self, start: DateTime, budget: &mut Budget) -> Result<Vec<Date>, TooMany> {
        let mut found: Vec<Date> = Vec::new();
        let mut left = self.count.unwrap_or(u32::MAX);
        let mut period = self.first_period(start.date());
        while let Some(begin) = period.filter(|begin| begin.year() < 2200) {
            let offered = self.offered(begin);
            budget.spend(offered.len() + 1)?;
            let kept = offered.into_iter().filter(|&date| self.keeps(date)).collect();
            for date in self.placed(kept) {
                let at = date.to_datetime(start.time());
                if date < start.date() {
                    continue;
                }
                if left == 0 || self.until.is_some_and(|until| at > until) {
                    return Ok(found);
                }
                left -= 1;
                found.push(date);
            }
            if self.until.is_some_and(|until| begin.to_datetime(start.time()) > until) {
                return Ok(found);
            }
            period = self.next_period(begin);
        }
        Ok(found)
    }

    /// The places that `BYSETPOS` wants among the kept dates of one period.
    fn placed(&self, kept: Vec<Date>) -> Vec<Date> {
        if self.places.is_empty() {
            return kept;
        }
        let length = i16::try_from(kept.len()).unwrap_or(i16::MAX);
        let wanted =
            |place: i16| self.places.iter().any(|&p| p == place || p == place - length - 1);
        (1..).zip(kept).filter(|&(place, _)| wanted(place)).map(|(_, date)| date).collect()
    }
}

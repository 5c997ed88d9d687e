//! Periods of a rule: which dates each offers, and which of them the rule keeps.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Frequency, Rule};

impl Rule {
    /// The beginning of the period that the first date lies in.
    pub(super) fn first_period(&self, start: Date) -> Option<Date> {
        match self.frequency {
            Frequency::Daily => Some(start),
            Frequency::Weekly => week_of(start, self.week_start),
            Frequency::Monthly => Some(start.first_of_month()),
            Frequency::Yearly => Some(start.first_of_year()),
        }
    }

    /// The beginning of the next period; `None` at the end of all dates.
    pub(super) fn next_period(&self, begin: Date) -> Option<Date> {
        let interval = match self.frequency {
            Frequency::Daily => self.interval.days(),
            Frequency::Weekly => self.interval.weeks(),
            Frequency::Monthly => self.interval.months(),
            Frequency::Yearly => i64::from(self.interval).min(9_999).years(),
        };
        begin.checked_add(interval).ok()
    }

    /// The dates of a period that are worth a look, ascending.
    pub(super) fn offered(&self, begin: Date) -> Vec<Date> {
        match self.frequency {
            Frequency::Daily => vec![begin],
            Frequency::Weekly => begin.series(1.day()).take(7).collect(),
            Frequency::Monthly => self.of_month(begin),
            Frequency::Yearly => {
                let months = (1..=12).filter(|month| self.has_month(*month));
                let begins = months.filter_map(|month| Date::new(begin.year(), month, 1).ok());
                begins.flat_map(|begin| self.of_month(begin)).collect()
            }
        }
    }

    fn of_month(&self, begin: Date) -> Vec<Date> {
        let length = i16::from(begin.days_in_month());
        let days = (1..=length).filter(|&day| self.has_month_day(day, length));
        days.filter_map(|day| Date::new(begin.year(), begin.month(), i8::try_from(day).ok()?).ok())
            .collect()
    }

    /// Whether every part of the rule that is given keeps the date.
    pub(super) fn keeps(&self, date: Date) -> bool {
        self.has_month(date.month())
            && self.has_month_day(i16::from(date.day()), i16::from(date.days_in_month()))
            && has(&self.year_days, date.day_of_year(), date.days_in_year())
            && (self.weekdays.is_empty() || self.weekdays.iter().any(|&day| self.is_nth(date, day)))
            && self.has_week(date)
    }

    fn has_month(&self, month: i8) -> bool {
        self.months.is_empty() || self.months.contains(&i16::from(month))
    }

    fn has_month_day(&self, day: i16, length: i16) -> bool {
        has(&self.month_days, day, length)
    }

    fn is_nth(&self, date: Date, (nth, weekday): (i16, Weekday)) -> bool {
        if date.weekday() != weekday {
            return false;
        }
        let in_year = self.frequency == Frequency::Yearly && self.months.is_empty();
        let (day, length) = if in_year {
            (date.day_of_year(), date.days_in_year())
        } else {
            (i16::from(date.day()), i16::from(date.days_in_month()))
        };
        nth == 0 || nth == (day - 1) / 7 + 1 || nth == -((length - day) / 7 + 1)
    }

    fn has_week(&self, date: Date) -> bool {
        if self.weeks.is_empty() {
            return true;
        }
        // The fourth day of a week lies in the year that the week belongs to; 28 December lies in
        // that year's last week.
        let number = |date: Date| {
            let middle = week_of(date, self.week_start)?.checked_add(3.days()).ok()?;
            Some(((middle.day_of_year() - 1) / 7 + 1, middle.year()))
        };
        let Some((week, year)) = number(date) else { return false };
        let last = Date::new(year, 12, 28).ok().and_then(number);
        last.is_some_and(|(last, _)| has(&self.weeks, week, last))
    }
}

/// Whether a list that may count from the end holds a place; an empty list holds every one.
fn has(list: &[i16], place: i16, length: i16) -> bool {
    list.is_empty() || list.iter().any(|&one| one == place || one == place - length - 1)
}

/// The first day of the week that a date lies in.
fn week_of(date: Date, week_start: Weekday) -> Option<Date> {
    date.checked_sub(i64::from(week_start.until(date.weekday())).days()).ok()
}

//! Opening hours of one date: shifts in local time.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

const MINUTES_OF_DAY: u16 = 24 * 60;

/// One half-open shift in local minutes from the midnight that begins its date. It belongs to the
/// date on which it opens, also when it closes on the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shift {
    open: u16,
    close: u16,
}

/// The text is no shift.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` are no opening hours: write \"09:00-13:00\"; a close at or before the open is on the \
     next day, and 24:00 is midnight at the end of the day"
)]
pub struct ShiftError(String);

impl Shift {
    /// When it opens, in minutes from midnight: 0 to 1439.
    pub const fn open(self) -> u16 {
        self.open
    }

    /// When it closes, in minutes from the same midnight: past 1440 it is on the next date.
    pub const fn close(self) -> u16 {
        self.close
    }

    /// Whether both hold some minute of the same date's count.
    pub const fn overlaps(self, other: Self) -> bool {
        self.open < other.close && other.open < self.close
    }

    /// Whether it runs past midnight into what `next` (a shift of the next date) covers.
    pub const fn runs_into(self, next: Self) -> bool {
        self.close > MINUTES_OF_DAY + next.open
    }
}

impl FromStr for Shift {
    type Err = ShiftError;

    fn from_str(text: &str) -> Result<Self, ShiftError> {
        let wrong = || ShiftError(text.to_owned());
        let (open, close) = text.split_once('-').ok_or_else(wrong)?;
        let open = minute(open.trim()).filter(|&open| open < MINUTES_OF_DAY).ok_or_else(wrong)?;
        let close = minute(close.trim()).ok_or_else(wrong)?;
        Ok(Self { open, close: if close > open { close } else { close + MINUTES_OF_DAY } })
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let close =
            if self.close > MINUTES_OF_DAY { self.close - MINUTES_OF_DAY } else { self.close };
        let (open_hour, open_minute) = (self.open / 60, self.open % 60);
        write!(f, "{open_hour:02}:{open_minute:02}-{:02}:{:02}", close / 60, close % 60)
    }
}

/// `HH:MM`, `00:00` to `24:00`, in minutes.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !(1..=2).contains(&hours.len()) || minutes.len() != 2 || !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= MINUTES_OF_DAY).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(text: &str) -> Shift {
        text.parse().unwrap()
    }

    #[test]
    fn closing_at_or_before_opening_is_the_next_day() {
        let ends = |text| (shift(text).open(), shift(text).close());
        assert_eq!(ends("09:00-18:00"), (540, 1080));
        assert_eq!(ends("22:00-06:00"), (1320, 1800));
        assert_eq!(ends("00:00-24:00"), (0, 1440));
        assert_eq!(ends("00:00-00:00"), (0, 1440));
        assert_eq!(ends("9:00-9:00"), (540, 1980));
        assert_eq!(ends("22:00-24:00"), (1320, 1440));
        assert_eq!(shift("22:00-06:00").to_string(), "22:00-06:00");
        assert_eq!(shift("0:00-24:00").to_string(), "00:00-24:00");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "9-18", "09:00", "09:60-10:00", "24:00-25:00", "09:00-24:01", "+9:00-10:00"]
        {
            assert!(text.parse::<Shift>().is_err(), "{text}");
        }
    }

    #[test]
    fn touching_is_no_overlap() {
        assert!(!shift("09:00-13:00").overlaps(shift("13:00-18:00")));
        assert!(shift("09:00-13:01").overlaps(shift("13:00-18:00")));
        assert!(!shift("22:00-06:00").overlaps(shift("05:00-07:00")), "another night");
        assert!(shift("22:00-06:00").runs_into(shift("05:00-07:00")));
        assert!(!shift("22:00-06:00").runs_into(shift("06:00-07:00")));
    }
}

//! Durations as people write them: `90s`, `15m`, `4h`, `1d`, `1h30m`.

use thiserror::Error;

use crate::domain::time::{DAY, HOUR, MINUTE, SECOND};

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DurationError {
    /// Not a number with a unit, or several of them.
    #[error(
        "`{0}` is no duration: write a whole number and a unit, as in 90s, 15m, 4h or 1d (24h)"
    )]
    Shape(String),
    /// Zero, or negative.
    #[error("`{0}` must be longer than nothing")]
    NotPositive(String),
    /// More than a year.
    #[error("`{0}` is longer than a year (365d)")]
    TooLong(String),
}

/// Reads a duration of more than nothing and at most 365 days, in milliseconds. `1d` is 24 hours:
/// counted on a calendar it is 24 *working* hours, not one working day.
///
/// # Errors
/// No number with a unit, nothing or less, or more than a year.
pub fn parse(text: &str) -> Result<i64, DurationError> {
    let written = text.trim();
    if written.strip_prefix('-').is_some_and(|rest| sum(rest).is_some()) {
        return Err(DurationError::NotPositive(text.to_owned()));
    }
    match sum(written) {
        None => Err(DurationError::Shape(text.to_owned())),
        Some(0) => Err(DurationError::NotPositive(text.to_owned())),
        Some(millis) if millis > 365 * DAY => Err(DurationError::TooLong(text.to_owned())),
        Some(millis) => Ok(millis),
    }
}

/// The sum of all parts, saturating; `None` when some part is no number with a unit.
fn sum(mut rest: &str) -> Option<i64> {
    let mut total = 0_i64;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = rest.split_at(digits);
        let mut letters = tail.chars();
        let unit = match letters.next()? {
            's' => SECOND,
            'm' => MINUTE,
            'h' => HOUR,
            'd' => DAY,
            _ => return None,
        };
        // A number too long for 64 bits is certainly more than a year.
        let number =
            if number.is_empty() { return None } else { number.parse().unwrap_or(i64::MAX) };
        total = total.saturating_add(unit.saturating_mul(number));
        rest = letters.as_str();
        if rest.is_empty() {
            return Some(total);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(parse("90s"), Ok(90_000));
        assert_eq!(parse("15m"), Ok(15 * MINUTE));
        assert_eq!(parse("4h"), Ok(4 * HOUR));
        assert_eq!(parse("1d"), Ok(24 * HOUR));
        assert_eq!(parse("1h30m"), Ok(90 * MINUTE));
        assert_eq!(parse("365d"), Ok(365 * DAY));
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        for text in ["", "15", "m", "4 h", "4x", "1h30", "h4", "٣m", "1.5h"] {
            assert!(matches!(parse(text), Err(DurationError::Shape(_))), "{text}");
        }
        for text in ["0m", "-4h", "0h0s"] {
            assert!(matches!(parse(text), Err(DurationError::NotPositive(_))), "{text}");
        }
        for text in ["366d", "365d1s", "99999999999999999999999h", "9223372036854775807d"] {
            assert!(matches!(parse(text), Err(DurationError::TooLong(_))), "{text}");
        }
    }
}

//! Payment card numbers: 12 to 19 digits of a known network whose last one is the check digit
//! (ISO/IEC 7812, Luhn).

use super::Kind;
use super::signs::Signs;

const LONGEST: usize = 19;
const SHORTEST: usize = 12;

/// The longest card number that begins at a place.
pub(super) fn at(signs: &Signs, at: usize) -> Option<(usize, Kind)> {
    if !signs.begins(at) {
        return None;
    }
    let digits = digits(signs, at);
    let lengths = (SHORTEST..=digits.len()).rev();
    let ends = |length: &usize| is_end(signs, at + length);
    let mut fitting = lengths.filter(ends).filter(|length| issued(&digits, *length));
    fitting.find(|length| luhn(&digits[..*length])).map(|length| (length, Kind::Card))
}

/// The digits of one number from a place on, at most 19.
fn digits(signs: &Signs, at: usize) -> Vec<u32> {
    let mut digits: Vec<u32> = signs.digit(at).into_iter().collect();
    while let Some(digit) = signs.digit(at + digits.len())
        && !digits.is_empty()
        && digits.len() < LONGEST
        && signs.follows(at + digits.len())
    {
        digits.push(digit);
    }
    digits
}

/// Whether no digit touches the number's end.
fn is_end(signs: &Signs, end: usize) -> bool {
    signs.is_parted(end) || signs.digit(end).is_none()
}

/// Whether a network issues numbers of that length that begin so.
fn issued(digits: &[u32], length: usize) -> bool {
    let start =
        |count: usize| digits.iter().take(count).fold(0, |number, digit| number * 10 + digit);
    match (start(1), start(2), start(4)) {
        (4, ..) => matches!(length, 13 | 16 | 18 | 19),
        (_, 34 | 37, _) => length == 15,
        (_, 36, _) => (14..=19).contains(&length),
        (_, 38 | 39, _) | (_, _, 3000..=3059 | 3095) => matches!(length, 14 | 16..=19),
        (_, 35, _) => (15..=19).contains(&length),
        (_, 51..=55, _) | (_, _, 2221..=2720) => length == 16,
        (_, 50 | 56..=58 | 63 | 67, _) => (12..=19).contains(&length),
        // Shorter ones are parcels and telephones.
        (6, ..) | (_, _, 2200..=2205 | 9792) | (_, 81, _) => (16..=19).contains(&length),
        _ => false,
    }
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits.iter().rev().enumerate().fold(0, |sum, (at, digit)| {
        let value = if at % 2 == 1 { digit * 2 } else { *digit };
        sum + value / 10 + value % 10
    });
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

//! Dates by distance, by week and month, and by the name of a feast.

use jiff::ToSpan;
use jiff::civil::Date;
use regex::Captures;

use super::{WEEKDAYS, after, dated_near, number};
use crate::nlu::entity::count::in_words;

/// A number in digits or words, and a unit of days, weeks, months or years.
pub(super) const DISTANCE: &str = r"(?P<q>\d{1,3}|un paio di|a couple of|an?|un[oa]?|[a-z]{3,14}(?:-[a-z]{3,5})?)\s(?P<u>giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|days?|weeks?|months?|years?)";
/// A week, month, year or weekend, and whether it is the next or the last.
pub(super) const PERIOD: &str = r"(?P<w>prossim[oa]|scors[oa]|quest[oa]|next|last|this)\s(?P<p>settimana|mese|anno|weekend|week-end|fine settimana|week|month|year)|(?P<p2>settimana|mese|anno|weekend|week-end|fine settimana)\s(?P<w2>prossim[oa]|scors[oa]|passat[oa]|che viene)";
/// The end of the month.
pub(super) const MONTHS_END: &str = r"(?:a\s|per\s)?fine (?:del )?mese|end of (?:the|this) month";
/// A weekday of the next week.
pub(super) const NEXT_WEEKS: &str =
    r"(?:\s(?:della|of))?\s(?:settimana prossima|prossima settimana|next week)";
/// Feasts that have the same day every year.
pub(super) const FEASTS: &str = r"vigilia di natale|christmas eve|(?:giorno di )?natale|christmas(?: day)?|santo stefano|boxing day|capodanno|new year'?s day|san silvestro|new year'?s eve|epifania|befana|epiphany|ferragosto|san valentino|valentine'?s day|halloween|ognissanti|all saints'? day|immacolata|festa della donna|festa dei lavoratori";

/// "Fra due settimane", "in 3 days", "two weeks from now".
pub(super) fn ahead(captures: &Captures<'_>, today: Date) -> Option<Date> {
    distant(captures, today, 1)
}

/// "Due settimane fa", "a month ago".
pub(super) fn ago(captures: &Captures<'_>, today: Date) -> Option<Date> {
    distant(captures, today, -1)
}

fn distant(captures: &Captures<'_>, today: Date, sign: i64) -> Option<Date> {
    let count = match captures.name("q")?.as_str() {
        "a" | "an" | "un" | "uno" | "una" => 1,
        "un paio di" | "a couple of" => 2,
        word => i64::from(number(captures, "q").or_else(|| in_words(word)?.try_into().ok())?),
    };
    let count = count * sign;
    let unit = captures.name("u")?.as_str();
    match unit.get(..2)? {
        "gi" | "da" => after(today, count),
        "se" | "we" => after(today, count * 7),
        "me" | "mo" => today.checked_add(count.months()).ok(),
        _ => today.checked_add(count.years()).ok(),
    }
}

/// The first day of a week (Monday), month or year; the Saturday of a weekend.
pub(super) fn period(captures: &Captures<'_>, today: Date) -> Option<Date> {
    let word = captures.name("w").or_else(|| captures.name("w2"))?.as_str();
    let what = captures.name("p").or_else(|| captures.name("p2"))?.as_str();
    let way = match word.get(..4)? {
        "pros" | "next" | "che " => 1,
        "scor" | "pass" | "last" => -1,
        _ => 0,
    };
    let monday = after(today, -i64::from(today.weekday().to_monday_zero_offset()))?;
    match what {
        "settimana" | "week" => after(monday, way * 7),
        "mese" | "month" => today.first_of_month().checked_add(way.months()).ok(),
        "anno" | "year" => today.first_of_year().checked_add(way.years()).ok(),
        _ => weekend(today, monday, way),
    }
}

/// The coming Saturday, or the one before this week.
fn weekend(today: Date, monday: Date, way: i64) -> Option<Date> {
    let saturday = after(monday, 5)?;
    match way {
        -1 => after(saturday, -7),
        1 if saturday <= today => after(saturday, 7),
        _ => Some(saturday),
    }
}

/// The last day of the month.
#[expect(clippy::unnecessary_wraps, reason = "read like every other spelling")]
pub(super) fn months_end(_: &Captures<'_>, today: Date) -> Option<Date> {
    Some(today.last_of_month())
}

/// "Venerdì della prossima settimana".
pub(super) fn next_weeks(captures: &Captures<'_>, today: Date) -> Option<Date> {
    let name = captures.name("n")?.as_str();
    let (.., day) =
        WEEKDAYS.iter().find(|(it, en, _)| name.starts_with(it) || name.starts_with(en))?;
    let monday = after(today, 7 - i64::from(today.weekday().to_monday_zero_offset()))?;
    after(monday, i64::from(day.to_monday_zero_offset()))
}

/// The feast nearest to today.
pub(super) fn feast(captures: &Captures<'_>, today: Date) -> Option<Date> {
    let name = captures.get(0)?.as_str();
    let holds = |part: &str| name.contains(part);
    let (month, day) = match name {
        _ if holds("vigilia") || holds("christmas eve") => (12, 24),
        _ if holds("natale") || holds("christmas") => (12, 25),
        "santo stefano" | "boxing day" => (12, 26),
        _ if holds("silvestro") || holds("eve") => (12, 31),
        _ if holds("capodanno") || holds("new year") => (1, 1),
        "epifania" | "befana" | "epiphany" => (1, 6),
        "ferragosto" => (8, 15),
        _ if holds("valentin") => (2, 14),
        "halloween" => (10, 31),
        "immacolata" => (12, 8),
        "festa della donna" => (3, 8),
        "festa dei lavoratori" => (5, 1),
        _ => (11, 1),
    };
    dated_near(today, month, day)
}

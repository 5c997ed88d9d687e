//! Dates, absolute or relative to today, in Italian and English.

mod period;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use regex::{Captures, Regex};

use super::{Hit, stands_alone};
use crate::domain::time::UtcMillis;
use crate::nlu::fold::Traced;
use crate::nlu::pattern;

/// The day it is in a time zone (IANA name; UTC when unknown).
pub(super) fn today(now: UtcMillis, time_zone: &str) -> Date {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let instant = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned(zone).date()
}

const MONTHS: [[&str; 2]; 12] = [
    ["gen", "jan"],
    ["feb", "feb"],
    ["mar", "mar"],
    ["apr", "apr"],
    ["mag", "may"],
    ["giu", "jun"],
    ["lug", "jul"],
    ["ago", "aug"],
    ["set", "sep"],
    ["ott", "oct"],
    ["nov", "nov"],
    ["dic", "dec"],
];
const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("lun", "mon", Weekday::Monday),
    ("mar", "tue", Weekday::Tuesday),
    ("mer", "wed", Weekday::Wednesday),
    ("gio", "thu", Weekday::Thursday),
    ("ven", "fri", Weekday::Friday),
    ("sab", "sat", Weekday::Saturday),
    ("dom", "sun", Weekday::Sunday),
];

/// A spelling of dates, and how it is understood.
type Spelling = (Regex, fn(&Captures<'_>, Date) -> Option<Date>);

/// Finds dates.
#[derive(Debug)]
pub(super) struct Dates {
    spellings: Vec<Spelling>,
}

impl Dates {
    pub(super) fn compile() -> Result<Self, regex::Error> {
        const MONTH: &str = "gen(?:naio)?|feb(?:braio|ruary)?|mar(?:zo|ch)?|apr(?:ile|il)?|mag(?:gio)?|may|giu(?:gno)?|june?|lug(?:lio)?|july?|ago(?:sto)?|aug(?:ust)?|sett(?:embre)?|sept?(?:ember)?|ott(?:obre)?|oct(?:ober)?|nov(?:embre|ember)?|dic(?:embre)?|dec(?:ember)?|january|jan";
        const WEEKDAY: &str = "lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|monday|tuesday|wednesday|thursday|friday|saturday|sunday";
        let spell = |text: String, read| pattern::compile(&text).map(|regex| (regex, read));
        let lead = format!(r"(?:(?:{WEEKDAY}),?\s(?:il\s|the\s)?)?");
        let written = |text: &str| format!("{lead}{text}");
        let spellings: Vec<Spelling> = vec![
            spell(written(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:t\d{2}:\d{2}[\d:.]*z?)?"), numeric as _)?,
            spell(written(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4}|\d{2})"), numeric)?,
            spell(written(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})"), numeric)?,
            spell(
                written(&format!(r"(?P<d>\d{{1,2}}|primo)(?:st|nd|rd|th|o|°)?\.?\s(?:of\s|di\s)?(?P<n>{MONTH})\.?(?:,?\s(?:del\s)?(?P<y>\d{{4}}))?")),
                named,
            )?,
            spell(
                written(&format!(r"(?P<n>{MONTH})\.?\s(?:the\s)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<y>\d{{4}}))?")),
                named,
            )?,
            spell(
                r"l'altro\s?ieri|altroieri|avantieri|the day before yesterday|day before yesterday|dopodomani|domani l'altro|day after tomorrow|oggi|stasera|stamattina|stamane|stamani|stanotte|today|tonight|this (?:morning|afternoon|evening)|domani|tomorrow|ieri|yesterday|last night".to_owned(),
                spoken,
            )?,
            spell(format!(r"(?:(?P<w>last|next|this|scors[oa]|prossim[oa]|quest[oa])\s)?(?P<n>{WEEKDAY})(?:'?\s(?P<v>scors[oa]|prossim[oa]|passat[oa]))?"), weekday)?,
            spell(format!(r"(?P<n>{WEEKDAY})'?{}", period::NEXT_WEEKS), period::next_weeks)?,
            spell(format!(r"(?:tra|fra|in|entro|within)\s{}", period::DISTANCE), period::ahead)?,
            spell(format!(r"{}\s(?:from\s(?:now|today)|da\s(?:oggi|adesso))", period::DISTANCE), period::ahead)?,
            spell(format!(r"{}\s(?:fa|ago)", period::DISTANCE), period::ago)?,
            spell(period::PERIOD.to_owned(), period::period)?,
            spell(period::MONTHS_END.to_owned(), period::months_end)?,
            spell(period::FEASTS.to_owned(), period::feast)?,
        ];
        Ok(Self { spellings })
    }

    /// The dates found, in order; of overlapping spellings the longest.
    pub(super) fn hits(&self, traced: &Traced, today: Date) -> Vec<Hit> {
        let mut found = Vec::new();
        for (regex, read) in &self.spellings {
            for captures in regex.captures_iter(&traced.text) {
                let Some(range) = captures.get(0).map(|all| all.range()) else { continue };
                if stands_alone(&traced.text, &range)
                    && let Some(date) = read(&captures, today)
                {
                    found.push((date, range));
                }
            }
        }
        found.sort_by_key(|(_, range)| (range.start, std::cmp::Reverse(range.end)));
        let mut end = 0;
        found.retain(|(_, range)| {
            let free = range.start >= end;
            end = if free { range.end } else { end };
            free
        });
        found.into_iter().map(|(date, range)| (date.to_string(), traced.origin(range))).collect()
    }
}

/// Day, month and maybe year in digits; month and day change places where only that makes sense.
fn numeric(captures: &Captures<'_>, today: Date) -> Option<Date> {
    let (month, day) = (number(captures, "m")?, number(captures, "d")?);
    dated(captures, month, day, today).or_else(|| dated(captures, day, month, today))
}

fn named(captures: &Captures<'_>, today: Date) -> Option<Date> {
    let name = captures.name("n")?.as_str();
    let month =
        MONTHS.iter().position(|names| names.iter().any(|short| name.starts_with(short)))?;
    let day = number(captures, "d").unwrap_or(1);
    dated(captures, i16::try_from(month).ok()? + 1, day, today)
}

/// The date in the year written, or in the year that brings it nearest to today.
fn dated(captures: &Captures<'_>, month: i16, day: i16, today: Date) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    if captures.name("y").is_some() {
        let year = number(captures, "y")?;
        return Date::new(if year < 100 { 2000 + year } else { year }, month, day).ok();
    }
    dated_near(today, month, day)
}

/// The date nearest to today in any year.
fn dated_near(today: Date, month: i8, day: i8) -> Option<Date> {
    let years = today.year().saturating_sub(1)..=today.year().saturating_add(1);
    let candidates = years.filter_map(|year| Date::new(year, month, day).ok());
    candidates.min_by_key(|date| days_between(today, *date).abs())
}

fn spoken(captures: &Captures<'_>, today: Date) -> Option<Date> {
    let days = match captures.get(0)?.as_str() {
        "dopodomani" | "domani l'altro" | "day after tomorrow" => 2,
        "domani" | "tomorrow" => 1,
        "ieri" | "yesterday" | "last night" => -1,
        word if word.contains("ieri") || word.contains("before") => -2,
        _ => 0,
    };
    after(today, days)
}

/// "scorso" and "last" look back, anything else looks ahead; today itself is not meant, unless by
/// "this".
fn weekday(captures: &Captures<'_>, today: Date) -> Option<Date> {
    let name = captures.name("n")?.as_str();
    let (.., day) =
        WEEKDAYS.iter().find(|(it, en, _)| name.starts_with(it) || name.starts_with(en))?;
    let word = captures.name("w").or_else(|| captures.name("v")).map_or("", |word| word.as_str());
    let ahead = i64::from(day.since(today.weekday()));
    let back = word == "last" || word.starts_with("scors") || word.starts_with("passat");
    let this = word == "this" || word.starts_with("quest");
    match ahead {
        0 if this => Some(today),
        0 => after(today, if back { -7 } else { 7 }),
        _ => after(today, if back { ahead - 7 } else { ahead }),
    }
}

fn number(captures: &Captures<'_>, group: &str) -> Option<i16> {
    captures.name(group)?.as_str().parse().ok()
}

fn after(today: Date, days: i64) -> Option<Date> {
    let span: Span = days.days();
    today.checked_add(span).ok()
}

/// Days from one date to another, by their numbers since year 0 of the proleptic calendar.
fn days_between(from: Date, to: Date) -> i32 {
    let number = |date: Date| i32::from(date.year()) * 366 + i32::from(date.day_of_year());
    number(to) - number(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 22 November 2026, a Sunday.
    fn dates(text: &str) -> Vec<String> {
        let today = Date::constant(2026, 11, 22);
        let hits = Dates::compile().unwrap().hits(&Traced::of(text), today);
        hits.into_iter().map(|(value, _)| value).collect()
    }

    fn each_is(date: &str, texts: &[&str]) {
        for text in texts {
            assert_eq!(dates(text), [date], "{text}");
        }
    }

    #[test]
    fn written_dates() {
        each_is(
            "2026-12-03",
            &[
                "2026-12-03",
                "3/12/2026",
                "il 03.12.26",
                "3/12",
                "3 dicembre",
                "Dec 3rd",
                "December 3, 2026",
                "il 3 dicembre del 2026",
                "the 3rd of December",
                "3 Dic. 2026",
            ],
        );
        each_is("2026-12-25", &["12/25/2026", "25 dic"]);
        each_is("2027-01-01", &["primo gennaio", "1° gennaio", "January 1st", "1/1"]);
        each_is("2025-05-10", &["10 maggio 2025", "May 10, 2025"]);
    }

    #[test]
    fn spoken_dates() {
        each_is("2026-11-22", &["oggi", "TODAY"]);
        each_is("2026-11-23", &["domani", "lunedì", "lunedi' prossimo", "next Monday", "in 1 day"]);
        each_is("2026-11-24", &["dopodomani", "the day after tomorrow"]);
        each_is("2026-11-21", &["ieri", "last Saturday", "sabato scorso", "lo scorso sabato"]);
        each_is(
            "2026-11-20",
            &["l'altro ieri", "l’altro ieri", "day before yesterday", "2 giorni fa"],
        );
        each_is("2026-11-29", &["domenica", "next Sunday", "tra 1 settimana"]);
        each_is("2026-11-15", &["domenica scorsa", "last Sunday", "1 week ago"]);
    }

    #[test]
    fn distances_in_digits_and_in_words() {
        each_is(
            "2026-12-06",
            &[
                "fra due settimane",
                "tra 2 settimane",
                "in two weeks",
                "two weeks from now",
                "entro 14 giorni",
                "in a couple of weeks",
            ],
        );
        each_is(
            "2026-11-15",
            &["una settimana fa", "a week ago", "sette giorni fa", "seven days ago"],
        );
        each_is("2026-12-22", &["tra un mese", "in a month", "in one month"]);
        each_is("2025-11-22", &["un anno fa", "a year ago"]);
        each_is("2026-12-17", &["fra venticinque giorni", "within twenty-five days"]);
        each_is("2027-02-22", &["tra tre mesi"]);
    }

    #[test]
    fn weeks_months_and_weekends() {
        each_is("2026-11-23", &["la settimana prossima", "next week", "la prossima settimana"]);
        each_is("2026-11-09", &["la settimana scorsa", "last week", "settimana passata"]);
        each_is("2026-12-01", &["il mese prossimo", "next month"]);
        each_is("2026-10-01", &["il mese scorso", "last month"]);
        each_is("2026-11-30", &["a fine mese", "end of the month"]);
        each_is("2026-11-28", &["il prossimo weekend", "next weekend"]);
        each_is(
            "2026-11-27",
            &["venerdì della prossima settimana", "Friday of next week", "venerdì prossimo"],
        );
    }

    #[test]
    fn feasts_and_parts_of_the_day() {
        each_is("2026-12-25", &["per Natale", "Christmas", "Christmas Day"]);
        each_is("2026-12-24", &["la vigilia di Natale", "Christmas Eve"]);
        each_is("2027-01-01", &["Capodanno", "New Year's Day"]);
        each_is("2026-12-31", &["New Year's Eve"]);
        each_is("2027-02-14", &["San Valentino"]);
        each_is("2026-11-22", &["stamattina", "this morning"]);
        each_is("2026-11-21", &["ieri sera", "last night"]);
    }

    #[test]
    fn a_weekday_before_a_date_belongs_to_it() {
        each_is("2027-03-03", &["mercoledì 3 marzo", "Wednesday, March 3rd", "il 3 marzo"]);
        each_is("2026-12-03", &["giovedì 3/12", "giovedì 03.12.2026", "2026-12-03T10:30:00Z"]);
    }

    #[test]
    fn no_dates() {
        for text in ["31/02/2026", "99/99", "AB12/3456", "12 uova", "domanipiù", "may I", "3.5"] {
            assert!(dates(text).is_empty(), "{text}: {:?}", dates(text));
        }
    }

    #[test]
    fn the_day_depends_on_the_time_zone() {
        let late = UtcMillis(1_795_388_400_000);
        assert_eq!(today(late, "Europe/Rome").to_string(), "2026-11-23");
        assert_eq!(today(late, "UTC").to_string(), "2026-11-22");
    }
}

//! One event of a holiday file: when it is, and which dates that covers.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, ToSpan};

use super::Broken;
use super::line::{Line, Property};
use super::recurrence::{Budget, Rule, TooMany};

/// No holiday lasts longer.
const LONGEST_DAYS: i32 = 366;

/// A line and column with what is wrong there.
type Told = ((usize, usize), String);

/// An event, as far as its dates go.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) uid: String,
    pub(super) cancelled: bool,
    /// Which occurrence of the event with the same id it stands for, when it stands for one.
    pub(super) instance: Option<Date>,
    /// Where it begins in the file.
    pub(super) place: (usize, usize),
    start: Moment,
    /// The end by its own clock, exclusive; the start when it has none.
    end: DateTime,
    rules: Vec<Rule>,
    added: Vec<Date>,
    left_out: Vec<Date>,
}

/// A date, or a date and time by some clock.
#[derive(Clone, Debug)]
struct Moment {
    at: DateTime,
    whole_day: bool,
    /// Whose clock; none for the reader's own.
    zone: Option<TimeZone>,
}

impl Event {
    /// Reads the lines of an event that begins at `place`; `None` when its dates are unknown.
    pub(super) fn read(lines: Vec<Line>, place: (usize, usize)) -> (Option<Self>, Vec<Told>) {
        let mut told = Vec::new();
        let mut draft = Draft::default();
        for line in &lines {
            if let Err(broken) = line.property().and_then(|property| draft.take(&property)) {
                told.push((line.place(broken.at), broken.message));
            }
        }
        let rules: Vec<Line> = lines
            .into_iter()
            .filter(|line| line.property().is_ok_and(|p| p.name.eq_ignore_ascii_case("RRULE")))
            .collect();
        let Some(start) = draft.start.clone() else {
            if told.is_empty() {
                told.push((place, "the event has no DTSTART, so it has no date".to_owned()));
            }
            return (None, told);
        };
        let mut event = draft.into_event(start, place);
        if let Err(message) = event.check_length() {
            told.push((place, message));
        }
        for line in &rules {
            let rule = line.property().and_then(|written| Rule::read(&written, event.start.at));
            match rule {
                Ok(rule) => event.rules.push(rule),
                Err(broken) => told.push((line.place(broken.at), broken.message)),
            }
        }
        (Some(event), told)
    }

    fn check_length(&self) -> Result<(), String> {
        if self.end < self.start.at {
            return Err("the event ends before it begins".to_owned());
        }
        let longest = self.start.at.checked_add(LONGEST_DAYS.days());
        if longest.is_ok_and(|longest| self.end > longest) {
            return Err(format!("the event lasts longer than {LONGEST_DAYS} days: no holiday"));
        }
        Ok(())
    }

    /// The occurrence that it takes the place of.
    pub(super) fn replaces(&self) -> Option<(&str, Date)> {
        self.instance.map(|day| (self.uid.as_str(), day))
    }

    /// The dates, by its own clock, on which it begins.
    pub(super) fn occurrences(&self, budget: &mut Budget) -> Result<Vec<Date>, TooMany> {
        let first = self.start.at.date();
        let mut days = self.added.clone();
        if self.rules.is_empty() || self.instance.is_some() {
            days.push(first);
        }
        for rule in self.rules.iter().filter(|_| self.instance.is_none()) {
            days.extend(rule.dates(self.start.at, budget)?);
        }
        days.retain(|day| !self.left_out.contains(day));
        budget.spend(days.len())?;
        Ok(days)
    }

    /// The dates on clocks of `zone` that the occurrence of `day` covers.
    pub(super) fn covered(&self, day: Date, zone: &TimeZone) -> Vec<Date> {
        let start = day.to_datetime(self.start.at.time());
        let length = self.start.at.until(self.end).unwrap_or_default();
        let end = start.checked_add(length).unwrap_or(start);
        let (start, end) = (self.start.seen_from(start, zone), self.start.seen_from(end, zone));
        let until = if end.time() == Time::midnight() && end > start {
            end.date().yesterday().unwrap_or(end.date())
        } else {
            end.date()
        };
        let mut days: Vec<Date> =
            start.date().series(1.day()).take_while(|&day| day <= until).collect();
        days.retain(|day| (1970..2200).contains(&day.year()));
        days
    }
}

/// What the lines of an event have said so far.
#[derive(Default)]
struct Draft {
    uid: String,
    cancelled: bool,
    start: Option<Moment>,
    end: Option<DateTime>,
    lasts: Option<Span>,
    instance: Option<Date>,
    added: Vec<Date>,
    left_out: Vec<Date>,
}

impl Draft {
    fn take(&mut self, property: &Property<'_>) -> Result<(), Broken> {
        let whole = || moment(property, property.at, property.value.trim());
        match property.name.to_ascii_uppercase().as_str() {
            "UID" => property.value.trim().clone_into(&mut self.uid),
            "STATUS" => self.cancelled = property.value.trim().eq_ignore_ascii_case("CANCELLED"),
            "DTSTART" => self.start = Some(whole()?),
            "DTEND" => self.end = Some(whole()?.at),
            "DURATION" => self.lasts = Some(duration(property)?),
            "RECURRENCE-ID" => self.instance = Some(whole()?.at.date()),
            "RDATE" => self.added.extend(dates(property)?),
            "EXDATE" => self.left_out.extend(dates(property)?),
            "EXRULE" => {
                let message = "EXRULE is not understood (RFC 5545 dropped it): use EXDATE";
                return Err(Broken::new(0, message));
            }
            _ => {}
        }
        Ok(())
    }

    fn into_event(self, start: Moment, place: (usize, usize)) -> Event {
        let lasting = self.lasts.and_then(|lasts| start.at.checked_add(lasts).ok());
        let usual = if start.whole_day { start.at.checked_add(1.day()).ok() } else { None };
        let end = self.end.or(lasting).filter(|end| *end != start.at).or(usual).unwrap_or(start.at);
        Event {
            uid: self.uid,
            cancelled: self.cancelled,
            instance: self.instance,
            place,
            start,
            end,
            rules: Vec::new(),
            added: self.added,
            left_out: self.left_out,
        }
    }
}

impl Moment {
    /// A time of its clock as the clocks of `zone` show it.
    fn seen_from(&self, at: DateTime, zone: &TimeZone) -> DateTime {
        let own =
            self.zone.clone().and_then(|own| own.to_ambiguous_timestamp(at).compatible().ok());
        own.map_or(at, |instant| zone.to_datetime(instant))
    }
}

fn dates(property: &Property<'_>) -> Result<Vec<Date>, Broken> {
    let read = |(at, part): (usize, &str)| {
        // A period is its start and its end; the start's date is what counts.
        let start = part.split('/').next().unwrap_or(part).trim();
        moment(property, at, start).map(|moment| moment.at.date())
    };
    property.parts().filter(|(_, part)| !part.trim().is_empty()).map(read).collect()
}

fn duration(property: &Property<'_>) -> Result<Span, Broken> {
    let lasts: Option<Span> = property.value.trim().parse().ok();
    lasts.filter(|lasts| !lasts.is_negative()).ok_or_else(|| {
        Broken::new(property.at, "this is no duration: it is written as P1D, P2W or PT12H")
    })
}

/// Reads `20261225` or `20261225T090000`, the latter also with `Z` or a zone.
fn moment(property: &Property<'_>, at: usize, written: &str) -> Result<Moment, Broken> {
    let (local, is_utc) = written.strip_suffix('Z').map_or((written, false), |w| (w, true));
    let at = date_time(local).ok_or_else(|| {
        let message = format!("`{written}` is no date: it is written as 20261225");
        Broken::new(at, message)
    })?;
    let zone = if is_utc {
        Some(TimeZone::UTC)
    } else {
        let named = property.parameter("TZID");
        // A zone of the file's own making is taken as the reader's.
        named.and_then(|name| TimeZoneDatabase::bundled().get(name.trim_start_matches('/')).ok())
    };
    let whole_day = local.len() == 8;
    Ok(Moment { at, whole_day, zone: zone.filter(|_| !whole_day) })
}

/// A date, or a date and time, without a zone.
pub(super) fn date_time(written: &str) -> Option<DateTime> {
    let number = |range: std::ops::Range<usize>| {
        let digits = written.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
        digits.parse::<i16>().ok()
    };
    let small = |range| i8::try_from(number(range)?).ok();
    let date = Date::new(number(0..4)?, small(4..6)?, small(6..8)?).ok()?;
    match written.len() {
        8 => Some(date.to_datetime(Time::midnight())),
        15 if written.get(8..9) == Some("T") => {
            // A leap second is the second before it.
            let second = small(13..15)?;
            let time = Time::new(small(9..11)?, small(11..13)?, second.min(59 + second / 61), 0);
            Some(date.to_datetime(time.ok()?))
        }
        _ => None,
    }
}

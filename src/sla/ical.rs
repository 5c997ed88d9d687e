//! Holidays from an iCalendar file (RFC 5545): the dates that its events cover.
//!
//! Read here and not by a library: those for iCalendar keep no place for a problem, and those that
//! repeat dates bring a second time zone database (2.3 MB). The tests hold the repetition to one.

mod event;
mod line;
mod recurrence;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use self::event::Event;
use self::line::Line;
use self::recurrence::Budget;
use crate::domain::source::{Problem, Severity, SourceFile, read_yaml};

/// How a holiday file's name ends.
const ENDING: &str = ".ics";
/// More problems than these help nobody.
const MOST_PROBLEMS: usize = 20;

/// The files that lie beside a policies file, found by the last part of their name.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a>(pub &'a [SourceFile]);

impl<'a> Beside<'a> {
    /// The file of this bare name.
    pub fn find(self, name: &str) -> Option<&'a SourceFile> {
        self.0.iter().find(|file| file.name.rsplit(['/', '\\']).next() == Some(name))
    }
}

/// Whether a file is one of holidays, by the end of its name.
pub fn is_holiday_file(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(ENDING)
}

/// Whether a text is the bare name of a holiday file: it lies in the same folder.
pub(super) fn is_bare(name: &str) -> bool {
    is_holiday_file(name) && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0'])
}

/// The names of the holiday files that a policies file asks for, each once, so that they can be read
/// before it is checked; none when it cannot be read at all.
#[must_use]
pub fn holiday_files(text: &str) -> Vec<String> {
    // What else stands there is the check's business.
    #[derive(Deserialize)]
    struct Policies {
        #[serde(default)]
        calendars: BTreeMap<String, Hours>,
    }
    #[derive(Deserialize)]
    struct Hours {
        holidays: Option<String>,
    }
    let file = SourceFile { name: String::new(), text: text.to_owned() };
    let calendars = read_yaml::<Policies>(&file).map(|read| read.calendars).unwrap_or_default();
    let files: BTreeSet<String> = calendars.into_values().filter_map(|c| c.holidays).collect();
    files.into_iter().filter(|name| is_bare(name)).collect()
}

/// The local dates, on clocks of `zone`, that the file's events touch, between 1970 and 2199.
///
/// # Errors
/// Every problem at its place: no iCalendar, no event, a broken date or rule.
pub(super) fn holidays(file: &SourceFile, zone: &TimeZone) -> Result<BTreeSet<Date>, Vec<Problem>> {
    let mut reading = Reading { file, problems: Vec::new() };
    let events = reading.events();
    if events.is_empty() && reading.problems.is_empty() {
        reading.problem((1, 1), "the file holds no event, so it closes no day");
    }
    let dates = reading.dates(&events, zone);
    if reading.problems.is_empty() { Ok(dates) } else { Err(reading.problems) }
}

/// A text is not what it should be: what is wrong, and at which byte of its line.
#[derive(Debug, PartialEq, Eq)]
struct Broken {
    at: usize,
    message: String,
}

impl Broken {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

struct Reading<'a> {
    file: &'a SourceFile,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn problem(&mut self, place: (usize, usize), message: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem::at(Severity::Error, self.file, place, message));
        }
    }

    fn broken(&mut self, line: &Line, broken: Broken) {
        self.problem(line.place(broken.at), broken.message);
    }

    /// The events, each as far as it can be read. What is no iCalendar at all is told once.
    fn events(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        // What was begun and not ended: its name and place.
        let mut open: Vec<(String, (usize, usize))> = Vec::new();
        let mut lines: Vec<Line> = Vec::new();
        for line in line::lines(&self.file.text) {
            let place = line.place(0);
            let (name, value) = match line.property() {
                Ok(property) => (property.name.to_ascii_uppercase(), property.value.trim()),
                Err(broken) if !open.is_empty() => {
                    self.broken(&line, broken);
                    return events;
                }
                Err(_) => (String::new(), ""),
            };
            let component = value.to_ascii_uppercase();
            if open.is_empty() && (name != "BEGIN" || component != "VCALENDAR") {
                self.problem(
                    place,
                    "this is no iCalendar file: it must begin with BEGIN:VCALENDAR",
                );
                return events;
            }
            match name.as_str() {
                "BEGIN" => open.push((component, place)),
                "END" => match open.pop().filter(|(begun, _)| *begun == component) {
                    None => {
                        self.problem(place, format!("END:{component} ends what was not begun"));
                        return events;
                    }
                    Some((_, begun)) if component == "VEVENT" => {
                        let (event, broken) = Event::read(std::mem::take(&mut lines), begun);
                        for (place, message) in broken {
                            self.problem(place, message);
                        }
                        events.extend(event);
                    }
                    Some(_) => {}
                },
                _ if open.last().is_some_and(|(inside, _)| inside == "VEVENT") => lines.push(line),
                _ => {}
            }
        }
        match open.pop() {
            Some((component, place)) => {
                self.problem(place, format!("BEGIN:{component} has no END:{component}"));
            }
            None if self.file.text.trim().is_empty() => self.problem((1, 1), "the file is empty"),
            None => {}
        }
        events
    }

    fn dates(&mut self, events: &[Event], zone: &TimeZone) -> BTreeSet<Date> {
        let mut budget = Budget::default();
        let mut dates = BTreeSet::new();
        // One changed occurrence of a repeated event takes the place of the one it names.
        let moved: BTreeSet<(&str, Date)> = events.iter().filter_map(Event::replaces).collect();
        for event in events.iter().filter(|event| !event.cancelled) {
            let Ok(days) = event.occurrences(&mut budget) else {
                self.problem(event.place, "the events repeat too often to be holidays");
                break;
            };
            for day in days {
                let is_moved = event.instance.is_none() && moved.contains(&(&event.uid, day));
                if !is_moved {
                    dates.extend(event.covered(day, zone));
                }
            }
        }
        dates
    }
}

#[cfg(test)]
mod tests;

//! `sportello sla deadline`: when something is due, and why.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::calendars::Calendars;
use super::cases;
use crate::cli::settings::counted;
use crate::cli::{FINDING, output};
use crate::domain::time::{HOUR, MINUTE, SECOND, UtcMillis};
use crate::sla::calendar::Calendar;
use crate::sla::deadline::{active, due};
use crate::sla::duration;
use crate::sla::slices::slices;

/// What `sla deadline` is told.
#[derive(Args, Debug)]
pub(super) struct DeadlineArgs {
    /// The file that holds the calendars, such as sla.yaml
    #[arg(long, value_name = "FILE", required_unless_present = "cases")]
    calendar: Option<PathBuf>,
    /// Which calendar of the file, when it has several
    #[arg(long, value_name = "CAL")]
    name: Option<String>,
    /// When counting starts: RFC 3339, as in 2026-01-30T16:30:00+01:00
    #[arg(long, value_name = "TS", required_unless_present = "cases", value_parser = instant)]
    start: Option<UtcMillis>,
    /// The target in working time: 90s, 15m, 4h, 1h30m
    #[arg(long, required_unless_present = "cases", value_parser = duration::parse, allow_hyphen_values = true)]
    target: Option<i64>,
    /// A pause from A to B; may be repeated
    #[arg(long, value_name = "A/B", value_parser = pause)]
    pause: Vec<(UtcMillis, UtcMillis)>,
    /// A CSV file of cases, instead of one
    #[arg(long, value_name = "IN.csv", requires = "output", conflicts_with_all = ["start", "target", "pause"])]
    cases: Option<PathBuf>,
    /// Where the cases go with their deadlines
    #[arg(long, value_name = "OUT.csv", requires = "cases")]
    output: Option<PathBuf>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

/// Does what was asked.
pub(super) fn run(args: &DeadlineArgs) -> anyhow::Result<ExitCode> {
    let mut calendars = Calendars::open(args.calendar.as_deref(), args.name.as_deref())?;
    if let (Some(input), Some(output)) = (&args.cases, &args.output) {
        let summary = cases::run(input, output, calendars.beside(input))?;
        let told = format!(
            "{}, {} never due: {}\n",
            counted(usize::try_from(summary.cases).unwrap_or(usize::MAX), "case"),
            summary.never_due,
            output.display()
        );
        return tell(&summary, &told, args).map(|()| ExitCode::SUCCESS);
    }
    let (name, calendar) = calendars.find("")?;
    let start = args.start.context("--start is missing")?;
    let target = args.target.context("--target is missing")?;
    let answer = Answer::new(name, &calendar, start, target, &args.pause);
    tell(&answer, &answer.told(), args)?;
    Ok(if answer.due.is_some() { ExitCode::SUCCESS } else { ExitCode::from(FINDING) })
}

fn tell(document: &impl Serialize, text: &str, args: &DeadlineArgs) -> anyhow::Result<()> {
    let json = format!("{}\n", serde_json::to_string_pretty(document)?);
    output::tell(if args.json { &json } else { text })?;
    Ok(())
}

/// An instant in RFC 3339, truncated to the millisecond.
pub(super) fn instant(written: &str) -> anyhow::Result<UtcMillis> {
    let read: Option<Timestamp> = written.parse().ok();
    let read = read.with_context(|| {
        format!("`{written}` is no instant with its offset: write 2026-01-30T16:30:00Z or …+01:00")
    })?;
    Ok(UtcMillis(read.as_nanosecond().div_euclid(1_000_000).try_into().unwrap_or(i64::MAX)))
}

/// A pause `A/B`.
pub(super) fn pause(written: &str) -> anyhow::Result<(UtcMillis, UtcMillis)> {
    let (from, to) = written.split_once('/').with_context(|| {
        format!("`{written}` is no pause: write its start, a slash and its end")
    })?;
    let (from, to) = (instant(from.trim())?, instant(to.trim())?);
    anyhow::ensure!(from <= to, "the pause `{written}` ends before it begins");
    Ok((from, to))
}

/// RFC 3339 in UTC with milliseconds.
pub(super) fn moment(at: UtcMillis) -> String {
    Timestamp::from_millisecond(at.0).map_or_else(|_| at.to_string(), |at| format!("{at:.3}"))
}

/// A deadline and what it is made of.
#[derive(Debug, Serialize)]
struct Answer {
    calendar: String,
    time_zone: String,
    start: String,
    target_ms: i64,
    /// Missing when the calendar does not reach the target within ten years.
    due: Option<String>,
    due_local: Option<String>,
    working_ms_check: Option<i64>,
    slices: Vec<Counted>,
    pauses: Vec<Removed>,
}

/// Working time that counts, on one local date.
#[derive(Debug, Serialize)]
struct Counted {
    date: String,
    from: String,
    to: String,
    working_ms: i64,
}

/// A pause and how much working time it takes out by itself.
#[derive(Debug, Serialize)]
struct Removed {
    from: String,
    to: String,
    working_ms: i64,
}

impl Answer {
    fn new(
        name: String,
        calendar: &Calendar,
        start: UtcMillis,
        target: i64,
        pauses: &[(UtcMillis, UtcMillis)],
    ) -> Self {
        let deadline = due(calendar, start, target, pauses);
        let local = |at: UtcMillis, shape: &str| {
            calendar.local(at).map(|at| at.strftime(shape).to_string()).unwrap_or_default()
        };
        let counted = deadline.map(|due| slices(calendar, start, due, pauses)).unwrap_or_default();
        let counted = counted.into_iter().map(|slice| Counted {
            date: local(slice.from, "%a %F"),
            from: local(slice.from, CLOCK),
            to: local(slice.to, CLOCK),
            working_ms: slice.to.since(slice.from),
        });
        let removed = pauses.iter().map(|&(from, to)| Removed {
            from: moment(from),
            to: moment(to),
            working_ms: calendar.working(from.max(start), to),
        });
        Self {
            calendar: name,
            time_zone: calendar.time_zone().to_owned(),
            start: moment(start),
            target_ms: target,
            due: deadline.map(moment),
            due_local: deadline.map(|due| local(due, "%a %F %H:%M:%S%.f %:z")),
            working_ms_check: deadline.map(|due| active(calendar, start, due, pauses)),
            slices: counted.collect(),
            pauses: removed.collect(),
        }
    }

    fn told(&self) -> String {
        let Self { calendar, time_zone, start, .. } = self;
        let target = spoken(self.target_ms);
        let (Some(due), Some(local)) = (&self.due, &self.due_local) else {
            return format!(
                "never due: the calendar {calendar} does not open for {target} within ten years \
                 after {start}\n"
            );
        };
        let mut told = format!(
            "due      {due}\nlocal    {local} ({time_zone})\ntarget   {target} of calendar \
             {calendar} from {start}\ncounted\n"
        );
        // Writing to a text does not fail.
        for Counted { date, from, to, working_ms } in &self.slices {
            let _ = writeln!(told, "  {date}  {from} - {to}  {}", spoken(*working_ms));
        }
        if !self.pauses.is_empty() {
            told.push_str("pauses taken out\n");
        }
        for Removed { from, to, working_ms } in &self.pauses {
            let _ = writeln!(told, "  {from} - {to}  {} of working time", spoken(*working_ms));
        }
        told
    }
}

/// A time of day; parts of a second only where there are any.
const CLOCK: &str = "%H:%M:%S%.f";

/// `7h`, `1h 30m`, `250ms`.
pub(super) fn spoken(millis: i64) -> String {
    let units = [(HOUR, "h"), (MINUTE, "m"), (SECOND, "s"), (1, "ms")];
    let mut left = millis;
    let mut parts = Vec::new();
    for (unit, name) in units {
        if left >= unit {
            parts.push(format!("{}{name}", left / unit));
        }
        left %= unit;
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn office() -> Calendar {
        let day = |open: bool| if open { vec!["09:00-17:00".parse().unwrap()] } else { Vec::new() };
        Calendar::new("Europe/Rome", std::array::from_fn(|at| day(at < 5)), BTreeMap::new())
            .unwrap()
    }

    fn answer(start: &str, target: &str, pauses: &[&str]) -> Answer {
        let pauses: Vec<_> = pauses.iter().map(|written| pause(written).unwrap()).collect();
        let (start, target) = (instant(start).unwrap(), duration::parse(target).unwrap());
        Answer::new("milano".to_owned(), &office(), start, target, &pauses)
    }

    #[test]
    fn a_deadline_is_told_with_the_hours_that_count() {
        let pauses = ["2026-02-02T10:00:00+01:00/2026-02-03T10:30:00+01:00"];
        let answer = answer("2026-01-30T16:30:00.5+01:00", "3h", &pauses);
        assert_eq!(answer.due.as_deref(), Some("2026-02-03T11:00:00.500Z"));
        assert_eq!(answer.working_ms_check, Some(3 * HOUR));
        assert_eq!(
            answer.told(),
            "due      2026-02-03T11:00:00.500Z\n\
             local    Tue 2026-02-03 12:00:00.5 +01:00 (Europe/Rome)\n\
             target   3h of calendar milano from 2026-01-30T15:30:00.500Z\n\
             counted\n\
             \x20 Fri 2026-01-30  16:30:00.5 - 17:00:00  29m 59s 500ms\n\
             \x20 Mon 2026-02-02  09:00:00 - 10:00:00  1h\n\
             \x20 Tue 2026-02-03  10:30:00 - 12:00:00.5  1h 30m 500ms\n\
             pauses taken out\n\
             \x20 2026-02-02T09:00:00.000Z - 2026-02-03T09:30:00.000Z  8h 30m of working time\n"
        );
    }

    #[test]
    fn what_is_never_due_is_said() {
        let answer = answer("2199-12-30T00:00:00Z", "365d", &[]);
        assert_eq!(answer.due, None);
        assert!(
            answer.told().starts_with("never due: the calendar milano does not open for 8760h")
        );
    }

    #[test]
    fn instants_need_an_offset_and_are_cut_to_the_millisecond() {
        assert_eq!(instant("1970-01-01T01:00:00.0019+01:00").unwrap(), UtcMillis(1));
        assert_eq!(instant("1969-12-31T23:59:59.9999Z").unwrap(), UtcMillis(-1));
        assert!(instant("2026-01-30T16:30:00").is_err());
        assert_eq!(moment(instant("2026-02-02T09:30:00Z").unwrap()), "2026-02-02T09:30:00.000Z");
    }
}

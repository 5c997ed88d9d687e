//! Many deadlines at once: a CSV file in, the same rows with their deadlines out.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use csv::StringRecord;
use serde::Serialize;

use super::super::csv_file::{self, told};
use super::calendars::Calendars;
use super::deadline::{instant, moment, pause};
use crate::sla::calendar::Calendar;
use crate::sla::deadline::{active, due};

/// The columns that a case needs.
const NEEDED: [&str; 4] = ["calendar", "start", "target_ms", "pauses"];
/// The columns that are added; what the input has under these names is replaced.
const ADDED: [&str; 2] = ["deadline", "working_ms_check"];

/// What was done.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    /// Rows read and written.
    pub(super) cases: u64,
    /// Rows whose target their calendar does not reach within ten years.
    pub(super) never_due: u64,
}

/// Works the cases out. The output appears whole or not at all.
pub(super) fn run(input: &Path, output: &Path, calendars: Calendars) -> anyhow::Result<Summary> {
    csv_file::whole(output, |unfinished| write(input, unfinished, calendars))
}

fn write(input: &Path, output: &Path, calendars: Calendars) -> anyhow::Result<Summary> {
    let file = input.display().to_string();
    let mut reader =
        csv::Reader::from_path(input).map_err(|error| anyhow::anyhow!("{file}: {error}"))?;
    let header = reader.headers().map_err(|error| told(&file, &error))?.clone();
    let mut table = Table::new(&header, calendars).with_context(|| format!("{file}:1"))?;
    let writing = || format!("writing {}", output.display());
    let out = std::io::BufWriter::new(File::create(output).with_context(writing)?);
    let mut out = csv::Writer::from_writer(out);
    out.write_record(table.kept(&header).chain(ADDED)).with_context(writing)?;
    let mut summary = Summary { cases: 0, never_due: 0 };
    let mut row = StringRecord::new();
    while reader.read_record(&mut row).map_err(|error| told(&file, &error))? {
        let line = row.position().map_or(0, csv::Position::line);
        let added = table.work_out(&row).with_context(|| format!("{file}:{line}"))?;
        summary.cases += 1;
        summary.never_due += u64::from(added.is_none());
        let (deadline, check) = added.unwrap_or_default();
        let added = [deadline.as_str(), check.as_str()];
        out.write_record(table.kept(&row).chain(added)).with_context(writing)?;
    }
    let mut out =
        out.into_inner().map_err(csv::IntoInnerError::into_error).with_context(writing)?;
    out.flush().with_context(writing)?;
    Ok(summary)
}

/// Where the columns are, and the calendars met so far.
struct Table {
    /// Places of the columns of [`NEEDED`].
    places: [usize; 4],
    /// Places of the columns that are replaced.
    replaced: Vec<usize>,
    calendars: Calendars,
    known: HashMap<String, Calendar>,
}

impl Table {
    fn new(header: &StringRecord, calendars: Calendars) -> anyhow::Result<Self> {
        let place = |wanted: &str| csv_file::column(header, wanted);
        let mut places = [0; 4];
        for (found, name) in places.iter_mut().zip(NEEDED) {
            *found = place(name).with_context(|| {
                format!(
                    "there is no column `{name}`; the first line must name {}",
                    NEEDED.join(",")
                )
            })?;
        }
        let replaced = ADDED.iter().filter_map(|name| place(name)).collect();
        Ok(Self { places, replaced, calendars, known: HashMap::new() })
    }

    fn kept<'a>(&'a self, row: &'a StringRecord) -> impl Iterator<Item = &'a str> {
        let fields = row.iter().enumerate();
        fields.filter(|(place, _)| !self.replaced.contains(place)).map(|(_, field)| field)
    }

    /// Deadline and check of a row; `None` when it is never due.
    fn work_out(&mut self, row: &StringRecord) -> anyhow::Result<Option<(String, String)>> {
        let [name, start, target, pauses] =
            self.places.map(|place| row.get(place).unwrap_or_default().trim());
        let start = instant(start).context("column `start`")?;
        let target = target_of(target)?;
        let pauses = pauses.split(';').map(str::trim).filter(|written| !written.is_empty());
        let pauses = pauses.map(pause).collect::<Result<Vec<_>, _>>().context("column `pauses`")?;
        let calendar = self.calendar(name).context("column `calendar`")?;
        Ok(due(calendar, start, target, &pauses).map(|deadline| {
            (moment(deadline), active(calendar, start, deadline, &pauses).to_string())
        }))
    }

    fn calendar(&mut self, name: &str) -> anyhow::Result<&Calendar> {
        if !self.known.contains_key(name) {
            let (_, calendar) = self.calendars.find(name)?;
            self.known.insert(name.to_owned(), calendar);
        }
        self.known.get(name).context("a calendar that was just found")
    }
}

fn target_of(written: &str) -> anyhow::Result<i64> {
    let target = written.parse().ok().filter(|target: &i64| *target >= 0);
    target.with_context(|| {
        format!("column `target_ms`: `{written}` is no whole number of milliseconds, 0 or more")
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const CALENDARS: &str = "calendars:
  utc: {time_zone: UTC, week: {mon: [\"09:00-17:00\"], tue: [\"09:00-17:00\"], fri: [\"09:00-17:00\"]}}
  rare: {time_zone: UTC, week: {}, dates: {2026-02-02: [\"09:00-10:00\"]}}
";

    struct Desk(tempfile::TempDir);

    impl Desk {
        fn new() -> Self {
            let desk = Self(tempfile::tempdir().unwrap());
            std::fs::write(desk.at("sla.yaml"), CALENDARS).unwrap();
            desk
        }

        fn at(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        /// Works out a file of cases, and tells what is in the folder then.
        fn run(&self, calendar: Option<&str>, cases: &str) -> (anyhow::Result<Summary>, String) {
            let (input, output) = (self.at("in.csv"), self.at("out.csv"));
            std::fs::write(&input, cases).unwrap();
            let file = calendar.map(|name| self.at(name));
            let calendars = Calendars::open(file.as_deref(), None).unwrap().beside(&input);
            let done = run(&input, &output, calendars);
            (done, std::fs::read_to_string(&output).unwrap_or_default())
        }

        fn refused(&self, calendar: Option<&str>, cases: &str) -> String {
            let (done, written) = self.run(calendar, cases);
            assert_eq!(written, "", "nothing is half written");
            assert_eq!(std::fs::read_dir(self.0.path()).unwrap().count(), 2, "nothing is left");
            format!("{:#}", done.unwrap_err())
        }
    }

    #[test]
    fn rows_keep_their_order_and_other_columns() {
        let desk = Desk::new();
        let (done, written) = desk.run(
            Some("sla.yaml"),
            "note,pauses,deadline,start,calendar,target_ms\n\
             \"a, b\",,old,2026-01-30T16:30:00Z,utc,3600000\n\
             ,2026-02-02T11:00:00Z/2026-02-03T10:00:00Z,,2026-02-02T11:00:00.0009+01:00,utc,14400000\n\
             x,,,2026-02-02T09:00:00Z,rare,3600001\n\
             y,,,2026-02-07T09:00:00Z,utc,0\n",
        );
        assert_eq!(done.unwrap(), Summary { cases: 4, never_due: 1 });
        assert_eq!(
            written,
            "note,pauses,start,calendar,target_ms,deadline,working_ms_check\n\
             \"a, b\",,2026-01-30T16:30:00Z,utc,3600000,2026-02-02T09:30:00.000Z,3600000\n\
             ,2026-02-02T11:00:00Z/2026-02-03T10:00:00Z,2026-02-02T11:00:00.0009+01:00,utc,14400000,2026-02-03T13:00:00.000Z,14400000\n\
             x,,2026-02-02T09:00:00Z,rare,3600001,,\n\
             y,,2026-02-07T09:00:00Z,utc,0,2026-02-07T09:00:00.000Z,0\n"
        );
    }

    #[test]
    fn without_a_file_the_rows_name_theirs() {
        let desk = Desk::new();
        let row = |calendar: &str| {
            format!("calendar,start,target_ms,pauses\n{calendar},2026-01-30T16:00:00Z,1,\n")
        };
        assert!(desk.run(None, &row("sla.yaml#utc")).0.is_ok());
        std::fs::remove_file(desk.at("out.csv")).unwrap();
        let says = |calendar: &str, part: &str| {
            let told = desk.refused(None, &row(calendar));
            assert!(told.contains("in.csv:2: column `calendar`") && told.contains(part), "{told}");
        };
        says("sla.yaml", "name one of the file's calendars: rare, utc");
        says("sla.yaml#roma", "there is no calendar `roma`");
        says("other.yaml", "there is no file `other.yaml`");
        says("", "give --calendar");
    }

    #[test]
    fn a_bad_row_is_told_at_its_line_and_nothing_is_written() {
        let desk = Desk::new();
        let header = "calendar,start,target_ms,pauses\nutc,2026-01-30T16:00:00Z,1,\n";
        for (row, part) in [
            ("utc,yesterday,1,", "column `start`: `yesterday` is no instant"),
            ("utc,2026-01-30T16:00:00,1,", "column `start`"),
            ("utc,2026-01-30T16:00:00Z,-1,", "column `target_ms`: `-1`"),
            ("utc,2026-01-30T16:00:00Z,4h,", "column `target_ms`: `4h`"),
            ("utc,2026-01-30T16:00:00Z,1,2026-01-30T16:00:00Z", "column `pauses`"),
            (
                "utc,2026-01-30T16:00:00Z,1,2026-01-30T16:00:00Z/2026-01-29T16:00:00Z",
                "ends before it begins",
            ),
            ("roma,2026-01-30T16:00:00Z,1,", "there is no calendar `roma`; there are: rare, utc"),
            ("utc,2026-01-30T16:00:00Z", "the row has 2 columns"),
        ] {
            let told = desk.refused(Some("sla.yaml"), &format!("{header}{row}\n"));
            assert!(told.contains("in.csv:3: ") && told.contains(part), "{told}");
        }
        let told = desk.refused(Some("sla.yaml"), "calendar,start,target_ms\n");
        assert!(told.contains("in.csv:1: there is no column `pauses`"), "{told}");
    }
}

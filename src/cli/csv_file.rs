//! CSV files in and out: errors at their line, output that appears whole or not at all.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use csv::StringRecord;

/// The largest file read, in bytes.
const LARGEST: u64 = 10_000_000;
/// The most rows read.
const MOST_ROWS: usize = 100_000;

/// What the CSV reader refuses, at its line.
pub(super) fn told(file: &str, error: &csv::Error) -> anyhow::Error {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => anyhow::anyhow!(
            "{file}:{line}: the row has {len} columns, the first line names {expected_len}"
        ),
        csv::ErrorKind::Utf8 { .. } => {
            anyhow::anyhow!("{file}:{line}: the row is no UTF-8: save the file as UTF-8")
        }
        _ => anyhow::anyhow!("{file}: {error}"),
    }
}

/// The place of a column in the first line.
pub(super) fn column(header: &StringRecord, name: &str) -> Option<usize> {
    header.iter().position(|found| found.trim_start_matches('\u{feff}').trim() == name)
}

/// Writes by `write` to a file beside the output and puts it in its place when all went well.
pub(super) fn whole<T>(
    output: &Path,
    write: impl FnOnce(&Path) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let unfinished = unfinished(output)?;
    let done = write(&unfinished).and_then(|done| {
        std::fs::rename(&unfinished, output)
            .with_context(|| format!("writing {}", output.display()))?;
        Ok(done)
    });
    if done.is_err() {
        // It may not have been made yet.
        let _ = std::fs::remove_file(&unfinished);
    }
    done
}

/// A name beside the output, so that renaming is one step.
fn unfinished(output: &Path) -> anyhow::Result<PathBuf> {
    let name = output.file_name().with_context(|| format!("{} is no file", output.display()))?;
    let mut name = name.to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    Ok(output.with_file_name(name))
}

/// Messages, each with its label where the file has one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Messages {
    /// In the order of the rows.
    pub(super) texts: Vec<String>,
    /// As many as texts, or none at all.
    pub(super) labels: Option<Vec<String>>,
}

/// Reads the columns `text` and, where there is one, `label`; other columns do not matter.
pub(super) fn messages(path: &Path) -> anyhow::Result<Messages> {
    let file = path.display().to_string();
    let size = std::fs::metadata(path).with_context(|| format!("reading {file}"))?.len();
    anyhow::ensure!(
        size <= LARGEST,
        "{file}: the file has {size} bytes, at most {LARGEST} are read: split it"
    );
    let mut reader =
        csv::Reader::from_path(path).map_err(|error| anyhow::anyhow!("{file}: {error}"))?;
    let header = reader.headers().map_err(|error| told(&file, &error))?.clone();
    let text = column(&header, "text").with_context(|| {
        format!(
            "{file}:1: there is no column `text`; the first line must be `text,label` or `text`"
        )
    })?;
    let label = column(&header, "label");
    let mut messages = Messages { texts: Vec::new(), labels: label.map(|_| Vec::new()) };
    for row in reader.records() {
        let row = row.map_err(|error| told(&file, &error))?;
        anyhow::ensure!(
            messages.texts.len() < MOST_ROWS,
            "{file}: the file has more than {MOST_ROWS} rows: split it"
        );
        messages.texts.push(row.get(text).unwrap_or_default().to_owned());
        if let (Some(labels), Some(place)) = (&mut messages.labels, label) {
            labels.push(row.get(place).unwrap_or_default().trim().to_owned());
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> anyhow::Result<Messages> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("in.csv");
        std::fs::write(&path, content)?;
        messages(&path)
    }

    #[test]
    fn texts_are_read_with_and_without_labels() {
        let both = read("\u{feff}text,label\n\"a, b\",x\nc, y \n").unwrap();
        assert_eq!(both.texts, ["a, b", "c"]);
        assert_eq!(both.labels.unwrap(), ["x", "y"]);
        let alone = read("id,text\n1,hello\n").unwrap();
        assert_eq!((alone.texts.len(), alone.labels), (1, None));
    }

    #[test]
    fn what_cannot_be_read_says_where_and_what_to_do() {
        let said = |content: &str| format!("{:#}", read(content).unwrap_err());
        assert!(said("a,b\n1,2\n").contains("there is no column `text`"));
        assert!(said("text,label\nonly\n").contains(":2: the row has 1 columns"));
        let many = "text\n".to_owned() + &"a\n".repeat(MOST_ROWS + 1);
        assert!(said(&many).contains("more than 100000 rows"));
        let large = "text\n".to_owned() + &"a".repeat(10_000_000);
        assert!(said(&large).contains("at most 10000000 are read"));
    }
}

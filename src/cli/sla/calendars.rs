//! Calendars by the names that cases give them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::settings;
use crate::sla::book::PolicyBook;
use crate::sla::calendar::Calendar;

/// The calendars of a file, and of other files as cases ask for them.
pub(super) struct Calendars {
    /// The file that was named on the command line.
    book: Option<PolicyBook>,
    /// The calendar for a case that names none.
    usual: Option<String>,
    /// Files of cases are looked for here too.
    folder: PathBuf,
    books: HashMap<PathBuf, PolicyBook>,
}

impl Calendars {
    /// Reads the file, if one is named.
    pub(super) fn open(file: Option<&Path>, usual: Option<&str>) -> anyhow::Result<Self> {
        let book = file.map(settings::policies_at).transpose()?;
        let usual = usual.map(str::to_owned);
        Ok(Self { book, usual, folder: PathBuf::new(), books: HashMap::new() })
    }

    /// Looks for other files in this folder too.
    pub(super) fn beside(mut self, cases: &Path) -> Self {
        self.folder = cases.parent().map(Path::to_path_buf).unwrap_or_default();
        self
    }

    /// The calendar that a case names: one of the file, or `other.yaml#name`, or none when there is
    /// only one to choose from.
    pub(super) fn find(&mut self, named: &str) -> anyhow::Result<(String, Calendar)> {
        let wanted = Some(named).filter(|name| !name.is_empty()).or(self.usual.as_deref());
        match (&self.book, wanted) {
            (Some(book), Some(name)) if book.calendars.contains_key(name) => {
                return pick(book, Some(name));
            }
            (Some(book), None) => return pick(book, None),
            (None, None) => anyhow::bail!("no calendar is named: give --calendar FILE"),
            (_, Some(_)) => {}
        }
        let wanted = wanted.unwrap_or_default().to_owned();
        let (file, name) = wanted
            .split_once('#')
            .map_or((wanted.as_str(), None), |(file, name)| (file, Some(name)));
        let usual = self.usual.clone();
        match (self.existing(file), &self.book) {
            (Some(path), _) => pick(self.read(&path)?, name.or(usual.as_deref())),
            (None, Some(book)) => pick(book, Some(&wanted)),
            (None, None) => anyhow::bail!(
                "there is no file `{file}`: without --calendar, the column `calendar` names a file, \
                 as in sla.yaml or sla.yaml#milano"
            ),
        }
    }

    fn existing(&self, file: &str) -> Option<PathBuf> {
        [PathBuf::from(file), self.folder.join(file)].into_iter().find(|path| path.is_file())
    }

    fn read(&mut self, path: &Path) -> anyhow::Result<&PolicyBook> {
        if !self.books.contains_key(path) {
            let book = settings::policies_at(path)?;
            self.books.insert(path.to_path_buf(), book);
        }
        self.books.get(path).context("a file that was just read")
    }
}

fn pick(book: &PolicyBook, name: Option<&str>) -> anyhow::Result<(String, Calendar)> {
    let known = book.calendars.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let found = match name {
        Some(name) => book.calendars.get_key_value(name),
        None if book.calendars.len() == 1 => book.calendars.first_key_value(),
        None if book.calendars.is_empty() => anyhow::bail!("the file has no `calendars`"),
        None => anyhow::bail!("name one of the file's calendars: {known}"),
    };
    match (found, name) {
        (Some((name, calendar)), _) => Ok((name.clone(), calendar.clone())),
        (None, name) => {
            anyhow::bail!("there is no calendar `{}`; there are: {known}", name.unwrap_or_default())
        }
    }
}

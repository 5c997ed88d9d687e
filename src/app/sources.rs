//! Where the content comes from: files that can be watched, or the embedded sample.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::knowledge::load;
use crate::sla::ical::holiday_files;

/// Where the bot's knowledge and the policies are read from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The files as they are now.
    pub intents: Vec<SourceFile>,
    /// The policies as they are now, and the holiday files that they name.
    pub policies: Vec<SourceFile>,
    /// The folder to watch for changes, unless embedded.
    pub folder: Option<PathBuf>,
    /// The policies' file to watch for changes, unless embedded.
    pub file: Option<PathBuf>,
}

impl Sources {
    /// Reads the configured places, or the embedded sample where none is configured.
    ///
    /// # Errors
    /// Every file that cannot be read.
    pub fn open(
        config: &Config,
        embedded: (Vec<SourceFile>, Vec<SourceFile>),
    ) -> Result<Self, Vec<Problem>> {
        let folder = Some(PathBuf::from(&config.intents.dir)).filter(|p| !p.as_os_str().is_empty());
        let file = Some(PathBuf::from(&config.policies.file)).filter(|p| !p.as_os_str().is_empty());
        let sources = Self { intents: embedded.0, policies: embedded.1, folder, file };
        let (intents, policies) = sources.read_now()?;
        Ok(Self { intents, policies, ..sources })
    }

    fn read_now(&self) -> Result<(Vec<SourceFile>, Vec<SourceFile>), Vec<Problem>> {
        let intents = match &self.folder {
            Some(folder) => load::read_folder(folder)?,
            None => self.intents.clone(),
        };
        let policies = match &self.file {
            Some(file) => read_policies(file).map_err(|problem| vec![problem])?,
            None => self.policies.clone(),
        };
        Ok((intents, policies))
    }

    /// Reads the watched places as they are now.
    pub(super) async fn read_again(
        &self,
    ) -> Result<(Vec<SourceFile>, Vec<SourceFile>), Vec<Problem>> {
        let sources = self.clone();
        let read = tokio::task::spawn_blocking(move || sources.read_now()).await;
        read.unwrap_or_else(|_| Err(Vec::new()))
    }
}

/// Reads a policies file and, after it, the holiday files beside it that it names and that can be
/// read; the check of the policies tells of the others.
///
/// # Errors
/// The policies file cannot be read.
pub fn read_policies(file: &Path) -> Result<Vec<SourceFile>, Problem> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| {
        Problem::of_file(Severity::Error, &name, format!("cannot be read: {error}"))
    })?;
    let beside = holiday_files(&text).into_iter().filter_map(|name| {
        let path = file.with_file_name(name);
        // Only dates are read from it: a title in another encoding does no harm.
        let bytes = std::fs::read(&path).ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Some(SourceFile { name: path.display().to_string(), text })
    });
    let beside: Vec<SourceFile> = beside.collect();
    Ok(std::iter::once(SourceFile { name, text }).chain(beside).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_come_with_the_holiday_files_that_they_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sla.yaml");
        let text = "calendars: {a: {holidays: a.ics}, b: {holidays: b.ics}}";
        std::fs::write(&file, text).unwrap();
        std::fs::write(folder.path().join("a.ics"), b"SUMMARY:Citt\xe0").unwrap();
        std::fs::write(folder.path().join("c.ics"), "unasked").unwrap();
        let files = read_policies(&file).unwrap();
        let texts: Vec<_> = files.iter().map(|file| file.text.as_str()).collect();
        assert_eq!(texts, [text, "SUMMARY:Citt\u{fffd}"]);
        let missing = read_policies(&folder.path().join("none.yaml")).unwrap_err();
        assert!(missing.message.contains("cannot be read"), "{missing}");
    }
}

//! Where the content comes from: files that can be watched, or the embedded sample.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::knowledge::load;
use crate::service::content::ContentFiles;
use crate::sla::ical::holiday_files;

/// Where the bot's knowledge, the policies and the teams' rules are read from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The files as they are now.
    pub intents: Vec<SourceFile>,
    /// The policies as they are now, and the holiday files that they name.
    pub policies: Vec<SourceFile>,
    /// The rules of the teams as they are now.
    pub teams: Vec<SourceFile>,
    /// The folder to watch for changes, unless embedded.
    pub folder: Option<PathBuf>,
    /// The policies' file to watch for changes, unless embedded.
    pub file: Option<PathBuf>,
    /// The teams' file to watch for changes, unless embedded.
    pub teams_file: Option<PathBuf>,
}

impl Sources {
    /// Reads the configured places, or the embedded sample where none is configured.
    ///
    /// # Errors
    /// Every file that cannot be read.
    pub fn open(config: &Config, embedded: ContentFiles) -> Result<Self, Vec<Problem>> {
        let named = |path: &str| Some(PathBuf::from(path)).filter(|p| !p.as_os_str().is_empty());
        let ContentFiles { intents, policies, teams } = embedded;
        let sources = Self {
            intents,
            policies,
            teams,
            folder: named(&config.intents.dir),
            file: named(&config.policies.file),
            teams_file: named(&config.teams.file),
        };
        let ContentFiles { intents, policies, teams } = sources.read_now()?;
        Ok(Self { intents, policies, teams, ..sources })
    }

    /// Everything as it was read.
    pub(super) fn files(&self) -> ContentFiles {
        ContentFiles {
            intents: self.intents.clone(),
            policies: self.policies.clone(),
            teams: self.teams.clone(),
        }
    }

    /// Whether anything can change.
    pub(super) fn is_watched(&self) -> bool {
        self.folder.is_some() || self.file.is_some() || self.teams_file.is_some()
    }

    fn read_now(&self) -> Result<ContentFiles, Vec<Problem>> {
        let intents = match &self.folder {
            Some(folder) => load::read_folder(folder)?,
            None => self.intents.clone(),
        };
        let policies = match &self.file {
            Some(file) => read_policies(file).map_err(|problem| vec![problem])?,
            None => self.policies.clone(),
        };
        let teams = match &self.teams_file {
            Some(file) => vec![read_file(file).map_err(|problem| vec![problem])?],
            None => self.teams.clone(),
        };
        Ok(ContentFiles { intents, policies, teams })
    }

    /// Reads the watched places as they are now.
    pub(super) async fn read_again(&self) -> Result<ContentFiles, Vec<Problem>> {
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
    let SourceFile { name, text } = read_file(file)?;
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

fn read_file(file: &Path) -> Result<SourceFile, Problem> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| {
        Problem::of_file(Severity::Error, &name, format!("cannot be read: {error}"))
    })?;
    Ok(SourceFile { name, text })
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

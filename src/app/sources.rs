//! Where the content comes from: files that can be watched, or the embedded sample.

use std::path::PathBuf;

use crate::config::Config;
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::knowledge::load;

/// Where the bot's knowledge and the policies are read from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The files as they are now.
    pub intents: Vec<SourceFile>,
    /// The policies as they are now.
    pub policies: SourceFile,
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
        embedded: (Vec<SourceFile>, SourceFile),
    ) -> Result<Self, Vec<Problem>> {
        let folder = Some(PathBuf::from(&config.intents.dir)).filter(|p| !p.as_os_str().is_empty());
        let file = Some(PathBuf::from(&config.policies.file)).filter(|p| !p.as_os_str().is_empty());
        let sources = Self { intents: embedded.0, policies: embedded.1, folder, file };
        let (intents, policies) = sources.read_now()?;
        Ok(Self { intents, policies, ..sources })
    }

    fn read_now(&self) -> Result<(Vec<SourceFile>, SourceFile), Vec<Problem>> {
        let intents = match &self.folder {
            Some(folder) => load::read_folder(folder)?,
            None => self.intents.clone(),
        };
        let policies = match &self.file {
            Some(file) => {
                let name = file.display().to_string();
                let text = std::fs::read_to_string(file).map_err(|error| {
                    let source = SourceFile { name: name.clone(), text: String::new() };
                    let message = format!("cannot be read: {error}");
                    vec![Problem::at(Severity::Error, &source, (0, 0), message)]
                })?;
                SourceFile { name, text }
            }
            None => self.policies.clone(),
        };
        Ok((intents, policies))
    }

    /// Reads the watched places as they are now.
    pub(super) async fn read_again(&self) -> Result<(Vec<SourceFile>, SourceFile), Vec<Problem>> {
        let sources = self.clone();
        let read = tokio::task::spawn_blocking(move || sources.read_now()).await;
        read.unwrap_or_else(|_| Err(Vec::new()))
    }
}

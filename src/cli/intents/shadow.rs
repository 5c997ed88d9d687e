//! `sportello intents shadow`: a candidate for the knowledge, beside the published one.

use std::path::Path;
use std::process::ExitCode;

use super::super::{output, settings};
use crate::knowledge::load;
use crate::service::clock::Clock;
use crate::service::content::ContentError;
use crate::service::shadow::{Occasion, Proposed, propose};

/// Checks the folder and hands it to the service, by its database.
pub(super) fn run(folder: &Path, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let files = load::read_folder(folder).map_err(|found| settings::refused("intents", &found))?;
    let proposed = settings::with_database(config, async |db, _| {
        match propose(db, files, Occasion::Asked, Clock::System.now()).await {
            Err(ContentError::Refused(problems)) => Err(settings::refused("intents", &problems)),
            other => Ok(other?),
        }
    })?;
    let told = match proposed {
        Proposed::Begun(version) => format!(
            "Version {} runs beside the published one from now on. What it would change, and where to \
             promote or discard it: /board/shadow\n",
            version.get(..12).unwrap_or(&version)
        ),
        Proposed::Runs => "This version runs already: /board/shadow\n".to_owned(),
        Proposed::Published | Proposed::Decided => {
            "This version is the published one: there is nothing to compare.\n".to_owned()
        }
    };
    output::tell(&told)?;
    Ok(ExitCode::SUCCESS)
}

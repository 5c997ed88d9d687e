//! Looks at the folder whose knowledge runs beside the published one.

use std::path::PathBuf;

use super::LOOK_AGAIN;
use crate::config::Config;
use crate::domain::source::{Problem, SourceFile};
use crate::knowledge::load;
use crate::lifecycle;
use crate::service::House;
use crate::service::content::ContentError;
use crate::service::shadow::{Occasion, Proposed, candidate_mended, candidate_refused, propose};

/// What a look found.
type Found = Result<Vec<SourceFile>, Vec<Problem>>;

/// The configured folder, when there is one.
pub(super) fn folder(config: &Config) -> Option<PathBuf> {
    Some(PathBuf::from(&config.intents.shadow_dir)).filter(|dir| !dir.as_os_str().is_empty())
}

/// Watches the folder, when there is one.
pub(super) fn start(house: &House, folder: Option<PathBuf>) {
    let watched = house.clone();
    lifecycle::start(&house.tasks, async move {
        let Some(folder) = folder else {
            return candidate_mended(&watched).await;
        };
        let mut files = CandidateWatcher { folder, settled: None, seen: None };
        while !watched.stop.is_cancelled() {
            files.look(&watched).await;
            tokio::select! {
                () = watched.stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    });
}

struct CandidateWatcher {
    folder: PathBuf,
    /// What was last proposed or refused; none at start.
    settled: Option<Found>,
    /// What the last look saw: only what two looks in a row see alike is proposed, because a file may be
    /// half written.
    seen: Option<Found>,
}

impl CandidateWatcher {
    async fn look(&mut self, house: &House) {
        let folder = self.folder.clone();
        let read = tokio::task::spawn_blocking(move || load::read_folder(&folder)).await;
        let found = read.unwrap_or_else(|_| Err(Vec::new()));
        if self.settled.as_ref() == Some(&found) {
            return;
        }
        if self.seen.as_ref() != Some(&found) {
            self.seen = Some(found);
            return;
        }
        if self.propose(house, &found).await {
            self.settled = Some(found);
        }
    }

    /// `false` when it must be tried again, for want of the database.
    async fn propose(&self, house: &House, found: &Found) -> bool {
        let files = match found {
            Ok(files) => files.clone(),
            Err(problems) => {
                candidate_refused(house, problems).await;
                return true;
            }
        };
        let occasion = if self.settled.is_none() { Occasion::Found } else { Occasion::Changed };
        match propose(&house.db, files, occasion, house.now()).await {
            Ok(proposed) => {
                if proposed == Proposed::Decided {
                    tracing::info!("the candidate's folder holds what was decided on before");
                }
                candidate_mended(house).await;
                true
            }
            Err(ContentError::Refused(problems)) => {
                for problem in &problems {
                    tracing::warn!("candidate refused: {problem}");
                }
                candidate_refused(house, &problems).await;
                true
            }
            Err(error) => {
                tracing::warn!(%error, "candidate not proposed");
                false
            }
        }
    }
}

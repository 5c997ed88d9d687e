//! A candidate begins and ends: proposed by its folder or by a command, promoted or discarded by a
//! supervisor. Who was faster is decided by a conditional UPDATE.

use uuid::Uuid;

use super::super::access::BoardRight;
use super::super::clock::fresh_id;
use super::super::content::publishing::{by_name, clear_refusal, note_refusal, trained};
use super::super::content::{ContentError, INTENTS};
use super::super::{House, ServiceError};
use crate::domain::source::{Problem, SourceFile};
use crate::domain::time::UtcMillis;
use crate::events::Hint;
use crate::store::candidate::{self, CandidateState, NewCandidate};
use crate::store::{Db, StoreError, agent, content};

/// The candidate's files, in the record of refusals.
pub(super) const CANDIDATE: &str = "candidate";

/// Why files are proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The folder's files as they were found at start: what was decided of them stands.
    Found,
    /// The folder's files changed.
    Changed,
    /// Somebody asked for it.
    Asked,
}

impl Occasion {
    const fn origin(self) -> &'static str {
        match self {
            Self::Found | Self::Changed => "folder",
            Self::Asked => "command",
        }
    }
}

/// What became of proposed files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposed {
    /// They run from now on, as this version.
    Begun(String),
    /// They run already.
    Runs,
    /// They are what is published: there is nothing to compare.
    Published,
    /// They ran before, and were decided on.
    Decided,
}

/// Lets files run beside the published knowledge, in place of what ran there.
///
/// # Errors
/// Every problem of the files, or the records cannot be written.
pub async fn propose(
    db: &Db,
    files: Vec<SourceFile>,
    occasion: Occasion,
    now: UtcMillis,
) -> Result<Proposed, ContentError> {
    let named = by_name(&files);
    let version = trained(files).await?.version.clone();
    loop {
        let base = content::active_version(db, INTENTS).await?.unwrap_or_default();
        let running = candidate::running(db).await?;
        if version == base {
            let own = running.filter(|running| running.origin == occasion.origin());
            if let Some(own) = own.filter(|_| occasion != Occasion::Found) {
                let mut tx = db.begin().await?;
                candidate::withdraw(&mut tx, own.id, now).await?;
                tx.commit().await?;
            }
            return Ok(Proposed::Published);
        }
        if running.is_some_and(|running| running.version == version) {
            return Ok(Proposed::Runs);
        }
        if is_decided(db, &version, occasion).await? {
            return Ok(Proposed::Decided);
        }
        let origin = occasion.origin();
        let id = fresh_id();
        let new =
            NewCandidate { id, version: &version, base: &base, origin, files: &named, at: now };
        match begin(db, &new).await {
            Ok(()) => {
                tracing::info!(candidate = %id, version, origin, "candidate proposed");
                return Ok(Proposed::Begun(version));
            }
            // Another replica was faster: with the same files, or with others that are replaced.
            Err(StoreError::Exists(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether what was decided of a version stands. At start whatever became of it does. Of changed files,
/// the word of a supervisor does if nothing ran since: another replica saw the same change earlier.
async fn is_decided(db: &Db, version: &str, occasion: Occasion) -> Result<bool, StoreError> {
    match occasion {
        Occasion::Asked => Ok(false),
        Occasion::Found => Ok(candidate::last_of(db, version).await?.is_some()),
        Occasion::Changed => {
            let word = [CandidateState::Discarded, CandidateState::Promoted];
            let running = candidate::running(db).await?;
            let last = candidate::ended(db, 1).await?.into_iter().next();
            let decided = last.filter(|last| last.version == version && word.contains(&last.state));
            Ok(running.is_none() && decided.is_some())
        }
    }
}

async fn begin(db: &Db, new: &NewCandidate<'_>) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    candidate::end_running(&mut tx, CandidateState::Replaced, new.at).await?;
    candidate::begin(&mut tx, new).await?;
    tx.commit().await
}

/// Says on every board why the candidate's files were refused; the candidate that runs goes on.
pub async fn candidate_refused(house: &House, problems: &[Problem]) {
    if let Err(error) = note_refusal(&house.db, CANDIDATE, problems, house.now()).await {
        tracing::warn!(%error, "refusal not noted");
    }
    house.bus.tell(Hint::Content).await;
}

/// The candidate's files can be used again, or there are none.
pub async fn candidate_mended(house: &House) {
    if let Err(error) = clear_refusal(&house.db, CANDIDATE).await {
        tracing::warn!(%error, "mended files not noted");
    }
    house.bus.tell(Hint::Content).await;
}

/// Publishes a candidate: the very files that ran, as one version that every replica loads.
///
/// # Errors
/// `Conflict` when it had ended: by whom, if by a supervisor. `NotFound`, `Unavailable`.
pub async fn promote(house: &House, right: &BoardRight, id: Uuid) -> Result<(), ServiceError> {
    let (by, now) = (right.agent(), house.now());
    let mut tx = house.db.begin().await?;
    content::lock_source(&mut tx, INTENTS).await?;
    if !candidate::decide(&mut tx, id, CandidateState::Promoted, by.id, now).await? {
        tx.roll_back().await?;
        return Err(too_late(house, id).await);
    }
    let (version, files) = candidate::files_in(&mut tx, id).await?;
    content::publish(&mut tx, INTENTS, &version, &files, now).await?;
    candidate::clear(&mut tx, id).await?;
    tx.commit().await?;
    tracing::info!(candidate = %id, version, agent.id = %by.id, "candidate promoted");
    tell(house).await;
    Ok(())
}

/// Ends a candidate without publishing it; what was kept of it is deleted.
///
/// # Errors
/// As [`promote`].
pub async fn discard(house: &House, right: &BoardRight, id: Uuid) -> Result<(), ServiceError> {
    let (by, now) = (right.agent(), house.now());
    let mut tx = house.db.begin().await?;
    if !candidate::decide(&mut tx, id, CandidateState::Discarded, by.id, now).await? {
        tx.roll_back().await?;
        return Err(too_late(house, id).await);
    }
    candidate::clear(&mut tx, id).await?;
    tx.commit().await?;
    tracing::info!(candidate = %id, agent.id = %by.id, "candidate discarded");
    tell(house).await;
    Ok(())
}

/// This replica at once, the others by a hint.
async fn tell(house: &House) {
    if let Err(error) = house.catch_up().await {
        tracing::warn!(%error, "published content not loaded yet");
    }
    house.bus.tell(Hint::Content).await;
}

async fn too_late(house: &House, id: Uuid) -> ServiceError {
    let ended = match candidate::get(&house.db, id).await {
        Ok(Some(ended)) => ended,
        Ok(None) => return ServiceError::NotFound("the candidate"),
        Err(error) => return error.into(),
    };
    let people = agent::all(&house.db).await.unwrap_or_default();
    let winner = people.into_iter().find(|agent| Some(agent.id) == ended.ended_by);
    let winner = winner.map(|agent| agent.name);
    let by = winner.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
    let message = format!("the candidate was {}{by} already", ended.state.as_str());
    ServiceError::Conflict { message, winner }
}

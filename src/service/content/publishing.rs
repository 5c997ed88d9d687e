//! From files to what is active, here and on the other replicas.

use std::sync::{Arc, PoisonError};

use super::super::books::{POLICIES, check_book, sources};
use super::super::{House, shadow};
use super::{ContentError, ContentFiles, INTENTS, TEAMS, Versions};
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::domain::time::UtcMillis;
use crate::events::Hint;
use crate::knowledge::{Knowledge, load};
use crate::routing::teams::Teams;
use crate::sla::book::PolicyBook;
use crate::store::refusal::{Refusal, Told};
use crate::store::{Db, StoreError, candidate, content, refusal};

/// The files that the house runs on, in the record of refusals.
pub(in crate::service) const CONTENT: &str = "content";
/// How many problems of refused files are kept for the board.
const TOLD: usize = 20;

/// One reading that can be used.
pub(super) struct Fresh {
    pub(super) knowledge: Arc<Knowledge>,
    pub(super) book: PolicyBook,
    pub(super) rules: Teams,
}

/// Checks every file and publishes what is new. `known` is what need not be trained again.
pub(super) async fn publish(
    db: &Db,
    files: ContentFiles,
    known: &[Arc<Knowledge>],
    now: UtcMillis,
) -> Result<Fresh, ContentError> {
    let mut fresh = read(files.clone(), None).await?;
    if let Some(promoted) =
        publish_intents(db, &fresh.knowledge.version, &files.intents, now).await?
    {
        match knowledge_of(db, &promoted, known).await {
            Ok(knowledge) => fresh.knowledge = knowledge,
            Err(ContentError::Refused(problems)) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                tracing::error!(promoted, first, "promoted intents cannot be read by this release");
            }
            Err(error) => return Err(error),
        }
    }
    publish_version(db, POLICIES, &fresh.book.version, &files.policies, now).await?;
    publish_version(db, TEAMS, &fresh.rules.version, &files.teams, now).await?;
    Ok(fresh)
}

/// Reads every kind; training is CPU work, so it leaves the async threads alone. With `known`, the
/// intents' files are not read.
async fn read(files: ContentFiles, known: Option<Arc<Knowledge>>) -> Result<Fresh, ContentError> {
    let read = tokio::task::spawn_blocking(move || {
        let knowledge = known.map_or_else(|| train(&files.intents), Ok);
        let book = check_book(&files.policies);
        let rules = files.teams.first().map_or_else(|| Ok(Teams::default()), Teams::read);
        match (knowledge, book, rules) {
            (Ok(knowledge), Ok(book), Ok(rules)) => Ok((knowledge, book, rules)),
            (knowledge, book, rules) => {
                let mut problems = knowledge.err().unwrap_or_default();
                problems.extend(book.err().unwrap_or_default());
                problems.extend(rules.err().unwrap_or_default());
                Err(ContentError::Refused(problems))
            }
        }
    });
    let (knowledge, (book, warnings), rules) = read.await.map_err(|error| broken(&error))??;
    for warning in &warnings {
        tracing::warn!("policies: {warning}");
    }
    Ok(Fresh { knowledge, book, rules })
}

fn train(files: &[SourceFile]) -> Result<Arc<Knowledge>, Vec<Problem>> {
    let built = load::build(files)?;
    for warning in &built.warnings {
        tracing::debug!(file = warning.file, line = warning.line, "{}", warning.message);
    }
    Ok(Arc::new(built.knowledge))
}

/// Trains away from the async threads.
pub(in crate::service) async fn trained(
    files: Vec<SourceFile>,
) -> Result<Arc<Knowledge>, ContentError> {
    let trained = tokio::task::spawn_blocking(move || train(&files)).await;
    trained.map_err(|error| broken(&error))?.map_err(ContentError::Refused)
}

fn broken(error: &tokio::task::JoinError) -> ContentError {
    StoreError::Damaged(format!("reading content: {error}")).into()
}

/// A published version, trained: one of those at hand, or read from the records.
async fn knowledge_of(
    db: &Db,
    version: &str,
    known: &[Arc<Knowledge>],
) -> Result<Arc<Knowledge>, ContentError> {
    if let Some(known) = known.iter().find(|known| known.version == version) {
        return Ok(Arc::clone(known));
    }
    let files = content::version(db, INTENTS, version).await?;
    let files = files.ok_or_else(|| StoreError::Damaged(format!("intents {version} are lost")))?;
    trained(sources(files)).await
}

/// Publishes intents whose files have changed since they were last published. Unchanged files publish
/// nothing: the version that was promoted over them stays, and is what this returns. That is decided
/// under the lock that a promotion takes, so neither can overlook the other.
async fn publish_intents(
    db: &Db,
    version: &str,
    files: &[SourceFile],
    now: UtcMillis,
) -> Result<Option<String>, StoreError> {
    let mut tx = db.begin().await?;
    let source = content::lock_source(&mut tx, INTENTS).await?;
    if source.as_deref() == Some(version) {
        let active = content::active_in(&mut tx, INTENTS).await?;
        tx.roll_back().await?;
        return Ok(active.filter(|active| active != version));
    }
    candidate::compare_with(&mut tx, version, now).await?;
    content::publish(&mut tx, INTENTS, version, &by_name(files), now).await?;
    content::set_source(&mut tx, INTENTS, version).await?;
    tx.commit().await?;
    Ok(None)
}

async fn publish_version(
    db: &Db,
    kind: &str,
    version: &str,
    files: &[SourceFile],
    now: UtcMillis,
) -> Result<(), StoreError> {
    if content::active_version(db, kind).await?.is_some_and(|active| active == version) {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    content::publish(&mut tx, kind, version, &by_name(files), now).await?;
    tx.commit().await
}

/// Files as they are stored.
pub(in crate::service) fn by_name(files: &[SourceFile]) -> content::Files {
    files.iter().map(|file| (file.name.clone(), file.text.clone())).collect()
}

/// Notes why files of a source were refused, for every replica's board.
///
/// # Errors
/// [`StoreError`].
pub(in crate::service) async fn note_refusal(
    db: &Db,
    source: &str,
    problems: &[Problem],
    now: UtcMillis,
) -> Result<(), StoreError> {
    let told = |problem: &Problem| Told {
        place: match problem.line {
            0 => problem.file.clone(),
            line => format!("{}:{line}:{}", problem.file, problem.column),
        },
        message: problem.message.clone(),
        excerpt: problem.excerpt.clone(),
    };
    // Warnings did not refuse anything.
    let errors: Vec<_> = problems.iter().filter(|p| p.severity == Severity::Error).collect();
    let refused = Refusal {
        source: source.to_owned(),
        at: now,
        total: errors.len() as u64,
        problems: errors.into_iter().take(TOLD).map(told).collect(),
    };
    let mut tx = db.begin().await?;
    refusal::note(&mut tx, &refused).await?;
    tx.commit().await
}

/// The files of a source can be used.
pub(in crate::service) async fn clear_refusal(db: &Db, source: &str) -> Result<(), StoreError> {
    if !refusal::all(db).await?.iter().any(|refused| refused.source == source) {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    refusal::clear(&mut tx, source).await?;
    tx.commit().await
}

impl House {
    /// Checks the files again and publishes them; a refused set raises an alarm on every board and
    /// leaves the active version as it is.
    ///
    /// # Errors
    /// [`ContentError`].
    pub async fn republish(&self, files: ContentFiles) -> Result<(), ContentError> {
        let known = [self.content.knowledge()];
        match publish(&self.db, files, &known, self.now()).await {
            Ok(fresh) => {
                self.adopt(fresh);
                self.accept_content().await;
                Ok(())
            }
            Err(error) => {
                if let ContentError::Refused(problems) = &error {
                    self.refuse_content(problems).await;
                }
                Err(error)
            }
        }
    }

    /// Says on every board why content was refused.
    pub async fn refuse_content(&self, problems: &[Problem]) {
        if let Err(error) = note_refusal(&self.db, CONTENT, problems, self.now()).await {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            tracing::warn!(%error, "refusal not noted");
            self.alarm("content_refused", first);
        }
        self.bus.tell(Hint::Content).await;
    }

    /// Takes the alarm off the boards: the files can be used again.
    pub async fn accept_content(&self) {
        self.all_clear("content_refused");
        if let Err(error) = clear_refusal(&self.db, CONTENT).await {
            tracing::warn!(%error, "mended files not noted");
        }
        self.bus.tell(Hint::Content).await;
    }

    /// Loads what another replica published, if it is new here; and the candidate that runs.
    ///
    /// # Errors
    /// [`ContentError`].
    pub async fn catch_up(&self) -> Result<(), ContentError> {
        let loaded = self.load_active().await;
        shadow::load(self).await?;
        loaded.map(drop)
    }

    async fn load_active(&self) -> Result<bool, ContentError> {
        let active = content::active_versions(&self.db).await?;
        let here = self.content.knowledge();
        let (book, rules) = (self.content.book(), self.content.rules());
        let is = |kind: &str, version: &str| {
            active.get(kind).map_or(version.is_empty(), |active| active == version)
        };
        if !active.contains_key(INTENTS)
            || !active.contains_key(POLICIES)
            || (is(INTENTS, &here.version)
                && is(POLICIES, &book.version)
                && is(TEAMS, &rules.version))
        {
            return Ok(false);
        }
        if self.content.has_refused(&active) {
            return Ok(false);
        }
        let read = self.read_active(&active, here).await;
        if matches!(read, Err(ContentError::Refused(_))) {
            self.content.refuse(active);
        }
        self.adopt(read?);
        Ok(true)
    }

    /// Reads what is published; the intents last, because learning takes longest.
    async fn read_active(
        &self,
        active: &Versions,
        here: Arc<Knowledge>,
    ) -> Result<Fresh, ContentError> {
        let (_, policies) = content::active(&self.db, POLICIES).await?.unwrap_or_default();
        // An older release published no rules.
        let (_, teams) = content::active(&self.db, TEAMS).await?.unwrap_or_default();
        let (policies, teams) = (sources(policies), sources(teams));
        let files = ContentFiles { intents: Vec::new(), policies, teams };
        let mut fresh = read(files, Some(Arc::clone(&here))).await?;
        let known: Vec<_> =
            std::iter::once(here).chain(self.content.shadow().knowledge()).collect();
        let version = active.get(INTENTS).map(String::as_str).unwrap_or_default();
        fresh.knowledge = knowledge_of(&self.db, version, &known).await?;
        Ok(fresh)
    }

    /// Whether the teams' rules of this process are those that are published.
    pub(in crate::service) async fn has_active_rules(&self) -> Result<bool, StoreError> {
        let active = content::active_version(&self.db, TEAMS).await?;
        Ok(active.unwrap_or_default() == *self.content.rules().version)
    }

    /// Whether the policies of this process are those that are published.
    pub(in crate::service) async fn has_active_policies(&self) -> Result<bool, StoreError> {
        let active = content::active_version(&self.db, POLICIES).await?;
        Ok(active.is_some_and(|active| active == *self.content.book().version))
    }

    fn adopt(&self, fresh: Fresh) {
        let Fresh { knowledge, book, rules } = fresh;
        for intent in rules.intents().filter(|name| !knowledge.intents.contains_key(*name)) {
            tracing::warn!("teams: `effort` names the intent `{intent}`, which there is not");
        }
        let (policies, teams) = (&*book.version, &*rules.version);
        tracing::info!(intents = knowledge.version, policies, teams, "content loaded");
        let (content, knowledge) = (&self.content, knowledge);
        *content.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        *content.knowledge.write().unwrap_or_else(PoisonError::into_inner) = knowledge;
        content.shelf.adopt(Arc::new(book));
    }
}

/// Looks for what other replicas published, in case their hint was lost.
///
/// # Errors
/// The records are not reachable, or what is published cannot be read here.
pub async fn follow(house: &House) -> Result<(), ContentError> {
    let loaded = house.load_active().await;
    shadow::load(house).await?;
    if loaded? {
        house.bus.tell(Hint::Content).await;
    }
    Ok(())
}

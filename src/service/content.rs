//! What is published: the bot's knowledge and the policies, as immutable versions.
//!
//! Files are checked whole before anything is published; a refused set leaves the active version as
//! it is. Replicas load on a hint. What was decided carries the version, so history never changes.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::books::{POLICIES, Shelf, check_book, sources};
use super::{House, ServiceError};
use crate::domain::ledger::LedgerEvent;
use crate::domain::source::{Problem, SourceFile};
use crate::domain::time::UtcMillis;
use crate::events::Hint;
use crate::knowledge::{Action, Form, Knowledge, Then, load};
use crate::sla::book::{Books, PolicyBook};
use crate::store::{Db, StoreError, content};

/// The kind of content that the bot knows.
const INTENTS: &str = "intents";

/// What is active in this process, and the older policies that tickets still carry.
#[derive(Debug)]
pub struct Content {
    knowledge: RwLock<Arc<Knowledge>>,
    shelf: Shelf,
}

/// Why content cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The files have problems: all of them.
    #[error("the files have {} {}", .0.len(), if .0.len() == 1 { "problem" } else { "problems" })]
    Refused(Vec<Problem>),
    /// The records cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Content {
    /// Checks the given files and publishes them when they are new.
    ///
    /// # Errors
    /// Every problem of the files, or the records cannot be written.
    pub async fn publish(
        db: &Db,
        intents: Vec<SourceFile>,
        policies: Vec<SourceFile>,
        now: UtcMillis,
    ) -> Result<Self, ContentError> {
        let (knowledge, book) = read(intents.clone(), policies.clone()).await?;
        publish_version(db, INTENTS, &knowledge.version, &intents, now).await?;
        publish_version(db, POLICIES, &book.version, &policies, now).await?;
        Ok(Self::of(knowledge, book))
    }

    /// Content that is not published anywhere: for the terminal and for tests of conversations.
    #[must_use]
    pub fn of(knowledge: Knowledge, book: PolicyBook) -> Self {
        Self { knowledge: RwLock::new(Arc::new(knowledge)), shelf: Shelf::new(Arc::new(book)) }
    }

    /// What the bot knows now.
    #[must_use]
    pub fn knowledge(&self) -> Arc<Knowledge> {
        Arc::clone(&self.knowledge.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The teams that the knowledge hands over to.
    #[must_use]
    pub fn teams(&self) -> std::collections::BTreeSet<String> {
        let knowledge = self.knowledge();
        let of = |action: &Action| match action {
            Action::Escalate(escalation)
            | Action::Form(Form { then: Then::Escalate(escalation), .. }) => {
                escalation.team.clone()
            }
            _ => None,
        };
        knowledge.intents.values().filter_map(|intent| of(&intent.action)).collect()
    }

    /// The policies for new tickets.
    #[must_use]
    pub fn book(&self) -> Arc<PolicyBook> {
        self.shelf.active()
    }

    /// The policies that these ledgers name, beside the active ones.
    pub(super) async fn books_for<'a>(
        &self,
        db: &Db,
        ledgers: impl IntoIterator<Item = &'a LedgerEvent>,
    ) -> Result<Books, ServiceError> {
        self.shelf.books_for(db, ledgers).await
    }
}

/// Reads both kinds; training is CPU work, so it leaves the async threads alone.
async fn read(
    intents: Vec<SourceFile>,
    policies: Vec<SourceFile>,
) -> Result<(Knowledge, PolicyBook), ContentError> {
    let read = tokio::task::spawn_blocking(move || {
        let knowledge = load::build(&intents);
        let book = check_book(&policies);
        match (knowledge, book) {
            (Ok(built), Ok(book)) => Ok((built, book)),
            (knowledge, book) => {
                let mut problems = knowledge.err().unwrap_or_default();
                problems.extend(book.err().unwrap_or_default());
                Err(ContentError::Refused(problems))
            }
        }
    });
    let (built, (book, warnings)) =
        read.await.map_err(|error| StoreError::Damaged(format!("reading content: {error}")))??;
    for warning in &built.warnings {
        tracing::debug!(file = warning.file, line = warning.line, "{}", warning.message);
    }
    for warning in &warnings {
        tracing::warn!("policies: {warning}");
    }
    Ok((built.knowledge, book))
}

async fn publish_version(
    db: &Db,
    kind: &str,
    version: &str,
    files: &[SourceFile],
    now: UtcMillis,
) -> Result<(), StoreError> {
    if content::active(db, kind).await?.is_some_and(|(active, _)| active == version) {
        return Ok(());
    }
    let files: BTreeMap<_, _> =
        files.iter().map(|file| (file.name.clone(), file.text.clone())).collect();
    let mut tx = db.begin().await?;
    content::publish(&mut tx, kind, version, &files, now).await?;
    tx.commit().await
}

impl House {
    /// Checks the files again and publishes them; a refused set raises an alarm on the board and
    /// leaves the active version as it is.
    ///
    /// # Errors
    /// [`ContentError`].
    pub async fn republish(
        &self,
        intents: Vec<SourceFile>,
        policies: Vec<SourceFile>,
    ) -> Result<(), ContentError> {
        let fresh = Content::publish(&self.db, intents, policies, self.now()).await;
        match fresh {
            Ok(fresh) => {
                self.adopt(fresh.knowledge(), fresh.book());
                self.all_clear("content_refused");
                self.bus.tell(Hint::Content).await;
                Ok(())
            }
            Err(error) => {
                if let ContentError::Refused(problems) = &error {
                    let first = problems.first().map(ToString::to_string).unwrap_or_default();
                    self.alarm("content_refused", format!("{error}: {first}"));
                    self.bus.tell(Hint::Content).await;
                }
                Err(error)
            }
        }
    }

    /// Says on the board that content was refused before it could be read.
    pub async fn refuse_content(&self, why: &str) {
        self.alarm("content_refused", why);
        self.bus.tell(Hint::Content).await;
    }

    /// Takes the alarm off the board: the files are the active content again.
    pub async fn accept_content(&self) {
        self.all_clear("content_refused");
        self.bus.tell(Hint::Content).await;
    }

    /// Loads what another replica published, if it is new here.
    ///
    /// # Errors
    /// [`ContentError`].
    pub async fn catch_up(&self) -> Result<(), ContentError> {
        let intents = content::active(&self.db, INTENTS).await?;
        let policies = content::active(&self.db, POLICIES).await?;
        let (Some((version, intents)), Some((book, policies))) = (intents, policies) else {
            return Ok(());
        };
        if version == self.content.knowledge().version && book == *self.content.book().version {
            return Ok(());
        }
        let (knowledge, book) = read(sources(intents), sources(policies)).await?;
        self.adopt(Arc::new(knowledge), Arc::new(book));
        Ok(())
    }

    /// Whether the policies of this process are those that are published.
    pub(super) async fn has_active_policies(&self) -> Result<bool, StoreError> {
        let active = content::active_version(&self.db, POLICIES).await?;
        Ok(active.is_some_and(|active| active == *self.content.book().version))
    }

    fn adopt(&self, knowledge: Arc<Knowledge>, book: Arc<PolicyBook>) {
        tracing::info!(intents = knowledge.version, policies = &*book.version, "content loaded");
        *self.content.knowledge.write().unwrap_or_else(PoisonError::into_inner) = knowledge;
        self.content.shelf.adopt(book);
    }
}

#[cfg(test)]
mod tests {
    use super::super::books::read_book;
    use super::*;

    #[test]
    fn policies_are_found_among_their_holiday_files() {
        let policies =
            "calendars: {c: {time_zone: UTC, week: {mon: [\"09:00-10:00\"]}, holidays: a.ics}}";
        let holidays = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105\nEND:VEVENT\nEND:VCALENDAR";
        let stored = [("shop/a.ics", holidays), ("shop/sla.yaml", policies)];
        let files = stored.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let book = read_book(&sources(files)).unwrap();
        assert!(book.calendars["c"].hours_of(jiff::civil::date(2026, 1, 5)).is_empty());
        assert!(read_book(&[]).is_err());
    }
}

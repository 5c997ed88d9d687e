//! What is published: the bot's knowledge, the policies and the teams' rules, as immutable versions.
//!
//! Files are checked whole before anything is published; a refused set leaves the active version as
//! it is. Replicas load on a hint. What was decided carries the version, so history never changes.

pub(super) mod publishing;

pub use publishing::follow;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::ServiceError;
use super::books::Shelf;
use super::shadow::Shadow;
use crate::domain::ledger::LedgerEvent;
use crate::domain::source::{Problem, SourceFile};
use crate::domain::time::UtcMillis;
use crate::knowledge::{Action, Form, Knowledge, Then};
use crate::routing::teams::Teams;
use crate::sla::book::{Books, PolicyBook};
use crate::store::{Db, StoreError};

/// The kind of content that the bot knows.
pub(super) const INTENTS: &str = "intents";
/// The kind of content that says how teams' tickets wait.
const TEAMS: &str = "teams";

/// The files of one reading, of every kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentFiles {
    /// What the bot knows.
    pub intents: Vec<SourceFile>,
    /// The policies, and the holiday files that they name.
    pub policies: Vec<SourceFile>,
    /// The rules of the teams; without a file the usual ones count.
    pub teams: Vec<SourceFile>,
}

/// What is active in this process, and the older policies that tickets still carry.
#[derive(Debug)]
pub struct Content {
    knowledge: RwLock<Arc<Knowledge>>,
    shelf: Shelf,
    rules: RwLock<Arc<Teams>>,
    shadow: Shadow,
    /// What was published and cannot be read by this release: it is not tried again.
    refused: Mutex<Versions>,
}

/// By kind: the version that is published.
type Versions = BTreeMap<String, String>;

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

impl From<ContentError> for ServiceError {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Store(error) => error.into(),
            ContentError::Refused(ref problems) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                Self::Invalid(format!("{error}: {first}"))
            }
        }
    }
}

impl Content {
    /// Checks the given files and publishes them when they are new. Intents that were promoted over
    /// files which are still the same stay active.
    ///
    /// # Errors
    /// Every problem of the files, or the records cannot be written.
    pub async fn publish(
        db: &Db,
        files: ContentFiles,
        now: UtcMillis,
    ) -> Result<Self, ContentError> {
        let fresh = publishing::publish(db, files, &[], now).await?;
        publishing::clear_refusal(db, publishing::CONTENT).await?;
        let knowledge = RwLock::new(fresh.knowledge);
        let (shelf, rules) = (Shelf::new(Arc::new(fresh.book)), RwLock::new(Arc::new(fresh.rules)));
        Ok(Self { knowledge, shelf, rules, shadow: Shadow::default(), refused: Mutex::default() })
    }

    /// Content that is not published anywhere: for the terminal and for tests of conversations.
    #[must_use]
    pub fn of(knowledge: Knowledge, book: PolicyBook) -> Self {
        let (knowledge, rules) = (RwLock::new(Arc::new(knowledge)), RwLock::default());
        let (shelf, shadow) = (Shelf::new(Arc::new(book)), Shadow::default());
        Self { knowledge, shelf, rules, shadow, refused: Mutex::default() }
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

    /// How the teams' tickets wait.
    #[must_use]
    pub fn rules(&self) -> Arc<Teams> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether these very versions could not be read.
    fn has_refused(&self, versions: &Versions) -> bool {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) == *versions
    }

    /// Remembers that these versions cannot be read.
    fn refuse(&self, versions: Versions) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = versions;
    }

    /// What runs beside the knowledge, unheard.
    #[must_use]
    pub const fn shadow(&self) -> &Shadow {
        &self.shadow
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

#[cfg(test)]
mod tests {
    use super::super::books::{read_book, sources};

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

//! Policies by version: the active ones, and the older ones that tickets still carry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::ServiceError;
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::sla::book::{Books, PolicyBook};
use crate::sla::ical::is_holiday_file;
use crate::store::{Db, content};

/// The kind of content that sets clocks.
pub(super) const POLICIES: &str = "policies";

/// The active policies of this process, and what was read of older versions.
#[derive(Debug)]
pub struct Shelf {
    active: RwLock<Arc<PolicyBook>>,
    older: Mutex<HashMap<String, Arc<PolicyBook>>>,
}

impl Shelf {
    /// With these as the active policies.
    #[must_use]
    pub fn new(active: Arc<PolicyBook>) -> Self {
        Self { active: RwLock::new(active), older: Mutex::new(HashMap::new()) }
    }

    /// With the policies that are active in the records, else with these.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn open(db: &Db, fallback: PolicyBook) -> Result<Self, ServiceError> {
        let found = content::active(db, POLICIES).await?;
        let published = found.and_then(|(_, files)| read_book(&sources(files)).ok());
        Ok(Self::new(Arc::new(published.unwrap_or(fallback))))
    }

    /// The active policies.
    pub fn active(&self) -> Arc<PolicyBook> {
        Arc::clone(&self.active.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other policies in force.
    pub(super) fn adopt(&self, book: Arc<PolicyBook>) {
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = book;
    }

    /// The policies that these ledgers name, beside the active ones.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn books_for<'a>(
        &self,
        db: &Db,
        ledgers: impl IntoIterator<Item = &'a LedgerEvent>,
    ) -> Result<Books, ServiceError> {
        let mut books = Books::new(self.active());
        for event in ledgers {
            if let Fact::SlaApplied { version, .. } = &event.fact
                && !books.has(version)
            {
                books.add(version, self.older(db, version).await?);
            }
        }
        Ok(books)
    }

    /// An older version; the active one where it is lost or cannot be read any more.
    async fn older(&self, db: &Db, version: &str) -> Result<Arc<PolicyBook>, ServiceError> {
        let known = self.older.lock().unwrap_or_else(PoisonError::into_inner).get(version).cloned();
        if let Some(book) = known {
            return Ok(book);
        }
        let files = content::version(db, POLICIES, version).await?;
        let read = files.and_then(|files| read_book(&sources(files)).ok());
        let Some(book) = read.map(Arc::new) else {
            tracing::error!(
                version,
                "old policies are lost: their tickets are read by the active ones"
            );
            return Ok(self.active());
        };
        let mut books = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        books.insert(version.to_owned(), Arc::clone(&book));
        Ok(book)
    }
}

/// Published files as they were read.
pub(super) fn sources(files: content::Files) -> Vec<SourceFile> {
    files.into_iter().map(|(name, text)| SourceFile { name, text }).collect()
}

/// As [`check_book`], without the warnings.
pub(super) fn read_book(files: &[SourceFile]) -> Result<PolicyBook, Vec<Problem>> {
    check_book(files).map(|(book, _)| book)
}

/// The policies file, wherever it stands among the holiday files beside it; with its warnings.
pub(super) fn check_book(files: &[SourceFile]) -> Result<(PolicyBook, Vec<Problem>), Vec<Problem>> {
    let Some(policies) = files.iter().find(|file| !is_holiday_file(&file.name)) else {
        let message = "there is no policies file to read";
        return Err(vec![Problem::of_file(Severity::Error, "policies", message)]);
    };
    let (book, problems) = PolicyBook::check_with(policies, files);
    match book {
        Some(book) => Ok((book, problems)),
        None => Err(problems),
    }
}

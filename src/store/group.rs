//! Group commit on SQLite: units of work share the single writer and its fsync.
//!
//! The first unit begins a transaction, each unit is a savepoint in it, and whoever waits for the
//! writer joins it. When nobody waits, or the group is large or old enough, one COMMIT makes all of
//! it durable; only then is any unit acknowledged. A unit that is rolled back, fails or is dropped
//! takes nobody with it; a COMMIT that fails takes all.

mod close;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::StoreError;
use super::later::Later;

/// How long a unit waits for the writer.
const PATIENCE: Duration = Duration::from_secs(30);
/// After so many units a group is committed even if others wait.
const MOST: usize = 64;
/// After so long a group is committed even if others wait.
const LONGEST: Duration = Duration::from_millis(4);
/// What makes a unit of work within the transaction.
pub(super) const MARK: &str = "SAVEPOINT unit";
/// What a unit's last words are.
const RELEASE: &str = "RELEASE unit";

/// The single writer of an SQLite file.
#[derive(Clone, Debug)]
pub struct Group(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    pool: SqlitePool,
    /// Whoever sits here writes.
    seat: Arc<Mutex<Option<Batch>>>,
    /// How many units wait for the seat.
    waiting: AtomicUsize,
}

/// What a group came to: nothing yet, durable, or why not.
type Outcome = Option<Result<(), String>>;

/// An open transaction with the units that were released into it. Dropping it rolls it back, and its
/// units learn that they failed.
#[derive(Debug)]
struct Batch {
    tx: Transaction<'static, Sqlite>,
    outcome: watch::Sender<Outcome>,
    released: usize,
    began: Instant,
    /// The last unit ended without a word: its savepoint must be undone.
    torn: bool,
}

impl Batch {
    async fn begin(pool: &SqlitePool) -> Result<Self, StoreError> {
        Ok(Self {
            tx: pool.begin_with("BEGIN IMMEDIATE").await?,
            outcome: watch::Sender::new(None),
            released: 0,
            began: Instant::now(),
            torn: false,
        })
    }

    fn is_full(&self) -> bool {
        self.released >= MOST || self.began.elapsed() >= LONGEST
    }

    /// Undoes a unit that ended without a word.
    async fn mend(&mut self) -> Result<(), sqlx::Error> {
        if !self.torn {
            return Ok(());
        }
        let undone = sqlx::query("ROLLBACK TO unit; RELEASE unit").execute(&mut *self.tx).await;
        match undone {
            // It had not begun, or it had ended.
            Err(sqlx::Error::Database(error)) if error.message().contains("no such savepoint") => {}
            other => {
                other?;
            }
        }
        self.torn = false;
        Ok(())
    }
}

/// A place in the line for the seat.
struct Place<'a> {
    shared: &'a Arc<Shared>,
    is_seated: bool,
}

impl<'a> Place<'a> {
    fn take(shared: &'a Arc<Shared>) -> Self {
        shared.waiting.fetch_add(1, Ordering::SeqCst);
        Self { shared, is_seated: false }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.shared.waiting.fetch_sub(1, Ordering::SeqCst);
        if !self.is_seated {
            // Somebody may have left the group open for the one who now goes away.
            close::soon(self.shared);
        }
    }
}

impl Group {
    /// The writer of a pool of one connection.
    pub fn new(pool: SqlitePool) -> Self {
        Self(Arc::new(Shared { pool, seat: Arc::default(), waiting: AtomicUsize::new(0) }))
    }

    /// Waits for the writer and begins a unit of work.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file is busy.
    pub(super) async fn begin(&self) -> Result<Unit, StoreError> {
        let mut place = Place::take(&self.0);
        let seat = tokio::time::timeout(PATIENCE, Arc::clone(&self.0.seat).lock_owned()).await;
        let seat = seat.map_err(|_| StoreError::Unavailable("the writer is busy".to_owned()))?;
        place.is_seated = true;
        drop(place);
        let mut unit = Unit { shared: Arc::clone(&self.0), seat: Some(seat) };
        unit.open().await?;
        Ok(unit)
    }
}

/// One unit of work. Dropping it takes it back.
pub(crate) struct Unit {
    shared: Arc<Shared>,
    seat: Option<OwnedMutexGuard<Option<Batch>>>,
}

impl Unit {
    async fn open(&mut self) -> Result<(), StoreError> {
        let Some(seat) = self.seat.as_mut() else { return Err(gone().into()) };
        if let Some(batch) = seat.as_mut()
            && let Err(error) = batch.mend().await
        {
            // The transaction is no longer what its units think: they fail, and a new one begins.
            batch.outcome.send_replace(Some(Err(error.to_string())));
            **seat = None;
        }
        if seat.is_none() {
            **seat = Some(Batch::begin(&self.shared.pool).await?);
        }
        Ok(())
    }

    fn batch(&mut self) -> Option<&mut Batch> {
        self.seat.as_mut()?.as_mut()
    }

    /// What its statements run on.
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.batch().map(|batch| &mut *batch.tx).ok_or_else(gone)
    }

    /// Ends it: its words will be durable with the next COMMIT, which somebody else may begin.
    pub(super) async fn release(self, later: &mut Later) -> Result<Released, StoreError> {
        self.end(later, |_, batch| batch.is_full()).await
    }

    /// Ends it, and returns when it is durable.
    pub(super) async fn commit(self, later: &mut Later) -> Result<(), StoreError> {
        let is_last = |shared: &Shared, batch: &Batch| {
            batch.is_full() || shared.waiting.load(Ordering::SeqCst) == 0
        };
        let mut released = self.end(later, is_last).await?;
        read(&mut released.outcome).await
    }

    /// Takes it back. What it saw of others before it is durable when this returns: whoever reads the
    /// records next finds what the unit found.
    pub(super) async fn roll_back(mut self) {
        let shared = Arc::clone(&self.shared);
        let seen = self.batch().filter(|batch| batch.released > 0);
        let outcome = seen.map(|batch| batch.outcome.subscribe());
        drop(self);
        if let Some(outcome) = outcome {
            // A COMMIT that fails is told to those who were to be acknowledged.
            drop(Released { outcome, shared }.durable().await);
        }
    }

    async fn end(
        mut self,
        later: &mut Later,
        closes: fn(&Shared, &Batch) -> bool,
    ) -> Result<Released, StoreError> {
        later.push(RELEASE, Vec::new());
        later.write_sqlite(self.connection()?).await?;
        let shared = Arc::clone(&self.shared);
        let batch = self.batch().ok_or_else(gone)?;
        batch.released += 1;
        let (outcome, closes) = (batch.outcome.subscribe(), closes(&shared, batch));
        // Whoever waits gets the seat here, unless the group ends.
        match self.seat.take() {
            seat if closes => close::now(seat),
            seat => drop(seat),
        }
        Ok(Released { outcome, shared })
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        let Some(mut seat) = self.seat.take() else { return };
        let Some(batch) = seat.as_mut() else { return };
        if batch.released == 0 {
            *seat = None;
            return;
        }
        batch.torn = true;
        if self.shared.waiting.load(Ordering::SeqCst) == 0 {
            close::now(Some(seat));
        }
    }
}

/// A unit whose words will be durable with the next COMMIT.
#[must_use = "it is not durable yet"]
pub(super) struct Released {
    outcome: watch::Receiver<Outcome>,
    shared: Arc<Shared>,
}

impl Released {
    /// Returns when it is durable.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the COMMIT failed.
    pub(super) async fn durable(mut self) -> Result<(), StoreError> {
        if self.outcome.borrow().is_none() {
            close::soon(&self.shared);
        }
        read(&mut self.outcome).await
    }
}

impl Drop for Released {
    fn drop(&mut self) {
        if self.outcome.borrow().is_none() {
            close::soon(&self.shared);
        }
    }
}

async fn read(outcome: &mut watch::Receiver<Outcome>) -> Result<(), StoreError> {
    let known = outcome.wait_for(Option::is_some).await.ok().and_then(|known| known.clone());
    match known {
        Some(Ok(())) => Ok(()),
        Some(Err(problem)) => Err(StoreError::Unavailable(problem)),
        None => Err(StoreError::Unavailable("the group was rolled back".to_owned())),
    }
}

fn gone() -> sqlx::Error {
    sqlx::Error::PoolClosed
}

#[cfg(test)]
mod tests;

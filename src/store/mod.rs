//! SQL, and nowhere else: the same text on SQLite and PostgreSQL.
//!
//! [`Db`] is one of two pools, [`Tx`] one of two transactions; `on_db!` and `on_tx!` expand one body
//! for each driver. SQLite has one writing connection, so that writers queue fairly instead of
//! meeting `SQLITE_BUSY`, and share their commits (`group`), and several reading ones.

pub mod account;
pub mod agent;
pub mod asked;
pub mod bare;
pub mod candidate;
pub mod claim;
pub mod code;
pub mod contact;
pub mod content;
pub mod conversation;
pub mod decision;
pub mod episode;
mod face;
pub mod feedback;
pub mod file;
mod group;
pub mod heard;
pub mod inbox;
pub(crate) mod later;
pub mod lease;
pub mod ledger;
pub mod letter;
pub mod message;
mod migration;
pub mod offer;
pub mod outbox;
pub mod pace;
pub mod person;
pub mod presence;
mod probe;
pub mod quiet;
pub mod receipt;
pub mod refusal;
pub mod session;
pub mod shadow;
pub mod shift;
pub mod terms;
pub mod ticket;
pub mod timer;
pub mod trial;
pub mod waiting;

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{PgPool, Postgres, SqlitePool, Transaction};

use self::group::{Group, Unit};
use self::later::{Later, Value};

/// How many prepared statements an SQLite connection keeps: every one of ours, and those that are
/// written together in their usual orders.
const STATEMENTS: usize = 400;

/// Runs one body against whichever database is open, for reading.
macro_rules! on_db {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite { read: $pool, .. } => $body,
            $crate::store::Db::Postgres($pool) => $body,
        }
    };
}
pub(crate) use on_db;

/// Runs one body inside whichever transaction is open, after what was to be written before it.
macro_rules! on_tx {
    ($tx:expr, $connection:ident => $body:expr) => {{
        let tx: &mut $crate::store::Tx = $tx;
        tx.catch_up().await?;
        match tx.open() {
            $crate::store::Open::Sqlite(unit) => match unit.connection() {
                Ok($connection) => $body,
                Err(error) => Err(error),
            },
            $crate::store::Open::Postgres(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    }};
}
pub(crate) use on_tx;

/// Why a record could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached now; trying again later helps.
    #[error("the database is not reachable: {0}")]
    Unavailable(String),
    /// Something unique exists already.
    #[error("it exists already: {0}")]
    Exists(String),
    /// A record does not read as what it should be.
    #[error("a damaged record: {0}")]
    Damaged(String),
    /// The statement failed: a defect.
    #[error(transparent)]
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => {
                Self::Exists(database.message().to_owned())
            }
            sqlx::Error::Database(database) if is_passing(database.code().as_deref()) => {
                Self::Unavailable(database.message().to_owned())
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Self::Unavailable(error.to_string()),
            _ => Self::Failed(error),
        }
    }
}

/// PostgreSQL: classes of connection, resources, shutdown, system and serialisation, a database that
/// takes no connections, a server that became read-only in a failover; SQLite: busy, locked, disk.
fn is_passing(code: Option<&str>) -> bool {
    code.is_some_and(|code| {
        let is_class = |class: &str| code.len() == 5 && code.starts_with(class);
        ["08", "53", "57P", "58"].into_iter().any(is_class)
            || matches!(code, "40001" | "40P01" | "57014" | "55000" | "25006")
            || matches!(code, "5" | "6" | "10" | "13" | "261" | "517")
    })
}

/// The records: an embedded file or a server.
#[derive(Clone, Debug)]
pub enum Db {
    /// SQLite with one writer.
    Sqlite {
        /// Several connections for reading.
        read: SqlitePool,
        /// The one for writing.
        write: SqlitePool,
        /// Whose turn it is to write with it.
        group: Group,
    },
    /// PostgreSQL.
    Postgres(PgPool),
}

/// One unit of work. Dropping it takes it back.
pub struct Tx {
    open: Open,
    later: Later,
}

/// What a unit of work runs in.
pub(crate) enum Open {
    /// On SQLite: a part of the group that is under way.
    Sqlite(Unit),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// A unit of work that is over, and durable at the latest when [`Released::durable`] says so.
#[must_use = "it may not be durable yet"]
pub struct Released(Option<group::Released>);

impl Released {
    /// Returns when it is durable.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: whether it was committed is then unknown.
    pub async fn durable(self) -> Result<(), StoreError> {
        match self.0 {
            Some(released) => released.durable().await,
            None => Ok(()),
        }
    }
}

impl Db {
    /// Opens `sqlite://…` or `postgres://…` without touching tables; [`Db::migrate`] comes next.
    ///
    /// # Errors
    /// The address is of neither kind, or the database cannot be reached.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url).await
        } else {
            Err(StoreError::Unavailable(
                "database.url must begin with sqlite:// or postgres://".to_owned(),
            ))
        }
    }

    async fn open_sqlite(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(30))
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        Ok(Self::Sqlite { read, group: Group::new(write.clone()), write })
    }

    async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options)
            .await?;
        Ok(Self::Postgres(pool))
    }

    /// Applies the migrations that are missing.
    ///
    /// # Errors
    /// A migration fails, or was changed after it was applied.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = sqlx::migrate!();
        let done = match self {
            Self::Sqlite { write, .. } => migrator.run(write).await,
            Self::Postgres(pool) => migrator.run(pool).await,
        };
        done.map_err(|error| StoreError::Damaged(error.to_string()))
    }

    /// Begins a unit of work. On SQLite it waits for its turn to write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let open = match self {
            Self::Sqlite { group, .. } => Open::Sqlite(group.begin().await?),
            Self::Postgres(pool) => Open::Postgres(pool.begin().await?),
        };
        let mut later = Later::default();
        if matches!(open, Open::Sqlite(_)) {
            later.push(group::MARK, Vec::new());
        }
        Ok(Tx { open, later })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        on_db!(self, pool => sqlx::query("SELECT 1").execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes it durable. On SQLite it waits for the COMMIT of its group.
    ///
    /// # Errors
    /// [`StoreError`]: whether it was committed is then unknown.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        match self.open {
            Open::Sqlite(unit) => unit.commit(&mut self.later).await?,
            Open::Postgres(mut tx) => {
                self.later.write_postgres(&mut tx).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Ends it without waiting until it is durable, for who goes on with another unit at once. What
    /// is acknowledged to anybody outside must be durable first.
    ///
    /// # Errors
    /// As [`Tx::commit`].
    pub async fn release(mut self) -> Result<Released, StoreError> {
        match self.open {
            Open::Sqlite(unit) => Ok(Released(Some(unit.release(&mut self.later).await?))),
            Open::Postgres(_) => self.commit().await.map(|()| Released(None)),
        }
    }

    /// Takes it back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn roll_back(self) -> Result<(), StoreError> {
        match self.open {
            Open::Sqlite(unit) => unit.roll_back().await,
            Open::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    /// Adds a statement whose answer nobody needs: it is written with others, in order, before the
    /// next one that answers or at the end. Its failure is that of the statement or the commit then.
    ///
    /// # Errors
    /// [`StoreError`], of it or of what was put off before.
    pub(crate) async fn later(
        &mut self,
        sql: &'static str,
        values: impl Into<Vec<Value>> + Send,
    ) -> Result<(), StoreError> {
        self.later.push(sql, values.into());
        if self.later.is_long() {
            self.catch_up().await?;
        }
        Ok(())
    }

    /// Runs a statement that answers with one row or none, and on SQLite what was put off before it
    /// in the same message.
    ///
    /// # Errors
    /// [`StoreError`], of it or of what was put off.
    pub(crate) async fn fetch<T>(
        &mut self,
        sql: &'static str,
        values: impl Into<Vec<Value>> + Send,
    ) -> Result<Option<T>, StoreError>
    where
        T: Send + Unpin,
        T: for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow>,
    {
        self.later.push(sql, values.into());
        Ok(match &mut self.open {
            Open::Sqlite(unit) => self.later.fetch_sqlite(unit.connection()?).await?,
            Open::Postgres(tx) => self.later.fetch_postgres(tx).await?,
        })
    }

    /// Writes what was put off.
    pub(crate) async fn catch_up(&mut self) -> Result<(), sqlx::Error> {
        match &mut self.open {
            Open::Sqlite(unit) => self.later.write_sqlite(unit.connection()?).await,
            Open::Postgres(tx) => self.later.write_postgres(tx).await,
        }
    }

    /// What statements run in; [`Tx::catch_up`] comes first.
    pub(crate) const fn open(&mut self) -> &mut Open {
        &mut self.open
    }
}

/// Reads a stored word back into its type.
pub(crate) fn word<T>(
    what: &str,
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::Damaged(format!("{what} {text:?}")))
}

/// Reads a stored count that is never negative.
pub(crate) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

#[cfg(test)]
mod tests;

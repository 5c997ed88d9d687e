//! SQL, and nowhere else: the same text on SQLite and PostgreSQL.
//!
//! [`Db`] is one of two pools, [`Tx`] one of two transactions; `on_db!` and `on_tx!` expand one body
//! for each driver. SQLite has one writing connection, so that writers queue fairly instead of
//! meeting `SQLITE_BUSY`, and several reading ones.

pub mod agent;
pub mod asked;
pub mod candidate;
pub mod code;
pub mod contact;
pub mod content;
pub mod conversation;
pub mod decision;
pub mod episode;
mod face;
pub mod feedback;
pub mod heard;
pub mod inbox;
pub mod lease;
pub mod ledger;
pub mod message;
mod migration;
pub mod offer;
pub mod outbox;
pub mod person;
pub mod presence;
pub mod quiet;
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

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

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

/// Runs one body inside whichever transaction is open.
macro_rules! on_tx {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
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
    },
    /// PostgreSQL.
    Postgres(PgPool),
}

/// One unit of work.
pub enum Tx {
    /// On SQLite, begun immediately: it holds the write lock.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
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
            .foreign_keys(true);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.clone())
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options)
            .await?;
        Ok(Self::Sqlite { read, write })
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
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
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
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes it durable.
    ///
    /// # Errors
    /// [`StoreError`]: whether it was committed is then unknown.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Takes it back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn roll_back(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
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

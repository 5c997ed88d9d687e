//! The least that a service with durable answers can do: one row for each request. The load harness
//! measures the product beside it.

use std::str::FromStr as _;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::StoreError;
use crate::domain::time::UtcMillis;

/// The most rows of one COMMIT.
const MOST: usize = 128;
const TABLE: &str = "CREATE TABLE IF NOT EXISTS bare (id UUID PRIMARY KEY, sender TEXT NOT NULL, \
     message TEXT NOT NULL, at BIGINT NOT NULL)";

/// One row.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: Uuid,
    /// Who wrote.
    pub sender: String,
    /// What.
    pub message: String,
    /// When.
    pub at: UtcMillis,
}

type Asked = (Row, oneshot::Sender<Result<(), String>>);

/// Where rows go.
#[derive(Clone, Debug)]
pub enum Bare {
    /// To the writer of an SQLite file.
    Sqlite(mpsc::Sender<Asked>),
    /// To PostgreSQL, which groups commits itself.
    Postgres(PgPool),
}

/// Writes what comes, as many rows with each COMMIT as wait for it.
#[derive(Debug)]
pub struct Writer(Option<(SqliteConnection, mpsc::Receiver<Asked>)>);

impl Bare {
    /// Opens a database; the writer must run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(url: &str) -> Result<(Self, Writer), StoreError> {
        if url.starts_with("postgres") {
            let options = PgConnectOptions::from_str(url)?;
            let pool = PgPoolOptions::new().max_connections(16).test_before_acquire(false);
            let pool = pool.connect_with(options).await?;
            sqlx::query(TABLE).execute(&pool).await?;
            return Ok((Self::Postgres(pool), Writer(None)));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query(TABLE).execute(&mut connection).await?;
        let (sender, receiver) = mpsc::channel(1_024);
        Ok((Self::Sqlite(sender), Writer(Some((connection, receiver)))))
    }

    /// Adds a row; returns when it is durable.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert(&self, row: Row) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(writer) => {
                let gone = || StoreError::Unavailable("the writer is gone".to_owned());
                let (answer, answered) = oneshot::channel();
                writer.send((row, answer)).await.map_err(|_| gone())?;
                answered.await.map_err(|_| gone())?.map_err(StoreError::Unavailable)
            }
            Self::Postgres(pool) => {
                sqlx::query("INSERT INTO bare (id, sender, message, at) VALUES ($1, $2, $3, $4)")
                    .bind(row.id)
                    .bind(row.sender)
                    .bind(row.message)
                    .bind(row.at.0)
                    .execute(pool)
                    .await?;
                Ok(())
            }
        }
    }
}

impl Writer {
    /// Writes until nobody can ask any more.
    pub async fn run(self) {
        let Some((mut connection, mut asked)) = self.0 else { return };
        let mut rows = Vec::new();
        while asked.recv_many(&mut rows, MOST).await > 0 {
            let (rows, answers): (Vec<_>, Vec<_>) = rows.drain(..).unzip();
            let done = write(&mut connection, rows).await.map_err(|error| error.to_string());
            for answer in answers {
                // Who asked may be gone.
                let _ = answer.send(done.clone());
            }
        }
    }
}

/// A statement for each row, and one COMMIT.
async fn write(connection: &mut SqliteConnection, rows: Vec<Row>) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    for row in rows {
        sqlx::query("INSERT INTO bare (id, sender, message, at) VALUES ($1, $2, $3, $4)")
            .bind(row.id)
            .bind(row.sender)
            .bind(row.message)
            .bind(row.at.0)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await
}

/// Makes a database of a PostgreSQL server's own for a measurement; its address.
///
/// # Errors
/// [`StoreError`].
pub async fn fresh(url: &str, name: &str) -> Result<String, StoreError> {
    let mut server = PgConnection::connect(url).await?;
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut server).await?;
    let (address, _) = url.rsplit_once('/').unwrap_or((url, ""));
    Ok(format!("{address}/{name}"))
}

/// Takes it away again.
///
/// # Errors
/// [`StoreError`].
pub async fn discard(url: &str, name: &str) -> Result<(), StoreError> {
    let mut server = PgConnection::connect(url).await?;
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut server).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rows_are_there_when_it_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/bare.db", folder.path().display());
        let (bare, writer) = Bare::open(&url).await.unwrap();
        let row = |n: u128| Row {
            id: Uuid::from_u128(n),
            sender: "a".to_owned(),
            message: "b".to_owned(),
            at: UtcMillis(1),
        };
        let asked = async {
            let inserts = (0..300).map(|n| bare.insert(row(n)));
            let done = futures::future::join_all(inserts).await;
            assert!(done.iter().all(Result::is_ok));
            assert!(bare.insert(row(1)).await.is_err(), "it exists");
            drop(bare);
        };
        tokio::join!(asked, writer.run());
    }
}

//! A record of truth for trials of the queue under faults: tickets as the house keeps them, reduced
//! to what an assignment needs, and a ledger of what happened to them. It lives in a database of its
//! own, never in a house's.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use uuid::Uuid;

use super::group::Group;
use super::{Db, Open, StoreError, on_db, on_tx};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::Fence;
use crate::domain::time::UtcMillis;

/// How long a statement waits for others before the records count as away.
const PATIENCE: Duration = Duration::from_millis(500);

/// The tables, but for the ledger.
const TABLES: [&str; 7] = [
    "DROP TABLE IF EXISTS trial_ticket",
    "DROP TABLE IF EXISTS trial_ledger",
    "DROP TABLE IF EXISTS trial_generation",
    "CREATE TABLE trial_ticket (id UUID PRIMARY KEY, score BIGINT NOT NULL, \
     added_at BIGINT NOT NULL, state TEXT NOT NULL, holder UUID, \
     generation BIGINT NOT NULL, epoch BIGINT NOT NULL)",
    "CREATE INDEX trial_by_state ON trial_ticket (state) WHERE state <> 'done'",
    "CREATE TABLE trial_generation (generation BIGINT NOT NULL, holder UUID, \
     lease_until BIGINT NOT NULL)",
    "INSERT INTO trial_generation VALUES (0, NULL, 0)",
];
const SQLITE_TRIGGER: &str = "CREATE TRIGGER trial_note AFTER UPDATE OF state ON trial_ticket BEGIN \
     INSERT INTO trial_ledger (ticket, event, generation, epoch) \
     VALUES (NEW.id, NEW.state, NEW.generation, NEW.epoch); END";
const POSTGRES_TRIGGER: [&str; 2] = [
    "CREATE OR REPLACE FUNCTION trial_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN \
     INSERT INTO trial_ledger (ticket, event, generation, epoch) \
     VALUES (NEW.id, NEW.state, NEW.generation, NEW.epoch); RETURN NULL; END'",
    "CREATE TRIGGER trial_note AFTER UPDATE OF state ON trial_ticket \
     FOR EACH ROW EXECUTE FUNCTION trial_note()",
];

/// Runs one body against whichever database is open, for writing.
macro_rules! on_writer {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            Db::Sqlite { write: $pool, .. } => $body,
            Db::Postgres($pool) => $body,
        }
    };
}

/// The record of truth.
#[derive(Clone, Debug)]
pub struct Trial(Db);

/// A ticket that is not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Which.
    pub ticket: TicketId,
    /// Its routing score.
    pub score: UtcMillis,
    /// When it was added.
    pub added_at: UtcMillis,
    /// Who holds it; `None` while it waits.
    pub holder: Option<AgentId>,
    /// The fence of its last assignment.
    pub fence: Fence,
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which ticket.
    pub ticket: TicketId,
    /// Whether it was assigned; otherwise it was given back or finished.
    pub is_assignment: bool,
    /// Under which fence.
    pub fence: Fence,
}

/// How many tickets stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// All that were ever added.
    pub added: i64,
    /// Waiting.
    pub waiting: i64,
    /// Held by somebody.
    pub held: i64,
    /// Finished.
    pub finished: i64,
}

/// The proof of whose a ticket is.
#[derive(Clone, Copy, Debug)]
pub struct Hold {
    /// Which ticket.
    pub ticket: TicketId,
    /// Whose.
    pub agent: AgentId,
    /// Under which fence.
    pub fence: Fence,
}

impl Trial {
    /// Opens a database. What it keeps need not outlive the machine, only the processes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres") {
            let options = PgConnectOptions::from_str(url)?.options([("lock_timeout", "500")]);
            let pool = PgPoolOptions::new().max_connections(8).acquire_timeout(4 * PATIENCE);
            return Ok(Self(Db::Postgres(pool.connect_with(options).await?)));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Off)
            .busy_timeout(PATIENCE);
        let pool = || SqlitePoolOptions::new().max_connections(1).acquire_timeout(4 * PATIENCE);
        let write = pool().connect_with(options.clone()).await?;
        let read = pool().connect_with(options).await?;
        Ok(Self(Db::Sqlite { read, group: Group::new(write.clone()), write }))
    }

    /// Makes its tables, empty. The ledger is written by a trigger, in the same statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prepare(&self) -> Result<(), StoreError> {
        let number = match self.0 {
            Db::Sqlite { .. } => "INTEGER PRIMARY KEY AUTOINCREMENT",
            Db::Postgres(_) => "BIGSERIAL PRIMARY KEY",
        };
        let ledger = format!(
            "CREATE TABLE trial_ledger (number {number}, ticket UUID NOT NULL, \
             event TEXT NOT NULL, generation BIGINT NOT NULL, epoch BIGINT NOT NULL)"
        );
        let triggers: &[&str] = match self.0 {
            Db::Sqlite { .. } => &[SQLITE_TRIGGER],
            Db::Postgres(_) => &POSTGRES_TRIGGER,
        };
        let mut tx = self.0.begin().await?;
        for statement in TABLES.iter().chain([&ledger.as_str()]).chain(triggers) {
            let sql = sqlx::AssertSqlSafe((*statement).to_owned());
            on_tx!(&mut tx, c => sqlx::query(sql).execute(c).await.map(drop))?;
        }
        tx.commit().await
    }

    /// Adds waiting tickets, each with its score.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add(
        &self,
        tickets: &[(TicketId, UtcMillis)],
        now: UtcMillis,
    ) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        for (ticket, score) in tickets {
            on_tx!(&mut tx, c => sqlx::query(
                "INSERT INTO trial_ticket (id, score, added_at, state, generation, epoch) \
                 VALUES ($1, $2, $3, 'new', 0, 0)")
                .bind(ticket.0).bind(score.0).bind(now.0).execute(c).await.map(drop))?;
        }
        tx.commit().await
    }

    /// Assigns a waiting ticket, if its fence is the latest; whether it was.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn assign(&self, hold: Hold) -> Result<bool, StoreError> {
        let Hold { ticket, agent, fence } = hold;
        let changed = on_writer!(&self.0, pool => sqlx::query(
            "UPDATE trial_ticket SET state = 'held', holder = $2, generation = $3, epoch = $4 \
             WHERE id = $1 AND state = 'new' \
             AND (generation < $3 OR (generation = $3 AND epoch < $4))")
            .bind(ticket.0).bind(agent.0).bind(fence.generation).bind(fence.epoch)
            .execute(pool).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }

    /// A held ticket waits again; whether it was this agent's under this fence.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn give_back(&self, hold: Hold) -> Result<bool, StoreError> {
        self.end(hold, "new").await
    }

    /// A held ticket is over; whether it was this agent's under this fence.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn finish(&self, hold: Hold) -> Result<bool, StoreError> {
        self.end(hold, "done").await
    }

    async fn end(&self, hold: Hold, state: &str) -> Result<bool, StoreError> {
        let Hold { ticket, agent, fence } = hold;
        let changed = on_writer!(&self.0, pool => sqlx::query(
            "UPDATE trial_ticket SET state = $5, holder = NULL WHERE id = $1 AND state = 'held' \
             AND holder = $2 AND generation = $3 AND epoch = $4")
            .bind(ticket.0).bind(agent.0).bind(fence.generation).bind(fence.epoch).bind(state)
            .execute(pool).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }

    /// The generation that the queue should have.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn generation(&self) -> Result<i64, StoreError> {
        let (generation,): (i64,) = on_db!(&self.0, pool => sqlx::query_as(
            "SELECT generation FROM trial_generation").fetch_one(pool).await)?;
        Ok(generation)
    }

    /// The generation for a rebuild, which belongs to `holder` from `now` until `until`; `None` while
    /// it belongs to somebody else.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_generation(
        &self,
        holder: Uuid,
        (now, until): (UtcMillis, UtcMillis),
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.0.begin().await?;
        let row: Option<(i64,)> = on_tx!(&mut tx, c => sqlx::query_as(
            "UPDATE trial_generation SET generation = generation + 1, holder = $1, lease_until = $3 \
             WHERE holder = $1 OR lease_until < $2 RETURNING generation")
            .bind(holder).bind(now.0).bind(until.0).fetch_optional(c).await)?;
        tx.commit().await?;
        Ok(row.map(|(generation,)| generation))
    }

    /// The rebuild is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rebuilt(&self, holder: Uuid) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        on_tx!(&mut tx, c => sqlx::query(
            "UPDATE trial_generation SET lease_until = 0 WHERE holder = $1")
            .bind(holder).execute(c).await.map(drop))?;
        tx.commit().await
    }

    /// Everything that is not finished.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unfinished(&self) -> Result<Vec<Unfinished>, StoreError> {
        let rows: Vec<(Uuid, i64, i64, Option<Uuid>, i64, i64)> = on_db!(&self.0, pool => sqlx::query_as(
                "SELECT id, score, added_at, holder, generation, epoch FROM trial_ticket \
                 WHERE state <> 'done'").fetch_all(pool).await)?;
        let read =
            |(id, score, added_at, holder, generation, epoch): (_, _, _, Option<_>, _, _)| {
                Unfinished {
                    ticket: TicketId(id),
                    score: UtcMillis(score),
                    added_at: UtcMillis(added_at),
                    holder: holder.map(AgentId),
                    fence: Fence { generation, epoch },
                }
            };
        Ok(rows.into_iter().map(read).collect())
    }

    /// How many tickets stand where.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let rows: Vec<(String, i64)> = on_db!(&self.0, pool => sqlx::query_as(
            "SELECT state, COUNT(*) FROM trial_ticket GROUP BY state").fetch_all(pool).await)?;
        let mut standing = Standing::default();
        for (state, count) in rows {
            standing.added += count;
            match state.as_str() {
                "new" => standing.waiting += count,
                "held" => standing.held += count,
                "done" => standing.finished += count,
                _ => {}
            }
        }
        Ok(standing)
    }

    /// The whole ledger, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ledger(&self) -> Result<Vec<Line>, StoreError> {
        let rows: Vec<(Uuid, String, i64, i64)> = on_db!(&self.0, pool => sqlx::query_as(
            "SELECT ticket, event, generation, epoch FROM trial_ledger ORDER BY number")
            .fetch_all(pool).await)?;
        let read = |(ticket, event, generation, epoch): (_, String, _, _)| Line {
            ticket: TicketId(ticket),
            is_assignment: event == "held",
            fence: Fence { generation, epoch },
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Nobody else can write until `over` is: the records are away.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shut(&self, over: impl Future<Output = ()>) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        if let Open::Postgres(tx) = tx.open() {
            let lock = "LOCK TABLE trial_ticket, trial_generation IN ACCESS EXCLUSIVE MODE";
            sqlx::query(lock).execute(&mut **tx).await?;
        }
        over.await;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_a_later_fence_takes_a_waiting_ticket() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("trial.db").display());
        let trial = Trial::open(&url).await.expect("a database");
        trial.prepare().await.expect("tables");
        let (ticket, agent) = (TicketId(Uuid::from_u128(1)), AgentId(Uuid::from_u128(2)));
        let at = |generation, epoch| Hold { ticket, agent, fence: Fence { generation, epoch } };
        trial.add(&[(ticket, UtcMillis(7))], UtcMillis(5)).await.expect("added");
        assert!(trial.assign(at(1, 5)).await.expect("an answer"));
        assert!(!trial.assign(at(1, 6)).await.expect("an answer"), "it is held");
        assert!(!trial.finish(at(1, 4)).await.expect("an answer"), "not under this fence");
        assert!(trial.give_back(at(1, 5)).await.expect("an answer"));
        assert!(!trial.assign(at(1, 5)).await.expect("an answer"), "the fence was used");
        assert!(trial.assign(at(2, 1)).await.expect("an answer"));
        assert!(trial.finish(at(2, 1)).await.expect("an answer"));
        let standing = trial.standing().await.expect("numbers");
        assert_eq!((standing.added, standing.finished, standing.waiting), (1, 1, 0));
        let kinds: Vec<_> =
            trial.ledger().await.expect("lines").iter().map(|line| line.is_assignment).collect();
        assert_eq!(kinds, [true, false, true, false]);
        let second = Trial::open(&url).await.expect("a database");
        let while_shut = trial.shut(async {
            let refused = second.rebuilt(Uuid::max()).await;
            assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        });
        while_shut.await.expect("opened again");
        let next = async |holder, now| {
            let until = UtcMillis(now + 10);
            second.next_generation(Uuid::from_u128(holder), (UtcMillis(now), until)).await
        };
        assert_eq!(next(1, 100).await.expect("an answer"), Some(1));
        assert_eq!(next(2, 105).await.expect("an answer"), None, "somebody is at it");
        assert_eq!(next(2, 111).await.expect("an answer"), Some(2), "who died");
        second.rebuilt(Uuid::from_u128(2)).await.expect("over");
        assert_eq!(next(1, 112).await.expect("an answer"), Some(3));
    }
}

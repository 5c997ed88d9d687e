//! Candidates for the bot's knowledge. One runs at a time; none is ever deleted, only its files.

use std::collections::BTreeMap;

use sqlx::types::Json;
use uuid::Uuid;

use super::content::Files;
use super::{Db, StoreError, Tx, count, on_db, on_tx, word};
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;

/// How a candidate ended, or that it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateState {
    /// It runs beside the published knowledge.
    Running,
    /// Another candidate took its place.
    Replaced,
    /// Its files became what is published, or went away.
    Withdrawn,
    /// A supervisor published it.
    Promoted,
    /// A supervisor discarded it.
    Discarded,
}

impl CandidateState {
    /// The word in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
            Self::Promoted => "promoted",
            Self::Discarded => "discarded",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Running, Self::Replaced, Self::Withdrawn, Self::Promoted, Self::Discarded];
        all.into_iter().find(|state| state.as_str() == text)
    }
}

/// What was counted while a candidate ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answers looked at.
    pub looked: u64,
    /// Of these, how many would differ.
    pub changed: u64,
    /// Of these, how many by another intent.
    pub by_intent: u64,
    /// … by another outcome.
    pub by_outcome: u64,
    /// … by other words or buttons.
    pub by_reply: u64,
    /// Answers that were not looked at, because there were too many.
    pub skipped: u64,
}

/// One candidate, without its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub id: Uuid,
    /// The version of its files.
    pub version: String,
    /// The published version that it is compared with.
    pub base: String,
    /// `folder` or `command`.
    pub origin: String,
    /// How it ended, or that it runs.
    pub state: CandidateState,
    /// When it began.
    pub started_at: UtcMillis,
    /// Since when its answers are counted: the published knowledge may have changed meanwhile.
    pub counted_from: UtcMillis,
    /// When it ended.
    pub ended_at: Option<UtcMillis>,
    /// The supervisor who ended it.
    pub ended_by: Option<AgentId>,
    /// What was counted.
    pub counts: Counts,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    version: String,
    base: String,
    origin: String,
    state: String,
    started_at: i64,
    counted_from: i64,
    ended_at: Option<i64>,
    ended_by: Option<Uuid>,
    looked: i64,
    changed: i64,
    by_intent: i64,
    by_outcome: i64,
    by_reply: i64,
    skipped: i64,
}

const COLUMNS: &str = "id, version, base, origin, state, started_at, counted_from, ended_at, \
                       ended_by, looked, changed, by_intent, by_outcome, by_reply, skipped";

fn read(row: Row) -> Result<Candidate, StoreError> {
    Ok(Candidate {
        id: row.id,
        version: row.version,
        base: row.base,
        origin: row.origin,
        state: word("candidate state", &row.state, CandidateState::parse)?,
        started_at: UtcMillis(row.started_at),
        counted_from: UtcMillis(row.counted_from),
        ended_at: row.ended_at.map(UtcMillis),
        ended_by: row.ended_by.map(AgentId),
        counts: Counts {
            looked: count(row.looked),
            changed: count(row.changed),
            by_intent: count(row.by_intent),
            by_outcome: count(row.by_outcome),
            by_reply: count(row.by_reply),
            skipped: count(row.skipped),
        },
    })
}

/// The candidate that runs.
///
/// # Errors
/// [`StoreError`].
pub async fn running(db: &Db) -> Result<Option<Candidate>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM candidate WHERE state = 'running'");
    let row: Option<Row> = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_optional(pool).await)?;
    row.map(read).transpose()
}

/// One candidate.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, id: Uuid) -> Result<Option<Candidate>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM candidate WHERE id = $1");
    let row: Option<Row> = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id).fetch_optional(pool).await)?;
    row.map(read).transpose()
}

/// The latest candidates that ended, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn ended(db: &Db, most: i64) -> Result<Vec<Candidate>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM candidate WHERE state <> 'running' ORDER BY id DESC LIMIT $1"
    );
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(most).fetch_all(pool).await)?;
    rows.into_iter().map(read).collect()
}

/// How the last candidate of a version ended, or that it runs.
///
/// # Errors
/// [`StoreError`].
pub async fn last_of(db: &Db, version: &str) -> Result<Option<CandidateState>, StoreError> {
    let row: Option<(String,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT state FROM candidate WHERE version = $1 ORDER BY id DESC LIMIT 1")
        .bind(version).fetch_optional(pool).await)?;
    row.map(|(state,)| word("candidate state", &state, CandidateState::parse)).transpose()
}

/// The files of a candidate that runs; empty of one that ended.
///
/// # Errors
/// [`StoreError`].
pub async fn files(db: &Db, id: Uuid) -> Result<Files, StoreError> {
    let row: Option<(Json<Files>,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT files FROM candidate WHERE id = $1").bind(id).fetch_optional(pool).await)?;
    Ok(row.map(|(files,)| files.0).unwrap_or_default())
}

/// A candidate that begins.
#[derive(Clone, Debug)]
pub struct NewCandidate<'a> {
    /// Its id.
    pub id: Uuid,
    /// The version of its files.
    pub version: &'a str,
    /// The published version that it is compared with.
    pub base: &'a str,
    /// `folder` or `command`.
    pub origin: &'a str,
    /// Its files.
    pub files: &'a BTreeMap<String, String>,
    /// When it begins.
    pub at: UtcMillis,
}

/// Begins a candidate; none may run ([`end_running`] comes first).
///
/// # Errors
/// [`StoreError::Exists`] when another one began at the same time.
pub async fn begin(tx: &mut Tx, new: &NewCandidate<'_>) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO candidate (id, version, base, origin, files, state, started_at, counted_from, \
         looked, changed, by_intent, by_outcome, by_reply, skipped) \
         VALUES ($1, $2, $3, $4, $5, 'running', $6, $6, 0, 0, 0, 0, 0, 0)")
        .bind(new.id).bind(new.version).bind(new.base).bind(new.origin).bind(Json(new.files))
        .bind(new.at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends the candidate that runs, whichever it is, because of its files.
///
/// # Errors
/// [`StoreError`].
pub async fn end_running(
    tx: &mut Tx,
    state: CandidateState,
    at: UtcMillis,
) -> Result<(), StoreError> {
    let ended: Option<(Uuid,)> = on_tx!(tx, c => sqlx::query_as(
        "UPDATE candidate SET state = $1, ended_at = $2, files = $3 WHERE state = 'running' \
         RETURNING id")
        .bind(state.as_str()).bind(at.0).bind(Json(Files::new())).fetch_optional(c).await)?;
    match ended {
        Some((id,)) => super::shadow::forget(tx, id).await,
        None => Ok(()),
    }
}

/// Ends one candidate because its files are published or gone; one that ended stays as it is.
///
/// # Errors
/// [`StoreError`].
pub async fn withdraw(tx: &mut Tx, id: Uuid, at: UtcMillis) -> Result<(), StoreError> {
    let done = on_tx!(tx, c => sqlx::query(
        "UPDATE candidate SET state = 'withdrawn', ended_at = $2, files = $3 \
         WHERE id = $1 AND state = 'running'")
        .bind(id).bind(at.0).bind(Json(Files::new()))
        .execute(c).await.map(|done| done.rows_affected()))?;
    if done == 1 { super::shadow::forget(tx, id).await } else { Ok(()) }
}

/// Ends one candidate by a supervisor's word; `false` when it had ended already. Its files stay
/// until [`clear`], so that they can be published in the same transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn decide(
    tx: &mut Tx,
    id: Uuid,
    state: CandidateState,
    by: AgentId,
    at: UtcMillis,
) -> Result<bool, StoreError> {
    let done = on_tx!(tx, c => sqlx::query(
        "UPDATE candidate SET state = $2, ended_at = $3, ended_by = $4 \
         WHERE id = $1 AND state = 'running'")
        .bind(id).bind(state.as_str()).bind(at.0).bind(by.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The version and the files of a candidate, under its lock.
///
/// # Errors
/// [`StoreError`].
pub async fn files_in(tx: &mut Tx, id: Uuid) -> Result<(String, Files), StoreError> {
    let (version, files): (String, Json<Files>) = on_tx!(tx, c => sqlx::query_as(
        "SELECT version, files FROM candidate WHERE id = $1").bind(id).fetch_one(c).await)?;
    Ok((version, files.0))
}

/// Drops the files and the kept changes of a candidate that ended.
///
/// # Errors
/// [`StoreError`].
pub async fn clear(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("UPDATE candidate SET files = $2 WHERE id = $1")
        .bind(id).bind(Json(Files::new())).execute(c).await.map(drop))?;
    super::shadow::forget(tx, id).await
}

/// The published version changed: the candidate that runs is compared with the new one, and counted
/// anew. A candidate of that very version has nothing left to show: it ends.
///
/// # Errors
/// [`StoreError`].
pub async fn compare_with(tx: &mut Tx, base: &str, at: UtcMillis) -> Result<(), StoreError> {
    let same: Option<(Uuid,)> = on_tx!(tx, c => sqlx::query_as(
        "UPDATE candidate SET state = 'withdrawn', ended_at = $2, files = $3 \
         WHERE state = 'running' AND version = $1 RETURNING id")
        .bind(base).bind(at.0).bind(Json(Files::new())).fetch_optional(c).await)?;
    let other: Option<(Uuid,)> = on_tx!(tx, c => sqlx::query_as(
        "UPDATE candidate SET base = $1, counted_from = $2, looked = 0, changed = 0, by_intent = 0, \
         by_outcome = 0, by_reply = 0, skipped = 0 WHERE state = 'running' AND base <> $1 \
         RETURNING id")
        .bind(base).bind(at.0).fetch_optional(c).await)?;
    for (id,) in same.into_iter().chain(other) {
        super::shadow::forget(tx, id).await?;
    }
    Ok(())
}

/// Adds to what was counted; `false` when the candidate ended or is compared with something else now.
///
/// # Errors
/// [`StoreError`].
pub async fn add(tx: &mut Tx, id: Uuid, base: &str, more: &Counts) -> Result<bool, StoreError> {
    let n = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let done = on_tx!(tx, c => sqlx::query(
        "UPDATE candidate SET looked = looked + $3, changed = changed + $4, \
         by_intent = by_intent + $5, by_outcome = by_outcome + $6, by_reply = by_reply + $7, \
         skipped = skipped + $8 WHERE id = $1 AND base = $2 AND state = 'running'")
        .bind(id).bind(base).bind(n(more.looked)).bind(n(more.changed)).bind(n(more.by_intent))
        .bind(n(more.by_outcome)).bind(n(more.by_reply)).bind(n(more.skipped))
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

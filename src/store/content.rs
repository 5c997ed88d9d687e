//! Published content: immutable versions keyed by content hash, one active row a kind.

use std::collections::BTreeMap;

use sqlx::types::Json;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::time::UtcMillis;

/// File names and their text.
pub type Files = BTreeMap<String, String>;

/// Publishes a version and makes it the active one.
///
/// # Errors
/// [`StoreError`].
pub async fn publish(
    tx: &mut Tx,
    kind: &str,
    version: &str,
    files: &Files,
    at: UtcMillis,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO active_content (kind, version) VALUES ($1, $2) \
         ON CONFLICT (kind) DO UPDATE SET version = excluded.version")
        .bind(kind).bind(version).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO content (kind, version, files, published_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (kind, version) DO NOTHING")
        .bind(kind).bind(version).bind(Json(files)).bind(at.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The active version of a kind.
///
/// # Errors
/// [`StoreError`].
pub async fn active(db: &Db, kind: &str) -> Result<Option<(String, Files)>, StoreError> {
    let row: Option<(String, Json<Files>)> = on_db!(db, pool => sqlx::query_as(
        "SELECT content.version, content.files FROM active_content \
         JOIN content ON content.kind = active_content.kind AND content.version = active_content.version \
         WHERE active_content.kind = $1")
        .bind(kind).fetch_optional(pool).await)?;
    Ok(row.map(|(version, files)| (version, files.0)))
}

/// Which version of a kind is active.
///
/// # Errors
/// [`StoreError`].
pub async fn active_version(db: &Db, kind: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on_db!(db, pool => sqlx::query_as("SELECT version FROM active_content WHERE kind = $1")
        .bind(kind).fetch_optional(pool).await)?;
    Ok(row.map(|(version,)| version))
}

/// One version of a kind.
///
/// # Errors
/// [`StoreError`].
pub async fn version(db: &Db, kind: &str, version: &str) -> Result<Option<Files>, StoreError> {
    let row: Option<(Json<Files>,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT files FROM content WHERE kind = $1 AND version = $2")
        .bind(kind).bind(version).fetch_optional(pool).await)?;
    Ok(row.map(|(files,)| files.0))
}

/// Which version of each kind is active.
///
/// # Errors
/// [`StoreError`].
pub async fn active_versions(db: &Db) -> Result<BTreeMap<String, String>, StoreError> {
    let rows: Vec<(String, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT kind, version FROM active_content").fetch_all(pool).await)?;
    Ok(rows.into_iter().collect())
}

/// The version that a kind's files held when they were last published, locked until the transaction
/// ends: who publishes files and who promotes over them
/// come one after the other.
///
/// # Errors
/// [`StoreError`].
pub async fn lock_source(tx: &mut Tx, kind: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on_tx!(tx, c => sqlx::query_as(
        "UPDATE content_source SET version = version WHERE kind = $1 RETURNING version")
        .bind(kind).fetch_optional(c).await)?;
    Ok(row.map(|(version,)| version))
}

/// As [`active_version`], within a transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn active_in(tx: &mut Tx, kind: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT version FROM active_content WHERE kind = $1")
        .bind(kind).fetch_optional(c).await)?;
    Ok(row.map(|(version,)| version))
}

/// Notes the version that a kind's files hold.
///
/// # Errors
/// [`StoreError`].
pub async fn set_source(tx: &mut Tx, kind: &str, version: &str) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO content_source (kind, version) VALUES ($1, $2) \
         ON CONFLICT (kind) DO UPDATE SET version = excluded.version")
        .bind(kind).bind(version).execute(c).await.map(drop))?;
    Ok(())
}

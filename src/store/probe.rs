//! What a check asks the database itself.

use uuid::Uuid;

use super::{Db, StoreError, lease, on_db};
use crate::domain::time::UtcMillis;

impl Db {
    /// The migrations that this program knows, oldest first, such as `0001 house`.
    #[must_use]
    pub fn known_migrations() -> Vec<String> {
        let known = sqlx::migrate!();
        known.iter().map(|one| format!("{:04} {}", one.version, one.description)).collect()
    }

    /// What kind of database it is.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The server's own clock; `None` where the database has none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clock(&self) -> Result<Option<UtcMillis>, StoreError> {
        let Self::Postgres(pool) = self else { return Ok(None) };
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        let (now,): (i64,) = sqlx::query_as(sql).fetch_one(pool).await?;
        Ok(Some(UtcMillis(now)))
    }

    /// When the last update was received, as the records say.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_received(&self) -> Result<Option<UtcMillis>, StoreError> {
        let row: Option<(i64,)> = on_db!(self, pool => sqlx::query_as(
            "SELECT received_at FROM inbox ORDER BY id DESC LIMIT 1").fetch_optional(pool).await)?;
        Ok(row.map(|(at,)| UtcMillis(at)))
    }

    /// Writes something of no meaning and makes it durable.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn try_write(&self, who: Uuid, now: UtcMillis) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        lease::hold(&mut tx, "doctor", who, now, now).await?;
        tx.commit().await
    }
}

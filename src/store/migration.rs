//! Which migrations a database has.

use super::{Db, StoreError, on_db};

impl Db {
    /// The applied migrations, oldest first, such as `0001 house`; none in a new database.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn migrations(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT version, description FROM _sqlx_migrations ORDER BY version";
        let rows: Result<Vec<(i64, String)>, StoreError> =
            on_db!(self, pool => sqlx::query_as(sql).fetch_all(pool).await).map_err(Into::into);
        match rows {
            Ok(rows) => Ok(rows.into_iter().map(|(at, name)| format!("{at:04} {name}")).collect()),
            // A new database has no such table yet.
            Err(StoreError::Failed(sqlx::Error::Database(_))) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

//! Statements of a unit of work that nobody waits for: they are written together, before the next
//! statement that answers or at the end.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Postgres, Sqlite, SqliteConnection};
use uuid::Uuid;

/// How many statements are put off at most.
const LONGEST: usize = 24;

/// What a statement is told.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Id(Option<Uuid>),
    Int(Option<i64>),
    Text(Option<String>),
    Flag(bool),
    Real(f64),
    Json(Box<serde_json::value::RawValue>),
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Id(Some(id))
    }
}

impl From<Option<Uuid>> for Value {
    fn from(id: Option<Uuid>) -> Self {
        Self::Id(id)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl Value {
    /// A document.
    ///
    /// # Errors
    /// It cannot be written as JSON: a defect.
    pub(crate) fn json(document: &impl serde::Serialize) -> Result<Self, sqlx::Error> {
        let text = serde_json::value::to_raw_value(document);
        text.map(Self::Json).map_err(|error| sqlx::Error::Encode(error.into()))
    }
}

#[derive(Debug)]
struct Statement {
    sql: &'static str,
    values: Vec<Value>,
}

/// Statements that are still to be written, in order.
#[derive(Debug, Default)]
pub(crate) struct Later(Vec<Statement>);

impl Later {
    /// Adds a statement whose parameters are `$1`, `$2` ….
    pub(crate) fn push(&mut self, sql: &'static str, values: Vec<Value>) {
        self.0.push(Statement { sql, values });
    }

    /// Whether it is time to write them.
    pub(crate) const fn is_long(&self) -> bool {
        self.0.len() >= LONGEST
    }

    /// Writes everything in one message to the writer.
    pub(crate) async fn write_sqlite(
        &mut self,
        c: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        let statements = std::mem::take(&mut self.0);
        if statements.is_empty() {
            return Ok(());
        }
        let sql = joined(&statements);
        let values = statements.into_iter().flat_map(|statement| statement.values);
        let query = sqlx::query(AssertSqlSafe(sql));
        values.fold(query, bind_sqlite).execute(c).await.map(drop)
    }

    /// Writes everything in one message; the row that the last statement answers with.
    pub(crate) async fn fetch_sqlite<T>(
        &mut self,
        c: &mut SqliteConnection,
    ) -> Result<Option<T>, sqlx::Error>
    where
        T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    {
        let statements = std::mem::take(&mut self.0);
        let sql = joined(&statements);
        let values = statements.into_iter().flat_map(|statement| statement.values);
        let query = values.fold(sqlx::query(AssertSqlSafe(sql)), bind_sqlite);
        let row = query.fetch_optional(c).await?;
        row.map(|row| T::from_row(&row)).transpose()
    }

    /// Writes everything; the row that the last statement answers with.
    pub(crate) async fn fetch_postgres<T>(
        &mut self,
        c: &mut PgConnection,
    ) -> Result<Option<T>, sqlx::Error>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let Some(last) = self.0.pop() else { return Ok(None) };
        self.write_postgres(c).await?;
        let query = last.values.into_iter().fold(sqlx::query(last.sql), bind_postgres);
        let row = query.fetch_optional(c).await?;
        row.map(|row| T::from_row(&row)).transpose()
    }

    /// Writes everything in as few messages as the order of the statements allows.
    pub(crate) async fn write_postgres(&mut self, c: &mut PgConnection) -> Result<(), sqlx::Error> {
        let mut rest = std::mem::take(&mut self.0);
        while !rest.is_empty() {
            let others = rest.split_off(together(&rest));
            let sql = match rest.as_slice() {
                [only] => only.sql.to_owned(),
                several => as_one(several),
            };
            let values = rest.into_iter().flat_map(|statement| statement.values);
            let query = sqlx::query(AssertSqlSafe(sql));
            values.fold(query, bind_postgres).execute(&mut *c).await?;
            rest = others;
        }
        Ok(())
    }
}

type OnSqlite<'q> = Query<'q, Sqlite, SqliteArguments>;
type OnPostgres<'q> = Query<'q, Postgres, PgArguments>;

fn bind_sqlite(query: OnSqlite<'static>, value: Value) -> OnSqlite<'static> {
    match value {
        Value::Id(id) => query.bind(id),
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Flag(flag) => query.bind(flag),
        Value::Real(number) => query.bind(number),
        Value::Json(document) => query.bind(sqlx::types::Json(document)),
    }
}

fn bind_postgres(query: OnPostgres<'static>, value: Value) -> OnPostgres<'static> {
    match value {
        Value::Id(id) => query.bind(id),
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Flag(flag) => query.bind(flag),
        Value::Real(number) => query.bind(number),
        Value::Json(document) => query.bind(sqlx::types::Json(document)),
    }
}

/// How many of the first statements can be one on PostgreSQL, where the parts of a statement do not
/// see what the others wrote: no table twice, unless rows are only added to it, and no reading.
fn together(statements: &[Statement]) -> usize {
    let mut seen: Vec<(&str, bool)> = Vec::new();
    for statement in statements {
        let (table, adds) = target(statement.sql);
        let again = seen.iter().any(|(other, added)| *other == table && !(adds && *added));
        let reads = statement.sql.contains("SELECT ") && !seen.is_empty();
        if again || reads {
            break;
        }
        seen.push((table, adds));
    }
    seen.len().max(1)
}

/// The table that a statement writes, and whether it only adds to it.
fn target(sql: &str) -> (&str, bool) {
    let mut words = sql.split_whitespace();
    match words.next() {
        Some("UPDATE") => (words.next().unwrap_or_default(), false),
        Some("INSERT") => (words.nth(1).unwrap_or_default(), !sql.contains("ON CONFLICT")),
        _ => (words.nth(1).unwrap_or_default(), false),
    }
}

fn as_one(statements: &[Statement]) -> String {
    let mut sql = String::from("WITH ");
    let mut bound = 0;
    for (number, statement) in statements.iter().enumerate() {
        let comma = if number > 0 { ", " } else { "" };
        sql.push_str(comma);
        sql.push_str("part");
        sql.push_str(&number.to_string());
        sql.push_str(" AS (");
        bound = renumbered(&mut sql, statement, bound);
        sql.push(')');
    }
    sql + " SELECT 1"
}

fn joined(statements: &[Statement]) -> String {
    let length = statements.iter().map(|statement| statement.sql.len() + 24).sum();
    let mut sql = String::with_capacity(length);
    let mut bound = 0;
    for (number, statement) in statements.iter().enumerate() {
        if number > 0 {
            sql.push_str("; ");
        }
        bound = renumbered(&mut sql, statement, bound);
    }
    sql
}

/// Appends a statement whose `$1` is the first parameter after those that are bound; how many are
/// bound then.
fn renumbered(sql: &mut String, statement: &Statement, bound: usize) -> usize {
    let mut parts = statement.sql.split('$');
    sql.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().unwrap_or_default() + bound;
        sql.push('$');
        sql.push_str(&number.to_string());
        sql.push_str(rest);
    }
    bound + statement.values.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &'static str, values: usize) -> Statement {
        Statement { sql, values: vec![Value::Int(None); values] }
    }

    #[test]
    fn parameters_are_counted_on() {
        let both = [of("UPDATE a SET b = $2 WHERE c = $1", 2), of("DELETE FROM d WHERE e = $1", 1)];
        let one = "UPDATE a SET b = $2 WHERE c = $1; DELETE FROM d WHERE e = $3";
        assert_eq!(joined(&both), one);
        assert_eq!(
            as_one(&both),
            "WITH part0 AS (UPDATE a SET b = $2 WHERE c = $1), part1 AS (DELETE FROM d WHERE e = $3) SELECT 1"
        );
    }

    #[test]
    fn what_depends_on_another_is_written_after_it() {
        let added =
            [of("INSERT INTO a (b) VALUES ($1)", 1), of("INSERT INTO a (b) VALUES ($1)", 1)];
        assert_eq!(together(&added), 2);
        let changed = [of("INSERT INTO a (b) VALUES ($1)", 1), of("UPDATE a SET b = $1", 1)];
        assert_eq!(together(&changed), 1);
        let cleared =
            [of("DELETE FROM timer WHERE a = $1", 1), of("DELETE FROM timer WHERE a = $1", 1)];
        assert_eq!(together(&cleared), 1);
        let others = [of("UPDATE b SET c = $1", 1), of("DELETE FROM a WHERE b = $1", 1)];
        assert_eq!(together(&others), 2);
    }
}

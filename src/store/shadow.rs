//! Answers that a candidate would have given differently. Only the latest of a candidate are kept.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::id::InboxId;
use crate::domain::message::Body;
use crate::domain::time::UtcMillis;

/// One side of a comparison. Texts are masked and shortened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// The best intent, where something was read.
    pub intent: Option<String>,
    /// P(correct), 0 to 1.
    pub confidence: Option<f32>,
    /// How the turn went.
    pub outcome: String,
    /// What was said, a line for each message, buttons in brackets.
    pub reply: String,
    /// What was done besides: `handoff team=… priority=…`, `lookup order`, …
    pub acts: Vec<String>,
}

/// In what two answers differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// By the intent.
    pub intent: bool,
    /// By how the turn went or what was done.
    pub outcome: bool,
    /// By words or buttons.
    pub reply: bool,
}

impl Kinds {
    /// Whether there is any difference.
    #[must_use]
    pub const fn any(self) -> bool {
        self.intent || self.outcome || self.reply
    }
}

/// One answer that would differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Ordered by time.
    pub id: Uuid,
    /// When the customer wrote.
    pub at: UtcMillis,
    /// What the customer wrote, masked and shortened.
    pub said: String,
    /// What the published knowledge made of it.
    pub before: Side,
    /// What the candidate would have made of it.
    pub after: Side,
    /// In what they differ.
    pub kinds: Kinds,
}

/// Which changes are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// All.
    #[default]
    Any,
    /// By the intent.
    Intent,
    /// By the outcome.
    Outcome,
    /// By words or buttons.
    Reply,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Any, Self::Intent, Self::Outcome, Self::Reply];

    /// The word in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Intent => "intent",
            Self::Outcome => "outcome",
            Self::Reply => "reply",
        }
    }

    /// Reads the word; anything else is all.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).unwrap_or_default()
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Intent => "AND by_intent",
            Self::Outcome => "AND by_outcome",
            Self::Reply => "AND by_reply",
        }
    }
}

/// Keeps one change.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(tx: &mut Tx, candidate: Uuid, change: &Change) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO shadow_change (candidate_id, id, at, said, before, after, by_intent, \
         by_outcome, by_reply) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(candidate).bind(change.id).bind(change.at.0).bind(&change.said)
        .bind(Json(&change.before)).bind(Json(&change.after)).bind(change.kinds.intent)
        .bind(change.kinds.outcome).bind(change.kinds.reply)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets all but the latest changes of a candidate.
///
/// # Errors
/// [`StoreError`].
pub async fn trim(tx: &mut Tx, candidate: Uuid, most: u32) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "DELETE FROM shadow_change WHERE candidate_id = $1 AND id <= (SELECT id FROM shadow_change \
         WHERE candidate_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)")
        .bind(candidate).bind(i64::from(most)).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets every change of a candidate.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tx: &mut Tx, candidate: Uuid) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("DELETE FROM shadow_change WHERE candidate_id = $1")
        .bind(candidate).execute(c).await.map(drop))?;
    Ok(())
}

type Row = (Uuid, i64, String, Json<Side>, Json<Side>, bool, bool, bool);

fn read((id, at, said, before, after, intent, outcome, reply): Row) -> Change {
    let kinds = Kinds { intent, outcome, reply };
    Change { id, at: UtcMillis(at), said, before: before.0, after: after.0, kinds }
}

/// The kept changes of a candidate, the latest first; those earlier than `before`, when it is given.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    db: &Db,
    candidate: Uuid,
    kind: Kind,
    before: Option<Uuid>,
    most: i64,
) -> Result<Vec<Change>, StoreError> {
    let sql = format!(
        "SELECT id, at, said, before, after, by_intent, by_outcome, by_reply FROM shadow_change \
         WHERE candidate_id = $1 AND id < $2 {} ORDER BY id DESC LIMIT $3",
        kind.condition()
    );
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(candidate).bind(before.unwrap_or(Uuid::max())).bind(most).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(read).collect())
}

/// How many changes of a candidate are kept.
///
/// # Errors
/// [`StoreError`].
pub async fn kept(db: &Db, candidate: Uuid) -> Result<u64, StoreError> {
    let (n,): (i64,) = on_db!(db, pool => sqlx::query_as(
        "SELECT COUNT(*) FROM shadow_change WHERE candidate_id = $1")
        .bind(candidate).fetch_one(pool).await)?;
    Ok(super::count(n))
}

/// What the customer wrote in an update, for answers that came later than the message.
///
/// # Errors
/// [`StoreError`].
pub async fn said_in(db: &Db, cause: InboxId) -> Result<Option<String>, StoreError> {
    let row: Option<(Json<Body>,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT body FROM message WHERE cause = $1 AND author = 'customer' LIMIT 1")
        .bind(cause.0).fetch_optional(pool).await)?;
    Ok(row.map(|(body,)| body.0.text))
}

//! The bot's episodes, and what it made of each text.

use uuid::Uuid;

use super::conversation::origin_word;
use super::{Db, StoreError, Tx, count, on_db, on_tx};
use crate::domain::contact::Origin;
use crate::domain::id::{ConversationId, EpisodeId};
use crate::domain::time::UtcMillis;

/// How an episode ended. Exclusive: each episode has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpisodeEnd {
    /// The customer said yes, or completed a task.
    Confirmed,
    /// Answered, and the customer said no more.
    Silent,
    /// Left before an answer or inside a form.
    Abandoned,
    /// Went to a human.
    HandedOff,
    /// Something broke.
    Failed,
}

impl EpisodeEnd {
    /// Every end.
    pub const ALL: [Self; 5] =
        [Self::Confirmed, Self::Silent, Self::Abandoned, Self::HandedOff, Self::Failed];

    /// The word in records and figures.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Silent => "silent",
            Self::Abandoned => "abandoned",
            Self::HandedOff => "handed_off",
            Self::Failed => "failed",
        }
    }
}

/// Begins an episode.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(
    tx: &mut Tx,
    id: EpisodeId,
    conversation: ConversationId,
    origin: Origin,
    at: UtcMillis,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO episode (id, conversation_id, origin, started_at, outcome, messages, answered, confirmed) \
         VALUES ($1, $2, $3, $4, 'running', 0, $5, $5)",
        [id.0.into(), conversation.0.into(), origin_word(origin).into(), at.0.into(), false.into()],
    )
    .await
}

/// When an episode began.
///
/// # Errors
/// [`StoreError`].
pub async fn began(tx: &mut Tx, id: EpisodeId) -> Result<Option<UtcMillis>, StoreError> {
    let row: Option<(i64,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT started_at FROM episode WHERE id = $1").bind(id.0).fetch_optional(c).await)?;
    Ok(row.map(|(at,)| UtcMillis(at)))
}

/// What one turn adds to an episode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Customer messages.
    pub messages: i64,
    /// The bot answered.
    pub answered: bool,
    /// The customer confirmed, or a task was completed.
    pub confirmed: bool,
}

/// Adds a turn's progress.
///
/// # Errors
/// [`StoreError`].
pub async fn progress(tx: &mut Tx, id: EpisodeId, progress: Progress) -> Result<(), StoreError> {
    let Progress { messages, answered, confirmed } = progress;
    tx.later(
        "UPDATE episode SET messages = messages + $2, answered = (answered OR $3), \
         confirmed = (confirmed OR $4) WHERE id = $1",
        [id.0.into(), messages.into(), answered.into(), confirmed.into()],
    )
    .await
}

/// Ends an episode with a hand-off or a failure.
///
/// # Errors
/// [`StoreError`].
pub async fn end(
    tx: &mut Tx,
    id: EpisodeId,
    end: EpisodeEnd,
    reason: Option<&str>,
    at: UtcMillis,
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE episode SET outcome = $2, reason = $3, ended_at = $4 WHERE id = $1 AND outcome = 'running'")
        .bind(id.0).bind(end.as_str()).bind(reason).bind(at.0)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Ends an episode by what happened in it: confirmed, else silent when answered, else abandoned.
///
/// # Errors
/// [`StoreError`].
pub async fn end_by_itself(tx: &mut Tx, id: EpisodeId, at: UtcMillis) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE episode SET ended_at = $2, outcome = CASE WHEN confirmed THEN 'confirmed' \
         WHEN answered THEN 'silent' ELSE 'abandoned' END WHERE id = $1 AND outcome = 'running'")
        .bind(id.0).bind(at.0).execute(c).await.map(drop))?;
    Ok(())
}

/// How many episodes with at least one customer message ended since an instant, by outcome, and how
/// many run. By the end and not by the beginning, because silence ends one only after a day.
///
/// # Errors
/// [`StoreError`].
pub async fn count_since(db: &Db, since: UtcMillis) -> Result<Vec<(String, u64)>, StoreError> {
    let rows: Vec<(String, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT outcome, COUNT(*) FROM episode \
         WHERE (ended_at >= $1 OR outcome = 'running') AND messages > 0 \
         GROUP BY outcome ORDER BY outcome")
        .bind(since.0).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(outcome, n)| (outcome, count(n))).collect())
}

/// How many episodes that ended in silence since an instant were followed by another one of the same
/// customer within `window` ms: the silence was no answer.
///
/// # Errors
/// [`StoreError`].
pub async fn returned_since(db: &Db, since: UtcMillis, window: i64) -> Result<u64, StoreError> {
    let (n,): (i64,) = on_db!(db, pool => sqlx::query_as(
        "SELECT COUNT(*) FROM episode WHERE ended_at >= $1 AND outcome = 'silent' AND messages > 0 \
         AND EXISTS (SELECT 1 FROM episode later WHERE later.conversation_id = episode.conversation_id \
         AND later.messages > 0 AND later.started_at >= episode.ended_at \
         AND later.started_at <= episode.ended_at + $2)")
        .bind(since.0).bind(window).fetch_one(pool).await)?;
    Ok(count(n))
}

/// What the bot made of one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<'a> {
    /// In which thread.
    pub conversation: ConversationId,
    /// When.
    pub at: UtcMillis,
    /// The words, shortened to 200 characters.
    pub said: &'a str,
    /// The best intent.
    pub intent: Option<&'a str>,
    /// P(correct).
    pub confidence: f32,
    /// How the turn went.
    pub outcome: &'a str,
    /// The knowledge's version.
    pub version: &'a str,
}

/// Keeps a reading.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_reading(tx: &mut Tx, id: Uuid, reading: &Reading<'_>) -> Result<(), StoreError> {
    let values = [
        id.into(),
        reading.conversation.0.into(),
        reading.at.0.into(),
        reading.said.into(),
        reading.intent.into(),
        f64::from(reading.confidence).into(),
        reading.outcome.into(),
        reading.version.into(),
    ];
    tx.later(
        "INSERT INTO reading (id, conversation_id, at, said, intent, confidence, outcome, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values,
    )
    .await
}

/// The texts the bot most often did not understand since an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn unanswered_since(
    db: &Db,
    since: UtcMillis,
    limit: i64,
) -> Result<Vec<(String, u64)>, StoreError> {
    let rows: Vec<(String, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT LOWER(said), COUNT(*) FROM reading WHERE outcome = 'fallback' AND at >= $1 \
         GROUP BY LOWER(said) ORDER BY COUNT(*) DESC, LOWER(said) LIMIT $2")
        .bind(since.0).bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(said, n)| (said, count(n))).collect())
}

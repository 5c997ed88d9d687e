//! What customers wrote to the bot and what it made of it, for whoever writes the intents.

use uuid::Uuid;

use super::{Db, StoreError, count, on_db};
use crate::domain::id::ConversationId;
use crate::domain::time::UtcMillis;

/// Whose messages are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// People's.
    Real,
    /// The demo's simulated customers' as well.
    Everybody,
}

impl Whose {
    /// The second word is the first again where it must not match more.
    const fn origins(self) -> (&'static str, &'static str) {
        match self {
            Self::Real => ("real", "real"),
            Self::Everybody => ("real", "simulated"),
        }
    }
}

/// The texts that the bot read since an instant, each once with how often it came, the most frequent
/// first.
///
/// # Errors
/// [`StoreError`].
pub async fn texts_since(
    db: &Db,
    whose: Whose,
    since: UtcMillis,
    limit: i64,
) -> Result<Vec<(String, u64)>, StoreError> {
    let (one, other) = whose.origins();
    let rows: Vec<(String, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT reading.said, COUNT(*) FROM reading \
         JOIN conversation ON conversation.id = reading.conversation_id \
         WHERE reading.at >= $1 AND conversation.origin IN ($2, $3) \
         GROUP BY reading.said ORDER BY COUNT(*) DESC, reading.said LIMIT $4")
        .bind(since.0).bind(one).bind(other).bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(said, n)| (said, count(n))).collect())
}

/// One text that the bot did not answer by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Unanswered {
    /// In which thread.
    pub conversation: ConversationId,
    /// The words, at most 200 characters.
    pub said: String,
    /// The intent that seemed likeliest.
    pub intent: Option<String>,
    /// How likely, 0 to 1.
    pub confidence: f64,
    /// `fallback`, `disambiguated` or `escalated`.
    pub outcome: String,
    /// The customer's next words in the thread: of a pressed button, its label.
    pub next: Option<String>,
    /// The customer's name, to be kept out of what is shown.
    pub name: Option<String>,
}

/// A row of the query below.
type Row = (Uuid, String, Option<String>, f64, String, Option<String>, Option<String>);

/// Texts that were not understood, were asked back about, or went to a person since an instant, the
/// latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn unanswered_since(
    db: &Db,
    whose: Whose,
    since: UtcMillis,
    limit: i64,
) -> Result<Vec<Unanswered>, StoreError> {
    let (one, other) = whose.origins();
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(
        "SELECT reading.conversation_id, reading.said, reading.intent, reading.confidence, \
         reading.outcome, (SELECT CAST(message.body AS TEXT) FROM message \
         WHERE message.conversation_id = reading.conversation_id AND message.author = 'customer' \
         AND message.at > reading.at ORDER BY message.seq LIMIT 1), contact.name \
         FROM reading JOIN conversation ON conversation.id = reading.conversation_id \
         JOIN contact ON contact.id = conversation.contact_id \
         WHERE reading.outcome IN ('fallback', 'disambiguated', 'escalated') AND reading.at >= $1 \
         AND conversation.origin IN ($2, $3) ORDER BY reading.at DESC, reading.id LIMIT $4")
        .bind(since.0).bind(one).bind(other).bind(limit).fetch_all(pool).await)?;
    let heard = |(thread, said, intent, confidence, outcome, next, name): Row| Unanswered {
        conversation: ConversationId(thread),
        said,
        intent,
        confidence,
        outcome,
        next: next.as_deref().map(words),
        name,
    };
    Ok(rows.into_iter().map(heard).collect())
}

/// The text of a stored body.
fn words(body: &str) -> String {
    let body: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let text = body.as_ref().and_then(|body| body.get("text")?.as_str());
    text.unwrap_or_default().to_owned()
}

//! What lists show of tickets' threads.

use std::collections::HashMap;

use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, StoreError, on_db};
use crate::domain::id::TicketId;
use crate::domain::message::Body;

/// What a list shows of a ticket's thread.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// The name the channel gives.
    pub name: Option<String>,
    /// The channel.
    pub channel: String,
    /// The last public message.
    pub last: String,
    /// Who wrote it: `customer`, `bot`, `agent`.
    pub last_author: String,
}

/// The faces of tickets, by ticket.
///
/// # Errors
/// [`StoreError`].
pub async fn faces(db: &Db, ids: &[TicketId]) -> Result<HashMap<TicketId, Face>, StoreError> {
    type Row = (Uuid, Option<String>, String, Option<Json<Body>>, Option<String>);
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = on_db!(db, pool => {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT ticket.id, contact.name, conversation.channel, message.body, message.author \
             FROM ticket JOIN contact ON contact.id = ticket.contact_id \
             JOIN conversation ON conversation.id = ticket.conversation_id \
             LEFT JOIN message ON message.conversation_id = conversation.id AND message.seq = \
             (SELECT MAX(seq) FROM message last WHERE last.conversation_id = conversation.id \
              AND last.visibility = 'public') WHERE ticket.id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.0);
        }
        query.push(")");
        query.build_query_as().fetch_all(pool).await
    })?;
    Ok(rows
        .into_iter()
        .map(|(id, name, channel, body, author)| {
            let last = body.map(|body| body.0.text).unwrap_or_default();
            let last_author = author.unwrap_or_default();
            (TicketId(id), Face { name, channel, last, last_author })
        })
        .collect())
}

//! Tickets and the records of their assignments.

use std::collections::{BTreeSet, HashMap};

use sqlx::types::Json;
use uuid::Uuid;

use super::conversation::{origin_word, read_origin};
use super::{Db, StoreError, Tx, count, on_db, on_tx, word};
use crate::domain::contact::Origin;
use crate::domain::id::{AgentId, ContactId, ConversationId, TicketId};
use crate::domain::language::Language;
use crate::domain::life::Life;
use crate::domain::relaxation::Relaxation;
use crate::domain::skill::Skills;
use crate::domain::ticket::{Fence, Packet, Priority, Requirement, Ticket, TicketStatus};
use crate::domain::time::UtcMillis;

pub use super::face::{Face, faces};

const COLUMNS: &str = "id, conversation_id, contact_id, status, priority, team, language, skills, \
     packet, cost, assignee, last_agent, generation, epoch, version, score, parent_id, origin, \
     created_at, enqueued_at, resolved_at, or_teams, snoozed_until, relaxed, rules";

/// A ticket, with what records keep beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredTicket {
    /// The ticket.
    pub ticket: Ticket,
    /// The cached routing score; always recomputable from the ledger.
    pub score: UtcMillis,
    /// Real, or of the demo.
    pub origin: Origin,
    /// The version of the team rules that its wait was last planned by.
    pub rules: String,
}

#[derive(sqlx::FromRow)]
struct TicketRow {
    id: Uuid,
    conversation_id: Uuid,
    contact_id: Uuid,
    status: String,
    priority: String,
    team: Option<String>,
    language: Option<String>,
    skills: Json<Skills>,
    packet: Json<Packet>,
    cost: i64,
    assignee: Option<Uuid>,
    last_agent: Option<Uuid>,
    generation: i64,
    epoch: i64,
    version: i64,
    score: i64,
    parent_id: Option<Uuid>,
    origin: String,
    created_at: i64,
    enqueued_at: i64,
    resolved_at: Option<i64>,
    or_teams: Json<BTreeSet<String>>,
    snoozed_until: Option<i64>,
    relaxed: Json<Relaxation>,
    rules: String,
}

impl TryFrom<TicketRow> for StoredTicket {
    type Error = StoreError;

    fn try_from(row: TicketRow) -> Result<Self, StoreError> {
        let life = Life::restore(
            word("status", &row.status, TicketStatus::parse)?,
            row.assignee.map(AgentId),
            row.resolved_at.map(UtcMillis),
            row.snoozed_until.map(UtcMillis),
        );
        let life =
            life.map_err(|wrong| StoreError::Damaged(format!("ticket {}: {wrong}", row.id)))?;
        let ticket = Ticket {
            id: TicketId(row.id),
            conversation_id: ConversationId(row.conversation_id),
            contact_id: ContactId(row.contact_id),
            life,
            priority: word("priority", &row.priority, Priority::parse)?,
            requirement: Requirement {
                team: row.team,
                or_teams: row.or_teams.0,
                language: row.language.as_deref().and_then(Language::from_tag),
                skills: row.skills.0,
            },
            relaxed: row.relaxed.0,
            packet: row.packet.0,
            cost: u32::try_from(row.cost).unwrap_or(1),
            last_agent: row.last_agent.map(AgentId),
            fence: Fence { generation: row.generation, epoch: row.epoch },
            version: row.version,
            parent_id: row.parent_id.map(TicketId),
            created_at: UtcMillis(row.created_at),
            enqueued_at: UtcMillis(row.enqueued_at),
        };
        let (score, origin) = (UtcMillis(row.score), read_origin(&row.origin)?);
        Ok(Self { ticket, score, origin, rules: row.rules })
    }
}

fn read_all(rows: Vec<TicketRow>) -> Result<Vec<StoredTicket>, StoreError> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Adds a ticket.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, stored: &StoredTicket) -> Result<(), StoreError> {
    let ticket = &stored.ticket;
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO ticket (id, conversation_id, contact_id, status, priority, team, language, skills, packet, \
         cost, assignee, last_agent, generation, epoch, version, score, parent_id, origin, created_at, \
         enqueued_at, resolved_at, or_teams, snoozed_until, relaxed, rules) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, \
         $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)")
        .bind(ticket.id.0).bind(ticket.conversation_id.0).bind(ticket.contact_id.0)
        .bind(ticket.status().as_str()).bind(ticket.priority.as_str())
        .bind(&ticket.requirement.team).bind(ticket.requirement.language.map(Language::code))
        .bind(Json(&ticket.requirement.skills)).bind(Json(&ticket.packet)).bind(i64::from(ticket.cost))
        .bind(ticket.assignee().map(|id| id.0)).bind(ticket.last_agent.map(|id| id.0))
        .bind(ticket.fence.generation).bind(ticket.fence.epoch).bind(ticket.version).bind(stored.score.0)
        .bind(ticket.parent_id.map(|id| id.0)).bind(origin_word(stored.origin))
        .bind(ticket.created_at.0).bind(ticket.enqueued_at.0).bind(ticket.resolved_at().map(|at| at.0))
        .bind(Json(&ticket.requirement.or_teams)).bind(ticket.life.snoozed_until().map(|at| at.0))
        .bind(Json(&ticket.relaxed)).bind(&stored.rules)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Saves a ticket if nobody changed it since it was read; `false` otherwise.
///
/// # Errors
/// [`StoreError`].
pub async fn save(tx: &mut Tx, stored: &StoredTicket) -> Result<bool, StoreError> {
    let ticket = &stored.ticket;
    let affected = on_tx!(tx, c => sqlx::query(
        "UPDATE ticket SET status = $3, priority = $4, team = $5, language = $6, skills = $7, assignee = $8, \
         last_agent = $9, generation = $10, epoch = $11, score = $12, enqueued_at = $13, resolved_at = $14, \
         packet = $15, or_teams = $16, snoozed_until = $17, relaxed = $18, rules = $19, version = version + 1 WHERE id = $1 AND version = $2")
        .bind(ticket.id.0).bind(ticket.version)
        .bind(ticket.status().as_str()).bind(ticket.priority.as_str())
        .bind(&ticket.requirement.team).bind(ticket.requirement.language.map(Language::code))
        .bind(Json(&ticket.requirement.skills))
        .bind(ticket.assignee().map(|id| id.0)).bind(ticket.last_agent.map(|id| id.0))
        .bind(ticket.fence.generation).bind(ticket.fence.epoch).bind(stored.score.0)
        .bind(ticket.enqueued_at.0).bind(ticket.resolved_at().map(|at| at.0)).bind(Json(&ticket.packet))
        .bind(Json(&ticket.requirement.or_teams)).bind(ticket.life.snoozed_until().map(|at| at.0))
        .bind(Json(&ticket.relaxed)).bind(&stored.rules)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(affected == 1)
}

/// A ticket, inside a turn that holds its conversation's lock.
///
/// # Errors
/// [`StoreError`].
pub async fn get_in(tx: &mut Tx, id: TicketId) -> Result<Option<StoredTicket>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM ticket WHERE id = $1"));
    let row: Option<TicketRow> =
        on_tx!(tx, c => sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// A ticket, for reading.
///
/// # Errors
/// [`StoreError`].
pub async fn get(db: &Db, id: TicketId) -> Result<Option<StoredTicket>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM ticket WHERE id = $1"));
    let row: Option<TicketRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(id.0).fetch_optional(pool).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Tickets that somebody works on or waits for, most urgent first.
///
/// # Errors
/// [`StoreError`].
pub async fn live(db: &Db, limit: i64) -> Result<Vec<StoredTicket>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM ticket WHERE status IN ('new', 'open', 'pending', 'on_hold', 'snoozed') \
         ORDER BY score, id LIMIT $1"
    ));
    let rows: Vec<TicketRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(limit).fetch_all(pool).await)?;
    read_all(rows)
}

/// Tickets at one status, most urgent first.
///
/// # Errors
/// [`StoreError`].
pub async fn at_status(
    db: &Db,
    status: TicketStatus,
    limit: i64,
) -> Result<Vec<StoredTicket>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM ticket WHERE status = $1 ORDER BY score, id LIMIT $2"
    ));
    let rows: Vec<TicketRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(status.as_str()).bind(limit).fetch_all(pool).await)?;
    read_all(rows)
}

/// Tickets an agent holds, most urgent first.
///
/// # Errors
/// [`StoreError`].
pub async fn held_by(db: &Db, agent: AgentId) -> Result<Vec<StoredTicket>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM ticket WHERE assignee = $1 \
         AND status IN ('open', 'pending', 'on_hold', 'snoozed') ORDER BY score, id LIMIT 200"
    ));
    let rows: Vec<TicketRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(agent.0).fetch_all(pool).await)?;
    read_all(rows)
}

/// Tickets an agent resolved, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn resolved_by(
    db: &Db,
    agent: AgentId,
    limit: i64,
) -> Result<Vec<StoredTicket>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM ticket WHERE last_agent = $1 AND status IN ('resolved', 'closed') \
         ORDER BY resolved_at DESC, id DESC LIMIT $2"
    ));
    let rows: Vec<TicketRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(agent.0).bind(limit).fetch_all(pool).await)?;
    read_all(rows)
}

/// A customer's tickets, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_contact(
    db: &Db,
    contact: ContactId,
    limit: i64,
) -> Result<Vec<StoredTicket>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM ticket WHERE contact_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"
    ));
    let rows: Vec<TicketRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(contact.0).bind(limit).fetch_all(pool).await)?;
    read_all(rows)
}

/// The tickets of one person's contacts, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_contacts(
    db: &Db,
    contacts: &[ContactId],
    limit: i64,
) -> Result<Vec<StoredTicket>, StoreError> {
    let rows: Vec<TicketRow> = on_db!(db, pool => {
        let mut query =
            sqlx::QueryBuilder::new(format!("SELECT {COLUMNS} FROM ticket WHERE contact_id IN ("));
        let mut list = query.separated(", ");
        for contact in contacts {
            list.push_bind(contact.0);
        }
        query.push(") ORDER BY created_at DESC, id DESC LIMIT ").push_bind(limit);
        query.build_query_as().fetch_all(pool).await
    })?;
    read_all(rows)
}

/// The newest tickets.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(db: &Db, limit: i64) -> Result<Vec<StoredTicket>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM ticket ORDER BY created_at DESC, id DESC LIMIT $1"
    ));
    let rows: Vec<TicketRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(limit).fetch_all(pool).await)?;
    read_all(rows)
}

/// The ids of the newest tickets, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn newest_ids(db: &Db, limit: i64) -> Result<Vec<TicketId>, StoreError> {
    let rows: Vec<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id FROM ticket ORDER BY created_at DESC, id DESC LIMIT $1")
        .bind(limit).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// How many tickets figures are made of at most.
const MOST: i64 = 20_000;

/// Tickets of which anything happened since an instant, and all live ones, oldest first: what figures
/// are made of. When there are too many, the oldest are left out, those that live last.
///
/// # Errors
/// [`StoreError`].
pub async fn active_since(db: &Db, since: UtcMillis) -> Result<Vec<StoredTicket>, StoreError> {
    at_most(db, since, MOST).await
}

pub(super) async fn at_most(
    db: &Db,
    since: UtcMillis,
    limit: i64,
) -> Result<Vec<StoredTicket>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM ticket WHERE status IN ('new', 'open', 'pending', 'on_hold', 'snoozed') \
         OR touched_at >= $1 \
         ORDER BY CASE WHEN status IN ('new', 'open', 'pending', 'on_hold', 'snoozed') THEN 0 ELSE 1 END, \
         created_at DESC LIMIT $2"
    ));
    let rows: Vec<TicketRow> =
        on_db!(db, pool => sqlx::query_as(sql).bind(since.0).bind(limit).fetch_all(pool).await)?;
    let mut tickets = read_all(rows)?;
    tickets.sort_by_key(|stored| (stored.ticket.created_at, stored.ticket.id));
    Ok(tickets)
}

/// A ticket's id by the short code that people read aloud; the newest when two have the same.
///
/// # Errors
/// [`StoreError`].
pub async fn by_code(db: &Db, code: &str) -> Result<Option<TicketId>, StoreError> {
    let wanted = code.trim().to_ascii_uppercase();
    let ids: Vec<(Uuid,)> = on_db!(db, pool => sqlx::query_as("SELECT id FROM ticket ORDER BY id DESC")
        .fetch_all(pool).await)?;
    Ok(ids.into_iter().map(|(id,)| TicketId(id)).find(|id| id.code() == wanted))
}

/// Live tickets by `(status, assignee)`: how many of each.
///
/// # Errors
/// [`StoreError`].
pub async fn count_live(db: &Db) -> Result<Vec<(TicketStatus, Option<AgentId>, u64)>, StoreError> {
    let rows: Vec<(String, Option<Uuid>, i64)> = on_db!(db, pool => sqlx::query_as(
        "SELECT status, assignee, COUNT(*) FROM ticket \
         WHERE status IN ('new', 'open', 'pending', 'on_hold', 'snoozed') GROUP BY status, assignee")
        .fetch_all(pool).await)?;
    rows.into_iter()
        .map(|(status, agent, n)| {
            Ok((word("status", &status, TicketStatus::parse)?, agent.map(AgentId), count(n)))
        })
        .collect()
}

/// What tickets weigh against a capacity, by ticket.
///
/// # Errors
/// [`StoreError`].
pub async fn costs(db: &Db, ids: &[TicketId]) -> Result<HashMap<TicketId, u32>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, i64)> = on_db!(db, pool => {
        let mut query = sqlx::QueryBuilder::new("SELECT id, cost FROM ticket WHERE id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.0);
        }
        query.push(")");
        query.build_query_as().fetch_all(pool).await
    })?;
    Ok(rows
        .into_iter()
        .map(|(id, cost)| (TicketId(id), u32::try_from(cost).unwrap_or(1)))
        .collect())
}

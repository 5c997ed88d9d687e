//! Who is who: ties, the persons that follow from them, and what happened.

use uuid::Uuid;

use super::conversation::read_origin;
use super::{Db, StoreError, Tx, count, on_db, on_tx, word};
use crate::domain::contact::{Address, ChannelName, Origin};
use crate::domain::id::{AgentId, ContactId, PersonId, TieId};
use crate::domain::person::{Claim, Proof, Tie, TiedTo};
use crate::domain::time::UtcMillis;

const COLUMNS: &str = "tie.id, tie.contact_id, tie.kind, tie.value, tie.joint, tie.proof, \
     tie.detail, tie.agent_id, tie.at, tie.expires_at, tie.undone_at";

#[derive(sqlx::FromRow)]
struct TieRow {
    id: Uuid,
    contact_id: Uuid,
    kind: String,
    value: String,
    joint: Uuid,
    proof: String,
    detail: String,
    agent_id: Option<Uuid>,
    at: i64,
    expires_at: Option<i64>,
    undone_at: Option<i64>,
}

impl TryFrom<TieRow> for Tie {
    type Error = StoreError;

    fn try_from(row: TieRow) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged(format!("tie {}", row.id));
        let to = match row.kind.as_str() {
            "signed_id" => TiedTo::Claim(Claim::SignedId(row.value)),
            "email" => TiedTo::Claim(Claim::Email(row.value)),
            "phone" => TiedTo::Claim(Claim::Phone(row.value)),
            "contact" => TiedTo::Contact(row.value.parse().map_err(|_| damaged())?),
            _ => return Err(damaged()),
        };
        Ok(Self {
            id: TieId(row.id),
            contact: ContactId(row.contact_id),
            to,
            joint: row.joint,
            proof: word("proof", &row.proof, Proof::parse)?,
            detail: row.detail,
            by: row.agent_id.map(AgentId),
            at: UtcMillis(row.at),
            expires_at: row.expires_at.map(UtcMillis),
            undone_at: row.undone_at.map(UtcMillis),
        })
    }
}

fn read_all(rows: Vec<TieRow>) -> Result<Vec<Tie>, StoreError> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Whoever changes who is who does this first: one at a time, on whichever replica.
///
/// # Errors
/// [`StoreError`].
pub async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("UPDATE identity_turn SET turn = turn + 1 WHERE id = 1")
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Adds a tie.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, tie: &Tie) -> Result<(), StoreError> {
    let (kind, value) = match &tie.to {
        TiedTo::Claim(claim) => (claim.kind(), claim.value().to_owned()),
        TiedTo::Contact(other) => ("contact", other.to_string()),
    };
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO tie (id, contact_id, kind, value, joint, proof, detail, agent_id, at, expires_at, undone_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(tie.id.0).bind(tie.contact.0).bind(kind).bind(value).bind(tie.joint)
        .bind(tie.proof.as_str()).bind(&tie.detail).bind(tie.by.map(|by| by.0)).bind(tie.at.0)
        .bind(tie.expires_at.map(|at| at.0)).bind(tie.undone_at.map(|at| at.0))
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Saves how a tie stands: its joint, its end, and whether it is undone.
///
/// # Errors
/// [`StoreError`].
pub async fn save(tx: &mut Tx, tie: &Tie) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE tie SET joint = $2, expires_at = $3, undone_at = $4 WHERE id = $1")
        .bind(tie.id.0).bind(tie.joint).bind(tie.expires_at.map(|at| at.0))
        .bind(tie.undone_at.map(|at| at.0)).execute(c).await.map(drop))?;
    Ok(())
}

/// A tie.
///
/// # Errors
/// [`StoreError`].
pub async fn tie(tx: &mut Tx, id: TieId) -> Result<Option<Tie>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM tie WHERE id = $1"));
    let row: Option<TieRow> =
        on_tx!(tx, c => sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Every tie of a fact, under the lock, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_claim_in(tx: &mut Tx, claim: &Claim) -> Result<Vec<Tie>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM tie WHERE kind = $1 AND value = $2 ORDER BY at, id"
    ));
    let rows: Vec<TieRow> = on_tx!(tx, c => sqlx::query_as(sql)
        .bind(claim.kind()).bind(claim.value()).fetch_all(c).await)?;
    read_all(rows)
}

/// Every tie of a fact, for reading, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_claim(db: &Db, claim: &Claim) -> Result<Vec<Tie>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM tie WHERE kind = $1 AND value = $2 ORDER BY at, id"
    ));
    let rows: Vec<TieRow> = on_db!(db, pool => sqlx::query_as(sql)
        .bind(claim.kind()).bind(claim.value()).fetch_all(pool).await)?;
    read_all(rows)
}

/// The ties of some contacts and the links by hand that lead to them, under the lock, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_contacts_in(tx: &mut Tx, contacts: &[ContactId]) -> Result<Vec<Tie>, StoreError> {
    let rows: Vec<TieRow> = on_tx!(tx, c => {
        let mut query = sqlx::QueryBuilder::new(format!("SELECT {COLUMNS} FROM tie WHERE contact_id IN ("));
        let mut list = query.separated(", ");
        for contact in contacts {
            list.push_bind(contact.0);
        }
        query.push(") OR (kind = 'contact' AND value IN (");
        let mut list = query.separated(", ");
        for contact in contacts {
            list.push_bind(contact.to_string());
        }
        query.push(")) ORDER BY at, id");
        query.build_query_as().fetch_all(c).await
    })?;
    read_all(rows)
}

/// The ties of some contacts and the links by hand that lead to them, for reading, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_contacts(db: &Db, contacts: &[ContactId]) -> Result<Vec<Tie>, StoreError> {
    let rows: Vec<TieRow> = on_db!(db, pool => {
        let mut query = sqlx::QueryBuilder::new(format!("SELECT {COLUMNS} FROM tie WHERE contact_id IN ("));
        let mut list = query.separated(", ");
        for contact in contacts {
            list.push_bind(contact.0);
        }
        query.push(") OR (kind = 'contact' AND value IN (");
        let mut list = query.separated(", ");
        for contact in contacts {
            list.push_bind(contact.to_string());
        }
        query.push(")) ORDER BY at, id");
        query.build_query_as().fetch_all(pool).await
    })?;
    read_all(rows)
}

/// The contacts of the person that a contact is of, itself among them, under the lock.
///
/// # Errors
/// [`StoreError`].
pub async fn members_in(tx: &mut Tx, contact: ContactId) -> Result<Vec<ContactId>, StoreError> {
    let rows: Vec<(Uuid,)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT other.contact_id FROM person_member AS own \
         JOIN person_member AS other ON other.person_id = own.person_id \
         WHERE own.contact_id = $1 ORDER BY other.contact_id")
        .bind(contact.0).fetch_all(c).await)?;
    Ok(together(contact, rows))
}

/// The contacts of the person that a contact is of, itself among them, for reading.
///
/// # Errors
/// [`StoreError`].
pub async fn members(db: &Db, contact: ContactId) -> Result<Vec<ContactId>, StoreError> {
    let rows: Vec<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT other.contact_id FROM person_member AS own \
         JOIN person_member AS other ON other.person_id = own.person_id \
         WHERE own.contact_id = $1 ORDER BY other.contact_id")
        .bind(contact.0).fetch_all(pool).await)?;
    Ok(together(contact, rows))
}

/// A contact that no row names is alone.
fn together(contact: ContactId, rows: Vec<(Uuid,)>) -> Vec<ContactId> {
    if rows.is_empty() {
        return vec![contact];
    }
    rows.into_iter().map(|(id,)| ContactId(id)).collect()
}

/// Says whose a contact is; `None` for nobody's but its own.
///
/// # Errors
/// [`StoreError`].
pub async fn set_person(
    tx: &mut Tx,
    contact: ContactId,
    person: Option<PersonId>,
) -> Result<(), StoreError> {
    match person {
        Some(person) => on_tx!(tx, c => sqlx::query(
            "INSERT INTO person_member (contact_id, person_id) VALUES ($1, $2) \
             ON CONFLICT (contact_id) DO UPDATE SET person_id = $2")
            .bind(contact.0).bind(person.0).execute(c).await.map(drop))?,
        None => on_tx!(tx, c => sqlx::query("DELETE FROM person_member WHERE contact_id = $1")
            .bind(contact.0).execute(c).await.map(drop))?,
    }
    Ok(())
}

/// What happened to a tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A fact was proved, and linked nobody.
    Verified,
    /// Contacts became one person.
    Linked,
    /// A tie was undone.
    Unlinked,
    /// An undone tie holds again.
    LinkedAgain,
}

impl Happened {
    /// The word that records keep.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Linked => "linked",
            Self::Unlinked => "unlinked",
            Self::LinkedAgain => "linked_again",
        }
    }
}

/// One line of what happened.
#[derive(Clone, Debug)]
pub struct IdentityEvent<'a> {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: UtcMillis,
    /// What.
    pub what: Happened,
    /// To which tie.
    pub tie: &'a Tie,
    /// Whose the tie's contact is afterwards.
    pub person: PersonId,
    /// Who did it, when somebody at the desk did.
    pub by: Option<AgentId>,
    /// The fact masked, or the reason given.
    pub detail: &'a str,
}

/// Adds a line of what happened.
///
/// # Errors
/// [`StoreError`].
pub async fn tell(tx: &mut Tx, event: &IdentityEvent<'_>) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO identity_event (id, at, event, tie_id, contact_id, person_id, proof, detail, agent_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(event.id).bind(event.at.0).bind(event.what.as_str()).bind(event.tie.id.0)
        .bind(event.tie.contact.0).bind(event.person.0).bind(event.tie.proof.as_str())
        .bind(event.detail).bind(event.by.map(|by| by.0)).execute(c).await.map(drop))?;
    Ok(())
}

/// How often who these contacts are was changed.
///
/// # Errors
/// [`StoreError`].
pub async fn count_events(db: &Db, contacts: &[ContactId]) -> Result<u64, StoreError> {
    let (n,): (i64,) = on_db!(db, pool => {
        let mut query =
            sqlx::QueryBuilder::new("SELECT COUNT(*) FROM identity_event WHERE contact_id IN (");
        let mut list = query.separated(", ");
        for contact in contacts {
            list.push_bind(contact.0);
        }
        query.push(")");
        query.build_query_as().fetch_one(pool).await
    })?;
    Ok(count(n))
}

/// A contact as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: ContactId,
    /// The channel it writes on.
    pub channel: ChannelName,
    /// Its address there.
    pub address: Address,
    /// The name the channel gives.
    pub name: Option<String>,
    /// When it last wrote.
    pub last_at: Option<UtcMillis>,
    /// Real, or of the demo.
    pub origin: Origin,
}

/// Contacts by their ids, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn known(db: &Db, contacts: &[ContactId]) -> Result<Vec<Known>, StoreError> {
    type Row = (Uuid, String, String, Option<String>, Option<i64>, String);
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = on_db!(db, pool => {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT contact.id, contact.channel, contact.address, contact.name, \
             conversation.last_customer_at, contact.origin FROM contact \
             LEFT JOIN conversation ON conversation.contact_id = contact.id WHERE contact.id IN (");
        let mut list = query.separated(", ");
        for contact in contacts {
            list.push_bind(contact.0);
        }
        query.push(") ORDER BY contact.id");
        query.build_query_as().fetch_all(pool).await
    })?;
    rows.into_iter()
        .map(|(id, channel, address, name, last_at, origin)| {
            Ok(Known {
                id: ContactId(id),
                channel: ChannelName(channel),
                address: Address(address),
                name,
                last_at: last_at.map(UtcMillis),
                origin: read_origin(&origin)?,
            })
        })
        .collect()
}

/// The contact at an address; `None` until its first message was applied.
///
/// # Errors
/// [`StoreError`].
pub async fn contact_at(
    db: &Db,
    channel: &ChannelName,
    address: &Address,
) -> Result<Option<ContactId>, StoreError> {
    let row: Option<(Uuid,)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id FROM contact WHERE channel = $1 AND address = $2")
        .bind(&channel.0).bind(&address.0).fetch_optional(pool).await)?;
    Ok(row.map(|(id,)| ContactId(id)))
}

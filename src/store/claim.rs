//! What is known of a web chat's customer: what the shop signed, and what was typed.

use std::collections::BTreeMap;

use sqlx::types::Json;

use super::{Db, StoreError, Tx, on_db, on_tx};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::id::{ContactId, ConversationId};

/// Values by the name of their field.
pub type Fields = BTreeMap<String, String>;

/// What is known of a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The shop's own id of the customer, signed by the shop.
    pub verified_id: Option<String>,
    /// What the shop signed beside it.
    pub claims: Fields,
    /// What was typed before the chat; `None` when nothing was asked yet.
    pub typed: Option<Fields>,
}

type Row = (Option<String>, Option<Json<Fields>>, Option<Json<Fields>>);

fn known((verified_id, claims, typed): Row) -> Known {
    let claims = claims.map(|claims| claims.0).unwrap_or_default();
    Known { verified_id, claims, typed: typed.map(|typed| typed.0) }
}

/// What is known of the contact at an address; nothing when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn of_address(
    db: &Db,
    channel: &ChannelName,
    address: &Address,
) -> Result<Known, StoreError> {
    let row: Option<Row> = on_db!(db, pool => sqlx::query_as(
        "SELECT verified_id, claims, typed FROM contact WHERE channel = $1 AND address = $2")
        .bind(&channel.0).bind(&address.0).fetch_optional(pool).await)?;
    Ok(row.map(known).unwrap_or_default())
}

/// What is known of a contact.
///
/// # Errors
/// [`StoreError`].
pub async fn of_contact(db: &Db, id: ContactId) -> Result<Known, StoreError> {
    let row: Option<Row> = on_db!(db, pool => sqlx::query_as(
        "SELECT verified_id, claims, typed FROM contact WHERE id = $1")
        .bind(id.0).fetch_optional(pool).await)?;
    Ok(row.map(known).unwrap_or_default())
}

/// Keeps what the shop signed.
///
/// # Errors
/// [`StoreError`].
pub async fn verify(
    tx: &mut Tx,
    contact: ContactId,
    verified_id: &str,
    claims: &Fields,
) -> Result<(), StoreError> {
    let name = claims.get("name");
    on_tx!(tx, c => sqlx::query(
        "UPDATE contact SET verified_id = $2, claims = $3, name = COALESCE($4, name) WHERE id = $1")
        .bind(contact.0).bind(verified_id).bind(Json(claims)).bind(name).execute(c).await.map(drop))?;
    Ok(())
}

/// Keeps what was typed before the chat.
///
/// # Errors
/// [`StoreError`].
pub async fn set_typed(tx: &mut Tx, contact: ContactId, typed: &Fields) -> Result<(), StoreError> {
    let name = typed.get("name");
    on_tx!(tx, c => sqlx::query(
        "UPDATE contact SET typed = $2, name = COALESCE(name, $3) WHERE id = $1")
        .bind(contact.0).bind(Json(typed)).bind(name).execute(c).await.map(drop))?;
    Ok(())
}

/// Gives a thread, its contact and what still waits for it another address. The thread is locked.
///
/// # Errors
/// [`StoreError::Exists`] when somebody has this address already.
pub async fn readdress(
    tx: &mut Tx,
    (conversation, contact): (ConversationId, ContactId),
    channel: &ChannelName,
    (old, new): (&Address, &Address),
) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("UPDATE contact SET address = $2 WHERE id = $1")
        .bind(contact.0).bind(&new.0).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query("UPDATE conversation SET address = $2 WHERE id = $1")
        .bind(conversation.0).bind(&new.0).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query(
        "UPDATE inbox SET address = $3 WHERE channel = $1 AND address = $2 AND status = 'waiting'")
        .bind(&channel.0).bind(&old.0).bind(&new.0).execute(c).await.map(drop))?;
    Ok(())
}

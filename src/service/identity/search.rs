//! Finding a contact to link with: by what was proved of it, by a ticket's code, by an order.

use std::collections::BTreeSet;

use super::super::access::Caller;
use super::super::{House, ServiceError};
use super::reading::may_know;
use crate::domain::id::{ContactId, TicketId};
use crate::domain::person::Claim;
use crate::store::{self};

/// Among how many of the newest tickets a code is looked for.
const CODES: i64 = 100_000;
/// Among how many of the newest tickets an order is looked for.
const ORDERS: i64 = 500;
/// The shortest order that is looked for, in characters: shorter ones match by chance.
const SHORTEST: usize = 4;
/// How many contacts a search finds at most.
const FOUND: usize = 10;

/// The contacts that the caller may know of which an e-mail, a phone number or a signed id is verified,
/// or which have a ticket of this code or id, or with this order.
///
/// # Errors
/// `Invalid` when nothing is searched for, `Unavailable`.
pub async fn find(
    house: &House,
    caller: &Caller,
    words: &str,
) -> Result<Vec<ContactId>, ServiceError> {
    let words = words.trim();
    if words.is_empty() {
        let what = "write a verified e-mail or phone number, an order, or a ticket's code";
        return Err(ServiceError::Invalid(what.to_owned()));
    }
    let mut found = BTreeSet::new();
    if let Ok(contact) = words.parse::<ContactId>() {
        found.insert(contact);
    }
    if let Some(claim) = Claim::guess(words) {
        let ties = store::person::of_claim(&house.db, &claim).await?;
        let now = house.now();
        found.extend(ties.iter().filter(|tie| tie.verifies(now)).map(|tie| tie.contact));
    }
    if let Some(ticket) = by_code(house, words).await? {
        found.insert(ticket);
    }
    found.extend(by_order(house, words).await?);
    let mut known = Vec::new();
    for contact in found {
        if known.len() < FOUND && may_know(house, caller, contact).await? {
            known.push(contact);
        }
    }
    Ok(known)
}

/// The contact of the ticket with this code or id.
async fn by_code(house: &House, words: &str) -> Result<Option<ContactId>, ServiceError> {
    let id = match words.parse::<TicketId>() {
        Ok(id) => Some(id),
        Err(_) if words.chars().filter(char::is_ascii_alphanumeric).count() == 8 => {
            let same = |id: &TicketId| plain(&id.code()) == plain(words);
            store::ticket::newest_ids(&house.db, CODES).await?.into_iter().find(same)
        }
        Err(_) => None,
    };
    let Some(id) = id else { return Ok(None) };
    Ok(store::ticket::get(&house.db, id).await?.map(|stored| stored.ticket.contact_id))
}

/// Letters and digits alone, in upper case.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The contacts whose newest tickets hold exactly this among what was collected.
async fn by_order(house: &House, words: &str) -> Result<Vec<ContactId>, ServiceError> {
    if words.chars().count() < SHORTEST || words.contains('@') {
        return Ok(Vec::new());
    }
    let newest = store::ticket::newest(&house.db, ORDERS).await?;
    let has = |value: &String| value.trim().eq_ignore_ascii_case(words);
    let with = newest.into_iter().map(|stored| stored.ticket);
    let with = with.filter(|ticket| ticket.packet.slots.values().any(has));
    Ok(with.map(|ticket| ticket.contact_id).collect())
}

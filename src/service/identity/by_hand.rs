//! Links that people at the desk make, undo and make again, each with its reason.

use std::collections::BTreeSet;

use super::super::access::{Caller, DeskRight};
use super::super::clock::fresh_id;
use super::super::desk::visible;
use super::super::{House, ServiceError};
use super::reading::may_know;
use super::search::find;
use super::{Deed, joint, note, regroup, tell};
use crate::domain::id::{ContactId, RequestId, TicketId, TieId};
use crate::domain::message::clean;
use crate::domain::person::{Proof, Tie, TiedTo};
use crate::nlu::secret::without_cards;
use crate::store::person::Happened;
use crate::store::{self, Tx};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// Says that two contacts are one person. Whoever knows both may, with a reason; it is marked as made
/// by hand and proves nothing else.
///
/// # Errors
/// `Invalid` without a reason, `Conflict` when they are one person already, `NotFound`, `Unavailable`.
pub async fn link(
    house: &House,
    desk: &DeskRight,
    contact: ContactId,
    other: ContactId,
    reason: &str,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let reason = read_reason(reason)?;
    for one in [contact, other] {
        known_to(house, desk, one).await?;
    }
    let mut tx = house.db.begin().await?;
    store::person::lock(&mut tx).await?;
    if is_repeat(&mut tx, house, request).await? {
        return Ok(tx.roll_back().await?);
    }
    if store::person::members_in(&mut tx, contact).await?.contains(&other) {
        tx.roll_back().await?;
        return Err(ServiceError::conflict("these two are one person already"));
    }
    let id = TieId(fresh_id());
    let tie = Tie {
        id,
        contact,
        to: TiedTo::Contact(other),
        joint: id.0,
        proof: Proof::Agent,
        detail: reason.clone(),
        by: Some(desk.agent().id),
        at: house.now(),
        expires_at: None,
        undone_at: None,
    };
    store::person::insert(&mut tx, &tie).await?;
    let regrouped = regroup(&mut tx, &BTreeSet::from([contact, other])).await?;
    note(&mut tx, &regrouped, &tie, &by_hand(house, desk, Happened::Linked, &reason)).await?;
    tx.commit().await?;
    tell(house, &regrouped.contacts).await
}

/// As [`link`], from a ticket, with the one contact that a search finds.
///
/// # Errors
/// As [`link`]; `NotFound` or `Conflict` when the search finds none or several.
pub async fn link_found(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    words: &str,
    reason: &str,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let caller = Caller { agent: desk.agent().clone(), csrf: None };
    let contact = visible(house, &caller, ticket).await?.ticket.contact_id;
    let members = store::person::members(&house.db, contact).await?;
    let mut found = find(house, &caller, words).await?;
    if !found.is_empty() && found.iter().all(|other| members.contains(other)) {
        return Err(ServiceError::conflict("that is this customer already"));
    }
    found.retain(|other| !members.contains(other));
    match found[..] {
        [other] => link(house, desk, contact, other, reason, request).await,
        [] => Err(ServiceError::NotFound("a contact by these words")),
        _ => Err(ServiceError::conflict("several contacts match: write a ticket's code")),
    }
}

/// Undoes one tie of a contact, or all that hold it to others: who was where before is so again, and
/// what another proof holds together stays so. What was proved of the contact itself stays proved.
///
/// # Errors
/// `Invalid` without a reason, `Conflict` when there is nothing to undo, `NotFound`, `Unavailable`.
pub async fn unlink(
    house: &House,
    desk: &DeskRight,
    contact: ContactId,
    only: Option<TieId>,
    reason: &str,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let reason = read_reason(reason)?;
    known_to(house, desk, contact).await?;
    let mut tx = house.db.begin().await?;
    store::person::lock(&mut tx).await?;
    if is_repeat(&mut tx, house, request).await? {
        return Ok(tx.roll_back().await?);
    }
    let members = store::person::members_in(&mut tx, contact).await?;
    let ties = store::person::of_contacts_in(&mut tx, &members).await?;
    let mut undone: Vec<Tie> = holding(&ties, contact);
    undone.retain(|tie| only.is_none_or(|only| tie.id == only));
    if undone.is_empty() {
        tx.roll_back().await?;
        let what = "there is no such link any more: load the page again";
        return Err(ServiceError::conflict(what));
    }
    for tie in &mut undone {
        tie.undone_at = Some(house.now());
        store::person::save(&mut tx, tie).await?;
    }
    let regrouped = regroup(&mut tx, &members.into_iter().collect()).await?;
    for tie in &undone {
        note(&mut tx, &regrouped, tie, &by_hand(house, desk, Happened::Unlinked, &reason)).await?;
    }
    tx.commit().await?;
    tell(house, &regrouped.contacts).await
}

/// Takes an undoing back: the tie holds again, as it was proved. A link by hand takes knowing both ends, as
/// making it did.
///
/// # Errors
/// `Conflict` when it holds already, `NotFound`, `Unavailable`.
pub async fn link_again(
    house: &House,
    desk: &DeskRight,
    contact: ContactId,
    id: TieId,
    reason: &str,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    let reason = read_reason(reason)?;
    known_to(house, desk, contact).await?;
    // Both ends of a link by hand, as when it was made; which they are never changes.
    let ties = store::person::of_contacts(&house.db, &[contact]).await?;
    if let Some(tie) = ties.iter().find(|tie| tie.id == id)
        && let TiedTo::Contact(other) = tie.to
    {
        for one in [tie.contact, other] {
            known_to(house, desk, one).await?;
        }
    }
    let mut tx = house.db.begin().await?;
    store::person::lock(&mut tx).await?;
    if is_repeat(&mut tx, house, request).await? {
        return Ok(tx.roll_back().await?);
    }
    let found = store::person::tie(&mut tx, id).await?.filter(|tie| is_of(tie, contact));
    let Some(mut tie) = found else {
        tx.roll_back().await?;
        return Err(ServiceError::NotFound("the link"));
    };
    if tie.stands() {
        tx.roll_back().await?;
        return Err(ServiceError::conflict("this link holds already"));
    }
    let seeds = hold_again(&mut tx, house, &mut tie).await?;
    let regrouped = regroup(&mut tx, &seeds).await?;
    let deed = by_hand(house, desk, Happened::LinkedAgain, &reason);
    note(&mut tx, &regrouped, &tie, &deed).await?;
    tx.commit().await?;
    tell(house, &regrouped.contacts).await
}

/// The tie stands, with whoever the same fact holds together now; all whom it concerns.
async fn hold_again(
    tx: &mut Tx,
    house: &House,
    tie: &mut Tie,
) -> Result<BTreeSet<ContactId>, ServiceError> {
    let mut seeds = BTreeSet::from([tie.contact]);
    match tie.to.clone() {
        TiedTo::Contact(other) => {
            seeds.insert(other);
        }
        TiedTo::Claim(claim) => {
            let known = store::person::of_claim_in(tx, &claim).await?;
            tie.joint = joint(&known, house.now()).unwrap_or(tie.joint);
            let held = known.iter().filter(|other| other.stands() && other.joint == tie.joint);
            seeds.extend(held.map(|other| other.contact));
        }
    }
    tie.undone_at = None;
    store::person::save(tx, tie).await?;
    Ok(seeds)
}

/// The ties that hold a contact to another one.
fn holding(ties: &[Tie], contact: ContactId) -> Vec<Tie> {
    let shared = |tie: &Tie| {
        let mut others = ties.iter().filter(|other| other.stands() && other.joint == tie.joint);
        matches!(tie.to, TiedTo::Contact(_)) || others.any(|other| other.contact != contact)
    };
    let own = ties.iter().filter(|tie| tie.stands() && is_of(tie, contact));
    own.filter(|tie| shared(tie)).cloned().collect()
}

/// Whether a tie begins or ends at a contact.
pub(super) fn is_of(tie: &Tie, contact: ContactId) -> bool {
    tie.contact == contact || tie.to == TiedTo::Contact(contact)
}

fn by_hand<'a>(house: &House, desk: &DeskRight, what: Happened, reason: &'a str) -> Deed<'a> {
    Deed { what, at: house.now(), by: Some(desk.agent().id), detail: reason }
}

fn read_reason(reason: &str) -> Result<String, ServiceError> {
    let reason = clean(&without_cards(reason));
    if reason.is_empty() {
        return Err(ServiceError::Invalid("say why, in a few words".to_owned()));
    }
    if reason.chars().count() > LONGEST_REASON {
        let what = format!("the reason is too long: at most {LONGEST_REASON} characters");
        return Err(ServiceError::Invalid(what));
    }
    Ok(reason)
}

async fn known_to(house: &House, desk: &DeskRight, contact: ContactId) -> Result<(), ServiceError> {
    let caller = Caller { agent: desk.agent().clone(), csrf: None };
    if may_know(house, &caller, contact).await? {
        Ok(())
    } else {
        Err(ServiceError::NotFound("the contact"))
    }
}

/// Whether a repeated request had its effect before.
async fn is_repeat(
    tx: &mut Tx,
    house: &House,
    request: Option<RequestId>,
) -> Result<bool, ServiceError> {
    match request {
        Some(id) => Ok(!store::lease::note_request(tx, id, house.now()).await?),
        None => Ok(false),
    }
}

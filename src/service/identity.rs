//! One customer, many channels: contacts become one person only by proof, and every link can be undone.
//!
//! A proof makes a *tie* (see [`crate::domain::person`]); who is one person follows from the ties that
//! stand. Whoever changes them holds one lock, so that two proofs at once, on whichever replica, give
//! what they give one after the other. A turn that holds its conversation's lock may take it, never the
//! other way round. What a customer merely types is no proof and makes no tie.

mod by_hand;
mod code;
mod reading;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::clock::fresh_id;
use super::turn::Turn;
use super::{House, ServiceError};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::id::{AgentId, ContactId, PersonId, TieId};
use crate::domain::message::Attachment;
use crate::domain::person::{Tie, TiedTo, persons};
use crate::domain::time::UtcMillis;
use crate::events::Hint;
use crate::store::person::{Happened, IdentityEvent};
use crate::store::{self, Tx};

pub use crate::domain::person::{Claim, Proof};
pub use by_hand::{link, link_again, link_found, unlink};
pub use code::ask_for_code;
pub use reading::{history, of_contact, thread};
pub use search::find;

pub(super) use code::{ask_by_itself, code_view, left_behind, mail};
pub(super) use reading::{in_view, unproved};

/// The kind of an attachment that is the customer's own phone number, vouched for by the channel.
const OWN_NUMBER: &str = "contact_own";
/// How many live tickets of a person are told that it changed.
const TOLD: i64 = 50;

/// A fact about a contact was proved: it is linked with every other contact of which the same was
/// proved. A repetition has no effect.
///
/// # Errors
/// `Invalid` when the fact is none, such as a number without its country; `NotFound`; `Unavailable`.
pub async fn claim(
    house: &House,
    contact: ContactId,
    claim: Claim,
    proof: Proof,
) -> Result<(), ServiceError> {
    let claim = read(&claim)?;
    if store::person::known(&house.db, &[contact]).await?.is_empty() {
        return Err(ServiceError::NotFound("the contact"));
    }
    let known = store::person::of_claim(&house.db, &claim).await?;
    if is_settled(&known, contact, proof, house.now()) {
        return Ok(());
    }
    let mut tx = house.db.begin().await?;
    let changed = keep(&mut tx, house.now(), contact, &claim, proof).await?;
    tx.commit().await?;
    tell(house, &changed).await
}

/// As [`claim`], for the contact at an address; `false` when it has not written yet.
///
/// # Errors
/// As [`claim`].
pub async fn claim_at(
    house: &House,
    channel: &ChannelName,
    address: &Address,
    fact: Claim,
    proof: Proof,
) -> Result<bool, ServiceError> {
    let Some(contact) = store::person::contact_at(&house.db, channel, address).await? else {
        return Ok(false);
    };
    claim(house, contact, fact, proof).await?;
    Ok(true)
}

fn read(claim: &Claim) -> Result<Claim, ServiceError> {
    claim.normalised().ok_or_else(|| {
        let what = match claim {
            Claim::SignedId(_) => "the signed id must be 1 to 200 characters",
            Claim::Email(_) => "the e-mail address is none: write name@example.com",
            Claim::Phone(_) => "the phone number must be international, such as +39 333 1234567",
        };
        ServiceError::Invalid(what.to_owned())
    })
}

/// Whether a proof changes nothing: it stands already, or was undone by a person and is merely repeated.
fn is_settled(known: &[Tie], contact: ContactId, proof: Proof, now: UtcMillis) -> bool {
    let mut own = known.iter().filter(|tie| tie.contact == contact && tie.proof == proof);
    match own.next_back() {
        // A year's claim is renewed by a deed, a signature needs none.
        Some(tie) if tie.stands() => !proof.is_deed() && tie.links_new(now),
        Some(_) => !proof.is_deed(),
        None => false,
    }
}

/// Keeps a proved fact, under the lock; whose tickets should be shown anew.
pub(super) async fn keep(
    tx: &mut Tx,
    now: UtcMillis,
    contact: ContactId,
    claim: &Claim,
    proof: Proof,
) -> Result<BTreeSet<ContactId>, ServiceError> {
    store::person::lock(tx).await?;
    let known = store::person::of_claim_in(tx, claim).await?;
    if is_settled(&known, contact, proof, now) {
        return Ok(BTreeSet::new());
    }
    let own = known.iter().rev().find(|tie| tie.contact == contact && tie.proof == proof);
    if let Some(tie) = own.filter(|tie| tie.links_new(now)) {
        let renewed = Tie { expires_at: claim.expires(now), ..tie.clone() };
        store::person::save(tx, &renewed).await?;
        return Ok(BTreeSet::from([contact]));
    }
    let id = TieId(fresh_id());
    let tie = Tie {
        id,
        contact,
        to: TiedTo::Claim(claim.clone()),
        joint: joint(&known, now).unwrap_or(id.0),
        proof,
        detail: claim.masked(),
        by: None,
        at: now,
        expires_at: claim.expires(now),
        undone_at: None,
    };
    store::person::insert(tx, &tie).await?;
    let others = known.iter().filter(|other| other.joint == tie.joint).map(|other| other.contact);
    let seeds: BTreeSet<_> = others.chain([contact]).collect();
    let regrouped = regroup(tx, &seeds).await?;
    let what = if regrouped.changed { Happened::Linked } else { Happened::Verified };
    let deed = Deed { what, at: now, by: None, detail: &tie.detail };
    note(tx, &regrouped, &tie, &deed).await?;
    Ok(regrouped.contacts)
}

/// What those share who are held together by this fact now; `None` when nobody new may be linked to it.
fn joint(known: &[Tie], now: UtcMillis) -> Option<Uuid> {
    known.iter().find(|tie| tie.links_new(now)).map(|tie| tie.joint)
}

/// Who is one person, after ties changed.
struct Regrouped {
    contacts: BTreeSet<ContactId>,
    persons: BTreeMap<ContactId, PersonId>,
    changed: bool,
}

/// Says anew whose the contacts are whom a change of ties concerns: `seeds` and all who were one person
/// with them. Under the lock.
async fn regroup(tx: &mut Tx, seeds: &BTreeSet<ContactId>) -> Result<Regrouped, ServiceError> {
    let mut contacts = BTreeSet::new();
    let mut before: BTreeMap<ContactId, PersonId> = BTreeMap::new();
    for seed in seeds {
        if contacts.contains(seed) {
            continue;
        }
        let members = store::person::members_in(tx, *seed).await?;
        let first = members.first().copied().unwrap_or(*seed);
        before.extend(members.iter().map(|member| (*member, PersonId(first.0))));
        contacts.extend(members);
    }
    let all: Vec<_> = contacts.iter().copied().collect();
    let ties = store::person::of_contacts_in(tx, &all).await?;
    let found = persons(&ties);
    let persons: BTreeMap<_, _> = contacts
        .iter()
        .map(|contact| (*contact, found.get(contact).copied().unwrap_or(PersonId(contact.0))))
        .collect();
    for (contact, person) in &persons {
        let alone = persons.values().filter(|other| *other == person).count() < 2;
        store::person::set_person(tx, *contact, (!alone).then_some(*person)).await?;
    }
    Ok(Regrouped { changed: persons != before, contacts, persons })
}

/// What somebody did to a tie, or what did itself.
struct Deed<'a> {
    what: Happened,
    at: UtcMillis,
    by: Option<AgentId>,
    /// The fact masked, or the reason given.
    detail: &'a str,
}

/// Writes down what happened to a tie.
async fn note(
    tx: &mut Tx,
    regrouped: &Regrouped,
    tie: &Tie,
    deed: &Deed<'_>,
) -> Result<(), ServiceError> {
    let person = regrouped.persons.get(&tie.contact).copied();
    let person = person.unwrap_or(PersonId(tie.contact.0));
    let Deed { what, at, by, detail } = *deed;
    let event = IdentityEvent { id: fresh_id(), at, what, tie, person, by, detail };
    store::person::tell(tx, &event).await?;
    tracing::info!(contact.id = %tie.contact, person.id = %person, proof = tie.proof.as_str(),
        what = what.as_str(), "identity");
    metrics::counter!("sportello_identity_total", "what" => what.as_str(), "proof" => tie.proof.as_str())
        .increment(1);
    Ok(())
}

/// Tells the desks that show one of these people, after the commit.
async fn tell(house: &House, contacts: &BTreeSet<ContactId>) -> Result<(), ServiceError> {
    if contacts.is_empty() {
        return Ok(());
    }
    let all: Vec<_> = contacts.iter().copied().collect();
    for stored in store::ticket::of_contacts(&house.db, &all, TOLD).await? {
        let (ticket, assignee) = (stored.ticket.id, stored.ticket.assignee());
        house.bus.tell(Hint::Ticket { ticket, assignee }).await;
    }
    Ok(())
}

impl Turn {
    /// A number that the customer shared as their own is proved, when the channel vouches for it.
    pub(super) async fn note_own_number(
        &mut self,
        attachments: &[Attachment],
    ) -> Result<(), ServiceError> {
        let own = attachments.iter().find(|file| file.kind == OWN_NUMBER);
        let Some(number) = own.and_then(|file| file.reference.as_deref()) else { return Ok(()) };
        let digits = number.trim().trim_start_matches('+');
        let Some(claim) = Claim::Phone(format!("+{digits}")).normalised() else {
            tracing::warn!(channel.name = self.conversation.channel.0, "a shared number is none");
            return Ok(());
        };
        let contact = self.conversation.contact_id;
        let changed = keep(&mut self.tx, self.now, contact, &claim, Proof::PhoneShared).await?;
        self.tell_identity(&changed).await
    }

    /// Tells the desks after the commit.
    pub(super) async fn tell_identity(
        &mut self,
        contacts: &BTreeSet<ContactId>,
    ) -> Result<(), ServiceError> {
        for contact in contacts {
            for ticket in store::contact::live_tickets(&mut self.tx, *contact).await? {
                self.hint(Hint::Ticket { ticket, assignee: None });
            }
        }
        Ok(())
    }
}

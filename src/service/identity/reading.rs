//! What screens and the interface show of a person: contacts, proofs, one history.

use std::collections::HashMap;

use super::super::access::Caller;
use super::super::desk::may_see;
use super::super::view::{
    ContactView, KnownView, LineView, PersonView, ProofView, ThreadView, TicketRow,
};
use super::super::{House, ServiceError, viewing};
use super::by_hand::is_of;
use crate::domain::contact::Origin;
use crate::domain::id::{AgentId, ContactId};
use crate::domain::language::Language;
use crate::domain::person::{Claim, Tie, TiedTo};
use crate::domain::ticket::Ticket;
use crate::store::person::Known;
use crate::store::{self};

/// How many tickets of a person a history shows.
const HISTORY: i64 = 50;
/// How many of a contact's tickets are asked whether the caller may know it.
const ASKED: i64 = 100;

/// Whether a caller may know a contact: supervisors know all; agents those whose tickets they may see,
/// and those that have none but are one person with such a one.
pub(super) async fn may_know(
    house: &House,
    caller: &Caller,
    contact: ContactId,
) -> Result<bool, ServiceError> {
    if store::person::known(&house.db, &[contact]).await?.is_empty() {
        return Ok(false);
    }
    if caller.board().is_ok() {
        return Ok(true);
    }
    let own = store::ticket::of_contact(&house.db, contact, ASKED).await?;
    if !own.is_empty() {
        return Ok(own.iter().any(|stored| may_see(caller, &stored.ticket)));
    }
    let members = store::person::members(&house.db, contact).await?;
    let all = store::ticket::of_contacts(&house.db, &members, ASKED).await?;
    Ok(all.iter().any(|stored| may_see(caller, &stored.ticket)))
}

/// The person that a contact is of, as far as the caller may know them.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn of_contact(
    house: &House,
    caller: &Caller,
    contact: ContactId,
) -> Result<KnownView, ServiceError> {
    if !may_know(house, caller, contact).await? {
        return Err(ServiceError::NotFound("the contact"));
    }
    let person = in_view(house, caller, contact).await?;
    Ok(KnownView { person, history: history(house, caller, contact).await? })
}

/// The tickets of a person's contacts that the caller may see, newest first, at most 50.
///
/// # Errors
/// `Unavailable`.
pub async fn history(
    house: &House,
    caller: &Caller,
    contact: ContactId,
) -> Result<Vec<TicketRow>, ServiceError> {
    let members = store::person::members(&house.db, contact).await?;
    let mut found = store::ticket::of_contacts(&house.db, &members, HISTORY).await?;
    found.retain(|stored| may_see(caller, &stored.ticket));
    viewing::rows(house, &found).await
}

/// The person, for whoever may see a ticket of the contact.
pub(in crate::service) async fn in_view(
    house: &House,
    caller: &Caller,
    contact: ContactId,
) -> Result<PersonView, ServiceError> {
    let members = store::person::members(&house.db, contact).await?;
    let known = store::person::known(&house.db, &members).await?;
    let ties = store::person::of_contacts(&house.db, &members).await?;
    let others: Vec<_> = ties.iter().flat_map(both_of).collect();
    let others = store::person::known(&house.db, &others).await?;
    let names = viewing::names(house).await?;
    let reader = Reader { house, names: &names, others: &others };
    let mut contacts = Vec::with_capacity(known.len());
    for one in &known {
        let mut view = reader.contact(one, contact, &ties);
        view.readable = may_know(house, caller, one.id).await?;
        contacts.push(view);
    }
    contacts.sort_by_key(|view| !view.here);
    let first = members.first().copied().unwrap_or(contact);
    let version = store::person::count_events(&house.db, &members).await?;
    Ok(PersonView { id: first.to_string(), version, contacts })
}

/// Both ends of a link by hand.
fn both_of(tie: &Tie) -> Vec<ContactId> {
    match tie.to {
        TiedTo::Contact(other) => vec![tie.contact, other],
        TiedTo::Claim(_) => Vec::new(),
    }
}

/// The names of a ticket's collected values that are an e-mail or a phone number of which nobody proved
/// that it is the customer's: typed, and no more.
pub(in crate::service) async fn unproved(
    house: &House,
    ticket: &Ticket,
) -> Result<Vec<String>, ServiceError> {
    let typed = ticket.packet.slots.iter().filter_map(|(name, value)| {
        let claim = Claim::guess(value).filter(|claim| !matches!(claim, Claim::SignedId(_)))?;
        Some((name.clone(), claim))
    });
    let typed: Vec<_> = typed.collect();
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let members = store::person::members(&house.db, ticket.contact_id).await?;
    let ties = store::person::of_contacts(&house.db, &members).await?;
    let now = house.now();
    let is_proved = |claim: &Claim| {
        ties.iter().any(|tie| tie.verifies(now) && tie.to == TiedTo::Claim(claim.clone()))
    };
    Ok(typed.into_iter().filter(|(_, claim)| !is_proved(claim)).map(|(name, _)| name).collect())
}

/// What is needed to tell of ties.
struct Reader<'a> {
    house: &'a House,
    names: &'a HashMap<AgentId, String>,
    others: &'a [Known],
}

impl Reader<'_> {
    fn contact(&self, known: &Known, here: ContactId, ties: &[Tie]) -> ContactView {
        let now = self.house.now();
        let own: Vec<&Tie> = ties.iter().filter(|tie| is_of(tie, known.id)).collect();
        let is_held = |tie: &&Tie| tie.stands() && leads_elsewhere(tie, known.id, ties);
        let standing = if own.iter().any(|tie| tie.verifies(now)) {
            "verified"
        } else if own.iter().any(|tie| tie.stands() && matches!(tie.to, TiedTo::Contact(_))) {
            "by_hand"
        } else {
            "not_verified"
        };
        ContactView {
            id: known.id.to_string(),
            channel: known.channel.0.clone(),
            name: known.name.clone(),
            here: known.id == here,
            standing: standing.to_owned(),
            linked: own.iter().any(is_held),
            proofs: own.iter().map(|tie| self.proof(tie, known.id, ties)).collect(),
            last_at: known.last_at.map(|at| at.0),
            readable: false,
            simulated: known.origin == Origin::Simulated,
        }
    }

    fn proof(&self, tie: &Tie, of: ContactId, ties: &[Tie]) -> ProofView {
        let (kind, value) = match &tie.to {
            TiedTo::Claim(claim) => (claim.kind(), claim.masked()),
            TiedTo::Contact(other) => {
                let other = if *other == of { tie.contact } else { *other };
                ("contact", self.called(other))
            }
        };
        let state = match tie.undone_at {
            Some(_) => "undone",
            None if tie.is_expired(self.house.now()) => "expired",
            None => "stands",
        };
        ProofView {
            id: tie.id.to_string(),
            kind: kind.to_owned(),
            value,
            proof: tie.proof.as_str().to_owned(),
            reason: matches!(tie.to, TiedTo::Contact(_)).then(|| tie.detail.clone()),
            by: tie.by.and_then(|by| self.names.get(&by).cloned()),
            at: tie.at.0,
            state: state.to_owned(),
            links: tie.stands() && leads_elsewhere(tie, of, ties),
        }
    }

    /// How a contact is called among others.
    fn called(&self, contact: ContactId) -> String {
        let known = self.others.iter().find(|other| other.id == contact);
        let Some(known) = known else { return "?".to_owned() };
        known.name.clone().unwrap_or_else(|| known.channel.0.clone())
    }
}

/// Whether a tie holds a contact to another one.
fn leads_elsewhere(tie: &Tie, contact: ContactId, ties: &[Tie]) -> bool {
    let mut same = ties.iter().filter(|other| other.stands() && other.joint == tie.joint);
    matches!(tie.to, TiedTo::Contact(_)) || same.any(|other| other.contact != contact)
}

/// The thread of a contact, for reading.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn thread(
    house: &House,
    caller: &Caller,
    contact: ContactId,
    language: Language,
) -> Result<ThreadView, ServiceError> {
    let known = of_contact(house, caller, contact).await?;
    let conversation = store::contact::conversation(&house.db, contact).await?;
    let lines: Vec<LineView> = match conversation {
        Some(id) => viewing::lines(house, id, language).await?,
        None => Vec::new(),
    };
    let contact = known.person.contacts.first().cloned();
    let contact = contact.ok_or(ServiceError::NotFound("the contact"))?;
    Ok(ThreadView { contact, person: known.person, lines, history: known.history })
}

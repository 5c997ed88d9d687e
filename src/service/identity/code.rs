//! A code by e-mail: whoever types it reads the mail of the order, so the order is theirs.
//!
//! The address is the one that the shop's own system gives for the order, never one that was typed. The
//! code is made when the letter leaves; only its hash is kept. It can be typed for ten minutes, five
//! times; what looks like a code is taken out of the customer's message before anybody sees it, and
//! before the bot reads it.

mod digits;
mod letter;

use std::collections::{BTreeMap, BTreeSet};

use subtle::ConstantTimeEq as _;

use super::super::access::{Caller, DeskRight};
use super::super::clock::fresh_id;
use super::super::desk::{is_repeat, open_mine, visible};
use super::super::turn::Turn;
use super::super::view::CodeView;
use super::super::{House, ServiceError, lookup};
use super::keep;
use crate::domain::id::{AgentId, CodeId, ContactId, RequestId, TicketId};
use crate::domain::language::Language;
use crate::domain::message::{Author, Body, Visibility};
use crate::domain::person::{Claim, Proof, email, masked_email};
use crate::domain::ticket::Ticket;
use crate::domain::time::{DAY, HOUR, MINUTE};
use crate::knowledge::{Action, Lookup, Then, Verify};
use crate::store::code::{Code, CodeState};
use crate::store::outbox::Task;
use crate::store::{self};
use crate::text::{Phrase, bot as say};
use digits::{find_codes, hash};

pub(in crate::service) use letter::{left_behind, mail};

/// How long a code can be typed, ms.
const LASTS: i64 = 10 * MINUTE;
/// How many wrong ones may be typed.
const TRIES: i64 = 5;
/// For how long after its end a code that comes is told to be late, ms. Later six digits are words like
/// any other.
const REMEMBERED: i64 = HOUR;
/// How many codes one contact, and one order or e-mail, may have in an hour.
const IN_AN_HOUR: u64 = 3;
/// How many codes may go to one e-mail in a day, whoever asks and about whatever order.
const IN_A_DAY: u64 = 6;

/// An order with the e-mail that the shop's own system gives for it.
struct OrderMail {
    about: String,
    email: String,
}

/// Asks the customer of a ticket for a code that goes to the e-mail of their order. Whoever holds the
/// ticket may.
///
/// # Errors
/// `Invalid` when sending e-mail is off, `Conflict` when the ticket holds no order with an e-mail, when
/// there were too many codes, or when somebody else holds the ticket; `NotFound`; `Unavailable`.
pub async fn ask_for_code(
    house: &House,
    desk: &DeskRight,
    ticket: TicketId,
    request: Option<RequestId>,
) -> Result<(), ServiceError> {
    if house.mailer.is_none() {
        let what = "sending e-mail is off: set mail.url and mail.from in the configuration";
        return Err(ServiceError::Invalid(what.to_owned()));
    }
    let caller = Caller { agent: desk.agent().clone(), csrf: None };
    let stored = visible(house, &caller, ticket).await?;
    let slots = stored.ticket.packet.slots.clone().into_iter().collect();
    let Some(order) = order_mail(house, &slots).await? else {
        let what = "no order of this ticket has an e-mail: ask for the order's number first";
        return Err(ServiceError::conflict(what));
    };
    let (mut turn, _) = open_mine(house, desk, ticket).await?;
    if is_repeat(&mut turn, request).await? {
        return turn.roll_back().await;
    }
    if let Some(what) = turn.too_many_codes(&order).await? {
        turn.roll_back().await?;
        return Err(ServiceError::conflict(what));
    }
    turn.send_code(order, Some(desk.agent().id)).await?;
    turn.system_line(format!("code_asked:{}", desk.agent().name)).await?;
    turn.commit().await
}

/// The bot asks by itself for a code, after a hand-off; nothing happens when there is no order with an
/// e-mail, when that was proved already, or after too many codes.
///
/// # Errors
/// The shop's system or the records are not reachable.
pub(in crate::service) async fn ask_by_itself(
    house: &House,
    ticket: TicketId,
) -> Result<(), ServiceError> {
    let Some(stored) = store::ticket::get(&house.db, ticket).await? else { return Ok(()) };
    let ticket = stored.ticket;
    if house.mailer.is_none() || !ticket.status().is_live() {
        return Ok(());
    }
    let slots = ticket.packet.slots.clone().into_iter().collect();
    let Some(order) = order_mail(house, &slots).await? else { return Ok(()) };
    let claim = Claim::Email(order.email.clone());
    let known = store::person::of_claim(&house.db, &claim).await?;
    let now = house.now();
    if known.iter().any(|tie| tie.contact == ticket.contact_id && tie.verifies(now)) {
        return Ok(());
    }
    let mut turn = Turn::open(house, ticket.conversation_id).await?;
    if turn.too_many_codes(&order).await?.is_some() {
        return turn.roll_back().await;
    }
    turn.send_code(order, None).await?;
    turn.commit().await
}

/// The e-mail of an order that these values lead to, by the shop's own word.
async fn order_mail(
    house: &House,
    slots: &BTreeMap<String, String>,
) -> Result<Option<OrderMail>, ServiceError> {
    let knowledge = house.content.knowledge();
    for (name, lookup) in &knowledge.lookups {
        let Some(owner) = &lookup.owner else { continue };
        let Some(values) = filled(lookup, slots) else { continue };
        let fields = lookup::fields(house, name, slots).await.map_err(|problem| {
            ServiceError::Unavailable(format!("the shop's system does not answer: {problem}"))
        })?;
        let found = fields.and_then(|fields| email(fields.get(&owner.field)?));
        if let Some(email) = found {
            let about = format!("{name}:{}", values.join("/").to_lowercase());
            return Ok(Some(OrderMail { about, email }));
        }
    }
    Ok(None)
}

/// The values that a lookup's address asks for; `None` when one is missing.
fn filled(lookup: &Lookup, slots: &BTreeMap<String, String>) -> Option<Vec<String>> {
    let names = lookup.url.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let names: Vec<_> = names.filter(|name| *name != "base").collect();
    let values: Option<Vec<_>> = names.iter().map(|name| slots.get(*name).cloned()).collect();
    values.filter(|values| !values.is_empty())
}

/// What the desk shows of codes.
pub(in crate::service) async fn code_view(
    house: &House,
    ticket: &Ticket,
) -> Result<CodeView, ServiceError> {
    let knowledge = house.content.knowledge();
    let slots = ticket.packet.slots.clone().into_iter().collect();
    let has_order = knowledge
        .lookups
        .values()
        .any(|lookup| lookup.owner.is_some() && filled(lookup, &slots).is_some());
    let newest = store::code::newest(&house.db, ticket.contact_id).await?;
    let state = newest.as_ref().map(|code| match code.state {
        CodeState::Waiting | CodeState::Open if code.expires_at <= house.now() => {
            CodeState::Expired
        }
        state => state,
    });
    let offer = match (house.mailer.is_some(), has_order) {
        (false, _) => "off",
        (true, false) => "no_order",
        (true, true) => "ready",
    };
    Ok(CodeView {
        offer: offer.to_owned(),
        state: state.map(|state| state.as_str().to_owned()),
        to: newest.map(|code| masked_email(&code.email)),
    })
}

impl Turn {
    /// When the intent says so, the customer shall prove who they are while they wait.
    pub(in crate::service) async fn have_verified(
        &mut self,
        ticket: &Ticket,
    ) -> Result<(), ServiceError> {
        let knowledge = self.house.content.knowledge();
        let intent = ticket.packet.intent.as_ref();
        let action = intent.and_then(|name| knowledge.intents.get(name)).map(|it| &it.action);
        let escalation = match action {
            Some(Action::Escalate(escalation)) => Some(escalation),
            Some(Action::Form(form)) => match &form.then {
                Then::Escalate(escalation) => Some(escalation),
                Then::Reply { .. } => None,
            },
            _ => None,
        };
        match escalation.and_then(|escalation| escalation.verify) {
            Some(Verify::OrderEmail) => self.task(Task::Verify { ticket: ticket.id }).await,
            None => Ok(()),
        }
    }

    /// Why there may be no other code now: this contact, this order or its e-mail had too many. Counted
    /// by the e-mail too, because one order can be written in many ways. Takes the lock of identities,
    /// so that two at once are counted.
    async fn too_many_codes(
        &mut self,
        order: &OrderMail,
    ) -> Result<Option<&'static str>, ServiceError> {
        store::person::lock(&mut self.tx).await?;
        let contact = self.conversation.contact_id;
        let (hour, day) = (self.now.plus(-HOUR), self.now.plus(-DAY));
        let tx = &mut self.tx;
        let by_contact = store::code::count_of_contact(tx, contact, hour).await?;
        let about = store::code::count_about(tx, &order.about, &order.email, hour).await?;
        if by_contact.max(about) >= IN_AN_HOUR {
            return Ok(Some("three codes were sent within the hour: wait before the next one"));
        }
        let to_email = store::code::count_to(tx, &order.email, day).await?;
        let what = "six codes went to this e-mail within the day: wait before the next one";
        Ok((to_email >= IN_A_DAY).then_some(what))
    }

    /// Has a code mailed after the commit, and tells the customer where to look.
    async fn send_code(
        &mut self,
        order: OrderMail,
        by: Option<AgentId>,
    ) -> Result<(), ServiceError> {
        let code = Code {
            id: CodeId(fresh_id()),
            contact: self.conversation.contact_id,
            conversation: self.conversation.id,
            about: order.about,
            email: order.email,
            by,
            hash: None,
            tries: 0,
            state: CodeState::Waiting,
            created_at: self.now,
            expires_at: self.now.plus(LASTS),
        };
        store::code::insert(&mut self.tx, &code).await?;
        let address = masked_email(&code.email);
        self.say_of_code(say::CODE_SENT, &[("address", &address)]).await?;
        self.task(Task::Mail { code: code.id }).await
    }

    async fn say_of_code(
        &mut self,
        phrase: Phrase,
        values: &[(&str, &str)],
    ) -> Result<(), ServiceError> {
        let language = self.conversation.language.unwrap_or(Language::It);
        let text = phrase.fill(language.code(), values);
        let body = Body::text(text);
        self.write(Author::Bot, Visibility::Public, body, Some(language)).await.map(drop)
    }

    /// Takes a message that holds a code, while one is awaited; `false` when it is an ordinary one.
    pub(in crate::service) async fn take_code(
        &mut self,
        text: &str,
        client_id: Option<&str>,
    ) -> Result<bool, ServiceError> {
        let Some(typed) = find_codes(text) else { return Ok(false) };
        let contact = self.conversation.contact_id;
        let Some(code) = store::code::open_of(&mut self.tx, contact).await? else {
            return Ok(false);
        };
        if code.expires_at.plus(REMEMBERED) <= self.now {
            store::code::set(&mut self.tx, code.id, CodeState::Expired, code.tries).await?;
            return Ok(false);
        }
        self.hear(Body::text(typed.hidden), client_id).await?;
        let state = if code.expires_at <= self.now {
            CodeState::Expired
        } else if typed.groups.iter().any(|group| is_right(&code, group)) {
            CodeState::Used
        } else if code.tries + 1 >= TRIES {
            CodeState::Spent
        } else {
            CodeState::Open
        };
        let wrong = matches!(state, CodeState::Open | CodeState::Spent);
        let tries = code.tries + i64::from(wrong);
        store::code::set(&mut self.tx, code.id, state, tries).await?;
        let left = (TRIES - tries).to_string();
        let phrase = match state {
            CodeState::Used => say::CODE_RIGHT,
            CodeState::Expired => say::CODE_EXPIRED,
            CodeState::Spent => say::CODE_SPENT,
            _ => say::CODE_WRONG,
        };
        self.say_of_code(phrase, &[("n", &left)]).await?;
        let line = if state == CodeState::Open { "wrong" } else { state.as_str() };
        self.system_line(format!("code_{line}:{}", masked_email(&code.email))).await?;
        let mut changed = BTreeSet::from([contact]);
        if state == CodeState::Used {
            let claim = Claim::Email(code.email);
            let linked = keep(&mut self.tx, self.now, contact, &claim, Proof::EmailCode).await?;
            changed.extend::<Vec<ContactId>>(linked.into_iter().collect());
        }
        self.tell_identity(&changed).await?;
        Ok(true)
    }
}

fn is_right(code: &Code, typed: &str) -> bool {
    let expected = code.hash.as_deref().unwrap_or_default();
    !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(hash(code.id, typed).as_bytes()))
}

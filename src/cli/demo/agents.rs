//! Simulated agents: they take simulated tickets, answer twice, and resolve.

use anyhow::Context as _;

use super::customers::rest;
use super::{chance, hire};
use crate::domain::agent::{Presence, Role};
use crate::domain::contact::Origin;
use crate::domain::language::Language;
use crate::domain::message::Author;
use crate::domain::ticket::TicketStatus;
use crate::lifecycle;
use crate::service::access::{Caller, DeskRight};
use crate::service::desk;
use crate::service::{House, ServiceError};
use crate::store::ticket::StoredTicket;
use crate::store::{self};

/// The simulated people.
const PEOPLE: [(&str, &str); 3] = [
    ("bruno.sim@demo.example", "Bruno (demo)"),
    ("carla.sim@demo.example", "Carla (demo)"),
    ("dario.sim@demo.example", "Dario (demo)"),
];
/// The most tickets one of them holds.
const HELD: usize = 3;
/// What they say first and then, in Italian and English.
const WORDS: [(&str, &str); 2] = [
    (
        "Buongiorno, sono della bottega: ho letto tutto, mi può dire qualcosa in più?",
        "Hello, I am from the shop: I have read everything. Could you tell me a little more?",
    ),
    (
        "Grazie, ho controllato e me ne occupo subito: riceverà una conferma via e-mail.",
        "Thank you, I checked and am taking care of it now: a confirmation will reach you by e-mail.",
    ),
];

/// Hires them and sets them to work.
pub(super) async fn start(house: &House) -> anyhow::Result<()> {
    let teams = ["ordini", "amministrazione", "direzione"];
    for (email, name) in PEOPLE {
        hire(house, email, name, Role::Agent, &teams, &["billing"], &Language::ALL).await?;
        let found = store::agent::by_email(&house.db, email).await?;
        let (agent, _) = found.with_context(|| format!("the account of {name}"))?;
        let right = Caller { agent, csrf: None }.desk();
        let house_of_task = house.clone();
        lifecycle::start(&house.tasks, async move { work(&house_of_task, &right).await });
    }
    Ok(())
}

async fn work(house: &House, right: &DeskRight) {
    while !rest(house, 1_500 + chance(3_000)).await {
        if let Err(error) = shift(house, right).await {
            tracing::debug!(%error, "a simulated agent waits");
        }
    }
}

/// One look around: stay online, take something, go on with what is held.
async fn shift(house: &House, right: &DeskRight) -> Result<(), ServiceError> {
    desk::set_presence(house, right, Presence::Online).await?;
    let held = store::ticket::held_by(&house.db, right.agent().id).await?;
    if held.len() < HELD {
        take_one(house, right).await?;
    }
    for stored in &held {
        if chance(3) == 0 {
            go_on(house, right, stored).await?;
        }
    }
    Ok(())
}

async fn take_one(house: &House, right: &DeskRight) -> Result<(), ServiceError> {
    let waiting = store::ticket::at_status(&house.db, TicketStatus::New, 50).await?;
    let mut simulated = waiting.iter().filter(|stored| stored.origin == Origin::Simulated);
    let Some(stored) = simulated.next() else { return Ok(()) };
    match desk::take_this(house, right, stored.ticket.id).await {
        Ok(_) | Err(ServiceError::Conflict { .. } | ServiceError::Forbidden(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Answers when the customer wrote last, and resolves after the second answer.
async fn go_on(
    house: &House,
    right: &DeskRight,
    stored: &StoredTicket,
) -> Result<(), ServiceError> {
    let ticket = &stored.ticket;
    let thread = store::message::last(&house.db, ticket.conversation_id, 30).await?;
    let mine = |author: Author| author == Author::Agent(right.agent().id);
    let said = thread
        .iter()
        .filter(|s| mine(s.message.author) && s.message.at >= ticket.enqueued_at)
        .count();
    let last = thread.last().map(|stored| stored.message.author);
    if said >= WORDS.len() {
        return desk::resolve(house, right, ticket.id, None).await;
    }
    if said > 0 && last.is_some_and(mine) {
        return Ok(());
    }
    let (it, en) = WORDS[said];
    let words = if ticket.requirement.language == Some(Language::En) { en } else { it };
    desk::reply(house, right, ticket.id, words, None).await
}

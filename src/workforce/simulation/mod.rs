//! A day at the desk, event by event: who comes, who takes what, and what became of the promises.
//!
//! It is driven by the code that routes real tickets: [`crate::routing::eligibility`] says who may
//! serve what, [`crate::routing::choice`] who of several is asked, and [`crate::sla::deadline`] gives
//! deadlines and scores. The line keeps the order of the queue: smallest score, then oldest.
//!
//! The same arrivals are given to every set of rules, so that rules can be compared.

mod case;
pub mod chance;
mod day;
pub mod demand;
pub mod figures;
mod floor;
pub mod line;
pub mod order;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::day::run;
use crate::domain::agent::Profile;
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;
use crate::routing::choice::Best;
use crate::sla::calendar::Calendar;
use crate::sla::policy::Targets;

/// The stage on which arrivals meet people.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The first instant.
    pub start: UtcMillis,
    /// The first instant after it.
    pub end: UtcMillis,
    /// The kinds of ticket.
    pub classes: Vec<Class>,
    /// The people at the desk.
    pub people: Vec<Person>,
    /// The longest that any ticket may be passed over, ms.
    pub ageing_bound: i64,
    /// What counts as answered quickly (the Y of a service level X/Y), ms.
    pub answer_within: i64,
}

/// One kind of ticket.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// What an agent must have.
    pub requirement: Requirement,
    /// What it weighs against an agent's capacity.
    pub cost: u32,
    /// How long one is expected to take, ms.
    pub expected: i64,
    /// From accepting to the first answer, ms.
    pub first_reply: i64,
    /// What is promised: assignment, first response and resolution count.
    pub targets: Targets,
    /// On whose hours the promises are counted.
    pub calendar: Arc<Calendar>,
}

/// One person at the desk.
#[derive(Clone, Debug)]
pub struct Person {
    /// What they can serve, and their capacity.
    pub profile: Profile,
    /// When they take new work: ascending and apart, `[from, to)`. What is open then is finished.
    pub shifts: Vec<(UtcMillis, UtcMillis)>,
    /// From being given a ticket to accepting it, ms.
    pub accept: i64,
}

/// One ticket that comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: UtcMillis,
    /// Of which class: its place in [`Stage::classes`].
    pub class: usize,
    /// How long it will really take from accepting, ms.
    pub handling: i64,
}

/// How tickets reach people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Who moves first.
    pub mode: Mode,
    /// What comes first.
    pub order: Order,
}

/// Who moves first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Whoever has room takes the next ticket they may serve.
    Pull,
    /// The next ticket is given to the best of those who have room.
    Push(Best),
}

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Who came first, whatever was promised.
    Arrival,
    /// The routing score.
    Score,
    /// The routing score, and after all others what can no longer be in time.
    Overload,
}

//! Whether the work of a shift was shared fairly: figures by agent, and what is behind each.
//!
//! Made of the records of assignments, of offers, of the history of presence and of the ledgers;
//! formulas: `routing::fairness` and `docs/decision-record.md`.

mod facts;
mod shown;

use std::collections::HashMap;

use self::facts::{Counted, Facts};
use super::access::BoardRight;
use super::figures::{Asked, Window};
use super::view::{FairnessItem, FairnessNumber, FairnessView};
use super::{House, ServiceError, viewing};
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;

/// The expected handling time of a ticket with an intent, minutes.
pub(super) fn effort(house: &House, intent: Option<&str>) -> u32 {
    house.content.rules().effort(intent.unwrap_or_default())
}

/// Which shift: a range of time, and a team's tickets or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The range.
    pub window: Window,
    /// The team; `None` for all.
    pub team: Option<String>,
}

impl Shift {
    /// The last `millis` ms, of all teams.
    #[must_use]
    pub const fn last(millis: i64, now: UtcMillis) -> Self {
        Self { window: Window::last(millis, now), team: None }
    }

    /// Reads a range and a team: instants as ms UTC or RFC 3339. Without a start 24 hours, without an
    /// end up to now; without a team all.
    ///
    /// # Errors
    /// What to write instead.
    pub fn read(
        from: Option<&str>,
        to: Option<&str>,
        team: Option<&str>,
        now: UtcMillis,
    ) -> Result<Self, String> {
        let window = Asked::read(from, to, None, now)?.window;
        let team = team.map(str::trim).filter(|team| !team.is_empty()).map(str::to_owned);
        Ok(Self { window, team })
    }
}

/// The figures of a shift, by agent.
///
/// # Errors
/// `Unavailable`.
pub async fn shift(
    house: &House,
    _right: &BoardRight,
    shift: &Shift,
) -> Result<FairnessView, ServiceError> {
    let mut facts = Facts::read(house, shift).await?;
    facts.read_work(house).await?;
    Ok(shown::view(&facts, house.now()))
}

/// The figures of a shift without occupancy, which needs every ledger.
pub(super) async fn glance(house: &House, shift: &Shift) -> Result<FairnessView, ServiceError> {
    Ok(shown::view(&Facts::read(house, shift).await?, house.now()))
}

/// What is behind one of these numbers, oldest first: as many as it says.
///
/// # Errors
/// `Unavailable`.
pub async fn behind(
    house: &House,
    _right: &BoardRight,
    shift: &Shift,
    agent: Option<AgentId>,
    number: FairnessNumber,
) -> Result<Vec<FairnessItem>, ServiceError> {
    let facts = Facts::read(house, shift).await?;
    let mut found: Vec<_> = facts.behind(number).into_iter().collect();
    found.retain(|counted| agent.is_none_or(|agent| counted.agent == agent));
    let names = viewing::names(house).await?;
    Ok(found.iter().map(|counted| item(counted, &names)).collect())
}

fn item(counted: &Counted, names: &HashMap<AgentId, String>) -> FairnessItem {
    FairnessItem {
        ticket: counted.ticket.to_string(),
        code: counted.ticket.code(),
        agent: names.get(&counted.agent).cloned().unwrap_or_default(),
        agent_id: counted.agent.to_string(),
        at: counted.at.0,
        what: counted.what.to_owned(),
        team: counted.team.clone(),
        effort: counted.effort,
        jumped: counted.jumped,
    }
}

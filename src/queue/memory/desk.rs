//! What each agent has: tickets reserved and held, and tickets they are skipped for.

use std::collections::HashMap;

use super::super::Reservation;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::domain::time::UtcMillis;

/// A ticket that an agent has, reserved or held.
#[derive(Debug)]
struct Had {
    ticket: TicketId,
    cost: u32,
    /// The claim that it answered, and the answer.
    answer: Option<(RequestId, Reservation)>,
}

/// One agent's tickets: few, so that looking through them is quick.
#[derive(Debug, Default)]
struct Desk {
    has: Vec<Had>,
    skips: Vec<(TicketId, UtcMillis)>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Desks(HashMap<AgentId, Desk>);

impl Desks {
    /// The sum of costs.
    pub(super) fn load(&self, agent: AgentId) -> u64 {
        let has = self.0.get(&agent).into_iter().flat_map(|desk| &desk.has);
        has.map(|had| u64::from(had.cost)).sum()
    }

    /// The answer that this request already got, while the agent has that ticket.
    pub(super) fn answered(&self, agent: AgentId, asked: RequestId) -> Option<Reservation> {
        let mut has = self.0.get(&agent)?.has.iter();
        has.find_map(|had| {
            let (request, answer) = had.answer.as_ref()?;
            (*request == asked).then(|| answer.clone())
        })
    }

    /// The agent now has a ticket.
    pub(super) fn put(
        &mut self,
        agent: AgentId,
        ticket: TicketId,
        cost: u32,
        answer: Option<(RequestId, Reservation)>,
    ) {
        self.0.entry(agent).or_default().has.push(Had { ticket, cost, answer });
    }

    /// The agent has it no more.
    pub(super) fn free(&mut self, agent: AgentId, ticket: TicketId) {
        if let Some(desk) = self.0.get_mut(&agent) {
            desk.has.retain(|had| had.ticket != ticket);
        }
    }

    /// A ticket that the agent has weighs something else.
    pub(super) fn reweigh(&mut self, agent: AgentId, ticket: TicketId, cost: u32) {
        let has = self.0.get_mut(&agent).into_iter().flat_map(|desk| &mut desk.has);
        has.filter(|had| had.ticket == ticket).for_each(|had| had.cost = cost);
    }

    /// Skips the agent for a ticket until then; forgets an earlier skip, and those that ended.
    pub(super) fn skip(
        &mut self,
        agent: AgentId,
        ticket: TicketId,
        until: UtcMillis,
        now: UtcMillis,
    ) {
        let skips = &mut self.0.entry(agent).or_default().skips;
        skips.retain(|(other, until)| *other != ticket && *until > now);
        if until > now {
            skips.push((ticket, until));
        }
    }

    /// The tickets that the agent is skipped for, with the end of each skip.
    pub(super) fn skips(&self, agent: AgentId) -> &[(TicketId, UtcMillis)] {
        self.0.get(&agent).map_or(&[], |desk| &desk.skips)
    }
}

#[cfg(test)]
impl Desks {
    /// Who has what, at which cost.
    pub(super) fn audit(&self) -> std::collections::BTreeSet<(AgentId, TicketId, u32)> {
        let desks = self.0.iter();
        let has = desks
            .flat_map(|(agent, desk)| desk.has.iter().map(|had| (*agent, had.ticket, had.cost)));
        has.collect()
    }
}

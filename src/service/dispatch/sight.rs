//! What is seen around an assignment, for its record.
//!
//! Everything is read before the write that decides, and bounded, so that the record slows nothing
//! down; only the reckoning happens inside.

use std::collections::{BTreeSet, HashMap};

use super::super::{House, ServiceError, fairness};
use crate::domain::agent::{Agent, Presence};
use crate::domain::decision::{Choice, Decision, Versions, Way};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::Ticket;
use crate::domain::time::UtcMillis;
use crate::queue::{Reservation, Snapshot, Waiting};
use crate::routing::choice::{Asked, Candidate, choose};
use crate::routing::order;
use crate::routing::record::{Around, Given, Place, Reach, weigh};
use crate::store;

/// How many waiting tickets are looked at.
const LOOKED_AT: usize = 200;

/// What waited and who was there when a ticket was given to somebody.
pub(super) struct Sight {
    way: Way,
    at: UtcMillis,
    snapshot: Snapshot,
    people: Vec<Agent>,
    idle: HashMap<AgentId, UtcMillis>,
    /// Who declined or missed this ticket a moment ago.
    refusals: HashMap<AgentId, UtcMillis>,
    /// What the agent declined or missed a moment ago.
    refused: BTreeSet<TicketId>,
    /// More urgent tickets that somebody is asked to take.
    offered: Vec<(TicketId, UtcMillis)>,
    /// Whom the offer was chosen from.
    choice: Option<Choice>,
}

impl Sight {
    /// Looks around.
    pub(super) async fn look(
        house: &House,
        agent: &Agent,
        reservation: &Reservation,
        way: Way,
    ) -> Result<Self, ServiceError> {
        let at = house.now();
        let (db, offers, ticket) = (&house.db, &house.settings.offers, reservation.ticket);
        let mut sight = Self {
            way,
            at,
            snapshot: house.queue.snapshot(LOOKED_AT, at).await?,
            people: Vec::new(),
            idle: HashMap::new(),
            refusals: HashMap::new(),
            refused: BTreeSet::new(),
            offered: Vec::new(),
            choice: None,
        };
        if offers.is_used() {
            let since = at.plus(-offers.skip);
            sight.refused = store::asked::refused_by(db, agent.id, since).await?;
            sight.offered = store::asked::standing(db, reservation.score, at).await?;
        }
        if way == Way::Offer {
            let offer = store::offer::get(db, ticket, reservation.fence).await?;
            sight.choice = offer.map(|offer| offer.choice);
            return Ok(sight);
        }
        sight.people = store::agent::all(db).await?;
        if offers.is_used() {
            sight.idle = store::offer::idle(db).await?;
            sight.refusals = store::offer::refusals(db, ticket, at.plus(-offers.skip), at).await?;
        }
        Ok(sight)
    }

    /// The record of giving this ticket to the agent.
    pub(super) fn decide(
        &self,
        house: &House,
        agent: &Agent,
        reservation: &Reservation,
        ticket: &Ticket,
    ) -> Decision {
        let sought = ticket.sought();
        let waiting: Vec<_> =
            self.snapshot.waiting.iter().map(|waiting| place(house, waiting)).collect();
        let given = Given {
            ticket: ticket.id,
            requirement: &sought,
            score: reservation.score,
            profile: &agent.profile,
            load: reservation.load,
            way: self.way,
            refused: &self.refused,
        };
        let total = self.snapshot.total_waiting;
        let weighed = weigh(&given, Around { waiting: &waiting, total, offered: &self.offered });
        let asked = Asked { requirement: &sought, cost: ticket.cost, preferred: None };
        let candidates = self.candidates(house, agent, reservation);
        let taker = candidates.iter().find(|candidate| candidate.agent == agent.id);
        let despite = taker.filter(|_| self.way == Way::Assigned);
        let despite = despite.and_then(|taker| taker.excluded(&asked, self.at));
        let choice = self.choice.clone();
        let best = house.settings.offers.best;
        Decision {
            ticket_id: ticket.id,
            agent_id: agent.id,
            way: self.way,
            at: self.at,
            fence: Some(reservation.fence),
            requirement: Some(sought.clone()),
            cost: Some(ticket.cost),
            effort: Some(fairness::effort(house, ticket.packet.intent.as_deref())),
            score: order::plain(reservation.score),
            load: reservation.load,
            capacity: agent.profile.capacity,
            servable: weighed.servable,
            walk: Some(weighed.walk),
            passed_over: weighed.passed_over,
            choice: Some(choice.unwrap_or_else(|| choose(&asked, &candidates, best, self.at))),
            despite,
            versions: Some(versions(house)),
        }
    }

    /// Everybody at the desk, the agent as they were before.
    fn candidates<'a>(
        &'a self,
        house: &House,
        agent: &Agent,
        reservation: &Reservation,
    ) -> Vec<Candidate<'a>> {
        let skip = house.settings.offers.skip;
        let states: HashMap<_, _> =
            self.snapshot.agents.iter().map(|state| (state.agent, state)).collect();
        let see = |person: &'a Agent| {
            let state = states.get(&person.id);
            let since = state.map_or(UtcMillis::default(), |state| state.since);
            let load = state.map_or(0, |state| state.load);
            let refused = self.refusals.get(&person.id);
            Candidate {
                agent: person.id,
                profile: &person.profile,
                presence: state.map_or(Presence::Offline, |state| state.presence),
                load: if person.id == agent.id { reservation.load } else { load },
                idle_since: since.max(self.idle.get(&person.id).copied().unwrap_or_default()),
                skipped_until: refused.map(|at| at.plus(skip)),
            }
        };
        self.people.iter().map(see).collect()
    }
}

fn place<'a>(house: &House, waiting: &'a Waiting) -> Place<'a> {
    let pushes = house.settings.offers.pushes(&waiting.requirement);
    Place {
        ticket: waiting.ticket,
        requirement: &waiting.requirement,
        score: waiting.score,
        cost: waiting.cost,
        reach: if pushes { Reach::Push } else { Reach::Pull },
    }
}

/// What is published now.
fn versions(house: &House) -> Versions {
    Versions {
        intents: house.content.knowledge().version.clone(),
        policies: house.content.book().version.to_string(),
        teams: Some(house.content.rules().version.to_string()),
    }
}

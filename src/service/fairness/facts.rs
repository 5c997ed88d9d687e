//! What fairness is made of: who was given what, who was asked, who was there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::{House, ServiceError};
use super::Shift;
use crate::domain::agent::{Agent, Presence};
use crate::domain::decision::Way;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::time::UtcMillis;
use crate::routing::fairness::{Stretch, online};
use crate::routing::holding::in_work;
use crate::service::view::FairnessNumber;
use crate::store::asked::Asking;
use crate::store::decision::Share;
use crate::store::offer::OfferState;
use crate::store::{self};

/// How many tickets are read at a time.
const PAGE: i64 = 2_000;

/// Everything of one shift.
pub(super) struct Facts {
    pub(super) shift: Shift,
    /// People by id.
    pub(super) people: BTreeMap<AgentId, Agent>,
    /// When each of them was online.
    pub(super) online: BTreeMap<AgentId, Vec<Stretch>>,
    /// What each of them worked on, and what it weighs; `None` when nobody asked.
    pub(super) work: Option<HashMap<AgentId, Vec<(Stretch, u32)>>>,
    shares: Vec<Share>,
    asked: Vec<Asking>,
}

/// One assignment or offer behind a number.
pub(super) struct Counted {
    pub(super) ticket: TicketId,
    pub(super) agent: AgentId,
    pub(super) at: UtcMillis,
    pub(super) what: &'static str,
    pub(super) team: Option<String>,
    pub(super) effort: u64,
    pub(super) jumped: u64,
}

impl Facts {
    /// Reads assignments, offers and presences.
    pub(super) async fn read(house: &House, shift: &Shift) -> Result<Self, ServiceError> {
        let range = (shift.window.from, shift.window.to.min(house.now().plus(1)));
        let of_team = |team: &Option<String>| shift.team.is_none() || *team == shift.team;
        let mut shares = store::decision::between(&house.db, range).await?;
        shares.retain(|share| of_team(&share.team));
        let mut asked = store::asked::between(&house.db, range).await?;
        asked.retain(|asking| of_team(&asking.team));
        let people = store::agent::all(&house.db).await?;
        let people: BTreeMap<_, _> = people.into_iter().map(|person| (person.id, person)).collect();
        let serves = |agent: &AgentId| match (&shift.team, people.get(agent)) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(team), Some(person)) => {
                person.profile.teams.is_empty() || person.profile.teams.contains(team)
            }
        };
        let changes: BTreeMap<AgentId, Vec<(UtcMillis, Presence)>> =
            store::presence::between(&house.db, range).await?;
        let there = changes.iter().filter(|(agent, _)| serves(agent));
        let online = there.map(|(agent, changes)| (*agent, online(changes, range))).collect();
        Ok(Self { shift: shift.clone(), people, online, work: None, shares, asked })
    }

    /// Reads the ledgers of everything that was in work.
    pub(super) async fn read_work(&mut self, house: &House) -> Result<(), ServiceError> {
        let mut work: HashMap<_, Vec<_>> = HashMap::new();
        let (range, now) = ((self.shift.window.from, self.shift.window.to), house.now());
        let mut after = None;
        loop {
            let ids = store::ledger::between(&house.db, range, after, PAGE).await?;
            let Some(last) = ids.last().copied() else { break };
            let costs = store::ticket::costs(&house.db, &ids).await?;
            let lines = store::ledger::of_tickets(&house.db, &ids).await?;
            for ledger in lines.chunk_by(|one, next| one.ticket_id == next.ticket_id) {
                let cost = ledger.first().and_then(|line| costs.get(&line.ticket_id).copied());
                let cost = cost.unwrap_or(1);
                for (agent, stretch) in in_work(ledger, now) {
                    work.entry(agent).or_default().push((stretch, cost));
                }
            }
            after = Some(last);
        }
        self.work = Some(work);
        Ok(())
    }

    /// Whoever was online, was given anything or was asked.
    pub(super) fn agents(&self) -> BTreeSet<AgentId> {
        let there = self.online.iter().filter(|(_, stretches)| !stretches.is_empty());
        let there = there.map(|(agent, _)| *agent);
        let given = self.shares.iter().map(|share| share.agent);
        there.chain(given).chain(self.asked.iter().map(|asking| asking.agent)).collect()
    }

    /// What is behind a number, of all agents, oldest first.
    pub(super) fn behind(&self, number: FairnessNumber) -> Vec<Counted> {
        use FairnessNumber::{
            Accepted, Declined, Given, Missed, Offered, Picked, Pulled, Unanswered,
        };
        let mut seen = BTreeSet::new();
        let mut shares = |wanted: &dyn Fn(&Share) -> bool, once: bool| {
            let found = self.shares.iter().filter(|share| wanted(share));
            let found = found.filter(|share| !once || seen.insert((share.agent, share.ticket)));
            found.map(of_share).collect()
        };
        let asked = |wanted: &dyn Fn(OfferState) -> bool| {
            let found = self.asked.iter().filter(|asking| wanted(asking.state));
            found.map(of_asking).collect()
        };
        match number {
            Given => shares(&|_| true, true),
            Pulled => shares(&|share| share.way.is_pull(), false),
            Picked => shares(&|share| share.way == Way::TakeThis && share.jumped > 0, false),
            Offered => asked(&|state| !matches!(state, OfferState::Open | OfferState::Void)),
            Accepted => asked(&|state| state == OfferState::Accepted),
            Declined => asked(&|state| state == OfferState::Declined),
            Missed => asked(&|state| state == OfferState::Missed),
            Unanswered => asked(&|state| matches!(state, OfferState::Open | OfferState::Void)),
        }
    }
}

fn of_share(share: &Share) -> Counted {
    Counted {
        ticket: share.ticket,
        agent: share.agent,
        at: share.at,
        what: share.way.as_str(),
        team: share.team.clone(),
        effort: share.effort,
        jumped: share.jumped,
    }
}

fn of_asking(asking: &Asking) -> Counted {
    Counted {
        ticket: asking.ticket,
        agent: asking.agent,
        at: asking.at,
        what: asking.state.as_str(),
        team: asking.team.clone(),
        effort: 0,
        jumped: 0,
    }
}

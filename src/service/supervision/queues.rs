//! The lanes of the routing queue: who waits where, and who could serve it.

use std::collections::{BTreeMap, HashMap};

use super::super::access::BoardRight;
use super::super::view::{GapView, LaneView, TicketRow, UnservedView};
use super::super::{House, ServiceError, viewing};
use super::{reckon, size};
use crate::domain::agent::{Agent, Presence, Profile};
use crate::domain::decision::seal;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::{Requirement, TicketStatus};
use crate::domain::time::UtcMillis;
use crate::queue::{AgentState, Snapshot};
use crate::routing::eligibility::may_serve;
use crate::routing::gap::{Gap, gap, lacks};
use crate::sla::clock::Clock;
use crate::sla::deadline::next_due;
use crate::store::ticket::StoredTicket;
use crate::store::{self};

/// How many lanes the board shows.
const SHOWN: usize = 30;
/// How many lanes it warns of.
const WARNED: usize = 10;
/// How many tickets a warning names.
const NAMED: usize = 5;
/// How many people are named who lack the least.
const NEAREST: usize = 3;
/// How many tickets of a lane are listed.
const LISTED: usize = 500;

/// Everybody, and how they stand.
pub(super) struct Floor<'a> {
    agents: &'a [Agent],
    states: HashMap<AgentId, &'a AgentState>,
}

impl<'a> Floor<'a> {
    /// By the queue's word; without a queue nobody is here.
    pub(super) fn new(agents: &'a [Agent], snapshot: Option<&'a Snapshot>) -> Self {
        let states = snapshot.map_or(&[][..], |snapshot| &snapshot.agents);
        Self { agents, states: states.iter().map(|state| (state.agent, state)).collect() }
    }

    fn present(&self, wanted: impl Fn(Presence) -> bool) -> impl Iterator<Item = &'a Agent> {
        let here =
            |agent: &&Agent| self.states.get(&agent.id).is_some_and(|state| wanted(state.presence));
        self.agents.iter().filter(here).collect::<Vec<_>>().into_iter()
    }

    fn profiles(&self) -> impl Iterator<Item = &'a Profile> + Clone {
        self.agents.iter().map(|agent| &agent.profile)
    }

    fn room(&self, agent: &Agent) -> u64 {
        let state = self.states.get(&agent.id);
        state.map_or(0, |state| u64::from(state.capacity.saturating_sub(state.load)))
    }
}

/// Waiting tickets by lane.
pub(super) type Lanes<'a> = BTreeMap<Requirement, Vec<&'a StoredTicket>>;

/// Waiting tickets by what they ask for.
pub(super) fn by_lane<'a>(waiting: &[&'a StoredTicket]) -> Lanes<'a> {
    let mut lanes = Lanes::new();
    for stored in waiting {
        lanes.entry(stored.ticket.sought()).or_default().push(*stored);
    }
    lanes
}

/// The lanes, the most urgent first, at most 30; and how many there are.
pub(super) fn lanes(
    lanes: &Lanes<'_>,
    clocks: &BTreeMap<TicketId, Vec<Clock>>,
    floor: &Floor<'_>,
    now: UtcMillis,
) -> (Vec<LaneView>, u64) {
    let mut ordered: Vec<_> = lanes.iter().collect();
    ordered.sort_by_key(|(_, waiting)| waiting.iter().map(|s| (s.score, s.ticket.id)).min());
    let shown = ordered.into_iter().take(SHOWN);
    let views = shown.map(|(requirement, waiting)| {
        let dues = waiting.iter().filter_map(|stored| {
            next_due(clocks.get(&stored.ticket.id)?).and_then(|clock| clock.due)
        });
        let able: Vec<_> = floor
            .present(|presence| presence == Presence::Online)
            .filter(|agent| may_serve(&agent.profile, requirement).is_ok())
            .collect();
        let waits = waiting.iter().map(|stored| now.since(stored.ticket.enqueued_at));
        LaneView {
            team: requirement.team.clone(),
            or_teams: requirement.or_teams.iter().cloned().collect(),
            language: requirement.language.map(|language| language.code().to_owned()),
            skills: requirement.skills.texts(),
            waiting: size(waiting.len()),
            oldest_wait: waits.max().unwrap_or(0),
            next_due: dues.min().map(|due| due.0),
            able: size(able.len()),
            free: able.iter().map(|agent| floor.room(agent)).sum(),
            tickets: address(requirement),
        }
    });
    (views.collect(), size(lanes.len()))
}

/// Where a lane's tickets are listed.
fn address(requirement: &Requirement) -> String {
    format!("/board/lane?key={}", key(requirement))
}

/// A lane's name in addresses.
fn key(requirement: &Requirement) -> String {
    let raw = serde_json::to_value(requirement).unwrap_or_default();
    seal(&raw).chars().take(16).collect()
}

/// The tickets that wait in a lane, most urgent first, after what the lane asks for.
///
/// # Errors
/// `NotFound` when nothing waits there any more, `Unavailable`.
pub async fn lane(
    house: &House,
    _right: &BoardRight,
    wanted: &str,
) -> Result<(LaneView, Vec<TicketRow>), ServiceError> {
    let now = house.now();
    let all = i64::try_from(super::SNAPSHOT).unwrap_or(i64::MAX);
    let new = store::ticket::at_status(&house.db, TicketStatus::New, all).await?;
    let mut found: Vec<_> =
        new.into_iter().filter(|stored| key(&stored.ticket.sought()) == wanted).collect();
    found.sort_by_key(|stored| (stored.score, stored.ticket.id));
    let ids: Vec<_> = found.iter().map(|stored| stored.ticket.id).collect();
    let ledgers = viewing::by_ticket(store::ledger::of_tickets(&house.db, &ids).await?);
    let clocks = reckon(house, &ledgers, now).await?;
    let agents = store::agent::all(&house.db).await?;
    let snapshot = house.queue.snapshot(0, now).await.ok();
    let floor = Floor::new(&agents, snapshot.as_ref());
    let waiting: Vec<_> = found.iter().collect();
    let (views, _) = lanes(&by_lane(&waiting), &clocks, &floor, now);
    let view = views.into_iter().next().ok_or(ServiceError::NotFound("the lane"))?;
    found.truncate(LISTED);
    Ok((view, viewing::rows(house, &found).await?))
}

/// Lanes that nobody can serve: nobody at all, or nobody who is here; the longest wait first, at most
/// 10.
pub(super) fn unserved(lanes: &Lanes<'_>, floor: &Floor<'_>, now: UtcMillis) -> Vec<UnservedView> {
    let here: Vec<_> = floor.present(|presence| presence != Presence::Offline).collect();
    let mut found = Vec::new();
    if here.is_empty() && !lanes.is_empty() {
        let everything: Vec<_> = lanes.values().flatten().copied().collect();
        let view = warning("nobody_here", &Requirement::default(), &everything, now);
        found.push(UnservedView { tickets: "/desk?tab=waiting".to_owned(), ..view });
    }
    let mut warned = Vec::new();
    for (requirement, waiting) in lanes {
        let ever = gap(requirement, floor.profiles());
        let present = here.iter().map(|agent| &agent.profile);
        let (kind, missing) = match ever {
            Some(missing) => ("nobody", missing),
            None if here.is_empty() => continue,
            None => match gap(requirement, present) {
                Some(missing) => ("nobody_now", missing),
                None => continue,
            },
        };
        let view = warning(kind, requirement, waiting, now);
        let able = floor.agents.iter().filter(|a| may_serve(&a.profile, requirement).is_ok());
        let able = able.map(|agent| agent.name.clone()).take(NEAREST).collect();
        warned.push(UnservedView {
            missing: Some(gap_view(&missing)),
            able,
            nearest: if kind == "nobody" { nearest(floor, requirement) } else { Vec::new() },
            ..view
        });
    }
    warned.sort_by_key(|view| (view.kind != "nobody", -view.oldest_wait));
    found.extend(warned);
    found.truncate(WARNED);
    found
}

fn warning(
    kind: &str,
    requirement: &Requirement,
    waiting: &[&StoredTicket],
    now: UtcMillis,
) -> UnservedView {
    let mut ordered = waiting.to_vec();
    ordered.sort_by_key(|stored| (stored.score, stored.ticket.id));
    let named = ordered.iter().take(NAMED).map(|stored| stored.ticket.id);
    let waits = waiting.iter().map(|stored| now.since(stored.ticket.enqueued_at));
    UnservedView {
        kind: kind.to_owned(),
        team: requirement.team.clone(),
        language: requirement.language.map(|language| language.code().to_owned()),
        skills: requirement.skills.texts(),
        missing: None,
        waiting: size(waiting.len()),
        oldest_wait: waits.max().unwrap_or(0),
        named: named.map(|id| (id.to_string(), id.code())).collect(),
        able: Vec::new(),
        nearest: Vec::new(),
        tickets: address(requirement),
    }
}

fn gap_view(missing: &Gap) -> GapView {
    GapView {
        team: missing.team.clone(),
        language: missing.language.map(|language| language.code().to_owned()),
        skills: missing.skills.texts(),
    }
}

/// E-mails of those who lack the least.
fn nearest(floor: &Floor<'_>, requirement: &Requirement) -> Vec<String> {
    let mut people: Vec<_> = floor.agents.iter().collect();
    people.sort_by_cached_key(|agent| (lacks(&agent.profile, requirement), agent.email.clone()));
    people.into_iter().take(NEAREST).map(|agent| agent.email.clone()).collect()
}

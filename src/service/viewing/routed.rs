//! Views of offers and of the records of assignments.

use std::collections::HashMap;

use serde_json::Value;

use super::super::view::{
    AgentView, CandidateView, ChoiceView, DecisionView, OfferView, PassedView, VersionsView,
    WalkView,
};
use super::super::{House, ServiceError};
use super::{names, rows};
use crate::domain::decision::{Choice, Decision, Passed, Versions, Walk};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::Requirement;
use crate::domain::time::{SECOND, UtcMillis};
use crate::store;

/// How far apart two clocks may be, ms.
const APART: i64 = 5 * SECOND;

/// What an agent is asked now.
pub(in crate::service) async fn offers(
    house: &House,
    agent: AgentId,
) -> Result<Vec<OfferView>, ServiceError> {
    let mut views = Vec::new();
    for offer in store::offer::open_of(&house.db, agent, house.now()).await? {
        let Some(stored) = store::ticket::get(&house.db, offer.ticket).await? else { continue };
        let Some(ticket) = rows(house, &[stored]).await?.pop() else { continue };
        let (offered_at, expires_at) = (offer.offered_at.0, offer.expires_at.0);
        views.push(OfferView { ticket, offered_at, expires_at });
    }
    Ok(views)
}

/// How many offers an agent missed in a row until they were set away.
pub(super) async fn missed(
    house: &House,
    agent: AgentId,
    view: &AgentView,
) -> Result<Option<u32>, ServiceError> {
    let rules = &house.settings.offers;
    if view.presence != "away" || !rules.is_used() {
        return Ok(None);
    }
    let last = store::offer::last_miss(&house.db, agent).await?;
    // The queue's clock and this one differ a little.
    let is_why = last.is_some_and(|at| UtcMillis(view.since).since(at).abs() <= APART);
    Ok(is_why.then_some(rules.misses))
}

/// The records of a ticket's last assignments, oldest first, with what they say when they can be read.
pub(in crate::service) async fn decisions(
    house: &House,
    ticket: TicketId,
    most: i64,
) -> Result<Vec<(Value, Option<DecisionView>)>, ServiceError> {
    let names = names(house).await?;
    let kept = store::decision::of_ticket(&house.db, ticket, most).await?;
    Ok(kept
        .into_iter()
        .map(|sealed| {
            let unaltered = sealed.is_unaltered();
            if unaltered == Some(false) {
                tracing::error!(ticket.id = %ticket, "the record of an assignment was altered");
            }
            let told = sealed.decision.as_ref().map(|decision| DecisionView {
                seal: sealed.seal.clone(),
                unaltered,
                ..decision_view(decision, &names)
            });
            (sealed.raw, told)
        })
        .collect())
}

/// The record of an assignment.
fn decision_view(decision: &Decision, names: &HashMap<AgentId, String>) -> DecisionView {
    let versions = decision.versions.clone();
    DecisionView {
        agent: names.get(&decision.agent_id).cloned().unwrap_or_default(),
        agent_id: decision.agent_id.to_string(),
        way: decision.way.as_str().to_owned(),
        at: decision.at.0,
        score: decision.score.0,
        load: decision.load,
        capacity: decision.capacity,
        cost: decision.cost,
        effort: decision.effort,
        asked: decision.requirement.as_ref().map(asked).unwrap_or_default(),
        servable: decision.servable,
        walk: decision.walk.as_ref().map(walk_view),
        passed_over: decision.passed_over.iter().map(passed_view).collect(),
        choice: decision.choice.as_ref().map(|choice| choice_view(choice, names)),
        despite: decision.despite.map(|reason| reason.as_str().to_owned()),
        versions: versions.map(|Versions { intents, policies, teams }| VersionsView {
            intents,
            policies,
            teams,
        }),
        seal: None,
        unaltered: None,
    }
}

/// What a ticket asks for, in words of the shop's own.
fn asked(requirement: &Requirement) -> Vec<String> {
    let teams = requirement.team.iter().chain(&requirement.or_teams).cloned();
    let language = requirement.language.map(|language| language.code().to_owned());
    teams.chain(language).chain(requirement.skills.texts()).collect()
}

fn walk_view(walk: &Walk) -> WalkView {
    let passed = walk.passed.iter().map(|(why, n)| (why.as_str().to_owned(), *n));
    let (waiting, looked_at, lanes) = (walk.waiting, walk.looked_at, walk.lanes);
    WalkView { waiting, looked_at, lanes, passed: passed.collect() }
}

fn passed_view(passed: &Passed) -> PassedView {
    PassedView {
        ticket: passed.ticket.to_string(),
        code: passed.ticket.code(),
        score: passed.score.map(|score| score.0),
        why: passed.why.map(|why| why.as_str().to_owned()),
    }
}

fn choice_view(choice: &Choice, names: &HashMap<AgentId, String>) -> ChoiceView {
    let free = choice.named.iter().map(|named| CandidateView {
        agent: names.get(&named.agent).cloned().unwrap_or_default(),
        agent_id: named.agent.to_string(),
        load: named.load,
        capacity: named.capacity,
        idle_since: named.idle_since.0,
    });
    let excluded = choice.excluded.iter();
    ChoiceView {
        free: choice.free,
        excluded: excluded.map(|(reason, n)| (reason.as_str().to_owned(), *n)).collect(),
        named: free.collect(),
        is_return: choice.is_return,
    }
}

//! Views of offers and of the records of assignments.

use std::collections::HashMap;

use super::super::view::{AgentView, CandidateView, ChoiceView, DecisionView, OfferView};
use super::super::{House, ServiceError};
use super::rows;
use crate::domain::decision::{Choice, Decision, Way};
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;
use crate::store;

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
    let is_why = last == Some(UtcMillis(view.since));
    Ok(is_why.then_some(rules.misses))
}

/// The record of an assignment.
pub(super) fn decision_view(decision: &Decision, names: &HashMap<AgentId, String>) -> DecisionView {
    let way = match decision.way {
        Way::TakeNext => "take_next",
        Way::TakeThis => "take_this",
        Way::Offer => "offer",
        Way::Assigned => "assigned",
        Way::Returned => "returned",
        Way::Transferred => "transferred",
    };
    DecisionView {
        agent: names.get(&decision.agent_id).cloned().unwrap_or_default(),
        way: way.to_owned(),
        at: decision.at.0,
        score: decision.score.0,
        load: decision.load,
        capacity: decision.capacity,
        servable: decision.servable,
        passed_over: decision.passed_over.iter().map(|id| id.code()).collect(),
        choice: decision.choice.as_ref().map(|choice| choice_view(choice, names)),
    }
}

fn choice_view(choice: &Choice, names: &HashMap<AgentId, String>) -> ChoiceView {
    let free = choice.named.iter().map(|named| CandidateView {
        agent: names.get(&named.agent).cloned().unwrap_or_default(),
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

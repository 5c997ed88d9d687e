//! Offers that nobody answered.

use super::super::turn::Turn;
use super::super::{House, ServiceError, dispatch, presence};
use crate::domain::agent::Presence;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::Fact;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::{SECOND, UtcMillis};
use crate::events::Hint;
use crate::store;
use crate::store::offer::OfferState;

/// How long after its end an offer is put down by whoever finds it, ms.
const LEFT_OVER: i64 = 2 * SECOND;
/// How many are put down in one pass.
const BATCH: i64 = 100;

/// A reservation ran out in the queue.
pub(in crate::service) async fn missed(
    house: &House,
    ticket: TicketId,
    agent: AgentId,
) -> Result<(), ServiceError> {
    let offer = store::offer::last(&house.db, ticket, agent).await?;
    let (mut turn, mut stored) = Turn::open_ticket(house, ticket).await?;
    if offer.as_ref().is_some_and(|offer| offer.expires_at > turn.now.plus(SECOND)) {
        // A newer one than that which ran out; that one is put down as a leftover.
        return turn.roll_back().await;
    }
    let waits = stored.ticket.status() == TicketStatus::New;
    let end = if waits { OfferState::Missed } else { OfferState::Void };
    let ends = match &offer {
        Some(offer) => store::offer::end(&mut turn.tx, ticket, offer.fence, end, turn.now).await?,
        None => true,
    };
    if !ends || (!waits && offer.is_none()) {
        return turn.roll_back().await;
    }
    if waits {
        turn.record(&mut stored, vec![Fact::OfferTimeout { agent }]).await?;
    }
    let at = turn.now;
    turn.commit().await?;
    if waits {
        // What it asks for may have changed while it was reserved.
        dispatch::rescore(house, ticket).await?;
    }
    if waits && offer.is_some() {
        metrics::counter!("sportello_offers_total", "end" => "missed").increment(1);
        count(house, agent, at).await?;
    }
    Ok(())
}

/// Puts down what ran out while whoever should have done so had stopped.
pub(in crate::service) async fn lapse(house: &House) -> Result<(), ServiceError> {
    let before = house.now().plus(-LEFT_OVER);
    for (ticket, agent) in store::offer::lapsed(&house.db, before, BATCH).await? {
        missed(house, ticket, agent).await?;
    }
    Ok(())
}

/// Whoever misses too many in a row is set away, at the instant of the last.
async fn count(house: &House, agent: AgentId, at: UtcMillis) -> Result<(), ServiceError> {
    let Some(state) = dispatch::state_of(house, agent).await? else { return Ok(()) };
    if state.presence != Presence::Online {
        return Ok(());
    }
    let misses = store::offer::misses(&house.db, agent, state.since).await?;
    if misses < house.settings.offers.misses {
        return Ok(());
    }
    let lease = house.settings.presence_lease;
    house.queue.set_presence(agent, Presence::Away, lease, at).await?;
    presence::changed(house, agent, Presence::Away, at).await?;
    tracing::info!(agent.id = %agent, misses, "set away: offers were not answered");
    house.bus.tell(Hint::Presence).await;
    Ok(())
}

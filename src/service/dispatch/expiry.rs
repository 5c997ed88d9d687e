//! Reservations and presences that ran out.

use super::super::{House, ServiceError, offering};
use super::on_fresh_queue;
use crate::events::Hint;

/// One pass over reservations and presences that ran out.
///
/// # Errors
/// Records or queue are not reachable.
pub async fn expire(house: &House) -> Result<(), ServiceError> {
    let expired = on_fresh_queue(house, || house.queue.expire(100, house.now())).await?;
    for (ticket, agent) in &expired.reservations {
        tracing::info!(ticket.id = %ticket, agent.id = %agent, "reservation ran out");
        offering::missed(house, *ticket, *agent).await?;
    }
    if house.settings.offers.is_used() {
        offering::lapse(house).await?;
    }
    if !expired.absent.is_empty() {
        house.bus.tell(Hint::Presence).await;
    }
    if !expired.reservations.is_empty() {
        house.bus.tell(Hint::Queue).await;
    }
    Ok(())
}

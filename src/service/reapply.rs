//! A new version of the policies reaches the live tickets: each chooses its policy anew in a turn of
//! its own. Any replica may do it, also several at once; what was done is not done again.

use std::collections::BTreeSet;

use super::turn::Turn;
use super::{House, ServiceError};
use crate::domain::id::TicketId;
use crate::store;

/// How many tickets are looked up at once.
const BATCH: i64 = 200;

/// One pass; how many tickets were brought to the active version. A replica that has not loaded that
/// version yet leaves it to the others.
///
/// # Errors
/// Records are not reachable.
pub async fn step(house: &House) -> Result<usize, ServiceError> {
    let version = house.content.book().version.clone();
    let (mut applied, mut failed) = (0, BTreeSet::new());
    while house.has_active_policies().await? {
        let found = store::terms::outdated(&house.db, &version, BATCH).await?;
        let left: Vec<TicketId> = found.into_iter().filter(|id| !failed.contains(id)).collect();
        if left.is_empty() || house.stop.is_cancelled() {
            break;
        }
        for id in left {
            match apply(house, id, &version).await {
                Ok(()) => applied += 1,
                Err(error @ ServiceError::Unavailable(_)) => return Err(error),
                Err(error) => {
                    tracing::error!(ticket.id = %id, ?error, "policies not applied");
                    failed.insert(id);
                }
            }
        }
    }
    if applied > 0 {
        tracing::info!(version = &*version, tickets = applied, "policies applied to live tickets");
    }
    Ok(applied)
}

/// Whatever is no longer live, or was brought up to date meanwhile, stays as it is.
async fn apply(house: &House, id: TicketId, version: &str) -> Result<(), ServiceError> {
    let (mut turn, mut stored) = Turn::open_ticket(house, id).await?;
    let noted = store::terms::noted_in(&mut turn.tx, id).await?;
    if noted == version || !stored.ticket.status().is_live() {
        return turn.roll_back().await;
    }
    turn.record(&mut stored, Vec::new()).await?;
    // Also when nothing had to be recorded: it was applied before this column was kept. Should the
    // policies change under our feet, the next pass finds this one outdated.
    store::terms::note(&mut turn.tx, id, version).await?;
    turn.commit().await
}

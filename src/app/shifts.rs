//! Loads and shifts: what the configuration says of them, for the service.

use crate::config::Routing;
use crate::domain::time::MINUTE;
use crate::routing::weight::Weights;
use crate::service::WorkRules;

/// The configuration's word.
pub(super) fn rules(routing: &Routing) -> WorkRules {
    let minutes = |count: u32| i64::from(count) * MINUTE;
    WorkRules {
        costs: routing.cost.clone(),
        weights: Weights {
            idle: minutes(routing.idle_minutes),
            parked_percent: routing.parked_percent,
        },
        away: minutes(routing.away_minutes),
        grace: minutes(routing.grace_minutes),
    }
}

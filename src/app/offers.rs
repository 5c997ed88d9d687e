//! Offers to agents: what the configuration says of them, and the worker that makes them.

use std::time::Duration;

use super::told;
use crate::config::{BestAgent, Routing, RoutingMode};
use crate::domain::time::SECOND;
use crate::lifecycle;
use crate::routing::choice::Best;
use crate::service::{House, OfferRules, offering};

/// How long a failing worker rests.
const REST: Duration = Duration::from_secs(1);

/// The configuration's word, for the service.
pub(super) fn rules(routing: &Routing) -> OfferRules {
    OfferRules {
        is_push: routing.mode == RoutingMode::Push,
        except: match routing.mode {
            RoutingMode::Push => routing.pull_teams.clone(),
            RoutingMode::Pull => routing.push_teams.clone(),
        },
        lease: i64::from(routing.offer_seconds) * SECOND,
        misses: routing.misses,
        skip: i64::from(routing.skip_seconds) * SECOND,
        best: match routing.choice {
            BestAgent::LongestIdle => Best::LongestIdle,
            BestAgent::LeastLoaded => Best::LeastLoaded,
        },
    }
}

/// Starts making offers, if any team's tickets are offered.
pub(super) fn start(house: &House) {
    if !house.settings.offers.is_used() {
        return;
    }
    let worker = house.clone();
    lifecycle::repeat(&house.tasks, &house.stop, REST, move || {
        let house = worker.clone();
        async move { told("offers", offering::run(&house).await) }
    });
}

//! `[routing]`: who is asked to take a ticket, and for how long.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::listed::named;

/// `[routing]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Routing {
    pub mode: RoutingMode,
    #[serde(deserialize_with = "named")]
    pub push_teams: BTreeSet<String>,
    #[serde(deserialize_with = "named")]
    pub pull_teams: BTreeSet<String>,
    pub offer_seconds: u32,
    pub misses: u32,
    pub skip_seconds: u32,
    pub choice: BestAgent,
    pub idle_minutes: u32,
    pub parked_percent: u32,
    pub away_minutes: u32,
    pub grace_minutes: u32,
    pub cost: BTreeMap<String, u32>,
}

/// The largest cost of one ticket.
const LARGEST_COST: u32 = 100;
/// The longest time that may be said in minutes: a month.
const LONGEST_MINUTES: u32 = 31 * 24 * 60;

impl Routing {
    /// What is out of bounds, one sentence each.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, cost) in &self.cost {
            if !(1..=LARGEST_COST).contains(cost) {
                problems.push(format!(
                    "routing.cost.{name} must be 1 to {LARGEST_COST}: it is what one ticket takes of \
                     an agent's capacity"
                ));
            }
        }
        if self.parked_percent > 100 {
            problems.push("routing.parked_percent must be 0 to 100".to_owned());
        }
        for (key, minutes) in [
            ("idle_minutes", self.idle_minutes),
            ("away_minutes", self.away_minutes),
            ("grace_minutes", self.grace_minutes),
        ] {
            if minutes > LONGEST_MINUTES {
                problems.push(format!("routing.{key} must be 0 to {LONGEST_MINUTES}"));
            }
        }
        problems
    }
}

/// How tickets reach agents.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RoutingMode {
    /// Agents take the next one.
    Pull,
    /// The best agent is offered it.
    Push,
}

/// What the best of several free agents is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum BestAgent {
    /// Idle for longest.
    LongestIdle,
    /// Least loaded for the capacity.
    LeastLoaded,
}

/// `[teams]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Teams {
    pub file: String,
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    #[test]
    fn costs_out_of_bounds_are_refused_in_words() {
        let mut routing = Config::load(None).unwrap().routing;
        assert_eq!(routing.problems(), [""; 0]);
        for cost in [0, 101, 1_000_000] {
            routing.cost.insert("call_back".to_owned(), cost);
            let told = routing.problems().join(" ");
            assert!(told.contains("routing.cost.call_back must be 1 to 100"), "{told}");
        }
        routing.cost.clear();
        (routing.parked_percent, routing.grace_minutes) = (101, u32::MAX);
        assert_eq!(routing.problems().len(), 2);
    }
}

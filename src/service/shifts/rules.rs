//! What counts towards an agent's load, and how long a person may be silent.

use std::collections::BTreeMap;

use crate::domain::contact::ChannelName;
use crate::domain::time::MINUTE;
use crate::routing::weight::Weights;

/// The configuration's word on loads and shifts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkRules {
    /// What a ticket costs, by the intent that led to it or by its channel; what is not named costs 1.
    pub costs: BTreeMap<String, u32>,
    /// When a held ticket stops counting.
    pub weights: Weights,
    /// After how long without a sign of the person an agent is set away, ms; 0 for never.
    pub away: i64,
    /// After how long an offline agent's tickets go to others, ms; 0 for never.
    pub grace: i64,
}

impl Default for WorkRules {
    fn default() -> Self {
        Self {
            costs: BTreeMap::new(),
            weights: Weights { idle: 10 * MINUTE, parked_percent: 0 },
            away: 10 * MINUTE,
            grace: 15 * MINUTE,
        }
    }
}

impl WorkRules {
    /// What a ticket costs: what its intent says, else its channel, else the kind of channel (`telegram`
    /// of `telegram:shop`), else 1.
    #[must_use]
    pub fn cost(&self, channel: &ChannelName, intent: Option<&str>) -> u32 {
        let name = channel.0.as_str();
        let kind = name.split(':').next().unwrap_or_default();
        let found = [intent.unwrap_or_default(), name, kind].into_iter();
        found.filter_map(|key| self.costs.get(key)).copied().next().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_intent_says_more_than_the_channel() {
        let costs = [("webchat", 2), ("telegram", 3), ("telegram:shop", 4), ("call_back", 5)];
        let costs = costs.into_iter().map(|(name, cost)| (name.to_owned(), cost)).collect();
        let rules = WorkRules { costs, ..WorkRules::default() };
        let cost = |channel: &str, intent| rules.cost(&ChannelName(channel.to_owned()), intent);
        assert_eq!(cost("webchat", None), 2);
        assert_eq!(cost("telegram:other", Some("returns")), 3);
        assert_eq!(cost("telegram:shop", None), 4);
        assert_eq!(cost("webchat", Some("call_back")), 5);
        assert_eq!(cost("rest", Some("returns")), 1);
    }
}

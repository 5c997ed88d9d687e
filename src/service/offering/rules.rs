//! Which tickets are offered, and how.

use std::collections::BTreeSet;

use crate::domain::ticket::Requirement;
use crate::domain::time::{MINUTE, SECOND};
use crate::routing::choice::Best;

/// The configuration's word on offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferRules {
    /// Whether tickets are offered, but for the exceptions.
    pub is_push: bool,
    /// The teams for whose tickets the opposite holds.
    pub except: BTreeSet<String>,
    /// How long an offer stands, ms.
    pub lease: i64,
    /// After how many missed in a row an agent is set away.
    pub misses: u32,
    /// How long an agent is passed over for a ticket declined or missed, ms.
    pub skip: i64,
    /// Who is the best.
    pub best: Best,
}

impl Default for OfferRules {
    fn default() -> Self {
        Self {
            is_push: false,
            except: BTreeSet::new(),
            lease: 30 * SECOND,
            misses: 3,
            skip: 2 * MINUTE,
            best: Best::default(),
        }
    }
}

impl OfferRules {
    /// Whether any ticket is offered at all.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.is_push || !self.except.is_empty()
    }

    /// Whether a ticket with this requirement is offered: its team decides.
    #[must_use]
    pub fn pushes(&self, requirement: &Requirement) -> bool {
        let is_exception = requirement.team.as_ref().is_some_and(|team| self.except.contains(team));
        self.is_push != is_exception
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_team_decides() {
        let of = |team: Option<&str>| Requirement {
            team: team.map(str::to_owned),
            ..Requirement::default()
        };
        let except = BTreeSet::from(["billing".to_owned()]);
        let pull = OfferRules { except: except.clone(), ..OfferRules::default() };
        assert!(pull.is_used() && pull.pushes(&of(Some("billing"))));
        assert!(!pull.pushes(&of(Some("returns"))) && !pull.pushes(&of(None)));
        let push = OfferRules { is_push: true, except, ..OfferRules::default() };
        assert!(!push.pushes(&of(Some("billing"))) && push.pushes(&of(None)));
        assert!(!OfferRules::default().is_used());
    }
}

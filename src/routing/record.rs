//! What was passed over when this ticket was given to that agent?

use std::collections::BTreeSet;

use super::eligibility::{Exclusion, may_serve};
use super::order;
use crate::domain::agent::Profile;
use crate::domain::decision::{Bypass, Passed, Walk, Way};
use crate::domain::id::TicketId;
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;

/// How many tickets a record names.
pub const NAMED: usize = 20;

/// A ticket that waits.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Which.
    pub ticket: TicketId,
    /// What it asks for; equal ones share a lane.
    pub requirement: &'a Requirement,
    /// The routing score.
    pub score: UtcMillis,
    /// What it weighs.
    pub cost: u32,
    /// How its team's tickets reach agents.
    pub reach: Reach,
}

/// How tickets of a team reach agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Agents take them.
    Pull,
    /// They are offered.
    Push,
}

/// The ticket that was given away, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Which.
    pub ticket: TicketId,
    /// What it asked for.
    pub requirement: &'a Requirement,
    /// The routing score.
    pub score: UtcMillis,
    /// What the agent can serve.
    pub profile: &'a Profile,
    /// The agent's load before.
    pub load: u32,
    /// How it came about.
    pub way: Way,
    /// What the agent declined or missed a moment ago.
    pub refused: &'a BTreeSet<TicketId>,
}

/// What else waited at that moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'a> {
    /// The most urgent ones that waited, at most 200; without the one given.
    pub waiting: &'a [Place<'a>],
    /// How many waited in all, without the one given.
    pub total: u64,
    /// What somebody else was asked to take.
    pub offered: &'a [(TicketId, UtcMillis)],
}

/// What a record says about the others that waited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weighed {
    /// How many of those looked at the agent can serve, this one included.
    pub servable: u64,
    /// How far the queue was looked at.
    pub walk: Walk,
    /// More urgent ones, most urgent first, at most [`NAMED`].
    pub passed_over: Vec<Passed>,
}

/// Weighs a ticket that was given away against those that waited.
#[must_use]
pub fn weigh(given: &Given<'_>, around: Around<'_>) -> Weighed {
    let others = || around.waiting.iter().filter(|place| place.ticket != given.ticket);
    let can = |place: &&Place<'_>| may_serve(given.profile, place.requirement).is_ok();
    let before = || others().filter(|p| (p.score, p.ticket) < (given.score, given.ticket));
    let lanes: BTreeSet<_> =
        before().map(|place| place.requirement).chain([given.requirement]).collect();
    let mut passed: Vec<_> =
        before().map(|place| (place.score, place.ticket, bypass(given, place))).collect();
    let asked = around.offered.iter().filter(|(ticket, score)| {
        (*score, *ticket) < (given.score, given.ticket)
            && others().all(|place| place.ticket != *ticket)
    });
    passed.extend(asked.map(|(ticket, score)| (*score, *ticket, Bypass::Offered)));
    passed.sort_unstable();
    let mut walk = Walk {
        waiting: around.total.saturating_add(1),
        looked_at: small(others().count() + 1),
        lanes: small(lanes.len()),
        ..Walk::default()
    };
    for (_, _, why) in &passed {
        *walk.passed.entry(*why).or_default() += 1;
    }
    let named = passed.into_iter().take(NAMED);
    Weighed {
        servable: u64::from(small(others().filter(can).count() + 1)),
        walk,
        passed_over: named
            .map(|(score, ticket, why)| Passed {
                ticket,
                score: Some(order::plain(score)),
                why: Some(why),
            })
            .collect(),
    }
}

/// Why a more urgent ticket was passed over: the first reason.
fn bypass(given: &Given<'_>, place: &Place<'_>) -> Bypass {
    if let Err(why) = may_serve(given.profile, place.requirement) {
        return match why {
            Exclusion::Team => Bypass::Team,
            Exclusion::Language => Bypass::Language,
            Exclusion::Skill => Bypass::Skill,
        };
    }
    if given.refused.contains(&place.ticket) {
        return Bypass::Skipped;
    }
    if u64::from(given.load) + u64::from(place.cost) > u64::from(given.profile.capacity) {
        return Bypass::Full;
    }
    match given.way {
        Way::TakeThis => Bypass::Chosen,
        Way::Assigned | Way::Returned | Way::Transferred => Bypass::Named,
        Way::Offer if place.reach == Reach::Pull => Bypass::Pulled,
        Way::Offer | Way::TakeNext => Bypass::Later,
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use crate::domain::skill::Skills;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::language::Language;

    fn id(n: u128) -> TicketId {
        TicketId(Uuid::from_u128(n))
    }

    fn asks(team: Option<&str>, language: Option<Language>, skills: &[&str]) -> Requirement {
        Requirement {
            team: team.map(str::to_owned),
            language,
            skills: skills.iter().map(ToString::to_string).collect(),
            ..Requirement::default()
        }
    }

    fn profile() -> Profile {
        Profile {
            teams: BTreeSet::from(["a".to_owned()]),
            languages: BTreeSet::from([Language::It]),
            skills: Skills::from_iter(["refund"]),
            capacity: 3,
        }
    }

    fn place(n: u128, requirement: &Requirement, score: i64, cost: u32) -> Place<'_> {
        let (ticket, score, reach) = (id(n), UtcMillis(score), Reach::Push);
        Place { ticket, requirement, score, cost, reach }
    }

    #[test]
    fn each_more_urgent_one_has_its_reason() {
        let plain = Requirement::default();
        let (team, tongue) = (asks(Some("b"), None, &[]), asks(None, Some(Language::En), &[]));
        let skill = asks(Some("a"), None, &["legal"]);
        let waiting = [
            place(1, &team, 10, 1),
            place(2, &tongue, 20, 1),
            place(3, &skill, 30, 1),
            place(4, &plain, 40, 3),
            place(5, &plain, 50, 1),
            place(6, &plain, 60, 1),
            place(8, &plain, 100, 1),
            place(9, &team, 110, 1),
        ];
        let (profile, refused) = (profile(), BTreeSet::from([id(5)]));
        let around = Around { waiting: &waiting, total: 700, offered: &[(id(6_0), UtcMillis(45))] };
        let given = Given {
            ticket: id(7),
            requirement: &plain,
            score: UtcMillis(100),
            profile: &profile,
            load: 1,
            way: Way::TakeThis,
            refused: &refused,
        };
        let weighed = weigh(&given, around);
        let told: Vec<_> = weighed.passed_over.iter().map(|p| (p.ticket, p.why.unwrap())).collect();
        let expected = [
            (id(1), Bypass::Team),
            (id(2), Bypass::Language),
            (id(3), Bypass::Skill),
            (id(4), Bypass::Full),
            (id(60), Bypass::Offered),
            (id(5), Bypass::Skipped),
            (id(6), Bypass::Chosen),
        ];
        assert_eq!(told, expected, "of equal scores the older one is more urgent");
        let walk = &weighed.walk;
        assert_eq!((walk.waiting, walk.looked_at, walk.lanes), (701, 9, 4));
        assert_eq!(weighed.servable, 5, "4, 5, 6, 8 and the one given");
        for (way, why) in [
            (Way::TakeNext, Bypass::Later),
            (Way::Offer, Bypass::Later),
            (Way::Assigned, Bypass::Named),
        ] {
            let weighed = weigh(&Given { way, ..given }, around);
            assert_eq!(weighed.walk.passed.get(&why), Some(&1), "{way:?}");
        }
        let pulled = Place { reach: Reach::Pull, ..waiting[5] };
        let alone = Around { waiting: &[pulled], ..around };
        let weighed = weigh(&Given { way: Way::Offer, ..given }, alone);
        assert_eq!(weighed.walk.passed.get(&Bypass::Pulled), Some(&1));
    }

    proptest! {
        #[test]
        fn a_record_is_bounded_and_counts_everything(
            scores in prop::collection::vec((0_i64..50, 0_usize..3, 1_u32..4), 0..200),
            own in 0_i64..50,
            load in 0_u32..4,
        ) {
            let kinds = [Requirement::default(), asks(Some("b"), None, &[]), asks(None, None, &["x"])];
            let waiting: Vec<_> = (1_u128..).zip(&scores)
                .map(|(n, (score, kind, cost))| place(n, &kinds[*kind], *score, *cost)).collect();
            let (profile, refused) = (profile(), BTreeSet::new());
            let given = Given {
                ticket: id(1_000), requirement: &kinds[0], score: UtcMillis(own), profile: &profile,
                load, way: Way::TakeThis, refused: &refused,
            };
            let around = Around { waiting: &waiting, total: waiting.len() as u64, offered: &[] };
            let weighed = weigh(&given, around);
            // The one given has the greatest id, so every equal score comes before it.
            let before = scores.iter().filter(|(score, _, _)| *score <= own).count();
            prop_assert_eq!(weighed.walk.passed.values().sum::<u32>() as usize, before);
            prop_assert_eq!(weighed.passed_over.len(), before.min(NAMED));
            prop_assert!(weighed.passed_over.is_sorted_by_key(|passed| passed.score));
            let servable = scores.iter().filter(|(_, kind, _)| *kind == 0).count() + 1;
            prop_assert_eq!(usize::try_from(weighed.servable).unwrap(), servable);
            prop_assert!(weighed.walk.lanes <= 3);
        }
    }
}

//! Who is offered this ticket?

use std::cmp::Reverse;

use super::eligibility::{Exclusion, may_serve};
use crate::domain::agent::{Presence, Profile};
use crate::domain::decision::{Choice, Named, Reason};
use crate::domain::id::AgentId;
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;

/// How many candidates a record names.
const NAMED: usize = 20;

/// What the best of several free agents is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Best {
    /// To whom nothing was given, and from whom nothing was taken, for longest.
    #[default]
    LongestIdle,
    /// Whose load is the smallest part of the capacity; of equals the longest idle.
    LeastLoaded,
}

/// The ticket to be offered.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What an agent must have.
    pub requirement: &'a Requirement,
    /// What it weighs.
    pub cost: u32,
    /// Who is asked first if they are free: whoever had it before.
    pub preferred: Option<AgentId>,
}

/// An agent as the choice sees them.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Who.
    pub agent: AgentId,
    /// What they can serve, and their capacity.
    pub profile: &'a Profile,
    /// Whether they take new work.
    pub presence: Presence,
    /// The sum of costs held and reserved.
    pub load: u32,
    /// Since when nothing was given to or taken from them.
    pub idle_since: UtcMillis,
    /// Until when they are not asked again for this ticket.
    pub skipped_until: Option<UtcMillis>,
}

impl Candidate<'_> {
    /// Why they cannot be offered it now: the first reason.
    fn excluded(&self, asked: &Asked<'_>, now: UtcMillis) -> Option<Reason> {
        if let Err(why) = may_serve(self.profile, asked.requirement) {
            return Some(match why {
                Exclusion::Team => Reason::Team,
                Exclusion::Language => Reason::Language,
                Exclusion::Skill => Reason::Skill,
            });
        }
        if self.presence != Presence::Online {
            return Some(Reason::Absent);
        }
        if self.skipped_until.is_some_and(|until| until > now) {
            return Some(Reason::Skipped);
        }
        let full = u64::from(self.load) + u64::from(asked.cost) > u64::from(self.profile.capacity);
        full.then_some(Reason::Full)
    }

    /// Smaller is better.
    fn rank(&self, asked: &Asked<'_>, best: Best) -> impl Ord + use<> {
        let share = match best {
            Best::LongestIdle => 0,
            Best::LeastLoaded => {
                u64::from(self.load) * 1_000_000 / u64::from(self.profile.capacity.max(1))
            }
        };
        let is_preferred = asked.preferred == Some(self.agent);
        (Reverse(is_preferred), share, self.idle_since, self.agent)
    }
}

/// The free candidates, best first, and why the others are not among them.
#[must_use]
pub fn choose(
    asked: &Asked<'_>,
    candidates: &[Candidate<'_>],
    best: Best,
    now: UtcMillis,
) -> Choice {
    let mut choice = Choice::default();
    let mut free = Vec::new();
    for candidate in candidates {
        match candidate.excluded(asked, now) {
            Some(reason) => *choice.excluded.entry(reason).or_default() += 1,
            None => free.push(candidate),
        }
    }
    free.sort_by_cached_key(|candidate| candidate.rank(asked, best));
    choice.free = u32::try_from(free.len()).unwrap_or(u32::MAX);
    choice.named = free.iter().take(NAMED).map(|candidate| named(candidate)).collect();
    let first = choice.named.first().map(|first| first.agent);
    choice.is_return = first.is_some() && first == asked.preferred;
    choice
}

const fn named(candidate: &Candidate<'_>) -> Named {
    Named {
        agent: candidate.agent,
        load: candidate.load,
        capacity: candidate.profile.capacity,
        idle_since: candidate.idle_since,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const NOW: UtcMillis = UtcMillis(1_000);

    #[derive(Clone, Debug)]
    struct One {
        of_team: bool,
        presence: Presence,
        load: u32,
        capacity: u32,
        idle: i64,
        skipped: Option<i64>,
    }

    fn one() -> impl Strategy<Value = One> {
        let presence = prop::sample::select(vec![
            Presence::Online,
            Presence::Online,
            Presence::Online,
            Presence::Away,
            Presence::Offline,
        ]);
        let skipped = prop::option::weighted(0.3, 990_i64..1_010);
        (prop::bool::weighted(0.8), presence, 0_u32..5, 0_u32..6, 0_i64..4, skipped).prop_map(
            |(of_team, presence, load, capacity, idle, skipped)| One {
                of_team,
                presence,
                load,
                capacity,
                idle,
                skipped,
            },
        )
    }

    fn id(n: usize) -> AgentId {
        AgentId(Uuid::from_u128(n as u128))
    }

    /// Whether one could have it, in other words than the choice's own.
    fn is_free(one: &One, cost: u32) -> bool {
        one.of_team
            && one.presence == Presence::Online
            && one.skipped.is_none_or(|until| until <= NOW.0)
            && one.load + cost <= one.capacity
    }

    /// Whether `a` comes before `b`: fractions are compared crosswise.
    fn is_before(people: &[One], a: usize, b: usize, asked: Option<usize>, best: Best) -> bool {
        if (asked == Some(a)) != (asked == Some(b)) {
            return asked == Some(a);
        }
        let (one, two) = (&people[a], &people[b]);
        if best == Best::LeastLoaded {
            let (left, right) = (one.load * two.capacity, two.load * one.capacity);
            if left != right {
                return left < right;
            }
        }
        (one.idle, a) < (two.idle, b)
    }

    proptest! {
        #[test]
        fn the_choice_is_that_of_brute_force(
            people in prop::collection::vec(one(), 0..40),
            cost in 1_u32..4,
            preferred in prop::option::of(0_usize..40),
            least in any::<bool>(),
        ) {
            let best = if least { Best::LeastLoaded } else { Best::LongestIdle };
            let team = |of: bool| BTreeSet::from([if of { "a" } else { "b" }.to_owned()]);
            let profiles: Vec<_> = people.iter().map(|one| Profile {
                teams: team(one.of_team),
                languages: BTreeSet::new(),
                skills: BTreeSet::new(),
                capacity: one.capacity,
            }).collect();
            let candidates: Vec<_> = people.iter().zip(&profiles).enumerate().map(|(n, (one, profile))| Candidate {
                agent: id(n),
                profile,
                presence: one.presence,
                load: one.load,
                idle_since: UtcMillis(one.idle),
                skipped_until: one.skipped.map(UtcMillis),
            }).collect();
            let requirement = Requirement { team: Some("a".to_owned()), ..Requirement::default() };
            let asked = Asked { requirement: &requirement, cost, preferred: preferred.map(id) };
            let choice = choose(&asked, &candidates, best, NOW);

            let free: Vec<_> = (0..people.len()).filter(|n| is_free(&people[*n], cost)).collect();
            let first = free.iter().copied().find(|a| {
                free.iter().all(|b| a == b || is_before(&people, *a, *b, preferred, best))
            });
            prop_assert_eq!(choice.named.first().map(|named| named.agent), first.map(id));
            prop_assert_eq!(choice.free as usize, free.len());
            prop_assert_eq!(choice.named.len(), free.len().min(NAMED));
            let excluded: u32 = choice.excluded.values().sum();
            prop_assert_eq!(excluded as usize, people.len() - free.len());
            prop_assert_eq!(choice.is_return, preferred.is_some_and(|n| free.contains(&n)));
        }
    }

    #[test]
    fn the_first_reason_is_counted() {
        let profile = Profile {
            teams: BTreeSet::new(),
            languages: BTreeSet::new(),
            skills: BTreeSet::new(),
            capacity: 1,
        };
        let free = Candidate {
            agent: id(1),
            profile: &profile,
            presence: Presence::Online,
            load: 0,
            idle_since: NOW,
            skipped_until: None,
        };
        let people = [
            free,
            Candidate { presence: Presence::Away, load: 1, ..free },
            Candidate { skipped_until: Some(UtcMillis(1_001)), load: 1, ..free },
            Candidate { load: 1, ..free },
        ];
        let requirement = Requirement::default();
        let asked = Asked { requirement: &requirement, cost: 1, preferred: None };
        let choice = choose(&asked, &people, Best::LongestIdle, NOW);
        let excluded: Vec<_> = choice.excluded.into_iter().collect();
        assert_eq!(excluded, [(Reason::Absent, 1), (Reason::Skipped, 1), (Reason::Full, 1)]);
        assert_eq!(choice.free, 1);
    }
}

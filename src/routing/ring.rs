//! The longer a ticket waits, the more people may serve it: step by step, in rings.
//!
//! A ring is reached by time or by the share of the nearest target that is used up; with it are all
//! before it. Each only admits more agents. A new wait begins at none.

use std::collections::BTreeMap;

use crate::domain::relaxation::Relaxation;
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// When it is reached.
    pub when: When,
    /// What is not asked any more from then on.
    pub relax: Relaxation,
}

/// When a ring is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After this wait, wall ms since the ticket entered the queue.
    After(i64),
    /// When this percent of the nearest running target is used up, in the target's own time.
    Share(u8),
}

/// How long a ticket has waited, in both measures.
#[derive(Clone, Copy, Debug)]
pub struct Waited<'a> {
    /// When it entered the queue.
    pub since: UtcMillis,
    /// Now.
    pub now: UtcMillis,
    /// When which percent of its nearest target is used up; empty while none runs.
    pub shares: &'a BTreeMap<u8, UtcMillis>,
}

impl Waited<'_> {
    /// When a ring is reached, if nothing else happens.
    #[must_use]
    pub fn instant(&self, when: When) -> Option<UtcMillis> {
        match when {
            When::After(wait) => Some(self.since.plus(wait)),
            When::Share(percent) => self.shares.get(&percent).copied(),
        }
    }
}

/// How many rings are reached: the outermost whose time has come, and all within it.
#[must_use]
pub fn reached(rings: &[Ring], waited: &Waited<'_>) -> usize {
    let is_reached = |ring: &Ring| waited.instant(ring.when).is_some_and(|at| at <= waited.now);
    rings.iter().rposition(is_reached).map_or(0, |place| place + 1)
}

/// When a ring beyond the first `step` is reached, if nothing else happens.
#[must_use]
pub fn next(rings: &[Ring], step: usize, waited: &Waited<'_>) -> Option<UtcMillis> {
    rings.iter().skip(step).filter_map(|ring| waited.instant(ring.when)).min()
}

/// What the first `step` rings do not ask any more.
#[must_use]
pub fn within(rings: &[Ring], step: usize) -> Relaxation {
    rings.iter().take(step).fold(Relaxation::default(), |sum, ring| sum.and(&ring.relax))
}

/// What is asked after such a wait, and when less is.
#[must_use]
pub fn relaxed(
    rings: &[Ring],
    asked: &Requirement,
    waited: &Waited<'_>,
) -> (Requirement, Option<UtcMillis>) {
    let step = reached(rings, waited);
    (within(rings, step).of(asked), next(rings, step, waited))
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::domain::agent::Profile;
    use crate::domain::language::Language;
    use crate::domain::skill::{Level, Skill, Skills};
    use crate::routing::eligibility::may_serve;

    fn name() -> impl Strategy<Value = String> {
        select(vec!["a", "b", "c"]).prop_map(str::to_owned)
    }

    fn level() -> impl Strategy<Value = Level> {
        (1_u8..=5).prop_map(|level| Level::try_from(level).unwrap())
    }

    fn skills() -> impl Strategy<Value = Skills> {
        btree_map(name(), level(), 0..3).prop_map(|all| {
            let mut skills = Skills::default();
            for (name, level) in all {
                skills.add(Skill { name, level });
            }
            skills
        })
    }

    fn ring() -> impl Strategy<Value = Ring> {
        let when = prop_oneof![
            (0_i64..100).prop_map(When::After),
            select(vec![25_u8, 50, 75]).prop_map(When::Share)
        ];
        let sets =
            (btree_map(name(), level(), 0..2), btree_set(name(), 0..2), btree_set(name(), 0..2));
        let flags = (prop::bool::weighted(0.2), prop::bool::weighted(0.1));
        (when, sets, flags).prop_map(|(when, (lower, drop, or_teams), (any_language, anyone))| {
            Ring { when, relax: Relaxation { lower, drop, any_language, or_teams, anyone } }
        })
    }

    fn requirement() -> impl Strategy<Value = Requirement> {
        let language = prop::option::of(select(Language::ALL.to_vec()));
        (prop::option::of(name()), language, skills()).prop_map(|(team, language, skills)| {
            Requirement { team, language, skills, ..Requirement::default() }
        })
    }

    fn profile() -> impl Strategy<Value = Profile> {
        let languages = btree_set(select(Language::ALL.to_vec()), 0..3);
        (btree_set(name(), 0..3), languages, skills()).prop_map(|(teams, languages, skills)| {
            Profile { teams, languages, skills, capacity: 1 }
        })
    }

    /// May the agent serve it, by the rings' words one after the other?
    fn brute(rings: &[Ring], asked: &Requirement, waited: &Waited<'_>, profile: &Profile) -> bool {
        let come = |ring: &Ring| waited.instant(ring.when).is_some_and(|at| at <= waited.now);
        let count = (0..rings.len()).filter(|n| come(&rings[*n])).map(|n| n + 1).max().unwrap_or(0);
        let open = &rings[..count];
        if open.iter().any(|ring| ring.relax.anyone) {
            return true;
        }
        let of = |team: &String| profile.teams.is_empty() || profile.teams.contains(team);
        let widened = || open.iter().flat_map(|ring| &ring.relax.or_teams);
        let team = asked.team.as_ref().is_none_or(|team| of(team) || widened().any(of));
        let any_language = open.iter().any(|ring| ring.relax.any_language);
        let language =
            any_language || asked.language.is_none_or(|l| profile.languages.contains(&l));
        let skilled = asked.skills.iter().all(|skill| {
            let dropped = open.iter().any(|ring| ring.relax.drop.contains(&skill.name));
            let lowered = open.iter().filter_map(|ring| ring.relax.lower.get(&skill.name)).min();
            let needed = lowered.map_or(skill.level, |level| skill.level.min(*level));
            dropped || profile.skills.level(&skill.name).is_some_and(|own| own >= needed)
        });
        team && language && skilled
    }

    proptest! {
        #[test]
        fn who_may_serve_is_as_the_rings_say_and_only_grows(
            rings in vec(ring(), 0..5), asked in requirement(), people in vec(profile(), 1..5),
            shares in btree_map(select(vec![25_u8, 50, 75]), 0_i64..100, 0..4),
            mut looks in vec(0_i64..120, 1..6),
        ) {
            let shares = shares.into_iter().map(|(p, at)| (p, UtcMillis(at))).collect();
            looks.sort_unstable();
            let mut admitted = vec![false; people.len()];
            for now in looks {
                let waited = Waited { since: UtcMillis(0), now: UtcMillis(now), shares: &shares };
                let (requirement, next) = relaxed(&rings, &asked, &waited);
                for (person, before) in people.iter().zip(&mut admitted) {
                    let may = may_serve(person, &requirement).is_ok();
                    prop_assert_eq!(may, brute(&rings, &asked, &waited, person));
                    prop_assert!(may || !*before, "whoever could serve it can still");
                    *before = may;
                }
                prop_assert!(next.is_none_or(|next| next > waited.now));
            }
        }

        #[test]
        fn however_often_it_is_looked_at_the_steps_are_the_same(
            rings in vec(ring(), 0..5), asked in requirement(), mut looks in vec(0_i64..120, 0..8),
        ) {
            let shares = BTreeMap::from([(50, UtcMillis(40))]);
            let at = |now: i64| Waited { since: UtcMillis(0), now: UtcMillis(now), shares: &shares };
            looks.sort_unstable();
            // As the timer keeps it: the step only rises, whenever it fires.
            let step = looks.iter().fold(0, |step, now| step.max(reached(&rings, &at(*now))));
            let last = looks.last().copied().unwrap_or(0);
            let kept = step.max(reached(&rings, &at(last)));
            prop_assert_eq!(within(&rings, kept).of(&asked), relaxed(&rings, &asked, &at(last)).0);
        }
    }

    #[test]
    fn the_next_instant_is_the_first_of_those_to_come() {
        let ring = |when| Ring { when, relax: Relaxation::default() };
        let rings = [ring(When::After(10)), ring(When::Share(50)), ring(When::After(90))];
        let shares = BTreeMap::from([(50, UtcMillis(60))]);
        let next_at = |now| {
            let waited = Waited { since: UtcMillis(0), now: UtcMillis(now), shares: &shares };
            relaxed(&rings, &Requirement::default(), &waited).1
        };
        assert_eq!(next_at(0), Some(UtcMillis(10)));
        assert_eq!(next_at(10), Some(UtcMillis(60)));
        assert_eq!(next_at(60), Some(UtcMillis(90)));
        assert_eq!(next_at(90), None);
    }
}

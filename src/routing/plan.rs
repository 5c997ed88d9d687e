//! A waiting ticket's way through its team's rules: what is due now, and when the next step is.
//!
//! What happened stands in the ledger, so a step once reached stays reached, whoever looks at it and
//! however often, also when the rules change meanwhile. A new wait begins at none.

use super::ring::{self, Waited, When};
use super::teams::{Spill, Team};
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::relaxation::Relaxation;
use crate::domain::time::UtcMillis;

/// How far a ticket's present wait has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    /// How many rings are reached.
    pub step: usize,
    /// What is not asked any more.
    pub relaxed: Relaxation,
}

impl SoFar {
    /// As the ledger tells it.
    #[must_use]
    pub fn read(ledger: &[LedgerEvent]) -> Self {
        let entered = ledger.iter().rposition(|line| line.fact == Fact::Enqueued).unwrap_or(0);
        let mut so_far = Self::default();
        for line in ledger.iter().skip(entered) {
            if let Fact::Relaxed { step, by } = &line.fact {
                so_far.step = so_far.step.max(usize::try_from(*step).unwrap_or(usize::MAX));
                so_far.relaxed = so_far.relaxed.and(by);
            }
        }
        so_far
    }

    /// Whether another team may serve it already; a team's own tickets need no overflow to it.
    fn admits(&self, own: Option<&str>, team: &str) -> bool {
        own.is_none_or(|own| own == team)
            || self.relaxed.anyone
            || self.relaxed.or_teams.contains(team)
    }
}

/// The fact of an overflow to a team.
#[must_use]
pub fn overflow(to: &str) -> Fact {
    let by = Relaxation { or_teams: [to.to_owned()].into(), ..Relaxation::default() };
    Fact::Relaxed { step: 0, by }
}

/// The shares of a target at which rings are reached.
pub fn percents(team: &Team) -> impl Iterator<Item = u8> {
    team.rings.iter().filter_map(|ring| match ring.when {
        When::Share(percent) => Some(percent),
        When::After(_) => None,
    })
}

/// What happens now to a ticket of the team `own`.
#[must_use]
pub fn due(team: &Team, own: Option<&str>, so_far: &SoFar, waited: &Waited<'_>) -> Vec<Fact> {
    let reached = ring::reached(&team.rings, waited);
    let steps = (1_u32..).zip(&team.rings).take(reached).skip(so_far.step);
    let mut facts: Vec<Fact> =
        steps.map(|(step, ring)| Fact::Relaxed { step, by: ring.relax.clone() }).collect();
    for (to, at) in spills(team, own, so_far, waited) {
        let fact = overflow(to);
        if at <= waited.now && !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    facts
}

/// When the next thing happens to it that has not happened yet, if nothing else does.
#[must_use]
pub fn next(
    team: &Team,
    own: Option<&str>,
    so_far: &SoFar,
    waited: &Waited<'_>,
) -> Option<UtcMillis> {
    let spills = spills(team, own, so_far, waited).map(|(_, at)| at);
    ring::next(&team.rings, so_far.step, waited).into_iter().chain(spills).min()
}

/// The overflows by time that are still to come, or due.
fn spills<'a>(
    team: &'a Team,
    own: Option<&str>,
    so_far: &SoFar,
    waited: &Waited<'_>,
) -> impl Iterator<Item = (&'a str, UtcMillis)> {
    team.overflow.iter().filter_map(move |overflow| match overflow.when {
        Spill::After(wait) if !so_far.admits(own, &overflow.to) => {
            Some((overflow.to.as_str(), waited.since.plus(wait)))
        }
        _ => None,
    })
}

/// To whom tickets of the team `own` go while nobody of it is on shift, by who is.
pub fn relief<'a>(
    team: &'a Team,
    own: &str,
    on_shift: impl Fn(&str) -> bool,
) -> impl Iterator<Item = &'a str> {
    let is_alone = !on_shift(own);
    let meant = team.overflow.iter().filter(move |overflow| {
        is_alone && overflow.when == Spill::NobodyOnShift && overflow.to != own
    });
    meant.map(|overflow| overflow.to.as_str()).filter(move |to| on_shift(to))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::teams::Teams;
    use super::*;
    use crate::domain::id::TicketId;
    use crate::domain::source::SourceFile;
    use crate::domain::time::MINUTE;

    const RULES: &str = "
default:
  rings: [{after: 2m, drop: [a]}, {after: 4m, drop: [b]}, {at: 50%, languages: any}]
  overflow: [{to: care, after: 3m}, {to: night, when: nobody_on_shift}]
";

    fn rules() -> Teams {
        Teams::read(&SourceFile { name: "teams.yaml".to_owned(), text: RULES.to_owned() }).unwrap()
    }

    fn ledger(facts: &[Fact]) -> Vec<LedgerEvent> {
        let ticket_id = TicketId(uuid::Uuid::nil());
        let at = UtcMillis(0);
        (1..)
            .zip(facts)
            .map(|(seq, fact)| LedgerEvent { ticket_id, seq, at, fact: fact.clone() })
            .collect()
    }

    /// As the timer does it: whenever it is due, until nothing is; the steps told.
    fn walk(own: &str, looks: &[i64]) -> (Vec<u32>, SoFar) {
        let (rules, shares) = (rules(), BTreeMap::from([(50, UtcMillis(9 * MINUTE))]));
        let (mut facts, mut told) = (vec![Fact::Enqueued], Vec::new());
        for look in looks {
            let now = UtcMillis(look * MINUTE);
            let waited = Waited { since: UtcMillis(0), now, shares: &shares };
            let so_far = SoFar::read(&ledger(&facts));
            let happened = due(rules.of(None), Some(own), &so_far, &waited);
            facts.extend(happened.iter().cloned());
            told.extend(happened.iter().filter_map(|fact| match fact {
                Fact::Relaxed { step, .. } => Some(*step),
                _ => None,
            }));
            let so_far = SoFar::read(&ledger(&facts));
            let next = next(rules.of(None), Some(own), &so_far, &waited);
            assert!(next.is_none_or(|next| next > now), "what is due has happened");
        }
        (told, SoFar::read(&ledger(&facts)))
    }

    #[test]
    fn every_step_is_told_once_however_often_it_is_looked_at() {
        let (told, often) = walk("shop", &[0, 1, 2, 2, 3, 4, 4, 5, 9, 10]);
        assert_eq!(told, [1, 0, 2, 3]);
        let (told, once) = walk("shop", &[10]);
        assert_eq!((told, &once), (vec![1, 2, 3, 0], &often));
        assert_eq!(walk("care", &[10]).0, [1, 2, 3], "its own tickets do not overflow to it");
    }

    #[test]
    fn a_new_wait_begins_at_none() {
        let relaxed = Fact::Relaxed { step: 2, by: Relaxation::default() };
        let again = ledger(&[Fact::Enqueued, relaxed.clone(), Fact::Enqueued]);
        assert_eq!(SoFar::read(&again), SoFar::default());
        assert_eq!(SoFar::read(&ledger(&[Fact::Enqueued, relaxed])).step, 2);
    }

    #[test]
    fn relief_comes_while_nobody_of_the_team_is_there_and_the_others_are() {
        let rules = rules();
        let relief = |here: &[&str]| {
            relief(rules.of(None), "shop", |team| here.contains(&team)).collect::<Vec<_>>().len()
        };
        assert_eq!([relief(&["night"]), relief(&["night", "shop"]), relief(&[])], [1, 0, 0]);
    }
}

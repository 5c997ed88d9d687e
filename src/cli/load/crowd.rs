//! Made-up agents and tickets, the same in every run.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::domain::agent::Profile;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::language::Language;
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;
use crate::queue::Waiting;

const TEAMS: u64 = 8;
const SKILLS: u64 = 16;

/// Even numbers of no use but that they look like chance (`SplitMix64`).
#[derive(Clone, Debug)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// `count` different words out of `of`.
    fn words(&mut self, word: &str, count: u64, of: u64) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        while (found.len() as u64) < count.min(of) {
            found.insert(format!("{word}{}", self.below(of)));
        }
        found
    }
}

/// What lane number `lane` asks for: a team, a language and a skill, and past 256 lanes one more.
pub(super) fn requirement(lane: u64) -> Requirement {
    let language = if (lane / TEAMS).is_multiple_of(2) { Language::It } else { Language::En };
    let mut skills = BTreeSet::from([format!("skill{}", lane / (2 * TEAMS) % SKILLS)]);
    if lane >= 2 * TEAMS * SKILLS {
        skills.insert(format!("more{}", lane / (2 * TEAMS * SKILLS)));
    }
    let team = Some(format!("team{}", lane % TEAMS));
    Requirement { team, or_teams: BTreeSet::new(), language: Some(language), skills: skills.into() }
}

/// What nobody can serve.
pub(super) fn unservable(lane: u64) -> Requirement {
    let skills = BTreeSet::from([format!("nobody{lane}")]);
    Requirement { skills: skills.into(), ..requirement(lane) }
}

/// Agents who can serve about a seventh of the lanes each, and one lane for certain.
pub(super) fn agents(count: u64, lanes: u64, capacity: u32) -> Vec<(AgentId, Profile)> {
    let mut dice = Dice(1);
    (0..count)
        .map(|number| {
            let mut skills = dice.words("skill", 5, SKILLS);
            skills.extend((1..=lanes / (2 * TEAMS * SKILLS)).map(|it| format!("more{it}")));
            let sure = requirement(number % lanes);
            skills.extend(sure.skills.texts());
            let mut languages = match dice.below(4) {
                0 => BTreeSet::from([Language::It]),
                1 => BTreeSet::from([Language::En]),
                _ => Language::ALL.into_iter().collect(),
            };
            languages.extend(sure.language);
            let mut teams = dice.words("team", 3, TEAMS);
            teams.extend(sure.team);
            let id = AgentId(Uuid::from_u64_pair(dice.next(), number));
            (id, Profile { teams, languages, skills: skills.into(), capacity })
        })
        .collect()
}

/// Tickets that arrive one after the other; each carries its lane in its id.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    dice: Dice,
    lanes: u64,
    serial: u64,
    start: i64,
}

impl Arrivals {
    /// Arrivals over `lanes` lanes whose scores begin at `start`.
    pub(super) fn new(lanes: u64, start: i64) -> Self {
        Self { dice: Dice(2), lanes: lanes.max(1), serial: 0, start }
    }

    /// The next one, in any lane.
    pub(super) fn next(&mut self) -> Waiting {
        let lane = self.dice.below(self.lanes);
        self.next_in(lane)
    }

    /// One in the lane that agent number `number` can serve for certain.
    pub(super) fn sure(&mut self, number: u64) -> Waiting {
        self.next_in(number % self.lanes)
    }

    /// One for the lane of a ticket that was served, so that lanes stay as full as they were.
    pub(super) fn after(&mut self, served: TicketId) -> Waiting {
        self.next_in(served.0.as_u64_pair().1)
    }

    fn next_in(&mut self, lane: u64) -> Waiting {
        self.serial += 1;
        let jitter = i64::try_from(self.dice.below(600_000)).unwrap_or_default();
        let age = i64::try_from(self.serial).unwrap_or(i64::MAX);
        Waiting {
            ticket: TicketId(Uuid::from_u64_pair(self.serial, lane)),
            requirement: requirement(lane),
            score: UtcMillis(self.start.saturating_add(age).saturating_add(jitter)),
            cost: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::eligibility::may_serve;

    #[test]
    fn lanes_differ_and_agents_serve_some_of_them() {
        for lanes in [16, 256, 700] {
            let asked: BTreeSet<_> = (0..lanes).map(requirement).collect();
            assert_eq!(asked.len() as u64, lanes);
            for (_, profile) in agents(50, lanes, 1) {
                let able = asked.iter().filter(|it| may_serve(&profile, it).is_ok()).count();
                assert!(able > 0 && able < asked.len(), "{able} of {lanes}");
                assert!((0..lanes).all(|lane| may_serve(&profile, &unservable(lane)).is_err()));
            }
        }
    }

    #[test]
    fn a_ticket_is_followed_by_another_of_its_lane() {
        let mut arrivals = Arrivals::new(8, 0);
        let first = arrivals.next();
        let second = arrivals.after(first.ticket);
        assert_eq!(first.requirement, second.requirement);
        assert!(first.ticket != second.ticket);
    }
}

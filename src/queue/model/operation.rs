//! What can happen to a queue, at random, in a small world: few tickets, agents and lanes, so that
//! they meet often.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::{Limits, Reservation, Waiting};
use super::ticket;
use crate::domain::agent::{Presence, Profile};
use crate::domain::language::Language;
use crate::domain::ticket::Requirement;
use crate::domain::time::UtcMillis;

/// One of the reservations given so far.
#[derive(Clone, Debug)]
pub(super) struct Which(Index);

impl Which {
    /// It, unless there is none.
    pub(super) fn get<'a>(&self, given: &'a [Reservation]) -> Option<&'a Reservation> {
        // Mostly among the latest: the old ones are all fenced.
        let latest = &given[given.len().saturating_sub(6)..];
        (!latest.is_empty()).then(|| self.0.get(latest))
    }
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Push(Waiting),
    Claim(u8, i64),
    Again(Index),
    Reweigh(u8, u32),
    ClaimThis(u8, u8, Limits, i64),
    Accept(Which),
    Release(Which, i64),
    Remove(u8),
    Profile(u8, Profile),
    Presence(u8, Presence, i64),
    Renew(u8, i64),
    Expire(usize),
    Advance(i64),
    Rebuild,
}

/// Any of them, the usual ones more often.
pub(super) fn operation() -> impl Strategy<Value = Operation> {
    let limits = select(vec![Limits::Kept, Limits::Kept, Limits::Ignored]);
    let presence =
        select(vec![Presence::Online, Presence::Online, Presence::Away, Presence::Offline]);
    prop_oneof![
        8 => waiting().prop_map(Operation::Push),
        8 => (0..4_u8, 1..60_i64).prop_map(|(agent, lease)| Operation::Claim(agent, lease)),
        3 => any::<Index>().prop_map(Operation::Again),
        2 => (0..12_u8, 0..6_u32).prop_map(|(ticket, cost)| Operation::Reweigh(ticket, cost)),
        3 => (0..5_u8, 0..12_u8, limits, 1..60_i64)
            .prop_map(|(agent, ticket, limits, lease)| Operation::ClaimThis(agent, ticket, limits, lease)),
        5 => any::<Index>().prop_map(|index| Operation::Accept(Which(index))),
        3 => (any::<Index>(), 0..80_i64).prop_map(|(index, skip)| Operation::Release(Which(index), skip)),
        2 => (0..12_u8).prop_map(Operation::Remove),
        3 => (0..4_u8, profile()).prop_map(|(agent, profile)| Operation::Profile(agent, profile)),
        5 => (0..4_u8, presence, 1..400_i64)
            .prop_map(|(agent, presence, lease)| Operation::Presence(agent, presence, lease)),
        2 => (0..4_u8, 1..400_i64).prop_map(|(agent, lease)| Operation::Renew(agent, lease)),
        2 => (0..4_usize).prop_map(Operation::Expire),
        3 => (0..40_i64).prop_map(Operation::Advance),
        1 => Just(Operation::Rebuild),
    ]
}

fn waiting() -> impl Strategy<Value = Waiting> {
    (0..12_u8, requirement(), 0..9_i64, 1..4_u32).prop_map(|(number, requirement, score, cost)| {
        Waiting { ticket: ticket(number), requirement, score: UtcMillis(score), cost }
    })
}

fn requirement() -> impl Strategy<Value = Requirement> {
    let language = select(vec![None, None, Some(Language::It), Some(Language::En)]);
    let team = select(vec![None, Some("a".to_owned()), Some("b".to_owned())]);
    let skills = select(vec![vec![], vec![], vec!["x"], vec!["x", "y"]]);
    (team, language, skills).prop_map(|(team, language, skills)| {
        let skills = skills.into_iter().map(str::to_owned).collect();
        Requirement { team, language, skills, ..Requirement::default() }
    })
}

fn profile() -> impl Strategy<Value = Profile> {
    let languages = select(vec![vec![Language::It], vec![Language::En], Language::ALL.to_vec()]);
    let teams = select(vec![vec![], vec!["a"], vec!["a", "b"], vec!["c"]]);
    let skills = select(vec![vec![], vec!["x"], vec!["x", "y", "z"]]);
    (teams, languages, skills, 0..8_u32).prop_map(|(teams, languages, skills, capacity)| Profile {
        teams: teams.into_iter().map(str::to_owned).collect(),
        languages: languages.into_iter().collect(),
        skills: skills.into_iter().map(str::to_owned).collect(),
        capacity,
    })
}

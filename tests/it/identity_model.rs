//! Who is one person, against a model that knows only the rule: equal facts that were proved and not
//! undone, and links by hand that were not undone, however they follow each other.

use std::collections::BTreeMap;

use sportello::domain::id::{ContactId, TieId};
use sportello::service::identity::{self, Claim, Proof};
use sportello::store;

use crate::identity::{members, somebody};
use crate::support::cast::supervisor;
use crate::support::{Backend, TestApp, on_both};

/// How many contacts, and how many things happen to them.
const CONTACTS: usize = 8;
const STEPS: u32 = 220;

/// What a tie is made of, for the model.
#[derive(Clone, Debug, PartialEq, Eq)]
enum To {
    Fact(u64),
    Contact(usize),
}

#[derive(Clone, Debug)]
struct Modelled {
    of: usize,
    to: To,
    deed: bool,
    stands: bool,
}

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Who is reached from whom, one step at a time, until nothing changes.
fn groups(ties: &BTreeMap<TieId, Modelled>) -> Vec<Vec<usize>> {
    let mut reach = [[false; CONTACTS]; CONTACTS];
    let standing: Vec<_> = ties.values().filter(|tie| tie.stands).collect();
    for tie in &standing {
        match tie.to {
            To::Contact(other) => (reach[tie.of][other], reach[other][tie.of]) = (true, true),
            To::Fact(_) => {
                for same in standing.iter().filter(|same| same.to == tie.to) {
                    (reach[tie.of][same.of], reach[same.of][tie.of]) = (true, true);
                }
            }
        }
    }
    for _ in 0..CONTACTS {
        for (a, b, c) in (0..CONTACTS)
            .flat_map(|a| (0..CONTACTS).flat_map(move |b| (0..CONTACTS).map(move |c| (a, b, c))))
        {
            reach[a][c] |= reach[a][b] && reach[b][c];
        }
    }
    (0..CONTACTS).map(|a| (0..CONTACTS).filter(|b| a == *b || reach[a][*b]).collect()).collect()
}

struct World {
    app: TestApp,
    all: Vec<ContactId>,
    ties: BTreeMap<TieId, Modelled>,
    right: sportello::service::access::DeskRight,
}

impl World {
    /// Learns the tie that was just added.
    async fn learn(&mut self, of: usize, to: To, deed: bool) {
        let found = store::person::of_contacts(&self.app.house.db, &self.all).await.unwrap();
        for tie in found {
            let fresh = Modelled { of, to: to.clone(), deed, stands: true };
            self.ties.entry(tie.id).or_insert(fresh);
        }
    }

    async fn claim(&mut self, of: usize, fact: u64, deed: bool) {
        let proof = if deed { Proof::EmailCode } else { Proof::SignedId };
        let claim = Claim::Email(format!("x{fact}@example.com"));
        let before = self.ties.len();
        let to = To::Fact(fact);
        let own = |tie: &&Modelled| tie.of == of && tie.to == to && tie.deed == deed;
        let last = self.ties.values().rfind(own).map(|tie| tie.stands);
        identity::claim(&self.app.house, self.all[of], claim, proof).await.unwrap();
        self.learn(of, to.clone(), deed).await;
        let added = self.ties.len() - before;
        let expected = match last {
            None => 1,
            Some(true) => 0,
            Some(false) => usize::from(deed),
        };
        assert_eq!(added, expected, "{of} {fact} {deed} {last:?}");
    }

    async fn link(&mut self, a: usize, b: usize) {
        let is_one = groups(&self.ties)[a].contains(&b);
        let (one, other) = (self.all[a], self.all[b]);
        let linked = identity::link(&self.app.house, &self.right, one, other, "why", None).await;
        assert_eq!(linked.is_ok(), !is_one, "{linked:?}");
        if linked.is_ok() {
            self.learn(a, To::Contact(b), true).await;
        }
    }

    /// Undoes one tie of a contact, or all that hold it to others.
    async fn unlink(&mut self, of: usize, only: Option<TieId>) {
        let standing: Vec<_> = self.ties.values().filter(|tie| tie.stands).cloned().collect();
        let holds = |tie: &Modelled| match tie.to {
            To::Contact(other) => tie.of == of || other == of,
            To::Fact(_) => {
                tie.of == of && standing.iter().any(|same| same.to == tie.to && same.of != of)
            }
        };
        let undone: Vec<_> = self
            .ties
            .iter()
            .filter(|(id, tie)| tie.stands && holds(tie) && only.is_none_or(|only| only == **id))
            .map(|(id, _)| *id)
            .collect();
        let contact = self.all[of];
        let done = identity::unlink(&self.app.house, &self.right, contact, only, "why", None).await;
        assert_eq!(done.is_ok(), !undone.is_empty(), "{done:?}");
        for id in undone {
            self.ties.get_mut(&id).unwrap().stands = false;
        }
    }

    async fn link_again(&mut self, id: TieId) {
        let tie = self.ties.get_mut(&id).unwrap();
        let contact = self.all[tie.of];
        let done =
            identity::link_again(&self.app.house, &self.right, contact, id, "why", None).await;
        assert_eq!(done.is_ok(), !tie.stands, "{done:?}");
        tie.stands = true;
    }

    async fn step(&mut self, chance: &mut Chance) {
        let (a, b) = (chance.below(CONTACTS), chance.below(CONTACTS));
        let ids: Vec<_> = self.ties.keys().copied().collect();
        let some = (!ids.is_empty()).then(|| ids[chance.below(ids.len().max(1))]);
        match (chance.below(9), some) {
            (0..=3, _) => self.claim(a, chance.below(5) as u64, chance.below(2) == 0).await,
            (4, _) if a != b => self.link(a, b).await,
            (5, _) => self.unlink(a, None).await,
            (6, Some(id)) => {
                let of = self.ties[&id].of;
                self.unlink(of, Some(id)).await;
            }
            (7..=8, Some(id)) => self.link_again(id).await,
            _ => {}
        }
    }
}

async fn whatever_happens_the_rule_holds(backend: Backend) {
    let app = TestApp::start(backend).await;
    let right = supervisor(&app).await.desk();
    let mut all = Vec::new();
    for _ in 0..CONTACTS {
        all.push(somebody(&app).await.0);
    }
    let mut world = World { app, all, ties: BTreeMap::new(), right };
    let mut chance = Chance(0x0012);
    let mut sizes = std::collections::BTreeSet::new();
    for step in 0..STEPS {
        world.step(&mut chance).await;
        for (of, expected) in groups(&world.ties).into_iter().enumerate() {
            let expected: Vec<_> = expected.into_iter().map(|other| world.all[other]).collect();
            sizes.insert(expected.len());
            assert_eq!(members(&world.app, world.all[of]).await, expected, "step {step}, {of}");
        }
    }
    assert!(sizes.len() > 4, "persons of many sizes came and went: {sizes:?}");
    world.app.stop().await;
}

on_both!(whatever_happens_the_rule_holds);

//! `sportello simulate`: its line is the queue's, and its command line holds.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

use sportello::domain::agent::{Presence, Profile};
use sportello::domain::id::{AgentId, RequestId, TicketId};
use sportello::domain::language::Language;
use sportello::domain::ticket::Requirement;
use sportello::domain::time::{DAY, UtcMillis};
use sportello::queue::{Acceptance, Claim, Queue, Reservation, Waiting};
use sportello::routing::eligibility::may_serve;
use sportello::workforce::simulation::chance::Chance;
use sportello::workforce::simulation::line::Line;
use uuid::Uuid;

const NOW: UtcMillis = UtcMillis(1_000_000);
const PEOPLE: usize = 6;

fn words(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(ToString::to_string).collect()
}

/// Lanes that overlap in who may serve them, each with its cost.
fn lanes() -> Vec<(Requirement, u32)> {
    let asks = |team: Option<&str>, language, skills: &[&str]| Requirement {
        team: team.map(str::to_owned),
        language,
        skills: words(skills).into(),
        ..Requirement::default()
    };
    vec![
        (asks(None, None, &[]), 1),
        (asks(Some("orders"), None, &[]), 2),
        (asks(Some("orders"), Some(Language::En), &[]), 1),
        (asks(None, Some(Language::It), &["legal"]), 3),
        (asks(Some("returns"), Some(Language::It), &["refund"]), 1),
    ]
}

fn profile(person: usize) -> Profile {
    let teams: &[&str] = [&["orders"][..], &["returns"], &["orders", "returns"], &[]][person % 4];
    Profile {
        teams: words(teams),
        languages: Language::ALL.into_iter().skip(person % 2).collect(),
        skills: words(&["legal", "refund"][..person % 3]).into(),
        capacity: u32::try_from(1 + person % 4).unwrap(),
    }
}

fn agent(person: usize) -> AgentId {
    AgentId(Uuid::from_u128(0xA000 + person as u128))
}

/// The simulation's line, with what people hold, beside the real queue.
struct Both {
    queue: Queue,
    line: Line,
    lanes: Vec<(Requirement, u32)>,
    /// Lane and place of each ticket that waits.
    waiting: BTreeMap<u32, (usize, UtcMillis)>,
    /// What each person holds, and the lane it came from.
    held: Vec<Vec<(usize, Reservation)>>,
    next: u32,
}

impl Both {
    async fn new() -> Self {
        let queue = Queue::memory();
        queue.rebuild(1, &[], &[]).await.unwrap();
        for person in 0..PEOPLE {
            queue.set_profile(agent(person), &profile(person), NOW).await.unwrap();
            queue.set_presence(agent(person), Presence::Online, DAY, NOW).await.unwrap();
        }
        let lanes = lanes();
        // Lanes are numbered as they are opened.
        for (requirement, cost) in lanes.clone() {
            let ticket = TicketId(Uuid::from_u128(u128::MAX));
            queue.push(&Waiting { ticket, requirement, score: NOW, cost }).await.unwrap();
            queue.remove(ticket, None).await.unwrap();
        }
        Self {
            queue,
            line: Line::new(lanes.len()),
            lanes,
            waiting: BTreeMap::new(),
            held: vec![Vec::new(); PEOPLE],
            next: 0,
        }
    }

    /// A ticket comes in, or moves to another place.
    async fn put(&mut self, ticket: u32, lane: usize, place: UtcMillis) {
        if let Some((lane, before)) = self.waiting.insert(ticket, (lane, place)) {
            self.line.remove(lane, before, ticket);
        }
        self.line.insert(lane, place, ticket);
        let (requirement, cost) = self.lanes[lane].clone();
        let ticket = TicketId(Uuid::from_u128(u128::from(ticket)));
        let waiting = Waiting { ticket, requirement, score: place, cost };
        self.queue.push(&waiting).await.unwrap();
    }

    fn load(&self, person: usize) -> u32 {
        self.held[person].iter().map(|(lane, _)| self.lanes[*lane].1).sum()
    }

    /// Both are asked for the next ticket and must agree; whether there was one.
    async fn claim(&mut self, person: usize, request: u128) -> bool {
        let profile = profile(person);
        let head = self.line.first(|lane| may_serve(&profile, &self.lanes[lane].0).is_ok());
        let request = RequestId(Uuid::from_u128(request));
        let claim = self.queue.claim(agent(person), request, DAY, NOW).await.unwrap();
        let Some(head) = head else {
            assert_eq!(claim, Claim::Empty);
            return false;
        };
        if self.load(person) + self.lanes[head.lane].1 > profile.capacity {
            assert_eq!(claim, Claim::Full);
            return false;
        }
        let Claim::Reserved(reservation) = claim else { panic!("{claim:?}, not {head:?}") };
        assert_eq!(reservation.ticket.0.as_u128(), u128::from(head.ticket));
        assert_eq!((reservation.score, reservation.load), (head.place, self.load(person)));
        let accepted = self.queue.accept(&reservation, NOW).await.unwrap();
        assert_eq!(accepted, Acceptance::Accepted);
        self.line.remove(head.lane, head.place, head.ticket);
        self.waiting.remove(&head.ticket);
        self.held[person].push((head.lane, reservation));
        true
    }

    async fn finish(&mut self, person: usize) {
        let Some((_, done)) = self.held[person].pop() else { return };
        self.queue.remove(done.ticket, None).await.unwrap();
    }
}

/// A number below `bound`.
fn below(chance: &mut Chance, bound: usize) -> usize {
    (0..bound).find(|n| chance.even() * (bound - n) as f64 <= 1.0).unwrap_or(0)
}

#[tokio::test]
async fn the_line_gives_what_the_queue_gives() {
    for seed in 0..8 {
        let (mut both, mut chance) = (Both::new().await, Chance::new(seed));
        let mut given = 0;
        for step in 0..3_000_u128 {
            let place = UtcMillis(i64::try_from(below(&mut chance, 40)).unwrap());
            let person = below(&mut chance, PEOPLE);
            match below(&mut chance, 10) {
                0..3 => {
                    let lane = below(&mut chance, both.lanes.len());
                    both.put(both.next, lane, place).await;
                    both.next += 1;
                }
                3 => {
                    let which = below(&mut chance, both.waiting.len().max(1));
                    let found = both.waiting.iter().nth(which).map(|(t, (lane, _))| (*t, *lane));
                    if let Some((ticket, lane)) = found {
                        both.put(ticket, lane, place).await;
                    }
                }
                4..7 => given += usize::from(both.claim(person, step).await),
                _ => both.finish(person).await,
            }
            assert_eq!(both.line.is_empty(), both.waiting.is_empty());
        }
        assert!(given > 300, "only {given} were given");
    }
}

fn simulate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sportello"))
        .arg("simulate")
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

const OVERLOAD: &str = "config/scenarios/overload.yaml";

#[test]
fn the_same_seed_is_the_same_text_and_another_is_another() {
    let json = |seed: &str| {
        let output = simulate(&["--scenario", OVERLOAD, "--seed", seed, "--json"]);
        assert!(output.status.success());
        assert!(output.stderr.is_empty(), "no bar without a terminal");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(json("3"), json("3"));
    assert_ne!(json("3"), json("4"));
    let found: serde_json::Value = serde_json::from_str(&json("7")).unwrap();
    let late = |run: usize| found["runs"][run]["all"]["late_tickets"].as_u64().unwrap();
    assert_eq!(found["runs"][5]["load_percent"], 130);
    assert_eq!(found["runs"][5]["overload"], true);
    assert!(late(5) * 2 < late(4), "overload mode: {} instead of {}", late(5), late(4));
    assert_eq!(found["differences"].as_array().unwrap().len(), 4);
}

#[test]
fn both_samples_are_told_in_words() {
    for sample in [OVERLOAD, "config/scenarios/shop.yaml"] {
        let output = simulate(&["--scenario", sample]);
        assert!(output.status.success() && output.stderr.is_empty());
        let told = String::from_utf8(output.stdout).unwrap();
        for part in ["load 100 %", "load 130 %", "late", "longest", "busy", ", against "] {
            assert!(told.contains(part), "{sample}: {part}\n{told}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_told_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("day.yaml");
    let sample = std::fs::read_to_string(OVERLOAD).unwrap();
    let told = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = simulate(&["--scenario", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    let wrong = sample.replace("accept: 5s", "accept: soon").replace("seed: 7", "seed: 7\nsed: 8");
    let unknown = told(&wrong);
    assert!(unknown.contains("day.yaml:6:1: ") && unknown.contains("sed"), "{unknown}");
    let wrong =
        told(&sample.replace("accept: 5s", "accept: soon").replace("loads: [100", "loads: [0"));
    assert!(wrong.contains("`soon` is no duration") && wrong.contains("from 1 to 1000"), "{wrong}");
    assert!(wrong.contains("the scenario cannot be used: 2 errors"), "{wrong}");
    let missing = told(&sample.replace("seed: 7", "policies: nowhere.yaml"));
    assert!(missing.contains("nowhere.yaml"), "{missing}");
    assert!(told(" \n").contains("the file is empty"));
    let output = simulate(&["--scenario", "nowhere.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("nowhere.yaml cannot be read") && told.lines().count() == 1, "{told}");
}

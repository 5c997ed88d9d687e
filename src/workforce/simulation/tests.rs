//! The day held to what is known: a hand-computed one, the formula of Erlang, and what always holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::chance::Spread;
use super::demand::{Demand, Source, Stretch};
use super::figures::Report;
use super::*;
use crate::domain::language::Language;
use crate::domain::source::SourceFile;
use crate::domain::time::{DAY, HOUR, MINUTE, SECOND};
use crate::sla::metric::Metric;
use crate::workforce::erlang::Traffic;
use crate::workforce::scenario::Scenario;

/// 2026-02-02, midnight UTC.
const START: UtcMillis = UtcMillis(1_769_990_400_000);

fn always() -> Arc<Calendar> {
    let week = std::array::from_fn(|_| vec!["00:00-24:00".parse().unwrap()]);
    Arc::new(Calendar::new("UTC", week, std::collections::BTreeMap::new()).unwrap())
}

fn class(name: &str, expected: i64, promised: &[(Metric, i64)]) -> Class {
    let mut targets = Targets::default();
    for &(metric, target) in promised {
        targets.set(metric, target);
    }
    Class {
        name: name.to_owned(),
        requirement: Requirement::default(),
        cost: 1,
        expected,
        first_reply: 0,
        targets,
        calendar: always(),
    }
}

fn person(capacity: u32, hours: i64) -> Person {
    Person {
        profile: Profile {
            teams: BTreeSet::new(),
            languages: BTreeSet::from([Language::It]),
            skills: BTreeSet::new().into(),
            capacity,
        },
        shifts: vec![(START, START.plus(hours * HOUR))],
        accept: 0,
    }
}

fn stage(classes: Vec<Class>, people: Vec<Person>, hours: i64) -> Stage {
    Stage {
        start: START,
        end: START.plus(hours * HOUR),
        classes,
        people,
        ageing_bound: DAY,
        answer_within: 10 * SECOND,
    }
}

fn arrival(second: i64, class: usize, handling: i64) -> Arrival {
    Arrival { at: START.plus(second * SECOND), class, handling: handling * SECOND }
}

fn played(stage: &Stage, arrivals: &[Arrival], order: Order) -> Report {
    run(stage, arrivals, Rules { mode: Mode::Push(Best::LongestIdle), order }, &mut |_| {})
}

/// One person; two tickets of 10 s and then one of 5 s that is promised an answer within 5 s.
fn three() -> (Stage, [Arrival; 3]) {
    let classes = vec![
        class("slow", 10 * SECOND, &[(Metric::Assignment, 30 * SECOND)]),
        class("quick", 5 * SECOND, &[(Metric::Assignment, 5 * SECOND)]),
    ];
    let arrivals = [arrival(0, 0, 10), arrival(2, 0, 10), arrival(3, 1, 5)];
    (stage(classes, vec![person(1, 1)], 1), arrivals)
}

#[test]
fn a_day_computed_by_hand() {
    let (stage, arrivals) = three();
    // By arrival: at 0, 10 and 20 s. By score: at 0, then the quick one at 10, then at 15 s.
    let by_arrival = played(&stage, &arrivals, Order::Arrival).all;
    assert_eq!((by_arrival.served, by_arrival.waiting, by_arrival.in_service), (3, 0, 0));
    assert_eq!(by_arrival.waits.mean_ms, Some(25_000.0 / 3.0), "0, 8 and 17 s");
    assert_eq!(by_arrival.waits.max_ms, Some(17_000));
    assert_eq!(by_arrival.service_level, Some(2.0 / 3.0));
    assert_eq!((by_arrival.promises.missed, by_arrival.promises.late_total_ms), (1, 12_000));
    let by_score = played(&stage, &arrivals, Order::Score);
    let all = &by_score.all;
    assert_eq!(all.waits.mean_ms, Some(20_000.0 / 3.0), "0, 7 and 13 s");
    assert_eq!((all.waits.p50_ms, all.waits.p90_ms), (Some(7_000), Some(13_000)));
    assert_eq!((all.promises.met, all.promises.missed), (2, 1));
    assert_eq!((all.promises.late_total_ms, all.promises.late_max_ms), (2_000, 2_000));
    assert_eq!((all.late_tickets, all.promises.missed_share), (1, Some(1.0 / 3.0)));
    // 25 s of work in an hour.
    assert!((by_score.occupancy.unwrap() - 25.0 / 3_600.0).abs() < 1e-12);
    assert_eq!(by_score.classes[1].waits.max_ms, Some(7_000));
    // The quick one has 5 s when it comes and takes 5: at 4 s it is lost, and goes behind.
    let overload = played(&stage, &arrivals, Order::Overload);
    assert_eq!(overload.classes[0].waits.max_ms, Some(8_000));
    assert_eq!(overload.classes[1].waits.max_ms, Some(17_000));
}

#[test]
fn capacity_holds_and_a_smaller_ticket_does_not_overtake() {
    let mut large = class("large", 60 * SECOND, &[(Metric::Assignment, 60 * SECOND)]);
    large.cost = 2;
    let small = class("small", 60 * SECOND, &[(Metric::Assignment, 600 * SECOND)]);
    let stage = stage(vec![large, small], vec![person(2, 1)], 1);
    // A small one holds half; the large one waits for all of the room, the second small one behind.
    let arrivals = [arrival(0, 1, 60), arrival(1, 0, 60), arrival(2, 1, 60)];
    for mode in [Mode::Pull, Mode::Push(Best::LeastLoaded)] {
        let rules = Rules { mode, order: Order::Score };
        let report = run(&stage, &arrivals, rules, &mut |_| {});
        assert_eq!(report.classes[0].waits.max_ms, Some(59_000), "{mode:?}");
        assert_eq!(report.classes[1].waits.max_ms, Some(118_000), "{mode:?}");
    }
}

#[test]
fn what_nobody_may_serve_waits_and_is_counted() {
    let mut english = class("english", MINUTE, &[(Metric::Assignment, MINUTE)]);
    english.requirement.language = Some(Language::En);
    let stage = stage(vec![english], vec![person(1, 1)], 1);
    let report = played(&stage, &[arrival(0, 0, 60), arrival(3_599, 0, 60)], Order::Score).all;
    assert_eq!((report.waiting, report.waits.mean_ms), (2, None));
    assert_eq!(report.service_level, Some(0.0), "the second has not waited long enough to count");
    assert_eq!((report.promises.missed, report.promises.pending), (1, 1));
    assert_eq!(report.longest_wait_ms, HOUR);
}

#[test]
fn a_shift_ends_and_what_is_open_is_finished() {
    let mut stage = stage(vec![class("a", MINUTE, &[])], vec![person(1, 1)], 2);
    let last = [arrival(3_590, 0, 600), arrival(3_595, 0, 60)];
    let report = played(&stage, &last, Order::Score);
    assert_eq!((report.all.served, report.all.waiting), (1, 1));
    assert!((report.occupancy.unwrap() - 10.0 / 3_600.0).abs() < 1e-12, "only the shift counts");
    stage.people[0].accept = 20 * SECOND;
    assert_eq!(played(&stage, &last, Order::Score).all.waits.max_ms, Some(20_000));
}

/// Mean wait in seconds of one long day with one class, Poisson arrivals and exponential handling.
fn mean_wait(people: usize, per_hour: f64, handling: i64, hours: i64, seed: u64) -> f64 {
    let demand = Demand {
        stretches: vec![Stretch { from: START, to: START.plus(hours * HOUR), per_hour }],
        sources: vec![Source { share: 1.0, mean: handling, spread: Spread::Exponential }],
    };
    let stage = stage(vec![class("a", handling, &[])], vec![person(1, hours); people], hours);
    let report = played(&stage, &demand.arrivals(seed, 1.0), Order::Score);
    report.all.waits.mean_ms.unwrap() / 1_000.0
}

#[test]
fn waits_agree_with_erlang_c() {
    for (people, per_hour, handling, hours) in
        [(5, 80.0, 180, 120), (1, 12.0, 180, 600), (13, 200.0, 180, 50)]
    {
        let means: Vec<f64> = (0..20)
            .map(|seed| mean_wait(people, per_hour, handling * SECOND, hours, seed))
            .collect();
        let count = means.len() as f64;
        let mean = means.iter().sum::<f64>() / count;
        let variance = means.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let error = (variance / count).sqrt();
        let traffic = Traffic { per_hour, handling: handling as f64 };
        let wanted = traffic.with(u32::try_from(people).unwrap(), 20.0).unwrap().mean_wait;
        assert!(error < wanted / 15.0, "{people}: {mean} ± {error} says too little");
        assert!((mean - wanted).abs() < 3.0 * error, "{people}: {mean} ± {error}, not {wanted}");
    }
}

fn sample(text: &str) -> Scenario {
    let file = SourceFile { name: "sample.yaml".to_owned(), text: text.to_owned() };
    let (scenario, problems) = Scenario::check(&file, |_| Err("none".to_owned()));
    scenario.unwrap_or_else(|| panic!("{problems:?}"))
}

fn overload_sample(seed: u64, load: f64) -> [Report; 3] {
    let scenario = sample(include_str!("../../../config/scenarios/overload.yaml"));
    let arrivals = scenario.demand.arrivals(seed, load);
    [Order::Arrival, Order::Score, Order::Overload]
        .map(|order| played(&scenario.stage, &arrivals, order))
}

#[test]
fn with_too_few_people_overload_mode_saves_most_promises() {
    for seed in 0..5 {
        let [by_arrival, score, overload] = overload_sample(seed, 1.3);
        let late = |report: &Report| report.all.late_tickets;
        assert!(late(&overload) * 3 < late(&score) * 2, "seed {seed}: {}", late(&overload));
        assert!(late(&overload) < late(&by_arrival), "seed {seed}");
        let beyond = overload.all.longest_wait_ms - overload.ageing_bound_ms;
        assert!(beyond < 5 * MINUTE, "seed {seed}: {beyond}");
    }
}

#[test]
fn with_enough_people_overload_mode_changes_little() {
    for seed in 0..5 {
        let [_, score, overload] = overload_sample(seed, 0.8);
        assert!(overload.all.late_tickets <= score.all.late_tickets, "seed {seed}");
    }
}

#[test]
fn what_is_lost_is_served_by_the_ageing_bound() {
    let lost = class("lost", MINUTE, &[(Metric::Resolution, 30 * SECOND)]);
    let steady = class("steady", 10 * SECOND, &[(Metric::Resolution, MINUTE)]);
    let mut stage = stage(vec![lost, steady], vec![person(1, 1)], 1);
    // One person, always busy with what can be in time: one more waits than is needed.
    let mut arrivals: Vec<Arrival> = (0..300).map(|n| arrival(n * 10, 1, 10)).collect();
    arrivals.insert(0, arrival(0, 1, 10));
    arrivals.insert(2, Arrival { at: START.plus(500), class: 0, handling: 10 * SECOND });
    for bound in [2 * MINUTE, 5 * MINUTE] {
        stage.ageing_bound = bound;
        let wait = played(&stage, &arrivals, Order::Overload).classes[0].waits.max_ms.unwrap();
        assert!((bound..=bound + 10 * SECOND).contains(&wait), "{wait} with a bound of {bound}");
    }
    stage.ageing_bound = DAY;
    let wait = played(&stage, &arrivals, Order::Overload).classes[0].waits.max_ms.unwrap();
    assert!(wait > 40 * MINUTE, "{wait}: nothing but the bound brings it back");
    let wait = played(&stage, &arrivals, Order::Score).classes[0].waits.max_ms.unwrap();
    assert_eq!(wait, 9_500, "the score alone has it next");
}

fn any_day() -> impl Strategy<Value = (Stage, Vec<Arrival>, Rules)> {
    let targets = prop::option::of(1_i64..2_000);
    let kind = (1_i64..600, 1_u32..4, targets, any::<bool>());
    let one = (1_u32..4, 0_i64..30, 0_i64..2, 1_i64..4, any::<bool>());
    let come = (0_i64..14_000, any::<prop::sample::Index>(), 1_i64..900);
    let orders = prop::sample::select(vec![Order::Arrival, Order::Score, Order::Overload]);
    let modes = prop::sample::select(vec![
        Mode::Pull,
        Mode::Push(Best::LongestIdle),
        Mode::Push(Best::LeastLoaded),
    ]);
    let kinds = prop::collection::vec(kind, 1..4);
    let people = prop::collection::vec(one, 1..5);
    let arrivals = prop::collection::vec(come, 0..80);
    (kinds, people, arrivals, orders, modes, 60_i64..4_000).prop_map(
        |(kinds, people, come, order, mode, bound)| {
            let classes =
                kinds.into_iter().enumerate().map(|(at, (expected, cost, target, en))| {
                    let promised: Vec<_> =
                        target.iter().map(|t| (Metric::Resolution, t * SECOND)).collect();
                    let mut class = class(&format!("{at}"), expected * SECOND, &promised);
                    class.cost = cost;
                    class.requirement.language = en.then_some(Language::En);
                    class
                });
            let people = people.into_iter().map(|(capacity, accept, from, length, en)| {
                let mut person = person(capacity, 1);
                let from = START.plus(from * HOUR);
                person.shifts = vec![(from, from.plus(length * HOUR))];
                person.accept = accept * SECOND;
                person.profile.languages.extend(en.then_some(Language::En));
                person
            });
            let mut stage = stage(classes.collect(), people.collect(), 4);
            stage.ageing_bound = bound * SECOND;
            let kinds = stage.classes.len();
            let mut arrivals: Vec<_> =
                come.into_iter().map(|(at, of, take)| arrival(at, of.index(kinds), take)).collect();
            arrivals.sort_by_key(|arrival| arrival.at);
            (stage, arrivals, Rules { mode, order })
        },
    )
}

proptest! {
    #[test]
    fn nothing_is_lost_and_a_day_repeats_itself((stage, arrivals, rules) in any_day()) {
        let report = run(&stage, &arrivals, rules, &mut |_| {});
        for figures in report.classes.iter().chain([&report.all]) {
            let there = figures.served + figures.in_service + figures.waiting;
            prop_assert_eq!(figures.arrivals, there);
            let kept = &figures.promises;
            prop_assert!(kept.met + kept.missed + kept.pending <= figures.arrivals);
            prop_assert!(figures.late_tickets <= figures.arrivals);
        }
        prop_assert_eq!(report.all.arrivals, arrivals.len());
        prop_assert!(report.occupancy.is_none_or(|busy| (0.0..=1.0).contains(&busy)));
        let again = run(&stage, &arrivals, rules, &mut |_| {});
        prop_assert_eq!(report, again);
    }

    #[test]
    fn nobody_waits_while_somebody_is_free((mut stage, arrivals, rules) in any_day()) {
        // With room for all at once and everybody able, the only wait is that for accepting.
        for person in &mut stage.people {
            person.profile.capacity = 10_000;
            person.profile.languages = Language::ALL.into_iter().collect();
            person.shifts = vec![(START, stage.end)];
        }
        let report = run(&stage, &arrivals, rules, &mut |_| {});
        prop_assert!(report.all.longest_wait_ms <= 30 * SECOND);
    }
}

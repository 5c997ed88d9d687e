//! What a scenario may hold, and what is said about one that may not be used.

use proptest::prelude::*;

use super::*;
use crate::domain::time::{DAY, HOUR, MINUTE};
use crate::routing::choice::Best;
use crate::sla::metric::Metric;
use crate::workforce::simulation::chance::Spread;
use crate::workforce::simulation::{Mode, Order, run};

const SHOP: &str = include_str!("../../../config/scenarios/shop.yaml");
const OVERLOAD: &str = include_str!("../../../config/scenarios/overload.yaml");
const POLICIES: &str = include_str!("../../../config/sla.yaml");

const SMALL: &str = "name: small
date: 2026-02-02
time_zone: Europe/Rome
arrivals: {09-10: 6}
classes:
  - {name: a, handling: {mean: 5m}, targets: {resolution: 1h}}
agents:
  - {count: 1, shifts: [\"09:00-12:00\"]}
";

fn check(text: &str) -> (Option<Scenario>, Vec<Problem>) {
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.to_owned() };
    Scenario::check(&file("day.yaml", text), |name| {
        if name != "../sla.yaml" {
            return Err(format!("there is no file `{name}`"));
        }
        PolicyBook::read(&file(name, POLICIES)).map_err(|problems| format!("{problems:?}"))
    })
}

fn good(text: &str) -> Scenario {
    let (scenario, problems) = check(text);
    assert!(problems.is_empty(), "{problems:#?}");
    scenario.unwrap()
}

/// The one error: its line and its words.
fn refused(from: &str, to: &str) -> (usize, String) {
    assert!(SMALL.contains(from), "{from}");
    let (scenario, problems) = check(&SMALL.replacen(from, to, 1));
    assert!(scenario.is_none(), "must be refused: {to}");
    let errors: Vec<_> = problems.iter().filter(|p| p.severity == Severity::Error).collect();
    assert_eq!(errors.len(), 1, "{problems:#?}");
    (errors[0].line, errors[0].message.clone())
}

#[test]
fn the_samples_are_good() {
    let shop = good(SHOP);
    assert_eq!(shop.stage.classes[0].targets.of(Metric::Assignment), Some(5 * MINUTE));
    assert_eq!(shop.stage.classes[0].calendar.time_zone(), "Europe/Rome");
    assert_eq!(shop.variants[0].rules.mode, Mode::Pull);
    assert_eq!(shop.variants[2].rules.mode, Mode::Push(Best::LeastLoaded));
    let overload = good(OVERLOAD);
    let orders: Vec<Order> = overload.variants.iter().map(|variant| variant.rules.order).collect();
    assert_eq!(orders, [Order::Arrival, Order::Score, Order::Overload]);
    assert_eq!((overload.loads, overload.stage.ageing_bound), (vec![100, 130], 4 * HOUR));
    assert!(matches!(overload.demand.sources[0].spread, Spread::Lognormal(_)));
}

#[test]
fn what_is_missing_has_its_usual_value() {
    let small = good(SMALL);
    assert_eq!((small.seed, small.days, small.loads), (0, 1, vec![100]));
    assert_eq!((small.stage.ageing_bound, small.stage.answer_within), (DAY, MINUTE));
    assert_eq!(small.stage.end.since(small.stage.start), DAY);
    assert_eq!(small.variants.len(), 1);
    assert_eq!(small.stage.people[0].profile.languages.len(), 2);
    // Nine o'clock in Rome is eight in UTC.
    assert_eq!(small.demand.stretches[0].from.since(small.stage.start), 9 * HOUR);
}

#[test]
fn days_nights_and_clock_changes_have_their_length() {
    let text = SMALL
        .replace("2026-02-02", "2026-03-28\ndays: 2")
        .replace("[\"09:00-12:00\"]", "[\"22:00-06:00\", \"06:00-07:00\"], on: [sat]");
    let spring = good(&text);
    assert_eq!(spring.stage.end.since(spring.stage.start), 47 * HOUR);
    let shifts = &spring.stage.people[0].shifts;
    // From Saturday 22:00 to Sunday 06:00 are seven hours; the morning shift is Saturday's.
    assert_eq!(shifts.len(), 2);
    assert_eq!(shifts[0].1.since(shifts[0].0), HOUR);
    assert_eq!(shifts[1].1.since(shifts[1].0), 7 * HOUR);
}

#[test]
fn every_bad_field_is_named_with_its_line() {
    let says = |from, to, line, words: &str| {
        let (at, message) = refused(from, to);
        assert!(at == line && message.contains(words), "{to}: {at}: {message}");
    };
    says("name: small", "name: ''", 1, "1 to 60 characters");
    says("2026-02-02", "02/02/2026", 2, "write 2026-02-02");
    says("Europe/Rome", "Europe/Roma", 3, "no time zone");
    says("{09-10: 6}", "{9h: 6}", 4, "write 09-12");
    says("{09-10: 6}", "{09-12: 6, 11-13: 6}", 4, "overlap");
    says("{09-10: 6}", "{09-12: 0}", 4, "nobody ever comes");
    says("{09-10: 6}", "{09-12: 1000000}", 4, "more than 1000000 arrivals");
    says("mean: 5m", "mean: 5", 6, "write a whole number and a unit");
    says("mean: 5m", "mean: 2d", 6, "at most 24h");
    says("{mean: 5m}", "{mean: 5m, spread: wide}", 6, "constant, exponential, lognormal");
    says("{mean: 5m}", "{mean: 5m, spread: lognormal}", 6, "needs a `deviation`");
    says("{mean: 5m}", "{mean: 5m, deviation: 5m}", 6, "only `spread: lognormal`");
    says("resolution: 1h", "next_response: 1h", 6, "cannot be simulated");
    says("targets: {resolution: 1h}", "policy: gold", 6, "name the file of policies first");
    says("targets: {resolution: 1h}", "cost: 0", 6, "from 1 to 1000");
    says("targets: {resolution: 1h}", "share: -1", 6, "a share");
    says("targets: {resolution: 1h}", "share: 0", 6, "more than 0");
    says("targets: {resolution: 1h}", "language: fr", 6, "one of: it, en");
    says("count: 1", "count: 10001", 8, "from 1 to 10000");
    says("count: 1", "count: -1", 8, "from 1 to 10000");
    says("09:00-12:00", "9-12", 8, "opening hours");
    says("count: 1", "count: 1, capacity: 1000000", 8, "from 1 to 1000");
    says("count: 1", "count: 1, on: [monday]", 8, "one of: mon, tue");
    says("count: 1", "count: 1, hats: 2", 8, "hats");
    says("name: small", "name: small\ndays: 32", 2, "from 1 to 31");
    says("name: small", "name: small\nloads: [0]", 2, "from 1 to 1000");
    says("name: small", "name: small\nloads: []", 2, "at least one load");
    says("name: small", "name: small\nrouting: {order: fifo, overload: true}", 2, "order: score");
    says("name: small", "name: small\nrouting: {mode: shove}", 2, "one of: pull, push");
    says("name: small", "name: small\npolicies: other.yaml", 2, "no file `other.yaml`");
    says("name: small", "name: small\nopening: {}", 2, "no hour");
    says("name: small", "nmae: small", 1, "nmae");
}

#[test]
fn a_policy_that_is_not_there_is_named_with_those_that_are() {
    let text = SHOP.replace("policy: low", "policy: lowest");
    let (_, problems) = check(&text);
    assert!(problems[0].message.contains("there are: urgent, high, low, normal"), "{problems:?}");
}

#[test]
fn a_class_that_nobody_can_take_is_a_warning() {
    for (from, to) in [
        ("targets: {resolution: 1h}", "skills: [legal]"),
        ("targets: {resolution: 1h}", "cost: 2"),
        ("[\"09:00-12:00\"]", "[\"09:00-12:00\"], on: [sun]"),
    ] {
        let (scenario, problems) = check(&SMALL.replacen(from, to, 1));
        assert!(scenario.is_some());
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!((problem.severity, problem.line), (Severity::Warning, 6));
        assert!(problem.message.contains("nobody can take `a`"), "{problem}");
    }
}

/// Plays what can be used, if it is small.
fn survives(text: &str) {
    let (Some(scenario), _) = check(text) else { return };
    if scenario.demand.expected() > 2_000.0 || scenario.stage.people.len() > 200 {
        return;
    }
    let arrivals = scenario.demand.arrivals(scenario.seed, 1.0);
    for variant in &scenario.variants {
        let report = run(&scenario.stage, &arrivals, variant.rules, &mut |_| {});
        assert_eq!(report.all.arrivals, arrivals.len());
    }
}

/// Texts that mean something somewhere, or nothing anywhere.
const WORDS: [&str; 26] = [
    "0",
    "-1",
    "1e308",
    ".nan",
    ".inf",
    "99999999999999999999",
    "1d",
    "0s",
    "365d",
    "~",
    "[]",
    "{}",
    "\"",
    "&a",
    "*a",
    "\t",
    "\n",
    "  ",
    ": ",
    "- ",
    "fifo",
    "true",
    "24:00-24:00",
    "00-24",
    "é",
    "\u{0}",
];

proptest! {
    #[test]
    fn no_text_panics(text in "(?s).{0,200}") {
        survives(&text);
    }

    #[test]
    fn no_change_of_a_sample_panics(
        which in 0_usize..3,
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0_usize..12, prop::sample::select(WORDS.to_vec())),
            1..5,
        ),
    ) {
        let mut text: Vec<char> = [SHOP, OVERLOAD, SMALL][which].chars().collect();
        for (place, length, word) in changes {
            let from = place.index(text.len() + 1);
            let to = (from + length).min(text.len());
            text.splice(from..to, word.chars());
        }
        survives(&text.into_iter().collect::<String>());
    }

    #[test]
    fn no_value_of_a_field_panics(
        line in any::<prop::sample::Index>(),
        word in prop::sample::select(WORDS.to_vec()),
    ) {
        // The value of one field is replaced by another.
        let values: Vec<_> = SHOP.match_indices(": ").map(|(at, _)| at + 2).collect();
        let from = values[line.index(values.len())];
        let end = SHOP[from..].find([',', '}', '\n']).map_or(SHOP.len(), |length| from + length);
        survives(&format!("{}{word}{}", &SHOP[..from], &SHOP[end..]));
    }
}

//! What `teams.yaml` may hold, and what is said about one that may not be used.

use super::order::Overload;
use super::ring::When;
use super::teams::{OutOfHours, Overflow, Spill, Team, Teams};
use crate::domain::source::SourceFile;
use crate::domain::time::{HOUR, MINUTE};

const GOOD: &str = "
default:
  rings:
    - {after: 2m, lower: {legal: 1}}
    - {at: 50%, drop: [legal], or_teams: [returns]}
    - {after: 30m, languages: any}
    - {after: 2h, anyone: true}
  preferred: 10m
teams:
  billing:
    overflow:
      - {to: care, after: 15m}
      - {to: returns, when: nobody_on_shift}
    overload: true
    expected_handling: 20m
    out_of_hours: queue
  returns: {rings: [], preferred: never}
effort: {refund: 25m, order_status: 4, legal: 90s}
";

fn read(text: &str) -> Result<Teams, Vec<(usize, usize, String)>> {
    let file = SourceFile { name: "teams.yaml".to_owned(), text: text.to_owned() };
    let places = |problems: Vec<crate::domain::source::Problem>| {
        problems.into_iter().map(|p| (p.line, p.column, p.message)).collect()
    };
    Teams::read(&file).map_err(places)
}

fn problems(text: &str) -> Vec<(usize, usize, String)> {
    read(text).err().unwrap_or_else(|| panic!("must be refused:\n{text}"))
}

fn assert_only(text: &str, line: usize, part: &str) {
    let found = problems(text);
    assert!(found.len() == 1 && found[0].0 == line && found[0].2.contains(part), "{found:#?}");
}

#[test]
fn good_rules_are_read_whole_and_inherited() {
    let teams = read(GOOD).unwrap();
    assert_eq!(teams.version.len(), 64);
    let usual = teams.of(None);
    let whens: Vec<_> = usual.rings.iter().map(|ring| ring.when).collect();
    let (two, thirty) = (When::After(2 * MINUTE), When::After(30 * MINUTE));
    assert_eq!(whens, [two, When::Share(50), thirty, When::After(2 * HOUR)]);
    assert!(usual.rings[2].relax.any_language && usual.rings[3].relax.anyone);
    assert_eq!(usual.rings[1].relax.or_teams, ["returns".to_owned()].into());
    assert_eq!((usual.overload, usual.preferred), (Overload::Off, 10 * MINUTE));
    let billing = teams.of(Some("billing"));
    assert_eq!((billing.rings.len(), billing.preferred), (4, 10 * MINUTE), "as in default");
    let (care, returns) = ("care".to_owned(), "returns".to_owned());
    let expected = [
        Overflow { to: care, when: Spill::After(15 * MINUTE) },
        Overflow { to: returns, when: Spill::NobodyOnShift },
    ];
    assert_eq!(billing.overflow, expected);
    assert_eq!((billing.overload, billing.out_of_hours), (Overload::On, OutOfHours::Queue));
    assert_eq!(
        (teams.of(Some("returns")).rings.len(), teams.of(Some("returns")).preferred),
        (0, 0)
    );
    assert_eq!(teams.of(Some("unheard of")), usual);
    assert!(teams.watches_shifts());
    let handling = |team, intent| teams.handling(team, intent) / MINUTE;
    assert_eq!(handling(Some("billing"), Some("refund")), 25, "the intent knows best");
    assert_eq!(handling(Some("billing"), Some("other")), 20);
    assert_eq!(handling(None, None), 12);
    let efforts = ["refund", "order_status", "legal", "other"].map(|intent| teams.effort(intent));
    assert_eq!(efforts, [25, 4, 2, 12]);
}

#[test]
fn the_sample_is_good_and_nothing_is_the_usual() {
    assert!(read(include_str!("../../config/teams.yaml")).is_ok());
    let teams = read("teams: {}").unwrap();
    assert_eq!(*teams.of(Some("any")), Team::default());
    assert!(!teams.watches_shifts());
}

#[test]
fn every_problem_is_named_at_its_place() {
    let found = problems(
        "default:
  rings:
    - {after: 2m}
    - {after: 1m, drop: [legal]}
    - {at: 120%, anyone: true}
    - {at: 50%, lower: {legal: 9}}
    - {drop: [vip]}
    - {after: 5m, languages: none}
  preferred: soon
  out_of_hours: voicemail
teams:
  billing:
    rings: [{after: 1m, or_teams: [billing]}]
    overflow: [{to: billing, after: 1m}, {to: care}, {to: care, when: full_moon}]
    expected_handling: 0m
effort: {refund: much}
",
    );
    let says = |line: usize, part: &str| {
        let said = found.iter().any(|p| p.0 == line && p.2.contains(part));
        assert!(said, "line {line}: {part}\n{found:#?}");
    };
    says(3, "relaxes nothing");
    says(4, "rings ascend");
    says(5, "`120%` is no share");
    says(6, "from 1 to 5");
    says(7, "one of `after: 2m` and `at: 50%`");
    says(8, "only `languages: any`");
    says(9, "`soon` is no duration");
    says(10, "queue_with_promise or queue");
    says(13, "serves its own tickets already");
    says(14, "cannot overflow to itself");
    says(14, "one of `after: 10m` and `when: nobody_on_shift`");
    says(15, "longer than nothing");
    says(16, "`much` is no duration");
    assert!(found.iter().all(|p| p.1 > 0), "each has a column: {found:#?}");
}

#[test]
fn a_ring_must_admit_more_than_those_within_it() {
    let rings = |rings: &str| format!("default:\n  rings:\n{rings}");
    let again =
        "    - {after: 1m, drop: [legal]}\n    - {after: 2m, drop: [legal], lower: {legal: 1}}\n";
    assert_only(&rings(again), 4, "relaxes nothing");
    let beyond = "    - {after: 1m, anyone: true}\n    - {after: 2m, languages: any}\n";
    assert_only(&rings(beyond), 4, "relaxes nothing");
    assert_only(&rings("    - {after: 1m, lower: {legal: 5}}\n"), 3, "relaxes nothing");
    let step = "    - {after: 1m, lower: {legal: 3}}\n    - {after: 2m, lower: {legal: 2}}\n";
    assert!(read(&rings(step)).is_ok());
}

#[test]
fn an_overflow_in_a_circle_is_refused_once_with_its_way() {
    let to = |team: &str, to: &str| format!("  {team}: {{overflow: [{{to: {to}, after: 1m}}]}}\n");
    let two = format!("teams:\n{}{}", to("a", "b"), to("b", "a"));
    assert_only(&two, 2, "in a circle: a → b → a");
    let three = format!("teams:\n{}{}{}", to("a", "b"), to("b", "c"), to("c", "a"));
    assert_only(&three, 2, "a → b → c → a");
    let inherited =
        format!("default: {{overflow: [{{to: b, after: 1m}}]}}\nteams:\n{}", to("b", "c"));
    assert_only(&inherited, 3, "b → c → b");
    let relief = "default: {overflow: [{to: b, after: 1m}, {to: c, after: 2m}]}";
    let relief = read(relief).unwrap();
    assert_eq!(relief.of(Some("a")).overflow.len(), 2);
    assert_eq!(relief.of(Some("b")).overflow.len(), 0, "relief does not overflow by itself");
    let chain = format!("teams:\n{}{}", to("a", "b"), to("b", "c"));
    assert!(read(&chain).is_ok(), "a chain ends");
    let tail = format!("teams:\n{}{}{}", to("z", "a"), to("a", "b"), to("b", "a"));
    assert_only(&tail, 3, "a → b → a");
}

#[test]
fn too_much_is_refused() {
    let rings: Vec<_> = (1..=21).map(|n| format!("    - {{after: {n}m, drop: [s{n}]}}")).collect();
    let rings = rings.join("\n");
    assert_only(&format!("default:\n  rings:\n{rings}\n"), 3, "at most 20");
    let names: Vec<_> = (0..51).map(|n| format!("t{n}")).collect();
    let names = names.join(", ");
    let wide = format!("default:\n  rings:\n    - {{after: 1m, or_teams: [{names}]}}\n");
    assert_only(&wide, 3, "at most 50");
    let teams: Vec<_> = (0..501).map(|n| format!("  t{n}: {{}}")).collect();
    assert!(
        problems(&format!("teams:\n{}\n", teams.join("\n")))[0].2.contains("more than 500 teams")
    );
    assert_only("teams:\n  \"a;b\": {}\n", 2, "without ;");
}

#[test]
fn other_files_do_not_panic() {
    for text in ["", "\n", "[]", "teams: 3", "default: {rings: {}}", ": :", "rings: []"] {
        assert!(!problems(text).is_empty(), "{text}");
    }
}

//! What `sla.yaml` may hold, and what is said about one that may not be used.

use super::book::PolicyBook;
use super::metric::Metric;
use super::policy::{Action, Policy, Rung, Warning};
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::domain::ticket::{Priority, TicketStatus};
use crate::domain::time::{DAY, HOUR, MINUTE};
use crate::domain::traits::Traits;

const GOOD: &str = "
calendars:
  milano:
    time_zone: Europe/Rome
    week: {mon: [\"09:00-13:00\", \"14:00-18:00\"], fri: [\"22:00-06:00\"]}
    dates: {2026-12-24: [\"09:00-12:00\"], 2026-12-25: []}
policies:
  - name: urgent
    when: {priority: [urgent]}
    calendar: milano
    targets: {assignment: 90s, first_response: 15m, resolution: 4h}
    warnings: [50, 90]
  - {name: rest, calendar: milano, targets: {resolution: 1d}}
idle_abandon: 20m
";

fn check(text: &str) -> (Option<PolicyBook>, Vec<Problem>) {
    PolicyBook::check(&SourceFile { name: "sla.yaml".to_owned(), text: text.to_owned() })
}

/// Line, column and message of each problem.
fn problems(text: &str) -> Vec<(usize, usize, String)> {
    let (book, problems) = check(text);
    assert!(book.is_none(), "must be refused:\n{text}");
    problems.into_iter().map(|p| (p.line, p.column, p.message)).collect()
}

fn policy_for(book: &PolicyBook, priority: Priority) -> &Policy {
    book.policy_for(&Traits { priority, ..Traits::default() }).unwrap()
}

fn percents(policy: &Policy) -> Vec<u8> {
    let percent = |warning: &Warning| match warning.rung {
        Rung::Percent(percent) => percent,
        other => panic!("{other}"),
    };
    policy.warnings.iter().map(percent).collect()
}

fn assert_only(text: &str, line: usize, part: &str) {
    let found = problems(text);
    assert!(found.len() == 1 && found[0].0 == line && found[0].2.contains(part), "{found:#?}");
}

#[test]
fn a_good_book_is_read_whole() {
    let (book, problems) = check(GOOD);
    assert!(problems.is_empty(), "{problems:?}");
    let book = book.unwrap();
    assert_eq!(book.version.len(), 64);
    assert_eq!(book.calendars["milano"].time_zone(), "Europe/Rome");
    let urgent = policy_for(&book, Priority::Urgent);
    assert_eq!((&*urgent.name, percents(urgent)), ("urgent", vec![50, 90]));
    assert_eq!(urgent.targets.of(Metric::Assignment), Some(90_000));
    assert_eq!(urgent.targets.of(Metric::NextResponse), None);
    let rest = policy_for(&book, Priority::Low);
    assert_eq!((&*rest.name, percents(rest)), ("rest", vec![50, 75, 90]));
    assert_eq!(book.policy("rest").unwrap().targets.of(Metric::Resolution), Some(DAY));
    assert_eq!(book.policy("gold"), None);
    let windows = [book.reopen_window, book.idle_abandon, book.auto_close, book.ageing_bound];
    assert_eq!(windows, [72 * HOUR, 20 * MINUTE, DAY, DAY]);
}

#[test]
fn the_sample_is_good_and_every_priority_is_promised_something() {
    let (book, problems) = check(include_str!("../../config/sla.yaml"));
    assert!(problems.is_empty(), "{problems:?}");
    let book = book.unwrap();
    for priority in Priority::ALL {
        assert_eq!(&*policy_for(&book, priority).name, priority.as_str());
    }
}

#[test]
fn every_problem_is_named_at_its_place() {
    let found = problems(
        "calendars:
  here:
    time_zone: Europe/Roma
    week:
      mon: [\"09:00-13:00\", \"12:00-18:00\"]
      tue: [\"9-18\"]
    dates:
      2026-02-30: []
    holidays: italy.ics
policies:
  - name: one
    when: {priority: [low, pressing]}
    calendar: there
    targets: {assignment: -4h, first_response: 0m, next_response: 400d, resolution: 15}
    warnings: [50, 50, 100]
  - {name: one, when: {priority: []}, calendar: here, targets: {}}
ageing_bound: soon
",
    );
    let places: Vec<(usize, usize)> = found.iter().map(|&(l, c, _)| (l, c)).collect();
    let expected = [
        (3, 16),
        (5, 28),
        (6, 13),
        (8, 19),
        (9, 15),
        (12, 28),
        (13, 15),
        (14, 27),
        (14, 48),
        (14, 67),
        (14, 85),
        (15, 20),
        (15, 24),
        (16, 12),
        (16, 34),
        (17, 15),
    ];
    assert_eq!(places, expected, "{found:#?}");
    let says = |line: usize, part: &str| found.iter().any(|p| p.0 == line && p.2.contains(part));
    assert!(says(3, "`Europe/Roma` is no time zone"));
    assert!(says(5, "12:00-18:00 overlaps 09:00-13:00"));
    assert!(says(9, "no file `italy.ics`"));
    assert!(says(12, "`pressing` is no priority"));
    assert!(says(13, "no calendar `there`; there are: here"));
    assert!(says(16, "already a policy `one`"));
}

#[test]
fn a_policy_that_can_never_match_is_an_error() {
    let calendar = "calendars: {c: {time_zone: UTC, week: {mon: [\"09:00-18:00\"]}}}\npolicies:\n";
    let policy = |name: &str, when: &str| {
        format!("  - {{name: {name}, {when}calendar: c, targets: {{resolution: 4h}}}}\n")
    };
    let shadowed = [
        calendar.to_owned(),
        policy("some", "when: {priority: [low, normal]}, "),
        policy("others", "when: {priority: [high, urgent]}, "),
        policy("rest", ""),
    ];
    assert_only(&shadowed.concat(), 5, "`rest` can never match");
    let open =
        [calendar.to_owned(), policy("low", "when: {priority: [low]}, "), policy("rest", "")];
    assert!(check(&open.concat()).0.is_some());
}

#[test]
fn unknown_keys_are_refused_where_they_stand() {
    assert_only(&format!("{GOOD}reopen: 3h\n"), 15, "reopen");
    let wrong_day = GOOD.replace("fri:", "friday:");
    assert_only(&wrong_day, 5, "friday");
}

#[test]
fn a_calendar_that_never_opens_is_refused() {
    assert_only("calendars:\n  c:\n    time_zone: UTC\n    week: {mon: []}\n", 3, "never open");
}

#[test]
fn a_night_into_the_next_days_hours_is_a_warning() {
    let text = "calendars:
  c:
    time_zone: UTC
    week: {fri: [\"22:00-06:00\"], sat: [\"05:00-12:00\"], sun: [\"22:00-06:00\"]}
    dates:
      2026-05-11: [\"05:30-08:00\"]
      2026-05-18: [\"06:00-08:00\"]
";
    let (book, problems) = check(text);
    assert!(book.is_some());
    let places: Vec<(Severity, usize)> = problems.iter().map(|p| (p.severity, p.line)).collect();
    assert_eq!(places, [(Severity::Warning, 4), (Severity::Warning, 6)], "{problems:#?}");
}

#[test]
fn other_files_do_not_panic() {
    for text in ["[]", "calendars: 3", "policies: [{}]", ": :", "calendars: {c: }", "", "\n "] {
        assert!(check(text).0.is_none() && !problems(text).is_empty(), "{text}");
    }
    assert!(check("policies: []").0.is_some(), "no policy promises nothing");
}

#[test]
fn conditions_pauses_ladders_and_calendars_of_segments_are_read() {
    let (book, problems) = check(
        "
calendars:
  shop: {time_zone: Europe/Rome, week: {mon: [\"09:00-18:00\"]}}
  always: {time_zone: UTC, week: {mon: [\"00:00-24:00\"]}}
  store: {time_zone: UTC, week: {tue: [\"00:00-24:00\"]}}
calendar_of: {segments: {vip: always}, teams: {returns: store}}
policies:
  - name: vip
    when: {segment: [vip], channel: [telegram], intent: [refund], language: [it], order_value: {from: 99.9, below: 500}}
    calendar: shop
    targets: {time_to_human: 10m, periodic_update: 4h, customer_first_response: 1h, full_resolution: 2d}
    pauses: {first_response: [pending], resolution: []}
    warnings: [50, {at: 75, do: [notify, raise]}, {before: 10m, do: [{widen: sales}]}, {after: 2h, do: [page]}]
    on_breach: [page, {widen: sales}]
  - {name: rest, calendar: shop, targets: {resolution: 1d}}
",
    );
    assert!(problems.is_empty(), "{problems:?}");
    let book = book.unwrap();
    let vip = book.policy("vip").unwrap();
    assert_eq!(vip.condition.value_from, Some(9_990));
    assert_eq!(vip.targets.of(Metric::TimeToHuman), Some(10 * MINUTE));
    assert!(vip.pauses(Metric::FirstResponse, TicketStatus::Pending));
    assert!(!vip.pauses(Metric::Resolution, TicketStatus::Pending));
    assert!(vip.pauses(Metric::Resolution, TicketStatus::Resolved));
    let widen = Action::Widen("sales".to_owned());
    let ladder = [
        (Rung::Percent(50), vec![]),
        (Rung::Percent(75), vec![Action::Raise]),
        (Rung::Before(10 * MINUTE), vec![widen.clone()]),
        (Rung::After(2 * HOUR), vec![Action::Page]),
    ];
    let read: Vec<_> = vip.warnings.iter().map(|w| (w.rung, w.actions.clone())).collect();
    assert_eq!(read, ladder);
    assert_eq!(vip.on_breach, [Action::Page, widen]);
    let traits = |segment: &str, team: &str| Traits {
        segments: [segment.to_owned()].into(),
        team: Some(team.to_owned()),
        ..Traits::default()
    };
    assert_eq!(book.calendar_for(vip, &traits("vip", "returns")), "always");
    assert_eq!(book.calendar_for(vip, &traits("b2b", "returns")), "store");
    assert_eq!(book.calendar_for(vip, &traits("b2b", "sales")), "shop");
}

#[test]
fn what_a_ladder_or_a_condition_cannot_say_is_refused() {
    let with = |line: &str| {
        format!(
            "calendars: {{c: {{time_zone: UTC, week: {{mon: [\"09:00-18:00\"]}}}}}}
policies:
  - name: p
    calendar: c
    targets: {{resolution: 4h}}
    {line}
"
        )
    };
    for (line, part) in [
        ("warnings: [{at: 50, before: 1h}]", "one of `at`, `before` and `after`"),
        ("warnings: [{before: 4h}]", "before the start"),
        ("warnings: [{at: 50}, 50]", "ascend"),
        ("warnings: [{at: 50, do: [shout]}]", "`do` lists notify, raise, page"),
        ("on_breach: [shout]", "shout"),
        ("pauses: {assignment: [pending]}", "`assignment` cannot stand here"),
        ("pauses: {resolution: [open]}", "pending, on_hold, snoozed"),
        ("when: {language: [de]}", "`de` is no language"),
        ("when: {segment: []}", "never match"),
        ("when: {order_value: {from: 5, below: 5}}", "range"),
        ("when: {order_value: {from: -1}}", "order value"),
    ] {
        assert_only(&with(line), 6, part);
    }
    let team = format!("{}calendar_of: {{teams: {{a: nowhere}}}}\n", with("warnings: [50]"));
    assert_only(&team, 7, "no calendar `nowhere`");
    let promise = with("").replace("resolution: 4h", "promise: 4h");
    assert_only(&promise, 5, "`promise` cannot stand here");
}

//! Stories of the clocks beside assignment, first and next response and resolution.

use std::sync::Arc;

use super::book::{Books, PolicyBook};
use super::clock::{Clock, ClockState, Metric, clocks, every_clock};
use super::scenarios::AGENT;
use crate::domain::id::TicketId;
use crate::domain::ledger::{Cancellation, Fact, LedgerEvent};
use crate::domain::source::SourceFile;
use crate::domain::ticket::{Priority, TicketStatus};
use crate::domain::time::{DAY, MINUTE, UtcMillis};
use crate::domain::traits::Traits;

const BOOK: &str = "
calendars:
  always: {time_zone: UTC, week: {mon: [&day 0:00-24:00], tue: [*day], wed: [*day], thu: [*day], fri: [*day], sat: [*day], sun: [*day]}}
  nine: {time_zone: UTC, week: {mon: [&nine 9:00-11:00], tue: [*nine], wed: [*nine], thu: [*nine], fri: [*nine]}}
calendar_of: {teams: {store: nine}}
policies:
  - name: all
    calendar: always
    targets: {time_to_human: 30m, time_to_human_working: 1h, periodic_update: 1h, requester_wait: 2h, agent_work: 1h, customer_first_response: 40m, full_resolution: 1d, first_response: 30m, resolution: 4h}
    pauses: {periodic_update: [pending], first_response: [pending]}
";
/// Monday, 5 January 2026, 10:00 UTC: minute 0 of the stories.
const START: UtcMillis = UtcMillis(1_767_607_200_000);
const CUSTOMER: Fact = Fact::CustMsg { closing: false };
const REPLY: Fact = Fact::AgentMsg { agent: AGENT };
const ACCEPTED: Fact = Fact::Accepted { agent: AGENT };
const RESOLVED: Fact = Fact::Resolved { agent: Some(AGENT) };

fn book(text: &str) -> Arc<PolicyBook> {
    let file = SourceFile { name: "sla.yaml".to_owned(), text: text.to_owned() };
    Arc::new(PolicyBook::read(&file).unwrap())
}

fn minute(minute: i64) -> UtcMillis {
    START.plus(minute * MINUTE)
}

fn applied(version: &str, team: Option<&str>) -> Fact {
    let traits = Traits { team: team.map(str::to_owned), ..Traits::default() };
    Fact::SlaApplied { policy: Some("all".to_owned()), version: version.to_owned(), traits }
}

const fn status(to: TicketStatus) -> Fact {
    Fact::Status { to }
}

fn ledger(facts: &[(i64, Fact)]) -> Vec<LedgerEvent> {
    let ticket_id = TicketId(uuid::Uuid::nil());
    let line = |(seq, (at, fact)): (i64, &(i64, Fact))| LedgerEvent {
        ticket_id,
        seq,
        at: minute(*at),
        fact: fact.clone(),
    };
    (1..).zip(facts).map(line).collect()
}

/// The clocks of a ticket created 5 minutes before it was escalated at minute 0.
fn story(facts: &[(i64, Fact)], now: i64) -> Vec<Clock> {
    let mut all = vec![
        (-5, Fact::Created),
        (-5, CUSTOMER),
        (-1, Fact::HumanRequested),
        (0, Fact::Escalated),
        (0, applied("v", None)),
        (0, Fact::Enqueued),
    ];
    all.extend_from_slice(facts);
    every_clock(&ledger(&all), &Books::new(book(BOOK)), minute(now))
}

fn of(clocks: &[Clock], metric: Metric) -> Vec<(UtcMillis, ClockState)> {
    clocks.iter().filter(|c| c.metric == metric).map(|c| (c.start, c.state)).collect()
}

fn met(at: i64) -> ClockState {
    ClockState::Met { at: minute(at), provisional: false }
}

fn missed(at: i64, overrun: i64) -> ClockState {
    ClockState::Missed { at: minute(at), overrun: overrun * MINUTE }
}

#[test]
fn time_to_human_begins_with_the_first_request() {
    let clocks = story(&[(2, Fact::HumanRequested), (10, ACCEPTED), (31, REPLY)], 40);
    assert_eq!(of(&clocks, Metric::TimeToHuman), [(minute(-1), missed(31, 2))]);
    assert_eq!(of(&clocks, Metric::TimeToHumanWorking), [(minute(-1), met(31))]);
    assert_eq!(of(&clocks, Metric::CustomerFirstResponse), [(minute(-5), met(31))]);
    let asked_later = story(&[(10, REPLY), (20, Fact::HumanRequested), (25, REPLY)], 40);
    assert_eq!(of(&asked_later, Metric::TimeToHuman), [(minute(-1), met(10))]);
}

#[test]
fn updates_are_owed_while_the_ticket_lives() {
    let facts = [
        (10, ACCEPTED),
        (10, REPLY),
        (40, status(TicketStatus::Pending)),
        (100, status(TicketStatus::Open)),
        (130, REPLY),
        (200, REPLY),
        (210, RESOLVED),
    ];
    let found = of(&story(&facts, 300), Metric::PeriodicUpdate);
    let expected = [
        (minute(10), met(130)),
        (minute(130), missed(200, 10)),
        (minute(200), ClockState::Cancelled),
    ];
    assert_eq!(found, expected, "60 of 120 minutes were paused: equality is met");
}

#[test]
fn requester_wait_and_agent_work_are_sums_over_statuses() {
    let facts = [
        (10, ACCEPTED),
        (30, status(TicketStatus::OnHold)),
        (90, status(TicketStatus::Pending)),
        (150, status(TicketStatus::Open)),
        (180, RESOLVED),
        (190, Fact::Reopened),
        (200, RESOLVED),
    ];
    let clocks = story(&facts, 210);
    let elapsed = |metric| {
        let found: Vec<_> = clocks.iter().filter(|clock| clock.metric == metric).collect();
        assert_eq!(found.len(), 1, "{metric:?}");
        (found[0].elapsed / MINUTE, found[0].state)
    };
    let provisional = ClockState::Met { at: minute(200), provisional: true };
    assert_eq!(elapsed(Metric::RequesterWait), (130, missed(200, 10)), "new, open, on hold");
    assert_eq!(elapsed(Metric::AgentWork), (70, missed(200, 10)), "new, open");
    assert_eq!(elapsed(Metric::Resolution), (70, provisional));
    assert_eq!(elapsed(Metric::FullResolution), (75, provisional));
}

#[test]
fn each_promise_is_kept_or_broken_by_itself() {
    let told = |low, high| Fact::Promised { low: low * MINUTE, high: high * MINUTE };
    let facts =
        [(0, told(5, 15)), (15, told(10, 30)), (30, applied("v", Some("store"))), (40, REPLY)];
    let clocks = story(&facts, 50);
    let expected = [(minute(0), missed(40, 25)), (minute(15), met(40))];
    assert_eq!(of(&clocks, Metric::Promise), expected);
    let gone = story(&[(0, told(5, 15)), (10, Fact::Abandoned)], 50);
    assert_eq!(of(&gone, Metric::Promise), [(minute(0), ClockState::Cancelled)]);
}

#[test]
fn spam_and_tests_never_counted_and_merged_tickets_keep_what_was_decided() {
    let decided = [(10, ACCEPTED), (45, REPLY)];
    let with = |why: Cancellation| {
        let facts = [&decided[..], &[(60, Fact::Cancelled { why })]].concat();
        story(&facts, 90)
    };
    for why in [Cancellation::Spam, Cancellation::Test] {
        assert!(with(why).iter().all(|clock| clock.state == ClockState::Cancelled));
    }
    let merged = with(Cancellation::Merged { into: TicketId(uuid::Uuid::max()) });
    assert_eq!(of(&merged, Metric::FirstResponse), [(minute(0), missed(45, 15))]);
    assert_eq!(of(&merged, Metric::Resolution), [(minute(0), ClockState::Cancelled)]);
}

#[test]
fn a_team_with_hours_of_its_own_counts_on_them_from_the_start() {
    let transferred = [(30, Fact::Transferred { from: None, team: None, agent: None })];
    let facts = [&transferred[..], &[(30, applied("v", Some("store")))]].concat();
    let clocks = story(&facts, 40);
    let found: Vec<_> = clocks.iter().filter(|clock| clock.metric == Metric::Resolution).collect();
    assert_eq!(found[0].state, ClockState::Superseded);
    // One hour on Monday, two on Tuesday, one on Wednesday.
    assert_eq!((found[1].start, found[1].due), (START, Some(START.plus(2 * DAY))));
    assert_eq!(
        (found[1].calendar.as_deref(), found[1].team.as_deref()),
        (Some("nine"), Some("store"))
    );
}

/// History does not change with an edit: what was decided under the old version stays.
#[test]
fn each_version_is_read_by_its_own_book() {
    let (old, new) = (book(BOOK), book(&BOOK.replace("resolution: 4h", "resolution: 8h")));
    let mut books = Books::new(Arc::clone(&new));
    books.add(&old.version, Arc::clone(&old));
    let facts = |second: Option<&str>| {
        let mut facts = vec![(0, Fact::Escalated), (0, applied(&old.version, None))];
        facts.extend(second.map(|version| (300, applied(version, None))));
        ledger(&facts)
    };
    let before = clocks(&facts(None), &books, minute(310));
    let after = clocks(&facts(Some(&new.version)), &books, minute(310));
    let resolution = |clocks: &[Clock]| of(clocks, Metric::Resolution);
    let late = (START, ClockState::Late { overrun: 70 * MINUTE });
    assert_eq!(resolution(&before), [late]);
    assert_eq!(resolution(&after), [late], "missed under the old one before the change");
    let early = ledger(&[
        (0, Fact::Escalated),
        (0, applied(&old.version, None)),
        (100, applied(&new.version, None)),
    ]);
    let states = resolution(&clocks(&early, &books, minute(310)));
    assert_eq!(states, [(START, ClockState::Superseded), (START, ClockState::Running)]);
}

#[test]
fn an_edit_that_promises_the_same_supersedes_nothing() {
    let old = book(BOOK);
    let new = book(&BOOK.replace("requester_wait: 2h", "requester_wait: 3h"));
    let mut books = Books::new(Arc::clone(&new));
    books.add(&old.version, Arc::clone(&old));
    let facts = [
        (0, Fact::Escalated),
        (0, applied(&old.version, None)),
        (10, Fact::Prioritised { to: Priority::High }),
        (10, applied(&new.version, None)),
    ];
    let clocks = clocks(&ledger(&facts), &books, minute(20));
    assert_eq!(of(&clocks, Metric::Resolution), [(START, ClockState::Running)]);
    assert_eq!(of(&clocks, Metric::RequesterWait).len(), 2);
}

#[test]
fn a_policy_may_pause_the_first_response() {
    let facts =
        [(10, status(TicketStatus::Pending)), (50, status(TicketStatus::Open)), (69, REPLY)];
    assert_eq!(of(&story(&facts, 80), Metric::FirstResponse), [(START, met(69))]);
}

#[test]
fn clocks_name_who_held_the_ticket_when_they_ended() {
    let other = crate::domain::id::AgentId(uuid::Uuid::max());
    let facts = [
        (5, Fact::Accepted { agent: other }),
        (10, Fact::AgentMsg { agent: other }),
        (20, Fact::Enqueued),
        (30, ACCEPTED),
        (60, RESOLVED),
    ];
    let clocks = story(&facts, 70);
    let agent = |metric| clocks.iter().find(|clock| clock.metric == metric).unwrap().agent;
    assert_eq!(agent(Metric::FirstResponse), Some(other));
    assert_eq!(agent(Metric::Resolution), Some(AGENT));
    let waiting = story(&facts[..3], 25);
    assert_eq!(waiting.last().unwrap().agent, None, "nobody holds what waits");
}

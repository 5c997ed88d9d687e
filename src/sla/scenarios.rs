//! Stories of tickets, told as ledgers, with the clocks that must come out.

use super::book::{Books, PolicyBook};
use super::clock::{Clock, ClockState, Metric, clocks};
use super::policy::Rung;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::source::SourceFile;
use crate::domain::ticket::{Priority, TicketStatus};
use crate::domain::time::{DAY, HOUR, MINUTE, UtcMillis};
use crate::domain::traits::Traits;

pub(super) const AGENT: AgentId = AgentId(uuid::Uuid::nil());

/// 24/7 but for `office`, whose clock runs Monday to Friday, 9 to 17 UTC.
pub(super) const BOOK: &str = "
calendars:
  always: {time_zone: UTC, week: {mon: [&day 0:00-24:00], tue: [*day], wed: [*day], thu: [*day], fri: [*day], sat: [*day], sun: [*day]}}
  office: {time_zone: UTC, week: {mon: [&nine 9:00-17:00], tue: [*nine], wed: [*nine], thu: [*nine], fri: [*nine]}}
policies:
  - {name: fast, when: {priority: [urgent]}, calendar: always, targets: {assignment: 5m, first_response: 10m, next_response: 10m, resolution: 1h}, warnings: [50, 90]}
  - {name: office, when: {priority: [low]}, calendar: office, targets: {resolution: 4h}}
  - {name: usual, calendar: always, targets: {assignment: 10m, first_response: 30m, next_response: 30m, resolution: 4h}, warnings: [50]}
";

pub(super) fn book() -> Books {
    let file = SourceFile { name: "sla.yaml".to_owned(), text: BOOK.to_owned() };
    PolicyBook::read(&file).unwrap().into()
}

/// Monday, 5 January 2026, 10:00 UTC: minute 0 of the stories.
const START: i64 = 1_767_607_200_000;

fn minute(minute: i64) -> UtcMillis {
    UtcMillis(START + minute * MINUTE)
}

/// A ledger from facts at minutes, in the order given.
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

pub(super) fn apply(policy: &str) -> Fact {
    let (policy, version) = (Some(policy.to_owned()), "another".to_owned());
    Fact::SlaApplied { policy, version, traits: Traits::default() }
}

const CUSTOMER: Fact = Fact::CustMsg { closing: false };
const ACCEPTED: Fact = Fact::Accepted { agent: AGENT };
const REPLY: Fact = Fact::AgentMsg { agent: AGENT };
const RESOLVED: Fact = Fact::Resolved { agent: Some(AGENT) };

const fn status(to: TicketStatus) -> Fact {
    Fact::Status { to }
}

/// The clocks of a ticket escalated and enqueued at minute 0, then `facts`, seen at minute `now`.
fn story(policy: &str, facts: &[(i64, Fact)], now: i64) -> Vec<Clock> {
    let mut all = vec![
        (0, Fact::Created),
        (0, CUSTOMER),
        (0, Fact::Escalated),
        (0, apply(policy)),
        (0, Fact::Enqueued),
    ];
    all.extend_from_slice(facts);
    clocks(&ledger(&all), &book(), minute(now))
}

fn of(clocks: &[Clock], metric: Metric) -> Vec<ClockState> {
    clocks.iter().filter(|clock| clock.metric == metric).map(|clock| clock.state).collect()
}

const fn met(at: i64) -> ClockState {
    ClockState::Met { at: UtcMillis(START + at * MINUTE), provisional: false }
}

const fn missed(at: i64, overrun: i64) -> ClockState {
    ClockState::Missed { at: UtcMillis(START + at * MINUTE), overrun: overrun * MINUTE }
}

#[test]
fn three_clocks_run_from_the_escalation() {
    let clocks = story("usual", &[], 12);
    let seen: Vec<_> = clocks.iter().map(|c| (c.metric, c.instance, c.due, c.state)).collect();
    let expected = [
        (Metric::FirstResponse, 1, Some(minute(30)), ClockState::Running),
        (Metric::Resolution, 1, Some(minute(240)), ClockState::Running),
        (Metric::Assignment, 1, Some(minute(10)), ClockState::Late { overrun: 2 * MINUTE }),
    ];
    assert_eq!(seen, expected);
    assert_eq!(clocks[0].rungs, [(Rung::Percent(50), minute(15))]);
}

#[test]
fn equality_is_met_and_a_millisecond_later_is_not() {
    let facts = [(10, ACCEPTED), (30, REPLY)];
    let clocks = story("usual", &facts, 40);
    assert_eq!(of(&clocks, Metric::Assignment), [met(10)]);
    assert_eq!(of(&clocks, Metric::FirstResponse), [met(30)]);
    let mut late = ledger(&[(0, Fact::Escalated), (0, apply("usual")), (30, REPLY)]);
    late[2].at = minute(30).plus(1);
    let clocks = super::clock::clocks(&late, &book(), minute(40));
    let expected = ClockState::Missed { at: minute(30).plus(1), overrun: 1 };
    assert_eq!(of(&clocks, Metric::FirstResponse), [expected]);
}

#[test]
fn bots_notes_and_automation_do_not_answer() {
    let facts = [(5, Fact::BotMsg), (6, Fact::Note { agent: AGENT }), (45, REPLY)];
    assert_eq!(of(&story("usual", &facts, 50), Metric::FirstResponse), [missed(45, 15)]);
}

#[test]
fn one_next_response_per_waiting_spell() {
    let facts = [
        (1, CUSTOMER),
        (5, REPLY),
        (6, Fact::CustMsg { closing: true }),
        (10, CUSTOMER),
        (20, CUSTOMER),
        (40, REPLY),
        (50, CUSTOMER),
        (90, RESOLVED),
    ];
    let clocks = story("usual", &facts, 100);
    assert_eq!(of(&clocks, Metric::NextResponse), [met(40), missed(90, 10)]);
    let instances: Vec<u32> =
        clocks.iter().filter(|c| c.metric == Metric::NextResponse).map(|c| c.instance).collect();
    assert_eq!(instances, [1, 2]);
}

#[test]
fn next_response_pauses_while_snoozed_and_pending_ends_with_the_customers_word() {
    let facts = [
        (5, REPLY),
        (10, CUSTOMER),
        (15, status(TicketStatus::Snoozed)),
        (115, status(TicketStatus::Open)),
        (135, REPLY),
        (135, status(TicketStatus::Pending)),
        (200, CUSTOMER),
    ];
    let clocks = story("usual", &facts, 210);
    assert_eq!(of(&clocks, Metric::NextResponse), [met(135), ClockState::Running]);
    assert_eq!(clocks.last().unwrap().due, Some(minute(230)));
    let resolution = clocks.iter().find(|c| c.metric == Metric::Resolution).unwrap();
    assert_eq!(resolution.due, Some(minute(240 + 100 + 65)));
}

#[test]
fn a_paused_clock_shows_what_remains() {
    let facts = [(40, status(TicketStatus::OnHold))];
    let clocks = story("usual", &facts, 5_000);
    let resolution = clocks.iter().find(|c| c.metric == Metric::Resolution).unwrap();
    assert_eq!(resolution.state, ClockState::Paused { remaining: 200 * MINUTE });
    assert_eq!((resolution.due, resolution.rungs.len()), (None, 0));
    assert!(
        matches!(of(&clocks, Metric::FirstResponse)[0], ClockState::Late { .. }),
        "the first word is owed all the same"
    );
}

#[test]
fn office_hours_and_a_pause_over_night() {
    // Monday 10:00, 4 h, paused from Monday 11:00 to Tuesday 10:00: due on Tuesday at 13:00.
    let facts = [(60, status(TicketStatus::Pending)), (24 * 60, status(TicketStatus::Open))];
    let clocks = story("office", &facts, 25 * 60);
    assert_eq!(clocks.len(), 1, "the policy promises nothing else");
    assert_eq!(clocks[0].due, Some(minute(27 * 60)));
    let (book, from, to) = (book(), minute(60), minute(24 * 60));
    assert_eq!(book.active().calendars["office"].working(from, to), 7 * HOUR);
    let due = super::deadline::due(
        &book.active().calendars["office"],
        minute(0),
        4 * HOUR,
        &[(from, to)],
    );
    assert_eq!(due, Some(minute(27 * 60)));
}

#[test]
fn a_resolution_is_provisional_until_the_window_is_over() {
    let window = 72 * 60;
    let at = |now, extra: &[(i64, Fact)]| {
        let facts = [&[(5, REPLY), (100, RESOLVED)], extra].concat();
        of(&story("usual", &facts, now), Metric::Resolution)
    };
    let provisional = ClockState::Met { at: minute(100), provisional: true };
    assert_eq!(at(100 + window, &[]), [provisional]);
    assert_eq!(at(101 + window, &[]), [met(100)]);
    assert_eq!(at(200, &[(150, Fact::Closed)]), [met(100)]);
}

#[test]
fn coming_back_within_the_window_goes_on_and_the_gap_is_a_pause() {
    let back = 100 + 72 * 60;
    let facts = [(5, REPLY), (100, RESOLVED), (back, CUSTOMER), (back, Fact::Reopened)];
    let clocks = story("usual", &facts, back + 10);
    assert_eq!(of(&clocks, Metric::Resolution), [ClockState::Running]);
    let resolution = clocks.iter().find(|c| c.metric == Metric::Resolution).unwrap();
    assert_eq!(resolution.due, Some(minute(back + 140)));
    let waiting = clocks.iter().find(|c| c.metric == Metric::NextResponse).unwrap();
    assert_eq!((waiting.start, waiting.due), (minute(back), Some(minute(back + 30))));
}

#[test]
fn coming_back_after_the_window_begins_anew() {
    let back = 101 + 72 * 60;
    let facts = [(5, REPLY), (100, RESOLVED), (back, Fact::Reopened), (back + 5, RESOLVED)];
    let clocks = story("usual", &facts, back + 10);
    let again = ClockState::Met { at: minute(back + 5), provisional: true };
    assert_eq!(of(&clocks, Metric::Resolution), [met(100), again]);
    assert_eq!(clocks.last().unwrap().instance, 2);
}

#[test]
fn a_new_policy_supersedes_what_is_not_yet_due() {
    let facts = [(6, apply("fast"))];
    let clocks = story("usual", &facts, 8);
    for metric in [Metric::Assignment, Metric::FirstResponse, Metric::Resolution] {
        let pair: Vec<&Clock> = clocks.iter().filter(|clock| clock.metric == metric).collect();
        assert_eq!(pair[0].state, ClockState::Superseded);
        assert_eq!(
            (pair[0].policy.as_deref(), pair[1].policy.as_deref()),
            (Some("usual"), Some("fast"))
        );
        assert_eq!((pair[1].start, pair[1].instance), (minute(0), 2));
    }
    let late = ClockState::Late { overrun: 3 * MINUTE };
    assert_eq!(of(&clocks, Metric::Assignment)[1], late, "counted from the start");
}

#[test]
fn a_new_policy_keeps_the_pauses() {
    let facts = [
        (10, status(TicketStatus::Pending)),
        (40, status(TicketStatus::Open)),
        (45, Fact::Prioritised { to: Priority::Urgent }),
        (45, apply("fast")),
    ];
    let clocks = story("usual", &facts, 50);
    let resolution: Vec<_> = clocks.iter().filter(|c| c.metric == Metric::Resolution).collect();
    assert_eq!(
        (resolution[1].policy.as_deref(), resolution[1].due),
        (Some("fast"), Some(minute(90)))
    );
}

#[test]
fn a_miss_stays_a_miss_under_the_policy_that_set_it() {
    let facts = [(12, apply("fast")), (20, ACCEPTED)];
    let assignment = |clocks: &[Clock]| -> Vec<(Option<std::sync::Arc<str>>, ClockState)> {
        let of = clocks.iter().filter(|c| c.metric == Metric::Assignment);
        of.map(|c| (c.policy.clone(), c.state)).collect()
    };
    assert_eq!(assignment(&story("usual", &facts, 30)), [(Some("usual".into()), missed(20, 10))]);
}

#[test]
fn a_policy_that_comes_late_counts_from_the_start() {
    let lines = ledger(&[(0, Fact::Escalated), (20, apply("usual"))]);
    let clocks = clocks(&lines, &book(), minute(25));
    assert_eq!(clocks[0].due, Some(minute(30)));
    assert_eq!(clocks.len(), 2, "no instance for the time without a policy");
}

#[test]
fn a_policy_after_the_fact_promises_nothing() {
    let lines = ledger(&[(0, Fact::Escalated), (5, REPLY), (20, apply("usual"))]);
    let clocks = clocks(&lines, &book(), minute(25));
    assert_eq!(of(&clocks, Metric::FirstResponse), []);
    assert_eq!(of(&clocks, Metric::Resolution), [ClockState::Running]);
    let lines = ledger(&[(0, Fact::Escalated), (5, REPLY), (5, apply("usual"))]);
    let clocks = super::clock::clocks(&lines, &book(), minute(25));
    assert_eq!(of(&clocks, Metric::FirstResponse), [met(5)], "in the same instant it does");
}

#[test]
fn leaving_cancels_what_runs_and_forgives_no_miss() {
    for left in [Fact::Abandoned, Fact::Closed] {
        let clocks = story("usual", &[(20, left)], 60);
        assert_eq!(of(&clocks, Metric::Assignment), [missed(20, 10)]);
        assert_eq!(of(&clocks, Metric::FirstResponse), [ClockState::Cancelled]);
        assert_eq!(of(&clocks, Metric::Resolution), [ClockState::Cancelled]);
    }
}

#[test]
fn a_ticket_resolved_without_a_word_owes_none_until_it_is_reopened() {
    let facts = [(5, Fact::Resolved { agent: None }), (600, Fact::Reopened), (600, Fact::Enqueued)];
    let clocks = story("usual", &facts, 605);
    let pair = [ClockState::Cancelled, ClockState::Running];
    assert_eq!(of(&clocks, Metric::FirstResponse), pair);
    assert_eq!(of(&clocks, Metric::Assignment), pair);
    assert_eq!(of(&clocks, Metric::Resolution), [ClockState::Running]);
}

#[test]
fn a_wait_that_changes_its_queue_is_one_wait() {
    let facts = [
        (5, Fact::OfferTimeout { agent: AGENT }),
        (6, Fact::Enqueued),
        (12, ACCEPTED),
        (60, Fact::Transferred { from: Some(AGENT), team: None, agent: None }),
        (60, Fact::Enqueued),
        (65, ACCEPTED),
    ];
    let clocks = story("usual", &facts, 70);
    assert_eq!(of(&clocks, Metric::Assignment), [missed(12, 2), met(65)]);
}

#[test]
fn without_a_known_policy_nothing_is_promised() {
    assert_eq!(story("gold", &[(5, REPLY)], 10), []);
    assert_eq!(clocks(&[], &book(), minute(0)), []);
}

#[test]
fn lines_count_in_the_order_of_their_instants() {
    let mut lines =
        ledger(&[(0, Fact::Escalated), (0, apply("usual")), (30, REPLY), (40, RESOLVED)]);
    let sorted = clocks(&lines, &book(), minute(50));
    lines.reverse();
    assert_eq!(clocks(&lines, &book(), minute(50)), sorted);
    let early = clocks(&lines, &book(), UtcMillis(START - DAY));
    assert_eq!(early, sorted, "a slow clock does not undo what is written");
}

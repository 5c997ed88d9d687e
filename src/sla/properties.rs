//! Laws that hold for every calendar, instant and ledger.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::calendar::Calendar;
use super::clock::{ClockState, clocks};
use super::deadline::{active, due};
use super::hours::Shift;
use super::scenarios::{AGENT, apply, book};
use crate::domain::id::TicketId;
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::ticket::{Priority, TicketStatus};
use crate::domain::time::{DAY, HOUR, MINUTE, UtcMillis};

/// Zones with and without clock changes, at midnight, by half an hour, and of odd offsets.
const ZONES: [&str; 16] = [
    "Europe/Rome",
    "Europe/Madrid",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Asuncion",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Pacific/Apia",
    "Pacific/Chatham",
    "America/Caracas",
    "UTC",
];

/// Instants from late 2009 to 2028: changes at midnight in Newfoundland, a missing day in Samoa.
fn instant() -> impl Strategy<Value = UtcMillis> {
    (1_255_000_000_000_i64..1_830_000_000_000).prop_map(UtcMillis)
}

fn shift() -> impl Strategy<Value = Shift> {
    let time = (0_u32..24, prop::sample::select(vec![0_u32, 1, 15, 30, 59]));
    (time.clone(), time).prop_map(|((open_hour, open_minute), (hour, minute))| {
        format!("{open_hour:02}:{open_minute:02}-{hour:02}:{minute:02}").parse().unwrap()
    })
}

fn day() -> impl Strategy<Value = Vec<Shift>> {
    prop::collection::vec(shift(), 0..3)
}

/// Any calendar that is open at some hour of the week.
fn calendar() -> impl Strategy<Value = Calendar> {
    let zone = prop::sample::select(ZONES.to_vec());
    let dates = prop::collection::vec((0_i8..28, 1_i8..13, day()), 0..6);
    (zone, prop::array::uniform7(day()), shift(), dates).prop_map(|(zone, mut week, one, dates)| {
        week[2].push(one);
        let date = |month, day| jiff::civil::date(2026, month, day);
        let dates: BTreeMap<_, _> =
            dates.into_iter().map(|(day, month, hours)| (date(month, day + 1), hours)).collect();
        Calendar::new(zone, week, dates).unwrap()
    })
}

fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0..20 * DAY, 0..4 * DAY), 0..4)
}

/// Pauses that begin some time after `start`.
fn placed(start: UtcMillis, pauses: &[(i64, i64)]) -> Vec<(UtcMillis, UtcMillis)> {
    pauses.iter().map(|&(after, length)| (start.plus(after), start.plus(after + length))).collect()
}

fn fact() -> impl Strategy<Value = Fact> {
    let agent = AGENT;
    prop_oneof![
        prop::sample::select(vec![
            Fact::Created,
            Fact::BotMsg,
            Fact::HumanRequested,
            Fact::Escalated,
            Fact::Enqueued,
            Fact::Offered { agent },
            Fact::Accepted { agent },
            Fact::Rejected { agent },
            Fact::OfferTimeout { agent },
            Fact::AgentMsg { agent },
            Fact::Note { agent },
            Fact::Transferred { from: None, team: None, agent: Some(agent) },
            Fact::Resolved { agent: None },
            Fact::Reopened,
            Fact::Closed,
            Fact::Abandoned,
            apply("fast"),
            apply("office"),
            apply("usual"),
            apply("unknown"),
        ]),
        any::<bool>().prop_map(|closing| Fact::CustMsg { closing }),
        prop::sample::select(TicketStatus::ALL.to_vec()).prop_map(|to| Fact::Status { to }),
        prop::sample::select(Priority::ALL.to_vec()).prop_map(|to| Fact::Prioritised { to }),
    ]
}

fn ledger() -> impl Strategy<Value = Vec<LedgerEvent>> {
    let after = prop_oneof![
        8 => 0..2 * HOUR,
        1 => prop::sample::select(vec![0, MINUTE, 10 * MINUTE, 72 * HOUR]),
        1 => 0..9 * DAY,
    ];
    prop::collection::vec((after, fact()), 0..25).prop_map(|facts| {
        let mut at = UtcMillis(1_767_607_200_000);
        let lines = (1..).zip(facts).map(|(seq, (after, fact))| {
            at = at.plus(after);
            LedgerEvent { ticket_id: TicketId(uuid::Uuid::nil()), seq, at, fact }
        });
        lines.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn working_time_adds_up(calendar in calendar(), a in instant(), x in 0..40 * DAY, y in 0..40 * DAY) {
        let (b, c) = (a.plus(x), a.plus(x).plus(y));
        let (first, second) = (calendar.working(a, b), calendar.working(b, c));
        prop_assert_eq!(first + second, calendar.working(a, c));
        prop_assert!((0..=x).contains(&first));
    }

    #[test]
    fn a_deadline_holds_exactly_its_target(calendar in calendar(), t in instant(), x in 1..60 * HOUR) {
        let due = calendar.after(t, x).unwrap();
        prop_assert_eq!(calendar.working(t, due), x);
        prop_assert_eq!(calendar.working(t, due.plus(-1)), x - 1);
    }

    #[test]
    fn deadlines_are_monotone(calendar in calendar(), t in instant(), later in 0..9 * DAY, x in 1..60 * HOUR, more in 0..60 * HOUR) {
        let due = calendar.after(t, x).unwrap();
        prop_assert!(due <= calendar.after(t, x + more).unwrap());
        prop_assert!(due <= calendar.after(t.plus(later), x).unwrap());
    }

    #[test]
    fn an_opening_is_the_first_open_instant(calendar in calendar(), t in instant()) {
        let opening = calendar.next_opening(t).unwrap();
        prop_assert!(calendar.is_open(opening));
        prop_assert_eq!(calendar.working(t, opening), 0);
    }

    #[test]
    fn a_pause_never_makes_a_deadline_earlier(
        calendar in calendar(), t in instant(), x in 1..60 * HOUR, given in pauses(), one in (0..20 * DAY, 0..4 * DAY),
    ) {
        let some = placed(t, &given);
        let more = placed(t, &[given, vec![one]].concat());
        let (before, after) = (due(&calendar, t, x, &some).unwrap(), due(&calendar, t, x, &more).unwrap());
        prop_assert!(before <= after);
        prop_assert_eq!(active(&calendar, t, after, &more), x);
        prop_assert_eq!(active(&calendar, t, after.plus(-1), &more), x - 1);
    }

    #[test]
    fn any_ledger_gives_clocks(ledger in ledger(), wait in 0..9 * DAY) {
        let book = book();
        let now = ledger.last().map_or(UtcMillis(0), |line| line.at).plus(wait);
        let seen = clocks(&ledger, &book, now);
        prop_assert_eq!(&seen, &clocks(&ledger, &book, now));
        prop_assert!(seen.is_sorted_by_key(|clock| clock.start));
        for clock in &seen {
            let running = matches!(clock.state, ClockState::Running | ClockState::Late { .. });
            let late = matches!(clock.state, ClockState::Late { .. } | ClockState::Missed { .. });
            prop_assert!(!late || clock.due.is_some_and(|due| due < now));
            prop_assert!(clock.state != ClockState::Running || clock.due.is_some_and(|due| due >= now));
            prop_assert!(running || clock.rungs.is_empty());
            prop_assert!(clock.rungs.iter().all(|&(_, at)| at >= clock.start && Some(at) <= clock.due));
            let twin = |c: &&super::clock::Clock| (c.metric, c.instance) == (clock.metric, clock.instance);
            prop_assert_eq!(seen.iter().filter(twin).count(), 1);
        }
    }

    #[test]
    fn a_miss_is_never_taken_back(ledger in ledger(), cut in 0_usize..25) {
        let book = book();
        let now = |lines: &[LedgerEvent]| lines.last().map_or(UtcMillis(0), |line| line.at);
        let (before, _) = ledger.split_at(cut.min(ledger.len()));
        let misses = |lines: &[LedgerEvent]| {
            let clocks = clocks(lines, &book, now(&ledger).min(now(lines)));
            let late = |s| matches!(s, ClockState::Missed { .. } | ClockState::Late { .. });
            clocks.iter().filter(|clock| late(clock.state)).count()
        };
        prop_assert!(misses(before) <= misses(&ledger));
    }

    #[test]
    fn wild_instants_do_not_panic(facts in prop::collection::vec((any::<i64>(), any::<i64>(), fact()), 0..8), now in any::<i64>()) {
        let line = |(at, seq, fact)| LedgerEvent { ticket_id: TicketId(uuid::Uuid::nil()), seq, at: UtcMillis(at), fact };
        let ledger: Vec<_> = facts.into_iter().map(line).collect();
        let book = book();
        let now = UtcMillis(now);
        prop_assert_eq!(clocks(&ledger, &book, now), clocks(&ledger, &book, now));
    }
}

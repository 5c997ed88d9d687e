//! Figures of service levels: against another reading of random ledgers, and their addresses.

mod addresses;
mod brute;
mod history;

use std::collections::BTreeMap;

use sportello::domain::id::{AgentId, TicketId};
use sportello::domain::ledger::LedgerEvent;
use sportello::domain::life::Life;
use sportello::domain::ticket::TicketStatus;
use sportello::domain::time::{DAY, UtcMillis};
use sportello::service::access::Caller;
use sportello::service::clock::fresh_id;
use sportello::service::figures::{self, Asked, Sought};
use sportello::service::view::{FigureRow, FiguresView};
use sportello::store;

use self::brute::{FIRST_DAY, Found, METRICS, Minutes};
use self::history::{Cast, Chance, History};
use crate::support::cast::{agent, asks_for_a_person, newest, supervisor};
use crate::support::{Backend, MONDAY_10, TestApp, on_both};

/// How many lives are compared.
const LIVES: usize = 330;

const BOOK: &str = r#"
calendars:
  nights: {time_zone: Europe/Rome, week: {mon: ["20:00-06:00"], tue: ["20:00-06:00"], wed: ["20:00-06:00"], thu: ["20:00-06:00"], fri: ["20:00-06:00"], sat: ["20:00-06:00"], sun: ["20:00-06:00"]}}
  office:
    time_zone: America/New_York
    week: {mon: ["09:00-13:00", "14:00-18:00"], tue: ["09:00-13:00", "14:00-18:00"], wed: ["09:00-13:00", "14:00-18:00"], thu: ["09:00-13:00", "14:00-18:00"], fri: [FRIDAY]}
    dates: {2026-11-11: [], 2026-11-20: ["09:00-12:00"]}
calendar_of: {teams: {night: nights}}
policies:
  - {name: quick, when: {priority: [urgent]}, calendar: nights, pauses: {first_response: [pending]}, targets: {assignment: 30m, first_response: QUICK, next_response: 45m, resolution: LONG}}
  - {name: steady, when: {priority: [high]}, calendar: office, targets: {assignment: 4h, first_response: 8h, next_response: 3h, resolution: 40h}}
  - {name: loose, calendar: nights, targets: {assignment: 60h, resolution: 120h, time_to_human: 2h, periodic_update: 9h, full_resolution: 130h}}
"#;

/// Publishes a version of the book; its name.
async fn publish(app: &TestApp, friday: &str, quick: &str, long: &str) -> String {
    let text = BOOK.replace("FRIDAY", friday).replace("QUICK", quick).replace("LONG", long);
    app.publish(&text).await;
    app.house.content.book().version.to_string()
}

/// A life that records allow for a status.
fn standing(status: TicketStatus, at: UtcMillis) -> Life {
    let holder = status.is_held().then(|| AgentId(fresh_id()));
    let resolved = (status == TicketStatus::Resolved).then_some(at);
    let until = (status == TicketStatus::Snoozed).then_some(at);
    Life::restore(status, holder, resolved, until).unwrap()
}

/// Writes lives into the records; their ledgers.
async fn write(app: &TestApp, lives: Vec<History>) -> Vec<(TicketId, Vec<LedgerEvent>)> {
    asks_for_a_person(app).await;
    let like = newest(app).await;
    let mut written = Vec::new();
    let mut tx = app.house.db.begin().await.unwrap();
    for life in lives {
        let mut stored = like.clone();
        let id = TicketId(fresh_id());
        stored.ticket.id = id;
        stored.ticket.life = standing(life.status, life.lines[0].0);
        stored.ticket.created_at = life.lines[0].0;
        stored.ticket.enqueued_at = life.lines[0].0;
        store::ticket::insert(&mut tx, &stored).await.unwrap();
        let mut ledger = Vec::new();
        for (seq, (at, fact)) in (1..).zip(life.lines) {
            let event = LedgerEvent { ticket_id: id, seq, at, fact };
            store::ledger::append(&mut tx, &event).await.unwrap();
            ledger.push(event);
        }
        // Whatever version it lived under: no pass over live tickets shall bring it up to date.
        let version = app.house.content.book().version.clone();
        store::terms::note(&mut tx, id, &version).await.unwrap();
        written.push((id, ledger));
    }
    tx.commit().await.unwrap();
    let own = store::ledger::of_ticket(&app.house.db, like.ticket.id).await.unwrap();
    written.push((like.ticket.id, own));
    written
}

type Key = (Option<String>, &'static str);
/// Counts by state, sorted lengths of time.
type Line = (BTreeMap<&'static str, u64>, Vec<i64>);

fn belongs(found: &Found, from: i64, to: i64) -> bool {
    found.known.map_or(found.start < to, |known| from <= known && known < to)
}

/// What the figures should say.
fn expected(all: &[(TicketId, Found)], asked: &Asked) -> BTreeMap<Key, Line> {
    let (from, to) = (asked.window.from.0, asked.window.to.0);
    let mut lines: BTreeMap<Key, Line> = BTreeMap::new();
    for (_, found) in all.iter().filter(|(_, found)| belongs(found, from, to)) {
        let key = match asked.by.as_str() {
            "metric" => Some(found.metric.to_owned()),
            "policy" => found.policy.clone(),
            "team" => found.team.clone(),
            _ => found.agent.clone(),
        };
        let line = lines.entry((key, found.metric)).or_default();
        *line.0.entry(found.state).or_default() += 1;
        line.1.extend(found.stopped.then_some(found.elapsed));
    }
    for line in lines.values_mut() {
        line.1.sort_unstable();
    }
    lines
}

/// Everything that a row says, in one order.
fn told(row: &FigureRow) -> Vec<Option<i64>> {
    let counts = &row.counts;
    let excluded = &counts.excluded;
    let (kept, also) = (counts.compliance, counts.compliance_with_provisional);
    let numbers = [
        counts.total,
        counts.met,
        counts.missed,
        counts.pending,
        counts.provisional,
        excluded.cancelled,
        excluded.superseded,
        excluded.unpromised,
        kept.part,
        kept.whole,
        also.part,
        also.whole,
        row.n,
    ];
    let numbers = numbers.into_iter().map(|n| Some(i64::try_from(n).unwrap()));
    numbers.chain([row.p50, row.p90, row.p95, row.mean]).collect()
}

fn should_tell((counts, lengths): &Line) -> Vec<Option<i64>> {
    let of = |state: &str| counts.get(state).copied().unwrap_or(0);
    let (met, missed, provisional) = (of("met"), of("missed"), of("provisional"));
    let n = lengths.len();
    let numbers = [
        counts.values().sum(),
        met,
        missed,
        of("pending"),
        provisional,
        of("cancelled"),
        of("superseded"),
        of("unpromised"),
        met,
        met + missed,
        met + provisional,
        met + provisional + missed,
        n as u64,
    ];
    let numbers = numbers.into_iter().map(|n| Some(i64::try_from(n).unwrap()));
    let rank = |percent: usize| (1..=n).find(|k| 100 * k >= percent * n).map(|k| lengths[k - 1]);
    let whole = i64::try_from(n).unwrap();
    let mean = (n > 0).then(|| (2 * lengths.iter().sum::<i64>() + whole) / (2 * whole));
    numbers.chain([rank(50), rank(90), rank(95), mean]).collect()
}

/// met + missed + pending + provisional + excluded = total, in every row and in the sum.
fn adds_up(view: &FiguresView) {
    let parts = |counts: &sportello::service::view::CountsView| {
        let excluded = &counts.excluded;
        let out = excluded.cancelled + excluded.superseded + excluded.unpromised;
        counts.met + counts.missed + counts.pending + counts.provisional + out
    };
    for row in &view.rows {
        assert_eq!(parts(&row.counts), row.counts.total, "{row:?}");
    }
    assert_eq!(parts(&view.all), view.all.total);
    assert_eq!(view.all.total, view.rows.iter().map(|row| row.counts.total).sum::<u64>());
}

/// Some ranges; several begin and end exactly where something happened.
fn ranges(chance: &mut Chance, ledgers: &[(TicketId, Vec<LedgerEvent>)]) -> Vec<(i64, i64)> {
    let dst = FIRST_DAY.plus(3 * DAY);
    let now = MONDAY_10.0;
    let mut ranges = vec![
        (FIRST_DAY.0, now + 1),
        (dst.0, dst.plus(DAY).0),
        (now - DAY, now),
        (now - 3 * DAY, now + DAY),
    ];
    for _ in 0..3 {
        let mut at = || {
            let ledger = &chance.of(ledgers).1;
            chance.of(ledger).at.0
        };
        let (one, other) = (at(), at());
        ranges.push((one.min(other), one.max(other) + i64::from(one == other)));
    }
    ranges
}

async fn view(app: &TestApp, sara: &Caller, asked: &Asked) -> FiguresView {
    figures::sla(&app.house, &sara.board().unwrap(), asked).await.unwrap()
}

fn asked((from, to): (i64, i64), by: &str) -> Asked {
    let (from, to) = (from.to_string(), to.to_string());
    Asked::read(Some(&from), Some(&to), Some(by), MONDAY_10).unwrap()
}

async fn figures_equal_another_reading_of_random_ledgers(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let mut agents = Vec::new();
    for name in ["anna", "berta", "carlo"] {
        agents.push(agent(&app, name).await.agent.id);
    }
    let first = publish(&app, r#""09:00-13:00", "14:00-18:00""#, "1h", "6h").await;
    let second = publish(&app, r#""09:00-12:00""#, "2h", "12h").await;
    let cast = Cast { agents, versions: vec![first, second.clone()] };
    let mut chance = Chance(0x5DEE_CE66_D1CE_5EED);
    let lives = (0..LIVES).map(|_| history::live(&mut chance, &cast)).collect();
    let ledgers = write(&app, lives).await;
    let open = Minutes::until(MONDAY_10.plus(DAY));
    let all: Vec<(TicketId, Found)> = ledgers
        .iter()
        .flat_map(|(id, ledger)| {
            brute::read(ledger, &second, &open, MONDAY_10).into_iter().map(|found| (*id, found))
        })
        .collect();
    let mut compared = 0;
    for range in ranges(&mut chance, &ledgers) {
        let mut sums = Vec::new();
        for by in ["metric", "policy", "team", "agent"] {
            let asked = asked(range, by);
            let view = view(&app, &sara, &asked).await;
            adds_up(&view);
            let told: BTreeMap<(Option<String>, &str), _> = view
                .rows
                .iter()
                .filter(|row| METRICS.contains(&row.metric.as_str()))
                .map(|row| ((row.key.clone(), row.metric.as_str()), told(row)))
                .collect();
            let should: BTreeMap<Key, _> = expected(&all, &asked)
                .into_iter()
                .map(|(key, line)| (key, should_tell(&line)))
                .collect();
            assert_eq!(told, should, "{range:?} by {by}");
            compared += should.len();
            sums.push(view.all);
        }
        assert!(sums.iter().all(|sum| *sum == sums[0]), "{range:?}: {sums:?}");
    }
    assert!(compared > 200, "{compared} rows");
    one_by_one(&app, &sara, &all).await;
    app.stop().await;
}

/// The clocks behind the numbers are the very ones.
async fn one_by_one(app: &TestApp, sara: &Caller, all: &[(TicketId, Found)]) {
    let range = (FIRST_DAY.0, MONDAY_10.0 + 1);
    let whole = asked(range, "team");
    for state in [
        "met",
        "missed",
        "pending",
        "provisional",
        "cancelled",
        "superseded",
        "unpromised",
        "stopped",
    ] {
        let sought = Sought::read(whole, None, None, Some(state)).unwrap();
        let found = figures::behind(&app.house, &sara.board().unwrap(), &sought).await.unwrap();
        let mut found: Vec<_> = found
            .into_iter()
            .filter(|clock| METRICS.contains(&clock.metric.as_str()))
            .map(|c| (c.ticket, c.metric, c.state, c.start, c.until, c.elapsed, c.team, c.agent_id))
            .collect();
        let mut should: Vec<_> = all
            .iter()
            .filter(|(_, found)| belongs(found, range.0, range.1))
            .filter(|(_, f)| if state == "stopped" { f.stopped } else { f.state == state })
            .cloned()
            .map(|(ticket, f)| {
                let (metric, state) = (f.metric.to_owned(), f.state.to_owned());
                (ticket.to_string(), metric, state, f.start, f.until, f.elapsed, f.team, f.agent)
            })
            .collect();
        found.sort();
        should.sort();
        assert!(!should.is_empty(), "no clock is {state}");
        assert_eq!(found, should, "{state}");
    }
}

/// Each number of each row is the length of its list.
async fn numbers_equal_their_lists(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let anna = agent(&app, "anna").await.agent.id;
    let version = publish(&app, r#""09:00-12:00""#, "2h", "12h").await;
    let cast = Cast { agents: vec![anna], versions: vec![version] };
    let mut chance = Chance(77);
    let lives = (0..25).map(|_| history::live(&mut chance, &cast)).collect();
    write(&app, lives).await;
    let asked = asked((FIRST_DAY.0, MONDAY_10.0 + 1), "agent");
    for row in view(&app, &sara, &asked).await.rows {
        let counts = &row.counts;
        for (state, count) in [
            ("total", counts.total),
            ("met", counts.met),
            ("missed", counts.missed),
            ("superseded", counts.excluded.superseded),
            ("stopped", row.n),
        ] {
            let key = row.key.clone().unwrap_or_default();
            let sought = Sought::read(asked, Some(key), Some(&row.metric), Some(state)).unwrap();
            let list = figures::behind(&app.house, &sara.board().unwrap(), &sought).await.unwrap();
            assert_eq!(list.len() as u64, count, "{state} of {row:?}");
        }
    }
    app.stop().await;
}

/// What makes old tickets cheap: only those are read that live or were touched in the range.
async fn every_ticket_knows_when_it_was_touched(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let anna = agent(&app, "anna").await.agent.id;
    let version = publish(&app, r#""09:00-12:00""#, "2h", "12h").await;
    let cast = Cast { agents: vec![anna], versions: vec![version] };
    let mut chance = Chance(5);
    let lives: Vec<_> = (0..60).map(|_| history::live(&mut chance, &cast)).collect();
    let over = lives.iter().filter(|life| life.status == TicketStatus::Closed).count();
    let ledgers = write(&app, lives).await;
    assert!(over > 3, "{over} are over");
    let touched = app.number("SELECT COUNT(*) FROM ticket WHERE touched_at = 0").await;
    assert_eq!(touched, 0, "every ticket knows when it was touched");
    let latest = |ledger: &Vec<LedgerEvent>| ledger.iter().map(|line| line.at).max().unwrap();
    let (id, ledger) = &ledgers[3];
    let hex = id.to_string().replace('-', "");
    let by_id = match backend {
        Backend::Embedded => {
            format!("SELECT touched_at FROM ticket WHERE hex(id) = upper('{hex}')")
        }
        Backend::Servers => format!("SELECT touched_at FROM ticket WHERE id = '{id}'"),
    };
    assert_eq!(UtcMillis(app.number(&by_id).await), latest(ledger));
    let day = asked((MONDAY_10.0 - DAY, MONDAY_10.0 + 1), "metric");
    assert!(view(&app, &sara, &day).await.all.total > 0);
    app.stop().await;
}

on_both!(
    figures_equal_another_reading_of_random_ledgers,
    numbers_equal_their_lists,
    every_ticket_knows_when_it_was_touched,
);

//! What deadlines and clocks cost: `cargo bench --bench sla`.
//!
//! After the table come the figures that are targets, and ratios of two things measured in one run,
//! which hold on another computer too.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and may stop")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use divan::Bencher;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use sportello::domain::id::{AgentId, TicketId};
use sportello::domain::ledger::{Fact, LedgerEvent};
use sportello::domain::source::SourceFile;
use sportello::domain::ticket::{Priority, TicketStatus};
use sportello::domain::time::{DAY, HOUR, MINUTE, UtcMillis};
use sportello::domain::traits::Traits;
use sportello::sla::book::{Books, PolicyBook};
use sportello::sla::calendar::Calendar;
use sportello::sla::clock::clocks;
use sportello::sla::deadline::due;
use sportello::store::{Db, timer};

/// Monday 2026-03-23, 10:00 in Rome: the clocks change within the week.
const START: UtcMillis = UtcMillis(1_774_256_400_000);
/// The version before the change.
const BEFORE: &str = "before";
const TICKETS: usize = 100_000;

const BOOK: &str = r#"
calendars:
  milano:
    time_zone: Europe/Rome
    week:
      mon: ["09:00-13:00", "14:00-18:00"]
      tue: ["09:00-13:00", "14:00-18:00"]
      wed: ["09:00-13:00", "14:00-18:00"]
      thu: ["09:00-13:00", "14:00-18:00"]
      fri: ["09:00-13:00", "14:00-18:00"]
      sat: ["09:00-13:00"]
    dates: {2026-04-06: [], 2026-12-24: ["09:00-12:00"], 2026-12-25: []}
policies:
  - name: urgent
    when: {priority: [urgent]}
    calendar: milano
    targets: {assignment: 5m, first_response: 15m, next_response: 15m, resolution: 4h}
  - name: rest
    calendar: milano
    targets: {assignment: 30m, first_response: 1h, next_response: 1h, resolution: 16h}
"#;

fn main() {
    divan::main();
    if std::env::args().any(|argument| argument == "--bench") {
        figures();
    }
}

fn book() -> PolicyBook {
    read(BOOK)
}

fn read(text: &str) -> PolicyBook {
    let file = SourceFile { name: "sla.yaml".to_owned(), text: text.to_owned() };
    PolicyBook::check_with(&file, &[]).0.unwrap()
}

/// The active book, and the one before the change of policy.
fn books() -> Books {
    let mut books = Books::from(read(&BOOK.replace("resolution: 16h", "resolution: 20h")));
    let before = book();
    books.add(BEFORE, Arc::new(before));
    books
}

fn calendar() -> Calendar {
    book().calendars["milano"].clone()
}

/// Three pauses of some hours, apart by a share of the whole.
fn pauses(whole: i64) -> [(UtcMillis, UtcMillis); 3] {
    [1, 2, 3].map(|n| (START.plus(n * whole / 5), START.plus(n * whole / 5 + 5 * HOUR)))
}

#[divan::bench]
fn deadline_in_a_week_with_three_pauses(bencher: Bencher<'_, '_>) {
    let (calendar, pauses) = (calendar(), pauses(7 * DAY));
    bencher.bench_local(|| due(&calendar, black_box(START), 30 * HOUR, black_box(&pauses)));
}

#[divan::bench]
fn deadline_in_a_year_with_three_pauses(bencher: Bencher<'_, '_>) {
    let (calendar, pauses) = (calendar(), pauses(365 * DAY));
    bencher.bench_local(|| due(&calendar, black_box(START), 2_200 * HOUR, black_box(&pauses)));
}

#[divan::bench]
fn deadline_in_a_week_by_walking_dates(bencher: Bencher<'_, '_>) {
    let (walk, pauses) = (Walk::new(), pauses(7 * DAY));
    bencher.bench_local(|| walk.due(black_box(START.0), 30 * HOUR, black_box(&pauses)));
}

#[divan::bench]
fn first_question_to_a_calendar(bencher: Bencher<'_, '_>) {
    let book = book();
    let fresh = || {
        let hours = |day: Date| book.calendars["milano"].hours_of(day).to_vec();
        let monday = jiff::civil::date(2026, 6, 1);
        let week = std::array::from_fn(|n| hours(monday + i64::try_from(n).unwrap().days()));
        Calendar::new("Europe/Rome", week, BTreeMap::new()).unwrap()
    };
    bencher.with_inputs(fresh).bench_local_values(|calendar| calendar.after(START, 30 * HOUR));
}

#[divan::bench]
fn read_policies(bencher: Bencher<'_, '_>) {
    bencher.bench_local(book);
}

#[divan::bench]
fn clocks_of_a_ticket(bencher: Bencher<'_, '_>) {
    let books = books();
    let ledger = ledger(&books, 7);
    bencher.bench_local(|| clocks(black_box(&ledger), &books, START.plus(5 * DAY)));
}

/// The baseline: the same hours, looked up date by date for each question.
struct Walk {
    zone: TimeZone,
    calendar: Calendar,
}

impl Walk {
    fn new() -> Self {
        let zone = TimeZoneDatabase::bundled().get("Europe/Rome").unwrap();
        Self { zone, calendar: calendar() }
    }

    fn intervals(&self, from: i64) -> impl Iterator<Item = (i64, i64)> {
        let local = Timestamp::from_millisecond(from).unwrap().to_zoned(self.zone.clone());
        let mut date = local.date() - 2.days();
        std::iter::from_fn(move || {
            let today = date;
            date = date.tomorrow().ok()?;
            Some(today)
        })
        .flat_map(|date| self.calendar.hours_of(date).iter().map(move |shift| (date, shift)))
        .map(|(date, shift)| (self.at(date, shift.open()), self.at(date, shift.close())))
    }

    fn at(&self, date: Date, minute: u16) -> i64 {
        let local = date.at(0, 0, 0, 0) + i64::from(minute).minutes();
        self.zone.to_ambiguous_timestamp(local).compatible().unwrap().as_millisecond()
    }

    fn due(&self, start: i64, target: i64, pauses: &[(UtcMillis, UtcMillis)]) -> i64 {
        let mut left = target;
        for (open, close) in self.intervals(start) {
            let mut open = open.max(start);
            let ends = pauses.iter().map(|&(from, to)| (from.0, to.0)).chain([(close, close)]);
            for (from, to) in ends {
                let active = from.min(close) - open;
                if active > 0 && left <= active {
                    return open + left;
                }
                left -= active.max(0);
                open = open.max(if from < close { to } else { close });
            }
        }
        0
    }
}

/// The ledger of an open ticket: handed over, taken, answered, paused, asked again, and put under
/// other policies.
fn ledger(books: &Books, number: usize) -> Vec<LedgerEvent> {
    let agent = AgentId(uuid::Uuid::from_u128(1));
    let ticket_id = TicketId(uuid::Uuid::from_u128(number as u128));
    let policy = if number.is_multiple_of(4) { "urgent" } else { "rest" };
    let to = if number.is_multiple_of(4) { Priority::Urgent } else { Priority::Normal };
    let applied = |version: &str| Fact::SlaApplied {
        policy: Some(policy.to_owned()),
        version: version.to_owned(),
        traits: Traits { priority: to, ..Traits::default() },
    };
    let facts = [
        (0, Fact::Created),
        (1, Fact::Prioritised { to }),
        (1, applied(BEFORE)),
        (1, Fact::Escalated),
        (1, Fact::Enqueued),
        (9, Fact::Accepted { agent }),
        (14, Fact::AgentMsg { agent }),
        (15, Fact::Status { to: TicketStatus::Pending }),
        (900, Fact::CustMsg { closing: false }),
        (901, applied(&books.active().version)),
    ];
    let begun = START.plus(i64::try_from(number % 5_000).unwrap() * MINUTE);
    let line =
        |(seq, (after, fact))| LedgerEvent { ticket_id, seq, at: begun.plus(after * MINUTE), fact };
    (1..).zip(facts).map(line).collect()
}

/// Nanoseconds of CPU that this thread has used; of the wall where that is not told.
fn spent(begun: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let first = told.and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    first.unwrap_or_else(|| begun.elapsed().as_secs_f64() * 1e9)
}

fn measured<T>(times: u32, mut work: impl FnMut() -> T) -> f64 {
    black_box(work());
    let begun = Instant::now();
    let before = spent(begun);
    for _ in 0..times {
        black_box(work());
    }
    (spent(begun) - before) / f64::from(times)
}

fn figures() {
    let (calendar, walk, books) = (calendar(), Walk::new(), books());
    let (short, long) = (pauses(7 * DAY), pauses(365 * DAY));
    assert_eq!(
        due(&calendar, START, 30 * HOUR, &short),
        Some(UtcMillis(walk.due(START.0, 30 * HOUR, &short))),
        "both give the same deadline"
    );
    let week = measured(200_000, || due(&calendar, black_box(START), 30 * HOUR, &short));
    let year = measured(200_000, || due(&calendar, black_box(START), 2_200 * HOUR, &long));
    let walked = measured(20_000, || walk.due(black_box(START.0), 30 * HOUR, &short));
    let ledgers: Vec<_> = (0..TICKETS).map(|number| ledger(&books, number)).collect();
    let now = START.plus(5 * DAY);
    let all = measured(1, || {
        ledgers.iter().map(|ledger| clocks(ledger, &books, now).len()).sum::<usize>()
    });
    println!("\nCPU of one thread");
    println!("  deadline, one week, 3 pauses   {:>8.2} µs   (at most 2)", week / 1e3);
    println!("  deadline, one year, 3 pauses   {:>8.2} µs", year / 1e3);
    println!("  {TICKETS} tickets re-evaluated  {:>8.3} s    (at most 1)", all / 1e9);
    println!("ratios");
    println!("  walking dates / blocks, week   {:>8.1}", walked / week);
    println!("  a year / a week                {:>8.2}", year / week);
    let ticket = all / TICKETS as f64;
    println!("  clocks of a ticket / deadline  {:>8.1}", ticket / week);
    let (few, many) = (watch(1_000), watch(100_000));
    println!("  watch at 100k open / at 1k     {:>8.2}   (50 due at both)", many / few);
}

/// What the watch's question costs, in ns: 50 rungs due, beside so many that are not.
fn watch(open: usize) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/house.db", folder.path().display());
    let due =
        |at: usize| if at < 50 { START } else { START.plus(DAY + i64::try_from(at).unwrap()) };
    let db = runtime.block_on(async {
        let db = Db::open(&url).await.unwrap();
        db.migrate().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for at in 0..open {
            timer::set(&mut tx, "sla_rung", &format!("{at}"), due(at)).await.unwrap();
        }
        tx.commit().await.unwrap();
        db
    });
    let began = Instant::now();
    for _ in 0..200 {
        let found = runtime.block_on(timer::due(&db, START.plus(HOUR), 200)).unwrap();
        assert_eq!(found.len(), 50);
    }
    began.elapsed().as_nanos() as f64 / 200.0
}

//! What supervisors see: every figure from records, by the formulas of `docs/sla.md`.

mod behind;
mod queues;
mod told;

use std::collections::{BTreeMap, HashSet};

pub use behind::behind;
pub use queues::lane;

use self::queues::Floor;
use super::access::BoardRight;
use super::fairness::{self, Shift};
use super::figures::{Class, Grouping, Tally, Window};
use super::view::{AlarmView, BoardView, RefusalView, ShareView, TicketRow};
use super::{House, ServiceError, shadow, viewing};
use crate::domain::agent::{Agent, Presence};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::survey::Rating;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::{DAY, MINUTE, UtcMillis};
use crate::queue::Snapshot;
use crate::sla::clock::{Clock, ClockState, Metric, every_clock};
use crate::store::episode::EpisodeEnd;
use crate::store::ticket::StoredTicket;
use crate::store::{self};
use crate::workforce::statistics::{mean, percentile, wilson};

/// Within which a return shows that the silence was no answer.
const RETURN_WINDOW: i64 = 3 * DAY;
/// How many urgent tickets the board names.
const URGENT: usize = 20;
/// How many unanswered messages the board names.
const UNANSWERED: i64 = 8;
/// How long a ticket may be on its way into the queue, or reserved, before the board misses it, ms.
const ON_ITS_WAY: i64 = MINUTE;
/// How many waiting tickets the board asks the queue for.
const SNAPSHOT: usize = 5_000;

/// The board as of now.
///
/// # Errors
/// `Unavailable`.
pub async fn board(house: &House, _right: &BoardRight) -> Result<BoardView, ServiceError> {
    let now = house.now();
    let since = now.plus(-DAY);
    let tickets = store::ticket::active_since(&house.db, since).await?;
    let ledgers = viewing::by_ticket(store::ledger::active_since(&house.db, since).await?);
    let agents = store::agent::all(&house.db).await?;
    let snapshot = house.queue.snapshot(SNAPSHOT, now).await.ok();
    let sessions = store::episode::count_since(&house.db, since).await?;
    let returned = store::episode::returned_since(&house.db, since, RETURN_WINDOW).await?;
    let (invited, ratings) = store::feedback::figures_since(&house.db, since).await?;
    let clocks = reckon(house, &ledgers, now).await?;
    let states = standings(&tickets, &clocks, now);
    let new: Vec<_> =
        tickets.iter().filter(|stored| stored.ticket.status() == TicketStatus::New).collect();
    let recent = Window::last(DAY, now);
    let recent: Vec<&Clock> = clocks.values().flatten().filter(|c| recent.holds(c)).collect();
    let kept = tally(&recent);
    let (told_waits, told_waits_pending) = told::told_waits(&recent);
    let first: Vec<i64> = recent.iter().filter_map(|clock| first_response(clock)).collect();
    let waits = answer_waits(&ledgers, since);
    let floor = Floor::new(&agents, snapshot.as_ref());
    let by_lane = queues::by_lane(&new);
    let (lanes, lanes_total) = queues::lanes(&by_lane, &clocks, &floor, now);
    let mut people = viewing::people(&agents, snapshot.as_ref());
    viewing::tell_stances(house, &mut people).await?;
    let online = present(&agents, snapshot.as_ref(), Presence::Online);
    Ok(BoardView {
        at: now.0,
        waiting: size(new.len()),
        oldest_wait: new.iter().map(|stored| now.since(stored.ticket.enqueued_at)).max(),
        at_risk: size(states.iter().filter(|state| **state == Standing::AtRisk).count()),
        breached: size(states.iter().filter(|state| **state == Standing::Late).count()),
        online: size(online.len()),
        busy: size(online.iter().filter(|id| busy(&tickets, **id)).count()),
        away: size(present(&agents, snapshot.as_ref(), Presence::Away).len()),
        first_response_p50: percentile(&first, 50),
        first_response_p90: percentile(&first, 90),
        first_response_n: size(first.len()),
        sla: share(kept.of(Class::Met), kept.of(Class::Met) + kept.of(Class::Missed)),
        sla_pending: kept.of(Class::Pending),
        sla_provisional: kept.of(Class::Provisional),
        told_waits,
        told_waits_pending,
        asa: mean(&waits).map(rounded),
        containment: containment(&sessions, returned),
        sessions: outcomes(&sessions),
        csat: csat(&ratings),
        csat_mean: rating_mean(&ratings),
        invited,
        agents: people,
        lanes,
        lanes_total,
        unserved: queues::unserved(&by_lane, &floor, now),
        fairness: fairness::glance(house, &Shift::last(DAY, now)).await?,
        urgent: urgent(house, &tickets).await?,
        unanswered: store::episode::unanswered_since(&house.db, since, UNANSWERED).await?,
        shadow: shadow::glance(house).await?,
        alarms: alarms(house, left_out(house, &new, snapshot.as_ref()).await?).await?,
    })
}

/// How a live ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Fine,
    AtRisk,
    Late,
}

/// How each live ticket stands.
fn standings(
    tickets: &[StoredTicket],
    clocks: &BTreeMap<TicketId, Vec<Clock>>,
    now: UtcMillis,
) -> Vec<Standing> {
    let live = tickets.iter().filter(|stored| stored.ticket.status().is_live());
    let clocks = live.map(|stored| clocks.get(&stored.ticket.id).map_or(&[][..], Vec::as_slice));
    clocks.map(|clocks| worst(clocks, now)).collect()
}

fn tally(clocks: &[&Clock]) -> Tally {
    let mut tally = Tally::new(Grouping::Metric);
    for clock in clocks {
        tally.add(clock);
    }
    tally
}

fn worst(clocks: &[Clock], now: UtcMillis) -> Standing {
    let standing = |clock: &Clock| match clock.state {
        ClockState::Late { .. } => Standing::Late,
        ClockState::Running if clock.rungs.iter().any(|(_, at)| *at <= now) => Standing::AtRisk,
        _ => Standing::Fine,
    };
    clocks.iter().map(standing).max().unwrap_or(Standing::Fine)
}

async fn reckon(
    house: &House,
    ledgers: &std::collections::HashMap<TicketId, Vec<LedgerEvent>>,
    now: UtcMillis,
) -> Result<BTreeMap<TicketId, Vec<Clock>>, ServiceError> {
    let mut all = BTreeMap::new();
    for (ticket, ledger) in ledgers {
        let books = house.content.books_for(&house.db, ledger).await?;
        all.insert(*ticket, every_clock(ledger, &books, now));
    }
    Ok(all)
}

/// Working ms from the escalation to the first human word.
fn first_response(clock: &Clock) -> Option<i64> {
    let is_first = clock.metric == Metric::FirstResponse && clock.state.stopped().is_some();
    is_first.then_some(clock.elapsed)
}

/// `accepted - enqueued` of each wait that ended in the window; transfers of one wait carry on.
fn answer_waits(
    ledgers: &std::collections::HashMap<TicketId, Vec<LedgerEvent>>,
    since: UtcMillis,
) -> Vec<i64> {
    let mut waits = Vec::new();
    for ledger in ledgers.values() {
        let mut entered = None;
        for event in ledger {
            match event.fact {
                Fact::Enqueued => entered = entered.or(Some(event.at)),
                Fact::Accepted { .. } => {
                    let wait = entered.take().map(|entered| event.at.since(entered));
                    waits.extend(wait.filter(|_| event.at >= since));
                }
                _ => {}
            }
        }
    }
    waits
}

/// A proportion with Wilson's interval, in percent.
pub(super) fn share(part: u64, whole: u64) -> ShareView {
    let percent = |share: f64| (share * 1_000.0).round() / 10.0;
    ShareView {
        part,
        whole,
        percent: (whole > 0).then(|| percent(part as f64 / whole as f64)),
        interval: wilson(part, whole).map(|(low, high)| (percent(low), percent(high))),
    }
}

fn outcomes(sessions: &[(String, u64)]) -> Vec<(String, u64)> {
    let of = |word: &str| sessions.iter().find(|(o, _)| o == word).map_or(0, |(_, n)| *n);
    let ends = EpisodeEnd::ALL.iter().map(|end| end.as_str());
    ends.chain(["running"]).map(|word| (word.to_owned(), of(word))).collect()
}

/// `(confirmed + silent without a return) / sessions`. Sessions that still run have no outcome yet
/// and are shown apart.
fn containment(sessions: &[(String, u64)], returned: u64) -> ShareView {
    let of = |outcome: &str| sessions.iter().find(|(o, _)| o == outcome).map_or(0, |(_, n)| *n);
    let ended = sessions.iter().filter(|(outcome, _)| outcome != "running").map(|(_, n)| n).sum();
    share(of("confirmed") + of("silent").saturating_sub(returned), ended)
}

fn csat(ratings: &[(Rating, u64)]) -> ShareView {
    let good = ratings.iter().filter(|(rating, _)| rating.is_satisfied()).map(|(_, n)| n).sum();
    share(good, ratings.iter().map(|(_, n)| n).sum())
}

fn rating_mean(ratings: &[(Rating, u64)]) -> Option<f64> {
    let all: u64 = ratings.iter().map(|(_, n)| n).sum();
    let sum: u64 = ratings.iter().map(|(rating, n)| u64::from(rating.value()) * n).sum();
    (all > 0).then(|| (sum as f64 / all as f64 * 100.0).round() / 100.0)
}

fn present(agents: &[Agent], snapshot: Option<&Snapshot>, presence: Presence) -> Vec<AgentId> {
    let known = |agent: &&Agent| {
        snapshot.is_some_and(|snapshot| {
            snapshot.agents.iter().any(|s| s.agent == agent.id && s.presence == presence)
        })
    };
    agents.iter().filter(known).map(|agent| agent.id).collect()
}

fn busy(tickets: &[StoredTicket], agent: AgentId) -> bool {
    tickets.iter().any(|s| s.ticket.assignee() == Some(agent) && s.ticket.status().is_held())
}

async fn urgent(house: &House, tickets: &[StoredTicket]) -> Result<Vec<TicketRow>, ServiceError> {
    let mut live: Vec<_> = tickets
        .iter()
        .filter(|s| matches!(s.ticket.status(), TicketStatus::New | TicketStatus::Open))
        .cloned()
        .collect();
    live.sort_by_key(|stored| (stored.score, stored.ticket.id));
    live.truncate(URGENT);
    viewing::rows(house, &live).await
}

/// How many tickets wait in the records and, for longer than it takes to get there, not in the queue.
async fn left_out(
    house: &House,
    new: &[&StoredTicket],
    snapshot: Option<&Snapshot>,
) -> Result<u64, ServiceError> {
    let whole = snapshot.filter(|snapshot| snapshot.total_waiting <= SNAPSHOT as u64);
    let Some(snapshot) = whole else { return Ok(0) };
    let known: HashSet<_> = snapshot.waiting.iter().map(|waiting| waiting.ticket).collect();
    let before = house.now().plus(-ON_ITS_WAY);
    let missing = |stored: &&&StoredTicket| {
        stored.ticket.enqueued_at < before && !known.contains(&stored.ticket.id)
    };
    let missing: Vec<_> = new.iter().filter(missing).collect();
    if missing.is_empty() {
        return Ok(0);
    }
    let asked = store::offer::open(&house.db).await?;
    Ok(size(missing.iter().filter(|stored| !asked.contains_key(&stored.ticket.id)).count()))
}

async fn alarms(house: &House, left_out: u64) -> Result<Vec<AlarmView>, ServiceError> {
    let mut alarms = Vec::new();
    if left_out > 0 {
        let (kind, detail) = ("left_out".to_owned(), String::new());
        alarms.push(AlarmView { kind, count: left_out, detail });
    }
    alarms.extend(refused_files(house).await?);
    let raised = house.alarms.lock().map(|raised| raised.clone()).unwrap_or_default();
    for (kind, detail) in raised {
        alarms.push(AlarmView { kind: kind.to_owned(), count: 1, detail });
    }
    for (state, count) in store::letter::counted(&house.db).await? {
        let kind = if state == "dead" { "failed" } else { "unconfirmed" }.to_owned();
        alarms.push(AlarmView { kind, count, detail: String::new() });
    }
    for (status, count) in store::inbox::count_by_status(&house.db).await? {
        if matches!(status.as_str(), "unparsed" | "failed") {
            let detail = format!("{status} updates in the inbox");
            alarms.push(AlarmView { kind: "unparsed".to_owned(), count, detail });
        }
    }
    Ok(alarms)
}

/// Files that were refused: the first problems, each at its place.
async fn refused_files(house: &House) -> Result<Vec<AlarmView>, ServiceError> {
    let refusals = shadow::refusals(&house.db).await?;
    Ok(refusals.into_iter().map(RefusalView::alarm).collect())
}

fn size(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of waits in ms fits i64 by far")]
pub(super) fn rounded(value: f64) -> i64 {
    value.round() as i64
}

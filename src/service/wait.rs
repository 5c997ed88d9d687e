//! What a customer can be told about the wait, from who is here and how fast tickets are taken.
//!
//! `wait = (tickets ahead + 1) × mean interval between acceptances`, told as a range from half to
//! one and a half of it, at least a minute. The interval is measured over the last hour, and is an
//! assumed handling time shared by the agents online before anything could be measured.

use std::sync::Mutex;
use std::time::Duration;

use super::House;
use crate::dialogue::Wait;
use crate::domain::agent::Presence;
use crate::domain::id::AgentId;
use crate::domain::language::Language;
use crate::domain::ticket::Requirement;
use crate::domain::time::{HOUR, MINUTE, SECOND, UtcMillis};
use crate::queue::Snapshot;
use crate::routing::eligibility::may_serve;
use crate::store;

/// For how long an estimate is good.
const FRESH: i64 = 2 * SECOND;
/// The handling time assumed before anything was measured.
const ASSUMED_HANDLING: i64 = 5 * MINUTE;
/// The fewest acceptances an interval is measured from.
const ENOUGH: u64 = 5;

/// How long a turn waits for the queue.
const PATIENCE: Duration = Duration::from_millis(500);
/// For how long a queue that did not answer is not asked again.
const LEFT_ALONE: i64 = 10 * SECOND;

/// The last estimates, by language.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    estimates: Vec<(Option<Language>, UtcMillis, Wait)>,
    /// When the queue last failed to answer.
    silent_at: Option<UtcMillis>,
}

/// What can be said now to a customer of this language.
pub(super) async fn estimate(house: &House, language: Option<Language>) -> Wait {
    let now = house.now();
    let mut is_silent = false;
    if let Ok(known) = house.waits.0.lock() {
        let mut estimates = known.estimates.iter();
        let fresh = estimates.find(|(of, at, _)| *of == language && now.since(*at) < FRESH);
        if let Some((_, _, wait)) = fresh {
            return *wait;
        }
        is_silent = known.silent_at.is_some_and(|at| now.since(at) < LEFT_ALONE);
    }
    let wait = if is_silent { None } else { reckon(house, language, now).await };
    let wait = wait.unwrap_or_else(|| next_shift(house, now));
    if let Ok(mut known) = house.waits.0.lock() {
        known.estimates.retain(|(of, _, _)| *of != language);
        known.estimates.push((language, now, wait));
    }
    wait
}

/// How the queue looks now; `None` when it does not answer soon.
async fn ask_queue(house: &House, now: UtcMillis) -> Option<Snapshot> {
    let asked = tokio::time::timeout(PATIENCE, house.queue.snapshot(0, now)).await;
    let answer = asked.ok().and_then(Result::ok);
    if let Ok(mut known) = house.waits.0.lock() {
        known.silent_at = answer.is_none().then_some(now);
    }
    answer
}

/// `None` when nobody who can serve it is here, or the queue does not answer.
async fn reckon(house: &House, language: Option<Language>, now: UtcMillis) -> Option<Wait> {
    let snapshot = ask_queue(house, now).await?;
    let online: Vec<AgentId> = snapshot
        .agents
        .iter()
        .filter(|agent| agent.presence == Presence::Online)
        .map(|agent| agent.agent)
        .collect();
    let requirement = Requirement { language, ..Requirement::default() };
    let people = store::agent::all(&house.db).await.ok()?;
    let able = people
        .iter()
        .filter(|person| online.contains(&person.id))
        .filter(|person| may_serve(&person.profile, &requirement).is_ok())
        .count();
    let able = i64::try_from(able).ok().filter(|able| *able > 0)?;
    let since = now.plus(-HOUR);
    let (accepted, first) = store::ledger::tally_since(&house.db, "accepted", since).await.ok()?;
    let measured = first.map_or(0, |first| now.since(first));
    let interval = if accepted >= ENOUGH {
        measured / i64::try_from(accepted).unwrap_or(1).max(1)
    } else {
        ASSUMED_HANDLING / able
    };
    let ahead = i64::try_from(snapshot.total_waiting).unwrap_or(0);
    let expected = (ahead + 1).saturating_mul(interval);
    Some(Wait::Within { low: expected / 2, high: (expected + expected / 2).max(MINUTE) })
}

fn next_shift(house: &House, now: UtcMillis) -> Wait {
    let book = house.content.book();
    let calendar = book.policies.last().and_then(|policy| book.calendars.get(&policy.calendar));
    match calendar {
        Some(calendar) if !calendar.is_open(now) => {
            calendar.next_opening(now).map_or(Wait::Unknown, |opens| Wait::NextShift { opens })
        }
        _ => Wait::Unknown,
    }
}

//! What a customer can be told about the wait, from who is here and how fast tickets are taken.
//!
//! `wait = (tickets ahead + 1) × mean interval between acceptances`, told as a range from half to
//! one and a half of it, in whole minutes. *Ahead* are the waiting tickets that the same people can
//! serve. The interval is measured over the last hour and belongs to everybody online; of those who
//! can serve this request it is their share. Before anything could be measured it is an assumed
//! handling time shared by them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::House;
use crate::dialogue::{Effect, Say, Sentence, Step, Wait, Words};
use crate::domain::agent::{Presence, Profile};
use crate::domain::language::Language;
use crate::domain::ticket::Requirement;
use crate::domain::time::{HOUR, MINUTE, SECOND, UtcMillis};
use crate::queue::{Snapshot, Waiting};
use crate::routing::eligibility::may_serve;
use crate::routing::teams::OutOfHours;
use crate::store;

/// For how long a look at the queue is good.
const FRESH: i64 = 2 * SECOND;
/// The handling time assumed before anything was measured.
const ASSUMED_HANDLING: i64 = 5 * MINUTE;
/// The fewest acceptances an interval is measured from.
const ENOUGH: u64 = 5;
/// How many waiting tickets are looked at; of the rest the same share is taken to compete.
const LOOKED_AT: usize = 500;

/// How long a turn waits for the queue.
const PATIENCE: Duration = Duration::from_millis(500);
/// For how long a queue that did not answer is not asked again.
const LEFT_ALONE: i64 = 10 * SECOND;

/// The last look at the queue.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    seen: Option<(UtcMillis, Arc<Picture>)>,
    /// When the queue last failed to answer.
    silent_at: Option<UtcMillis>,
}

/// Who is here, what waits, and how fast it is taken.
#[derive(Debug, Default)]
pub(super) struct Picture {
    online: Vec<Profile>,
    waiting: Vec<Waiting>,
    total: u64,
    /// Between two acceptances by anybody, ms; `None` before enough were seen.
    interval: Option<i64>,
}

impl Picture {
    /// `None` when nobody who can serve it is here. `before` is the score of a ticket that waits
    /// already: only those before it are ahead.
    fn wait(&self, requirement: &Requirement, before: Option<UtcMillis>) -> Option<Wait> {
        let may = |profile: &&Profile| may_serve(profile, requirement).is_ok();
        let able: Vec<&Profile> = self.online.iter().filter(may).collect();
        let hands = i64::try_from(able.len()).ok().filter(|hands| *hands > 0)?;
        let everybody = i64::try_from(self.online.len()).unwrap_or(hands);
        let interval = self.interval.map_or(ASSUMED_HANDLING / hands, |interval| {
            interval.saturating_mul(everybody) / hands
        });
        let expected = (self.ahead(&able, before) + 1).saturating_mul(interval);
        Some(told(expected / 2, expected.saturating_add(expected / 2)))
    }

    fn ahead(&self, able: &[&Profile], before: Option<UtcMillis>) -> i64 {
        let competes = |ticket: &&Waiting| {
            before.is_none_or(|before| ticket.score < before)
                && able.iter().any(|profile| may_serve(profile, &ticket.requirement).is_ok())
        };
        let seen = self.waiting.iter().filter(competes).count() as u64;
        let looked_at = self.waiting.len() as u64;
        let unseen = self.total.saturating_sub(looked_at);
        let of_unseen = (unseen * seen).checked_div(looked_at).filter(|_| before.is_none());
        i64::try_from(seen + of_unseen.unwrap_or(0)).unwrap_or(i64::MAX - 1)
    }
}

/// A range in whole minutes, or whole hours when it is long, as it is put into words: what is told is
/// what is promised.
pub(super) fn told(low: i64, high: i64) -> Wait {
    let unit = if high > 2 * HOUR { HOUR } else { MINUTE };
    let units = |amount: i64| amount.max(1).saturating_add(unit - 1) / unit;
    let high = units(high).saturating_mul(unit);
    Wait::Within { low: (low / unit * unit).clamp(unit, high), high }
}

/// What can be said now to a customer of this language.
pub(super) async fn estimate(house: &House, language: Option<Language>) -> Wait {
    let requirement = Requirement { language, ..Requirement::default() };
    estimate_for(house, &requirement, None).await
}

/// What can be said to a customer of this language, from a look that was taken before.
pub(super) fn estimate_from(
    house: &House,
    seen: Option<&Picture>,
    language: Option<Language>,
) -> Wait {
    let requirement = Requirement { language, ..Requirement::default() };
    let wait = seen.and_then(|picture| picture.wait(&requirement, None));
    wait.unwrap_or_else(|| next_shift(house, &requirement))
}

/// What can be said now about such a request, or about one that waits with this score.
pub(super) async fn estimate_for(
    house: &House,
    requirement: &Requirement,
    before: Option<UtcMillis>,
) -> Wait {
    let picture = look(house).await;
    let wait = picture.and_then(|picture| picture.wait(requirement, before));
    wait.unwrap_or_else(|| next_shift(house, requirement))
}

/// Tells the wait for what the request turned out to need, without asking anybody again: the look
/// that was taken before the turn.
pub(super) fn refine(house: &House, taken: &mut Step, wait: Wait) -> Wait {
    let handed = taken.effects.iter().find_map(|effect| match effect {
        Effect::Escalate(handoff) => Some(handoff.requirement.clone()),
        _ => None,
    });
    let (Some(requirement), Some(picture)) = (handed, fresh(house)) else { return wait };
    let refined =
        picture.wait(&requirement, None).unwrap_or_else(|| next_shift(house, &requirement));
    for effect in &mut taken.effects {
        if let Effect::Say(Say { words: Words::House(Sentence::Waiting { wait }), .. }) = effect {
            *wait = refined;
        }
    }
    refined
}

/// Whether a team is there, by its calendar or that of the house's last policy.
pub(super) fn opens(house: &House, team: Option<&str>, now: UtcMillis) -> Opening {
    let book = house.content.book();
    let of_team = team.and_then(|team| book.calendar_of.teams.get(team));
    let usual = || book.policies.last().map(|policy| &policy.calendar);
    let calendar = of_team.or_else(usual).and_then(|name| book.calendars.get(name));
    match calendar {
        Some(calendar) if !calendar.is_open(now) => {
            calendar.next_opening(now).map_or(Opening::Never, Opening::At)
        }
        _ => Opening::Open,
    }
}

/// When somebody is on shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Now.
    Open,
    /// At this instant.
    At(UtcMillis),
    /// It is closed for good.
    Never,
}

/// What is told while nobody who can serve it is here: when the team opens, if its rules promise that.
fn next_shift(house: &House, requirement: &Requirement) -> Wait {
    let team = requirement.team.as_deref();
    let promises = house.content.rules().of(team).out_of_hours == OutOfHours::QueueWithPromise;
    match opens(house, team, house.now()) {
        Opening::At(opens) if promises => Wait::NextShift { opens },
        _ => Wait::Unknown,
    }
}

/// The last look, while it is good.
fn fresh(house: &House) -> Option<Arc<Picture>> {
    let known = house.waits.0.lock().ok()?;
    let (at, picture) = known.seen.as_ref()?;
    (house.now().since(*at) < FRESH).then(|| Arc::clone(picture))
}

/// Looks at the queue and the people; `None` when it does not answer soon.
pub(super) async fn look(house: &House) -> Option<Arc<Picture>> {
    if let Some(picture) = fresh(house) {
        return Some(picture);
    }
    let now = house.now();
    if let Ok(known) = house.waits.0.lock()
        && known.silent_at.is_some_and(|at| now.since(at) < LEFT_ALONE)
    {
        return None;
    }
    let picture = Arc::new(take_in(house, now).await?);
    if let Ok(mut known) = house.waits.0.lock() {
        known.seen = Some((now, Arc::clone(&picture)));
    }
    Some(picture)
}

/// How the queue looks now; `None` when it does not answer soon.
async fn ask_queue(house: &House, now: UtcMillis) -> Option<Snapshot> {
    let asked = tokio::time::timeout(PATIENCE, house.queue.snapshot(LOOKED_AT, now)).await;
    let answer = asked.ok().and_then(Result::ok);
    if let Ok(mut known) = house.waits.0.lock() {
        known.silent_at = answer.is_none().then_some(now);
    }
    answer
}

async fn take_in(house: &House, now: UtcMillis) -> Option<Picture> {
    let snapshot = ask_queue(house, now).await?;
    let people = store::agent::all(&house.db).await.ok()?;
    let is_online = |id| {
        let mut agents = snapshot.agents.iter();
        agents.any(|agent| agent.agent == id && agent.presence == Presence::Online)
    };
    let online = people.into_iter().filter(|person| is_online(person.id));
    let since = now.plus(-HOUR);
    let (accepted, first) = store::ledger::tally_since(&house.db, "accepted", since).await.ok()?;
    let measured = first.map_or(0, |first| now.since(first));
    let interval = i64::try_from(accepted).ok().filter(|_| accepted >= ENOUGH);
    Some(Picture {
        online: online.map(|person| person.profile).collect(),
        waiting: snapshot.waiting,
        total: snapshot.total_waiting,
        interval: interval.map(|accepted| measured / accepted.max(1)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TicketId;
    use crate::domain::skill::Skills;

    fn of_team(team: &str) -> Profile {
        Profile {
            teams: [team.to_owned()].into(),
            languages: Language::ALL.into_iter().collect(),
            skills: Skills::default(),
            capacity: 3,
        }
    }

    fn needs(team: &str) -> Requirement {
        Requirement { team: Some(team.to_owned()), ..Requirement::default() }
    }

    fn waiting(team: &str, score: i64) -> Waiting {
        let ticket = TicketId(uuid::Uuid::nil());
        Waiting { ticket, requirement: needs(team), score: UtcMillis(score), cost: 1 }
    }

    fn two_teams() -> Picture {
        Picture {
            online: vec![of_team("shop"), of_team("shop"), of_team("bills")],
            waiting: vec![waiting("shop", 1), waiting("shop", 2), waiting("bills", 3)],
            total: 3,
            interval: None,
        }
    }

    fn minutes(low: i64, high: i64) -> Wait {
        Wait::Within { low: low * MINUTE, high: high * MINUTE }
    }

    #[test]
    fn only_the_own_teams_queue_and_people_count() {
        let picture = two_teams();
        // Two tickets ahead, five minutes shared by two: 7.5 minutes expected.
        assert_eq!(picture.wait(&needs("shop"), None), Some(minutes(3, 12)));
        // One ticket ahead, one person: ten minutes.
        assert_eq!(picture.wait(&needs("bills"), None), Some(minutes(5, 15)));
        assert_eq!(picture.wait(&needs("legal"), None), None);
    }

    #[test]
    fn who_waits_already_has_only_the_earlier_ones_ahead() {
        let picture = two_teams();
        let before = Some(UtcMillis(1));
        assert_eq!(picture.wait(&needs("shop"), before), Some(minutes(1, 4)));
    }

    #[test]
    fn a_measured_pace_is_shared_by_those_who_can() {
        let picture = Picture { interval: Some(MINUTE), ..two_teams() };
        // One of three takes every third ticket: three minutes each, two of them.
        assert_eq!(picture.wait(&needs("bills"), None), Some(minutes(3, 9)));
    }

    #[test]
    fn a_long_queue_is_taken_to_go_on_as_it_begins() {
        let picture = Picture { total: 30, ..two_teams() };
        assert_eq!(picture.ahead(&[&of_team("shop")], None), 2 + 18);
    }

    #[test]
    fn what_is_told_is_whole_minutes() {
        assert_eq!(told(0, 10), minutes(1, 1));
        assert_eq!(told(90_000, 150_001), minutes(1, 3));
        assert_eq!(told(100 * MINUTE, 121 * MINUTE), minutes(60, 180));
    }
}

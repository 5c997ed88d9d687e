//! Another reading of a ledger, minute by minute and as `docs/sla.md` tells it, for four metrics:
//! it shares nothing with the program but the lines themselves.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use sportello::domain::ledger::{Cancellation, Fact, LedgerEvent};
use sportello::domain::ticket::TicketStatus;
use sportello::domain::time::{HOUR, MINUTE, UtcMillis};

/// 2026-10-22 00:00 UTC: three days before Europe changes its clocks.
pub(super) const FIRST_DAY: UtcMillis = UtcMillis(1_792_627_200_000);
/// The metrics that are read here.
pub(super) const METRICS: [&str; 4] =
    ["assignment", "first_response", "next_response", "resolution"];
const ASSIGNMENT: usize = 0;
const FIRST: usize = 1;
const NEXT: usize = 2;
const RESOLUTION: usize = 3;
const WINDOW: i64 = 72 * HOUR;

/// Which minutes of the time since [`FIRST_DAY`] are open, per calendar.
pub(super) struct Minutes {
    nights: Vec<bool>,
    office: [Vec<bool>; 2],
}

impl Minutes {
    /// Asks the clock on the wall, minute by minute, what is open until `now`.
    pub(super) fn until(now: UtcMillis) -> Self {
        let minutes = |zone: &str, open: &dyn Fn(jiff::Zoned) -> bool| {
            let zone = TimeZone::get(zone).unwrap();
            let all = (FIRST_DAY.0..now.0).step_by(usize::try_from(MINUTE).unwrap());
            all.map(|at| {
                open(jiff::Timestamp::from_millisecond(at).unwrap().to_zoned(zone.clone()))
            })
            .collect()
        };
        let nights = |at: jiff::Zoned| at.hour() >= 20 || at.hour() < 6;
        let office = |friday_until: i8| {
            move |at: jiff::Zoned| {
                let day = at.weekday().to_monday_one_offset();
                match (at.month(), at.day()) {
                    (11, 11) => return false,
                    (11, 20) => return (9..12).contains(&at.hour()),
                    _ => {}
                }
                let until = if day == 5 { friday_until } else { 18 };
                day <= 5 && at.hour() >= 9 && at.hour() < until && at.hour() != 13
            }
        };
        Self {
            nights: minutes("Europe/Rome", &nights),
            office: [
                minutes("America/New_York", &office(18)),
                minutes("America/New_York", &office(12)),
            ],
        }
    }
}

/// What a policy promises, minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Offer {
    policy: Option<&'static str>,
    targets: [Option<i64>; 4],
    /// 0 the wall, 1 the nights, 2 and 3 the office of either version.
    hours: usize,
}

fn offer(policy: Option<&str>, second: bool, team: Option<&str>) -> Offer {
    let office = if second { 3 } else { 2 };
    let (policy, targets, hours) = match policy {
        Some("quick") if second => ("quick", [Some(30), Some(120), Some(45), Some(720)], 1),
        Some("quick") => ("quick", [Some(30), Some(60), Some(45), Some(360)], 1),
        Some("steady") => ("steady", [Some(240), Some(480), Some(180), Some(2_400)], office),
        Some("loose") => ("loose", [Some(3_600), None, None, Some(7_200)], 1),
        _ => return Offer { policy: None, targets: [None; 4], hours: 0 },
    };
    let hours = if team == Some("night") { 1 } else { hours };
    Offer { policy: Some(policy), targets, hours }
}

/// One clock as read here; instants in ms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) metric: &'static str,
    pub(super) state: &'static str,
    pub(super) start: i64,
    pub(super) until: i64,
    /// When its result became known.
    pub(super) known: Option<i64>,
    pub(super) stopped: bool,
    pub(super) elapsed: i64,
    pub(super) policy: Option<String>,
    pub(super) team: Option<String>,
    pub(super) agent: Option<String>,
}

struct Spell {
    metric: usize,
    start: i64,
    /// When, and whether by what it waited for.
    end: Option<(i64, bool)>,
}

/// What was read line by line.
#[derive(Default)]
struct Reading {
    spells: Vec<Spell>,
    statuses: Vec<(i64, TicketStatus)>,
    hands: Vec<(i64, Option<String>)>,
    terms: BTreeMap<i64, (Offer, Option<String>)>,
    answered: bool,
    voided: bool,
    wrote_afterwards: Option<i64>,
}

impl Reading {
    fn status(&self) -> Option<TicketStatus> {
        self.statuses.last().map(|status| status.1)
    }

    fn is_over(&self) -> bool {
        matches!(self.status(), Some(TicketStatus::Resolved | TicketStatus::Closed))
    }

    fn start(&mut self, metric: usize, at: i64) {
        if self.spells.iter().all(|spell| spell.metric != metric || spell.end.is_some()) {
            self.spells.push(Spell { metric, start: at, end: None });
        }
    }

    fn end(&mut self, metrics: &[usize], at: i64, stopped: bool) {
        for spell in &mut self.spells {
            if spell.end.is_none() && metrics.contains(&spell.metric) {
                spell.end = Some((at, stopped));
            }
        }
    }

    fn line(&mut self, at: i64, fact: &Fact, second: &str) {
        match fact {
            Fact::Escalated => {
                self.statuses.push((at, TicketStatus::New));
                self.start(FIRST, at);
                self.start(RESOLUTION, at);
            }
            Fact::SlaApplied { policy, version, traits } => {
                let offer = offer(policy.as_deref(), version == second, traits.team.as_deref());
                self.terms.insert(at, (offer, traits.team.clone()));
            }
            Fact::Enqueued => {
                self.start(ASSIGNMENT, at);
                self.hands.push((at, None));
                self.statuses.push((at, TicketStatus::New));
            }
            Fact::Accepted { agent } => {
                self.end(&[ASSIGNMENT], at, true);
                self.hands.push((at, Some(agent.to_string())));
                self.statuses.push((at, TicketStatus::Open));
            }
            Fact::AgentMsg { agent } => {
                self.end(&[FIRST, NEXT], at, true);
                self.hands.push((at, Some(agent.to_string())));
                (self.answered, self.wrote_afterwards) = (true, None);
            }
            Fact::CustMsg { closing: false } if self.is_over() => self.wrote_afterwards = Some(at),
            Fact::CustMsg { closing: false } => {
                if self.status() == Some(TicketStatus::Pending) {
                    self.statuses.push((at, TicketStatus::Open));
                }
                if self.answered {
                    self.start(NEXT, at);
                }
            }
            Fact::Status { to } => self.statuses.push((at, *to)),
            Fact::Resolved { agent } => {
                self.hands.extend(agent.map(|agent| (at, Some(agent.to_string()))));
                self.end(&[NEXT, RESOLUTION], at, true);
                self.end(&[ASSIGNMENT, FIRST], at, false);
                self.statuses.push((at, TicketStatus::Resolved));
            }
            Fact::Reopened => self.reopened(at),
            Fact::Closed | Fact::Abandoned | Fact::Cancelled { .. } => {
                self.voided |= matches!(
                    fact,
                    Fact::Cancelled { why: Cancellation::Spam | Cancellation::Test }
                );
                self.end(&[ASSIGNMENT, FIRST, NEXT, RESOLUTION], at, false);
                self.statuses.push((at, TicketStatus::Closed));
            }
            _ => {}
        }
    }

    fn reopened(&mut self, at: i64) {
        self.statuses.push((at, TicketStatus::Open));
        let last = self.spells.iter_mut().rfind(|spell| spell.metric == RESOLUTION).unwrap();
        match last.end {
            Some((stop, true)) if at - stop <= WINDOW => last.end = None,
            _ => self.start(RESOLUTION, at),
        }
        if !self.answered {
            self.start(FIRST, at);
        } else if let Some(wrote) = self.wrote_afterwards.take() {
            self.start(NEXT, wrote);
        }
    }

    /// Active ms from a start on, and when the target was used up.
    fn walk(
        &self,
        metric: usize,
        from: i64,
        to: i64,
        offer: Offer,
        open: &Minutes,
    ) -> (i64, Option<i64>) {
        let (mut active, mut used_up) = (0, None);
        for at in (from..to).step_by(usize::try_from(MINUTE).unwrap()) {
            let place = usize::try_from((at - FIRST_DAY.0) / MINUTE).unwrap();
            let is_open = match offer.hours {
                0 => true,
                1 => open.nights[place],
                office => open.office[office - 2][place],
            };
            if is_open && !self.is_paused(metric, offer, at) {
                active += 1;
                if Some(active) == offer.targets[metric] {
                    used_up = Some(at + MINUTE);
                }
            }
        }
        (active * MINUTE, used_up)
    }

    fn is_paused(&self, metric: usize, offer: Offer, at: i64) -> bool {
        use TicketStatus::{Closed, OnHold, Pending, Resolved, Snoozed};
        let status = self.statuses.iter().rfind(|(since, _)| *since <= at).map(|status| status.1);
        let Some(status) = status else { return false };
        match metric {
            ASSIGNMENT => false,
            FIRST => offer.policy == Some("quick") && status == Pending,
            NEXT => matches!(status, Pending | Snoozed),
            _ => matches!(status, Pending | OnHold | Snoozed | Resolved | Closed),
        }
    }

    fn agent_at(&self, at: i64) -> Option<String> {
        self.hands.iter().rfind(|(since, _)| *since <= at).and_then(|(_, agent)| agent.clone())
    }

    /// The terms that a spell lived under, those joined that promise the same.
    fn lived_under(&self, spell: &Spell, until: i64) -> Vec<(i64, Offer, Option<String>)> {
        let none = Offer { policy: None, targets: [None; 4], hours: 0 };
        let before = self.terms.range(..=spell.start).next_back();
        let first = before.or_else(|| self.terms.range(..=until).next());
        let Some((&since, (offer, team))) = first else { return vec![(0, none, None)] };
        let mut lived = vec![(since, *offer, team.clone())];
        for (&at, (offer, team)) in self.terms.range(since + 1..until.max(since + 1)) {
            let (_, last, last_team) = lived.last_mut().unwrap();
            let same = |one: Offer| (one.policy, one.targets[spell.metric], one.hours);
            if same(*last) == same(*offer) {
                (*last, *last_team) = (*offer, team.clone());
            } else {
                lived.push((at, *offer, team.clone()));
            }
        }
        lived
    }
}

/// Every clock of the four metrics.
pub(super) fn read(
    ledger: &[LedgerEvent],
    second: &str,
    open: &Minutes,
    now: UtcMillis,
) -> Vec<Found> {
    let mut reading = Reading::default();
    let mut lines: Vec<_> = ledger.iter().collect();
    lines.sort_by_key(|line| (line.at, line.seq));
    for line in lines {
        reading.line(line.at.0, &line.fact, second);
    }
    let mut found = Vec::new();
    for spell in &reading.spells {
        let until = spell.end.map_or(now.0, |(at, _)| at);
        let lived = reading.lived_under(spell, until);
        let mut missed_already = false;
        for (place, (_, offer, team)) in lived.iter().enumerate() {
            let next = lived.get(place + 1).map(|(at, ..)| *at);
            let clock = Found {
                metric: METRICS[spell.metric],
                state: "superseded",
                start: spell.start,
                until: next.unwrap_or(until),
                known: next,
                stopped: false,
                elapsed: 0,
                policy: offer.policy.map(str::to_owned),
                team: team.clone(),
                agent: reading.agent_at(next.unwrap_or(until)),
            };
            let (active, due) =
                reading.walk(spell.metric, spell.start, next.unwrap_or(until), *offer, open);
            match next {
                Some(change) if due.is_none_or(|due| due >= change) => {
                    if offer.targets[spell.metric].is_some() {
                        found.push(Found { elapsed: active, ..clock });
                    }
                }
                _ => {
                    missed_already |= next.is_some();
                    let clock = Found { until, agent: reading.agent_at(until), ..clock };
                    found.push(ended(&reading, spell, clock, *offer, open));
                    break;
                }
            }
        }
        assert!(!missed_already || found.last().is_some_and(|last| last.state != "met"));
    }
    found
}

/// How a spell ended under its last terms, or stands now (its `until`).
fn ended(reading: &Reading, spell: &Spell, clock: Found, offer: Offer, open: &Minutes) -> Found {
    let until = clock.until;
    let (elapsed, due) = reading.walk(spell.metric, spell.start, until, offer, open);
    let late = due.filter(|due| *due < until);
    let is_promised = offer.targets[spell.metric].is_some();
    let (state, known) = match (spell.end, late, is_promised) {
        (Some((_, false)), None, _) => ("cancelled", Some(until)),
        (_, Some(due), _) => ("missed", Some(due)),
        (Some((at, true)), None, false) => ("unpromised", Some(at)),
        (None, None, false) => ("unpromised", None),
        (None, None, true) => ("pending", None),
        (Some((at, true)), None, true) => {
            let can_reopen = spell.metric == RESOLUTION
                && crate::support::MONDAY_10.0 <= at + WINDOW
                && reading.status() != Some(TicketStatus::Closed);
            (if can_reopen { "provisional" } else { "met" }, Some(at))
        }
    };
    let stopped = match (spell.end, state) {
        (None, _) | (_, "cancelled") => false,
        (Some(_), _) => true,
    };
    if reading.voided {
        return Found { state: "cancelled", known: Some(until), stopped: false, elapsed, ..clock };
    }
    Found { state, known, stopped, elapsed, ..clock }
}

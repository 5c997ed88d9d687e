//! The figures as they are shown.

use std::collections::HashMap;

use super::super::figures::escaped;
use super::super::supervision::share;
use super::super::view::{FairnessNumber, FairnessRow, FairnessView};
use super::facts::Facts;
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;
use crate::routing::fairness::{busy, jain, length, per_hour};

/// All figures of a shift.
pub(super) fn view(facts: &Facts, now: UtcMillis) -> FairnessView {
    let counts = Counts::of(facts);
    let rows: Vec<_> = facts.agents().iter().map(|agent| row(facts, &counts, *agent)).collect();
    let shares: Vec<_> = rows.iter().filter_map(|(_, share)| *share).collect();
    let mut rows: Vec<_> = rows.into_iter().map(|(row, _)| row).collect();
    rows.sort_by(|one, other| (&one.agent, &one.agent_id).cmp(&(&other.agent, &other.agent_id)));
    let window = facts.shift.window;
    FairnessView {
        at: now.0,
        from: window.from.0,
        to: window.to.0,
        team: facts.shift.team.clone(),
        jain: jain(&shares).map(|index| rounded(index, 1_000.0)),
        compared: u64::try_from(shares.len()).unwrap_or(u64::MAX),
        rows,
        tickets: address(facts, None),
    }
}

/// How many of each number, and the minutes given, by agent.
struct Counts {
    numbers: HashMap<(AgentId, FairnessNumber), u64>,
    effort: HashMap<AgentId, u64>,
}

impl Counts {
    fn of(facts: &Facts) -> Self {
        let mut counts = Self { numbers: HashMap::new(), effort: HashMap::new() };
        for number in FairnessNumber::ALL {
            for counted in facts.behind(number) {
                *counts.numbers.entry((counted.agent, number)).or_default() += 1;
                if number == FairnessNumber::Given {
                    *counts.effort.entry(counted.agent).or_default() += counted.effort;
                }
            }
        }
        counts
    }

    fn get(&self, agent: AgentId, number: FairnessNumber) -> u64 {
        self.numbers.get(&(agent, number)).copied().unwrap_or(0)
    }
}

/// One agent, and their share when they are compared.
fn row(facts: &Facts, counts: &Counts, agent: AgentId) -> (FairnessRow, Option<f64>) {
    use FairnessNumber::{Accepted, Declined, Given, Missed, Offered, Picked, Pulled, Unanswered};
    let stretches = facts.online.get(&agent).map_or(&[][..], Vec::as_slice);
    let (available, person) = (length(stretches), facts.people.get(&agent));
    let effort = counts.effort.get(&agent).copied().unwrap_or(0);
    let capacity = person.map_or(0, |person| person.profile.capacity);
    let work = facts.work.as_ref().filter(|_| available > 0);
    let work = work.map(|work| work.get(&agent).map_or(&[][..], Vec::as_slice));
    let busy = work.map(|work| busy(stretches, work, capacity));
    let percent = |part: i64, whole: i64| rounded(100.0 * part as f64 / whole.max(1) as f64, 10.0);
    let of = |number| counts.get(agent, number);
    let share_of_work = per_hour(effort, available);
    let row = FairnessRow {
        agent: person.map(|person| person.name.clone()).unwrap_or_default(),
        agent_id: agent.to_string(),
        online: available,
        given: of(Given),
        effort,
        per_hour: share_of_work.map(|share| rounded(share, 10.0)),
        pulled: of(Pulled),
        picked: of(Picked),
        cherry_picks: share(of(Picked), of(Pulled)),
        offered: of(Offered),
        accepted: of(Accepted),
        declined: of(Declined),
        missed: of(Missed),
        unanswered: of(Unanswered),
        acceptance: share(of(Accepted), of(Offered)),
        misses: share(of(Missed), of(Offered)),
        occupancy: busy.map(|busy| percent(busy.any, available)),
        occupancy_by_slot: busy
            .map(|busy| percent(busy.active, available.saturating_mul(i64::from(capacity)))),
        tickets: address(facts, Some(agent)),
    };
    (row, share_of_work)
}

/// Where what is behind is listed; `&of=` says which number.
fn address(facts: &Facts, agent: Option<AgentId>) -> String {
    let window = facts.shift.window;
    let mut path =
        format!("/api/v1/stats/fairness/tickets?from={}&to={}", window.from.0, window.to.0);
    if let Some(team) = &facts.shift.team {
        path.push_str("&team=");
        path.push_str(&escaped(team));
    }
    if let Some(agent) = agent {
        path.push_str("&agent=");
        path.push_str(&agent.to_string());
    }
    path
}

fn rounded(value: f64, scale: f64) -> f64 {
    (value * scale).round() / scale
}

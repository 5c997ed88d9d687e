//! Figures as plain views.

use std::collections::HashMap;

use super::super::supervision::{rounded, share};
use super::super::view::{CountsView, ExcludedView, FigureRow, FiguresView, InstanceView};
use super::tally::{Class, Row, Tally};
use super::{Asked, Grouping};
use crate::domain::id::{AgentId, TicketId};
use crate::domain::time::UtcMillis;
use crate::sla::clock::{Clock, ClockState, Metric};
use crate::workforce::statistics::{mean, percentile};

/// The figures in the order that people read: by name, those without one last, then by metric.
pub(super) fn figures(
    asked: &Asked,
    tally: &Tally,
    names: &HashMap<AgentId, String>,
    now: UtcMillis,
) -> FiguresView {
    let shown = |((key, metric), row): (&(Option<String>, Metric), &Row)| {
        let name = key.as_deref().map(|key| name_of(asked.by, key, names));
        (
            *metric,
            FigureRow {
                tickets: address(asked, Some((key.as_deref(), *metric))),
                ..line(key.clone(), name, *metric, row)
            },
        )
    };
    let mut rows: Vec<(Metric, FigureRow)> = tally.rows.iter().map(shown).collect();
    if asked.by != Grouping::Metric {
        rows.sort_by(|(metric, row), (other, next)| {
            let place = |row: &FigureRow| (row.name.is_none(), row.name.clone(), row.key.clone());
            (place(row), *metric).cmp(&(place(next), *other))
        });
    } else {
        rows.sort_by_key(|(metric, _)| *metric);
    }
    FiguresView {
        at: now.0,
        from: asked.window.from.0,
        to: asked.window.to.0,
        by: asked.by.as_str().to_owned(),
        all: counts(|class| tally.of(class)),
        tickets: address(asked, None),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    }
}

fn line(key: Option<String>, name: Option<String>, metric: Metric, row: &Row) -> FigureRow {
    FigureRow {
        key,
        name,
        metric: metric.as_str().to_owned(),
        counts: counts(|class| row.of(class)),
        n: row.durations.len() as u64,
        p50: percentile(&row.durations, 50),
        p90: percentile(&row.durations, 90),
        p95: percentile(&row.durations, 95),
        mean: mean(&row.durations).map(rounded),
        tickets: String::new(),
    }
}

pub(super) fn counts(of: impl Fn(Class) -> u64) -> CountsView {
    let (met, missed, provisional) = (of(Class::Met), of(Class::Missed), of(Class::Provisional));
    let kept = met + provisional;
    CountsView {
        total: Class::ALL.into_iter().map(&of).sum(),
        met,
        missed,
        pending: of(Class::Pending),
        provisional,
        excluded: ExcludedView {
            cancelled: of(Class::Cancelled),
            superseded: of(Class::Superseded),
            unpromised: of(Class::Unpromised),
        },
        compliance: share(met, met + missed),
        compliance_with_provisional: share(kept, kept + missed),
    }
}

fn name_of(by: Grouping, key: &str, names: &HashMap<AgentId, String>) -> String {
    let agent = || names.get(&key.parse::<AgentId>().ok()?).cloned();
    let name = if by == Grouping::Agent { agent() } else { None };
    name.unwrap_or_else(|| key.to_owned())
}

/// Where the clocks of a row are listed; of all rows without one.
fn address(asked: &Asked, row: Option<(Option<&str>, Metric)>) -> String {
    let by = asked.by.as_str();
    let (from, to) = (asked.window.from.0, asked.window.to.0);
    let row = row.map_or_else(String::new, |(key, metric)| {
        format!("&key={}&metric={}", escaped(key.unwrap_or_default()), metric.as_str())
    });
    format!("/api/v1/stats/sla/tickets?from={from}&to={to}&by={by}{row}")
}

/// A value of an address.
pub(in crate::service) fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// One clock of a list.
pub(super) fn instance(
    ticket: TicketId,
    clock: &Clock,
    names: &HashMap<AgentId, String>,
) -> InstanceView {
    let overrun = match clock.state {
        ClockState::Late { overrun } | ClockState::Missed { overrun, .. } => Some(overrun),
        _ => None,
    };
    let agent = clock.agent.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string()));
    InstanceView {
        ticket: ticket.to_string(),
        code: ticket.code(),
        metric: clock.metric.as_str().to_owned(),
        instance: clock.instance,
        state: Class::of(clock.state).as_str().to_owned(),
        start: clock.start.0,
        until: clock.until.0,
        stopped: clock.state.stopped().map(|at| at.0),
        target: clock.target,
        due: clock.due.map(|due| due.0),
        elapsed: clock.elapsed,
        overrun,
        policy: clock.policy.as_deref().map(str::to_owned),
        team: clock.team.as_deref().map(str::to_owned),
        agent,
        agent_id: clock.agent.map(|id| id.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_any_letters_fits_into_an_address() {
        assert_eq!(escaped("resi & più-1"), "resi%20%26%20pi%C3%B9-1");
    }
}

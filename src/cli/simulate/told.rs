//! A simulation in words and tables.

use std::fmt::Write as _;

use super::{Difference, Played, Run};
use crate::cli::settings::counted;
use crate::domain::time::{HOUR, MINUTE, SECOND};
use crate::workforce::simulation::figures::Figures;

/// Everything, load by load. Writing to a text does not fail.
pub(super) fn told(played: &Played) -> String {
    let Played { scenario, date, days, seed, .. } = played;
    let days = counted(*days as usize, "day");
    let mut text = format!("{scenario}: {days} from {date}, seed {seed}\n");
    for runs in played.runs.chunk_by(|one, next| one.load_percent == next.load_percent) {
        let Some(first) = runs.first() else { continue };
        let load = first.load_percent;
        let came = counted(first.report.all.arrivals, "arrival");
        let _ = writeln!(text, "\nload {load} %: {came}");
        text.push_str(&heading("", played.answer_within_ms));
        for run in runs {
            let busy = percent(run.report.occupancy);
            let _ = writeln!(text, "{}{busy:>9}", row(&run.variant, &run.report.all));
        }
        for difference in played.differences.iter().filter(|one| one.load_percent == load) {
            let _ = writeln!(text, "  {}", compared(difference));
        }
        for run in runs {
            text.push_str(&bound(run));
        }
        if first.report.classes.len() > 1 {
            text.push_str(&classes(runs, played.answer_within_ms));
        }
    }
    text
}

/// The head of a table; one of a class has no occupancy.
fn heading(class: &str, within: i64) -> String {
    let quick = format!("in {}", short(within));
    format!(
        "  {:<24}{:>8}{:>8}{quick:>9}{:>8}{:>9}{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}{}\n",
        cut(class),
        "served",
        "waiting",
        "late",
        "share",
        "lateness",
        "mean",
        "p50",
        "p90",
        "p95",
        "longest",
        if class.is_empty() { format!("{:>9}", "busy") } else { String::new() },
    )
}

fn row(name: &str, figures: &Figures) -> String {
    let share = percent(share_late(figures));
    let waits = &figures.waits;
    format!(
        "  {:<24}{:>8}{:>8}{:>9}{:>8}{share:>9}{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}",
        cut(name),
        figures.served,
        figures.waiting,
        percent(figures.service_level),
        figures.late_tickets,
        short(figures.promises.late_total_ms),
        waits.mean_ms.map_or_else(dash, |mean| short(whole(mean))),
        waits.p50_ms.map_or_else(dash, short),
        waits.p90_ms.map_or_else(dash, short),
        waits.p95_ms.map_or_else(dash, short),
        short(figures.longest_wait_ms),
    )
}

/// Late tickets over all that came in.
fn share_late(figures: &Figures) -> Option<f64> {
    (figures.arrivals > 0).then(|| figures.late_tickets as f64 / figures.arrivals as f64)
}

fn compared(difference: &Difference) -> String {
    let Difference { variant, against, .. } = difference;
    let more = |number: i64, noun: &str| match number {
        0 => format!("as many {noun}"),
        1.. => format!("{number} more {noun}"),
        _ => format!("{} fewer {noun}", -number),
    };
    let longer = |millis: i64, noun: &str| match millis / SECOND {
        0 => format!("{noun} the same"),
        1.. => format!("{noun} {} longer", short(millis)),
        _ => format!("{noun} {} shorter", short(-millis)),
    };
    let mut parts = vec![
        more(difference.late_tickets, "late tickets"),
        more(difference.served, "served"),
        longer(difference.late_total_ms, "lateness"),
    ];
    parts.extend(difference.mean_wait_ms.map(|mean| longer(whole(mean), "mean wait")));
    parts.push(longer(difference.longest_wait_ms, "longest wait"));
    format!("{variant}, against {against}: {}", parts.join(", "))
}

/// Whether anybody was passed over for too long.
fn bound(run: &Run) -> String {
    let bound = short(run.report.ageing_bound_ms);
    match run.report.all.past_bound {
        0 => String::new(),
        past => format!(
            "  {}: {} waited beyond the ageing bound of {bound}\n",
            run.variant,
            counted(past, "ticket")
        ),
    }
}

/// Each class under each variant.
fn classes(runs: &[Run], within: i64) -> String {
    let mut text = String::new();
    let count = runs.first().map_or(0, |run| run.report.classes.len());
    for place in 0..count {
        for (number, run) in runs.iter().enumerate() {
            let Some(figures) = run.report.classes.get(place) else { continue };
            if number == 0 {
                let class = figures.class.as_deref().unwrap_or_default();
                let _ = write!(text, "\n{}", heading(class, within));
            }
            let _ = writeln!(text, "{}", row(&run.variant, figures));
        }
    }
    text
}

fn dash() -> String {
    "-".to_owned()
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(dash, |share| format!("{:.1} %", share * 100.0))
}

fn cut(name: &str) -> String {
    if name.chars().count() <= 23 {
        name.to_owned()
    } else {
        name.chars().take(22).chain(['…']).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "waits are far below 2^53 ms")]
const fn whole(millis: f64) -> i64 {
    millis as i64
}

/// `45s`, `3m10s`, `2h05m`, `3d02h`.
fn short(millis: i64) -> String {
    let of = |unit: i64| millis / unit;
    if millis < MINUTE {
        format!("{}s", of(SECOND))
    } else if millis < HOUR {
        pair(of(MINUTE), "m", of(SECOND) % 60, "s")
    } else if millis < 48 * HOUR {
        pair(of(HOUR), "h", of(MINUTE) % 60, "m")
    } else {
        pair(of(24 * HOUR), "d", of(HOUR) % 24, "h")
    }
}

fn pair(large: i64, unit: &str, small: i64, part: &str) -> String {
    if small == 0 { format!("{large}{unit}") } else { format!("{large}{unit}{small:02}{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short() {
        let spans = [0, 45_999, 60_000, 190_000, 2 * HOUR + 5 * MINUTE, 74 * HOUR].map(short);
        assert_eq!(spans, ["0s", "45s", "1m", "3m10s", "2h05m", "3d02h"]);
    }

    #[test]
    fn differences_are_told_in_words() {
        let difference = Difference {
            load_percent: 130,
            variant: "score".to_owned(),
            against: "fifo".to_owned(),
            served: 0,
            late_tickets: -40,
            missed_promises: -41,
            late_total_ms: -3 * HOUR,
            mean_wait_ms: Some(12_500.0),
            longest_wait_ms: 200,
        };
        assert_eq!(
            compared(&difference),
            "score, against fifo: 40 fewer late tickets, as many served, lateness 3h shorter, mean \
             wait 12s longer, longest wait the same"
        );
    }
}

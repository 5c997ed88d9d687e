//! Is the work shared fairly? Figures of one shift, from what was given to whom.
//!
//! Jain, Chiu and Hawe (1984): `J = (Σx)² / (n Σx²)`, from 1/n (one does everything) to 1 (all the
//! same). `x` is effort, in expected minutes, per hour that the agent was available.

use crate::domain::agent::Presence;
use crate::domain::time::{HOUR, MINUTE, UtcMillis};

/// Whoever was available for less is shown, and not compared: one ticket in one minute says nothing.
pub const SHORTEST: i64 = 15 * MINUTE;

/// Jain's index of shares; `None` when there are none, or when nobody had anything. What is negative
/// or no number is read as 0.
#[must_use]
pub fn jain(shares: &[f64]) -> Option<f64> {
    let shares = shares.iter().map(|x| if x.is_finite() { x.max(0.0) } else { 0.0 });
    let most = shares.clone().fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for x in shares {
        // Shares of the greatest one: neither very large nor very small numbers lose anything.
        let x = x / most;
        n += 1.0;
        sum += x;
        squares += x * x;
    }
    Some(sum * sum / (n * squares))
}

/// Effort per available hour; `None` when that was too short to compare.
#[must_use]
pub fn per_hour(minutes: u64, available: i64) -> Option<f64> {
    (available >= SHORTEST).then(|| minutes as f64 * HOUR as f64 / available as f64)
}

/// A stretch of time: from the first instant, up to but without the second.
pub type Stretch = (UtcMillis, UtcMillis);

/// When an agent was online within a range, from their changes of presence in order of time. What
/// they were before the first change counts as not online.
#[must_use]
pub fn online(changes: &[(UtcMillis, Presence)], range: Stretch) -> Vec<Stretch> {
    let ends = changes.iter().skip(1).map(|(at, _)| *at).chain([range.1]);
    let stretches = changes.iter().zip(ends);
    stretches
        .filter(|((_, state), _)| *state == Presence::Online)
        .filter_map(|((from, _), to)| within((*from, to), range))
        .collect()
}

/// The part of a stretch that lies within another.
#[must_use]
pub fn within(stretch: Stretch, range: Stretch) -> Option<Stretch> {
    let (from, to) = (stretch.0.max(range.0), stretch.1.min(range.1));
    (from < to).then_some((from, to))
}

/// How long stretches are together, ms.
#[must_use]
pub fn length(stretches: &[Stretch]) -> i64 {
    stretches.iter().map(|(from, to)| to.since(*from)).sum()
}

/// Occupancy of one agent within their online time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Busy {
    /// How long they had at least one ticket in work, ms.
    pub any: i64,
    /// The sum over time of the cost in work, at most the capacity, ms.
    pub active: i64,
}

/// How busy an agent was while online: `work` is what was in work and what it weighs.
#[must_use]
pub fn busy(online: &[Stretch], work: &[(Stretch, u32)], capacity: u32) -> Busy {
    let mut steps = Vec::new();
    for stretch in online {
        for (span, cost) in work {
            if let Some((from, to)) = within(*span, *stretch) {
                steps.push((from, i64::from(*cost)));
                steps.push((to, -i64::from(*cost)));
            }
        }
    }
    steps.sort_unstable();
    let (mut load, mut busy) = (0_i64, Busy::default());
    for pair in steps.windows(2) {
        let [(from, change), (to, _)] = pair else { continue };
        load += change;
        let lasted = to.since(*from);
        busy.active += load.clamp(0, i64::from(capacity)) * lasted;
        busy.any += if load > 0 { lasted } else { 0 };
    }
    busy
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(from: i64, to: i64) -> Stretch {
        (UtcMillis(from), UtcMillis(to))
    }

    proptest! {
        #[test]
        fn the_index_lies_between_one_nth_and_one_and_has_no_scale(
            shares in prop::collection::vec(0.0_f64..1e6, 1..50),
            scale in 1e-6_f64..1e6,
        ) {
            let Some(index) = jain(&shares) else {
                prop_assert!(shares.iter().all(|x| *x <= 0.0));
                return Ok(());
            };
            let n = shares.len() as f64;
            prop_assert!(index <= 1.0 + 1e-9 && index >= 1.0 / n - 1e-9, "{}", index);
            let scaled: Vec<_> = shares.iter().map(|x| x * scale).collect();
            prop_assert!((jain(&scaled).unwrap() - index).abs() < 1e-9);
            let mut turned = shares.clone();
            turned.reverse();
            prop_assert!((jain(&turned).unwrap() - index).abs() < 1e-9);
        }

        #[test]
        fn equal_shares_are_perfectly_fair_and_one_worker_is_one_nth(
            x in 1e-9_f64..1e9, n in 1_usize..60,
        ) {
            prop_assert!((jain(&vec![x; n]).unwrap() - 1.0).abs() < 1e-9);
            let mut one = vec![0.0; n];
            one[n / 2] = x;
            prop_assert!((jain(&one).unwrap() - 1.0 / n as f64).abs() < 1e-9);
        }

        #[test]
        fn online_time_is_that_of_counting_each_instant(
            steps in prop::collection::vec((0_i64..60, 0_usize..3), 0..8),
            from in 0_i64..60, length_of in 0_i64..60,
        ) {
            let states = [Presence::Online, Presence::Away, Presence::Offline];
            let mut changes: Vec<_> =
                steps.iter().map(|(at, state)| (UtcMillis(*at), states[*state])).collect();
            changes.sort_by_key(|(at, _)| *at);
            let to = from + length_of;
            let counted = (from..to).filter(|now| {
                let last = changes.iter().rev().find(|(at, _)| at.0 <= *now);
                last.is_some_and(|(_, state)| *state == Presence::Online)
            }).count();
            let found = length(&online(&changes, span(from, to)));
            prop_assert_eq!(usize::try_from(found).unwrap(), counted);
        }

        #[test]
        fn occupancy_is_that_of_counting_each_instant(
            work in prop::collection::vec((0_i64..60, 1_i64..30, 1_u32..4), 0..8),
            capacity in 1_u32..5,
        ) {
            let online = [span(5, 20), span(30, 55)];
            let work: Vec<_> =
                work.iter().map(|(from, long, cost)| (span(*from, from + long), *cost)).collect();
            let (mut any, mut active) = (0, 0);
            for now in (5..20).chain(30..55) {
                let load: u32 = work.iter()
                    .filter(|(span, _)| span.0.0 <= now && now < span.1.0).map(|(_, c)| c).sum();
                any += i64::from(load > 0);
                active += i64::from(load.min(capacity));
            }
            prop_assert_eq!(busy(&online, &work, capacity), Busy { any, active });
        }
    }

    #[test]
    fn nothing_has_no_index_and_a_moment_is_not_compared() {
        assert_eq!(jain(&[]), None);
        assert_eq!(jain(&[0.0, 0.0]), None);
        assert_eq!(per_hour(10, SHORTEST - 1), None);
        assert_eq!(per_hour(10, 2 * HOUR), Some(5.0));
        let index = jain(&[10.0, 20.0, 30.0]).unwrap();
        assert!((index - 3_600.0 / (3.0 * 1_400.0)).abs() < 1e-12, "{index}");
    }
}

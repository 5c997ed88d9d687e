//! The waits that customers were told: how many were kept.

use super::super::view::ShareView;
use super::{share, size};
use crate::sla::clock::{Clock, ClockState, Metric};

/// Kept among those decided, and how many have not passed yet. One that has passed without an answer
/// is broken already.
pub(super) fn told_waits(clocks: &[&Clock]) -> (ShareView, u64) {
    let count = |is: fn(ClockState) -> bool| {
        let told = clocks.iter().filter(|clock| clock.metric == Metric::Promise);
        size(told.filter(|clock| is(clock.state)).count())
    };
    let kept = count(|state| matches!(state, ClockState::Met { .. }));
    let broken =
        count(|state| matches!(state, ClockState::Missed { .. } | ClockState::Late { .. }));
    let pending = count(|state| matches!(state, ClockState::Running | ClockState::Paused { .. }));
    (share(kept, kept + broken), pending)
}

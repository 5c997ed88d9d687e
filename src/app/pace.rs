//! `[pace]` as the service knows it.

use std::collections::BTreeMap;

use crate::channel::{Limits, Rate};
use crate::config::Pace;
use crate::domain::time::{MINUTE, SECOND};

/// The limits of the channels that are named.
pub(super) fn limits(configured: &BTreeMap<String, Pace>) -> BTreeMap<String, Limits> {
    let named = configured.iter().map(|(name, pace)| {
        let overall = rate(SECOND, pace.per_second, pace.burst);
        let chat = rate(MINUTE, pace.chat_per_minute, pace.chat_burst);
        (name.clone(), Limits { overall, chat })
    });
    named.collect()
}

fn rate(span: i64, n: u32, burst: u32) -> Option<Rate> {
    // Rounded up: a little too slow, never too fast.
    let every = (span + i64::from(n) - 1).checked_div(i64::from(n))?;
    Some(Rate { every, burst: i64::from(burst.max(1)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_no_limit_and_rates_are_never_too_fast() {
        assert_eq!(rate(SECOND, 0, 1), None);
        assert_eq!(rate(SECOND, 28, 10), Some(Rate { every: 36, burst: 10 }));
        assert_eq!(rate(MINUTE, 60, 3), Some(Rate { every: SECOND, burst: 3 }));
    }
}

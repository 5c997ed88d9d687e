//! Places where a test lets the process die at once, as `kill -9` would: one on each side of every
//! commit of the road. `SPORTELLO_FAILPOINT=turn.after#2` ends it when that place is passed for the
//! second time. Only debug builds look.

/// Passes a place; the process may end here.
#[cfg(debug_assertions)]
pub(super) fn pass(place: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let wanted = WANTED.get_or_init(|| {
        let told = std::env::var("SPORTELLO_FAILPOINT").ok()?;
        let (place, time) = told.split_once('#')?;
        Some((place.to_owned(), time.parse().ok()?))
    });
    let Some((name, time)) = wanted else { return };
    if name == place && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *time {
        std::process::abort();
    }
}

/// Passes a place.
#[cfg(not(debug_assertions))]
pub(super) const fn pass(_place: &str) {}

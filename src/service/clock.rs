//! The one place where time and randomness come from.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::domain::time::UtcMillis;

/// What time it is.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A clock that tests move by hand; ms UTC.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at an instant until it is moved.
    #[must_use]
    pub fn manual(at: UtcMillis) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.0)))
    }

    /// Now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    pub fn now(&self) -> UtcMillis {
        match self {
            Self::System => UtcMillis(jiff::Timestamp::now().as_millisecond()),
            Self::Manual(at) => UtcMillis(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward by `millis`; the system's clock goes its own way.
    pub fn advance(&self, millis: i64) {
        if let Self::Manual(at) = self {
            at.fetch_add(millis, Ordering::SeqCst);
        }
    }
}

/// A fresh id: time-ordered, and ordered within this process also in the same millisecond.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn fresh_id() -> Uuid {
    Uuid::now_v7()
}

/// A fresh chance from 0 to 65,535; 0 when the system has no randomness to give.
#[must_use]
pub fn fresh_chance() -> u16 {
    let mut bytes = [0_u8; 2];
    getrandom::fill(&mut bytes).map_or(0, |()| u16::from_le_bytes(bytes))
}

/// A fresh secret of 256 random bits, URL-safe.
///
/// # Errors
/// The system has no randomness to give.
pub fn fresh_secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

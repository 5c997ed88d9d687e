//! The trained engine. (seam: to be replaced by the real engine, same public signatures)

use super::{Reading, TrainingSet};

/// A trained engine; cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Engine;

impl Engine {
    /// Learns from the set. Deterministic.
    #[must_use]
    pub fn train(_set: &TrainingSet) -> Self {
        unimplemented!()
    }

    /// Reads one message, at most `MAX_READ_CHARS` characters of it.
    #[must_use]
    pub fn read(&self, _text: &str) -> Reading {
        unimplemented!()
    }
}

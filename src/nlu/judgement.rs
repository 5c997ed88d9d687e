//! What the engine makes of a message, in numbers.

use super::{Source, Verdict};

/// So many intents are named at most.
pub(super) const MOST_CANDIDATES: usize = 3;

/// The likeliest intents of a message; made without allocating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// Places and totals, later probabilities; only the first `count` mean anything.
    pub(super) candidates: [(usize, f32); MOST_CANDIDATES],
    pub(super) count: usize,
    /// What the bot should do with it.
    pub verdict: Verdict,
    /// How the best intent was found.
    pub source: Source,
}

impl Judgement {
    /// No intent at all.
    pub(super) const NOTHING: Self = Self {
        candidates: [(0, 0.0); MOST_CANDIDATES],
        count: 0,
        verdict: Verdict::Reject,
        source: Source::Classifier,
    };

    /// One intent, found by its pattern.
    pub(super) const fn certain(intent: usize) -> Self {
        let mut judgement = Self::NOTHING;
        judgement.candidates[0] = (intent, 1.0);
        judgement.count = 1;
        judgement.verdict = Verdict::Answer;
        judgement.source = Source::Pattern;
        judgement
    }

    /// The likeliest intents, best first, at most three: place in the training set, and P(correct).
    #[must_use]
    pub fn candidates(&self) -> &[(usize, f32)] {
        &self.candidates[..self.count]
    }

    /// Puts an intent among the best if it belongs there; of equals the first stays first.
    pub(super) fn rank(&mut self, intent: usize, total: f32) {
        let better = self.candidates().iter().take_while(|(_, other)| *other >= total).count();
        if better < MOST_CANDIDATES {
            let last = self.count.min(MOST_CANDIDATES - 1);
            self.candidates.copy_within(better..last, better + 1);
            self.candidates[better] = (intent, total);
            self.count = last + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_best_stay_in_order() {
        let mut judgement = Judgement::NOTHING;
        for (intent, total) in [0.1, 0.5, 0.5, -1.0, 0.7, 0.2].into_iter().enumerate() {
            judgement.rank(intent, total);
        }
        assert_eq!(judgement.candidates(), [(4, 0.7), (1, 0.5), (2, 0.5)]);
        let mut one = Judgement::NOTHING;
        one.rank(9, -3.0);
        assert_eq!(one.candidates(), [(9, -3.0)]);
    }
}

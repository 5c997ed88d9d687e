//! From evidence to the probability of being right: a logistic function of the signs, fitted on what
//! models say of examples and intents that they have never seen.

use super::classifier::Shuffle;
use super::evidence::{Evidence, FAVOURABLE, SIZE};
use super::features::Scale;
use super::model::{Example, Model, Work};
use super::regression::{Sample, dot, logistic, regress};

/// Below this many intents the fit is noise, and the shipped constants are better.
const FEWEST_INTENTS: usize = 8;
const FOLDS: usize = 5;
const FOLDS_OF_FEW: usize = 10;
/// Fewer show enough of a large set.
const FOLDS_OF_MANY: usize = 3;
/// Of the intents, one in this many is left out of each fold, to play the unknown question.
const LEFT_OUT: usize = 5;
/// The share of questions that no intent answers, as we expect it in life.
const UNKNOWN_SHARE: f64 = 0.25;
/// Their share while known and unknown are told apart.
const EVEN_SHARE: f64 = 0.5;
const RIDGE: f64 = 10.0;

/// How scores become probabilities: the fitted function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration([f64; SIZE]);

impl Calibration {
    /// Fitted over many published intent sets.
    pub(super) const SHIPPED: Self = Self([
        0.35, 1.27, 0.0, 0.0, 0.05, 0.39, -0.08, 0.11, -0.07, -0.61, 0.69, 0.37, -0.09, -0.08,
        0.31, -0.76,
    ]);

    /// The probability that the intent with this evidence is the right one.
    pub(super) fn probability(&self, evidence: Evidence) -> f32 {
        let probability = logistic(dot(&self.0, &evidence.0));
        #[expect(clippy::cast_possible_truncation, reason = "a probability needs no more")]
        let short = probability as f32;
        short
    }

    /// Fitted by cross-validation when there are enough intents: each fold is trained without some
    /// examples of every intent and without all examples of some. Classes from `intents` on are
    /// not to be answered.
    pub(super) fn of(
        examples: &[Example<'_>],
        trials: &[usize],
        intents: usize,
        classes: usize,
        scale: Scale,
        threads: usize,
    ) -> Self {
        if intents < FEWEST_INTENTS {
            return Self::SHIPPED;
        }
        let plans =
            [0xca11, 0xf01d, 0xbead].map(|seed| Plan::of(examples, trials, intents, classes, seed));
        let folds = if scale == Scale::Few { FOLDS_OF_FEW } else { FOLDS_OF_MANY };
        let see =
            |fold: usize| plans[fold / FOLDS].seen(fold % FOLDS, examples, intents, classes, scale);
        // Side by side: which thread did a fold changes nothing, since they are put in order.
        let threads = threads.clamp(1, folds);
        let of_thread = |thread: usize| {
            (thread..folds).step_by(threads).map(|fold| (fold, see(fold))).collect::<Vec<_>>()
        };
        let mut parts = std::thread::scope(|scope| {
            let of_thread = &of_thread;
            let others: Vec<_> =
                (1..threads).map(|thread| scope.spawn(move || of_thread(thread))).collect();
            let mut parts = of_thread(0);
            for other in others {
                parts.extend(other.join().unwrap_or_default());
            }
            parts
        });
        parts.sort_by_key(|(fold, _)| *fold);
        let seen: Vec<Seen> = parts.into_iter().flat_map(|(_, seen)| seen).collect();
        Self::fit(&seen)
    }

    /// First what tells the known from the unknown, both counting for much; then what that is worth as
    /// a probability, the unknown questions weighted to their share in life.
    fn fit(seen: &[Seen]) -> Self {
        let samples = weighted(seen, EVEN_SHARE, |one| one.evidence.0);
        let told_apart = regress(&samples, &Self::SHIPPED.0, RIDGE, FAVOURABLE);
        let samples = weighted(seen, UNKNOWN_SHARE, |one| [dot(&told_apart, &one.evidence.0), 1.0]);
        let [worth, shift] = regress(&samples, &[1.0, 0.0], 1.0, 0..1);
        let mut fitted = told_apart.map(|value| value * worth);
        fitted[SIZE - 1] += shift;
        // More margin and more distance must speak for an answer.
        let sound = fitted.iter().all(|value| value.is_finite())
            && fitted.iter().take(2).sum::<f64>() > 0.0;
        if sound { Self(fitted) } else { Self::SHIPPED }
    }
}

/// Samples of what was seen, the unknown questions weighted to `share` of all.
fn weighted<const N: usize>(
    seen: &[Seen],
    share: f64,
    row: impl Fn(&Seen) -> [f64; N],
) -> Vec<Sample<N>> {
    let unknown = seen.iter().filter(|one| one.unknown).count() as f64;
    let known = seen.len() as f64 - unknown;
    let weight = known / unknown.max(1.0) * share / (1.0 - share);
    let sample = |one: &Seen| Sample {
        row: row(one),
        right: one.right,
        weight: if one.unknown { weight } else { 1.0 },
    };
    seen.iter().map(sample).collect()
}

/// What a model said of something it had not seen.
struct Seen {
    evidence: Evidence,
    right: bool,
    unknown: bool,
}

/// Which fold tests which example, and which intents it leaves out.
struct Plan {
    /// By example; `FOLDS` for what is only learned from.
    fold_of: Vec<usize>,
    /// By class.
    group_of: Vec<usize>,
}

impl Plan {
    fn of(
        examples: &[Example<'_>],
        trials: &[usize],
        intents: usize,
        classes: usize,
        seed: u64,
    ) -> Self {
        let mut shuffle = Shuffle(seed);
        let mut order = trials.to_vec();
        shuffle.mix(&mut order);
        let mut next = vec![0_usize; classes];
        let mut fold_of = vec![FOLDS; examples.len()];
        for trial in order {
            let class = examples[trial].class;
            fold_of[trial] = (next[class] + class) % FOLDS;
            next[class] += 1;
        }
        let mut groups: Vec<usize> = (0..intents).map(|intent| intent % LEFT_OUT).collect();
        shuffle.mix(&mut groups);
        groups.resize(classes, LEFT_OUT);
        Self { fold_of, group_of: groups }
    }

    fn seen(
        &self,
        fold: usize,
        examples: &[Example<'_>],
        intents: usize,
        classes: usize,
        scale: Scale,
    ) -> Vec<Seen> {
        let left_out = |class: usize| self.group_of[class] == fold;
        let kept: Vec<Example<'_>> = examples
            .iter()
            .zip(&self.fold_of)
            .filter(|(example, of)| **of != fold && !left_out(example.class))
            .map(|(example, _)| *example)
            .collect();
        let model = Model::train(&kept, classes, scale);
        let asked = examples
            .iter()
            .zip(&self.fold_of)
            .filter(|(example, of)| **of == fold || (**of != FOLDS && left_out(example.class)));
        let mut work = Work::default();
        asked
            .map(|(example, _)| {
                let found = model.find(example.grams, intents, &mut work);
                let unknown = left_out(example.class) || example.class >= intents;
                Seen {
                    evidence: found.evidence,
                    right: !unknown && found.best == example.class,
                    unknown,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only the first sign is told apart.
    fn evidence(total: f64) -> Evidence {
        let mut signs = [0.5; SIZE];
        signs[0] = total;
        signs[SIZE - 1] = 1.0;
        Evidence(signs)
    }

    #[test]
    fn the_fit_finds_what_the_evidence_is_worth() {
        let seen: Vec<Seen> = (0..400_u16)
            .map(|i| {
                let total = f64::from(i % 40) / 20.0 - 1.0;
                let right = total + f64::from(i * 7 % 11) / 11.0 - 0.5 > 0.0;
                Seen { evidence: evidence(total), right, unknown: i % 40 == 0 }
            })
            .collect();
        let fitted = Calibration::fit(&seen);
        let at = |total| fitted.probability(evidence(total));
        assert!(at(-0.9) < 0.1 && at(0.9) > 0.9, "{fitted:?}");
        assert!((at(0.0) - 0.5).abs() < 0.15, "{fitted:?} {}", at(0.0));
    }

    #[test]
    fn a_fit_without_evidence_stays_finite() {
        assert!(Calibration::fit(&[]).0.iter().all(|value| value.is_finite()));
    }
}

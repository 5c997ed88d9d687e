//! From a score to the probability of being right: a logistic function of four pieces of evidence,
//! fitted on what models say of examples and intents that they have never seen.

use super::classifier::Shuffle;
use super::features::{Scale, Told};
use super::model::{Example, Model};

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
const PASSES: usize = 25;
const RIDGE: f64 = 10.0;

/// What is seen of the best intent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs {
    /// Its total margin.
    pub(super) total: f32,
    /// How far the next is behind.
    pub(super) gap: f32,
    /// The cosine to its nearest example.
    pub(super) nearest: f32,
    /// The share of the text that is known at all.
    pub(super) known: Told,
    /// The share of the text that stands in its examples.
    pub(super) in_class: Told,
    /// How much the words of the text tell.
    pub(super) words: f32,
}

/// The signs, each brought to about the same size, and a one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Evidence(pub(super) [f64; SIZE]);

impl Evidence {
    /// Brings them to size.
    pub(super) fn of(signs: &Signs) -> Self {
        let Signs { total, gap, nearest, known, in_class, words } = signs;
        let signs = [
            total,
            gap,
            nearest,
            &known.runs,
            &known.words,
            &in_class.runs,
            &in_class.words,
            words,
        ];
        let mut sized = [1.0; SIZE];
        for ((sized, sign), (middle, width)) in sized.iter_mut().zip(signs).zip(SIZES) {
            *sized = (f64::from(*sign) - middle) / width;
        }
        Self(sized)
    }
}

/// Of each sign, over many published intent sets: its middle and its width.
const SIZES: [(f64, f64); SIZE - 1] = [
    (0.65, 0.65),
    (1.2, 0.8),
    (0.6, 0.2),
    (0.95, 0.1),
    (0.9, 0.2),
    (0.85, 0.15),
    (0.8, 0.25),
    (3.5, 0.5),
];

const SIZE: usize = 9;
/// So many of the signs, from the first, speak for an answer; the length of the text does not.
const FAVOURABLE: usize = 7;

/// How scores become probabilities: the fitted function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration([f64; SIZE]);

impl Calibration {
    /// Fitted over many published intent sets.
    pub(super) const SHIPPED: Self = Self([0.79, 1.41, 0.02, 0.0, 0.0, 0.3, 0.12, 0.26, 1.9]);

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
    ) -> Self {
        if intents < FEWEST_INTENTS {
            return Self::SHIPPED;
        }
        let plans =
            [0xca11, 0xf01d, 0xbead].map(|seed| Plan::of(examples, trials, intents, classes, seed));
        let folds = if scale == Scale::Few { FOLDS_OF_FEW } else { FOLDS_OF_MANY };
        let see =
            |fold: usize| plans[fold / FOLDS].seen(fold % FOLDS, examples, intents, classes, scale);
        // Two at a time: which thread did a fold changes nothing.
        let seen: Vec<Seen> = std::thread::scope(|threads| {
            let odd = threads.spawn(|| (1..folds).step_by(2).map(see).collect::<Vec<_>>());
            let even: Vec<Vec<Seen>> = (0..folds).step_by(2).map(see).collect();
            even.into_iter().chain(odd.join().unwrap_or_default()).flatten().collect()
        });
        Self::fit(&seen)
    }

    /// First what tells the known from the unknown, both counting for much; then what that is worth as
    /// a probability, the unknown questions weighted to their share in life.
    fn fit(seen: &[Seen]) -> Self {
        let told_apart = regress(seen, &Self::SHIPPED.0, EVEN_SHARE, RIDGE);
        let scores: Vec<Seen> = seen
            .iter()
            .map(|one| {
                let mut row = [0.0; SIZE];
                row[0] = dot(&told_apart, &one.evidence.0);
                row[SIZE - 1] = 1.0;
                Seen { evidence: Evidence(row), ..*one }
            })
            .collect();
        let mut as_it_is = [0.0; SIZE];
        as_it_is[0] = 1.0;
        let worth = regress(&scores, &as_it_is, UNKNOWN_SHARE, 1.0);
        let mut fitted = told_apart.map(|value| value * worth[0]);
        fitted[SIZE - 1] += worth[SIZE - 1];
        // More margin, more distance and a nearer example must speak for an answer.
        let sound = fitted.iter().all(|value| value.is_finite())
            && fitted.iter().take(3).sum::<f64>() > 0.0;
        if sound { Self(fitted) } else { Self::SHIPPED }
    }
}

/// Logistic regression by Newton's method, held to `prior` by `ridge` but for the last value; the
/// unknown questions are weighted to `share` of all.
fn regress(seen: &[Seen], prior: &[f64; SIZE], share: f64, ridge: f64) -> [f64; SIZE] {
    let unknown = seen.iter().filter(|one| one.unknown).count() as f64;
    let known = seen.len() as f64 - unknown;
    let weight = known / unknown.max(1.0) * share / (1.0 - share);
    let mut fitted = *prior;
    for _ in 0..PASSES {
        let mut slope: [f64; SIZE] = std::array::from_fn(|at| (fitted[at] - prior[at]) * ridge);
        slope[SIZE - 1] = 0.0;
        let mut curve = [[0.0; SIZE]; SIZE];
        for (at, row) in curve.iter_mut().enumerate() {
            row[at] = if at + 1 < SIZE { ridge } else { 1e-6 };
        }
        for one in seen {
            one.add(&fitted, if one.unknown { weight } else { 1.0 }, &mut slope, &mut curve);
        }
        let change = solve(curve, slope);
        for (at, (value, change)) in fitted.iter_mut().zip(change).enumerate() {
            *value -= change.clamp(-5.0, 5.0);
            // A nearer, better known text is never less likely to be understood.
            if at < FAVOURABLE {
                *value = value.max(0.0);
            }
        }
    }
    fitted
}

/// What a model said of something it had not seen.
#[derive(Clone, Copy)]
struct Seen {
    evidence: Evidence,
    right: bool,
    unknown: bool,
}

impl Seen {
    fn add(
        &self,
        fitted: &[f64; SIZE],
        weight: f64,
        slope: &mut [f64; SIZE],
        curve: &mut [[f64; SIZE]; SIZE],
    ) {
        let row = self.evidence.0;
        let probability = logistic(dot(fitted, &row));
        let miss = weight * (probability - if self.right { 1.0 } else { 0.0 });
        let sway = weight * probability * (1.0 - probability);
        for at in 0..SIZE {
            slope[at] += miss * row[at];
            for other in 0..SIZE {
                curve[at][other] += sway * row[at] * row[other];
            }
        }
    }
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
        asked
            .map(|(example, _)| {
                let scores = model.scores(example.grams, intents);
                let unknown = left_out(example.class) || example.class >= intents;
                Seen {
                    evidence: scores.evidence,
                    right: !unknown && scores.best == example.class,
                    unknown,
                }
            })
            .collect()
    }
}

fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

fn dot(left: &[f64; SIZE], right: &[f64; SIZE]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// Solves a small system of equations by elimination with pivots; a singular one gives zeros.
fn solve(mut rows: [[f64; SIZE]; SIZE], mut right: [f64; SIZE]) -> [f64; SIZE] {
    for column in 0..SIZE {
        let pivot = (column..SIZE)
            .max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))
            .unwrap_or(column);
        if rows[pivot][column].abs() < 1e-12 {
            return [0.0; SIZE];
        }
        rows.swap(column, pivot);
        right.swap(column, pivot);
        for row in 0..SIZE {
            if row != column {
                let times = rows[row][column] / rows[column][column];
                let from = rows[column];
                for (value, from) in rows[row].iter_mut().zip(from) {
                    *value -= times * from;
                }
                right[row] -= times * right[column];
            }
        }
    }
    std::array::from_fn(|at| right[at] / rows[at][at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved() {
        let mut rows = [[0.0; SIZE]; SIZE];
        for (at, row) in rows.iter_mut().enumerate() {
            row[(at + 1) % SIZE] = 2.0;
        }
        let right: [f64; SIZE] = std::array::from_fn(|at| 2.0 * (at + 1) as f64);
        let solved = solve(rows, right);
        for (at, value) in solved.iter().enumerate() {
            let wanted = if at == 0 { SIZE } else { at } as f64;
            assert!((value - wanted).abs() < 1e-12, "{solved:?}");
        }
        let singular = solve([[0.0; SIZE]; SIZE], [1.0; SIZE]);
        assert!(singular.iter().all(|value| value.abs() < 1e-12));
    }

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

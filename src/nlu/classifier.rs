//! A linear classifier, one class against the rest: support vectors with squared hinge loss, found
//! by dual coordinate descent for all classes at once (Hsieh et al., "A dual coordinate descent
//! method for large-scale linear SVM", 2008).
//!
//! Weights lie feature by feature, eight classes to a lane, so that both inner loops run over
//! neighbouring numbers. The lanes are written out: they are one instruction when optimised, and
//! bearable when not.

use super::features::{Vector, normalise};

/// Eight classes side by side.
pub(super) type Lane = [f32; 8];

const MOST_PASSES: usize = 30;
/// Training ends when no margin is further than this from where it should be.
const TOLERANCE: f32 = 0.1;
/// What an extra feature, always there, brings to the length of an example.
const SQUARED_LENGTH: f32 = 2.0;

/// Weights of every class over the features of a vocabulary.
#[derive(Debug)]
pub(super) struct Classifier {
    lanes: usize,
    weights: Vec<Lane>,
}

impl Classifier {
    /// Learns from vectors of length one and their classes; `cost` is that of a violated margin.
    pub(super) fn train(
        vectors: &[&Vector],
        classes_of: &[usize],
        classes: usize,
        features: usize,
        cost: f32,
    ) -> Self {
        let lanes = classes.div_ceil(8);
        let mut training = Training {
            classifier: Self { lanes, weights: vec![[0.0; 8]; (features + 1) * lanes] },
            classes,
            duals: vec![[0.0; 8]; vectors.len() * lanes],
            softness: softness(classes_of, classes, cost),
            margins: vec![[0.0; 8]; lanes],
        };
        let mut order: Vec<usize> = (0..vectors.len()).collect();
        let mut shuffle = Shuffle(0x5eed);
        for _ in 0..MOST_PASSES {
            shuffle.mix(&mut order);
            let worst = order.iter().fold(0.0_f32, |worst, &example| {
                worst.max(training.visit(example, vectors[example], classes_of[example]))
            });
            if worst < TOLERANCE {
                break;
            }
        }
        training.classifier
    }

    /// Adds `weight` times the cosine to each class's centroid to what the classifier says.
    pub(super) fn add_centroids(&mut self, vectors: &[&Vector], classes_of: &[usize], weight: f32) {
        for class in 0..self.lanes * 8 {
            let members = vectors.iter().zip(classes_of).filter(|(_, of)| **of == class);
            let mut sum: Vec<(u32, f32)> =
                members.flat_map(|(vector, _)| vector.entries.iter().copied()).collect();
            sum.sort_by_key(|(number, _)| *number);
            sum.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                kept.1 += if same { next.1 } else { 0.0 };
                same
            });
            normalise(&mut sum);
            for (number, value) in sum {
                let row = number as usize * self.lanes + class / 8;
                self.weights[row][class % 8] += weight * value;
            }
        }
    }

    /// The margin of each class, eight to a lane; what lies beyond the last class means nothing.
    pub(super) fn margins(&self, vector: &Vector, margins: &mut [Lane]) {
        let lanes = self.lanes;
        let always = self.weights.len().saturating_sub(lanes);
        margins.copy_from_slice(&self.weights[always..]);
        for &(number, value) in &vector.entries {
            let first = number as usize * lanes;
            let rows = &self.weights[first..first + lanes];
            let mut lane = 0;
            while lane < lanes {
                add(&mut margins[lane], &rows[lane], value);
                lane += 1;
            }
        }
    }

    /// The weights feature by feature, and what is always added.
    pub(super) fn rows(&self) -> (&[Lane], &[Lane]) {
        self.weights.split_at(self.weights.len().saturating_sub(self.lanes))
    }

    /// How many lanes the margins take.
    pub(super) const fn lanes(&self) -> usize {
        self.lanes
    }
}

struct Training {
    classifier: Classifier,
    classes: usize,
    /// Dual variables, by example and class.
    duals: Vec<Lane>,
    /// By class of the example: half the inverse of the cost of a violated margin.
    softness: Vec<f32>,
    margins: Vec<Lane>,
}

impl Training {
    /// Moves the weights by one example; returns the worst violation found.
    fn visit(&mut self, example: usize, vector: &Vector, class: usize) -> f32 {
        let mut margins = std::mem::take(&mut self.margins);
        self.classifier.margins(vector, &mut margins);
        let softness = self.softness[class];
        let lanes = self.classifier.lanes;
        let mut worst = 0.0_f32;
        for (lane, margins) in margins.iter_mut().enumerate() {
            let duals = &mut self.duals[example * lanes + lane];
            let mut moved = false;
            for at in 0..8 {
                let this = lane * 8 + at;
                let sign = if this == class { 1.0 } else { -1.0 };
                let dual = duals[at];
                let slope = sign * margins[at] - 1.0 + softness * dual;
                if this >= self.classes || (dual == 0.0 && slope >= 0.0) {
                    margins[at] = 0.0;
                    continue;
                }
                worst = worst.max(slope.abs());
                duals[at] = (dual - slope / (SQUARED_LENGTH + softness)).max(0.0);
                margins[at] = sign * (duals[at] - dual);
                moved = true;
            }
            if moved {
                self.shift(vector, lane, margins);
            }
        }
        self.margins = margins;
        worst
    }

    fn shift(&mut self, vector: &Vector, lane: usize, change: &Lane) {
        let lanes = self.classifier.lanes;
        let weights = &mut self.classifier.weights;
        for &(number, value) in &vector.entries {
            add(&mut weights[number as usize * lanes + lane], change, value);
        }
        let always = weights.len() - lanes + lane;
        add(&mut weights[always], change, 1.0);
    }
}

/// Small classes count for more: the cost of an example is the root of the ratio between the
/// average class and its own.
fn softness(classes_of: &[usize], classes: usize, cost: f32) -> Vec<f32> {
    let mut sizes = vec![0.0_f32; classes];
    for &class in classes_of {
        sizes[class] += 1.0;
    }
    let average = classes_of.len() as f32 / classes.max(1) as f32;
    sizes.iter().map(|size| 0.5 / (cost * (average / size.max(1.0)).sqrt())).collect()
}

fn add(to: &mut Lane, from: &Lane, times: f32) {
    to[0] += from[0] * times;
    to[1] += from[1] * times;
    to[2] += from[2] * times;
    to[3] += from[3] * times;
    to[4] += from[4] * times;
    to[5] += from[5] * times;
    to[6] += from[6] * times;
    to[7] += from[7] * times;
}

/// A small generator (xorshift) with a fixed seed: training is the same every time.
pub(super) struct Shuffle(pub(super) u64);

impl Shuffle {
    /// Brings the items into another order.
    pub(super) fn mix<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            let other = self.0 % (last as u64 + 1);
            items.swap(last, usize::try_from(other).unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::Told;
    use super::*;

    fn vector(entries: &[(u32, f32)]) -> Vector {
        let mut entries = entries.to_vec();
        normalise(&mut entries);
        Vector { entries, told: Told::default(), length: 1.0 }
    }

    fn margins(classifier: &Classifier, vector: &Vector) -> Vec<f32> {
        let mut margins = vec![[0.0; 8]; classifier.lanes()];
        classifier.margins(vector, &mut margins);
        margins.concat()
    }

    #[test]
    fn ten_classes_that_can_be_told_apart_are_told_apart() {
        let all: Vec<Vector> =
            (0..40_u32).map(|i| vector(&[(i % 10, 1.0), (10 + i / 10, 0.7)])).collect();
        let vectors: Vec<&Vector> = all.iter().collect();
        let classes: Vec<usize> = (0..40).map(|i| i % 10).collect();
        let mut classifier = Classifier::train(&vectors, &classes, 10, 14, 1.0);
        classifier.add_centroids(&vectors, &classes, 1.0);
        for (vector, class) in all.iter().zip(&classes) {
            let margins = margins(&classifier, vector);
            let best = (0..10).max_by(|a, b| margins[*a].total_cmp(&margins[*b])).unwrap();
            assert_eq!(best, *class);
            assert!(margins[best] > 0.5, "{margins:?}");
        }
    }

    #[test]
    fn centroids_are_added_as_cosines() {
        let mut classifier = Classifier { lanes: 1, weights: vec![[0.0; 8]; 4] };
        let (a, b) = (vector(&[(0, 1.0)]), vector(&[(1, 1.0)]));
        classifier.add_centroids(&[&a, &b, &a], &[0, 0, 1], 2.0);
        let margins = margins(&classifier, &vector(&[(0, 1.0)]));
        assert!((margins[0] - 2.0 * 0.5_f32.sqrt()).abs() < 1e-5, "{margins:?}");
        assert!((margins[1] - 2.0).abs() < 1e-5, "{margins:?}");
    }

    #[test]
    fn no_examples_no_classes_no_panic() {
        let classifier = Classifier::train(&[], &[], 0, 0, 1.0);
        assert!(margins(&classifier, &vector(&[])).is_empty());
    }
}

//! A linear classifier, one class against the rest: support vectors with squared hinge loss, found
//! by dual coordinate descent (Hsieh et al., "A dual coordinate descent method for large-scale
//! linear SVM", 2008) for a block of classes at once.
//!
//! The classes do not know of each other, so each block is learned by itself, until it is learned
//! well enough. Its weights lie feature by feature, so that both inner loops run over neighbouring
//! numbers and stay in the nearest caches.

use super::features::{Vector, normalise};

/// Some classes side by side.
pub(super) type Lane = [f32; WIDTH];

/// How many classes are learned side by side: their sums stay in registers, their weights in the
/// cache nearest to the processor.
pub(super) const WIDTH: usize = 8;
const MOST_PASSES: usize = 30;
/// Training ends when no margin is further than this from where it should be.
const TOLERANCE: f32 = 0.1;
/// What an extra feature, always there, brings to the length of an example.
const SQUARED_LENGTH: f32 = 2.0;

/// Weights of every class over the features of a vocabulary.
#[derive(Debug)]
pub(super) struct Classifier {
    /// Of each block of classes: its weights feature by feature, then what is always added.
    blocks: Vec<Vec<Lane>>,
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
        let softness = softness(classes_of, classes, cost);
        let lesson = Lesson { vectors, classes_of, classes, features, softness };
        Self { blocks: (0..classes.div_ceil(WIDTH)).map(|block| lesson.block(block)).collect() }
    }

    /// Adds `weight` times the cosine to each class's centroid to what the classifier says.
    pub(super) fn add_centroids(&mut self, vectors: &[&Vector], classes_of: &[usize], weight: f32) {
        for class in 0..self.blocks.len() * WIDTH {
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
            let block = &mut self.blocks[class / WIDTH];
            for (number, value) in sum {
                block[number as usize][class % WIDTH] += weight * value;
            }
        }
    }

    /// The weights of each block of classes feature by feature; the last row is always added.
    pub(super) fn blocks(&self) -> &[Vec<Lane>] {
        &self.blocks
    }
}

/// What the classes are learned from.
struct Lesson<'a> {
    vectors: &'a [&'a Vector],
    classes_of: &'a [usize],
    classes: usize,
    features: usize,
    /// By class of the example: half the inverse of the cost of a violated margin.
    softness: Vec<f32>,
}

impl Lesson<'_> {
    /// Learns one block of classes.
    fn block(&self, block: usize) -> Vec<Lane> {
        let mut training = Training {
            weights: vec![[0.0; WIDTH]; self.features + 1],
            duals: vec![[0.0; WIDTH]; self.vectors.len()],
            first: block * WIDTH,
            count: self.classes.saturating_sub(block * WIDTH).min(WIDTH),
        };
        let mut order: Vec<usize> = (0..self.vectors.len()).collect();
        let mut shuffle = Shuffle(0x5eed);
        for _ in 0..MOST_PASSES {
            shuffle.mix(&mut order);
            let worst = order.iter().fold(0.0_f32, |worst, &example| {
                let class = self.classes_of[example];
                let vector = self.vectors[example];
                worst.max(training.visit(example, vector, class, self.softness[class]))
            });
            if worst < TOLERANCE {
                break;
            }
        }
        training.weights
    }
}

struct Training {
    weights: Vec<Lane>,
    /// Dual variables, by example and class.
    duals: Vec<Lane>,
    /// The first class of the block.
    first: usize,
    /// How many there are.
    count: usize,
}

impl Training {
    /// Moves the weights by one example; returns the worst violation found.
    fn visit(&mut self, example: usize, vector: &Vector, class: usize, softness: f32) -> f32 {
        let margins = margins(&self.weights, vector);
        let duals = &mut self.duals[example];
        let mut change = [0.0; WIDTH];
        let (mut worst, mut moved) = (0.0_f32, false);
        for at in 0..self.count {
            let sign = if self.first + at == class { 1.0 } else { -1.0 };
            let dual = duals[at];
            let slope = sign * margins[at] - 1.0 + softness * dual;
            if dual == 0.0 && slope >= 0.0 {
                continue;
            }
            worst = worst.max(slope.abs());
            duals[at] = (dual - slope / (SQUARED_LENGTH + softness)).max(0.0);
            change[at] = sign * (duals[at] - dual);
            moved = true;
        }
        if moved {
            self.shift(vector, &change);
        }
        worst
    }

    fn shift(&mut self, vector: &Vector, change: &Lane) {
        for &(number, value) in &vector.entries {
            add(&mut self.weights[number as usize], change, value);
        }
        if let Some(always) = self.weights.last_mut() {
            add(always, change, 1.0);
        }
    }
}

/// The margin of each class of a block; what lies beyond the last class means nothing.
pub(super) fn margins(weights: &[Lane], vector: &Vector) -> Lane {
    let mut margins = weights.last().copied().unwrap_or([0.0; WIDTH]);
    for &(number, value) in &vector.entries {
        add(&mut margins, &weights[number as usize], value);
    }
    margins
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

/// Written out: one or two instructions when optimised, and bearable when not.
#[inline]
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
        classifier.blocks.iter().flat_map(|block| super::margins(block, vector)).collect()
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
        let mut classifier = Classifier { blocks: vec![vec![[0.0; WIDTH]; 4]] };
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

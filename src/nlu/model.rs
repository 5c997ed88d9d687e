//! One trained model: vocabulary, classifier and neighbours, and what they say of a text.

use super::calibration::Evidence;
use super::classifier::{Classifier, Lane};
use super::features::{Gram, Vector, Vocabulary};
use super::neighbour::Neighbours;

/// Up to this many examples, the nearest of them counts; beyond, the classifier knows enough.
const MOST_NEIGHBOURS: usize = 3_000;
const NEIGHBOUR_WEIGHT: f32 = 0.5;
const CENTROID_WEIGHT_FEW: f32 = 1.0;
const CENTROID_WEIGHT_MANY: f32 = 0.5;

/// A text to learn from: its grams and its class.
#[derive(Clone, Copy)]
pub(super) struct Example<'a> {
    pub(super) grams: &'a [Gram],
    pub(super) class: usize,
}

/// A trained model over classes 0 to `classes`.
#[derive(Debug)]
pub(super) struct Model {
    vocabulary: Vocabulary,
    classifier: Classifier,
    neighbours: Option<Neighbours>,
    classes_of: Vec<usize>,
    classes: usize,
}

/// What a model says of a text.
pub(super) struct Scores {
    /// By class: margin, centroid and nearest example together.
    pub(super) totals: Vec<f32>,
    /// By example of the training set: the cosine; empty for large sets.
    pub(super) similarities: Vec<f32>,
    nearest: f32,
    known_runs: f32,
    known_words: f32,
}

impl Model {
    /// Learns from the examples.
    pub(super) fn train(examples: &[Example<'_>], classes: usize) -> Self {
        let few = examples.len() <= MOST_NEIGHBOURS;
        let texts: Vec<&[Gram]> = examples.iter().map(|example| example.grams).collect();
        let vocabulary = Vocabulary::learn(&texts, if few { 1 } else { 2 });
        let vectors: Vec<Vector> = texts.iter().map(|grams| vocabulary.vector(grams)).collect();
        let vectors: Vec<&Vector> = vectors.iter().collect();
        let classes_of: Vec<usize> = examples.iter().map(|example| example.class).collect();
        let mut classifier = Classifier::train(&vectors, &classes_of, classes, vocabulary.len());
        let weight = if few { CENTROID_WEIGHT_FEW } else { CENTROID_WEIGHT_MANY };
        classifier.add_centroids(&vectors, &classes_of, weight);
        let neighbours = few.then(|| Neighbours::list(&vectors, vocabulary.len()));
        Self { vocabulary, classifier, neighbours, classes_of, classes }
    }

    /// What it says of a text.
    pub(super) fn scores(&self, grams: &[Gram]) -> Scores {
        let vector = self.vocabulary.vector(grams);
        let mut margins: Vec<Lane> = vec![[0.0; 8]; self.classifier.lanes()];
        self.classifier.margins(&vector, &mut margins);
        let mut totals: Vec<f32> = margins.as_flattened().to_vec();
        totals.truncate(self.classes);
        let similarities =
            self.neighbours.as_ref().map(|all| all.similarities(&vector)).unwrap_or_default();
        let mut nearest = vec![0.0_f32; self.classes];
        for (&class, &similarity) in self.classes_of.iter().zip(&similarities) {
            nearest[class] = nearest[class].max(similarity);
        }
        for (total, nearest) in totals.iter_mut().zip(&nearest) {
            *total += NEIGHBOUR_WEIGHT * nearest;
        }
        Scores {
            totals,
            nearest: nearest.into_iter().fold(0.0, f32::max),
            similarities,
            known_runs: vector.known_runs,
            known_words: vector.known_words,
        }
    }
}

impl Scores {
    /// The likeliest of the first `classes` classes; 0 when there are none.
    pub(super) fn best(&self, classes: usize) -> usize {
        let totals = self.totals.iter().take(classes).enumerate();
        totals
            .fold(
                (0, f32::NEG_INFINITY),
                |best, (class, &total)| {
                    if total > best.1 { (class, total) } else { best }
                },
            )
            .0
    }

    /// What speaks for a class being the right one.
    pub(super) fn evidence(&self, class: usize) -> Evidence {
        let total = self.totals.get(class).copied().unwrap_or_default();
        Evidence([total, self.nearest, self.known_runs, self.known_words])
    }

    /// Whether no word of the text is known.
    pub(super) fn nothing_known(&self) -> bool {
        self.known_words <= 0.0
    }
}

//! One trained model: vocabulary, classifier and neighbours, and what they say of a text.

use super::classifier::Classifier;
use super::evidence::{Evidence, Signs};
use super::features::{Gram, Scale, Vector, Vocabulary};
use super::members::Members;
use super::neighbour::Neighbours;
use super::presence::Presence;
use super::weights::{Sums, Weights};

/// Up to this many examples are few: the nearest of them counts.
const MOST_FEW: usize = 3_000;
const COST_FEW: f32 = 1.0;
const COST_MANY: f32 = 2.0;
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
    weights: Weights,
    presence: Presence,
    near: Near,
    /// By class: how near its examples are to each other.
    usual: Vec<f32>,
    classes: usize,
}

/// How near examples are found.
#[derive(Debug)]
enum Near {
    /// Every example is asked.
    All(Neighbours),
    /// Those of the likeliest class.
    OfClass(Members),
}

impl Scale {
    /// Of a training set with that many examples.
    pub(super) const fn of(examples: usize) -> Self {
        if examples <= MOST_FEW { Self::Few } else { Self::Many }
    }
}

/// The room that judging a text needs, and what was found on the way; kept, it need not be made anew.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// By class: margin, centroid and nearest example together.
    pub(super) totals: Vec<f32>,
    /// By example of the training set: how similar it is; empty for large sets.
    pub(super) similarities: Vec<u16>,
    vector: Vector,
    sums: Sums,
    nearest: Vec<f32>,
}

/// What a model says of a text.
pub(super) struct Finding {
    /// The likeliest of the classes that may be answered; 0 when there is none.
    pub(super) best: usize,
    /// What speaks for it being the right one.
    pub(super) evidence: Evidence,
    /// Whether no word of the text is known.
    pub(super) is_unknown: bool,
    /// Whether a class that must not be answered is likelier.
    pub(super) none_wins: bool,
}

impl Model {
    /// Learns from the examples.
    pub(super) fn train(examples: &[Example<'_>], classes: usize, scale: Scale) -> Self {
        let texts: Vec<&[Gram]> = examples.iter().map(|example| example.grams).collect();
        let vocabulary = Vocabulary::learn(&texts, scale);
        let vectors: Vec<Vector> = texts.iter().map(|grams| vocabulary.vector(grams)).collect();
        let vectors: Vec<&Vector> = vectors.iter().collect();
        let classes_of: Vec<usize> = examples.iter().map(|example| example.class).collect();
        let (cost, weight) = match scale {
            Scale::Few => (COST_FEW, CENTROID_WEIGHT_FEW),
            Scale::Many => (COST_MANY, CENTROID_WEIGHT_MANY),
        };
        let mut classifier =
            Classifier::train(&vectors, &classes_of, classes, vocabulary.len(), cost);
        classifier.add_centroids(&vectors, &classes_of, weight);
        let presence = Presence::of(&vectors, &classes_of, classes, vocabulary.len());
        let near = match scale {
            Scale::Few => Near::All(Neighbours::list(&vectors, &classes_of, vocabulary.len())),
            Scale::Many => Near::OfClass(Members::list(&vectors, &classes_of, &vocabulary)),
        };
        let usual = match &near {
            Near::All(all) => all.usual(&vectors, &classes_of, classes),
            Near::OfClass(members) => members.usual(&vectors, &classes_of, classes, &vocabulary),
        };
        let weights = Weights::of(&classifier, classes);
        Self { vocabulary, weights, presence, near, usual, classes }
    }

    /// What it takes in memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let near = match &self.near {
            Near::All(all) => all.bytes(),
            Near::OfClass(members) => members.bytes(),
        };
        self.vocabulary.bytes() + self.weights.bytes() + self.presence.bytes() + near
    }

    /// What it says of a text; classes from `intents` on must not be answered.
    pub(super) fn find(&self, grams: &[Gram], intents: usize, work: &mut Work) -> Finding {
        self.vocabulary.fill(grams, &mut work.vector);
        self.weigh(work);
        let (best, total, second) = two_best(&work.totals, intents);
        let Work { vector, nearest, totals, .. } = work;
        let nearest = match &self.near {
            Near::All(_) => nearest.get(best).copied().unwrap_or_default(),
            Near::OfClass(members) => members.nearest(best, vector, &self.vocabulary, nearest),
        };
        let known = self.vocabulary.share(vector, |_| true);
        let (strongest, against) = self.brought(vector, best);
        let signs = Signs {
            total,
            gap: total - second,
            nearest,
            usual: self.usual.get(best).copied().unwrap_or_default(),
            known,
            in_class: self.vocabulary.share(vector, |gram| self.presence.has(gram, best)),
            words: vector.told.words,
            strongest,
            against,
            length: vector.length,
        };
        Finding {
            best,
            evidence: Evidence::of(&signs),
            is_unknown: known.words <= 0.0,
            none_wins: totals.iter().skip(intents).any(|none| *none > total),
        }
    }

    /// Adds up what speaks for each class.
    fn weigh(&self, work: &mut Work) {
        self.weights.margins(&work.vector, &mut work.sums, &mut work.totals);
        work.similarities.clear();
        if let Near::All(all) = &self.near {
            all.similarities(&work.vector, &mut work.similarities);
            work.nearest.clear();
            work.nearest.resize(self.classes, 0.0);
            all.nearest(&work.similarities, &mut work.nearest);
            for (total, nearest) in work.totals.iter_mut().zip(&work.nearest) {
                *total += NEIGHBOUR_WEIGHT * nearest;
            }
        }
    }

    /// What the gram brings that speaks most for a class, and what all that speak against it bring.
    fn brought(&self, vector: &Vector, class: usize) -> (f32, f32) {
        let brought = vector.entries.iter().map(|(n, v)| v * self.weights.weight(*n, class));
        brought.fold((0.0_f32, 0.0_f32), |(strongest, against), it| {
            (strongest.max(it), against + it.min(0.0))
        })
    }
}

/// The likeliest of the first `intents` classes, its total, and the highest total of any other class.
fn two_best(totals: &[f32], intents: usize) -> (usize, f32, f32) {
    let answerable = totals.iter().take(intents).enumerate();
    let best = answerable.reduce(|best, next| if next.1 > best.1 { next } else { best });
    let (best, total) = best.map_or((0, 0.0), |(class, total)| (class, *total));
    let others = totals.iter().enumerate().filter(|(class, _)| *class != best);
    let second = others.map(|(_, total)| *total).fold(f32::NEG_INFINITY, f32::max);
    (best, total, if second.is_finite() { second } else { total })
}

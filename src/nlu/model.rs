//! One trained model: vocabulary, classifier and neighbours, and what they say of a text.

use super::classifier::{Classifier, Lane};
use super::evidence::{Evidence, Signs};
use super::features::{Gram, Scale, Vector, Vocabulary};
use super::members::Members;
use super::neighbour::Neighbours;
use super::presence::Presence;

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
    classifier: Classifier,
    presence: Presence,
    near: Near,
    /// By class: how near its examples are to each other.
    usual: Vec<f32>,
    classes_of: Vec<usize>,
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

/// What a model says of a text.
pub(super) struct Scores {
    /// By class: margin, centroid and nearest example together.
    pub(super) totals: Vec<f32>,
    /// By example of the training set: the cosine; empty for large sets.
    pub(super) similarities: Vec<f32>,
    /// The likeliest of the classes that may be answered; 0 when there is none.
    pub(super) best: usize,
    /// What speaks for it being the right one.
    pub(super) evidence: Evidence,
    /// Whether no word of the text is known.
    pub(super) is_unknown: bool,
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
        let presence = Presence::of(&vectors, &classes_of, vocabulary.len());
        let near = match scale {
            Scale::Few => Near::All(Neighbours::list(&vectors, vocabulary.len())),
            Scale::Many => {
                Near::OfClass(Members::gather(&vectors, &classes_of, classes, &vocabulary))
            }
        };
        let usual = match &near {
            Near::All(all) => all.usual(&vectors, &classes_of, classes),
            Near::OfClass(members) => members.usual(classes),
        };
        Self { usual, vocabulary, classifier, presence, near, classes_of, classes }
    }

    /// What it takes in memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let near = match &self.near {
            Near::All(all) => all.bytes(),
            Near::OfClass(members) => members.bytes(),
        };
        self.vocabulary.bytes() + self.classifier.bytes() + self.presence.bytes() + near
    }

    /// What it says of a text; classes from `intents` on must not be answered.
    pub(super) fn scores(&self, grams: &[Gram], intents: usize) -> Scores {
        let vector = self.vocabulary.vector(grams);
        let mut margins: Vec<Lane> = vec![[0.0; 8]; self.classifier.lanes()];
        self.classifier.margins(&vector, &mut margins);
        let mut totals: Vec<f32> = margins.as_flattened().to_vec();
        totals.truncate(self.classes);
        let similarities = match &self.near {
            Near::All(all) => all.similarities(&vector),
            Near::OfClass(_) => Vec::new(),
        };
        let mut nearest = vec![0.0_f32; self.classes];
        for (&class, &similarity) in self.classes_of.iter().zip(&similarities) {
            nearest[class] = nearest[class].max(similarity);
        }
        for (total, nearest) in totals.iter_mut().zip(&nearest) {
            *total += NEIGHBOUR_WEIGHT * nearest;
        }
        let (best, total, second) = two_best(&totals, intents);
        let nearest = match &self.near {
            Near::All(_) => nearest.get(best).copied().unwrap_or_default(),
            Near::OfClass(members) => members.nearest(best, &vector, &self.vocabulary),
        };
        let known = self.vocabulary.share(&vector, |_| true);
        let in_class = self.vocabulary.share(&vector, |gram| self.presence.has(gram, best));
        let brought = vector.entries.iter().map(|(n, v)| v * self.classifier.weight(*n, best));
        let (strongest, against) = brought.fold((0.0_f32, 0.0_f32), |(strongest, against), it| {
            (strongest.max(it), against + it.min(0.0))
        });
        let gap = total - second;
        let evidence = Evidence::of(&Signs {
            total,
            gap,
            nearest,
            known,
            in_class,
            words: vector.told.words,
            usual: self.usual.get(best).copied().unwrap_or_default(),
            strongest,
            against,
            length: vector.length,
        });
        Scores { totals, similarities, best, evidence, is_unknown: known.words <= 0.0 }
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

impl Scores {
    /// Whether a class that must not be answered is likelier than the best that may be.
    pub(super) fn none_wins(&self) -> bool {
        self.totals.get(self.best).is_some_and(|best| self.totals.iter().any(|it| it > best))
    }
}

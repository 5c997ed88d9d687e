//! How good an engine is on examples that it has not seen: cross-validation, and what follows from
//! it. Pure and deterministic.

use std::collections::BTreeMap;

use super::classifier::Shuffle;
use super::engine::Engine;
use super::{TrainingIntent, TrainingSet, Verdict};

/// The points of the coverage-versus-error curve.
const POINTS: usize = 20;
/// The bins of the reliability curve.
const BINS: usize = 10;

/// What was said of one example by an engine that did not know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The message.
    pub text: String,
    /// Its intent; `None` when nothing should be answered.
    pub intent: Option<String>,
    /// The likeliest intent.
    pub predicted: String,
    /// Its probability of being right.
    pub confidence: f32,
    /// What the bot would have done.
    pub verdict: Verdict,
}

impl Answer {
    /// Whether the likeliest intent is the right one.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.intent.as_ref() == Some(&self.predicted)
    }
}

/// Says of every example what an engine trained without its fold makes of it. Examples are dealt to
/// the folds intent by intent; those of `none` too.
#[must_use]
pub fn cross_validate(set: &TrainingSet, folds: usize) -> Vec<Answer> {
    let folds = folds.max(2);
    let deal = Deal::of(set, folds);
    (0..folds).flat_map(|fold| deal.answers(set, fold)).collect()
}

/// Which fold each example is in.
struct Deal {
    intents: Vec<Vec<usize>>,
    none: Vec<usize>,
}

impl Deal {
    fn of(set: &TrainingSet, folds: usize) -> Self {
        let mut shuffle = Shuffle(0xdea1);
        let mut offset = 0;
        let mut deal = |examples: usize| {
            let mut folds_of: Vec<usize> = (0..examples).map(|at| (at + offset) % folds).collect();
            offset += examples;
            shuffle.mix(&mut folds_of);
            folds_of
        };
        let intents = set.intents.iter().map(|intent| deal(intent.examples.len())).collect();
        Self { intents, none: deal(set.none.len()) }
    }

    fn answers(&self, set: &TrainingSet, fold: usize) -> Vec<Answer> {
        let engine = Engine::train(&self.without(set, fold));
        let mut answers = Vec::new();
        for (intent, folds) in set.intents.iter().zip(&self.intents) {
            let held = intent.examples.iter().zip(folds).filter(|(_, of)| **of == fold);
            answers.extend(
                held.filter_map(|((_, text), _)| answer(&engine, text, Some(&intent.name))),
            );
        }
        let held = set.none.iter().zip(&self.none).filter(|(_, of)| **of == fold);
        answers.extend(held.filter_map(|(text, _)| answer(&engine, text, None)));
        answers
    }

    fn without(&self, set: &TrainingSet, fold: usize) -> TrainingSet {
        let kept = |intent: &TrainingIntent, folds: &[usize]| TrainingIntent {
            name: intent.name.clone(),
            examples: others(&intent.examples, folds, fold),
            patterns: Vec::new(),
        };
        TrainingSet {
            intents: set
                .intents
                .iter()
                .zip(&self.intents)
                .map(|(i, folds)| kept(i, folds))
                .collect(),
            none: others(&set.none, &self.none, fold),
        }
    }
}

fn others<T: Clone>(all: &[T], folds: &[usize], fold: usize) -> Vec<T> {
    all.iter().zip(folds).filter(|(_, of)| **of != fold).map(|(one, _)| one.clone()).collect()
}

fn answer(engine: &Engine, text: &str, intent: Option<&str>) -> Option<Answer> {
    let reading = engine.read(text);
    let best = reading.candidates.into_iter().next()?;
    Some(Answer {
        text: text.to_owned(),
        intent: intent.map(str::to_owned),
        predicted: best.intent,
        confidence: best.probability,
        verdict: reading.verdict,
    })
}

/// How one intent fares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntentFigures {
    /// Its examples.
    pub examples: usize,
    /// Of those, how many are found: recall × examples.
    pub found: usize,
    /// How often it was said to be the likeliest.
    pub said: usize,
}

impl IntentFigures {
    /// Found of all its examples, 0 to 1.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.found, self.examples)
    }

    /// Right of all the times it was said, 0 to 1.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.found, self.said)
    }
}

/// One point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where.
    pub at: f64,
    /// How much.
    pub value: f64,
    /// Of how many messages.
    pub count: usize,
}

/// What the answers say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Answers to examples of an intent.
    pub in_scope: usize,
    /// The share of them whose likeliest intent is right, 0 to 1.
    pub accuracy: f64,
    /// By intent.
    pub intents: BTreeMap<String, IntentFigures>,
    /// Pairs (right, said instead) and how often, the commonest first.
    pub confusions: Vec<((String, String), usize)>,
    /// Coverage (the share answered, `at`) against the share of wrong answers (`value`).
    pub coverage: Vec<Point>,
    /// The confidence told (`at`) against the share that is right (`value`).
    pub reliability: Vec<Point>,
}

impl Evaluation {
    /// Adds the answers up.
    #[must_use]
    pub fn of(answers: &[Answer]) -> Self {
        let mut intents: BTreeMap<String, IntentFigures> = BTreeMap::new();
        let mut confused: BTreeMap<(String, String), usize> = BTreeMap::new();
        let (mut in_scope, mut right) = (0, 0);
        for answer in answers {
            intents.entry(answer.predicted.clone()).or_default().said += 1;
            let Some(intent) = &answer.intent else { continue };
            in_scope += 1;
            right += usize::from(answer.is_right());
            let figures = intents.entry(intent.clone()).or_default();
            figures.examples += 1;
            figures.found += usize::from(answer.is_right());
            if !answer.is_right() {
                *confused.entry((intent.clone(), answer.predicted.clone())).or_default() += 1;
            }
        }
        let mut confusions: Vec<_> = confused.into_iter().collect();
        confusions.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let accuracy = share(right, in_scope);
        let (coverage, reliability) = (coverage(answers), reliability(answers));
        Self { in_scope, accuracy, intents, confusions, coverage, reliability }
    }

    /// Intents to give examples to first: the most examples missed, then the lowest recall.
    #[must_use]
    pub fn weakest(&self) -> Vec<(&str, &IntentFigures)> {
        let mut weak: Vec<_> = self
            .intents
            .iter()
            .filter(|(_, figures)| figures.found < figures.examples)
            .map(|(name, figures)| (name.as_str(), figures))
            .collect();
        weak.sort_by(|a, b| a.1.recall().total_cmp(&b.1.recall()).then_with(|| a.0.cmp(b.0)));
        weak
    }
}

/// As the threshold falls, more is answered and more of it is wrong.
fn coverage(answers: &[Answer]) -> Vec<Point> {
    let mut order: Vec<&Answer> = answers.iter().collect();
    order.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let points = (1..=POINTS).map(|point| {
        let count = order.len() * point / POINTS;
        let wrong = order.iter().take(count).filter(|answer| !answer.is_right()).count();
        Point { at: share(count, order.len()), value: share(wrong, count), count }
    });
    points.filter(|point| point.count > 0).collect()
}

fn reliability(answers: &[Answer]) -> Vec<Point> {
    let bins = (0..BINS).filter_map(|bin| {
        let low = bin as f32 / BINS as f32;
        let high = if bin + 1 == BINS { 1.1 } else { (bin + 1) as f32 / BINS as f32 };
        let here = |answer: &&Answer| answer.confidence >= low && answer.confidence < high;
        let inside: Vec<_> = answers.iter().filter(here).collect();
        let told: f64 = inside.iter().map(|answer| f64::from(answer.confidence)).sum();
        let right = inside.iter().filter(|answer| answer.is_right()).count();
        let count = inside.len();
        (count > 0).then(|| Point { at: told / count as f64, value: share(right, count), count })
    });
    bins.collect()
}

fn share(part: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(intent: Option<&str>, predicted: &str, confidence: f32) -> Answer {
        Answer {
            text: String::new(),
            intent: intent.map(str::to_owned),
            predicted: predicted.to_owned(),
            confidence,
            verdict: Verdict::Answer,
        }
    }

    #[test]
    fn figures_are_counted_by_hand() {
        let answers = [
            said(Some("a"), "a", 0.9),
            said(Some("a"), "b", 0.4),
            said(Some("b"), "b", 0.8),
            said(None, "b", 0.2),
        ];
        let evaluation = Evaluation::of(&answers);
        assert_eq!(evaluation.in_scope, 3);
        assert!((evaluation.accuracy - 2.0 / 3.0).abs() < 1e-9);
        assert!((evaluation.intents["a"].recall() - 0.5).abs() < 1e-9);
        assert!((evaluation.intents["b"].precision() - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(evaluation.confusions, [(("a".to_owned(), "b".to_owned()), 1)]);
        assert_eq!(evaluation.weakest()[0].0, "a");
        let half = evaluation.coverage.iter().find(|point| point.count == 2).unwrap();
        assert!((half.at - 0.5).abs() < 1e-9 && half.value.abs() < 1e-9);
        let all = evaluation.coverage.last().unwrap();
        assert!((all.value - 0.5).abs() < 1e-9);
        assert_eq!(evaluation.reliability.iter().map(|bin| bin.count).sum::<usize>(), 4);
    }

    #[test]
    fn nobody_is_asked_about_what_they_learned_and_everybody_once() {
        let intent = |name: &str, word: &str| TrainingIntent {
            name: name.to_owned(),
            examples: (0..10).map(|n| (None, format!("{word} numero{n}"))).collect(),
            patterns: Vec::new(),
        };
        let set = TrainingSet {
            intents: vec![
                intent("order", "dove ordine pacco"),
                intent("refund", "voglio rimborso"),
            ],
            none: vec!["che tempo fa".to_owned(), "barzelletta".to_owned()],
        };
        let answers = cross_validate(&set, 5);
        assert_eq!(answers.len(), 22);
        let mut texts: Vec<_> = answers.iter().map(|answer| answer.text.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 22);
        assert!(Evaluation::of(&answers).accuracy > 0.9);
        assert_eq!(answers, cross_validate(&set, 5));
    }
}

//! The trained engine: patterns first, then the classifier with its calibrated probability.

use regex::RegexSet;

use super::calibration::Calibration;
use super::closing::is_closing;
use super::features::{Gram, grams};
use super::fold::{clip, fold};
use super::language;
use super::model::{Example, Model, Scores};
use super::pattern;
use super::{Candidate, Reading, Source, TrainingSet, Verdict};
use crate::domain::language::Language;
use crate::domain::message::MAX_READ_CHARS;

/// From this probability on, the bot answers outright.
const ANSWER: f32 = 0.6;
/// Below this probability, the bot says that it did not understand.
const REJECT: f32 = 0.3;
const MOST_CANDIDATES: usize = 3;
/// How fast the probability falls from one candidate to the next, by distance of their scores.
const FALL: f32 = 2.0;

/// A trained engine; cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Engine {
    intents: Vec<String>,
    model: Model,
    calibration: Calibration,
    /// The language of each example of the model.
    languages: Vec<Option<Language>>,
    patterns: RegexSet,
    /// The intent of each pattern.
    pattern_intents: Vec<usize>,
}

impl Engine {
    /// Learns from the set. Deterministic. Patterns that are no regular expressions are left out.
    #[must_use]
    pub fn train(set: &TrainingSet) -> Self {
        let material = Material::of(set);
        let examples = material.examples();
        let intents = set.intents.len();
        let classes = intents + usize::from(!set.none.is_empty());
        let (patterns, pattern_intents) = pattern_set(set);
        Self {
            intents: set.intents.iter().map(|intent| intent.name.clone()).collect(),
            model: Model::train(&examples, classes),
            calibration: Calibration::of(&examples, &material.trials, intents, classes),
            languages: material.languages,
            patterns,
            pattern_intents,
        }
    }

    /// Reads one message, at most `MAX_READ_CHARS` characters of it.
    #[must_use]
    pub fn read(&self, text: &str) -> Reading {
        let text = clip(text, MAX_READ_CHARS);
        let folded = fold(text);
        let scores = self.model.scores(&grams(&folded));
        let language = language::of(&folded, &self.languages, &scores.similarities);
        let closing = is_closing(&folded);
        if let Some(intent) = self.matched(text, &folded, &scores) {
            let candidates = vec![self.candidate(intent, 1.0)];
            let verdict = Verdict::Answer;
            return Reading { candidates, verdict, source: Source::Pattern, language, closing };
        }
        let (candidates, verdict) = self.judged(&scores);
        Reading { candidates, verdict, source: Source::Classifier, language, closing }
    }

    /// The likeliest intent of those with a matching pattern.
    fn matched(&self, text: &str, folded: &str, scores: &Scores) -> Option<usize> {
        let written = self.patterns.matches(text).into_iter();
        let matches = written.chain(self.patterns.matches(folded));
        let mut intents: Vec<usize> = matches.map(|at| self.pattern_intents[at]).collect();
        intents.sort_unstable();
        intents.into_iter().reduce(|best, intent| {
            if scores.totals[intent] > scores.totals[best] { intent } else { best }
        })
    }

    fn judged(&self, scores: &Scores) -> (Vec<Candidate>, Verdict) {
        let mut order: Vec<usize> = (0..self.intents.len()).collect();
        order.sort_by(|a, b| scores.totals[*b].total_cmp(&scores.totals[*a]).then(a.cmp(b)));
        order.truncate(MOST_CANDIDATES);
        let Some(&best) = order.first() else { return (Vec::new(), Verdict::Reject) };
        let probability = self.probability(scores, best);
        let candidates = order.iter().map(|&intent| {
            let share = (FALL * (scores.totals[intent] - scores.totals[best])).exp();
            let most = if intent == best { 1.0 } else { 1.0 - probability };
            self.candidate(intent, (probability * share).min(most))
        });
        let verdict = match probability {
            p if p >= ANSWER => Verdict::Answer,
            p if p >= REJECT => Verdict::Ask,
            _ => Verdict::Reject,
        };
        (candidates.collect(), verdict)
    }

    /// The probability of the best intent, held below rejection where the words are all unknown or
    /// the text is nearer to those that must not be answered.
    fn probability(&self, scores: &Scores, best: usize) -> f32 {
        let probability = self.calibration.probability(scores.evidence(best));
        let none_wins = scores.best(scores.totals.len()) != best;
        if none_wins || scores.nothing_known() {
            probability.min(REJECT * 0.99)
        } else {
            probability
        }
    }

    fn candidate(&self, intent: usize, probability: f32) -> Candidate {
        Candidate { intent: self.intents[intent].clone(), probability }
    }
}

/// The texts of a training set, taken apart.
struct Material {
    texts: Vec<(Vec<Gram>, usize)>,
    languages: Vec<Option<Language>>,
    /// Which of the texts are real messages; the others are the intents' names.
    trials: Vec<usize>,
}

impl Material {
    fn of(set: &TrainingSet) -> Self {
        let mut material = Self { texts: Vec::new(), languages: Vec::new(), trials: Vec::new() };
        for (class, intent) in set.intents.iter().enumerate() {
            for (language, example) in &intent.examples {
                material.trials.push(material.texts.len());
                material.add(example, class, *language);
            }
            material.add(&intent.name.replace('_', " "), class, None);
        }
        for example in &set.none {
            material.trials.push(material.texts.len());
            material.add(example, set.intents.len(), None);
        }
        material
    }

    fn add(&mut self, text: &str, class: usize, language: Option<Language>) {
        self.texts.push((grams(&fold(clip(text, MAX_READ_CHARS))), class));
        self.languages.push(language);
    }

    fn examples(&self) -> Vec<Example<'_>> {
        self.texts.iter().map(|(grams, class)| Example { grams, class: *class }).collect()
    }
}

/// All valid patterns, and the intent of each.
fn pattern_set(set: &TrainingSet) -> (RegexSet, Vec<usize>) {
    let all = set.intents.iter().enumerate();
    let patterns: Vec<(usize, &str)> = all
        .flat_map(|(at, intent)| intent.patterns.iter().map(move |text| (at, text.as_str())))
        .filter(|(_, text)| pattern::compile(text).is_ok())
        .collect();
    let compiled = pattern::compile_set(patterns.iter().map(|(_, text)| *text));
    (compiled, patterns.into_iter().map(|(intent, _)| intent).collect())
}

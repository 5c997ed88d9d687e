//! The trained engine: patterns first, then the classifier with its calibrated probability.

use regex::RegexSet;

pub use super::calibration::Calibration;
use super::closing::is_closing;
use super::features::{Gram, Parts, Scale, grams};
use super::fold::{clip, fold, fold_into};
pub use super::judgement::Judgement;
use super::language;
use super::model::{Example, Finding, Model, Work};
use super::pattern;
use super::{Candidate, Reading, TrainingSet, Verdict};
use crate::domain::language::Language;
use crate::domain::message::MAX_READ_CHARS;

/// From this probability on, the bot answers outright.
const ANSWER: f32 = 0.6;
/// Below this probability, the bot says that it did not understand.
const REJECT: f32 = 0.3;
/// How fast the probability falls from one candidate to the next, by distance of their scores.
const FALL: f32 = 2.0;

/// How many threads learning uses; what is learned does not depend on it.
pub const THREADS: usize = 2;

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

/// Room for reading messages, kept from one to the next so that none has to be made anew. Use one for
/// each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    folded: String,
    parts: Parts,
    work: Work,
}

/// A training set taken apart, ready to be learned from.
#[derive(Debug)]
pub struct Lesson<'a> {
    set: &'a TrainingSet,
    material: Material,
}

impl<'a> Lesson<'a> {
    /// Takes the texts apart.
    #[must_use]
    pub fn of(set: &'a TrainingSet) -> Self {
        Self { set, material: Material::of(set) }
    }

    /// Classes to learn: the intents, and what must not be answered if there are examples of it.
    fn classes(&self) -> usize {
        self.set.intents.len() + usize::from(!self.set.none.is_empty())
    }

    /// Finds out what scores are worth, by leaving examples and whole intents out.
    #[must_use]
    pub fn calibration(&self) -> Calibration {
        self.calibration_on(THREADS)
    }

    /// As `calibration`, on so many threads; what is found does not depend on it.
    #[must_use]
    pub fn calibration_on(&self, threads: usize) -> Calibration {
        let Material { trials, scale, .. } = &self.material;
        let (examples, intents) = (self.material.examples(), self.set.intents.len());
        Calibration::of(&examples, trials, intents, self.classes(), *scale, threads)
    }

    /// Learns from everything.
    #[must_use]
    pub fn engine(self, calibration: Calibration) -> Engine {
        let model = Model::train(&self.material.examples(), self.classes(), self.material.scale);
        let (patterns, pattern_intents) = pattern_set(self.set);
        Engine {
            intents: self.set.intents.iter().map(|intent| intent.name.clone()).collect(),
            model,
            calibration,
            languages: self.material.languages,
            patterns,
            pattern_intents,
        }
    }
}

impl Engine {
    /// Learns from the set. Deterministic. Patterns that are no regular expressions are left out.
    #[must_use]
    pub fn train(set: &TrainingSet) -> Self {
        let lesson = Lesson::of(set);
        // The models of the calibration are gone before the one that stays is made: it takes their
        // place in memory.
        let calibration = lesson.calibration();
        lesson.engine(calibration)
    }

    /// What the model takes in memory, in bytes; patterns are not counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.model.bytes()
    }

    /// The name of an intent, by its place in the training set.
    #[must_use]
    pub fn intent(&self, place: usize) -> &str {
        self.intents.get(place).map_or("", String::as_str)
    }

    /// Reads one message, at most `MAX_READ_CHARS` characters of it.
    #[must_use]
    pub fn read(&self, text: &str) -> Reading {
        let mut scratch = Scratch::default();
        let judgement = self.judge(text, &mut scratch);
        let candidates = judgement.candidates().iter();
        Reading {
            candidates: candidates
                .map(|&(place, probability)| Candidate {
                    intent: self.intent(place).to_owned(),
                    probability,
                })
                .collect(),
            verdict: judgement.verdict,
            source: judgement.source,
            language: language::of(&scratch.folded, &self.languages, &scratch.work.similarities),
            closing: is_closing(&scratch.folded),
        }
    }

    /// Finds the likeliest intents of a message, as `read` does; allocates nothing once `scratch` has
    /// seen messages as long.
    #[must_use]
    pub fn judge(&self, text: &str, scratch: &mut Scratch) -> Judgement {
        let text = clip(text, MAX_READ_CHARS);
        fold_into(text, &mut scratch.folded);
        scratch.parts.take(&scratch.folded);
        let grams = &scratch.parts.grams;
        let found = self.model.find(grams, self.intents.len(), &mut scratch.work);
        let totals = &scratch.work.totals;
        match self.matched(text, &scratch.folded, totals) {
            Some(intent) => Judgement::certain(intent),
            None => self.judged(&found, totals),
        }
    }

    /// The likeliest intent of those with a matching pattern.
    fn matched(&self, text: &str, folded: &str, totals: &[f32]) -> Option<usize> {
        if !self.patterns.is_match(text) && !self.patterns.is_match(folded) {
            return None;
        }
        let written = self.patterns.matches(text).into_iter();
        let matches = written.chain(self.patterns.matches(folded));
        let mut intents: Vec<usize> = matches.map(|at| self.pattern_intents[at]).collect();
        intents.sort_unstable();
        let likelier = |a: usize, b: usize| if totals[b] > totals[a] { b } else { a };
        intents.into_iter().reduce(likelier)
    }

    fn judged(&self, found: &Finding, totals: &[f32]) -> Judgement {
        let mut judgement = Judgement::NOTHING;
        let intents = totals.iter().take(self.intents.len()).enumerate();
        intents.for_each(|(intent, total)| judgement.rank(intent, *total));
        let probability = self.probability(found);
        let best = judgement.candidates[0].1;
        for (place, candidate) in judgement.candidates.iter_mut().enumerate() {
            let share = (FALL * (candidate.1 - best)).exp();
            let most = if place == 0 { 1.0 } else { 1.0 - probability };
            candidate.1 = (probability * share).min(most);
        }
        judgement.verdict = match probability {
            _ if judgement.count == 0 => Verdict::Reject,
            p if p >= ANSWER => Verdict::Answer,
            p if p >= REJECT => Verdict::Ask,
            _ => Verdict::Reject,
        };
        judgement
    }

    /// The probability of the best intent, held below rejection where the words are all unknown or
    /// the text is nearer to those that must not be answered.
    fn probability(&self, found: &Finding) -> f32 {
        let probability = self.calibration.probability(found.evidence);
        if found.none_wins || found.is_unknown {
            // Below rejection, and in the same order as before.
            probability.min(REJECT * (0.9 + 0.09 * probability))
        } else {
            probability
        }
    }
}

/// The texts of a training set, taken apart.
#[derive(Debug)]
struct Material {
    scale: Scale,
    texts: Vec<(Vec<Gram>, usize)>,
    languages: Vec<Option<Language>>,
    /// Which of the texts are real messages; the others are the intents' names.
    trials: Vec<usize>,
}

impl Material {
    fn of(set: &TrainingSet) -> Self {
        let examples: usize = set.intents.iter().map(|intent| intent.examples.len() + 1).sum();
        let scale = Scale::of(examples + set.none.len());
        let (texts, languages, trials) = (Vec::new(), Vec::new(), Vec::new());
        let mut material = Self { scale, texts, languages, trials };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::{Source, TrainingIntent};

    fn set() -> TrainingSet {
        let intent = |name: &str, italian: &[&str], english: &[&str]| TrainingIntent {
            name: name.to_owned(),
            examples: italian
                .iter()
                .map(|text| (Some(Language::It), (*text).to_owned()))
                .chain(english.iter().map(|text| (Some(Language::En), (*text).to_owned())))
                .collect(),
            patterns: Vec::new(),
        };
        let mut hours = intent(
            "opening_hours",
            &["a che ora aprite?", "orari del negozio", "siete aperti la domenica?"],
            &["when do you open?", "opening hours of the shop", "are you open on Sunday?"],
        );
        hours.patterns.push(r"\borario è\b".to_owned());
        let status = intent(
            "order_status",
            &["dov'è il mio ordine?", "a che punto è la spedizione", "il pacco non è arrivato"],
            &["where is my order?", "has my parcel been shipped", "my package did not arrive"],
        );
        let refund = intent(
            "refund",
            &["voglio un rimborso", "quando mi restituite i soldi?", "rimborso non ricevuto"],
            &["I want a refund", "when do I get my money back?", "refund not received"],
        );
        let none = ["che tempo fa domani a Milano", "raccontami una barzelletta"];
        TrainingSet { intents: vec![hours, status, refund], none: none.map(str::to_owned).into() }
    }

    fn best(reading: &Reading) -> &str {
        &reading.candidates[0].intent
    }

    #[test]
    fn paraphrases_are_understood_in_both_languages() {
        let engine = Engine::train(&set());
        let italian = engine.read("Buongiorno, DOVE è il mio ordine??");
        assert_eq!((best(&italian), italian.verdict), ("order_status", Verdict::Answer));
        assert_eq!(italian.language, Some(Language::It));
        let english = engine.read("please, when do you open on sundays");
        assert_eq!((best(&english), english.verdict), ("opening_hours", Verdict::Answer));
        assert_eq!(english.language, Some(Language::En));
        assert_eq!(english.candidates.len(), 3);
        let mut last = 1.0;
        for candidate in &english.candidates {
            assert!(candidate.probability <= last, "{english:?}");
            last = candidate.probability;
        }
    }

    #[test]
    fn what_nobody_taught_is_rejected() {
        let engine = Engine::train(&set());
        for text in ["", "??", "xkcd qwzrt", "che tempo fa a Milano?", "世界", "🦀"] {
            let reading = engine.read(text);
            assert_eq!(reading.verdict, Verdict::Reject, "{text}: {reading:?}");
            assert!(reading.candidates[0].probability < REJECT, "{text}: {reading:?}");
        }
    }

    #[test]
    fn a_pattern_wins_and_marks_do_not_matter() {
        let mut set = set();
        set.intents[2].patterns.push("(broken".to_owned());
        set.intents[2].patterns.push(r"\bgiftcard\b".to_owned());
        let engine = Engine::train(&set);
        let reading = engine.read("dov'è il mio ordine GIFTCARD");
        assert_eq!((best(&reading), reading.source), ("refund", Source::Pattern));
        assert_eq!(reading.candidates.len(), 1);
        assert!((reading.candidates[0].probability - 1.0).abs() < f32::EPSILON);
        assert_eq!(best(&engine.read("l'ORARIO È?")), "opening_hours");
    }

    #[test]
    fn training_is_deterministic_and_reading_is_total() {
        let (one, other) = (Engine::train(&set()), Engine::train(&set()));
        let long = "ordine \u{0} \u{202e} 😀 ".repeat(60_000);
        for text in ["dov'è l'ordine", "refund", &long, "a\u{300}\u{301}", "\u{fdfa}"] {
            assert_eq!(one.read(text), other.read(text));
        }
        let nothing = Engine::train(&TrainingSet::default()).read("ciao");
        assert_eq!((nothing.candidates.len(), nothing.verdict), (0, Verdict::Reject));
    }

    #[test]
    fn with_many_intents_the_calibration_is_fitted_and_knows_its_limits() {
        let topics = ["sapone", "crema", "olio", "candela", "tazza", "libro", "sciarpa", "zaino"];
        let asks = ["quanto costa", "come uso", "avete ancora"];
        let mut set = TrainingSet::default();
        for (topic, ask) in topics.iter().flat_map(|t| asks.iter().map(move |a| (t, a))) {
            let forms = [
                format!("{ask} {topic}"),
                format!("{ask} un {topic}"),
                format!("vorrei sapere {ask} {topic}"),
                format!("{topic}: {ask}?"),
                format!("scusi, {ask} questo {topic}"),
                format!("salve {ask} il {topic}"),
            ];
            let examples = forms.into_iter().map(|text| (Some(Language::It), text)).collect();
            let name = format!("{topic}_{}", ask.replace(' ', "_"));
            set.intents.push(TrainingIntent { name, examples, patterns: Vec::new() });
        }
        let engine = Engine::train(&set);
        assert_ne!(engine.calibration, Calibration::SHIPPED);
        let known = engine.read("buonasera, quanto costa la candela?");
        assert_eq!((best(&known), known.verdict), ("candela_quanto_costa", Verdict::Answer));
        assert_ne!(engine.read("il mio pacco si è perso").verdict, Verdict::Answer);
    }
}

//! Understanding: text in, calibrated candidates and entities out. Pure and deterministic: the same
//! training set and the same text give the same bits on every run and thread count.
//!
//! A text is folded (`fold`), taken apart into words and character runs (`features`), weighed by a
//! linear classifier (`classifier`) together with its nearest examples (`neighbour`), and the
//! evidence for the likeliest intent becomes a probability (`calibration`). `engine` puts it
//! together; `entity` stands by itself.

mod calibration;
mod classifier;
mod closing;
pub mod engine;
pub mod entity;
pub mod evaluation;
mod evidence;
mod features;
mod fold;
mod judgement;
mod language;
mod members;
mod model;
mod neighbour;
pub mod pattern;
mod presence;
mod regression;
pub mod secret;
pub mod split;
mod weights;

use crate::domain::language::Language;

/// The words of a text in their one spelling (no case, marks or punctuation), so that two texts that
/// the engine cannot tell apart are equal. Empty when there are no words.
#[must_use]
pub fn plain_words(text: &str) -> String {
    fold::words(&fold::fold(text)).collect::<Vec<_>>().join(" ")
}

/// What the engine learns from.
#[derive(Clone, Debug, Default)]
pub struct TrainingSet {
    /// One entry an intent; the order is the label order.
    pub intents: Vec<TrainingIntent>,
    /// Real messages that no intent should answer.
    pub none: Vec<String>,
}

/// One intent's training material.
#[derive(Clone, Debug, Default)]
pub struct TrainingIntent {
    /// The intent's name.
    pub name: String,
    /// Example messages, each with its language where known.
    pub examples: Vec<(Option<Language>, String)>,
    /// Regular expressions that win over the classifier, already validated, matched without case.
    pub patterns: Vec<String>,
}

/// What the engine makes of one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The likeliest intents, best first, at most three; never empty when there is any intent.
    pub candidates: Vec<Candidate>,
    /// What the bot should do with it.
    pub verdict: Verdict,
    /// How the best intent was found.
    pub source: Source,
    /// The language of the matched example, or of the words; `None` when it cannot tell.
    pub language: Option<Language>,
    /// A thank-you, a farewell or an emoji that asks for nothing.
    pub closing: bool,
}

/// One intent with its probability of being the right one.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The intent's name.
    pub intent: String,
    /// P(correct), 0 to 1, calibrated.
    pub probability: f32,
}

/// What the probability allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// P(correct) ≥ .6: answer outright.
    Answer,
    /// Between the rejection threshold and .6: ask which of the candidates is meant.
    Ask,
    /// Below the rejection threshold: say so.
    Reject,
}

/// How the best intent was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A pattern of the intent file matched.
    Pattern,
    /// The trained classifier.
    Classifier,
}

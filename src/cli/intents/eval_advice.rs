//! What `intents eval` advises: where five more examples help first.

use crate::nlu::TrainingSet;
use crate::nlu::evaluation::{Answer, Evaluation};

/// How many intents are named.
const NAMED: usize = 10;
/// An intent that is found less often than this asks for examples.
const WEAK: f64 = 0.8;
/// How many missed messages are shown with an advice.
const SHOWN: usize = 3;

/// One intent that needs examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Advice {
    /// The intent's name.
    pub(super) intent: String,
    /// The examples that it has.
    pub(super) has: usize,
    /// How many of them were found while they were hidden.
    pub(super) found: usize,
    /// How many were hidden.
    pub(super) of: usize,
    /// The intent that it is taken for most.
    pub(super) taken_for: Option<String>,
    /// Some of the messages that were missed, the surest mistakes first.
    pub(super) missed: Vec<String>,
}

impl Advice {
    /// The intents that are found least, the weakest first.
    pub(super) fn of(evaluation: &Evaluation, answers: &[Answer], set: &TrainingSet) -> Vec<Self> {
        let weak = evaluation.weakest().into_iter();
        weak.filter(|(_, figures)| figures.recall() < WEAK)
            .take(NAMED)
            .map(|(name, figures)| {
                let has = set.intents.iter().find(|intent| intent.name == name);
                let taken = evaluation.confusions.iter().find(|((right, _), _)| right == name);
                Self {
                    intent: name.to_owned(),
                    has: has.map_or(0, |intent| intent.examples.len()),
                    found: figures.found,
                    of: figures.examples,
                    taken_for: taken.map(|((_, said), _)| said.clone()),
                    missed: missed(answers, name),
                }
            })
            .collect()
    }

    /// In one English line.
    pub(super) fn line(&self) -> String {
        let taken = self.taken_for.as_ref().map(|said| format!("; often taken for `{said}`"));
        format!(
            "add 5 examples to `{}` first: it has {}, and {} of {} were found{}",
            self.intent,
            self.has,
            self.found,
            self.of,
            taken.unwrap_or_default()
        )
    }
}

fn missed(answers: &[Answer], intent: &str) -> Vec<String> {
    let of = |answer: &&Answer| answer.intent.as_deref() == Some(intent) && !answer.is_right();
    let mut missed: Vec<_> = answers.iter().filter(of).collect();
    missed.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.text.cmp(&b.text)));
    missed.into_iter().take(SHOWN).map(|answer| answer.text.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::{TrainingIntent, Verdict};

    #[test]
    fn the_weakest_intent_is_named_with_what_it_is_taken_for_and_what_was_missed() {
        let answer = |text: &str, predicted: &str, confidence: f32| Answer {
            text: text.to_owned(),
            intent: Some("refund".to_owned()),
            predicted: predicted.to_owned(),
            confidence,
            verdict: Verdict::Answer,
        };
        let answers = [
            answer("soldi", "order", 0.2),
            answer("money", "order", 0.9),
            answer("r", "refund", 0.9),
        ];
        let examples = vec![(None, "x".to_owned()); 3];
        let refund = TrainingIntent { name: "refund".to_owned(), examples, patterns: Vec::new() };
        let set = TrainingSet { intents: vec![refund], none: Vec::new() };
        let advice = Advice::of(&Evaluation::of(&answers), &answers, &set);
        assert_eq!(advice.len(), 1);
        assert_eq!(advice[0].missed, ["money", "soldi"]);
        assert_eq!(
            advice[0].line(),
            "add 5 examples to `refund` first: it has 3, and 1 of 3 were found; often taken for `order`"
        );
    }
}

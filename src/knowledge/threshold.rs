//! How sure the bot must be of one intent: `answer_from` and `ask_from` of the intent file.

use serde_saphyr::Spanned;

use super::Knowledge;
use super::findings::Findings;
use super::format::IntentPart;
use crate::nlu::{Reading, Source, Verdict};

/// From which P(correct) on the bot answers, where the file does not say.
const ANSWER_FROM: f32 = 0.6;
/// `answer_from` may be between these.
const ANSWER_BOUNDS: [f32; 2] = [0.3, 0.99];
/// `ask_from` may be between these.
const ASK_BOUNDS: [f32; 2] = [0.05, 0.95];

/// From which P(correct) on the bot answers with an intent, and offers it as a choice; `None` is the
/// house's own threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Thresholds {
    /// From here on it answers outright.
    pub answer_from: Option<f32>,
    /// From here on it asks whether this is meant; below, it says that it did not understand.
    pub ask_from: Option<f32>,
}

impl Thresholds {
    /// What a reading whose best intent has these thresholds allows. A pattern leaves no doubt.
    #[must_use]
    pub fn verdict(self, reading: &Reading) -> Verdict {
        let Some(best) = reading.candidates.first() else { return reading.verdict };
        if reading.source == Source::Pattern {
            return reading.verdict;
        }
        self.of(best.probability, reading.verdict)
    }

    /// What a probability allows, given what the house's own thresholds make of it.
    #[must_use]
    pub fn of(self, probability: f32, house: Verdict) -> Verdict {
        let reaches = |from: f32| probability >= from;
        let answers = self.answer_from.map_or(house == Verdict::Answer, reaches);
        let asks = self.ask_from.map_or(house != Verdict::Reject, reaches);
        match (answers, asks) {
            (true, _) => Verdict::Answer,
            (false, true) => Verdict::Ask,
            (false, false) => Verdict::Reject,
        }
    }
}

impl Knowledge {
    /// What the engine makes of a message, with the best intent's own thresholds.
    #[must_use]
    pub fn read(&self, text: &str) -> Reading {
        let mut reading = self.engine.read(text);
        let best = reading.candidates.first();
        if let Some(intent) = best.and_then(|best| self.intents.get(&best.intent)) {
            reading.verdict = intent.thresholds.verdict(&reading);
        }
        reading
    }
}

/// Checks the thresholds of an intent.
pub(super) fn of(findings: &mut Findings<'_>, part: &IntentPart) -> Thresholds {
    let answer_from = bounded(findings, "answer_from", part.answer_from.as_ref(), ANSWER_BOUNDS);
    let ask_from = bounded(findings, "ask_from", part.ask_from.as_ref(), ASK_BOUNDS);
    let answers = answer_from.unwrap_or(ANSWER_FROM);
    if let Some(written) = &part.ask_from
        && ask_from.is_some_and(|asks| asks > answers)
    {
        let message = format!(
            "`ask_from: {}` is above {answers}, from which the bot answers: it would never ask",
            written.value
        );
        findings.error(written.referenced, message);
    }
    let learned = part.examples.is_some();
    if let Some(place) = part.answer_from.as_ref().or(part.ask_from.as_ref())
        && !learned
    {
        let message = "an intent with patterns only is always sure: thresholds change nothing";
        findings.warning(place.referenced, message);
    }
    Thresholds { answer_from, ask_from }
}

fn bounded(
    findings: &mut Findings<'_>,
    key: &str,
    written: Option<&Spanned<f32>>,
    [least, most]: [f32; 2],
) -> Option<f32> {
    let written = written?;
    let value = written.value;
    if (least..=most).contains(&value) {
        return Some(value);
    }
    let hint = if (1.0..=100.0).contains(&value) { "; 75% is written 0.75" } else { "" };
    let message = format!("`{key}: {}` must be between {least} and {most}{hint}", written.value);
    findings.error(written.referenced, message);
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::{Problem, Severity, SourceFile};
    use crate::knowledge::load::{self, Built};
    use crate::nlu::Candidate;

    fn reading(probability: f32, source: Source) -> Reading {
        let verdict = match probability {
            p if p >= 0.6 => Verdict::Answer,
            p if p >= 0.3 => Verdict::Ask,
            _ => Verdict::Reject,
        };
        let candidates = vec![Candidate { intent: "hours".to_owned(), probability }];
        Reading { candidates, verdict, source, language: None, closing: false }
    }

    #[test]
    fn thresholds_move_the_decision_and_nothing_else() {
        let verdict = |answer_from, ask_from, probability| {
            Thresholds { answer_from, ask_from }.verdict(&reading(probability, Source::Classifier))
        };
        assert_eq!(verdict(None, None, 0.6), Verdict::Answer);
        assert_eq!(verdict(None, None, 0.59), Verdict::Ask);
        assert_eq!(verdict(None, None, 0.29), Verdict::Reject);
        assert_eq!(verdict(Some(0.75), None, 0.74), Verdict::Ask);
        assert_eq!(verdict(Some(0.75), None, 0.75), Verdict::Answer);
        assert_eq!(verdict(Some(0.4), None, 0.41), Verdict::Answer);
        assert_eq!(verdict(None, Some(0.5), 0.49), Verdict::Reject);
        assert_eq!(verdict(None, Some(0.1), 0.11), Verdict::Ask);
        let strict = Thresholds { answer_from: Some(0.99), ask_from: Some(0.95) };
        assert_eq!(strict.verdict(&reading(1.0, Source::Pattern)), Verdict::Answer);
    }

    fn built(keys: &str) -> Result<Built, Vec<Problem>> {
        let text = format!(
            "bot: {{name: B, default_language: it, time_zone: Europe/Rome, privacy: 'https://b.example', welcome: {{it: a, en: b}}}}\nintents:\n  - name: hours\n    title: {{it: Orari, en: Hours}}\n{keys}    reply: {{it: [Nove], en: [Nine]}}\n"
        );
        load::build(&[SourceFile { name: "a.yaml".to_owned(), text }])
    }

    const EXAMPLES: &str = "    examples: {it: [orari], en: [hours]}\n";

    #[test]
    fn thresholds_of_the_file_are_kept() {
        let keys = format!("{EXAMPLES}    answer_from: 0.75\n    ask_from: 0.4\n");
        let thresholds = built(&keys).unwrap().knowledge.intents["hours"].thresholds;
        assert_eq!(thresholds, Thresholds { answer_from: Some(0.75), ask_from: Some(0.4) });
    }

    #[test]
    fn each_mistake_is_named() {
        for (keys, expected) in [
            (
                "answer_from: 75",
                "`answer_from: 75` must be between 0.3 and 0.99; 75% is written 0.75",
            ),
            ("answer_from: 0.1", "`answer_from: 0.1` must be between 0.3 and 0.99"),
            ("ask_from: 0", "`ask_from: 0` must be between 0.05 and 0.95"),
            (
                "ask_from: 0.7",
                "`ask_from: 0.7` is above 0.6, from which the bot answers: it would never ask",
            ),
        ] {
            let problems = built(&format!("{EXAMPLES}    {keys}\n")).map(|_| ()).unwrap_err();
            let mut errors = problems.iter().filter(|one| one.severity == Severity::Error);
            assert!(errors.any(|one| one.message == expected && one.line == 6), "{problems:?}");
        }
        let problems =
            built(&format!("{EXAMPLES}    answer_from: high\n")).map(|_| ()).unwrap_err();
        assert!(problems.iter().any(|one| one.line == 6), "{problems:?}");
        let warned = built("    patterns: [orari]\n    answer_from: 0.75\n").unwrap().warnings;
        assert!(warned.iter().any(|one| one.message.contains("patterns only")), "{warned:?}");
    }
}

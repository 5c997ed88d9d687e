//! `sportello intents eval`: how good the understanding is, and where examples help first.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::super::chat::language;
use super::super::output::{self, Form};
use super::eval_advice::Advice;
use super::eval_queries::{self, Asked};
use super::report::{self, Report};
use super::{Sources, predict};
use crate::config::Config;
use crate::domain::language::Language;
use crate::knowledge::Knowledge;
use crate::knowledge::load::Built;
use crate::nlu::TrainingSet;
use crate::nlu::engine::Engine;
use crate::nlu::evaluation::{Answer, Evaluation, Point, cross_validate};

/// How many pairs are named.
const NAMED: usize = 10;
/// The language of a report about examples that belong to no shop.
const REPORT_LANGUAGE: Language = Language::It;

/// What `eval` is told.
#[derive(Args, Debug)]
pub(in crate::cli) struct EvalArgs {
    /// The folder of intents; the configured one or the sample when not given
    folder: Option<PathBuf>,
    /// A CSV file with the columns text,label instead of a folder
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    train: Option<PathBuf>,
    /// In how many parts the examples are dealt: each is answered by what the others taught
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: u8,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Ask the messages of this CSV file (columns text,language,label) instead of the examples
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// Write a report with pictures
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The language of the report: it or en; the shop's when not given
    #[arg(long, value_name = "LANGUAGE", value_parser = language, requires = "html")]
    lang: Option<Language>,
}

/// What is evaluated.
struct Subject {
    set: TrainingSet,
    /// The shop behind it, unless it is a bare file of examples.
    knowledge: Option<Knowledge>,
}

impl Subject {
    fn of(args: &EvalArgs, config: &Config) -> anyhow::Result<Self> {
        if let Some(file) = &args.train {
            return Ok(Self { set: predict::learn_from(file)?, knowledge: None });
        }
        let Built { knowledge, training, .. } =
            Sources::of(args.folder.clone(), config)?.build()?;
        Ok(Self { set: training, knowledge: Some(knowledge) })
    }

    fn asked(&self, file: &Path) -> anyhow::Result<Vec<Asked>> {
        let queries = eval_queries::read(file, &self.set)?;
        Ok(if let Some(knowledge) = &self.knowledge {
            eval_queries::ask(|text| knowledge.read(text), &queries)
        } else {
            let engine = Engine::train(&self.set);
            eval_queries::ask(|text| engine.read(text), &queries)
        })
    }
}

/// What cross-validation said, and what follows.
struct Outcome {
    answers: Vec<Answer>,
    evaluation: Evaluation,
    advice: Vec<Advice>,
}

impl Outcome {
    fn of(subject: &Subject, folds: u8) -> Self {
        let set = &subject.set;
        let mut answers = cross_validate(set, usize::from(folds));
        if let Some(knowledge) = &subject.knowledge {
            by_thresholds(&mut answers, knowledge);
        }
        let evaluation = Evaluation::of(&answers);
        let advice = Advice::of(&evaluation, &answers, set);
        Self { answers, evaluation, advice }
    }
}

/// What the bot would do where an intent has thresholds of its own.
fn by_thresholds(answers: &mut [Answer], knowledge: &Knowledge) {
    for answer in answers {
        if let Some(intent) = knowledge.intents.get(&answer.predicted) {
            answer.verdict = intent.thresholds.of(answer.confidence, answer.verdict);
        }
    }
}

/// Evaluates and prints: messages of a file when one is given, otherwise the examples themselves.
pub(super) fn run(args: &EvalArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let subject = Subject::of(args, config)?;
    let asked = args.queries.as_deref().map(|file| subject.asked(file)).transpose()?;
    let is_folded = asked.is_none() || args.html.is_some();
    let outcome = is_folded.then(|| Outcome::of(&subject, args.folds));
    if let (Some(file), Some(outcome)) = (&args.html, &outcome) {
        let page = page(args, &subject, outcome, asked.as_deref());
        std::fs::write(file, page).with_context(|| format!("writing {}", file.display()))?;
    }
    let told = match (Form::of(args.json), &asked, &outcome) {
        (Form::Json, Some(asked), _) => pretty(&eval_queries::document(asked))?,
        (Form::Json, None, Some(outcome)) => pretty(&document(outcome, args.folds))?,
        (Form::Text, Some(asked), _) => eval_queries::text(asked),
        (Form::Text, None, Some(outcome)) => text(outcome, &subject.set),
        (_, None, None) => String::new(),
    };
    output::tell(&told)?;
    Ok(ExitCode::SUCCESS)
}

fn pretty(document: &Value) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// The HTML report, in the language that was asked for, else the shop's.
fn page(args: &EvalArgs, subject: &Subject, outcome: &Outcome, asked: Option<&[Asked]>) -> String {
    let knowledge = subject.knowledge.as_ref();
    let shops = knowledge.map_or(REPORT_LANGUAGE, |knowledge| knowledge.bot.default_language);
    report::page(&Report {
        language: args.lang.unwrap_or(shops),
        knowledge,
        evaluation: &outcome.evaluation,
        answers: &outcome.answers,
        advice: &outcome.advice,
        asked,
    })
}

fn text(outcome: &Outcome, set: &TrainingSet) -> String {
    let Outcome { answers, evaluation, advice } = outcome;
    let mut out = format!(
        "{} examples of {} intents, {} out of scope\nThe likeliest intent is right for {:.1} %.\n",
        evaluation.in_scope,
        set.intents.len(),
        answers.len() - evaluation.in_scope,
        100.0 * evaluation.accuracy
    );
    out += "\nIf the bot answers the surest\n";
    for point in evaluation.coverage.iter().step_by(2) {
        let _ = writeln!(
            out,
            "{:>6.0} %  {:>5.1} % of the answers are wrong",
            100.0 * point.at,
            100.0 * point.value
        );
    }
    out += "\nTaken for one another most\n";
    for ((right, said), count) in evaluation.confusions.iter().take(NAMED) {
        let _ = writeln!(out, "{count:>6}  `{right}` taken for `{said}`");
    }
    out += "\nWhat to do\n";
    if advice.is_empty() {
        out += "  nothing: every intent is found at least eight times in ten\n";
    }
    for line in advice {
        let _ = writeln!(out, "  {}", line.line());
    }
    out
}

fn document(outcome: &Outcome, folds: u8) -> Value {
    let Outcome { evaluation, advice, .. } = outcome;
    let points = |points: &[Point], at: &str, value: &str| -> Vec<Value> {
        let point = |point: &Point| json!({at: point.at, value: point.value, "count": point.count});
        points.iter().map(point).collect()
    };
    let intents = evaluation.intents.iter().map(|(name, figures)| {
        json!({
            "intent": name,
            "examples": figures.examples,
            "recall": figures.recall(),
            "precision": figures.precision(),
        })
    });
    let confusions = evaluation
        .confusions
        .iter()
        .map(|((right, said), count)| json!({"intent": right, "taken_for": said, "count": count}));
    json!({
        "folds": folds,
        "in_scope": evaluation.in_scope,
        "accuracy": evaluation.accuracy,
        "intents": intents.collect::<Vec<_>>(),
        "confusions": confusions.collect::<Vec<_>>(),
        "coverage_versus_error": points(&evaluation.coverage, "coverage", "error"),
        "reliability": points(&evaluation.reliability, "confidence", "right"),
        "advice": advice.iter().map(Advice::line).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::settings;
    use crate::knowledge::Thresholds;
    use crate::nlu::Verdict;

    #[test]
    fn the_sample_is_understood_and_advice_names_the_weakest() {
        let config = settings::load(None).unwrap();
        let set = Sources::of(None, &config).unwrap().build().unwrap().training;
        let outcome = Outcome::of(&Subject { set: set.clone(), knowledge: None }, 2);
        // Half of the examples are hidden: this is about counting, not about how good it is.
        let evaluation = &outcome.evaluation;
        assert!(evaluation.accuracy > 0.5, "{}", evaluation.accuracy);
        let told = text(&outcome, &set);
        assert!(told.contains("The likeliest intent is right for"), "{told}");
        let document = document(&outcome, 2);
        assert_eq!(document["in_scope"], evaluation.in_scope);
        if let Some((weakest, _)) = evaluation.weakest().first() {
            assert!(outcome.advice.is_empty() || outcome.advice[0].intent == *weakest);
        }
    }

    #[test]
    fn an_intents_own_thresholds_count() {
        let config = settings::load(None).unwrap();
        let mut knowledge = Sources::of(None, &config).unwrap().build().unwrap().knowledge;
        let (name, intent) = knowledge.intents.iter_mut().next().unwrap();
        let predicted = name.clone();
        intent.thresholds = Thresholds { answer_from: Some(0.9), ask_from: Some(0.5) };
        let answer = |confidence, verdict| Answer {
            text: "ciao".to_owned(),
            intent: None,
            predicted: predicted.clone(),
            confidence,
            verdict,
        };
        let mut answers = [
            answer(0.8, Verdict::Answer),
            answer(0.4, Verdict::Ask),
            answer(0.95, Verdict::Answer),
        ];
        by_thresholds(&mut answers, &knowledge);
        let verdicts = answers.map(|answer| answer.verdict);
        assert_eq!(verdicts, [Verdict::Ask, Verdict::Reject, Verdict::Answer]);
    }
}

//! `sportello intents eval`: how good the understanding is, and where more examples help first.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::super::output::{self, Form};
use super::{Sources, predict, report};
use crate::config::Config;
use crate::nlu::TrainingSet;
use crate::nlu::evaluation::{Answer, Evaluation, Point, cross_validate};

/// How many intents and pairs are named.
const NAMED: usize = 10;
/// An intent that is found less often than this asks for examples.
const WEAK: f64 = 0.8;

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
    /// Write a report with pictures
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Evaluates and prints.
pub(super) fn run(args: &EvalArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let set = match &args.train {
        Some(file) => predict::learn_from(file)?,
        None => Sources::of(args.folder.clone(), config)?.build()?.training,
    };
    let answers = cross_validate(&set, usize::from(args.folds));
    let evaluation = Evaluation::of(&answers);
    if let Some(file) = &args.html {
        let page = report::page(&evaluation, &answers, &advice(&evaluation, &set));
        std::fs::write(file, page).with_context(|| format!("writing {}", file.display()))?;
    }
    match Form::of(args.json) {
        Form::Json => {
            let document = document(&evaluation, &set, args.folds);
            output::tell(&(serde_json::to_string_pretty(&document)? + "\n"))?;
        }
        Form::Text => output::tell(&text(&evaluation, &answers, &set))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What to do first: the intents that are found least, and what they are taken for.
fn advice(evaluation: &Evaluation, set: &TrainingSet) -> Vec<String> {
    let weak = evaluation.weakest().into_iter().filter(|(_, figures)| figures.recall() < WEAK);
    weak.take(NAMED)
        .map(|(name, figures)| {
            let has = set.intents.iter().find(|intent| intent.name == name);
            let has = has.map_or(0, |intent| intent.examples.len());
            let taken = evaluation.confusions.iter().find(|((right, _), _)| right == name);
            let taken = taken.map(|((_, said), _)| format!("; often taken for `{said}`"));
            format!(
                "add 5 examples to `{name}` first: it has {has}, and {} of {} were found{}",
                figures.found,
                figures.examples,
                taken.unwrap_or_default()
            )
        })
        .collect()
}

fn text(evaluation: &Evaluation, answers: &[Answer], set: &TrainingSet) -> String {
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
    let advice = advice(evaluation, set);
    if advice.is_empty() {
        out += "  nothing: every intent is found at least eight times in ten\n";
    }
    for line in advice {
        let _ = writeln!(out, "  {line}");
    }
    out
}

fn document(evaluation: &Evaluation, set: &TrainingSet, folds: u8) -> Value {
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
        "advice": advice(evaluation, set),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::settings;

    #[test]
    fn the_sample_is_understood_and_advice_names_the_weakest() {
        let config = settings::load(None).unwrap();
        let set = Sources::of(None, &config).unwrap().build().unwrap().training;
        let answers = cross_validate(&set, 2);
        let evaluation = Evaluation::of(&answers);
        // Half of the examples are hidden: this is about counting, not about how good it is.
        assert!(evaluation.accuracy > 0.5, "{}", evaluation.accuracy);
        let told = text(&evaluation, &answers, &set);
        assert!(told.contains("The likeliest intent is right for"), "{told}");
        let document = document(&evaluation, &set, 2);
        assert_eq!(document["in_scope"], evaluation.in_scope);
        if let Some((weakest, _)) = evaluation.weakest().first() {
            let advice = advice(&evaluation, &set);
            assert!(advice.is_empty() || advice[0].contains(weakest), "{advice:?}");
        }
    }
}

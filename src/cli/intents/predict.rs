//! `sportello intents predict`: learns from one CSV file and answers another.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use serde::Serialize;

use super::super::csv_file::{self, Messages};
use super::super::output;
use crate::nlu::engine::{Engine, Judgement, Lesson, Scratch};
use crate::nlu::{TrainingIntent, TrainingSet, Verdict};

/// The label of messages that no intent should answer.
pub(super) const OUT_OF_SCOPE: &str = "oos";
/// The most intents learned.
const MOST_INTENTS: usize = 5_000;
/// So many messages are judged once before times are taken: as in life, where no message is the first.
const WARMING: usize = 20;
/// The columns written.
const COLUMNS: [&str; 6] = ["text", "label", "predicted", "confidence", "answered", "outright"];

/// What it took.
#[derive(Debug, Serialize)]
struct Cost {
    train_ms: f64,
    calibrate_ms: f64,
    model_bytes: usize,
    query_us: Percentiles,
    threads: usize,
}

#[derive(Debug, Serialize)]
struct Percentiles {
    p50: f64,
    p99: f64,
}

/// Reads, learns, answers, writes.
pub(super) fn run(
    train: &Path,
    input: &Path,
    output: &Path,
    form: output::Form,
) -> anyhow::Result<ExitCode> {
    let set = learn_from(train)?;
    let messages = csv_file::messages(input)?;
    let (engine, train_ms, calibrate_ms) = learned(&set);
    let mut answers = Vec::with_capacity(messages.texts.len());
    let mut taken = Vec::with_capacity(messages.texts.len());
    let mut scratch = Scratch::default();
    for text in messages.texts.iter().take(WARMING) {
        let _ = engine.judge(text, &mut scratch);
    }
    for text in &messages.texts {
        let began = Instant::now();
        let judgement = engine.judge(text, &mut scratch);
        taken.push(began.elapsed().as_secs_f64() * 1e6);
        answers.push(judgement);
    }
    csv_file::whole(output, |path| write(path, &messages, &engine, &answers))?;
    let cost = Cost {
        train_ms,
        calibrate_ms,
        model_bytes: engine.bytes(),
        query_us: percentiles(taken),
        threads: crate::nlu::engine::THREADS,
    };
    match form {
        output::Form::Json => output::tell(&(serde_json::to_string_pretty(&cost)? + "\n"))?,
        output::Form::Text => output::tell(&format!(
            "{} answers in {}: learned in {:.0} ms and {:.0} ms for the probabilities; the model takes {} kB\n",
            answers.len(),
            output.display(),
            cost.train_ms,
            cost.calibrate_ms,
            cost.model_bytes / 1_000
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn learned(set: &TrainingSet) -> (Engine, f64, f64) {
    let began = Instant::now();
    let lesson = Lesson::of(set);
    let apart = began.elapsed();
    let began = Instant::now();
    let calibration = lesson.calibration();
    let calibrated = began.elapsed();
    let began = Instant::now();
    let engine = lesson.engine(calibration);
    let trained = apart + began.elapsed();
    (engine, trained.as_secs_f64() * 1e3, calibrated.as_secs_f64() * 1e3)
}

/// The training set of a CSV file with the columns `text` and `label`.
pub(super) fn learn_from(path: &Path) -> anyhow::Result<TrainingSet> {
    let file = path.display();
    let Messages { texts, labels } = csv_file::messages(path)?;
    let labels = labels.with_context(|| {
        format!("{file}:1: there is no column `label`: a file to learn from says the intent of each text")
    })?;
    let mut by_label: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut none = Vec::new();
    for (row, (text, label)) in texts.into_iter().zip(labels).enumerate() {
        anyhow::ensure!(!label.is_empty(), "{file}: row {} has no label", row + 1);
        if label == OUT_OF_SCOPE {
            none.push(text);
        } else {
            by_label.entry(label).or_default().push(text);
        }
    }
    anyhow::ensure!(!by_label.is_empty(), "{file}: there is no intent to learn");
    anyhow::ensure!(
        by_label.len() <= MOST_INTENTS,
        "{file}: {} intents, at most {MOST_INTENTS} are learned",
        by_label.len()
    );
    let intents = by_label.into_iter().map(|(name, examples)| TrainingIntent {
        name,
        examples: examples.into_iter().map(|text| (None, text)).collect(),
        patterns: Vec::new(),
    });
    Ok(TrainingSet { intents: intents.collect(), none })
}

fn write(
    path: &Path,
    messages: &Messages,
    engine: &Engine,
    answers: &[Judgement],
) -> anyhow::Result<()> {
    let writing = || format!("writing {}", path.display());
    let mut out = csv::Writer::from_path(path).with_context(writing)?;
    out.write_record(COLUMNS).with_context(writing)?;
    for (row, (text, judgement)) in messages.texts.iter().zip(answers).enumerate() {
        let label = messages.labels.as_ref().and_then(|labels| labels.get(row));
        let best = judgement.candidates().first();
        let confidence = best.map_or(0.0, |(_, probability)| *probability).to_string();
        out.write_record([
            text.as_str(),
            label.map_or("", String::as_str),
            best.map_or("", |(place, _)| engine.intent(*place)),
            confidence.as_str(),
            if judgement.verdict == Verdict::Reject { "0" } else { "1" },
            if judgement.verdict == Verdict::Answer { "1" } else { "0" },
        ])
        .with_context(writing)?;
    }
    out.flush().with_context(writing)
}

fn percentiles(mut taken: Vec<f64>) -> Percentiles {
    taken.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        let place = (taken.len() * percent).div_ceil(100).saturating_sub(1);
        taken.get(place).copied().unwrap_or_default()
    };
    Percentiles { p50: at(50), p99: at(99) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_order_and_the_label_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut train = "text,label\n".to_owned();
        for n in 0..8 {
            let rows =
                [format!("dove ordine pacco {n},order"), format!("voglio rimborso {n},refund")];
            train.extend(rows.map(|row| row + "\n"));
        }
        train += "che tempo fa,oos\n";
        std::fs::write(at("train.csv"), train).unwrap();
        std::fs::write(at("in.csv"), "text,label\nvoglio un rimborso,order\nxyzzy,\n").unwrap();
        run(&at("train.csv"), &at("in.csv"), &at("out.csv"), output::Form::Json).unwrap();
        let mut rows = csv::Reader::from_path(at("out.csv")).unwrap();
        let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
        assert_eq!((rows[0].get(0), rows[0].get(1)), (Some("voglio un rimborso"), Some("order")));
        assert_eq!((rows[0].get(2), rows[0].get(4)), (Some("refund"), Some("1")));
        assert_eq!(rows[1].get(4), Some("0"));
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn what_cannot_be_learned_from_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let said = |content: &str| {
            let path = folder.path().join("train.csv");
            std::fs::write(&path, content).unwrap();
            format!("{:#}", learn_from(&path).unwrap_err())
        };
        assert!(said("text\na\n").contains("no column `label`"));
        assert!(said("text,label\na,\n").contains("row 1 has no label"));
        assert!(said("text,label\na,oos\n").contains("no intent to learn"));
    }

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let taken: Vec<f64> = (1..=200).map(f64::from).collect();
        let found = percentiles(taken);
        assert!((found.p50 - 100.0).abs() < 1e-9 && (found.p99 - 198.0).abs() < 1e-9);
    }
}

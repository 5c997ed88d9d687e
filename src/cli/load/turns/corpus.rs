//! What the made-up customers write: the sample shop's own questions that have an answer.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::cli::embedded;

/// Sentences, and the intents that another bot is taught.
pub(in crate::cli::load) struct Corpus {
    /// What is written.
    pub(in crate::cli::load) sentences: Vec<String>,
    /// What a peer knows.
    pub(in crate::cli::load) intents: Vec<Taught>,
}

/// One intent as a peer is taught it.
#[derive(Debug, Serialize)]
pub(in crate::cli::load) struct Taught {
    name: String,
    examples: BTreeMap<String, Vec<String>>,
    answers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    intents: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(default)]
    examples: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    reply: BTreeMap<String, serde_json::Value>,
}

/// What customers begin with, or not.
const OPENINGS: [&str; 4] = ["", "Salve, ", "Hi, ", "Scusi, "];

impl Corpus {
    /// Of the intents that the binary carries.
    ///
    /// # Errors
    /// They cannot be read: a defect.
    pub(in crate::cli::load) fn of_the_sample_shop() -> anyhow::Result<Self> {
        let mut sentences = Vec::new();
        let mut intents = Vec::new();
        for source in embedded::intents() {
            let file: File = serde_saphyr::from_str(&source.text).context(source.name)?;
            for entry in file.intents.into_iter().filter(|entry| !entry.examples.is_empty()) {
                if !entry.reply.is_empty() {
                    sentences.extend(entry.examples.values().flatten().cloned());
                }
                let told = |(language, reply): (String, _)| Some((language, first(&reply)?));
                intents.push(Taught {
                    name: entry.name,
                    examples: entry.examples,
                    answers: entry.reply.into_iter().filter_map(told).collect(),
                });
            }
        }
        let opened = sentences.iter().enumerate();
        let sentences = opened.map(|(at, text)| format!("{}{text}", OPENINGS[at % 4])).collect();
        Ok(Self { sentences, intents })
    }
}

fn first(reply: &serde_json::Value) -> Option<String> {
    let one = reply.get(0).unwrap_or(reply);
    one.get("text").unwrap_or(one).as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_shop_gives_many_sentences_and_answers() {
        let corpus = Corpus::of_the_sample_shop().unwrap();
        assert!(corpus.sentences.len() > 500, "{}", corpus.sentences.len());
        assert!(corpus.intents.iter().filter(|it| it.answers.len() == 2).count() > 20);
    }
}

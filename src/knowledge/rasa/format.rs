//! The shape of Rasa's training data (version 3.1), as written.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// The part of a file that is training data.
#[derive(Debug, Deserialize)]
pub(super) struct RasaFile {
    #[serde(default)]
    pub(super) nlu: Option<Vec<Spanned<Item>>>,
}

/// One intent, synonym, regular expression or lookup table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    #[serde(default)]
    pub(super) intent: Option<String>,
    #[serde(default)]
    pub(super) synonym: Option<String>,
    #[serde(default)]
    pub(super) regex: Option<String>,
    #[serde(default)]
    pub(super) lookup: Option<String>,
    #[serde(default)]
    pub(super) examples: Option<Examples>,
    #[serde(default)]
    pub(super) metadata: Option<serde_json::Value>,
}

/// Examples: one text with a line for each, or a list.
#[derive(Debug)]
pub(super) enum Examples {
    /// `- first\n- second`.
    Block(String),
    /// Each by itself.
    List(Vec<Listed>),
}

/// One example of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub(super) text: String,
    #[serde(default)]
    pub(super) metadata: Option<serde_json::Value>,
}

impl<'de> Deserialize<'de> for Examples {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Examples;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text with one example a line, or a list of `text:`")
            }

            fn visit_str<E>(self, text: &str) -> Result<Examples, E> {
                Ok(Examples::Block(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Examples, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = list.next_element()? {
                    all.push(one);
                }
                Ok(Examples::List(all))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl Examples {
    /// Each example with its metadata.
    pub(super) fn each(&self) -> Vec<(String, Option<&serde_json::Value>)> {
        match self {
            Self::Block(text) => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.map(|line| (without_dash(line), None)).collect()
            }
            Self::List(list) => {
                list.iter().map(|one| (one.text.trim().to_owned(), one.metadata.as_ref())).collect()
            }
        }
    }
}

fn without_dash(line: &str) -> String {
    line.strip_prefix('-').unwrap_or(line).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::{SourceFile, read_yaml};

    #[test]
    fn blocks_and_lists_are_read() {
        let text = "version: '3.1'\nnlu:\n- intent: a\n  examples: |\n    - one\n    - two -\n\n- intent: b\n  examples:\n  - text: |\n      three\n    metadata: {language: en}\n";
        let file = SourceFile { name: "nlu.yml".to_owned(), text: text.to_owned() };
        let read: RasaFile = read_yaml(&file).unwrap();
        let items = read.nlu.unwrap();
        let each = |at: usize| -> Vec<String> {
            let examples = items[at].value.examples.as_ref().unwrap();
            examples.each().into_iter().map(|(text, _)| text).collect()
        };
        assert_eq!((each(0), each(1)), (vec!["one".into(), "two -".into()], vec!["three".into()]));
        assert_eq!(items[1].referenced.line(), 8);
    }
}

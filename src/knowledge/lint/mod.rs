//! Advice about files that can be used: what makes the bot worse than its examples could. Everything
//! is a warning, at its place; [`super::load::build`] finds the errors.

mod buttons;
mod mistaken;
mod near;
mod patterns;
mod scarce;
mod unused;

use super::findings::Findings;
use super::format::{IntentFile, IntentPart, Text};
use super::{limits, recovery};
use crate::domain::language::Language;
use crate::domain::source::{Problem, SourceFile};
use crate::nlu::engine::Engine;
use crate::nlu::{TrainingIntent, TrainingSet};

/// One example where it stands.
struct Placed<'a> {
    source: &'a SourceFile,
    /// Its intent; `None` for the messages that must not be answered.
    intent: Option<&'a str>,
    language: Option<Language>,
    text: &'a Text,
}

impl<'a> Placed<'a> {
    /// `intents/orders.yaml:12`.
    fn place(&self) -> String {
        format!("{}:{}", self.source.name, self.text.referenced.line())
    }

    fn owner(&self) -> &'a str {
        self.intent.unwrap_or("none")
    }
}

/// Everything written, where it stands.
struct Folder<'a> {
    files: &'a [(&'a SourceFile, IntentFile)],
    examples: Vec<Placed<'a>>,
}

impl<'a> Folder<'a> {
    fn of(files: &'a [(&'a SourceFile, IntentFile)]) -> Self {
        let mut examples = Vec::new();
        for (source, file) in files {
            for intent in file.intents.iter().flatten() {
                let name = Some(intent.name.value.as_str());
                let Some(both) = &intent.examples else { continue };
                let lists = [(Language::It, &both.value.it), (Language::En, &both.value.en)];
                for (language, list) in lists {
                    examples.extend(list.iter().flatten().map(|text| Placed {
                        source,
                        intent: name,
                        language: Some(language),
                        text,
                    }));
                }
            }
            examples.extend(file.none.iter().flatten().map(|text| Placed {
                source,
                intent: None,
                language: None,
                text,
            }));
        }
        Self { files, examples }
    }

    /// What the examples teach.
    fn training(&self) -> TrainingSet {
        let of = |wanted: Option<&str>| {
            let own = self.examples.iter().filter(|example| example.intent == wanted);
            let texts = own.map(|example| (example.language, example.text.value.clone()));
            texts.collect::<Vec<_>>()
        };
        let intents = self.intents().map(|(_, intent)| TrainingIntent {
            name: intent.name.value.clone(),
            examples: of(Some(&intent.name.value)),
            patterns: intent.patterns.iter().map(|text| text.value.clone()).collect(),
        });
        let none = of(None).into_iter().map(|(_, text)| text);
        TrainingSet { intents: intents.collect(), none: none.collect() }
    }

    fn intents(&self) -> impl Iterator<Item = (&'a SourceFile, &'a IntentPart)> {
        let files = self.files.iter();
        files.flat_map(|(source, file)| {
            file.intents.iter().flatten().map(move |intent| (*source, intent))
        })
    }
}

/// What could be better in files, also in those that cannot be used yet. `engine` is what they have
/// taught; without it one is trained here.
pub fn lint(sources: &[SourceFile], engine: Option<&Engine>) -> Vec<Problem> {
    if !limits::of_sources(sources).is_empty() {
        return Vec::new();
    }
    let (mut files, mut lost) = (Vec::new(), false);
    for source in sources {
        let recovered = recovery::read(source);
        lost |= !recovered.problems.is_empty();
        files.extend(recovered.file.map(|file| (source, file)));
    }
    if !limits::of_files(&files).is_empty() {
        return Vec::new();
    }
    let folder = Folder::of(&files);
    let mut problems = Vec::new();
    near::find(&folder, &mut problems);
    patterns::find(&folder, &mut problems);
    buttons::find(&folder, &mut problems);
    if !lost {
        // These look at all files together.
        scarce::find(&folder, &mut problems);
        unused::find(&folder, &mut problems);
        match engine {
            Some(engine) => mistaken::find(&folder, engine, &mut problems),
            None => mistaken::find(&folder, &Engine::train(&folder.training()), &mut problems),
        }
    }
    problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    problems
}

/// Warns at a text.
fn warn(problems: &mut Vec<Problem>, source: &SourceFile, text: &Text, message: String) {
    Findings::of(source, problems).warning(text.referenced, message);
}

#[cfg(test)]
mod tests;

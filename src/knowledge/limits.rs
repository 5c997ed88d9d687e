//! How much of everything is read, so that no file keeps anybody waiting.

use super::format::IntentFile;
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::nlu::pattern;

/// The largest file, in bytes.
pub(super) const MOST_BYTES: usize = 10 * 1024 * 1024;
/// What is said of a larger one.
pub(super) const TOO_LARGE: &str = "the file is larger than 10 MB; split it";
/// The most files of a folder.
const MOST_FILES: usize = 1_000;
/// The most bytes of all files together.
const MOST_BYTES_OF_ALL: usize = 64 * 1024 * 1024;
/// The most intents.
pub(super) const MOST_INTENTS: usize = 5_000;
/// The most examples, messages of `none` included.
pub(super) const MOST_EXAMPLES: usize = 100_000;
/// The most patterns of intents.
pub(super) const MOST_PATTERNS: usize = 2_000;
/// Patterns that certainly fit together.
const FEW_PATTERNS: usize = 60;

/// What is too large to be parsed at all.
pub(super) fn of_sources(sources: &[SourceFile]) -> Vec<Problem> {
    let problem = |name: &str, message: String| Problem::of_file(Severity::Error, name, message);
    let large = sources.iter().filter(|source| source.text.len() > MOST_BYTES);
    let mut problems: Vec<Problem> =
        large.map(|source| problem(&source.name, TOO_LARGE.to_owned())).collect();
    if let Some(first) = sources.get(MOST_FILES) {
        let message = format!("{} files; at most {MOST_FILES} are read", sources.len());
        problems.push(problem(&first.name, message));
    }
    let bytes: usize = sources.iter().map(|source| source.text.len()).sum();
    if bytes > MOST_BYTES_OF_ALL {
        let message = "the files are larger than 64 MB together, which is the most that is read";
        problems.extend(sources.last().map(|last| problem(&last.name, message.to_owned())));
    }
    problems
}

/// What is too much to be learned.
pub(super) fn of_files(files: &[(&SourceFile, IntentFile)]) -> Vec<Problem> {
    let Some((first, _)) = files.first() else { return Vec::new() };
    let intents = || files.iter().flat_map(|(_, file)| file.intents.iter().flatten());
    let of_intents = intents().filter_map(|intent| intent.examples.as_ref());
    let examples: usize = of_intents
        .flat_map(|both| [&both.value.it, &both.value.en])
        .map(|list| list.as_ref().map_or(0, Vec::len))
        .sum();
    let none = files.iter().map(|(_, file)| file.none.as_ref().map_or(0, Vec::len));
    let patterns: usize = intents().map(|intent| intent.patterns.len()).sum();
    let counts = [
        ("intents", intents().count(), MOST_INTENTS),
        ("examples", examples + none.sum::<usize>(), MOST_EXAMPLES),
        ("patterns", patterns, MOST_PATTERNS),
    ];
    let over =
        counts.into_iter().filter(|(_, count, most)| count > most).map(|(what, count, most)| {
            let message =
                format!("{count} {what} in all files together; at most {most} are learned");
            Problem::of_file(Severity::Error, &first.name, message)
        });
    over.collect()
}

/// Whether the patterns can be tried at once.
pub(super) fn of_patterns(files: &[(&SourceFile, IntentFile)]) -> Option<Problem> {
    let (first, _) = files.first()?;
    let intents = files.iter().flat_map(|(_, file)| file.intents.iter().flatten());
    let patterns: Vec<&str> =
        intents.flat_map(|intent| &intent.patterns).map(|text| text.value.as_str()).collect();
    (patterns.len() > FEW_PATTERNS && !pattern::fit_together(&patterns)).then(|| {
        let message = "the patterns need more than 64 MB together; make them shorter or fewer";
        Problem::of_file(Severity::Error, &first.name, message)
    })
}

//! Intents with few examples beside the others: the bot chooses the others.

use super::{Folder, warn};
use crate::domain::language::Language;
use crate::domain::source::Problem;
use crate::knowledge::findings::language_name;

/// An intent with less than this part of the usual number is starved.
const PART: usize = 4;
/// Fewer intents have no usual number.
const FEWEST: usize = 4;

pub(super) fn find(folder: &Folder<'_>, problems: &mut Vec<Problem>) {
    for language in Language::ALL {
        let counts: Vec<_> = folder
            .intents()
            .filter_map(|(source, intent)| {
                let both = &intent.examples.as_ref()?.value;
                let list = if language == Language::It { &both.it } else { &both.en };
                Some((source, intent, list.as_ref().map_or(0, Vec::len)))
            })
            .collect();
        let mut sorted: Vec<usize> = counts.iter().map(|(.., count)| *count).collect();
        sorted.sort_unstable();
        let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        let starved = |count: usize| counts.len() >= FEWEST && count * PART < middle;
        for (source, intent, count) in counts.iter().filter(|(.., count)| starved(*count)) {
            let (name, language) = (&intent.name.value, language_name(language));
            let message = format!(
                "intent `{name}` is starved: {count} examples in {language}, where most intents have {middle}; the others win"
            );
            warn(problems, source, &intent.name, message);
        }
    }
}

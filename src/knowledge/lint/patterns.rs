//! Patterns that never match, or never alone.

use std::collections::BTreeMap;

use regex::Regex;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::{Folder, warn};
use crate::domain::message::MAX_READ_CHARS;
use crate::domain::source::{Problem, SourceFile};
use crate::knowledge::format::Text;
use crate::nlu::pattern;

/// A pattern with more ways to match is not held against the others.
const MOST_WORDS: usize = 40;
/// More patterns than this are not held against one another.
const MOST_COMPARED: usize = 500;

/// One pattern where it stands.
struct Pattern<'a> {
    source: &'a SourceFile,
    intent: &'a str,
    text: &'a Text,
    regex: Regex,
    hir: Hir,
}

pub(super) fn find(folder: &Folder<'_>, problems: &mut Vec<Problem>) {
    let mut patterns = Vec::new();
    for (source, intent) in folder.intents() {
        for text in &intent.patterns {
            patterns.extend(read(source, &intent.name.value, text));
        }
    }
    for pattern in &patterns {
        if let Some(reason) = impossible(&pattern.hir) {
            let message = format!("the pattern `{}` can never match: {reason}", pattern.text.value);
            warn(problems, pattern.source, pattern.text, message);
        }
    }
    repeated(&patterns, problems);
    shadowed(&patterns[..patterns.len().min(MOST_COMPARED)], problems);
}

fn read<'a>(source: &'a SourceFile, intent: &'a str, text: &'a Text) -> Option<Pattern<'a>> {
    let regex = pattern::compile(&text.value).ok()?;
    let mut parser = regex_syntax::ParserBuilder::new().case_insensitive(true).build();
    let hir = parser.parse(&text.value).ok()?;
    Some(Pattern { source, intent, text, regex, hir })
}

/// Why an expression, or a part of it that cannot be left out, never matches.
fn impossible(hir: &Hir) -> Option<&'static str> {
    let properties = hir.properties();
    if properties.minimum_len().is_some_and(|least| least > 4 * MAX_READ_CHARS) {
        return Some("messages are not read that far");
    }
    match hir.kind() {
        // What nothing is in, such as `[a&&b]`.
        HirKind::Class(_) if properties.minimum_len().is_none() => Some("there is no such text"),
        HirKind::Capture(capture) => impossible(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => impossible(&repetition.sub),
        HirKind::Alternation(all) => {
            let reasons: Option<Vec<_>> = all.iter().map(impossible).collect();
            reasons.and_then(|reasons| reasons.into_iter().next())
        }
        HirKind::Concat(all) => all.iter().find_map(impossible).or_else(|| misplaced(all)),
        _ => None,
    }
}

/// Ends in the middle: `a^b`, `a$b`; edges where there can be none: `\b\B`.
fn misplaced(parts: &[Hir]) -> Option<&'static str> {
    let takes_room = |part: &Hir| part.properties().minimum_len().is_some_and(|least| least > 0);
    let is = |part: &Hir, look: Look| matches!(part.kind(), HirKind::Look(own) if *own == look);
    let after_text = parts.iter().skip_while(|part| !takes_room(part));
    if after_text.clone().any(|part| is(part, Look::Start)) {
        return Some("`^`, the beginning, stands behind something");
    }
    let mut after_end = parts.iter().skip_while(|part| !is(part, Look::End));
    if after_end.any(takes_room) {
        return Some("something stands behind `$`, the end");
    }
    let (edge, none) = (Look::WordUnicode, Look::WordUnicodeNegate);
    let opposed = |pair: &[Hir]| {
        (is(&pair[0], edge) && is(&pair[1], none)) || (is(&pair[0], none) && is(&pair[1], edge))
    };
    parts.windows(2).any(opposed).then_some("`\\b` and `\\B` cannot be at one place")
}

/// The same pattern twice.
fn repeated(patterns: &[Pattern<'_>], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<&str, &Pattern<'_>> = BTreeMap::new();
    for pattern in patterns {
        let Some(first) = seen.insert(&pattern.text.value, pattern) else { continue };
        let end = if first.intent == pattern.intent { "once is enough" } else { "keep one" };
        let message = format!(
            "the pattern `{}` stands already in `{}` ({}:{}); {end}",
            pattern.text.value,
            first.intent,
            first.source.name,
            first.text.referenced.line()
        );
        warn(problems, pattern.source, pattern.text, message);
        seen.insert(&pattern.text.value, first);
    }
}

/// A pattern all of whose texts an earlier one of another intent matches too.
fn shadowed(patterns: &[Pattern<'_>], problems: &mut Vec<Problem>) {
    for (at, pattern) in patterns.iter().enumerate() {
        let words = words(&pattern.hir);
        let covers = |other: &&Pattern<'_>| {
            other.intent != pattern.intent
                && other.text.value != pattern.text.value
                && words.iter().all(|word| other.regex.is_match(word))
        };
        let Some(other) = patterns[..at].iter().find(covers).filter(|_| !words.is_empty()) else {
            continue;
        };
        let message = format!(
            "whatever the pattern `{}` matches, `{}` of `{}` ({}:{}) matches too: `{}` may answer instead",
            pattern.text.value,
            other.text.value,
            other.intent,
            other.source.name,
            other.text.referenced.line(),
            other.intent
        );
        warn(problems, pattern.source, pattern.text, message);
    }
}

/// All that an expression matches, in small letters, when that is a few words.
fn words(hir: &Hir) -> Vec<String> {
    let mut extractor = Extractor::new();
    extractor.limit_total(MOST_WORDS * 16).limit_class(4).limit_repeat(4).limit_literal_len(200);
    let found = extractor.extract(hir);
    if !found.is_exact() {
        return Vec::new();
    }
    let literals = found.literals().unwrap_or_default().iter();
    let texts = literals.filter_map(|literal| std::str::from_utf8(literal.as_bytes()).ok());
    let mut words: Vec<String> = texts.map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words.retain(|word| !word.is_empty());
    words.truncate(if words.len() > MOST_WORDS { 0 } else { MOST_WORDS });
    words
}

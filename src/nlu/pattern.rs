//! Regular expressions as the intent files write them: matched without case, in linear time, and
//! of bounded size.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

const MOST_BYTES: usize = 1 << 20;
const MOST_BYTES_OF_ALL: usize = 64 << 20;

/// Compiles one expression.
///
/// # Errors
/// The text is no regular expression, or needs more than a megabyte.
pub fn compile(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).case_insensitive(true).size_limit(MOST_BYTES).build()
}

/// Compiles valid expressions to be tried at once; too many of them match nothing.
pub(super) fn compile_set<'a>(texts: impl IntoIterator<Item = &'a str>) -> RegexSet {
    let built = RegexSetBuilder::new(texts)
        .case_insensitive(true)
        .size_limit(MOST_BYTES_OF_ALL)
        .dfa_size_limit(MOST_BYTES_OF_ALL / 8)
        .build();
    built.unwrap_or_else(|_| RegexSet::empty())
}

/// Whether expressions can be tried at once; if not, none of them would be.
#[must_use]
pub fn fit_together(texts: &[&str]) -> bool {
    let valid: Vec<&str> = texts.iter().copied().filter(|text| compile(text).is_ok()).collect();
    compile_set(valid.iter().copied()).len() == valid.len()
}

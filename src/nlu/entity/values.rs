//! Lists of values with synonyms, found whole words only, whatever the case and the marks.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use super::{Hit, stands_alone};
use crate::nlu::fold::{Traced, fold};

/// A list, compiled.
#[derive(Debug)]
pub(super) struct Values {
    /// `None` when there is nothing to find.
    synonyms: Option<AhoCorasick>,
    /// The value of each synonym.
    keys: Vec<String>,
}

impl Values {
    pub(super) fn of(listed: &BTreeMap<String, Vec<String>>) -> Self {
        let all = listed.iter().flat_map(|(key, synonyms)| {
            std::iter::once(key).chain(synonyms).map(move |synonym| (key, fold(synonym.trim())))
        });
        let all: Vec<(&String, String)> = all.filter(|(_, synonym)| !synonym.is_empty()).collect();
        let synonyms = AhoCorasick::new(all.iter().map(|(_, synonym)| synonym)).ok();
        Self { synonyms, keys: all.into_iter().map(|(key, _)| key.clone()).collect() }
    }

    /// The values found, the longest synonym first where several start at one place.
    pub(super) fn hits(&self, traced: &Traced) -> Vec<Hit> {
        let Some(synonyms) = &self.synonyms else { return Vec::new() };
        let mut found: Vec<_> = synonyms
            .find_overlapping_iter(traced.text.as_str())
            .filter(|found| stands_alone(&traced.text, &found.range()))
            .collect();
        found.sort_by_key(|found| (found.start(), std::cmp::Reverse(found.end())));
        let mut end = 0;
        found.retain(|found| {
            let free = found.start() >= end;
            end = if free { found.end() } else { end };
            free
        });
        let hit = |found: aho_corasick::Match| {
            let key = self.keys.get(found.pattern().as_usize()).cloned().unwrap_or_default();
            (key, traced.origin(found.range()))
        };
        found.into_iter().map(hit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let listed = [
            ("mancante".to_owned(), list(&["non c'è", "missing"])),
            ("rotto".to_owned(), list(&["rotto", "non funziona"])),
            ("non".to_owned(), Vec::new()),
        ];
        let hits = Values::of(&listed.into()).hits(&Traced::of(text));
        hits.into_iter().map(|(value, _)| value).collect()
    }

    #[test]
    fn synonyms_give_their_key_whatever_the_case_and_the_marks() {
        assert_eq!(found("Il sapone NON C’È, ed è Rottò"), ["mancante", "rotto"]);
        assert_eq!(found("mancante"), ["mancante"]);
    }

    #[test]
    fn parts_of_words_do_not_count_and_the_longest_wins() {
        assert!(found("interrotto, missings").is_empty());
        assert_eq!(found("non funziona"), ["rotto"]);
        assert!(Values::of(&BTreeMap::new()).hits(&Traced::of("x")).is_empty());
    }
}

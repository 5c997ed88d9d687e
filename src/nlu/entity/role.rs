//! Roles: which of two like things is meant, by the words before it ("da Roma a Milano").

use std::collections::BTreeMap;

use crate::nlu::fold::{fold, words};

/// So many words before a value may tell its role.
const REACH: usize = 5;
/// So many bytes before a value are looked at.
const REACH_BYTES: usize = 80;
/// Words between the telling word and the value.
const FILLERS: [&str; 16] = [
    "il", "lo", "la", "l", "i", "gli", "le", "the", "citta", "city", "di", "of", "numero",
    "number", "n", "my",
];

/// The words that tell each role of one entity.
#[derive(Debug, Default)]
pub(super) struct Roles(Vec<(String, Vec<String>)>);

impl Roles {
    pub(super) fn of(listed: &BTreeMap<String, Vec<String>>) -> Self {
        let plain = |cue: &String| words(&fold(cue)).map(str::to_owned).collect();
        let all = listed.iter().flat_map(|(role, cues)| {
            cues.iter()
                .map(move |cue| (role.clone(), plain(cue)))
                .filter(|(_, cue): &(_, Vec<_>)| !cue.is_empty())
        });
        Self(all.collect())
    }

    /// The role of what stands at `start`, by the longest cue before it.
    pub(super) fn before(&self, text: &str, start: usize) -> Option<String> {
        let mut from = start.saturating_sub(REACH_BYTES);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let folded = fold(text.get(from..start)?);
        let all: Vec<&str> = words(&folded).collect();
        let mut said = &all[all.len().saturating_sub(REACH)..];
        loop {
            let ends = |cue: &&(String, Vec<String>)| {
                let tail = said.len().checked_sub(cue.1.len()).and_then(|at| said.get(at..));
                tail.is_some_and(|tail| tail.iter().zip(&cue.1).all(|(one, other)| one == other))
            };
            if let Some((role, _)) = self.0.iter().filter(ends).max_by_key(|(_, cue)| cue.len()) {
                return Some(role.clone());
            }
            let (last, rest) = said.split_last()?;
            if !FILLERS.contains(last) {
                return None;
            }
            said = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_before_tell_the_role() {
        let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let roles = Roles::of(
            &[
                ("from".to_owned(), list(&["da", "dal", "from", "al posto del"])),
                ("to".to_owned(), list(&["a", "to", "verso"])),
            ]
            .into(),
        );
        let role = |text: &str, value: &str| roles.before(text, text.find(value).unwrap());
        assert_eq!(role("vado da Roma a Milano", "Roma").as_deref(), Some("from"));
        assert_eq!(role("vado da Roma a Milano", "Milano").as_deref(), Some("to"));
        assert_eq!(role("from the city of Rome", "Rome").as_deref(), Some("from"));
        assert_eq!(role("VERSO l'Aquila", "Aquila").as_deref(), Some("to"));
        assert_eq!(role("al posto del grande", "grande").as_deref(), Some("from"));
        assert_eq!(role("la bella Roma", "Roma"), None);
        assert_eq!(role("Roma", "Roma"), None);
        assert_eq!(role(&format!("{}Roma", "è".repeat(100)), "Roma"), None);
    }
}

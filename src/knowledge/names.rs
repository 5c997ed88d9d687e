//! What exists in all files together, so that what is referred to can be looked up.

use std::collections::{BTreeMap, BTreeSet};

use serde_saphyr::Location;

use super::findings::Findings;
use super::format::{IntentFile, Text};
use crate::nlu::entity::Recogniser;

/// Whether every file could be read; if not, what is missing may well stand in the others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Partial,
}

/// The names of all intents, entities and lookups.
pub(super) struct Names {
    intents: BTreeSet<String>,
    entities: BTreeSet<String>,
    lookups: BTreeSet<String>,
    /// The roles of each entity.
    roles: BTreeMap<String, BTreeSet<String>>,
    extent: Extent,
}

impl Names {
    /// Those of the files as far as they were read, and of the intents that were lost on the way.
    pub(super) fn of<'a>(
        files: impl Iterator<Item = &'a IntentFile>,
        lost: Vec<String>,
        extent: Extent,
    ) -> Self {
        let built_in = Recogniser::BUILT_IN.map(|(name, _)| name.to_owned());
        let mut names = Self {
            intents: lost.into_iter().collect(),
            entities: built_in.into(),
            lookups: BTreeSet::new(),
            roles: BTreeMap::new(),
            extent,
        };
        for file in files {
            let intents = file.intents.iter().flatten();
            names.intents.extend(intents.map(|intent| intent.name.value.clone()));
            names.entities.extend(file.entities.iter().flatten().map(|(name, _)| name.clone()));
            for (name, part) in file.entities.iter().flatten() {
                let roles = part.value.roles.iter().flatten().map(|(role, _)| role.clone());
                names.roles.entry(name.clone()).or_default().extend(roles);
            }
            names.lookups.extend(file.lookups.iter().flatten().map(|(name, _)| name.clone()));
        }
        names
    }

    pub(super) fn intent(&self, findings: &mut Findings<'_>, name: &Text) -> String {
        self.known("intent", &self.intents, findings, name)
    }

    pub(super) fn entity(&self, findings: &mut Findings<'_>, name: &Text) -> String {
        self.known("entity", &self.entities, findings, name)
    }

    pub(super) fn lookup(&self, findings: &mut Findings<'_>, name: &Text) -> String {
        self.known("lookup", &self.lookups, findings, name)
    }

    /// A role that the entity has.
    pub(super) fn role(&self, findings: &mut Findings<'_>, entity: &Text, role: &Text) -> String {
        let none = BTreeSet::new();
        let all = self.roles.get(&entity.value).unwrap_or(&none);
        if self.extent == Extent::Whole && !all.contains(&role.value) {
            let hint = nearest(&role.value, all.iter().map(String::as_str));
            let (entity, role_name) = (&entity.value, &role.value);
            let message = format!("entity `{entity}` has no role `{role_name}`{hint}");
            findings.error(role.referenced, message);
        }
        role.value.clone()
    }

    fn known(
        &self,
        kind: &str,
        all: &BTreeSet<String>,
        findings: &mut Findings<'_>,
        name: &Text,
    ) -> String {
        if self.extent == Extent::Whole && !all.contains(&name.value) {
            let hint = nearest(&name.value, all.iter().map(String::as_str));
            findings.error(name.referenced, format!("there is no {kind} `{}`{hint}", name.value));
        }
        name.value.clone()
    }
}

/// No name of a sound file is longer, in bytes.
const LONGEST: usize = 100;
const MOST_BYTES_A_LETTER: usize = 4;

/// "; did you mean `…`?" when one of the names is within two letters.
pub(super) fn nearest<'a>(name: &str, all: impl Iterator<Item = &'a str>) -> String {
    if name.len() > LONGEST {
        return String::new();
    }
    let close = all.filter(|other| other.len().abs_diff(name.len()) <= 2 * MOST_BYTES_A_LETTER);
    let near = close.map(|other| (distance(name, other), other)).min();
    match near {
        Some((0..=2, other)) => format!("; did you mean `{other}`?"),
        _ => String::new(),
    }
}

/// Letters to change, add or leave out (Levenshtein's distance).
pub(super) fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (other, theirs) in right.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *theirs);
            diagonal = row[other + 1];
            row[other + 1] = changed.min(diagonal + 1).min(row[other] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Names that must not come twice, over all files.
#[derive(Default)]
pub(super) struct Once {
    seen: BTreeMap<String, String>,
}

impl Once {
    /// Reports a name that was given before.
    pub(super) fn claim(
        &mut self,
        findings: &mut Findings<'_>,
        what: &str,
        name: &str,
        place: Location,
        file: &str,
    ) {
        let here = format!("{file}:{}", place.line());
        if let Some(there) = self.seen.get(name) {
            findings.error(place, format!("{what} `{name}` stands already at {there}"));
        } else {
            self.seen.insert(name.to_owned(), here);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_proposed() {
        let all = ["order_status", "refund"];
        assert_eq!(nearest("order_staus", all.into_iter()), "; did you mean `order_status`?");
        assert_eq!(nearest("hours", all.into_iter()), "");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}

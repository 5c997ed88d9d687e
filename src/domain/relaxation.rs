//! What a request asks for no longer, after it has waited.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::skill::Level;
use super::ticket::{ANY_TEAM, Requirement};

/// Less than was asked: whoever could serve the request before can serve it still.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Relaxation {
    /// Skills that need no more than this level.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lower: BTreeMap<String, Level>,
    /// Skills that are not needed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub drop: BTreeSet<String>,
    /// Whether the language does not count.
    #[serde(skip_serializing_if = "is_off")]
    pub any_language: bool,
    /// Teams that may serve it as well.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub or_teams: BTreeSet<String>,
    /// Whether anybody may serve it.
    #[serde(skip_serializing_if = "is_off")]
    pub anyone: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
const fn is_off(flag: &bool) -> bool {
    !*flag
}

impl Relaxation {
    /// As wide as this one and the other together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (name, level) in &other.lower {
            let own = self.lower.entry(name.clone()).or_insert(*level);
            *own = (*level).min(*own);
        }
        self.drop.extend(other.drop.iter().cloned());
        self.or_teams.extend(other.or_teams.iter().cloned());
        self.any_language |= other.any_language;
        self.anyone |= other.anyone;
        self
    }

    /// What is still asked for. The team stays the ticket's own, also when anybody may serve it.
    #[must_use]
    pub fn of(&self, asked: &Requirement) -> Requirement {
        let mut relaxed = asked.clone();
        for (name, level) in &self.lower {
            relaxed.skills.lower(name, *level);
        }
        for name in &self.drop {
            relaxed.skills.remove(name);
        }
        if self.any_language || self.anyone {
            relaxed.language = None;
        }
        if let Some(team) = &asked.team {
            relaxed.or_teams.extend(self.or_teams.iter().filter(|other| *other != team).cloned());
        }
        if self.anyone {
            relaxed.skills = super::skill::Skills::default();
            relaxed.or_teams.clear();
            relaxed.or_teams.extend(asked.team.iter().map(|_| ANY_TEAM.to_owned()));
        }
        relaxed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::domain::skill::Skills;

    fn asked() -> Requirement {
        Requirement {
            team: Some("care".to_owned()),
            language: Some(Language::En),
            skills: Skills::read(["legal:4", "refund"]).unwrap(),
            ..Requirement::default()
        }
    }

    fn lower(name: &str, level: u8) -> Relaxation {
        let lower = [(name.to_owned(), Level::try_from(level).unwrap())].into();
        Relaxation { lower, ..Relaxation::default() }
    }

    #[test]
    fn each_part_asks_for_less_and_never_for_more() {
        assert_eq!(lower("legal", 2).of(&asked()).skills.texts(), ["legal:2", "refund"]);
        assert_eq!(lower("legal", 5).of(&asked()), asked(), "a higher level asks for no more");
        assert_eq!(lower("vip", 1).of(&asked()), asked(), "what was not asked is not asked now");
        let drop = Relaxation { drop: ["legal".to_owned()].into(), ..Relaxation::default() };
        assert_eq!(drop.of(&asked()).skills.texts(), ["refund"]);
        let any = Relaxation { any_language: true, ..Relaxation::default() };
        assert_eq!(any.of(&asked()).language, None);
        let teams = ["care".to_owned(), "shop".to_owned()].into();
        let teams = Relaxation { or_teams: teams, ..Relaxation::default() };
        assert_eq!(teams.of(&asked()).or_teams, ["shop".to_owned()].into());
        assert_eq!(teams.of(&Requirement::default()), Requirement::default());
    }

    #[test]
    fn anyone_is_anyone_though_the_team_is_remembered() {
        let relaxed = Relaxation { anyone: true, ..Relaxation::default() }.of(&asked());
        assert_eq!((relaxed.team.as_deref(), relaxed.language), (Some("care"), None));
        assert!(relaxed.skills.is_empty() && relaxed.or_teams.contains(ANY_TEAM));
    }

    #[test]
    fn two_together_are_one_after_the_other() {
        let (one, two) = (lower("legal", 3), lower("legal", 2).and(&lower("refund", 1)));
        assert_eq!(one.clone().and(&two).of(&asked()), two.of(&one.of(&asked())));
        let written = serde_json::to_string(&one.and(&two)).unwrap();
        assert_eq!(written, r#"{"lower":{"legal":2,"refund":1}}"#);
    }
}

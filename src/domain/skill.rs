//! Skills with levels: what a request asks for and what an agent has.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How well somebody masters a skill, or must: 1 (knows it) to 5 (the house's expert).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    /// The level of a skill that is written without one.
    pub const LEAST: Self = Self(1);
    /// The highest.
    pub const MOST: Self = Self(5);

    /// The number, 1 to 5.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Level {
    type Error = SkillError;

    fn try_from(number: u8) -> Result<Self, SkillError> {
        let level = Self(number);
        let known = Self::LEAST..=Self::MOST;
        if known.contains(&level) { Ok(level) } else { Err(SkillError::Level(number.to_string())) }
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

/// Why a text is no skill.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkillError {
    /// Nothing before the colon.
    #[error("`{0}` names no skill: write a name, or a name and a level as in legal:3")]
    Name(String),
    /// Not 1 to 5.
    #[error("`{0}` is no level: write a whole number from 1 to 5, as in legal:3")]
    Level(String),
}

/// One skill at a level, `legal:3`; level 1 is written `legal`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skill {
    /// Its name.
    pub name: String,
    /// How well.
    pub level: Level,
}

impl FromStr for Skill {
    type Err = SkillError;

    fn from_str(text: &str) -> Result<Self, SkillError> {
        let (name, level) = match text.split_once(':') {
            Some((name, level)) => (name.trim(), read_level(level.trim())?),
            None => (text.trim(), Level::LEAST),
        };
        if name.is_empty() {
            return Err(SkillError::Name(text.to_owned()));
        }
        Ok(Self { name: name.to_owned(), level })
    }
}

fn read_level(text: &str) -> Result<Level, SkillError> {
    let number = text.parse::<u8>().map_err(|_| SkillError::Level(text.to_owned()))?;
    Level::try_from(number)
}

impl fmt::Display for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Level::LEAST => f.write_str(&self.name),
            level => write!(f, "{}:{}", self.name, level.get()),
        }
    }
}

/// Skills by name, each at one level. In records and files a list of [`Skill`]s as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "BTreeSet<String>", into = "Vec<String>")]
pub struct Skills(BTreeMap<String, Level>);

impl Skills {
    /// Reads what people wrote; of one skill at two levels the higher counts.
    ///
    /// # Errors
    /// The first text that is no skill.
    pub fn read<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Result<Self, SkillError> {
        let mut skills = Self::default();
        for text in texts {
            skills.add(text.as_ref().parse()?);
        }
        Ok(skills)
    }

    /// With this skill, at the higher of two levels.
    pub fn add(&mut self, skill: Skill) {
        let level = self.0.entry(skill.name).or_insert(skill.level);
        *level = skill.level.max(*level);
    }

    /// The level of a skill; `None` without it.
    #[must_use]
    pub fn level(&self, name: &str) -> Option<Level> {
        self.0.get(name).copied()
    }

    /// Whether the skill is among them, at any level.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// By name.
    pub fn iter(&self) -> impl Iterator<Item = Skill> {
        self.0.iter().map(|(name, level)| Skill { name: name.clone(), level: *level })
    }

    /// As texts, by name.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.iter().map(|skill| skill.to_string()).collect()
    }

    /// Whether whoever has these may do what asks for `asked`: each skill at its level or above.
    #[must_use]
    pub fn cover(&self, asked: &Self) -> bool {
        asked.0.iter().all(|(name, level)| self.level(name).is_some_and(|own| own >= *level))
    }

    /// Asks for no more than `level` of a skill that is among them.
    pub fn lower(&mut self, name: &str, level: Level) {
        if let Some(asked) = self.0.get_mut(name) {
            *asked = level.min(*asked);
        }
    }

    /// Without this skill.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}

/// What records hold. A name that was kept before there were levels, and that cannot be read as a
/// skill at a level, stays a name.
impl<S: Into<String>> FromIterator<S> for Skills {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        let mut skills = Self::default();
        for text in texts {
            let text = text.into();
            let plain = |name| Skill { name, level: Level::LEAST };
            skills.add(text.parse().unwrap_or_else(|_| plain(text)));
        }
        skills
    }
}

impl From<BTreeSet<String>> for Skills {
    fn from(texts: BTreeSet<String>) -> Self {
        texts.into_iter().collect()
    }
}

impl From<Skills> for Vec<String> {
    fn from(skills: Skills) -> Self {
        skills.texts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skills(texts: &[&str]) -> Skills {
        Skills::read(texts).unwrap()
    }

    #[test]
    fn a_skill_without_a_level_is_at_the_least_and_the_higher_of_two_counts() {
        assert_eq!(skills(&["legal"]), skills(&["legal:1"]));
        assert_eq!(skills(&["legal:3", " refund : 2 ", "legal"]).texts(), ["legal:3", "refund:2"]);
    }

    #[test]
    fn levels_are_enough_when_they_are_as_asked_or_above() {
        let asked = skills(&["legal:3", "refund"]);
        assert!(skills(&["legal:3", "refund:5", "vip"]).cover(&asked));
        assert!(!skills(&["legal:2", "refund:5"]).cover(&asked));
        assert!(!skills(&["legal:5"]).cover(&asked));
        assert!(Skills::default().cover(&Skills::default()));
    }

    #[test]
    fn nonsense_is_refused_with_what_to_write() {
        for text in ["legal:0", "legal:6", "legal:", "legal:much", "legal:-1", "legal:1.5", "a:2:3"]
        {
            let refused = text.parse::<Skill>().unwrap_err();
            assert!(matches!(refused, SkillError::Level(_)), "{text}");
            assert!(refused.to_string().contains("from 1 to 5"), "{refused}");
        }
        assert!(matches!(":3".parse::<Skill>(), Err(SkillError::Name(_))));
        assert!(matches!(" ".parse::<Skill>(), Err(SkillError::Name(_))));
    }

    #[test]
    fn records_are_lists_of_texts_and_old_names_stay_names() {
        let written = serde_json::to_string(&skills(&["refund", "legal:3"])).unwrap();
        assert_eq!(written, r#"["legal:3","refund"]"#);
        assert_eq!(
            serde_json::from_str::<Skills>(&written).unwrap(),
            skills(&["refund", "legal:3"])
        );
        let old: Skills = serde_json::from_str(r#"["iso:9001","vip"]"#).unwrap();
        assert_eq!(old.level("iso:9001"), Some(Level::LEAST));
        assert_eq!(old.texts(), ["iso:9001", "vip"]);
    }
}

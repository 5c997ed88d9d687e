//! What does nobody have that a ticket asks for?

use super::eligibility::may_serve;
use crate::domain::agent::Profile;
use crate::domain::language::Language;
use crate::domain::skill::{Skill, Skills};
use crate::domain::ticket::Requirement;

/// What is missing so that somebody can serve a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// Nobody is of this team, or of one it was widened to.
    pub team: Option<String>,
    /// Nobody speaks it.
    pub language: Option<Language>,
    /// Nobody holds these.
    pub skills: Skills,
}

impl Gap {
    /// Whether somebody has each part, and nobody has them together.
    #[must_use]
    pub fn is_of_the_whole(&self) -> bool {
        *self == Self::default()
    }
}

/// What is missing when none of these people may serve the request; `None` when somebody may.
#[must_use]
pub fn gap<'a>(
    requirement: &Requirement,
    people: impl Iterator<Item = &'a Profile>,
) -> Option<Gap> {
    let people: Vec<_> = people.collect();
    let served = |asked: &Requirement| people.iter().any(|it| may_serve(it, asked).is_ok());
    if served(requirement) {
        return None;
    }
    let Requirement { team, or_teams, language, skills } = requirement.clone();
    let of_team = Requirement { team: team.clone(), or_teams, ..Requirement::default() };
    let speaks = Requirement { language, ..Requirement::default() };
    let holds = |skill: &Skill| served(&of_skill(skill));
    Some(Gap {
        team: team.filter(|_| !served(&of_team)),
        language: language.filter(|_| !served(&speaks)),
        skills: skills
            .iter()
            .filter(|skill| !holds(skill))
            .map(|skill| skill.to_string())
            .collect(),
    })
}

fn of_skill(skill: &Skill) -> Requirement {
    Requirement { skills: std::iter::once(skill.to_string()).collect(), ..Requirement::default() }
}

/// How many parts of a request a person lacks.
#[must_use]
pub fn lacks(profile: &Profile, requirement: &Requirement) -> usize {
    let Requirement { team, or_teams, language, .. } = requirement.clone();
    let of_team = Requirement { team, or_teams, ..Requirement::default() };
    let speaks = Requirement { language, ..Requirement::default() };
    let misses = |asked: &Requirement| usize::from(may_serve(profile, asked).is_err());
    misses(&of_team)
        + misses(&speaks)
        + requirement.skills.iter().filter(|skill| misses(&of_skill(skill)) > 0).count()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn words(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(ToString::to_string).collect()
    }

    fn person(teams: &[&str], languages: &[Language], skills: &[&str]) -> Profile {
        let languages = languages.iter().copied().collect();
        Profile { teams: words(teams), languages, skills: words(skills).into(), capacity: 3 }
    }

    fn asks(team: &str, language: Language, skills: &[&str]) -> Requirement {
        Requirement {
            team: Some(team.to_owned()),
            language: Some(language),
            skills: words(skills).into(),
            ..Requirement::default()
        }
    }

    #[test]
    fn what_nobody_has_is_named_part_by_part() {
        let people = [
            person(&["a"], &[Language::It], &["refund"]),
            person(&["b"], &[Language::It], &["legal"]),
        ];
        let gap = |asked: &Requirement| gap(asked, people.iter());
        assert_eq!(gap(&asks("a", Language::It, &["refund"])), None);
        let missing = gap(&asks("c", Language::En, &["legal", "tax"])).unwrap();
        assert_eq!(missing.team.as_deref(), Some("c"));
        assert_eq!(missing.language, Some(Language::En));
        assert_eq!(missing.skills, words(&["tax"]).into());
        let whole = gap(&asks("a", Language::It, &["legal"])).unwrap();
        assert!(whole.is_of_the_whole(), "somebody has each part, nobody all of them");
        let widened = Requirement { or_teams: words(&["b"]), ..asks("c", Language::It, &[]) };
        assert_eq!(gap(&widened), None);
        assert_eq!(lacks(&people[0], &asks("b", Language::En, &["refund", "tax"])), 3);
    }

    #[test]
    fn without_anybody_everything_is_missing() {
        let nobody: [Profile; 0] = [];
        let missing = gap(&Requirement::default(), nobody.iter()).unwrap();
        assert!(missing.is_of_the_whole());
        let missing = gap(&asks("a", Language::It, &["x"]), nobody.iter()).unwrap();
        assert!(missing.team.is_some() && missing.language.is_some() && !missing.skills.is_empty());
    }
}

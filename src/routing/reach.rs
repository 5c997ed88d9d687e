//! Could anybody ever serve this? What is asked for and nobody has.

use super::eligibility::may_serve;
use crate::domain::agent::Profile;
use crate::domain::language::Language;
use crate::domain::skill::Skill;
use crate::domain::ticket::{ANY_TEAM, Requirement};

/// Why nobody at all can serve a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nobody is of this team, nor of one that may serve it as well.
    Team(String),
    /// Nobody speaks it.
    Language(Language),
    /// Nobody has it at this level.
    Skill(Skill),
    /// Each part is there, but nobody has all of them.
    Together,
}

/// What stands in the way of everybody; empty when somebody could serve it, were they here and free.
#[must_use]
pub fn gaps(requirement: &Requirement, people: &[Profile]) -> Vec<Gap> {
    if people.iter().any(|profile| may_serve(profile, requirement).is_ok()) {
        return Vec::new();
    }
    let mut gaps = Vec::new();
    let of = |team: &String| {
        let is_of = |profile: &Profile| profile.teams.is_empty() || profile.teams.contains(team);
        team == ANY_TEAM || people.iter().any(is_of)
    };
    if let Some(team) = &requirement.team
        && !of(team)
        && !requirement.or_teams.iter().any(of)
    {
        gaps.push(Gap::Team(team.clone()));
    }
    if let Some(language) = requirement.language
        && !people.iter().any(|profile| profile.languages.contains(&language))
    {
        gaps.push(Gap::Language(language));
    }
    for skill in requirement.skills.iter() {
        let enough = |profile: &Profile| {
            profile.skills.level(&skill.name).is_some_and(|level| level >= skill.level)
        };
        if !people.iter().any(enough) {
            gaps.push(Gap::Skill(skill));
        }
    }
    if gaps.is_empty() {
        gaps.push(Gap::Together);
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::skill::Skills;

    fn person(team: &str, language: Language, skills: &[&str]) -> Profile {
        Profile {
            teams: [team.to_owned()].into(),
            languages: [language].into(),
            skills: Skills::read(skills).unwrap(),
            capacity: 4,
        }
    }

    fn asks(team: &str, language: Language, skills: &[&str]) -> Requirement {
        Requirement {
            team: Some(team.to_owned()),
            language: Some(language),
            skills: Skills::read(skills).unwrap(),
            ..Requirement::default()
        }
    }

    #[test]
    fn what_nobody_has_is_named_and_what_somebody_has_is_not() {
        let people =
            [person("care", Language::It, &["legal:2"]), person("shop", Language::En, &["refund"])];
        assert_eq!(gaps(&asks("care", Language::It, &["legal:2"]), &people), []);
        let skill = "legal:3".parse().unwrap();
        assert_eq!(gaps(&asks("care", Language::It, &["legal:3"]), &people), [Gap::Skill(skill)]);
        let missing = gaps(&asks("moon", Language::It, &["vip"]), &people);
        let expected = [Gap::Team("moon".to_owned()), Gap::Skill("vip".parse().unwrap())];
        assert_eq!(missing, expected);
        assert_eq!(gaps(&asks("care", Language::En, &[]), &people), [Gap::Together]);
        assert_eq!(gaps(&Requirement::default(), &people), []);
        assert_eq!(gaps(&Requirement::default(), &[]), [Gap::Together], "nobody works here");
        let italians = &people[..1];
        assert_eq!(gaps(&asks("care", Language::En, &[]), italians), [Gap::Language(Language::En)]);
    }
}

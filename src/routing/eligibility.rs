//! May this agent serve that request?

use crate::domain::agent::Profile;
use crate::domain::ticket::{ANY_TEAM, Requirement};

/// Why an agent cannot serve a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// Not of the team.
    Team,
    /// Does not speak the language.
    Language,
    /// Lacks a skill, or has it at too low a level.
    Skill,
}

/// `Ok` when the agent may serve it: of the team or of one it was widened to (or of no team, which is
/// every team), speaks the language, holds every skill at its level or above.
///
/// # Errors
/// The first reason why not.
pub fn may_serve(profile: &Profile, requirement: &Requirement) -> Result<(), Exclusion> {
    let of_team = |team: &String| {
        team == ANY_TEAM || profile.teams.is_empty() || profile.teams.contains(team)
    };
    let mut teams = requirement.team.iter().chain(&requirement.or_teams);
    if requirement.team.is_some() && !teams.any(of_team) {
        return Err(Exclusion::Team);
    }
    if requirement.language.is_some_and(|language| !profile.languages.contains(&language)) {
        return Err(Exclusion::Language);
    }
    if !profile.skills.cover(&requirement.skills) {
        return Err(Exclusion::Skill);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::domain::language::Language;
    use crate::domain::skill::Skills;

    use super::*;

    fn profile(teams: &[&str], languages: &[Language], skills: &[&str]) -> Profile {
        Profile {
            teams: words(teams),
            languages: languages.iter().copied().collect(),
            skills: Skills::read(skills).unwrap(),
            capacity: 4,
        }
    }

    fn words(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(ToString::to_string).collect()
    }

    fn requirement(team: Option<&str>, language: Option<Language>, skills: &[&str]) -> Requirement {
        Requirement {
            team: team.map(str::to_owned),
            language,
            skills: Skills::read(skills).unwrap(),
            ..Requirement::default()
        }
    }

    #[test]
    fn a_request_that_asks_for_nothing_is_for_everybody() {
        assert_eq!(may_serve(&profile(&["a"], &[], &[]), &Requirement::default()), Ok(()));
    }

    #[test]
    fn no_team_is_every_team_and_a_team_is_only_that_one() {
        let asked = requirement(Some("returns"), None, &[]);
        assert_eq!(may_serve(&profile(&[], &[], &[]), &asked), Ok(()));
        assert_eq!(may_serve(&profile(&["returns", "billing"], &[], &[]), &asked), Ok(()));
        assert_eq!(may_serve(&profile(&["billing"], &[], &[]), &asked), Err(Exclusion::Team));
    }

    #[test]
    fn a_language_not_spoken_excludes() {
        let asked = requirement(None, Some(Language::En), &[]);
        let both = profile(&[], &[Language::It, Language::En], &[]);
        let italian = profile(&[], &[Language::It], &[]);
        assert_eq!(may_serve(&both, &asked), Ok(()));
        assert_eq!(may_serve(&italian, &asked), Err(Exclusion::Language));
    }

    #[test]
    fn every_skill_counts_not_just_one() {
        let asked = requirement(None, None, &["legal", "refund"]);
        let both = profile(&[], &[], &["legal", "refund", "vip"]);
        assert_eq!(may_serve(&both, &asked), Ok(()));
        assert_eq!(may_serve(&profile(&[], &[], &["legal"]), &asked), Err(Exclusion::Skill));
    }

    #[test]
    fn a_skill_counts_at_its_level_or_above() {
        let asked = requirement(None, None, &["legal:3"]);
        assert_eq!(may_serve(&profile(&[], &[], &["legal:2"]), &asked), Err(Exclusion::Skill));
        assert_eq!(may_serve(&profile(&[], &[], &["legal:3"]), &asked), Ok(()));
        assert_eq!(may_serve(&profile(&[], &[], &["legal:5"]), &asked), Ok(()));
    }

    #[test]
    fn any_team_is_any() {
        let mut asked = requirement(Some("returns"), None, &[]);
        asked.or_teams.insert(ANY_TEAM.to_owned());
        assert_eq!(may_serve(&profile(&["billing"], &[], &[]), &asked), Ok(()));
    }

    #[test]
    fn the_first_reason_is_told() {
        let asked = requirement(Some("returns"), Some(Language::En), &["legal"]);
        let nobody = profile(&["billing"], &[], &[]);
        assert_eq!(may_serve(&nobody, &asked), Err(Exclusion::Team));
    }
}

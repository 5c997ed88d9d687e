//! What people can serve, changed while the house runs.
//!
//! The records are written; every process tells its queue within ten seconds, by the reconciler.

use std::collections::BTreeSet;

use super::ServiceError;
use super::people::checked_capacity;
use crate::domain::agent::{Agent, Profile};
use crate::domain::language::Language;
use crate::domain::skill::{Skill, SkillError};
use crate::domain::time::UtcMillis;
use crate::store::{self, Db};

/// What is given to a person, or taken from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Teams.
    pub teams: BTreeSet<String>,
    /// Languages.
    pub languages: BTreeSet<Language>,
    /// Skills.
    pub skills: BTreeSet<String>,
}

/// A change of what a person can serve.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// What is given.
    pub add: Parts,
    /// What is taken.
    pub remove: Parts,
    /// The new capacity, in cost.
    pub capacity: Option<u32>,
}

/// Changes what a person can serve, by e-mail.
///
/// # Errors
/// `Invalid` with what to write instead, `NotFound`.
pub async fn change(
    db: &Db,
    email: &str,
    change: &Change,
    now: UtcMillis,
) -> Result<Agent, ServiceError> {
    let found = store::agent::by_email(db, &email.trim().to_lowercase()).await?;
    let (mut agent, _) = found.ok_or(ServiceError::NotFound("the account"))?;
    agent.profile = changed(&agent.profile, change).map_err(ServiceError::Invalid)?;
    let mut tx = db.begin().await?;
    store::agent::set_profile(&mut tx, agent.id, &agent.profile, now).await?;
    tx.commit().await?;
    Ok(agent)
}

fn read(skill: &str) -> Result<Skill, String> {
    skill.parse().map_err(|error: SkillError| error.to_string())
}

/// The profile after a change.
fn changed(profile: &Profile, change: &Change) -> Result<Profile, String> {
    let mut next = profile.clone();
    if !change.add.teams.is_empty() && profile.teams.is_empty() {
        return Err("the person is of every team already: no team can be added".to_owned());
    }
    next.teams.extend(change.add.teams.iter().cloned());
    next.teams.retain(|team| !change.remove.teams.contains(team));
    if next.teams.is_empty() && !profile.teams.is_empty() {
        return Err("without a team the person would be of every team: leave one".to_owned());
    }
    next.languages.extend(change.add.languages.iter().copied());
    next.languages.retain(|language| !change.remove.languages.contains(language));
    if next.languages.is_empty() && !profile.languages.is_empty() {
        return Err("a person speaks at least one language: leave one".to_owned());
    }
    for skill in change.remove.skills.iter().map(|text| read(text)) {
        next.skills.remove(&skill?.name);
    }
    for skill in change.add.skills.iter().map(|text| read(text)) {
        next.skills.add(skill?);
    }
    if let Some(capacity) = change.capacity {
        next.capacity = checked_capacity(capacity).map_err(|wrong| wrong.to_string())?;
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(ToString::to_string).collect()
    }

    fn anna() -> Profile {
        Profile {
            teams: words(&["returns"]),
            languages: BTreeSet::from([Language::It]),
            skills: words(&["refund"]).into(),
            capacity: 4,
        }
    }

    #[test]
    fn parts_are_given_and_taken() {
        let teams = words(&["billing"]);
        let skills = words(&["legal"]);
        let change = Change {
            add: Parts { teams, skills, languages: BTreeSet::from([Language::En]) },
            remove: Parts { skills: words(&["refund"]), ..Parts::default() },
            capacity: Some(6),
        };
        let next = changed(&anna(), &change).unwrap();
        assert_eq!(next.teams, words(&["billing", "returns"]));
        assert_eq!((next.skills, next.capacity), (words(&["legal"]).into(), 6));
        assert_eq!(next.languages.len(), 2);
    }

    #[test]
    fn nobody_gets_every_team_or_no_language_by_mistake() {
        let of = |add: &[&str], remove: &[&str]| Change {
            add: Parts { teams: words(add), ..Parts::default() },
            remove: Parts { teams: words(remove), ..Parts::default() },
            capacity: None,
        };
        assert!(changed(&anna(), &of(&[], &["returns"])).is_err());
        let everywhere = Profile { teams: BTreeSet::new(), ..anna() };
        assert!(changed(&everywhere, &of(&["billing"], &[])).is_err(), "it would take teams away");
        assert!(changed(&anna(), &of(&["billing"], &["returns"])).is_ok());
        let remove = Parts { languages: BTreeSet::from([Language::It]), ..Parts::default() };
        assert!(changed(&anna(), &Change { remove, ..Change::default() }).is_err());
        for capacity in [1_001, 1_000_000] {
            let change = Change { capacity: Some(capacity), ..Change::default() };
            assert!(changed(&anna(), &change).is_err(), "{capacity}");
        }
    }
}

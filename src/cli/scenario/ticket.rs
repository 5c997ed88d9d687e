//! What a test expects of the ticket that a conversation opens.

use serde::Deserialize;
use serde::de::Deserializer;

use super::failure::Difference;
use crate::dialogue::Handoff;
use crate::domain::language::Language;
use crate::domain::ticket::Priority;

/// What a ticket must have; a key that is not written is not looked at, `team: ~` means no team.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct Expected {
    #[serde(default)]
    team: Team,
    #[serde(default)]
    priority: Option<Priority>,
    #[serde(default)]
    skills: Option<Vec<String>>,
    #[serde(default)]
    language: Option<Language>,
}

/// The team of a ticket.
#[derive(Debug, Default)]
enum Team {
    /// Any.
    #[default]
    Unsaid,
    /// This one, or none.
    Is(Option<String>),
}

impl<'de> Deserialize<'de> for Team {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::Is)
    }
}

impl Expected {
    /// What is not as it must be.
    pub(super) fn differences(&self, handoff: Option<&Handoff>) -> Vec<Difference> {
        let Some(handoff) = handoff else {
            return vec![Difference::new("ticket", "one", "none")];
        };
        let requirement = &handoff.requirement;
        let or_none = |text: Option<&String>| text.map_or("none", String::as_str).to_owned();
        let mut found = Vec::new();
        if let Team::Is(team) = &self.team
            && *team != requirement.team
        {
            let came = or_none(requirement.team.as_ref());
            found.push(Difference::new("team", or_none(team.as_ref()), came));
        }
        if let Some(priority) = self.priority.filter(|priority| *priority != handoff.priority) {
            found.push(Difference::new("priority", priority.as_str(), handoff.priority.as_str()));
        }
        if let Some(skills) = &self.skills
            && requirement.skills != skills.iter().cloned().collect()
        {
            let came = format!("[{}]", requirement.skills.texts().join(", "));
            found.push(Difference::new("skills", format!("[{}]", skills.join(", ")), came));
        }
        if let Some(language) = self.language.filter(|own| Some(*own) != requirement.language) {
            let came = requirement.language.map_or("none", Language::code);
            found.push(Difference::new("language", language.code(), came));
        }
        found
    }
}

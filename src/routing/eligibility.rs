//! May this agent serve that request? (seam: signatures fixed, bodies to be written)

use crate::domain::agent::Profile;
use crate::domain::ticket::Requirement;

/// Why an agent cannot serve a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// Not of the team.
    Team,
    /// Does not speak the language.
    Language,
    /// Lacks a skill.
    Skill,
}

/// `Ok` when the agent may serve it: of the team (or of no team, which is every team), speaks the
/// language, holds every skill.
///
/// # Errors
/// The first reason why not.
pub fn may_serve(_profile: &Profile, _requirement: &Requirement) -> Result<(), Exclusion> {
    unimplemented!()
}

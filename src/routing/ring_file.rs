//! The rings of a team as `teams.yaml` writes them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::ring::{Ring, When};
use super::teams_file::{check_name, read_duration};
use crate::domain::relaxation::Relaxation;
use crate::domain::skill::Level;
use crate::sla::findings::Findings;

/// How many rings a team may have.
const MOST_RINGS: usize = 20;
/// How many skills or teams one ring may name.
const MOST_NAMES: usize = 50;

/// One ring, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RingFile {
    after: Option<Spanned<String>>,
    at: Option<Spanned<String>>,
    #[serde(default)]
    lower: BTreeMap<String, Spanned<i64>>,
    #[serde(default)]
    drop: Vec<Spanned<String>>,
    languages: Option<Spanned<String>>,
    #[serde(default)]
    or_teams: Vec<Spanned<String>>,
    #[serde(default)]
    anyone: bool,
}

pub(super) fn read_rings(
    written: &Spanned<Vec<Spanned<RingFile>>>,
    own: Option<&str>,
    findings: &mut Findings<'_>,
) -> Vec<Ring> {
    if written.value.len() > MOST_RINGS {
        let count = written.value.len();
        findings.error(written, format!("{count} rings; a team has at most {MOST_RINGS}"));
    }
    let mut rings: Vec<Ring> = Vec::new();
    for file in &written.value {
        let (when, relax) = (file.value.when(file, findings), file.value.relax(own, findings));
        let Some(when) = when else { continue };
        let ring = Ring { when, relax };
        if let Err(problem) = check(&ring, &rings) {
            findings.error(file, problem);
        }
        rings.push(ring);
    }
    rings
}

/// Rings ascend, and each one admits more than those within it.
fn check(ring: &Ring, earlier: &[Ring]) -> Result<(), &'static str> {
    let descends = earlier.iter().any(|other| match (other.when, ring.when) {
        (When::After(before), When::After(now)) => now <= before,
        (When::Share(before), When::Share(now)) => now <= before,
        _ => false,
    });
    if descends {
        return Err("rings ascend: this one is reached no later than one before it");
    }
    let sum = super::ring::within(earlier, earlier.len());
    if effect(sum.clone()) == effect(sum.and(&ring.relax)) {
        return Err("this ring relaxes nothing that is not relaxed already; it has one of \
                    lower, drop, languages: any, or_teams and anyone: true");
    }
    Ok(())
}

/// What of a relaxation can make a difference.
fn effect(mut relax: Relaxation) -> Relaxation {
    if relax.anyone {
        return Relaxation { anyone: true, ..Relaxation::default() };
    }
    let drop = &relax.drop;
    relax.lower.retain(|name, level| *level < Level::MOST && !drop.contains(name));
    relax
}

impl RingFile {
    fn when(&self, at: &Spanned<Self>, findings: &mut Findings<'_>) -> Option<When> {
        match (&self.after, &self.at) {
            (Some(after), None) => read_duration(after, findings).map(When::After),
            (None, Some(share)) => findings.accept(share, read_percent(&share.value)),
            _ => {
                findings.error(at, "a ring has one of `after: 2m` and `at: 50%`");
                None
            }
        }
    }

    fn relax(&self, own: Option<&str>, findings: &mut Findings<'_>) -> Relaxation {
        let mut relax = Relaxation { anyone: self.anyone, ..Relaxation::default() };
        for (name, written) in &self.lower {
            check_name(name, written, "a skill", findings);
            let level = u8::try_from(written.value).unwrap_or(0);
            if let Some(level) = findings.accept(written, Level::try_from(level)) {
                relax.lower.insert(name.clone(), level);
            }
        }
        for name in &self.drop {
            check_name(&name.value, name, "a skill", findings);
            relax.drop.insert(name.value.clone());
        }
        for team in &self.or_teams {
            check_name(&team.value, team, "a team", findings);
            if own == Some(&team.value) {
                findings.error(team, format!("`{}` serves its own tickets already", team.value));
            }
            relax.or_teams.insert(team.value.clone());
        }
        if let Some(word) = &self.languages {
            relax.any_language = word.value == "any";
            if !relax.any_language {
                findings.error(word, "only `languages: any` can stand here");
            }
        }
        let most = [self.lower.len(), self.drop.len(), self.or_teams.len()].into_iter().max();
        if most.is_some_and(|most| most > MOST_NAMES)
            && let Some(place) = self.after.as_ref().or(self.at.as_ref())
        {
            findings.error(place, format!("one ring names at most {MOST_NAMES} skills or teams"));
        }
        relax
    }
}

fn read_percent(text: &str) -> Result<When, String> {
    let number = text.trim().strip_suffix('%').and_then(|number| number.trim().parse::<u8>().ok());
    number
        .filter(|percent| (1..=100).contains(percent))
        .map(When::Share)
        .ok_or_else(|| format!("`{text}` is no share of a target: write a percent from 1% to 100%"))
}

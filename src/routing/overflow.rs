//! The overflow of a team as `teams.yaml` writes it. No tickets go in a circle.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::teams::{Overflow, Spill, Teams};
use super::teams_file::{TeamsFile, check_name, read_duration};
use crate::sla::findings::Findings;

/// To how many others a team may overflow.
const MOST: usize = 10;

/// One overflow, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OverflowFile {
    to: Spanned<String>,
    after: Option<Spanned<String>>,
    when: Option<Spanned<String>>,
}

pub(super) fn read_overflow(
    written: &Spanned<Vec<Spanned<OverflowFile>>>,
    own: Option<&str>,
    findings: &mut Findings<'_>,
) -> Vec<Overflow> {
    if written.value.len() > MOST {
        let count = written.value.len();
        findings.error(written, format!("{count} overflows; a team has at most {MOST}"));
    }
    let mut read: Vec<Overflow> = Vec::new();
    for file in &written.value {
        let to = &file.value.to;
        check_name(&to.value, to, "a team", findings);
        if own == Some(&to.value) {
            findings.error(to, format!("`{}` cannot overflow to itself", to.value));
        }
        let Some(when) = file.value.when(file, findings) else { continue };
        let overflow = Overflow { to: to.value.clone(), when };
        if read.contains(&overflow) {
            findings.error(file, "this stands here twice");
        }
        read.push(overflow);
    }
    read
}

impl OverflowFile {
    fn when(&self, at: &Spanned<Self>, findings: &mut Findings<'_>) -> Option<Spill> {
        match (&self.after, &self.when) {
            (Some(after), None) => read_duration(after, findings).map(Spill::After),
            (None, Some(word)) if word.value == "nobody_on_shift" => Some(Spill::NobodyOnShift),
            _ => {
                let message = "an overflow has one of `after: 10m` and `when: nobody_on_shift`";
                findings.error(at, message);
                None
            }
        }
    }
}

/// Two teams that overflow to one another pass their rush to and fro: neither would be relieved.
pub(super) fn check_circles(file: &TeamsFile, teams: &Teams, findings: &mut Findings<'_>) {
    let named = teams.own.values().chain([&teams.usual]).flat_map(|team| &team.overflow);
    let all: BTreeSet<&str> =
        teams.own.keys().map(String::as_str).chain(named.map(|o| o.to.as_str())).collect();
    let mut told: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    for start in &all {
        let Some(circle) = circle(start, teams) else { continue };
        if !told.insert(circle.iter().copied().collect()) {
            continue;
        }
        let own = circle
            .iter()
            .find_map(|name| file.teams.get(*name).and_then(|team| team.value.overflow.as_ref()));
        if let Some(place) = own.or(file.default.overflow.as_ref()) {
            let way = circle.iter().chain(circle.first()).copied().collect::<Vec<_>>().join(" → ");
            let message = format!(
                "the overflow goes in a circle: {way}; let one of them keep its tickets, or name \
                 the others in a ring's `or_teams`"
            );
            findings.error(place, message);
        }
    }
}

/// The shortest way from a team back to itself.
fn circle<'a>(start: &'a str, teams: &'a Teams) -> Option<Vec<&'a str>> {
    let mut seen = BTreeSet::new();
    let mut ways = vec![vec![start]];
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let last = *way.last()?;
            let targets = teams.of(Some(last)).overflow.iter().map(|o| o.to.as_str());
            for to in targets.filter(|to| *to != last) {
                if to == start {
                    return Some(way);
                }
                if seen.insert(to) {
                    longer.push(way.iter().copied().chain([to]).collect());
                }
            }
        }
        ways = longer;
    }
    None
}

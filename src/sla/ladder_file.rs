//! The warning ladder of a policy as `sla.yaml` writes it.
//!
//! A rung is a percent of the target (`50`), or `{at: 90, do: […]}`, `{before: 30m, do: […]}`,
//! `{after: 2h, do: […]}`. Actions are `notify`, `raise`, `page` and `{widen: team}`.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::duration;
use super::findings::Findings;
use super::policy::{Action, Rung, Targets, Warning};

/// One rung, unread.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a warning is a percent such as 50, or one of {at: 50, do: [raise]}, {before: 10m} and \
                 {after: 2h}; `do` lists notify, raise, page or {widen: team}"
)]
pub(super) enum WarningFile {
    Percent(i64),
    Full(Full),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Full {
    at: Option<i64>,
    before: Option<String>,
    after: Option<String>,
    #[serde(default, rename = "do")]
    actions: Vec<ActionFile>,
}

/// One action, unread.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ActionFile {
    Notify,
    Raise,
    Page,
    Widen(String),
}

/// Without a ladder in the file: half, three quarters and nine tenths of the target.
pub(super) fn usual_warnings() -> Vec<Warning> {
    let rung = |percent| Warning { rung: Rung::Percent(percent), actions: Vec::new() };
    [50, 75, 90].map(rung).to_vec()
}

pub(super) fn read_warnings(
    written: &[Spanned<WarningFile>],
    targets: &Targets,
    findings: &mut Findings<'_>,
) -> Vec<Warning> {
    let mut read: Vec<Warning> = Vec::new();
    for file in written {
        let Some(warning) = findings.accept(file, file.value.read()) else { continue };
        if let Err(problem) = check(&warning, &read, targets) {
            findings.error(file, problem);
        } else {
            read.push(warning);
        }
    }
    read
}

/// Percents ascend, no rung comes twice, and each can be reached by some target.
fn check(warning: &Warning, earlier: &[Warning], targets: &Targets) -> Result<(), String> {
    let percent = |warning: &Warning| match warning.rung {
        Rung::Percent(percent) => Some(percent),
        _ => None,
    };
    let last = earlier.iter().rev().find_map(percent);
    let descends = matches!((last, percent(warning)), (Some(last), Some(next)) if next <= last);
    if descends || earlier.iter().any(|other| other.rung == warning.rung) {
        return Err("warnings ascend, each one once".to_owned());
    }
    let longest = targets.longest();
    if longest.is_some_and(|target| warning.rung.amount(target).is_none()) {
        return Err("this lies before the start of every target's time".to_owned());
    }
    Ok(())
}

pub(super) fn read_actions(written: &[Spanned<ActionFile>]) -> Vec<Action> {
    written.iter().filter_map(|action| action.value.read()).collect()
}

impl WarningFile {
    fn read(&self) -> Result<Warning, String> {
        match self {
            Self::Percent(percent) => {
                Ok(Warning { rung: read_percent(*percent)?, actions: Vec::new() })
            }
            Self::Full(full) => full.read(),
        }
    }
}

impl Full {
    fn read(&self) -> Result<Warning, String> {
        let lasting = |text: &str| duration::parse(text).map_err(|error| error.to_string());
        let rung = match (self.at, &self.before, &self.after) {
            (Some(percent), None, None) => read_percent(percent)?,
            (None, Some(before), None) => Rung::Before(lasting(before)?),
            (None, None, Some(after)) => Rung::After(lasting(after)?),
            _ => return Err("a warning has one of `at`, `before` and `after`".to_owned()),
        };
        let actions = self.actions.iter().filter_map(ActionFile::read).collect();
        Ok(Warning { rung, actions })
    }
}

impl ActionFile {
    /// `None` for what every rung does.
    fn read(&self) -> Option<Action> {
        match self {
            Self::Notify => None,
            Self::Raise => Some(Action::Raise),
            Self::Page => Some(Action::Page),
            Self::Widen(team) => Some(Action::Widen(team.clone())),
        }
    }
}

fn read_percent(percent: i64) -> Result<Rung, String> {
    let read = u8::try_from(percent).ok().filter(|percent| (1..=99).contains(percent));
    read.map(Rung::Percent)
        .ok_or_else(|| "a warning is a percent of the target, from 1 to 99".to_owned())
}

//! A record of an assignment, read aloud.

use super::super::words::Words;
use crate::domain::time::UtcMillis;
use crate::service::view::{CandidateView, ChoiceView, DecisionView, WalkView};
use crate::text::Phrase;
use crate::text::screen::{desk as say, record};

/// How many candidates are read aloud.
const NAMED: usize = 5;
/// How much of a hash people compare.
const SHORT: usize = 12;

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The words; `{at}` where an instant stands.
    pub text: String,
    /// The instant, ms UTC.
    pub at: Option<i64>,
    /// `late` when it is bad news.
    pub tone: Option<&'static str>,
}

impl Line {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), at: None, tone: None }
    }

    /// The sentence with its instant in full, UTC.
    #[must_use]
    pub fn full(&self) -> String {
        let at = self.at.map(|at| UtcMillis(at).to_string()).unwrap_or_default();
        self.text.replace("{at}", &at)
    }
}

/// The record, sentence by sentence.
#[must_use]
pub fn lines(decision: &DecisionView, words: &Words) -> Vec<Line> {
    let mut lines = vec![Line::plain(way(decision, words))];
    if let Some(why) = &decision.despite {
        let why = words.say(despite(why));
        let text = words.fill(record::DESPITE, &[("why", why)]);
        lines.push(Line { tone: Some("late"), ..Line::plain(text) });
    }
    let score = words.say(record::SCORE);
    lines.push(Line { at: Some(decision.score), ..Line::plain(score) });
    lines.push(Line::plain(weight(decision, words)));
    if let Some(walk) = &decision.walk {
        lines.push(Line::plain(walked(walk, words)));
        lines.push(Line::plain(passed(walk, words)));
    } else if !decision.passed_over.is_empty() {
        let codes: Vec<_> =
            decision.passed_over.iter().map(|passed| passed.code.as_str()).collect();
        lines.push(Line::plain(words.fill(record::PASSED_OLD, &[("what", &codes.join(", "))])));
    }
    if let Some(choice) = &decision.choice {
        lines.extend(chosen(decision, choice, words).into_iter().map(Line::plain));
    }
    lines.extend(versions(decision, words).map(Line::plain));
    lines.push(seal(decision, words));
    lines
}

/// How the assignment came about.
fn way(decision: &DecisionView, words: &Words) -> String {
    let phrase = match decision.way.as_str() {
        "take_next" => say::DECISION_TAKE_NEXT,
        "take_this" => say::DECISION_TAKE_THIS,
        "offer" => say::DECISION_OFFER,
        "assigned" => say::DECISION_ASSIGNED,
        "returned" => say::DECISION_RETURNED,
        _ => say::DECISION_TRANSFERRED,
    };
    words.fill(phrase, &[("agent", &decision.agent), ("n", &decision.servable.to_string())])
}

/// What it asked for and weighed, and the agent's load.
fn weight(decision: &DecisionView, words: &Words) -> String {
    let mut said = Vec::new();
    if let (Some(cost), Some(effort)) = (decision.cost, decision.effort) {
        let (cost, effort) = (cost.to_string(), effort.to_string());
        said.push(match decision.asked.join(", ") {
            what if what.is_empty() => words.say(record::ASKED_NOTHING).to_owned(),
            what => words.fill(record::ASKED, &[("what", &what)]),
        });
        said.push(words.fill(record::WEIGHT, &[("cost", &cost), ("effort", &effort)]));
    }
    let (load, capacity) = (decision.load.to_string(), decision.capacity.to_string());
    said.push(words.fill(record::LOAD, &[("load", &load), ("capacity", &capacity)]));
    said.join(" ")
}

fn walked(walk: &WalkView, words: &Words) -> String {
    let all = u64::from(walk.looked_at) >= walk.waiting;
    let phrase = if all { record::WALK_ALL } else { record::WALK_SOME };
    let (waiting, looked) = (walk.waiting.to_string(), walk.looked_at.to_string());
    let lanes = walk.lanes.to_string();
    words.fill(phrase, &[("waiting", &waiting), ("looked", &looked), ("lanes", &lanes)])
}

fn passed(walk: &WalkView, words: &Words) -> String {
    if walk.passed.is_empty() {
        return words.say(record::FIRST).to_owned();
    }
    let counted =
        walk.passed.iter().map(|(why, n)| words.fill(pass(why), &[("n", &n.to_string())]));
    words.fill(record::PASSED, &[("what", &counted.collect::<Vec<_>>().join(", "))])
}

/// Who was free for it, and why the others were not.
fn chosen(decision: &DecisionView, choice: &ChoiceView, words: &Words) -> Vec<String> {
    let mut said = Vec::new();
    let is_offer = decision.way == "offer";
    if is_offer {
        let phrase = if choice.is_return { record::CHOSEN_RETURN } else { record::CHOSEN };
        said.push(words.fill(phrase, &[("n", &choice.free.to_string())]));
    }
    let others: Vec<_> =
        choice.named.iter().filter(|one| is_offer || one.agent_id != decision.agent_id).collect();
    let taker = choice.named.len() - others.len();
    let free = usize::try_from(choice.free).unwrap_or(usize::MAX).saturating_sub(taker);
    let mut names: Vec<_> = others
        .iter()
        .take(NAMED)
        .map(|one| candidate(one, is_offer.then_some(decision.at), words))
        .collect();
    let rest = free.saturating_sub(names.len());
    if rest > 0 && !names.is_empty() {
        names.push(words.fill(record::AND_MORE, &[("n", &rest.to_string())]));
    }
    let phrase = if is_offer { record::IN_ORDER } else { record::ALSO_FREE };
    if !names.is_empty() {
        said.push(words.fill(phrase, &[("what", &names.join(", "))]));
    } else if !is_offer {
        said.push(words.say(record::ALSO_NOBODY).to_owned());
    }
    if !choice.excluded.is_empty() {
        let counted =
            choice.excluded.iter().map(|(why, n)| words.fill(out(why), &[("n", &n.to_string())]));
        let counted = counted.collect::<Vec<_>>().join(", ");
        said.push(words.fill(record::OTHERS, &[("what", &counted)]));
    }
    said
}

/// One who was free. Of an offer also since when nothing was given to them, up to `at`.
fn candidate(one: &CandidateView, at: Option<i64>, words: &Words) -> String {
    let (load, capacity) = (one.load.to_string(), one.capacity.to_string());
    let idle = at.map(|at| words.span(at.saturating_sub(one.idle_since).max(0)));
    let phrase = if idle.is_some() { record::ONE_IDLE } else { record::ONE };
    let idle = idle.unwrap_or_default();
    let places = [("agent", &*one.agent), ("load", &load), ("capacity", &capacity), ("t", &idle)];
    words.fill(phrase, &places)
}

fn versions(decision: &DecisionView, words: &Words) -> Option<String> {
    let versions = decision.versions.as_ref()?;
    let phrase = if versions.teams.is_some() { record::VERSIONS_TEAMS } else { record::VERSIONS };
    let teams = versions.teams.as_deref().unwrap_or_default();
    let (intents, policies) = (short(&versions.intents), short(&versions.policies));
    let places = [("intents", intents), ("policies", policies), ("teams", short(teams))];
    Some(words.fill(phrase, &places))
}

fn seal(decision: &DecisionView, words: &Words) -> Line {
    let seal = short(decision.seal.as_deref().unwrap_or_default());
    match decision.unaltered {
        Some(true) => Line::plain(words.fill(record::SEALED, &[("seal", seal)])),
        Some(false) => {
            let text = words.fill(record::ALTERED, &[("seal", seal)]);
            Line { tone: Some("late"), ..Line::plain(text) }
        }
        None => Line::plain(words.say(record::UNSEALED)),
    }
}

fn short(hash: &str) -> &str {
    hash.get(..SHORT).unwrap_or(hash)
}

/// How many were passed over for a reason.
fn pass(why: &str) -> Phrase {
    match why {
        "team" => record::PASS_TEAM,
        "language" => record::PASS_LANGUAGE,
        "skill" => record::PASS_SKILL,
        "full" => record::PASS_FULL,
        "skipped" => record::PASS_SKIPPED,
        "offered" => record::PASS_OFFERED,
        "pulled" => record::PASS_PULLED,
        "chosen" => record::PASS_CHOSEN,
        "named" => record::PASS_NAMED,
        _ => record::PASS_LATER,
    }
}

/// Why one was passed over.
pub(super) fn why(why: &str) -> Phrase {
    match why {
        "team" => record::WHY_TEAM,
        "language" => record::WHY_LANGUAGE,
        "skill" => record::WHY_SKILL,
        "full" => record::WHY_FULL,
        "skipped" => record::WHY_SKIPPED,
        "offered" => record::WHY_OFFERED,
        "pulled" => record::WHY_PULLED,
        "chosen" => record::WHY_CHOSEN,
        "named" => record::WHY_NAMED,
        _ => record::WHY_LATER,
    }
}

/// Why somebody was not asked.
fn out(why: &str) -> Phrase {
    match why {
        "team" => record::OUT_TEAM,
        "language" => record::OUT_LANGUAGE,
        "skill" => record::OUT_SKILL,
        "absent" => record::OUT_ABSENT,
        "skipped" => record::OUT_SKIPPED,
        _ => record::OUT_FULL,
    }
}

fn despite(why: &str) -> Phrase {
    match why {
        "team" => record::DESPITE_TEAM,
        "language" => record::DESPITE_LANGUAGE,
        "skill" => record::DESPITE_SKILL,
        "absent" => record::DESPITE_ABSENT,
        "skipped" => record::DESPITE_SKIPPED,
        _ => record::DESPITE_FULL,
    }
}

#[cfg(test)]
mod tests;

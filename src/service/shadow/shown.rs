//! What supervisors see of a candidate.

use uuid::Uuid;

use super::super::access::BoardRight;
use super::super::view::{
    ChangeView, ProblemView, RefusalView, ShadowGlance, ShadowRun, ShadowView, SideView,
};
use super::super::{House, ServiceError};
use super::decide::CANDIDATE;
use crate::domain::agent::Agent;
use crate::store::candidate::{self, Candidate};
use crate::store::refusal::{self, Refusal};
use crate::store::shadow::{self, Change, Kind, Side};
use crate::store::{Db, agent};

/// How many changes a page lists.
const PAGE: usize = 50;
/// How many candidates that ended are named.
const ENDED: i64 = 10;

/// The candidate that runs, the answers it would change, and the candidates before it.
///
/// # Errors
/// `Unavailable`; `Invalid` when `before` is no place in the list.
pub async fn page(
    house: &House,
    _right: &BoardRight,
    kind: &str,
    before: Option<&str>,
) -> Result<ShadowView, ServiceError> {
    let kind = Kind::parse(kind);
    let before = before.map(str::parse::<Uuid>).transpose();
    let before =
        before.map_err(|_| ServiceError::Invalid("no such place in the list".to_owned()))?;
    let db = &house.db;
    let people = agent::all(db).await?;
    let running = candidate::running(db).await?;
    let (mut changes, mut kept) = (Vec::new(), 0);
    if let Some(running) = &running {
        let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        changes = shadow::list(db, running.id, kind, before, one_more).await?;
        kept = shadow::kept(db, running.id).await?;
    }
    let more = (changes.len() > PAGE).then(|| changes[PAGE - 1].id.to_string());
    changes.truncate(PAGE);
    let ended = candidate::ended(db, ENDED).await?;
    Ok(ShadowView {
        at: house.now().0,
        published: house.content.knowledge().version.clone(),
        running: running.map(|one| shown(one, &people)),
        kind: kind.as_str().to_owned(),
        changes: changes.into_iter().map(change).collect(),
        more,
        most: house.settings.shadow_kept,
        kept,
        ended: ended.into_iter().map(|one| shown(one, &people)).collect(),
        refused: refusals(db).await?.into_iter().find(|refused| refused.source == CANDIDATE),
        watched: house.settings.shadow_watched,
    })
}

/// The shadow run in short; `None` when no candidate runs.
///
/// # Errors
/// `Unavailable`.
pub async fn glance(house: &House) -> Result<Option<ShadowGlance>, ServiceError> {
    let running = candidate::running(&house.db).await?;
    Ok(running.map(|running| ShadowGlance {
        counted_from: running.counted_from.0,
        looked: running.counts.looked,
        changed: running.counts.changed,
    }))
}

/// Every set of files that is refused now.
///
/// # Errors
/// `Unavailable`.
pub(in crate::service) async fn refusals(db: &Db) -> Result<Vec<RefusalView>, ServiceError> {
    let view = |refused: Refusal| RefusalView {
        source: refused.source,
        at: refused.at.0,
        total: refused.total,
        problems: refused
            .problems
            .into_iter()
            .map(|told| ProblemView {
                place: told.place,
                message: told.message,
                excerpt: told.excerpt,
            })
            .collect(),
    };
    Ok(refusal::all(db).await?.into_iter().map(view).collect())
}

fn shown(candidate: Candidate, people: &[Agent]) -> ShadowRun {
    let by = people.iter().find(|agent| Some(agent.id) == candidate.ended_by);
    let counts = candidate.counts;
    ShadowRun {
        id: candidate.id.to_string(),
        version: candidate.version,
        origin: candidate.origin,
        state: candidate.state.as_str().to_owned(),
        started_at: candidate.started_at.0,
        counted_from: candidate.counted_from.0,
        ended_at: candidate.ended_at.map(|at| at.0),
        ended_by: by.map(|agent| agent.name.clone()),
        looked: counts.looked,
        changed: counts.changed,
        unchanged: counts.looked.saturating_sub(counts.changed),
        by_intent: counts.by_intent,
        by_outcome: counts.by_outcome,
        by_reply: counts.by_reply,
        skipped: counts.skipped,
    }
}

fn change(change: Change) -> ChangeView {
    let kinds = change.kinds;
    let kinds =
        [(kinds.intent, Kind::Intent), (kinds.outcome, Kind::Outcome), (kinds.reply, Kind::Reply)];
    ChangeView {
        id: change.id.to_string(),
        at: change.at.0,
        said: change.said,
        kinds: kinds
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, kind)| kind.as_str().to_owned())
            .collect(),
        before: side(change.before),
        after: side(change.after),
    }
}

fn side(side: Side) -> SideView {
    SideView {
        intent: side.intent,
        confidence: side.confidence.map(percent),
        outcome: side.outcome,
        reply: side.reply,
        acts: side.acts,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 100 by the clamp"
)]
fn percent(confidence: f32) -> u8 {
    (confidence * 100.0).round().clamp(0.0, 100.0) as u8
}

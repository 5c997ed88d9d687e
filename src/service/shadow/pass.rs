//! One pass over the turns that wait: off the reply path, one transaction for all of them.

use std::sync::Arc;

use super::super::clock::fresh_id;
use super::super::{House, ServiceError};
use super::compare::{Seen, kept, kinds};
use super::{Overheard, Running};
use crate::dialogue::{Input, step as take};
use crate::sla::book::PolicyBook;
use crate::store::candidate::{self, Counts};
use crate::store::shadow::{self, Change};

/// Lets the candidate see the turns that wait; how many answers were looked at.
///
/// # Errors
/// The records are not reachable; the turns count as skipped.
pub async fn step(house: &House) -> Result<u64, ServiceError> {
    let shadow = house.content.shadow();
    let (turns, skipped) = shadow.take();
    let Some(running) = shadow.running().filter(|_| !turns.is_empty() || skipped > 0) else {
        return Ok(0);
    };
    let taken = turns.len() as u64;
    let lost = |error| {
        shadow.skip(taken + skipped);
        error
    };
    let turns = with_words(house, turns).await.map_err(lost)?;
    let (counts, changes) = looked_at(house, &running, turns).await.map_err(lost)?;
    let counts = Counts { skipped, ..counts };
    record(house, &running, &counts, &changes).await.map_err(lost)?;
    metrics::counter!("sportello_shadow_total", "result" => "changed").increment(counts.changed);
    metrics::counter!("sportello_shadow_total", "result" => "unchanged")
        .increment(counts.looked - counts.changed);
    metrics::counter!("sportello_shadow_total", "result" => "skipped").increment(skipped);
    Ok(counts.looked)
}

/// What the customer wrote: of a lookup's answer, what had asked for it.
async fn with_words(
    house: &House,
    turns: Vec<Overheard>,
) -> Result<Vec<(Overheard, String)>, ServiceError> {
    let mut told = Vec::with_capacity(turns.len());
    for turn in turns {
        let said = match (&turn.input, turn.cause) {
            (Input::Text(text), _) => text.clone(),
            (Input::Press { payload, label }, _) => {
                label.clone().unwrap_or_else(|| payload.clone())
            }
            (Input::Files { caption, kind }, _) if caption.is_empty() => format!("[{kind}]"),
            (Input::Files { caption, .. }, _) => caption.clone(),
            (_, Some(cause)) => shadow::said_in(&house.db, cause).await?.unwrap_or_default(),
            _ => String::new(),
        };
        told.push((turn, said));
    }
    Ok(told)
}

/// Compares away from the async threads. Turns that began with another published version than the
/// candidate is compared with are left out.
async fn looked_at(
    house: &House,
    running: &Arc<Running>,
    turns: Vec<(Overheard, String)>,
) -> Result<(Counts, Vec<Change>), ServiceError> {
    let (running, book) = (Arc::clone(running), house.content.book());
    let compared = tokio::task::spawn_blocking(move || {
        let (mut counts, mut changes) = (Counts::default(), Vec::new());
        for (turn, said) in turns {
            if turn.knowledge.version == running.base {
                look(&running, &turn, &said, &book, &mut counts, &mut changes);
            }
        }
        (counts, changes)
    });
    compared.await.map_err(|error| ServiceError::Internal(error.into()))
}

fn look(
    running: &Running,
    turn: &Overheard,
    said: &str,
    book: &PolicyBook,
    counts: &mut Counts,
    changes: &mut Vec<Change>,
) {
    let (facts, input) = (&turn.facts, &turn.input);
    let before = take(&turn.knowledge, turn.state.clone(), input, facts);
    let after = take(&running.knowledge, turn.state.clone(), input, facts);
    let (before, after) = (Seen::of(&before, book, facts.now), Seen::of(&after, book, facts.now));
    if before.is_silent() && after.is_silent() {
        return;
    }
    counts.looked += 1;
    let kinds = kinds(&before, &after);
    if !kinds.any() {
        return;
    }
    counts.changed += 1;
    counts.by_intent += u64::from(kinds.intent);
    counts.by_outcome += u64::from(kinds.outcome);
    counts.by_reply += u64::from(kinds.reply);
    let shared = before.shared(&after);
    let (before, after) = (before.side(shared), after.side(shared));
    changes.push(Change { id: fresh_id(), at: facts.now, said: kept(said), before, after, kinds });
}

async fn record(
    house: &House,
    running: &Running,
    counts: &Counts,
    changes: &[Change],
) -> Result<(), ServiceError> {
    if *counts == Counts::default() {
        return Ok(());
    }
    let most = house.settings.shadow_kept;
    let mut tx = house.db.begin().await?;
    // The candidate ended, or is compared with something else: nobody asks for these any more.
    if !candidate::add(&mut tx, running.id, &running.base, counts).await? {
        tx.roll_back().await?;
        return Ok(());
    }
    let latest = changes.len().saturating_sub(usize::try_from(most).unwrap_or(usize::MAX));
    for change in &changes[latest..] {
        shadow::keep(&mut tx, running.id, change).await?;
    }
    shadow::trim(&mut tx, running.id, most).await?;
    tx.commit().await?;
    Ok(())
}

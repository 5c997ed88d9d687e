//! A candidate for the bot's knowledge that runs beside the published one and is never heard.
//!
//! A turn leaves a note of what it began with, after its commit: the state, the input, the facts. It
//! never waits: the notes lie in a bounded queue in this process, and what does not fit is counted as
//! skipped. A pass takes them from there, lets both versions step from the same state, and keeps what
//! differs. `dialogue::step` is pure, so nothing that a candidate says can reach a customer.
//!
//! At a crash the notes of the last second are lost, and with them only comparisons.

mod compare;
mod decide;
mod masked;
mod pass;
mod shown;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use uuid::Uuid;

use super::books::sources;
use super::content::ContentError;
use super::content::publishing::trained;
use super::turn::Turn;
use super::{House, customer};
use crate::dialogue::{Facts, Input, State};
use crate::domain::id::InboxId;
use crate::knowledge::Knowledge;
use crate::store::{candidate, content};

pub use decide::{
    Occasion, Proposed, candidate_mended, candidate_refused, discard, promote, propose,
};
pub use pass::step;
pub(super) use shown::refusals;
pub use shown::{glance, page};

/// How many turns wait to be looked at, at most.
const MOST_WAITING: usize = 256;
/// How many bytes of customers' words wait to be looked at, at most.
const MOST_BYTES: usize = 1024 * 1024;

/// The candidate that runs in this process, and the turns that it has not seen yet.
#[derive(Debug, Default)]
pub struct Shadow {
    running: RwLock<Option<Arc<Running>>>,
    waiting: Mutex<Waiting>,
}

/// A candidate, trained.
#[derive(Debug)]
pub(super) struct Running {
    id: Uuid,
    /// The published version that it is compared with.
    base: String,
    knowledge: Arc<Knowledge>,
}

#[derive(Debug, Default)]
struct Waiting {
    turns: VecDeque<Overheard>,
    bytes: usize,
    skipped: u64,
    /// A candidate that this process cannot read: it is not tried again.
    unreadable: Option<Uuid>,
}

/// What a turn began with.
#[derive(Clone, Debug)]
pub(super) struct Overheard {
    /// What was published then.
    knowledge: Arc<Knowledge>,
    state: State,
    input: Input,
    facts: Facts,
    cause: Option<InboxId>,
}

impl Overheard {
    fn bytes(&self) -> usize {
        match &self.input {
            Input::Text(text) => text.len(),
            Input::Press { payload, label } => {
                payload.len() + label.as_ref().map_or(0, String::len)
            }
            Input::Files { caption, .. } => caption.len(),
            _ => 0,
        }
    }
}

impl Shadow {
    fn running(&self) -> Option<Arc<Running>> {
        self.running.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn run(&self, running: Option<Arc<Running>>) {
        *self.running.write().unwrap_or_else(PoisonError::into_inner) = running;
    }

    /// The knowledge of the candidate that runs here.
    pub(super) fn knowledge(&self) -> Option<Arc<Knowledge>> {
        self.running().map(|running| Arc::clone(&running.knowledge))
    }

    /// Takes a note, or counts it as skipped when too many wait.
    fn hear(&self, overheard: Overheard) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = waiting.bytes.saturating_add(overheard.bytes());
        if waiting.turns.len() >= MOST_WAITING || bytes > MOST_BYTES {
            waiting.skipped += 1;
            return;
        }
        waiting.bytes = bytes;
        waiting.turns.push_back(overheard);
    }

    /// Everything that waits, and how many were skipped since.
    fn take(&self) -> (Vec<Overheard>, u64) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.bytes = 0;
        let skipped = std::mem::take(&mut waiting.skipped);
        (waiting.turns.drain(..).collect(), skipped)
    }

    /// Counts turns that were taken and could not be looked at.
    fn skip(&self, turns: u64) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).skipped += turns;
    }

    fn unreadable(&self) -> Option<Uuid> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).unreadable
    }

    fn give_up(&self, id: Uuid) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).unreadable = Some(id);
    }
}

impl Turn {
    /// Notes what a step begins with, for the candidate that runs, if one does.
    pub(super) fn overhear(
        &mut self,
        knowledge: &Arc<Knowledge>,
        state: &State,
        input: &Input,
        facts: &Facts,
    ) {
        let answers = customer::is_customers(input) || matches!(input, Input::Lookup { .. });
        if !answers || self.house.content.shadow().running().is_none() {
            return;
        }
        self.overheard.push(Overheard {
            knowledge: Arc::clone(knowledge),
            state: state.clone(),
            input: input.clone(),
            facts: facts.clone(),
            cause: self.cause,
        });
    }
}

/// Hands over what a turn noted; its transaction is committed by now.
pub(super) fn hear(house: &House, overheard: Vec<Overheard>) {
    for one in overheard {
        house.content.shadow().hear(one);
    }
}

/// Makes the candidate of the records the one that runs here.
///
/// # Errors
/// The records are not reachable.
pub async fn load(house: &House) -> Result<(), ContentError> {
    let shadow = house.content.shadow();
    let Some(found) = candidate::running(&house.db).await? else {
        shadow.run(None);
        return Ok(());
    };
    let here = shadow.running();
    let active = content::active_version(&house.db, super::content::INTENTS).await?;
    if let Some(active) = active.filter(|active| *active != found.base) {
        let mut tx = house.db.begin().await?;
        candidate::compare_with(&mut tx, &active, house.now()).await?;
        tx.commit().await?;
        shadow.run(None);
        return Ok(());
    }
    if here.as_ref().is_some_and(|here| here.id == found.id && here.base == found.base) {
        return Ok(());
    }
    let trained_here = here.filter(|here| here.id == found.id).map(|here| here.knowledge.clone());
    let knowledge = match trained_here {
        Some(knowledge) => knowledge,
        None if shadow.unreadable() == Some(found.id) => return Ok(()),
        None => match trained(sources(candidate::files(&house.db, found.id).await?)).await {
            Ok(knowledge) => knowledge,
            Err(ContentError::Refused(problems)) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                tracing::warn!(candidate = %found.id, first, "candidate cannot be read here");
                shadow.give_up(found.id);
                shadow.run(None);
                return Ok(());
            }
            Err(error) => return Err(error),
        },
    };
    tracing::info!(candidate = %found.id, version = knowledge.version, "candidate runs");
    shadow.run(Some(Arc::new(Running { id: found.id, base: found.base, knowledge })));
    Ok(())
}

#[cfg(test)]
mod tests;

//! Where a ticket stands and who holds it, as one value that cannot contradict itself.
//!
//! A move takes a life and gives the next one with the ledger's facts, or an [`IllegalMove`] that says
//! what to do instead. Nothing else makes a life but its beginning and the records.
//!
//! | move     | new    | open    | pending | on hold | snoozed | resolved | closed |
//! |----------|--------|---------|---------|---------|---------|----------|--------|
//! | accept   | open   | –       | –       | –       | –       | –        | –      |
//! | pend     | –      | pending | –       | pending | pending | –        | –      |
//! | hold     | –      | on hold | on hold | –       | on hold | –        | –      |
//! | snooze   | –      | snoozed | snoozed | snoozed | snoozed | –        | –      |
//! | resume   | –      | –       | open    | open    | open    | –        | –      |
//! | requeue  | new    | new     | new     | new     | new     | –        | –      |
//! | resolve  | resolved | resolved | resolved | resolved | resolved | –  | –      |
//! | reopen   | –      | –       | –       | –       | –       | new      | –      |
//! | close    | –      | –       | –       | –       | –       | closed   | –      |
//! | withdraw | closed | closed  | closed  | closed  | closed  | –        | –      |
//! | cancel   | closed | closed  | closed  | closed  | closed  | closed\* | –      |
//!
//! \* Only as spam or as a test: what goes on elsewhere must not be over yet.

use super::id::AgentId;
use super::ledger::{Cancellation, Fact};
use super::ticket::TicketStatus;
use super::time::UtcMillis;

/// A ticket's life so far: its status, and what belongs to that status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life(State);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Held { by: AgentId, as_: Held },
    Resolved { at: UtcMillis },
    Closed { resolved_at: Option<UtcMillis> },
}

/// How the holder stands to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Open,
    Pending,
    OnHold,
    Snoozed { until: UtcMillis },
}

/// What can be done with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// Somebody takes it.
    Accept,
    /// It waits for the customer.
    Pend,
    /// It waits for a third party.
    Hold,
    /// It is put aside until an instant.
    Snooze,
    /// It is worked on again.
    Resume,
    /// It goes back to the queue.
    Requeue,
    /// It is answered.
    Resolve,
    /// It is taken up again.
    Reopen,
    /// Its reopening window is over.
    Close,
    /// The customer needs nobody any more.
    Withdraw,
    /// It does not count.
    Cancel,
}

/// A move made: the life after it, and what the ledger is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The life from here on.
    pub life: Life,
    /// The ledger's facts, in order.
    pub facts: Vec<Fact>,
}

/// A move that a ticket's status does not allow; says what to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ticket is {}: {}", told(*from), self.advice())]
pub struct IllegalMove {
    /// Where it stands.
    pub from: TicketStatus,
    /// What was tried.
    pub tried: Move,
}

/// A status as people say it.
const fn told(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::New => "waiting in the queue",
        TicketStatus::OnHold => "on hold",
        other => other.as_str(),
    }
}

impl IllegalMove {
    const fn advice(self) -> &'static str {
        use TicketStatus::{Closed, New, Resolved};
        match (self.from, self.tried) {
            (Closed, _) => "start a new one",
            (Resolved, Move::Resolve) => "there is nothing left to do",
            (Resolved, _) => "reopen it first",
            (_, Move::Reopen) => "it needs no reopening",
            (_, Move::Close) => "resolve it first",
            (New, _) => "take it first",
            (_, Move::Accept) => "somebody holds it",
            _ => "that is what it is already",
        }
    }
}

/// Columns of the records that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {} ticket does not go with these columns: {columns}", .status.as_str())]
pub struct Contradiction {
    status: TicketStatus,
    columns: String,
}

impl Life {
    /// The beginning: it waits for somebody.
    #[must_use]
    pub const fn waiting() -> Self {
        Self(State::Waiting)
    }

    /// A life as the records tell it.
    ///
    /// # Errors
    /// [`Contradiction`] when nobody holds what is held, somebody holds what is not, or an instant is
    /// missing.
    pub fn restore(
        status: TicketStatus,
        assignee: Option<AgentId>,
        resolved_at: Option<UtcMillis>,
        snoozed_until: Option<UtcMillis>,
    ) -> Result<Self, Contradiction> {
        let held = |by, as_| Some(State::Held { by, as_ });
        let state = match (status, assignee, resolved_at, snoozed_until) {
            (TicketStatus::New, None, None, None) => Some(State::Waiting),
            (TicketStatus::Open, Some(by), None, None) => held(by, Held::Open),
            (TicketStatus::Pending, Some(by), None, None) => held(by, Held::Pending),
            (TicketStatus::OnHold, Some(by), None, None) => held(by, Held::OnHold),
            (TicketStatus::Snoozed, Some(by), None, Some(until)) => {
                held(by, Held::Snoozed { until })
            }
            (TicketStatus::Resolved, None, Some(at), None) => Some(State::Resolved { at }),
            (TicketStatus::Closed, None, resolved_at, None) => Some(State::Closed { resolved_at }),
            _ => None,
        };
        state.map(Self).ok_or_else(|| Contradiction {
            status,
            columns: format!(
                "assignee {assignee:?}, resolved_at {resolved_at:?}, snoozed_until {snoozed_until:?}"
            ),
        })
    }

    /// Where it stands.
    #[must_use]
    pub const fn status(&self) -> TicketStatus {
        match self.0 {
            State::Waiting => TicketStatus::New,
            State::Held { as_: Held::Open, .. } => TicketStatus::Open,
            State::Held { as_: Held::Pending, .. } => TicketStatus::Pending,
            State::Held { as_: Held::OnHold, .. } => TicketStatus::OnHold,
            State::Held { as_: Held::Snoozed { .. }, .. } => TicketStatus::Snoozed,
            State::Resolved { .. } => TicketStatus::Resolved,
            State::Closed { .. } => TicketStatus::Closed,
        }
    }

    /// Who holds it.
    #[must_use]
    pub const fn assignee(&self) -> Option<AgentId> {
        match self.0 {
            State::Held { by, .. } => Some(by),
            _ => None,
        }
    }

    /// When it was last resolved, unless it was taken up again.
    #[must_use]
    pub const fn resolved_at(&self) -> Option<UtcMillis> {
        match self.0 {
            State::Resolved { at } => Some(at),
            State::Closed { resolved_at } => resolved_at,
            _ => None,
        }
    }

    /// When it wakes, while it is snoozed.
    #[must_use]
    pub const fn snoozed_until(&self) -> Option<UtcMillis> {
        match self.0 {
            State::Held { as_: Held::Snoozed { until }, .. } => Some(until),
            _ => None,
        }
    }

    /// Somebody takes it.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it waits.
    pub fn accept(self, by: AgentId) -> Result<Moved, IllegalMove> {
        match self.0 {
            State::Waiting => {
                made(State::Held { by, as_: Held::Open }, vec![Fact::Accepted { agent: by }])
            }
            _ => Err(self.refuses(Move::Accept)),
        }
    }

    /// It waits for the customer.
    ///
    /// # Errors
    /// [`IllegalMove`] unless somebody holds it, or when it does so already.
    pub fn pend(self) -> Result<Moved, IllegalMove> {
        self.put(Held::Pending, Move::Pend)
    }

    /// It waits for a third party.
    ///
    /// # Errors
    /// [`IllegalMove`] unless somebody holds it, or when it does so already.
    pub fn hold(self) -> Result<Moved, IllegalMove> {
        self.put(Held::OnHold, Move::Hold)
    }

    /// It is put aside until an instant; a snoozed one until another.
    ///
    /// # Errors
    /// [`IllegalMove`] unless somebody holds it.
    pub fn snooze(self, until: UtcMillis) -> Result<Moved, IllegalMove> {
        self.put(Held::Snoozed { until }, Move::Snooze)
    }

    /// It is worked on again.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is pending, on hold or snoozed.
    pub fn resume(self) -> Result<Moved, IllegalMove> {
        self.put(Held::Open, Move::Resume)
    }

    fn put(self, as_: Held, tried: Move) -> Result<Moved, IllegalMove> {
        match self.0 {
            State::Held { by, as_: was } if was != as_ => {
                let state = State::Held { by, as_ };
                made(state, vec![Fact::Status { to: Self(state).status() }])
            }
            _ => Err(self.refuses(tried)),
        }
    }

    /// The customer wrote: what waited for them or slept is worked on again; otherwise nothing moves.
    #[must_use]
    pub fn heard(self) -> Option<Moved> {
        matches!(self.status(), TicketStatus::Pending | TicketStatus::Snoozed)
            .then(|| self.resume().ok())
            .flatten()
    }

    /// It goes back to the queue.
    ///
    /// # Errors
    /// [`IllegalMove`] when it is over.
    pub fn requeue(self) -> Result<Moved, IllegalMove> {
        match self.0 {
            State::Waiting | State::Held { .. } => made(State::Waiting, vec![Fact::Enqueued]),
            _ => Err(self.refuses(Move::Requeue)),
        }
    }

    /// It is answered: by whom, or by the customer's silence.
    ///
    /// # Errors
    /// [`IllegalMove`] when it is over.
    pub fn resolve(self, agent: Option<AgentId>, at: UtcMillis) -> Result<Moved, IllegalMove> {
        match self.0 {
            State::Waiting | State::Held { .. } => {
                made(State::Resolved { at }, vec![Fact::Resolved { agent }])
            }
            _ => Err(self.refuses(Move::Resolve)),
        }
    }

    /// It is taken up again and waits for somebody.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is resolved and not yet closed.
    pub fn reopen(self) -> Result<Moved, IllegalMove> {
        match self.0 {
            State::Resolved { .. } => made(State::Waiting, vec![Fact::Reopened, Fact::Enqueued]),
            _ => Err(self.refuses(Move::Reopen)),
        }
    }

    /// Its reopening window is over.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is resolved.
    pub fn close(self) -> Result<Moved, IllegalMove> {
        match self.0 {
            State::Resolved { at } => {
                made(State::Closed { resolved_at: Some(at) }, vec![Fact::Closed])
            }
            _ => Err(self.refuses(Move::Close)),
        }
    }

    /// The customer needs nobody any more; one who still waited has left us.
    ///
    /// # Errors
    /// [`IllegalMove`] when it is over.
    pub fn withdraw(self) -> Result<Moved, IllegalMove> {
        let closed = State::Closed { resolved_at: None };
        match self.0 {
            State::Waiting => made(closed, vec![Fact::Abandoned, Fact::Closed]),
            State::Held { .. } => made(closed, vec![Fact::Closed]),
            _ => Err(self.refuses(Move::Withdraw)),
        }
    }

    /// It is over and does not count.
    ///
    /// # Errors
    /// [`IllegalMove`] when it is closed, and when it is resolved unless nothing of it counts.
    pub fn cancel(self, why: Cancellation) -> Result<Moved, IllegalMove> {
        let legal = match self.0 {
            State::Waiting | State::Held { .. } => true,
            State::Resolved { .. } => why.voids(),
            State::Closed { .. } => false,
        };
        if !legal {
            return Err(self.refuses(Move::Cancel));
        }
        let resolved_at = self.resolved_at();
        made(State::Closed { resolved_at }, vec![Fact::Cancelled { why }, Fact::Closed])
    }

    const fn refuses(self, tried: Move) -> IllegalMove {
        IllegalMove { from: self.status(), tried }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of every move")]
const fn made(state: State, facts: Vec<Fact>) -> Result<Moved, IllegalMove> {
    Ok(Moved { life: Life(state), facts })
}

#[cfg(test)]
mod tests;

//! Every move from every status, against a table written by hand.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use TicketStatus::{Closed, New, OnHold, Open, Pending, Resolved, Snoozed};

const ANNA: AgentId = AgentId(Uuid::from_u128(1));
const AT: UtcMillis = UtcMillis(5_000);
const LATER: UtcMillis = UtcMillis(9_000);

const MOVES: [Move; 11] = [
    Move::Accept,
    Move::Pend,
    Move::Hold,
    Move::Snooze,
    Move::Resume,
    Move::Requeue,
    Move::Resolve,
    Move::Reopen,
    Move::Close,
    Move::Withdraw,
    Move::Cancel,
];

fn try_to(life: Life, what: Move) -> Result<Moved, IllegalMove> {
    match what {
        Move::Accept => life.accept(ANNA),
        Move::Pend => life.pend(),
        Move::Hold => life.hold(),
        Move::Snooze => life.snooze(LATER),
        Move::Resume => life.resume(),
        Move::Requeue => life.requeue(),
        Move::Resolve => life.resolve(Some(ANNA), AT),
        Move::Reopen => life.reopen(),
        Move::Close => life.close(),
        Move::Withdraw => life.withdraw(),
        Move::Cancel => life.cancel(Cancellation::Spam),
    }
}

/// Where a move leads, one line a status; a snooze to the same instant changes nothing.
const TABLE: [(TicketStatus, [Option<TicketStatus>; 11]); 7] = {
    const NO: Option<TicketStatus> = None;
    let [open, pend, hold, nap] = [Some(Open), Some(Pending), Some(OnHold), Some(Snoozed)];
    let [queue, done, end] = [Some(New), Some(Resolved), Some(Closed)];
    [
        (New, [open, NO, NO, NO, NO, queue, done, NO, NO, end, end]),
        (Open, [NO, pend, hold, nap, NO, queue, done, NO, NO, end, end]),
        (Pending, [NO, NO, hold, nap, open, queue, done, NO, NO, end, end]),
        (OnHold, [NO, pend, NO, nap, open, queue, done, NO, NO, end, end]),
        (Snoozed, [NO, pend, hold, NO, open, queue, done, NO, NO, end, end]),
        (Resolved, [NO, NO, NO, NO, NO, NO, NO, queue, end, NO, end]),
        (Closed, [NO; 11]),
    ]
};

/// One life of each status.
fn at(status: TicketStatus) -> Life {
    let held = status.is_held().then_some(ANNA);
    let resolved = (status == Resolved).then_some(AT);
    let until = (status == Snoozed).then_some(LATER);
    Life::restore(status, held, resolved, until).unwrap()
}

#[test]
fn every_move_from_every_status_is_as_the_table_says() {
    for (from, wanted) in TABLE {
        for (what, wanted) in MOVES.into_iter().zip(wanted) {
            let moved = try_to(at(from), what);
            let status = moved.as_ref().ok().map(|moved| moved.life.status());
            assert_eq!(status, wanted, "{from:?} {what:?}");
            if let Err(refused) = moved {
                assert_eq!((refused.from, refused.tried), (from, what));
            }
        }
    }
}

#[test]
fn each_move_tells_the_ledger() {
    let facts = |from, what| -> Vec<&str> {
        let moved = try_to(at(from), what).unwrap();
        moved.facts.iter().map(Fact::name).collect()
    };
    assert_eq!(facts(New, Move::Accept), ["accepted"]);
    assert_eq!(at(Open).snooze(LATER).unwrap().facts, [Fact::Status { to: Snoozed }]);
    assert_eq!(at(Snoozed).resume().unwrap().facts, [Fact::Status { to: Open }]);
    assert_eq!(facts(Resolved, Move::Reopen), ["reopened", "enqueued"]);
    assert_eq!(facts(New, Move::Withdraw), ["abandoned", "closed"]);
    assert_eq!(facts(Pending, Move::Withdraw), ["closed"]);
    assert_eq!(facts(Open, Move::Cancel), ["cancelled", "closed"]);
}

#[test]
fn only_a_void_ticket_is_cancelled_after_its_end() {
    use super::super::id::TicketId;
    let merged = Cancellation::Merged { into: TicketId(Uuid::from_u128(7)) };
    assert!(at(Open).cancel(merged.clone()).is_ok());
    assert!(at(Resolved).cancel(merged).is_err());
    let spam = at(Resolved).cancel(Cancellation::Spam).unwrap().life;
    assert_eq!(spam.resolved_at(), Some(AT), "what happened is not forgotten");
}

#[test]
fn a_snooze_can_be_moved_but_not_repeated() {
    let moved = at(Snoozed).snooze(UtcMillis(10_000)).unwrap().life;
    assert_eq!(moved.snoozed_until(), Some(UtcMillis(10_000)));
    assert!(at(Snoozed).snooze(LATER).is_err());
}

#[test]
fn a_word_of_the_customers_wakes_what_waits_for_it() {
    for status in TicketStatus::ALL {
        let woken = at(status).heard().map(|moved| moved.life.status());
        let wakes = matches!(status, Pending | Snoozed);
        assert_eq!(woken, wakes.then_some(Open), "{status:?}");
    }
}

#[test]
fn a_refusal_says_what_to_do() {
    let told = |from, what| try_to(at(from), what).unwrap_err().to_string();
    assert_eq!(told(New, Move::Hold), "the ticket is waiting in the queue: take it first");
    assert_eq!(told(Resolved, Move::Pend), "the ticket is resolved: reopen it first");
    assert_eq!(told(Closed, Move::Reopen), "the ticket is closed: start a new one");
    assert_eq!(told(OnHold, Move::Hold), "the ticket is on hold: that is what it is already");
}

fn maybe<T: Clone + std::fmt::Debug + 'static>(value: T) -> impl Strategy<Value = Option<T>> {
    prop_oneof![Just(None), Just(Some(value))]
}

proptest! {
    /// Whatever is tried in whatever order, what the records would hold can be read back, and status
    /// and holder agree.
    #[test]
    fn no_sequence_of_moves_contradicts_itself(tried in prop::collection::vec(0..MOVES.len(), 0..40)) {
        let mut life = Life::waiting();
        for what in tried {
            if let Ok(moved) = try_to(life, MOVES[what]) {
                prop_assert!(!moved.facts.is_empty());
                life = moved.life;
            }
            let status = life.status();
            prop_assert_eq!(life.assignee().is_some(), status.is_held());
            prop_assert_eq!(life.snoozed_until().is_some(), status == Snoozed);
            prop_assert!(status != Resolved || life.resolved_at().is_some());
            let read = Life::restore(
                status, life.assignee(), life.resolved_at(), life.snoozed_until(),
            );
            prop_assert_eq!(read, Ok(life));
        }
    }

    /// Columns either tell one life or are refused.
    #[test]
    fn records_are_read_as_written_or_refused(
        status in prop::sample::select(&TicketStatus::ALL[..]),
        assignee in maybe(ANNA), resolved in maybe(AT), until in maybe(LATER),
    ) {
        if let Ok(life) = Life::restore(status, assignee, resolved, until) {
            let told = (life.status(), life.assignee(), life.resolved_at(), life.snoozed_until());
            prop_assert_eq!(told, (status, assignee, resolved, until));
        }
    }
}

//! How many effects are carried out at once: a few of every sort, so that a slow channel or a slow
//! shop holds up only itself.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::FuturesUnordered;
use tracing::Instrument as _;

use super::{House, ServiceError, carry_out, pace, take_over};
use crate::channel::Limits;
use crate::domain::contact::ChannelName;
use crate::service::failpoint;
use crate::store;
use crate::store::outbox::{Leased, Room, Task};

/// How many messages are sent at once.
const SENDS: usize = 64;
/// How many of them by one channel.
const SENDS_OF_A_CHANNEL: usize = 16;
/// How many questions to the shop's systems, and pages to its supervisors, are under way at once.
const LOOKUPS: usize = 16;
/// How many changes of the routing queue are under way at once.
const MOVES: usize = 16;
/// How many files are copied at once.
const FETCHES: usize = 4;

/// For how long after the last message at a pace more of them are looked for.
const PACED_FOR: Duration = Duration::from_millis(1_500);

/// What an effect keeps busy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Channel(Option<ChannelName>),
    Shop,
    Copies,
    Queue,
}

impl Place {
    fn of(row: &Leased) -> Self {
        match row.task {
            Task::Send { .. } => Self::Channel(row.channel.clone()),
            Task::Lookup { .. } | Task::Page { .. } | Task::Mail { .. } | Task::Verify { .. } => {
                Self::Shop
            }
            Task::Fetch { .. } => Self::Copies,
            Task::Enqueue { .. }
            | Task::Rescore { .. }
            | Task::Dequeue { .. }
            | Task::Reweigh { .. } => Self::Queue,
        }
    }

    const fn limit(&self) -> usize {
        match self {
            Self::Channel(_) => SENDS_OF_A_CHANNEL,
            Self::Shop => LOOKUPS,
            Self::Copies => FETCHES,
            Self::Queue => MOVES,
        }
    }
}

/// The effects that are being carried out.
pub(super) struct Hands<'a> {
    house: &'a House,
    busy: FuturesUnordered<BoxFuture<'a, (Place, Result<(), ServiceError>)>>,
    taken: BTreeMap<Place, usize>,
    paced: Option<Instant>,
    problem: Option<ServiceError>,
}

impl<'a> Hands<'a> {
    /// Hands with nothing in them.
    pub(super) fn empty(house: &'a House) -> Self {
        Self {
            house,
            busy: FuturesUnordered::new(),
            taken: BTreeMap::new(),
            paced: None,
            problem: None,
        }
    }

    /// Whether nothing is being carried out.
    pub(super) fn are_empty(&self) -> bool {
        self.busy.is_empty()
    }

    /// Whether a channel that sends at a pace had something to send a moment ago: what waits for its pace
    /// is not seen.
    pub(super) fn are_paced(&self) -> bool {
        self.paced.is_some_and(|at| at.elapsed() < PACED_FOR)
    }

    /// The first failure since the last call.
    pub(super) fn problem(&mut self) -> Option<ServiceError> {
        self.problem.take()
    }

    /// Takes up what is due, as far as there is room; what is in hand goes on meanwhile.
    pub(super) async fn take_up(&mut self) -> Result<(), ServiceError> {
        let (house, room, taken) = (self.house, self.room(), self.taken.clone());
        // It holds a connection: what is in hand may wait for it, so both go on together. It is never
        // dropped half-way, or a lease could be committed that nobody knows of.
        let mut look = pin!(look(house, &room, taken));
        let (rows, paced) = loop {
            tokio::select! {
                found = &mut look => break found?,
                Some(end) = self.busy.next(), if !self.busy.is_empty() => self.note(end),
            }
        };
        if paced {
            self.paced = Some(Instant::now());
        }
        for row in rows {
            let place = Place::of(&row);
            *self.taken.entry(place.clone()).or_default() += 1;
            let span = span(&row);
            let work = async move { (place, on_lease(house, row).await) };
            self.busy.push(work.instrument(span).boxed());
        }
        Ok(())
    }

    /// Waits for one end, and takes along what ended with it; never returns with empty hands.
    pub(super) async fn one_ends(&mut self) {
        match self.busy.next().await {
            Some(end) => self.note(end),
            None => std::future::pending().await,
        }
        while let Some(Some(end)) = self.busy.next().now_or_never() {
            self.note(end);
        }
    }

    /// Finishes what is in hand.
    pub(super) async fn finish(&mut self) {
        while let Some(end) = self.busy.next().await {
            self.note(end);
        }
    }

    fn note(&mut self, (place, end): (Place, Result<(), ServiceError>)) {
        if let Some(taken) = self.taken.get_mut(&place) {
            *taken = taken.saturating_sub(1);
        }
        if let Err(error) = end {
            tracing::warn!(?error, "an effect will be looked at again when its lease ends");
            self.problem.get_or_insert(error);
        }
    }

    fn room(&self) -> Room {
        let free = |place: &Place| {
            let taken = self.taken.get(place).copied().unwrap_or(0);
            place.limit().saturating_sub(taken)
        };
        let channels = self.taken.iter().filter_map(|(place, taken)| match place {
            Place::Channel(name) => Some((name, *taken)),
            _ => None,
        });
        let full = channels.clone().filter(|(_, taken)| *taken >= SENDS_OF_A_CHANNEL);
        Room {
            full: full.filter_map(|(name, _)| name.clone()).collect(),
            sends: SENDS.saturating_sub(channels.map(|(_, taken)| taken).sum()),
            lookups: free(&Place::Shop),
            fetches: free(&Place::Copies),
            moves: free(&Place::Queue),
        }
    }
}

/// What the log says beside everything that happens with an effect.
fn span(row: &Leased) -> tracing::Span {
    let (message, ticket) = match row.task {
        Task::Send { message } | Task::Fetch { message, .. } => (Some(message), row.ticket),
        Task::Enqueue { ticket, .. }
        | Task::Rescore { ticket }
        | Task::Dequeue { ticket }
        | Task::Reweigh { ticket }
        | Task::Verify { ticket }
        | Task::Page { ticket, .. } => (None, Some(ticket)),
        Task::Lookup { .. } | Task::Mail { .. } => (None, row.ticket),
    };
    tracing::info_span!(
        "outbox",
        outbox.id = %row.id,
        outbox.kind = row.task.kind(),
        channel.name = row.channel.as_ref().map(|name| name.0.as_str()),
        conversation.id = row.conversation.map(tracing::field::display),
        ticket.id = ticket.map(tracing::field::display),
        message.id = message.map(tracing::field::display),
    )
}

/// Leases what is due, for which there is room, and whether some of it goes at a pace.
async fn look(
    house: &House,
    room: &Room,
    mut taken: BTreeMap<Place, usize>,
) -> Result<(Vec<Leased>, bool), ServiceError> {
    let now = house.now();
    for late in store::outbox::overdue(&house.db, now).await? {
        take_over(house, &late).await?;
    }
    let mut due = store::outbox::due(&house.db, now, room).await?;
    due.retain(|row| {
        let place = Place::of(row);
        let limit = place.limit();
        let taken = taken.entry(place).or_default();
        *taken += 1;
        *taken <= limit
    });
    if due.is_empty() {
        return Ok((due, false));
    }
    let until = now.plus(house.settings.takeover);
    let (mut mine, mut paced) = (Vec::with_capacity(due.len()), false);
    let mut tx = house.db.begin().await?;
    // Before any row: two processes that lock them in different orders would wait for each other.
    for gate in gates(house, &due) {
        store::pace::lock(&mut tx, &gate).await?;
    }
    for row in due {
        // Another process may have been faster.
        if !store::outbox::lease(&mut tx, row.id, until).await? {
            continue;
        }
        let limits = match (&row.task, &row.channel) {
            (Task::Send { .. }, Some(channel)) => house.limits_of(channel),
            _ => Limits::NONE,
        };
        paced |= limits.overall.is_some();
        if pace::admit(&mut tx, &row, limits, now).await? {
            mine.push(row);
        } else {
            store::outbox::put_back(&mut tx, row.id).await?;
        }
    }
    failpoint::pass("lease.before");
    tx.commit().await?;
    failpoint::pass("lease.after");
    Ok((mine, paced))
}

/// The channels of these messages that send at a pace, in order.
fn gates(house: &House, due: &[Leased]) -> BTreeSet<ChannelName> {
    let sends = due.iter().filter(|row| matches!(row.task, Task::Send { .. }));
    let channels = sends.filter_map(|row| row.channel.clone());
    channels.filter(|channel| house.limits_of(channel) != Limits::NONE).collect()
}

/// Carries an effect out and keeps its lease for as long as that takes.
async fn on_lease(house: &House, row: Leased) -> Result<(), ServiceError> {
    let id = row.id;
    let renewal = Duration::from_millis(house.settings.takeover.unsigned_abs() / 3);
    let mut work = pin!(carry_out(house, row));
    loop {
        tokio::select! {
            end = &mut work => return end,
            () = tokio::time::sleep(renewal) => {}
        }
        let until = house.now().plus(house.settings.takeover);
        let mut renewal = pin!(store::outbox::renew(&house.db, id, until));
        tokio::select! {
            end = &mut work => return end,
            renewed = &mut renewal => if let Err(error) = renewed {
                tracing::warn!(outbox.id = %id, %error, "lease not renewed");
            },
        }
    }
}

//! Use cases: the only place where the pure core and the shell meet.
//!
//! A customer's update goes `intake` → `turn` (one transaction) → `delivery` (what must happen
//! outside). Agents act through `desk`, timers through `watch`, the queue is kept in step by
//! `dispatch`.

pub mod access;
pub mod accounts;
pub mod album;
pub mod books;
pub mod chat;
pub mod clock;
pub mod clocks;
pub mod content;
pub mod delivery;
pub mod desk;
pub mod dispatch;
pub mod doctor;
mod failpoint;
pub mod fairness;
pub mod figures;
pub mod file;
pub mod health;
pub mod identity;
pub mod intake;
pub mod letters;
pub mod lookup;
pub mod mail;
pub mod offering;
pub mod overflow;
pub mod people;
pub mod profiles;
pub mod reapply;
pub mod replay;
pub mod rest;
pub mod rings;
pub mod segments;
pub mod shadow;
pub mod shifts;
pub mod supervision;
pub mod view;
pub mod watch;

mod customer;
mod ladder;
mod masking;
mod page;
mod pointer;
mod presence;
mod promise;
mod receipts;
mod terms;
mod ticketing;
mod turn;
mod typing;
mod viewing;
pub(crate) mod voice;
mod wait;
mod waiting;

pub use offering::OfferRules;
pub use shifts::WorkRules;
pub use wait::Cache as WaitCache;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::channel::{Channel, Limits};
use crate::domain::contact::ChannelName;
use crate::domain::life::IllegalMove;
use crate::domain::time::{HOUR, MINUTE, SECOND, UtcMillis};
use crate::events::Bus;
use crate::queue::{Queue, QueueError};
use crate::store::{Db, StoreError};

/// Why a use case could not be carried out; the web turns it into a status.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No such thing, or not visible to the caller.
    #[error("{0} was not found")]
    NotFound(&'static str),
    /// The caller may not.
    #[error("your role does not allow this: {0}")]
    Forbidden(&'static str),
    /// Somebody else was faster, or the state does not allow it.
    #[error("{message}")]
    Conflict {
        /// What stands in the way, for people.
        message: String,
        /// Who won, when somebody did.
        winner: Option<String>,
    },
    /// Too many tries.
    #[error("too many tries: wait a minute")]
    TooMany {
        /// After how many seconds another try may succeed.
        seconds: u32,
    },
    /// The input is not usable; says what to do.
    #[error("{0}")]
    Invalid(String),
    /// Records or queue are not reachable; try again.
    #[error("{0}")]
    Unavailable(String),
    /// A defect or a damaged record; logged once, never shown.
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
}

impl ServiceError {
    /// A conflict that nobody won.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict { message: message.into(), winner: None }
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => {
                metrics::counter!("sportello_records_unavailable_total").increment(1);
                Self::Unavailable(error.to_string())
            }
            StoreError::Exists(_) => Self::conflict(error.to_string()),
            StoreError::Damaged(_) | StoreError::Failed(_) => Self::Internal(error.into()),
        }
    }
}

impl From<IllegalMove> for ServiceError {
    fn from(refused: IllegalMove) -> Self {
        Self::conflict(refused.to_string())
    }
}

impl From<QueueError> for ServiceError {
    fn from(error: QueueError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// What the service is told by the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether a rating is asked for when a ticket is resolved.
    pub ask_rating: bool,
    /// How long a reservation waits for its acceptance, ms.
    pub accept_lease: i64,
    /// How long a presence lasts without a sign of life, ms.
    pub presence_lease: i64,
    /// After how long a silent process's polling and sending are taken over by another, ms.
    pub takeover: i64,
    /// How long a session may stay unused, ms.
    pub session_idle: i64,
    /// How long a session may last, ms.
    pub session_absolute: i64,
    /// What `{base}` stands for in lookups.
    pub lookup_base: String,
    /// The bearer token of lookups; empty for none.
    pub lookup_token: String,
    /// Whether lookups may go to private addresses.
    pub lookup_private: bool,
    /// Where later messages go for the REST channel; empty for polling only.
    pub rest_callback: String,
    /// The REST channel's bearer token, which its callback gets too; empty for none.
    pub rest_token: String,
    /// Where supervisors are paged; empty for nowhere.
    pub page_url: String,
    /// What signs a page; never empty when there is an address.
    pub page_secret: String,
    /// Which tickets are offered to agents, and how.
    pub offers: OfferRules,
    /// How fast channels may send, by name or kind, where it differs from their own limits.
    pub pace: BTreeMap<String, Limits>,
    /// What counts towards a load, and how long a person may be silent.
    pub work: WorkRules,
    /// How the web chat knows its customers, and what it asks them.
    pub chat: chat::Rules,
    /// How many changed answers of a candidate are kept.
    pub shadow_kept: u32,
    /// Whether a folder is watched for a candidate.
    pub shadow_watched: bool,
    /// Which files are kept.
    pub files: file::FileRules,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ask_rating: true,
            accept_lease: 30 * SECOND,
            presence_lease: MINUTE,
            takeover: MINUTE,
            session_idle: HOUR,
            session_absolute: 12 * HOUR,
            lookup_base: String::new(),
            lookup_token: String::new(),
            lookup_private: false,
            rest_callback: String::new(),
            rest_token: String::new(),
            page_url: String::new(),
            page_secret: String::new(),
            offers: OfferRules::default(),
            pace: BTreeMap::new(),
            work: WorkRules::default(),
            chat: chat::Rules::default(),
            shadow_kept: 500,
            shadow_watched: false,
            files: file::FileRules::default(),
        }
    }
}

/// Everything that use cases work with. Cheap to clone.
#[derive(Clone)]
pub struct House(Arc<Rooms>);

/// What a house is made of; `app` puts it together.
pub struct Rooms {
    /// The records.
    pub db: Db,
    /// The routing queue.
    pub queue: Queue,
    /// Live hints.
    pub bus: Bus,
    /// The time.
    pub clock: clock::Clock,
    /// The doors by name.
    pub channels: BTreeMap<ChannelName, Arc<dyn Channel>>,
    /// What is published.
    pub content: content::Content,
    /// The HTTP client for callbacks.
    pub http: reqwest::Client,
    /// The HTTP client for lookups, which stays outside unless told otherwise.
    pub lookups: reqwest::Client,
    /// How e-mail is sent; `None` when that is off.
    pub mailer: Option<mail::Mailer>,
    /// The configuration's word.
    pub settings: Settings,
    /// This process.
    pub replica: Uuid,
    /// Tasks that shutdown waits for.
    pub tasks: TaskTracker,
    /// Cancelled when the process stops.
    pub stop: CancellationToken,
    /// Wakes the delivery worker.
    pub outbox: Notify,
    /// Wakes the worker that looks after albums.
    pub albums: Notify,
    /// What somebody must look at, by kind.
    pub alarms: Mutex<BTreeMap<&'static str, String>>,
    /// Where queue and records disagreed at the last reconciliation.
    pub suspects: Mutex<std::collections::BTreeSet<String>>,
    /// Held while this process rebuilds the queue.
    pub rebuilding: tokio::sync::Mutex<()>,
    /// The last estimate of waits.
    pub waits: WaitCache,
    /// What the accounts are told within the next second.
    pub tallies: accounts::Tallies,
    /// Login tries by e-mail and address.
    pub logins: access::Throttle,
}

impl House {
    /// A house of these rooms.
    #[must_use]
    pub fn new(rooms: Rooms) -> Self {
        Self(Arc::new(rooms))
    }

    /// Opens another door before the house begins to work; `false` when it works already.
    pub fn open_door(&mut self, channel: Arc<dyn Channel>) -> bool {
        let rooms = Arc::get_mut(&mut self.0);
        rooms.map(|rooms| rooms.channels.insert(channel.name().clone(), channel)).is_some()
    }

    /// Live hints.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UtcMillis {
        self.clock.now()
    }

    /// Raises an alarm on the board, or replaces its detail.
    pub(crate) fn alarm(&self, kind: &'static str, detail: impl Into<String>) {
        if let Ok(mut alarms) = self.alarms.lock() {
            alarms.insert(kind, detail.into());
        }
    }

    /// Takes an alarm off the board.
    pub(crate) fn all_clear(&self, kind: &'static str) {
        if let Ok(mut alarms) = self.alarms.lock() {
            alarms.remove(kind);
        }
    }
}

impl Deref for House {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0
    }
}

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("House").field("replica", &self.replica).finish_non_exhaustive()
    }
}

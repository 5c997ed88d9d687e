//! Whether all is well, asked from outside: nothing here needs a running house.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::ServiceError;
use super::clock::fresh_id;
use crate::channel::Channel;
use crate::domain::ticket::TicketStatus;
use crate::domain::time::{MINUTE, SECOND, UtcMillis};
use crate::queue::Queue;
use crate::store::{self, Db};

/// How long a channel's provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a ticket may be on its way into the queue, ms.
const ON_ITS_WAY: i64 = MINUTE;
/// How many tickets are compared.
const COMPARED: usize = 10_000;
/// How far two clocks may be apart, ms.
const APART: i64 = 5 * SECOND;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// All is well.
    Ok,
    /// It works, and somebody should look.
    Look,
    /// It does not work.
    Wrong,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: String,
    /// How it ended.
    pub state: State,
    /// In one line: what is so, and what to do.
    pub told: String,
}

impl Finding {
    /// A finding.
    pub fn new(check: impl Into<String>, state: State, told: impl Into<String>) -> Self {
        Self { check: check.into(), state, told: told.into() }
    }

    fn of(check: &str, found: Result<(State, String), ServiceError>) -> Self {
        match found {
            Ok((state, told)) => Self::new(check, state, told),
            Err(ServiceError::Internal(cause)) => Self::new(check, State::Wrong, cause.to_string()),
            Err(error) => Self::new(check, State::Wrong, error.to_string()),
        }
    }
}

/// Whether the database is up to date and can be written to.
pub async fn database(db: &Db, now: UtcMillis) -> Finding {
    let found = async {
        let (applied, known) = (db.migrations().await?, Db::known_migrations());
        let missing = known.iter().filter(|one| !applied.contains(one)).count();
        if missing > 0 {
            let told = format!("{missing} migrations are missing: run `sportello migrate`");
            return Ok((State::Wrong, told));
        }
        if applied.len() > known.len() {
            let told = "a later version of sportello has worked with it: do not go back".to_owned();
            return Ok((State::Look, told));
        }
        db.try_write(fresh_id(), now).await?;
        Ok((State::Ok, format!("{}, up to date, and it can be written to", db.kind())))
    };
    Finding::of("database", found.await)
}

/// Whether this machine's clock agrees with the database's, and with what was stored.
pub async fn clock(db: &Db, now: UtcMillis) -> Finding {
    let found = async {
        if let Some(theirs) = db.clock().await? {
            let apart = now.since(theirs);
            if apart.abs() > APART {
                let told = format!("{apart} ms away from the database's clock: set it by NTP");
                return Ok((State::Wrong, told));
            }
        }
        if let Some(last) = db.last_received().await?
            && last > now.plus(APART)
        {
            let told = format!("behind what is stored ({last}): set it by NTP");
            return Ok((State::Wrong, told));
        }
        Ok((State::Ok, now.to_string()))
    };
    Finding::of("clock", found.await)
}

/// Whether something waits for a person or for a service that does not run.
pub async fn messages(db: &Db, now: UtcMillis) -> Finding {
    let found = async {
        let aside: u64 = store::inbox::set_aside(db, 1_000).await?.len() as u64;
        let letters: u64 = store::letter::counted(db).await?.iter().map(|(_, n)| n).sum();
        let waiting = store::inbox::left_waiting(db, now.plus(-MINUTE)).await?.len();
        if waiting > 0 {
            let told = format!("{waiting} customers wait for more than a minute: is it running?");
            return Ok((State::Look, told));
        }
        if aside + letters > 0 {
            let told = format!(
                "{letters} messages and {aside} updates wait for a decision: /board/letters"
            );
            return Ok((State::Look, told));
        }
        Ok((State::Ok, "nothing is left lying".to_owned()))
    };
    Finding::of("messages", found.await)
}

/// Whether the accounts of the last days balance.
pub async fn accounts(db: &Db, since: UtcMillis) -> Finding {
    let found = async {
        let accounts = super::accounts::read(db, since).await?;
        Ok(if accounts.balance() {
            (State::Ok, "every message is accounted for".to_owned())
        } else {
            (State::Wrong, "they do not balance: see `sportello doctor --messages`".to_owned())
        })
    };
    Finding::of("accounts", found.await)
}

/// Whether the queue holds the tickets that wait according to the records.
pub async fn queue(db: &Db, queue: Option<&Queue>, now: UtcMillis) -> Finding {
    let Some(queue) = queue else {
        let told = "in the service's own process, which compares it with the records by itself";
        return Finding::new("queue", State::Ok, told);
    };
    Finding::of("queue", compare(db, queue, now).await)
}

async fn compare(db: &Db, queue: &Queue, now: UtcMillis) -> Result<(State, String), ServiceError> {
    let Some(generation) = queue.generation().await? else {
        return Ok((
            State::Look,
            "empty: the running service fills it from the records".to_owned(),
        ));
    };
    let snapshot = queue.snapshot(COMPARED, now).await?;
    if snapshot.total_waiting > COMPARED as u64 {
        let told = format!("{} tickets wait: too many to compare", snapshot.total_waiting);
        return Ok((State::Ok, told));
    }
    let limit = i64::try_from(COMPARED).unwrap_or(i64::MAX);
    let live = store::ticket::live(db, limit).await?;
    let offered = store::offer::open(db).await?;
    let queued: HashSet<_> = snapshot.waiting.iter().map(|waiting| waiting.ticket).collect();
    let waiting = live.iter().filter(|stored| stored.ticket.status() == TicketStatus::New);
    let waiting: Vec<_> = waiting.map(|stored| &stored.ticket).collect();
    let known: HashSet<_> = waiting.iter().map(|ticket| ticket.id).collect();
    let settled = now.plus(-ON_ITS_WAY);
    let missing = waiting.iter().filter(|ticket| {
        let elsewhere = queued.contains(&ticket.id) || offered.contains_key(&ticket.id);
        ticket.enqueued_at < settled && !elsewhere
    });
    let (missing, surplus) = (missing.count(), queued.difference(&known).count());
    if missing + surplus == 0 {
        let told = format!("{} tickets wait, as the records say", queued.len());
        return Ok((State::Ok, format!("generation {generation}; {told}")));
    }
    let told = format!(
        "{missing} waiting tickets are missing in it and {surplus} do not belong there: a running \
         service mends that within ten seconds"
    );
    Ok((State::Wrong, told))
}

/// What a channel's provider says.
pub async fn channel(channel: &Arc<dyn Channel>) -> Finding {
    let name = format!("channel {}", channel.name().0);
    let (state, told) = match tokio::time::timeout(PATIENCE, channel.check()).await {
        Ok(Ok(told)) => (State::Ok, told),
        Ok(Err(told)) => (State::Wrong, told),
        Err(_) => (State::Wrong, format!("no answer within {} s", PATIENCE.as_secs())),
    };
    Finding::new(name, state, told)
}

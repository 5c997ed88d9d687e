//! Whether the house can do its work.

use serde::Serialize;

use super::House;
use crate::store::{self};

/// What is well and what is not.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// `ok`, or what is wrong with the records.
    pub database: String,
    /// `ok`, or what is wrong with the queue.
    pub queue: String,
    /// Whether the process is stopping.
    pub stopping: bool,
}

impl Health {
    /// Whether it can take messages.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.database == "ok" && !self.stopping
    }
}

/// Asks records and queue.
pub async fn check(house: &House) -> Health {
    let told = |error: String| error;
    let database = house.db.ping().await.map_or_else(|e| told(e.to_string()), |()| "ok".to_owned());
    let queue = match house.queue.generation().await {
        Ok(Some(_)) => "ok".to_owned(),
        Ok(None) => "must be rebuilt".to_owned(),
        Err(error) => error.to_string(),
    };
    Health { database, queue, stopping: house.stop.is_cancelled() }
}

/// Brings the gauges up to date: waiting tickets, agents by presence, inbox and outbox by status.
pub async fn gauge(house: &House) {
    if let Ok(snapshot) = house.queue.snapshot(0, house.now()).await {
        metrics::gauge!("sportello_queue_waiting").set(snapshot.total_waiting as f64);
        for presence in ["online", "away", "offline"] {
            let n = snapshot.agents.iter().filter(|a| a.presence.as_str() == presence).count();
            metrics::gauge!("sportello_agents", "presence" => presence).set(n as f64);
        }
    }
    if let Ok(rows) = store::inbox::count_by_status(&house.db).await {
        for (status, n) in rows {
            metrics::gauge!("sportello_inbox", "status" => status).set(n as f64);
        }
    }
    if let Ok(rows) = store::outbox::count_by_status(&house.db).await {
        for (kind, status, n) in rows {
            metrics::gauge!("sportello_outbox", "kind" => kind, "status" => status).set(n as f64);
        }
    }
}

//! Long polls: offsets honoured, one poller at a time, and what may go wrong.

use std::time::Duration;

use axum::response::{Html, IntoResponse as _, Response};
use serde_json::{Value, json};

use super::sending::cut;
use super::server::{Server, State, failure, refusal, success};

/// The longest that an empty poll stays open.
const LONGEST_POLL: Duration = Duration::from_secs(2);

/// How the next polls go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PollFault {
    /// 429: ask again after so many seconds.
    TooMany(u32),
    /// The connection breaks in the middle of the answer.
    Cut,
    /// A gateway's page instead of an answer.
    BadGateway,
    /// The offset is not understood.
    BadOffset,
}

pub(super) async fn answer(server: &Server, arguments: &Value) -> Response {
    if let Some(refused) = begin(server, arguments) {
        return refused;
    }
    let ours = server.state().poll;
    server.changed();
    let limit = arguments["limit"].as_u64().unwrap_or(100).clamp(1, 100);
    let limit = usize::try_from(limit).expect("at most 100");
    let timeout = Duration::from_secs(arguments["timeout"].as_u64().unwrap_or_default());
    let waiting = server.until(|state| {
        let overtaken = state.poll != ours;
        let something = !state.again.is_empty() || !state.queue.is_empty();
        (overtaken || (something && !state.held)).then_some(overtaken)
    });
    match tokio::time::timeout(timeout.min(LONGEST_POLL), waiting).await {
        Ok(true) => {
            server.state().conflicts += 1;
            refusal(
                409,
                "Conflict: terminated by other getUpdates request; \
                 make sure that only one bot instance is running",
            )
        }
        Ok(false) => success("getupdates", &Value::Array(server.state().batch(limit))),
        Err(_) => success("getupdates", &json!([])),
    }
}

/// Takes the poll up, and confirms what lies below its offset; the answer when it goes wrong.
fn begin(server: &Server, arguments: &Value) -> Option<Response> {
    let mut state = server.state();
    if state.webhook.is_some() {
        return Some(refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; \
             use deleteWebhook to delete the webhook first",
        ));
    }
    state.poll += 1;
    state.offsets.push(arguments["offset"].as_i64());
    let fault = state.poll_faults.pop_front();
    if fault == Some(PollFault::BadOffset) {
        return Some(refusal(400, "Bad Request: wrong offset specified"));
    }
    if let Some(offset) = arguments["offset"].as_i64() {
        state.queue.retain(|update| update["update_id"].as_i64() >= Some(offset));
    }
    match fault? {
        PollFault::TooMany(seconds) => Some(too_many(seconds)),
        PollFault::Cut => Some(cut()),
        PollFault::BadGateway => {
            Some((axum::http::StatusCode::BAD_GATEWAY, Html("<html>")).into_response())
        }
        PollFault::BadOffset => None,
    }
}

pub(super) fn too_many(seconds: u32) -> Response {
    let description = format!("Too Many Requests: retry after {seconds}");
    let body = json!({"ok": false, "error_code": 429, "description": description,
        "parameters": {"retry_after": seconds}});
    failure(429, body)
}

impl State {
    pub(super) fn is_confirmed(&self, id: i64) -> bool {
        self.updates.contains_key(&id)
            && !self.queue.iter().any(|update| update["update_id"].as_i64() == Some(id))
    }

    fn batch(&mut self, limit: usize) -> Vec<Value> {
        let mut batch = std::mem::take(&mut self.again);
        batch.extend(self.queue.iter().cloned());
        batch.truncate(limit);
        if self.backwards {
            batch.reverse();
        }
        batch
    }
}

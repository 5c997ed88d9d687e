//! Pages the supervisors: a signed call of their webhook.
//!
//! The call follows the *Standard Webhooks* shape: `webhook-id` is the same at every try, so that a
//! receiver can drop repeats; `webhook-timestamp` is in seconds; `webhook-signature` is `v1,` and the
//! Base64 of HMAC-SHA256 over `id.timestamp.body` with the configured secret.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::clock::fresh_chance;
use super::delivery::{SEND_TRIES, pause};
use super::{House, ServiceError};
use crate::store;
use crate::store::outbox::{End, Leased, Task};

/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes one try; says how it ended.
///
/// # Errors
/// The records are not reachable.
pub(super) async fn call(house: &House, row: &Leased) -> Result<End, ServiceError> {
    if house.settings.page_url.is_empty() {
        let problem = "no address to page: set alerts.webhook_url".to_owned();
        house.alarm("page_failed", problem.clone());
        return Ok(End::Dead { problem });
    }
    let Some(body) = body(house, &row.task).await? else {
        return Ok(End::Dead { problem: "the ticket is gone".to_owned() });
    };
    Ok(match post(house, &row.id.to_string(), body).await {
        Ok(()) => {
            house.all_clear("page_failed");
            End::Done
        }
        Err(problem) if row.attempts < SEND_TRIES => {
            End::Again { at: house.now().plus(pause(row.attempts, fresh_chance())), problem }
        }
        Err(problem) => {
            house.alarm("page_failed", problem.clone());
            End::Dead { problem }
        }
    })
}

/// What the page says.
async fn body(house: &House, task: &Task) -> Result<Option<String>, ServiceError> {
    let Task::Page { ticket, metric, rung, due, at } = task else { return Ok(None) };
    let Some(stored) = store::ticket::get(&house.db, *ticket).await? else { return Ok(None) };
    let is_missed = rung == "100";
    let words = json!({
        "type": if is_missed { "sla.missed" } else { "sla.warning" },
        "timestamp": at.to_string(),
        "data": {
            "ticket": ticket.to_string(),
            "code": ticket.code(),
            "metric": metric,
            "rung": rung,
            "due": due.map(|due| due.to_string()),
            "status": stored.ticket.status().as_str(),
            "priority": stored.ticket.priority.as_str(),
            "team": stored.ticket.requirement.team,
        },
    });
    Ok(Some(words.to_string()))
}

async fn post(house: &House, id: &str, body: String) -> Result<(), String> {
    let seconds = (house.now().0 / 1000).to_string();
    let signature = sign(&house.settings.page_secret, &format!("{id}.{seconds}.{body}"));
    let request = house
        .http
        .post(&house.settings.page_url)
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", format!("v1,{signature}"))
        .timeout(PATIENCE)
        .body(body);
    // The address may hold a secret of its own, so an error tells no more than its kind.
    let answer = request.send().await.map_err(|_| "the webhook did not answer".to_owned())?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(format!("the webhook answered {}", answer.status()))
    }
}

/// HMAC-SHA256 in Base64.
pub(crate) fn sign(secret: &str, text: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 4231, test case 2.
    #[test]
    fn signatures_are_hmac_sha256() {
        let expected = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        assert_eq!(sign("Jefe", "what do ya want for nothing?"), expected);
    }
}

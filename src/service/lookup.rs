//! Business data by HTTP: asked from the outbox, outside any transaction.
//!
//! Addresses come from the knowledge; their variables are percent-encoded. Private addresses are
//! refused unless allowed, when the connection is made (so a name that points inside is refused
//! too), and redirects are not followed. Nothing is told unless the answer's owner field equals what
//! the customer gave.

mod outside;

use std::collections::BTreeMap;
use std::time::Duration;

use super::turn::Turn;
use super::{House, ServiceError, wait};
use crate::dialogue::{Input, LookupOutcome};
use crate::domain::id::{InboxId, LookupId};
use crate::knowledge::{Lookup, Owner};
use crate::store::outbox::Leased;

pub use outside::{Outside, is_private};

/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Asks, and proves ownership. Never fails: what goes wrong is `Failed`.
pub(super) async fn ask(
    house: &House,
    name: &str,
    slots: &BTreeMap<String, String>,
) -> LookupOutcome {
    let knowledge = house.content.knowledge();
    let Some(lookup) = knowledge.lookups.get(name) else { return LookupOutcome::Failed };
    let limit = Duration::from_millis(u64::try_from(lookup.timeout).unwrap_or(3_000));
    let asked = tokio::time::timeout(limit, fetch(house, lookup, slots)).await;
    match asked {
        Ok(Ok(Some(fields))) => prove(lookup.owner.as_ref(), fields, slots),
        Ok(Ok(None)) => LookupOutcome::NotFound,
        Ok(Err(problem)) => {
            tracing::warn!(lookup.name = name, problem, "lookup failed");
            LookupOutcome::Failed
        }
        Err(_) => {
            tracing::warn!(lookup.name = name, "lookup took too long");
            LookupOutcome::Failed
        }
    }
}

/// What the shop's system says, whoever asks: never shown to a customer.
pub(super) async fn fields(
    house: &House,
    name: &str,
    slots: &BTreeMap<String, String>,
) -> Result<Option<BTreeMap<String, String>>, String> {
    let knowledge = house.content.knowledge();
    let Some(lookup) = knowledge.lookups.get(name) else { return Ok(None) };
    let limit = Duration::from_millis(u64::try_from(lookup.timeout).unwrap_or(3_000));
    let asked = tokio::time::timeout(limit, fetch(house, lookup, slots)).await;
    asked.unwrap_or_else(|_| Err("it took too long".to_owned()))
}

/// Another person's record is answered like a missing one.
pub(crate) fn prove(
    owner: Option<&Owner>,
    fields: BTreeMap<String, String>,
    slots: &BTreeMap<String, String>,
) -> LookupOutcome {
    let same = |owner: &Owner| {
        let theirs = fields.get(&owner.field).map(|value| value.trim().to_lowercase());
        let given = slots.get(&owner.slot).map(|value| value.trim().to_lowercase());
        theirs.is_some() && theirs == given
    };
    if owner.is_none_or(same) { LookupOutcome::Found(fields) } else { LookupOutcome::NotFound }
}

async fn fetch(
    house: &House,
    lookup: &Lookup,
    slots: &BTreeMap<String, String>,
) -> Result<Option<BTreeMap<String, String>>, String> {
    let url = fill(&lookup.url, &house.settings.lookup_base, slots)?;
    if !house.settings.lookup_private {
        outside::refuse_literal(&url)?;
    }
    let mut request = house.lookups.get(url).header("accept", "application/json");
    if !house.settings.lookup_token.is_empty() {
        request = request.bearer_auth(&house.settings.lookup_token);
    }
    let mut answer = request.send().await.map_err(outside::why)?;
    match answer.status().as_u16() {
        200 => {}
        404 | 410 => return Ok(None),
        status => return Err(format!("the shop's system answered {status}")),
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| error.without_url().to_string())? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST_ANSWER {
            return Err("the answer is too large".to_owned());
        }
    }
    let json: serde_json::Value =
        serde_json::from_slice(&body).map_err(|_| "the answer is no JSON".to_owned())?;
    let mut fields = BTreeMap::new();
    flatten("", &json, &mut fields);
    Ok(Some(fields))
}

/// Fills `{base}` as it is and every other variable percent-encoded.
fn fill(
    template: &str,
    base: &str,
    slots: &BTreeMap<String, String>,
) -> Result<reqwest::Url, String> {
    let mut url = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) =
            after.split_once('}').ok_or_else(|| "a brace is not closed".to_owned())?;
        url.push_str(before);
        if name == "base" {
            url.push_str(base.trim_end_matches('/'));
        } else {
            let value = slots.get(name).ok_or_else(|| format!("no value for {name}"))?;
            url.extend(encode(value));
        }
        rest = tail;
    }
    url.push_str(rest);
    reqwest::Url::parse(&url)
        .map_err(|_| "the lookup's address is not usable: set lookups.base_url".to_owned())
}

/// Percent-encodes everything but unreserved characters (RFC 3986).
fn encode(value: &str) -> impl Iterator<Item = String> + '_ {
    value.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    })
}

/// Objects become dotted names; lists become their values joined with commas.
pub(crate) fn flatten(
    prefix: &str,
    json: &serde_json::Value,
    fields: &mut BTreeMap<String, String>,
) {
    use serde_json::Value;
    match json {
        Value::Object(map) => {
            for (key, value) in map {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&name, value, fields);
            }
        }
        Value::Array(values) => {
            let texts: Vec<_> = values.iter().map(plain).collect();
            fields.insert(prefix.to_owned(), texts.join(", "));
        }
        other => {
            fields.insert(prefix.to_owned(), plain(other));
        }
    }
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => crate::domain::message::clean(text),
        other => other.to_string(),
    }
}

/// Brings the answer into the conversation, in a turn of its own. A repeated answer is ignored by
/// the dialogue, which knows what it is waiting for.
pub(super) async fn tell(
    house: &House,
    row: &Leased,
    id: LookupId,
    outcome: LookupOutcome,
    cause: Option<InboxId>,
) -> Result<(), ServiceError> {
    let Some(conversation) = row.conversation else { return Ok(()) };
    let wait = wait::estimate(house, None).await;
    let mut turn = Turn::open(house, conversation).await?;
    turn.cause = cause;
    turn.converse(&Input::Lookup { id, outcome }, wait).await?;
    turn.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn variables_cannot_leave_their_place_in_the_address() {
        let slots = slots(&[("order", "../admin?x=1#y")]);
        let url = fill("{base}/orders/{order}", "https://shop.example/api/", &slots);
        assert_eq!(
            url.map(|url| url.to_string()),
            Ok("https://shop.example/api/orders/..%2Fadmin%3Fx%3D1%23y".to_owned())
        );
        assert!(fill("{base}/{missing}", "https://a.example", &slots).is_err());
        assert!(fill("{base}/x", "", &slots).is_err());
    }

    #[test]
    fn another_persons_record_is_not_found() {
        let owner = Owner { field: "customer.email".to_owned(), slot: "email".to_owned() };
        let mut fields = BTreeMap::new();
        let answer =
            serde_json::json!({"customer": {"email": "Ada@Example.com "}, "items": [1, "b"]});
        flatten("", &answer, &mut fields);
        assert_eq!(fields.get("items").map(String::as_str), Some("1, b"));
        let mine = prove(Some(&owner), fields.clone(), &slots(&[("email", "ada@example.com")]));
        assert!(matches!(mine, LookupOutcome::Found(_)));
        let theirs = prove(Some(&owner), fields, &slots(&[("email", "eve@example.com")]));
        assert_eq!(theirs, LookupOutcome::NotFound);
        let no_field = prove(Some(&owner), BTreeMap::new(), &slots(&[]));
        assert_eq!(no_field, LookupOutcome::NotFound);
    }
}

//! Card and account numbers are masked before an update is stored: in what was read of it and in its
//! bytes as they came.

use serde_json::Value;
use uuid::Uuid;

use crate::domain::inbound::{Content, Inbound, Reached};
use crate::domain::message::clean;
use crate::nlu::secret::masked;

/// A text of a customer's, safe to store, show and log.
pub(super) fn safe(text: &str) -> String {
    clean(&masked(text))
}

/// Makes every text of an update safe to store: PostgreSQL refuses NUL, screens refuse controls, and
/// nobody keeps card numbers.
pub(super) fn of_update(mut inbound: Inbound) -> Inbound {
    inbound.name = inbound.name.map(|name| safe(&name)).filter(|name| !name.is_empty());
    match &mut inbound.content {
        Content::Text { text } | Content::Edited { text } => *text = safe(text),
        Content::Files { caption, attachments } | Content::Album { caption, attachments, .. } => {
            *caption = safe(caption);
            for file in attachments {
                file.kind = clean(&file.kind);
                file.name = file.name.as_deref().map(safe);
                file.reference = file.reference.as_deref().map(clean);
            }
        }
        Content::Press { payload, label } => {
            *payload = if is_ours(payload) { clean(payload) } else { safe(payload) };
            *label = label.as_deref().map(safe);
        }
        Content::Start { reference } => *reference = reference.as_deref().map(safe),
        Content::Unsupported { kind } => *kind = clean(kind),
        Content::Receipt { message, reached, .. } => {
            *message = clean(message);
            if let Reached::Failed { reason } = reached {
                *reason = safe(reason);
            }
        }
        Content::Unreachable | Content::Moved { .. } => {}
    }
    inbound
}

/// Whether a payload is exactly a rating button's: its id is no secret, whatever its digits spell.
fn is_ours(payload: &str) -> bool {
    let parts = payload.strip_prefix("r:").and_then(|rest| rest.split_once(':'));
    parts.is_some_and(|(id, stars)| stars.len() == 1 && Uuid::try_parse(id).is_ok())
}

/// An update's bytes without card and account numbers; as they came when there is none. `read` is
/// what was read of it, before and after masking.
pub(super) fn of_bytes(raw: &[u8], read: Option<(&Inbound, &Inbound)>) -> Vec<u8> {
    if let Ok(mut json) = serde_json::from_slice::<Value>(raw) {
        return if mask(&mut json) { json.to_string().into_bytes() } else { raw.to_vec() };
    }
    // Bytes of a shape that nobody knows may hide what was masked: what was read takes their place.
    if let Some((_, after)) = read.filter(|(before, after)| holds_secrets(before, after)) {
        return serde_json::to_vec(after).unwrap_or_default();
    }
    let text = String::from_utf8_lossy(raw);
    let kept = masked(&text);
    if *kept == *text { raw.to_vec() } else { kept.into_owned().into_bytes() }
}

/// Whether masking changed anything, controls apart.
fn holds_secrets(before: &Inbound, after: &Inbound) -> bool {
    let texts = |inbound: &Inbound| serde_json::to_string(inbound).unwrap_or_default();
    let gone = |text: &str| text.matches('•').count();
    gone(&texts(before)) != gone(&texts(after))
}

/// Masks every text and number of a document; whether there was anything to mask.
fn mask(json: &mut Value) -> bool {
    match json {
        Value::String(text) => {
            let kept = masked(text).into_owned();
            let found = kept != *text;
            *text = kept;
            found
        }
        Value::Number(number) => {
            let kept = masked(&number.to_string()).into_owned();
            let found = kept != number.to_string();
            if found {
                *json = Value::String(kept);
            }
            found
        }
        Value::Array(all) => all.iter_mut().map(mask).fold(false, |any, found| any | found),
        Value::Object(fields) => {
            fields.values_mut().map(mask).fold(false, |any, found| any | found)
        }
        Value::Null | Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(raw: &str) -> String {
        String::from_utf8(of_bytes(raw.as_bytes(), None)).unwrap()
    }

    #[test]
    fn only_a_rating_as_we_write_it_is_ours() {
        let id = Uuid::nil();
        assert!(is_ours(&format!("r:{id}:5")));
        for other in ["r:4111 1111 1111 1111", &format!("r:{id}:4111 1111 1111 1111"), "i:x"] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn a_document_is_masked_wherever_a_number_stands() {
        let raw = r#"{"id":7,"text":"carta 4111 1111 1111 1111","quoted":{"text":"IT60\u0020X0542811101000000123456"},"n":[4111111111111111]}"#;
        let kept =
            r#"{"id":7,"n":["••••1111"],"quoted":{"text":"IT••••3456"},"text":"carta ••••1111"}"#;
        assert_eq!(
            serde_json::from_str::<Value>(&bytes(raw)).unwrap(),
            serde_json::from_str::<Value>(kept).unwrap()
        );
    }

    #[test]
    fn what_holds_none_stays_byte_for_byte() {
        for raw in [r#"{ "b": 1, "a": "AB123456" }"#, "{broken", ""] {
            assert_eq!(bytes(raw), raw);
        }
        assert_eq!(of_bytes(b"\xff\x00", None), b"\xff\x00");
        assert_eq!(bytes("{broken 4111111111111111"), "{broken ••••1111");
    }
}

//! The wire shapes of the Telegram fake: persons, chats, messages, and arguments of calls.

use axum::http::{HeaderMap, header};
use reqwest::Url;
use serde_json::{Map, Value, json};

/// When the first message was written, in seconds.
pub(super) const DATE: i64 = 1_795_319_728;

pub(super) fn bot() -> Value {
    json!({"id": 424_242, "is_bot": true, "first_name": "Bottega", "username": "bottega_bot"})
}

pub(super) fn person(chat: i64) -> Value {
    json!({"id": chat, "is_bot": false, "first_name": "Ada", "last_name": "Rossi",
        "language_code": "it"})
}

pub(super) fn private(chat: i64) -> Value {
    json!({"id": chat, "type": "private", "first_name": "Ada", "last_name": "Rossi"})
}

pub(super) fn message(id: i64, chat: i64, from: &Value) -> Value {
    json!({"message_id": id, "from": from, "chat": private(chat), "date": DATE + id})
}

pub(super) fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Arguments from JSON, a form (of either kind) or the query string, alike.
pub(super) fn arguments(query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Value {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default();
    let body = String::from_utf8_lossy(body);
    if kind.starts_with("application/json") {
        return serde_json::from_str(&body).unwrap_or_default();
    }
    if let Some((_, boundary)) = kind.split_once("boundary=") {
        return fields(multipart(&body, boundary.trim_matches('"')));
    }
    let form = format!("{}&{body}", query.unwrap_or_default());
    let url = Url::parse(&format!("http://form/?{form}")).expect("a form");
    fields(url.query_pairs().map(|(name, text)| (name.into_owned(), text.into_owned())))
}

/// Fields of a form; what reads as JSON (numbers, markup) is meant as such.
fn fields(pairs: impl Iterator<Item = (String, String)>) -> Value {
    let value = |text: String| serde_json::from_str(&text).unwrap_or(Value::String(text));
    Value::Object(pairs.map(|(name, text)| (name, value(text))).collect::<Map<_, _>>())
}

fn multipart(body: &str, boundary: &str) -> impl Iterator<Item = (String, String)> {
    body.split(&format!("--{boundary}"))
        .filter_map(|part| {
            let (head, text) = part.split_once("\r\n\r\n")?;
            let (_, name) = head.split_once(" name=\"")?;
            let name = name.split('"').next()?.to_owned();
            Some((name, text.strip_suffix("\r\n").unwrap_or(text).to_owned()))
        })
        .collect::<Vec<_>>()
        .into_iter()
}

pub(super) fn get_me() -> Value {
    let mut me = bot();
    merge(
        &mut me,
        json!({"can_join_groups": true, "can_read_all_group_messages": false,
            "supports_inline_queries": false, "can_connect_to_business": false,
            "has_main_web_app": false}),
    );
    me
}

pub(super) fn keyboard(markup: &Value) -> &[Value] {
    markup["inline_keyboard"].as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn buttons(markup: &Value) -> Vec<(String, String)> {
    let word = |button: &Value, key: &str| button[key].as_str().unwrap_or_default().to_owned();
    keyboard(markup)
        .iter()
        .filter_map(Value::as_array)
        .flatten()
        .map(|button| (word(button, "text"), word(button, "callback_data")))
        .collect()
}

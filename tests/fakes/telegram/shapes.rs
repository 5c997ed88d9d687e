//! The wire shapes of the Telegram fake: persons, chats, messages, and arguments of calls.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use reqwest::Url;
use serde_json::{Map, Value, json};

use super::file::File;

/// The fields that carry files.
const KINDS: [&str; 5] = ["photo", "voice", "audio", "video", "document"];

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

/// Arguments from JSON, a form (of either kind) or the query string, alike; and the file.
pub(super) fn arguments(
    query: Option<&str>,
    headers: &HeaderMap,
    body: &Bytes,
) -> (Value, Option<File>) {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default();
    if kind.starts_with("application/json") {
        return (serde_json::from_slice(body).unwrap_or_default(), None);
    }
    if let Some((_, boundary)) = kind.split_once("boundary=") {
        return multipart(body, boundary.trim_matches('"'));
    }
    let form = format!("{}&{}", query.unwrap_or_default(), String::from_utf8_lossy(body));
    let url = Url::parse(&format!("http://form/?{form}")).expect("a form");
    let pairs = url.query_pairs().map(|(name, text)| (name.into_owned(), text.into_owned()));
    (fields(pairs), None)
}

/// Fields of a form; what is no text and reads as JSON (numbers, markup) is meant as such.
fn fields(pairs: impl Iterator<Item = (String, String)>) -> Value {
    let value = |(name, text): (String, String)| {
        let read = serde_json::from_str(&text).ok();
        let value = read.filter(|_| !matches!(name.as_str(), "text" | "caption"));
        (name, value.unwrap_or(Value::String(text)))
    };
    Value::Object(pairs.map(value).collect::<Map<_, _>>())
}

/// The parts of a form, byte by byte: files are not text.
fn multipart(body: &Bytes, boundary: &str) -> (Value, Option<File>) {
    let mark = format!("--{boundary}");
    let mut texts = Vec::new();
    let mut file = None;
    for part in pieces(body, mark.as_bytes()) {
        let Some(end) = find(&part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..end]).into_owned();
        let content = part.slice(end + 4..part.len().saturating_sub(2).max(end + 4));
        let word = |key: &str| {
            let (_, rest) = head.split_once(&format!(" {key}=\""))?;
            Some(rest.split('"').next()?.to_owned())
        };
        let Some(name) = word("name") else { continue };
        if let Some(file_name) = word("filename") {
            let line = head.lines().find_map(|line| {
                let (key, value) = line.split_once(": ")?;
                key.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
            });
            let kind = KINDS.into_iter().find(|kind| *kind == name).unwrap_or("document");
            file = Some(File { kind, name: Some(file_name), mime: line, bytes: content });
            texts.push((name, "attach://file".to_owned()));
        } else {
            texts.push((name, String::from_utf8_lossy(&content).into_owned()));
        }
    }
    (fields(texts.into_iter()), file)
}

/// The bytes between marks.
fn pieces(body: &Bytes, mark: &[u8]) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    let mut rest = body.clone();
    while let Some(at) = find(&rest, mark) {
        pieces.push(rest.slice(..at));
        rest = rest.slice(at + mark.len()..);
    }
    pieces
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + bytes[from..].iter().position(|byte| *byte == wanted[0])?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
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

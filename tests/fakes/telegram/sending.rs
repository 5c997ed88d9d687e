//! What the bot sends, and how it goes wrong.

use std::future::pending;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use serde_json::{Value, json};

use super::file::File;
use super::server::{Server, State, failure, refusal, success};
use super::shapes::{bot, buttons, keyboard, merge, message};
use super::updates::too_many;

/// The largest file that Telegram takes, in bytes.
const LARGEST: usize = 50 * 1_024 * 1_024;

/// How the next sendings go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429: not taken, try again after so many seconds.
    TooMany(u32),
    /// 403: the customer has blocked the bot.
    Blocked,
    /// 400 with these words.
    Bad(&'static str),
    /// The group is a supergroup now, with this id.
    Moved(i64),
    /// Not taken: a gateway's page instead of an answer.
    BadGateway,
    /// Not taken: the connection breaks before anything happened.
    CutBefore,
    /// Taken, but the answer never comes.
    Hang,
    /// Taken, but the connection breaks in the middle of the answer.
    Cut,
}

/// One message as a customer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) message_id: i64,
    pub(crate) chat: i64,
    /// Its text, or the words under its file.
    pub(crate) text: String,
    /// Labels and data, row after row.
    pub(crate) buttons: Vec<(String, String)>,
    /// How many rows the buttons take.
    pub(crate) rows: usize,
    /// Its file.
    pub(crate) file: Option<File>,
    pub(super) raw: Value,
}

pub(super) async fn answer(
    server: &Server,
    method: &str,
    arguments: &Value,
    file: Option<File>,
) -> Response {
    let fault = server.state().faults.pop_front().flatten();
    match fault {
        Some(Fault::TooMany(seconds)) => return too_many(seconds),
        Some(Fault::Blocked) => return refusal(403, "Forbidden: bot was blocked by the user"),
        Some(Fault::Bad(words)) => return refusal(400, words),
        Some(Fault::Moved(to)) => return moved(to),
        Some(Fault::BadGateway) => {
            return (StatusCode::BAD_GATEWAY, Html("<html>")).into_response();
        }
        Some(Fault::CutBefore) => return cut(),
        Some(Fault::Hang | Fault::Cut) | None => {}
    }
    let shown = match server.state().show(method, arguments, file) {
        Ok(shown) => shown,
        Err(response) => return *response,
    };
    server.changed();
    match fault {
        Some(Fault::Hang) => pending().await,
        Some(Fault::Cut) => cut(),
        _ => success(method, &shown.raw),
    }
}

/// An answer that breaks off.
pub(super) fn cut() -> Response {
    let pieces: [Result<Bytes, std::io::Error>; 2] = [
        Ok(Bytes::from_static(b"{\"ok\":true,\"result\":{\"mess")),
        Err(std::io::Error::other("cut")),
    ];
    let body = Body::from_stream(futures::stream::iter(pieces));
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn moved(to: i64) -> Response {
    let description = "Bad Request: group chat was upgraded to a supergroup chat";
    let body = json!({"ok": false, "error_code": 400, "description": description,
        "parameters": {"migrate_to_chat_id": to}});
    failure(400, body)
}

impl State {
    fn show(
        &mut self,
        method: &str,
        arguments: &Value,
        file: Option<File>,
    ) -> Result<Shown, Box<Response>> {
        let chat = arguments["chat_id"].as_i64().unwrap_or_default();
        if let Some(to) = self.moved.get(&chat) {
            return Err(moved(*to).into());
        }
        if !self.chats.contains(&chat) {
            return Err(refusal(400, "Bad Request: chat not found").into());
        }
        if self.blocked.contains(&chat) {
            return Err(refusal(403, "Forbidden: bot was blocked by the user").into());
        }
        let key = if method == "sendmessage" { "text" } else { "caption" };
        let text = arguments[key].as_str().unwrap_or_default().trim().to_owned();
        refuse_badly_made(method, &text, file.as_ref()).map_err(|it| Box::new(refusal(400, it)))?;
        let buttons = buttons(&arguments["reply_markup"]);
        if buttons.iter().any(|(_, data)| !(1..=64).contains(&data.len())) {
            return Err(refusal(400, "Bad Request: BUTTON_DATA_INVALID").into());
        }
        self.message_id += 1;
        let mut raw = message(self.message_id, chat, &bot());
        if !text.is_empty() {
            merge(&mut raw, json!({key: text}));
        }
        if method == "sendlocation" {
            let place =
                json!({"latitude": arguments["latitude"], "longitude": arguments["longitude"]});
            merge(&mut raw, json!({"location": place}));
        }
        if let Some(file) = &file {
            merge(&mut raw, self.keep(file.clone()));
        }
        if !buttons.is_empty() {
            merge(&mut raw, json!({"reply_markup": arguments["reply_markup"]}));
        }
        let rows = keyboard(&arguments["reply_markup"]).len();
        let shown = Shown { message_id: self.message_id, chat, text, buttons, rows, file, raw };
        self.shown.push(shown.clone());
        Ok(shown)
    }
}

/// What Telegram does not take, whoever sends it.
fn refuse_badly_made(method: &str, text: &str, file: Option<&File>) -> Result<(), &'static str> {
    let long = text.encode_utf16().count();
    match (method, file) {
        ("sendmessage", _) if text.is_empty() => Err("Bad Request: message text is empty"),
        ("sendmessage", _) if long > 4_096 => Err("Bad Request: message is too long"),
        ("sendmessage" | "sendlocation", _) => Ok(()),
        (_, None) => Err("Bad Request: there is no file in the request"),
        (_, Some(file)) if file.bytes.is_empty() => Err("Bad Request: file must be non-empty"),
        (_, Some(file)) if file.bytes.len() > LARGEST => Err("Request Entity Too Large"),
        _ if long > 1_024 => Err("Bad Request: message caption is too long"),
        _ => Ok(()),
    }
}

pub(super) fn typing(server: &Server, arguments: &Value) -> Response {
    let chat = arguments["chat_id"].as_i64().unwrap_or_default();
    server.state().typing.push(chat);
    server.changed();
    success("sendchataction", &json!(true))
}

pub(super) fn answer_press(server: &Server, arguments: &Value) -> Response {
    let id = arguments["callback_query_id"].as_str().unwrap_or_default().to_owned();
    let late = id.starts_with("late");
    server.state().answered.push(id);
    server.changed();
    if late {
        return refusal(
            400,
            "Bad Request: query is too old and response timeout expired or query id is invalid",
        );
    }
    success("answercallbackquery", &json!(true))
}

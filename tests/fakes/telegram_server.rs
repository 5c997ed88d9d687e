//! The server of the Telegram fake: what it keeps, and how it answers each method.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::shapes::{arguments, bot, buttons, get_me, keyboard, merge, message};

/// The one token that the fake knows.
pub(crate) const TOKEN: &str = "424242:AAFakeFakeFakeFakeFakeFakeFakeFakeFake";
/// How long a test waits for something to happen.
const LIMIT: Duration = Duration::from_secs(20);
/// The longest that an empty poll stays open.
const LONGEST_POLL: Duration = Duration::from_secs(2);

/// How the next sendings go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429: not taken, try again after so many seconds.
    TooMany(u32),
    /// 403: the customer has blocked the bot.
    Blocked,
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
    pub(crate) text: String,
    /// Labels and data, row after row.
    pub(crate) buttons: Vec<(String, String)>,
    /// How many rows the buttons take.
    pub(crate) rows: usize,
    pub(super) raw: Value,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) updates: BTreeMap<i64, Value>,
    pub(super) again: Vec<Value>,
    pub(super) confirmed: i64,
    /// How many polls were ended by another one.
    pub(super) conflicts: usize,
    /// What each poll asked to begin at.
    pub(super) offsets: Vec<Option<i64>>,
    pub(super) message_id: i64,
    poll: u64,
    pub(super) chats: BTreeSet<i64>,
    pub(super) blocked: BTreeSet<i64>,
    pub(super) shown: Vec<Shown>,
    pub(super) answered: Vec<String>,
    pub(super) faults: VecDeque<Option<Fault>>,
    calls: BTreeMap<String, usize>,
    pub(super) webhook: Option<Value>,
}

pub(super) struct Server {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

impl Server {
    pub(super) fn new() -> Self {
        let state = State { message_id: 10, ..State::default() };
        Self { state: Mutex::new(state), changes: watch::Sender::new(0) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Waits until `look` finds something.
    async fn until<T>(&self, mut look: impl FnMut(&State) -> Option<T>) -> T {
        let mut changes = self.changes.subscribe();
        loop {
            if let Some(found) = look(&self.state()) {
                return found;
            }
            changes.changed().await.expect("the server lives as long as its state");
        }
    }

    pub(super) async fn soon<T>(&self, what: &str, look: impl FnMut(&State) -> Option<T>) -> T {
        let found = tokio::time::timeout(LIMIT, self.until(look)).await;
        found.unwrap_or_else(|late| panic!("{late}: {what}; shown: {:#?}", self.state().shown))
    }
}

impl State {
    pub(super) fn count(&self, method: &str) -> usize {
        self.calls.get(method).copied().unwrap_or_default()
    }
}

pub(super) fn router(server: Arc<Server>) -> Router {
    Router::new().route("/{bot}/{method}", any(call)).with_state(server)
}

async fn call(
    Shared(server): Shared<Arc<Server>>,
    Path((bot_segment, method)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if bot_segment.strip_prefix("bot") != Some(TOKEN) {
        return refusal(401, "Unauthorized");
    }
    let method = method.to_ascii_lowercase();
    *server.state().calls.entry(method.clone()).or_default() += 1;
    server.changed();
    let arguments = arguments(query.as_deref(), &headers, &body);
    match method.as_str() {
        "getme" => success(&get_me()),
        "getupdates" => get_updates(&server, &arguments).await,
        "sendmessage" => send_message(&server, &arguments).await,
        "answercallbackquery" => answer_press(&server, &arguments),
        "sendchataction" => success(&json!(true)),
        "setwebhook" => set_webhook(&server, Some(arguments)),
        "deletewebhook" => set_webhook(&server, None),
        _ => refusal(404, "Not Found: method not found"),
    }
}

fn success(result: &Value) -> Response {
    axum::Json(json!({"ok": true, "result": result})).into_response()
}

fn refusal(code: u16, description: &str) -> Response {
    failure(code, json!({"ok": false, "error_code": code, "description": description}))
}

fn failure(code: u16, body: Value) -> Response {
    let status = StatusCode::from_u16(code).expect("a status");
    (status, axum::Json(body)).into_response()
}

async fn get_updates(server: &Server, arguments: &Value) -> Response {
    let ours = {
        let mut state = server.state();
        if state.webhook.is_some() {
            return refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; \
                 use deleteWebhook to delete the webhook first",
            );
        }
        state.poll += 1;
        state.offsets.push(arguments["offset"].as_i64());
        state.confirmed = state.confirmed.max(arguments["offset"].as_i64().unwrap_or_default());
        state.poll
    };
    server.changed();
    let limit = arguments["limit"].as_u64().unwrap_or(100).clamp(1, 100);
    let limit = usize::try_from(limit).expect("at most 100");
    let timeout = Duration::from_secs(arguments["timeout"].as_u64().unwrap_or_default());
    let waiting = server.until(|state| {
        let overtaken = state.poll != ours;
        let something = !state.again.is_empty() || state.pending().next().is_some();
        (overtaken || something).then_some(overtaken)
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
        Ok(false) => success(&Value::Array(server.state().batch(limit))),
        Err(_) => success(&json!([])),
    }
}

impl State {
    fn pending(&self) -> impl Iterator<Item = &Value> {
        self.updates.range(self.confirmed..).map(|(_, update)| update)
    }

    fn batch(&mut self, limit: usize) -> Vec<Value> {
        let mut batch = std::mem::take(&mut self.again);
        batch.extend(self.pending().cloned());
        batch.truncate(limit);
        batch
    }
}

async fn send_message(server: &Server, arguments: &Value) -> Response {
    let fault = server.state().faults.pop_front().flatten();
    match fault {
        Some(Fault::TooMany(seconds)) => {
            let description = format!("Too Many Requests: retry after {seconds}");
            let body = json!({"ok": false, "error_code": 429, "description": description,
                "parameters": {"retry_after": seconds}});
            return failure(429, body);
        }
        Some(Fault::Blocked) => return refusal(403, "Forbidden: bot was blocked by the user"),
        Some(Fault::Hang | Fault::Cut) | None => {}
    }
    let shown = match server.state().show(arguments) {
        Ok(shown) => shown,
        Err((code, description)) => return refusal(code, description),
    };
    server.changed();
    match fault {
        Some(Fault::Hang) => pending().await,
        Some(Fault::Cut) => cut(),
        _ => success(&shown.raw),
    }
}

/// An answer that breaks off.
fn cut() -> Response {
    let pieces: [Result<Bytes, std::io::Error>; 2] = [
        Ok(Bytes::from_static(b"{\"ok\":true,\"result\":{\"mess")),
        Err(std::io::Error::other("cut")),
    ];
    let body = Body::from_stream(futures::stream::iter(pieces));
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

impl State {
    fn show(&mut self, arguments: &Value) -> Result<Shown, (u16, &'static str)> {
        let chat = arguments["chat_id"].as_i64().unwrap_or_default();
        let text = match &arguments["text"] {
            Value::String(text) => text.trim().to_owned(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        if !self.chats.contains(&chat) {
            return Err((400, "Bad Request: chat not found"));
        }
        if self.blocked.contains(&chat) {
            return Err((403, "Forbidden: bot was blocked by the user"));
        }
        if text.is_empty() {
            return Err((400, "Bad Request: message text is empty"));
        }
        if text.chars().count() > 4_096 {
            return Err((400, "Bad Request: message is too long"));
        }
        let buttons = buttons(&arguments["reply_markup"]);
        if buttons.iter().any(|(_, data)| !(1..=64).contains(&data.len())) {
            return Err((400, "Bad Request: BUTTON_DATA_INVALID"));
        }
        self.message_id += 1;
        let mut raw = message(self.message_id, chat, &bot());
        merge(&mut raw, json!({"text": text}));
        if !buttons.is_empty() {
            merge(&mut raw, json!({"reply_markup": arguments["reply_markup"]}));
        }
        let rows = keyboard(&arguments["reply_markup"]).len();
        let shown = Shown { message_id: self.message_id, chat, text, buttons, rows, raw };
        self.shown.push(shown.clone());
        Ok(shown)
    }
}

fn answer_press(server: &Server, arguments: &Value) -> Response {
    let id = arguments["callback_query_id"].as_str().unwrap_or_default().to_owned();
    server.state().answered.push(id);
    server.changed();
    success(&json!(true))
}

fn set_webhook(server: &Server, webhook: Option<Value>) -> Response {
    server.state().webhook = webhook;
    server.changed();
    success(&json!(true))
}

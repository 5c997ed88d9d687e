//! A Telegram Bot API for tests: a real HTTP server on a free port with the wire shapes of the real
//! one. Long polls, waits and time limits hang on events, never on sleeps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::pending;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use reqwest::Url;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

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
    raw: Value,
}

#[derive(Default)]
struct State {
    updates: BTreeMap<i64, Value>,
    again: Vec<Value>,
    confirmed: i64,
    message_id: i64,
    poll: u64,
    chats: BTreeSet<i64>,
    blocked: BTreeSet<i64>,
    shown: Vec<Shown>,
    answered: Vec<String>,
    faults: VecDeque<Option<Fault>>,
    calls: BTreeMap<String, usize>,
    webhook: Option<Value>,
}

struct Server {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
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

    async fn soon<T>(&self, what: &str, look: impl FnMut(&State) -> Option<T>) -> T {
        match tokio::time::timeout(LIMIT, self.until(look)).await {
            Ok(found) => found,
            Err(_) => panic!("not within {LIMIT:?}: {what}; shown: {:#?}", self.state().shown),
        }
    }
}

/// The fake; its server ends with it.
pub(crate) struct FakeTelegram {
    server: Arc<Server>,
    root: Url,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for FakeTelegram {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakeTelegram {
    /// Starts a server on a free port. Must be called within a runtime.
    #[expect(clippy::disallowed_methods, reason = "a test's server needs no tracked shutdown")]
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        listener.set_nonblocking(true).expect("a listener for tokio");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
        let state = State { message_id: 10, ..State::default() };
        let server = Arc::new(Server { state: Mutex::new(state), changes: watch::Sender::new(0) });
        let router =
            Router::new().route("/{bot}/{method}", any(call)).with_state(Arc::clone(&server));
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the fake serves");
        });
        let root = Url::parse(&format!("http://{address}")).expect("an address");
        Self { server, root, task }
    }

    /// What `channels.telegram.NAME.api_root` must be.
    pub(crate) fn api_root(&self) -> Url {
        self.root.clone()
    }

    /// A customer writes; returns the update's id.
    pub(crate) fn customer_says(&self, chat: i64, text: &str) -> i64 {
        self.customer_sends(chat, json!({"text": text}))
    }

    /// A customer sends any kind of message: `content` is merged into it.
    pub(crate) fn customer_sends(&self, chat: i64, content: Value) -> i64 {
        let mut message = self.new_message(chat, person(chat));
        merge(&mut message, content);
        self.arrives(json!({"message": message}))
    }

    /// A customer presses a button under a message; returns the update's id.
    pub(crate) fn customer_presses(&self, chat: i64, data: &str, message_id: i64) -> i64 {
        let shown =
            self.server.state().shown.iter().find(|it| it.message_id == message_id).cloned();
        let message = shown.expect("a button is under a message that was sent").raw;
        self.arrives(json!({"callback_query": {
            "id": format!("press-{chat}-{message_id}-{data}"), "from": person(chat),
            "message": message, "chat_instance": "-31415926", "data": data,
        }}))
    }

    /// A customer blocks the bot: an update says so, and sendings are refused from now on.
    pub(crate) fn customer_blocks(&self, chat: i64) -> i64 {
        self.server.state().blocked.insert(chat);
        let bot = bot();
        self.arrives(json!({"my_chat_member": {
            "chat": private(chat), "from": person(chat), "date": DATE,
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
        }}))
    }

    /// Any update arrives; its id is added and returned.
    pub(crate) fn arrives(&self, mut update: Value) -> i64 {
        let mut state = self.server.state();
        let id = state.updates.keys().last().map_or(900_000_001, |last| last + 1);
        update["update_id"] = id.into();
        if let Some(chat) = update.pointer("/message/chat/id").and_then(Value::as_i64) {
            state.chats.insert(chat);
        }
        state.updates.insert(id, update);
        drop(state);
        self.server.changed();
        id
    }

    /// The update comes once more with the next poll, confirmed or not.
    pub(crate) fn redeliver(&self, update_id: i64) {
        let mut state = self.server.state();
        let update = state.updates.get(&update_id).cloned().expect("an update that was there");
        state.again.push(update);
        drop(state);
        self.server.changed();
    }

    /// The next `n` sendings go wrong.
    pub(crate) fn fail_next(&self, n: usize, fault: Fault) {
        self.server.state().faults.extend(std::iter::repeat_n(Some(fault), n));
    }

    /// The next `n` sendings go well, the one after them goes wrong.
    pub(crate) fn fail_after(&self, n: usize, fault: Fault) {
        let mut state = self.server.state();
        state.faults.extend(std::iter::repeat_n(None, n));
        state.faults.push_back(Some(fault));
    }

    /// Waits for `n` messages to a chat and returns all that it got so far.
    pub(crate) async fn sent_to(&self, chat: i64, n: usize) -> Vec<Shown> {
        let all = |state: &State| -> Vec<Shown> {
            state.shown.iter().filter(|shown| shown.chat == chat).cloned().collect()
        };
        let what = format!("{n} messages to chat {chat}");
        self.server.soon(&what, |state| Some(all(state)).filter(|shown| shown.len() >= n)).await
    }

    /// Waits until the bot has confirmed an update by asking for later ones.
    pub(crate) async fn confirmed(&self, update_id: i64) {
        let what = format!("update {update_id} confirmed");
        self.server.soon(&what, |state| (state.confirmed > update_id).then_some(())).await;
    }

    /// Waits for `n` calls of a method, such as `getupdates` (in lower case).
    pub(crate) async fn called(&self, method: &str, n: usize) {
        let what = format!("{n} calls of {method}");
        self.server.soon(&what, |state| (state.count(method) >= n).then_some(())).await;
    }

    /// Waits for `n` answered button presses; their ids.
    pub(crate) async fn answered(&self, n: usize) -> Vec<String> {
        let what = format!("{n} presses answered");
        let look = |state: &State| (state.answered.len() >= n).then(|| state.answered.clone());
        self.server.soon(&what, look).await
    }

    /// How often a method was called, by its name in lower case.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.server.state().count(method)
    }

    /// Everything below is confirmed.
    pub(crate) fn offset(&self) -> i64 {
        self.server.state().confirmed
    }

    /// Waits for a webhook to be set; what it was set with.
    pub(crate) async fn webhook(&self) -> Value {
        self.server.soon("a webhook", |state| state.webhook.clone()).await
    }

    fn new_message(&self, chat: i64, from: Value) -> Value {
        let mut state = self.server.state();
        state.message_id += 1;
        message(state.message_id, chat, from)
    }
}

impl State {
    fn count(&self, method: &str) -> usize {
        self.calls.get(method).copied().unwrap_or_default()
    }
}

const DATE: i64 = 1_795_319_728;

fn bot() -> Value {
    json!({"id": 424_242, "is_bot": true, "first_name": "Bottega", "username": "bottega_bot"})
}

fn person(chat: i64) -> Value {
    json!({"id": chat, "is_bot": false, "first_name": "Ada", "last_name": "Rossi",
        "language_code": "it"})
}

fn private(chat: i64) -> Value {
    json!({"id": chat, "type": "private", "first_name": "Ada", "last_name": "Rossi"})
}

fn message(id: i64, chat: i64, from: Value) -> Value {
    json!({"message_id": id, "from": from, "chat": private(chat), "date": DATE + id})
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
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

/// Arguments from JSON, a form (of either kind) or the query string, alike.
fn arguments(query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Value {
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

fn get_me() -> Value {
    let mut me = bot();
    merge(
        &mut me,
        json!({"can_join_groups": true, "can_read_all_group_messages": false,
            "supports_inline_queries": false, "can_connect_to_business": false,
            "has_main_web_app": false}),
    );
    me
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
        Ok(true) => refusal(
            409,
            "Conflict: terminated by other getUpdates request; \
             make sure that only one bot instance is running",
        ),
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
        let mut raw = message(self.message_id, chat, bot());
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

fn keyboard(markup: &Value) -> &[Value] {
    markup["inline_keyboard"].as_array().map_or(&[], Vec::as_slice)
}

fn buttons(markup: &Value) -> Vec<(String, String)> {
    let word = |button: &Value, key: &str| button[key].as_str().unwrap_or_default().to_owned();
    keyboard(markup)
        .iter()
        .filter_map(Value::as_array)
        .flatten()
        .map(|button| (word(button, "text"), word(button, "callback_data")))
        .collect()
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

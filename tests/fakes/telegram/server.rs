//! The server of the Telegram fake: what it keeps, and who answers which method.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::file::{self, Kept};
use super::sending::{self, Fault, Shown};
use super::shapes::{arguments, get_me};
use super::updates::{self, PollFault};
use super::wire;

/// The one token that the fake knows.
pub(crate) const TOKEN: &str = "424242:AAFakeFakeFakeFakeFakeFakeFakeFakeFake";
/// How long a test waits for something to happen.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Default)]
pub(super) struct State {
    /// Every update that there ever was.
    pub(super) updates: BTreeMap<i64, Value>,
    /// Those that are not confirmed, in the order in which they arrived.
    pub(super) queue: VecDeque<Value>,
    pub(super) again: Vec<Value>,
    pub(super) next_update: i64,
    pub(super) backwards: bool,
    pub(super) held: bool,
    /// How many polls were ended by another one.
    pub(super) conflicts: usize,
    /// What each poll asked to begin at.
    pub(super) offsets: Vec<Option<i64>>,
    pub(super) poll: u64,
    pub(super) poll_faults: VecDeque<PollFault>,
    pub(super) message_id: i64,
    pub(super) chats: BTreeSet<i64>,
    pub(super) blocked: BTreeSet<i64>,
    pub(super) moved: BTreeMap<i64, i64>,
    pub(super) shown: Vec<Shown>,
    pub(super) typing: Vec<i64>,
    pub(super) answered: Vec<String>,
    pub(super) faults: VecDeque<Option<Fault>>,
    pub(super) files: BTreeMap<String, Kept>,
    pub(super) calls: BTreeMap<String, usize>,
    pub(super) webhook: Option<Value>,
    pub(super) webhook_error: Option<String>,
}

pub(super) struct Server {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

impl Server {
    pub(super) fn new() -> Self {
        let state = State { message_id: 10, next_update: 900_000_001, ..State::default() };
        Self { state: Mutex::new(state), changes: watch::Sender::new(0) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Waits until `look` finds something.
    pub(super) async fn until<T>(&self, mut look: impl FnMut(&State) -> Option<T>) -> T {
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
    Router::new()
        .route("/{bot}/{method}", any(call))
        .route("/file/{bot}/{*path}", get(file::download))
        .layer(DefaultBodyLimit::disable())
        .with_state(server)
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
    let (arguments, file) = arguments(query.as_deref(), &headers, &body);
    wire::request(&method, &arguments);
    match method.as_str() {
        "getme" => success(&method, &get_me()),
        "getupdates" => updates::answer(&server, &arguments).await,
        "sendmessage" | "sendphoto" | "sendvoice" | "sendaudio" | "sendvideo" | "senddocument"
        | "sendlocation" => sending::answer(&server, &method, &arguments, file).await,
        "getfile" => file::describe(&server, &arguments),
        "answercallbackquery" => sending::answer_press(&server, &arguments),
        "sendchataction" => sending::typing(&server, &arguments),
        "setwebhook" => set_webhook(&server, &method, Some(arguments)),
        "deletewebhook" => set_webhook(&server, &method, None),
        "getwebhookinfo" => success(&method, &webhook_info(&server.state())),
        _ => refusal(404, "Not Found: method not found"),
    }
}

pub(super) fn success(method: &str, result: &Value) -> Response {
    wire::result(method, result);
    axum::Json(json!({"ok": true, "result": result})).into_response()
}

pub(super) fn refusal(code: u16, description: &str) -> Response {
    failure(code, json!({"ok": false, "error_code": code, "description": description}))
}

pub(super) fn failure(code: u16, body: Value) -> Response {
    let status = StatusCode::from_u16(code).expect("a status");
    (status, axum::Json(body)).into_response()
}

fn set_webhook(server: &Server, method: &str, webhook: Option<Value>) -> Response {
    server.state().webhook = webhook;
    server.changed();
    success(method, &json!(true))
}

fn webhook_info(state: &State) -> Value {
    let url = state.webhook.as_ref().and_then(|webhook| webhook["url"].as_str());
    let mut info = json!({"url": url.unwrap_or_default(), "has_custom_certificate": false,
        "pending_update_count": state.queue.len()});
    if let Some(error) = &state.webhook_error {
        info["last_error_date"] = super::shapes::DATE.into();
        info["last_error_message"] = error.as_str().into();
    }
    info
}

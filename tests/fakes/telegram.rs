//! A Telegram Bot API for tests: a real HTTP server on a free port with the wire shapes of the real
//! one. Long polls, waits and time limits hang on events, never on sleeps.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use reqwest::Url;
use serde_json::{Value, json};

#[path = "telegram/customer.rs"]
mod customer;
#[path = "telegram/file.rs"]
mod file;
#[path = "telegram/look.rs"]
mod look;
#[path = "telegram/sending.rs"]
mod sending;
#[path = "telegram/server.rs"]
mod server;
#[path = "telegram/shapes.rs"]
mod shapes;
#[path = "telegram/updates.rs"]
mod updates;
#[path = "telegram/wire.rs"]
mod wire;

pub(crate) use file::File;
pub(crate) use sending::{Fault, Shown};
use server::Server;
pub(crate) use server::TOKEN;
use shapes::message;
pub(crate) use updates::PollFault;

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
        let server = Arc::new(Server::new());
        let router = server::router(Arc::clone(&server));
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

    /// A chat that has begun elsewhere: it can be written to.
    pub(crate) fn knows(&self, chat: i64) {
        self.server.state().chats.insert(chat);
    }

    /// Any update arrives; its id is added and returned.
    pub(crate) fn arrives(&self, update: Value) -> i64 {
        let id = self.server.state().next_update;
        self.arrives_as(id, update)
    }

    /// Any update arrives under this id, as after a week of silence; later ones follow it.
    pub(crate) fn arrives_as(&self, id: i64, mut update: Value) -> i64 {
        update["update_id"] = id.into();
        wire::update(&update);
        let mut state = self.server.state();
        if let Some(chat) = update.pointer("/message/chat/id").and_then(Value::as_i64) {
            state.chats.insert(chat);
        }
        state.next_update = id + 1;
        state.queue.push_back(update.clone());
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

    /// From now on updates come last one first within each answer.
    pub(crate) fn shuffle(&self) {
        self.server.state().backwards = true;
    }

    /// Nothing is handed out until the end of this closure, so that all of it comes in one answer.
    pub(crate) fn at_once<T>(&self, act: impl FnOnce() -> T) -> T {
        self.server.state().held = true;
        let done = act();
        self.server.state().held = false;
        self.server.changed();
        done
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

    /// A webhook is set, and calls to it may have failed.
    pub(crate) fn has_webhook(&self, url: &str, error: Option<&str>) {
        let mut state = self.server.state();
        state.webhook = Some(json!({"url": url}));
        state.webhook_error = error.map(ToOwned::to_owned);
    }

    /// The next polls go wrong, one after the other.
    pub(crate) fn fail_polls(&self, faults: &[PollFault]) {
        self.server.state().poll_faults.extend(faults);
    }

    /// Telegram calls the webhook at `url` with an update, as it does: again with the same update
    /// until it is told 2xx, at most `tries` times; the answers' status codes.
    pub(crate) async fn calls(&self, url: &str, update_id: i64, tries: usize) -> Vec<u16> {
        let (update, webhook) = {
            let state = self.server.state();
            (state.updates[&update_id].clone(), state.webhook.clone().unwrap_or_default())
        };
        #[expect(clippy::disallowed_methods, reason = "the fake's own client")]
        let client = reqwest::Client::builder().build().expect("a client");
        let mut statuses = Vec::new();
        while statuses.len() < tries && !statuses.iter().any(|status| (200..300).contains(status)) {
            let mut request = client.post(url).json(&update);
            if let Some(secret) = webhook["secret_token"].as_str() {
                request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
            }
            let answer = request.send().await.expect("somebody listens");
            statuses.push(answer.status().as_u16());
        }
        statuses
    }

    fn new_message(&self, chat: i64, from: &Value) -> Value {
        let mut state = self.server.state();
        state.message_id += 1;
        message(state.message_id, chat, from)
    }
}

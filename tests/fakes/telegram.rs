//! A Telegram Bot API for tests: a real HTTP server on a free port with the wire shapes of the real
//! one. Long polls, waits and time limits hang on events, never on sleeps.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use reqwest::Url;
use serde_json::{Value, json};

#[path = "telegram_server.rs"]
mod server;
#[path = "telegram_shapes.rs"]
mod shapes;

pub(crate) use server::{Fault, Shown, TOKEN};
use server::{Server, State};
use shapes::{DATE, bot, merge, message, person, private};

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

    /// A customer writes; returns the update's id.
    pub(crate) fn customer_says(&self, chat: i64, text: &str) -> i64 {
        self.customer_sends(chat, json!({"text": text}))
    }

    /// A customer sends any kind of message: `content` is merged into it.
    pub(crate) fn customer_sends(&self, chat: i64, content: Value) -> i64 {
        let mut message = self.new_message(chat, &person(chat));
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

    /// What each poll so far asked to begin at.
    pub(crate) fn offsets(&self) -> Vec<Option<i64>> {
        self.server.state().offsets.clone()
    }

    /// How many polls were ended because another one began.
    pub(crate) fn conflicts(&self) -> usize {
        self.server.state().conflicts
    }

    /// Waits for a webhook to be set; what it was set with.
    pub(crate) async fn webhook(&self) -> Value {
        self.server.soon("a webhook", |state| state.webhook.clone()).await
    }

    fn new_message(&self, chat: i64, from: &Value) -> Value {
        let mut state = self.server.state();
        state.message_id += 1;
        message(state.message_id, chat, from)
    }
}

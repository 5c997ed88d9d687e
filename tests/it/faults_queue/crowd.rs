//! Customers and agents who go on whatever breaks: they repeat what was not answered, on any replica.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use sportello::service::clock::fresh_id;
use tokio::task::JoinSet;

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(4);
/// How long somebody who found nothing to do waits.
const PAUSE: Duration = Duration::from_millis(40);

/// How agents get their tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Pull,
    Push,
}

/// What all of them share.
pub(crate) struct Crowd {
    pub(crate) replicas: Vec<SocketAddr>,
    client: reqwest::Client,
    turn: AtomicUsize,
    /// Customers whose request was taken.
    pub(crate) asked: AtomicUsize,
    /// Tickets given to an agent, as agents saw it.
    pub(crate) given: Mutex<Vec<(String, usize)>>,
    /// No more customers.
    pub(crate) quiet: AtomicBool,
    stop: AtomicBool,
}

impl Crowd {
    pub(crate) fn new(replicas: Vec<SocketAddr>) -> Arc<Self> {
        #[expect(clippy::disallowed_methods, reason = "the test's own client")]
        let client = reqwest::Client::builder().timeout(ATTEMPT).build().expect("a client");
        Arc::new(Self {
            replicas,
            client,
            turn: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            given: Mutex::default(),
            quiet: AtomicBool::new(false),
            stop: AtomicBool::new(false),
        })
    }

    /// Everybody comes.
    pub(crate) fn come(self: &Arc<Self>, tokens: &[String], way: Way) -> JoinSet<()> {
        let mut people = JoinSet::new();
        for number in 0..3 {
            people.spawn(self.clone().customers(number));
        }
        for (number, token) in tokens.iter().enumerate() {
            people.spawn(self.clone().agent(number, token.clone(), way));
        }
        people
    }

    /// Everybody goes.
    pub(crate) async fn go(&self, people: JoinSet<()>) {
        self.stop.store(true, Ordering::SeqCst);
        people.join_all().await;
    }

    pub(crate) fn given(&self) -> usize {
        self.given.lock().expect("no panic").len()
    }

    async fn customers(self: Arc<Self>, number: usize) {
        for place in 0.. {
            if self.quiet.load(Ordering::SeqCst) || self.stop.load(Ordering::SeqCst) {
                return;
            }
            let body = json!({
                "sender": format!("customer-{number}-{place}"), "message": "human please",
                "metadata": {"message_id": "1", "language": "en"},
            });
            loop {
                let url = format!("http://{}/webhooks/rest/webhook", self.replica());
                let sent = self.client.post(url).json(&body).send().await;
                if sent.is_ok_and(|answer| answer.status().is_success()) {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
            self.asked.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(2 * PAUSE).await;
        }
    }

    fn replica(&self) -> SocketAddr {
        self.replicas[self.turn.fetch_add(1, Ordering::Relaxed) % self.replicas.len()]
    }

    /// One call on any replica; `None` when its outcome is unknown.
    pub(crate) async fn call(
        &self,
        (token, key): (&str, &str),
        method: &str,
        path: &str,
        body: Value,
    ) -> Option<(u16, Value)> {
        let url = format!("http://{}{path}", self.replica());
        let mut request = self.client.request(method.parse().expect("a method"), url);
        request = request.bearer_auth(token).header("idempotency-key", key);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        if status >= 500 {
            return None;
        }
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// The same call until its outcome is known.
    async fn insist(&self, token: &str, path: &str, body: Value) -> Option<(u16, Value)> {
        let key = fresh_id().to_string();
        while !self.stop.load(Ordering::SeqCst) {
            if let Some(known) = self.call((token, &key), "POST", path, body.clone()).await {
                return Some(known);
            }
            tokio::time::sleep(PAUSE).await;
        }
        None
    }

    async fn agent(self: Arc<Self>, number: usize, token: String, way: Way) {
        let mut turn = number;
        while !self.stop.load(Ordering::SeqCst) {
            let ticket = match way {
                Way::Pull => self.take(&token).await,
                Way::Push => self.accept(&token, turn).await,
            };
            turn += 1;
            let Some(ticket) = ticket else {
                self.insist(&token, "/api/v1/presence", json!({"state": "online"})).await;
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            self.given.lock().expect("no panic").push((ticket.clone(), number));
            tokio::time::sleep(PAUSE).await;
            let (verb, body) = match turn % 4 {
                0 => ("transfer", json!({"team": "ordini"})),
                _ => ("resolve", json!({})),
            };
            self.insist(&token, &format!("/api/v1/tickets/{ticket}/{verb}"), body).await;
        }
    }

    async fn take(&self, token: &str) -> Option<String> {
        let (status, row) = self.insist(token, "/api/v1/desk/next", Value::Null).await?;
        (status == 200).then(|| row["id"].as_str().expect("an id").to_owned())
    }

    async fn accept(&self, token: &str, turn: usize) -> Option<String> {
        let (_, offers) = self.call((token, "-"), "GET", "/api/v1/offers", Value::Null).await?;
        let offer = offers.as_array()?.first()?.clone();
        let id = offer["ticket"]["id"].as_str().expect("an id").to_owned();
        let verb = if turn.is_multiple_of(7) { "decline" } else { "accept" };
        let path = format!("/api/v1/offers/{id}/{verb}");
        let (status, row) = self.insist(token, &path, Value::Null).await?;
        (verb == "accept" && status == 200).then(|| row["id"].as_str().expect("an id").to_owned())
    }
}

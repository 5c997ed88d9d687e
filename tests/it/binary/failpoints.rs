//! The process dies on each side of every commit of the road, every update comes twice: the same
//! final state as without a death, nothing lost, nothing sent twice by us.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use serde_json::{Value, json};
use sportello::domain::contact::{Address, ChannelName};
use sportello::domain::message::{Author, Delivery, Visibility};
use sportello::store::message::StoredMessage;
use sportello::store::{self, Db};

use crate::support::process::{Server, Setup};
use crate::support::{Backend, LIMIT, on_both};
use crate::telegram::fake::{FakeTelegram, TOKEN};

const CHAT: i64 = 7_777;
/// The commits of the road, and up to which of its passings the process dies.
const COMMITS: [(&str, u32); 5] =
    [("inbox", 6), ("turn", 8), ("position", 4), ("lease", 8), ("end", 8)];
/// How many houses run at once.
const AT_ONCE: usize = 3;
/// A question, the start of a form, and its answer, which opens a ticket.
const WORDS: [&str; 3] = ["when do you open?", "the item arrived broken", "AB123456"];

/// A house that may die once, its Telegram, and its records.
struct Road {
    setup: Setup,
    server: Server,
    fake: FakeTelegram,
    db: Db,
    token: String,
    deaths: u32,
}

/// What is left when all is said: who said what, the ticket's life.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    said: Vec<(String, String)>,
    life: Vec<String>,
}

impl Road {
    async fn open(backend: Backend, failpoint: Option<&str>) -> Self {
        let fake = FakeTelegram::start();
        let mut setup = Setup::new(backend).await;
        setup.set("channels.telegram.shop.token", TOKEN);
        setup.set("channels.telegram.shop.api_root", fake.api_root().as_str());
        setup.set("replicas.takeover_seconds", "2");
        setup.set("routing.away_minutes", "0");
        let token = setup.hire("anna@shop.example", "agent");
        let server =
            setup.serve_with(&[("SPORTELLO_FAILPOINT", failpoint.unwrap_or("none#0"))]).await;
        setup.set("http.listen", &server.address.to_string());
        let db = Db::open(&setup.database_url()).await.expect("the records");
        Self { setup, server, fake, db, token, deaths: 0 }
    }

    /// Waits, and brings the house up again when it has died.
    async fn until(&mut self, what: &str, mut done: impl AsyncFnMut(&mut Self) -> bool) {
        let limit = Instant::now() + 3 * LIMIT;
        while !done(self).await {
            if self.server.is_dead() {
                self.deaths += 1;
                self.server = self.setup.serve().await;
            }
            assert!(Instant::now() < limit, "{what}: {:#?}", self.left().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn thread(&self) -> Vec<StoredMessage> {
        let (channel, address) =
            (ChannelName("telegram:shop".to_owned()), Address(CHAT.to_string()));
        match store::conversation::find(&self.db, &channel, &address).await.expect("records") {
            Some(found) => {
                store::message::after(&self.db, found.id, 0, 1_000).await.expect("a thread")
            }
            None => Vec::new(),
        }
    }

    /// Whether nothing waits and nothing is in hand.
    async fn is_quiet(&self) -> bool {
        let inbox = store::inbox::count_by_status(&self.db).await.expect("the inbox");
        let outbox = store::outbox::count_by_status(&self.db).await.expect("the outbox");
        inbox.is_empty()
            && !outbox.iter().any(|(_, status, _)| matches!(status.as_str(), "waiting" | "leased"))
    }

    /// The customer writes, and Telegram delivers it twice.
    async fn customer_says(&mut self, text: &str) {
        let update = self.fake.customer_says(CHAT, text);
        self.fake.redeliver(update);
        let said = text.to_owned();
        self.until(text, async |road| {
            let heard = road.thread().await.iter().any(|stored| stored.message.body.text == said);
            heard && road.is_quiet().await
        })
        .await;
    }

    /// The agent calls until it is answered, always with the same key.
    async fn agent_calls(&mut self, key: &str, path: &str, body: Value) -> Value {
        let mut answer = Value::Null;
        self.until(path, async |road| {
            let online = road.call("presence", "/api/v1/presence", json!({"state": "online"}));
            let called = match online.await {
                Some(_) => road.call(key, path, body.clone()).await,
                None => None,
            };
            answer = called.unwrap_or_default();
            !answer.is_null()
        })
        .await;
        self.until(path, async |road| road.is_quiet().await).await;
        answer
    }

    /// A call's answer; `None` when there was none or it was no success.
    async fn call(&self, key: &str, path: &str, body: Value) -> Option<Value> {
        let request = self.server.client.post(self.server.url(path)).bearer_auth(&self.token);
        let request = request.header("Idempotency-Key", key).json(&body);
        let answer = request.send().await.ok()?.error_for_status().ok()?;
        let empty = answer.status().as_u16() == 204 && path.ends_with("next");
        let text = answer.text().await.ok()?;
        (!empty).then(|| serde_json::from_str(&text).unwrap_or(Value::Bool(true)))
    }

    /// The whole road, once.
    async fn walk(&mut self) {
        for text in WORDS {
            self.customer_says(text).await;
        }
        let ticket = self.agent_calls("take", "/api/v1/desk/next", json!({})).await;
        let id = ticket["id"].as_str().expect("a ticket").to_owned();
        let reply = json!({"text": "I am sending another one."});
        self.agent_calls("reply", &format!("/api/v1/tickets/{id}/replies"), reply).await;
        self.customer_says("thank you very much").await;
        self.agent_calls("resolve", &format!("/api/v1/tickets/{id}/resolve"), json!({})).await;
        self.customer_says("5").await;
    }

    async fn left(&self) -> Left {
        let said = self.thread().await.into_iter().map(|stored| {
            let author = match stored.message.author {
                Author::Agent(_) => "agent".to_owned(),
                other => format!("{other:?}"),
            };
            (author, plain(&stored.message.body.text))
        });
        let mut life = Vec::new();
        for ticket in store::ticket::newest(&self.db, 100).await.expect("tickets") {
            let ledger = store::ledger::of_ticket(&self.db, ticket.ticket.id).await.expect("it");
            life.push(format!("{:?}", ticket.ticket.status()));
            life.extend(ledger.iter().map(|event| event.fact.name().to_owned()));
            let rated = store::feedback::of_ticket(&self.db, ticket.ticket.id).await.expect("it");
            life.push(format!("{:?}", rated.and_then(|invitation| invitation.rating)));
        }
        Left { said: said.collect(), life }
    }

    /// Every message of ours reached the chat at most once, and what did not reach it says so.
    async fn check_sent(&self, case: &str) {
        let mut shown: BTreeMap<String, usize> = BTreeMap::new();
        for one in self.fake.sent_to(CHAT, 0).await {
            *shown.entry(one.text).or_default() += 1;
        }
        for stored in self.thread().await {
            let message = &stored.message;
            let ours = matches!(message.author, Author::Bot | Author::Agent(_));
            if !ours || message.visibility != Visibility::Public {
                continue;
            }
            let times = shown.remove(&message.body.text).unwrap_or(0);
            match message.delivery {
                Delivery::Unconfirmed => assert!(times <= 1, "{case}: sent twice: {message:?}"),
                _ => assert_eq!(times, 1, "{case}: {message:?}"),
            }
        }
        assert!(shown.is_empty(), "{case}: sent without a record: {shown:?}");
    }

    async fn close(self) {
        self.server.stop().await;
        self.db.close().await;
        self.setup.clean_up().await;
    }
}

/// Without what differs from run to run: ticket codes and counts of minutes.
fn plain(text: &str) -> String {
    let codes = regex::Regex::new(r"[0-9A-Z]{4}-[0-9A-Z]{4}").expect("a pattern");
    codes.replace_all(text, "CODE").into_owned()
}

async fn a_death_at_every_commit_changes_nothing(backend: Backend) {
    let mut once = Road::open(backend, None).await;
    once.walk().await;
    let expected = once.left().await;
    once.check_sent("without a death").await;
    assert_eq!(once.deaths, 0);
    assert!(expected.said.len() >= 10, "{expected:#?}");
    once.close().await;

    let cases = COMMITS.into_iter().flat_map(|(commit, passings)| {
        let sides = [format!("{commit}.before"), format!("{commit}.after")];
        sides.into_iter().flat_map(move |side| (1..=passings).map(move |n| format!("{side}#{n}")))
    });
    let cases: Vec<String> = cases.collect();
    let expected = &expected;
    let roads = futures::stream::iter(&cases).map(|case| async move {
        let mut road = Road::open(backend, Some(case)).await;
        road.walk().await;
        assert_eq!(&road.left().await, expected, "{case}");
        road.check_sent(case).await;
        assert_eq!(road.deaths, 1, "{case} was never passed");
        road.close().await;
    });
    assert_eq!(roads.buffer_unordered(AT_ONCE).count().await, cases.len());
}

on_both!(a_death_at_every_commit_changes_nothing);

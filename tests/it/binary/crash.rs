//! `kill -9` in the middle of 200 conversations: every message has its effect exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use sportello::domain::contact::{Address, ChannelName};
use sportello::domain::message::Author;
use sportello::store::{self, Db};
use tokio::sync::watch;

use crate::support::process::Setup;
use crate::support::{Backend, LIMIT, on_both};

const CUSTOMERS: usize = 200;
/// A question, the start of a form, its answer, which opens a ticket, and a word to the request.
const WORDS: [&str; 4] =
    ["when do you open?", "the item arrived broken", "AB123456", "please be quick"];
/// After how many answered messages the process is killed, and killed again.
const KILLS: [usize; 2] = [150, 450];

async fn nothing_is_lost_or_doubled_by_a_kill(backend: Backend) {
    let mut setup = Setup::new(backend).await;
    setup.set("log.filter", "info");
    let mut server = setup.serve().await;
    setup.set("http.listen", &server.address.to_string());
    let (address, client) = (server.address, server.client.clone());
    let answered = Arc::new(AtomicUsize::new(0));
    let (progress, mut seen) = watch::channel(0_usize);
    let progress = Arc::new(progress);
    let mut customers = tokio::task::JoinSet::new();
    for n in 0..CUSTOMERS {
        let (client, answered) = (client.clone(), Arc::clone(&answered));
        let progress = Arc::clone(&progress);
        customers.spawn(async move {
            let mut told = Vec::new();
            for (place, words) in WORDS.iter().enumerate() {
                told.extend(insist(&client, address, n, place, words).await);
                progress.send_replace(answered.fetch_add(1, Ordering::SeqCst) + 1);
            }
            told
        });
    }
    for kill_after in KILLS {
        let reached = seen.wait_for(|answered| *answered >= kill_after);
        tokio::time::timeout(LIMIT * 6, reached).await.expect("progress").expect("customers");
        server.kill().await;
        server = setup.serve().await;
    }
    let mut told = 0;
    while let Some(customer) = customers.join_next().await {
        told += customer.expect("a customer").len();
    }
    assert!(told >= CUSTOMERS * 4, "every message was answered, {told} answers");
    server.stop().await;
    check(&setup).await;
    setup.clean_up().await;
}

/// Sends one message until it is answered, always under the same id.
async fn insist(
    client: &reqwest::Client,
    address: std::net::SocketAddr,
    customer: usize,
    place: usize,
    words: &str,
) -> Vec<Value> {
    let body = serde_json::json!({
        "sender": format!("customer-{customer}"), "message": words,
        "metadata": {"message_id": format!("m{place}"), "language": "en"},
    });
    let url = format!("http://{address}/webhooks/rest/webhook");
    let sending = async {
        loop {
            let sent = client.post(&url).timeout(Duration::from_secs(30)).json(&body).send().await;
            if let Ok(answer) = sent.and_then(reqwest::Response::error_for_status)
                && let Ok(answers) = answer.json::<Vec<Value>>().await
            {
                return answers;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LIMIT * 6, sending).await.expect("an answer in the end")
}

/// Counts every effect in the records.
async fn check(setup: &Setup) {
    let db = Db::open(&setup.database_url()).await.expect("the records");
    let statuses: BTreeMap<_, _> =
        store::inbox::count_by_status(&db).await.expect("the inbox").into_iter().collect();
    let expected = u64::try_from(CUSTOMERS * WORDS.len()).unwrap_or(0);
    assert_eq!(statuses, BTreeMap::from([("processed".to_owned(), expected)]));
    let tickets = store::ticket::live(&db, 10_000).await.expect("tickets");
    assert_eq!(tickets.len(), CUSTOMERS, "one ticket a customer");
    let channel = ChannelName("rest".to_owned());
    for n in 0..CUSTOMERS {
        let address = Address(format!("customer-{n}"));
        let found = store::conversation::find(&db, &channel, &address).await.expect("records");
        let conversation = found.expect("a conversation");
        let thread = store::message::after(&db, conversation.id, 0, 1_000).await.expect("a thread");
        let places: Vec<_> = thread.iter().map(|stored| stored.message.seq).collect();
        let unbroken: Vec<_> = (1..=i64::try_from(thread.len()).unwrap_or(0)).collect();
        assert_eq!(places, unbroken, "no gap and no double in customer {n}'s thread");
        let said: Vec<_> = thread
            .iter()
            .filter(|stored| stored.message.author == Author::Customer)
            .map(|stored| stored.message.body.text.as_str())
            .collect();
        assert_eq!(said, WORDS, "customer {n}, in order, once each");
        let bots: Vec<_> = thread
            .iter()
            .filter(|stored| stored.message.author == Author::Bot)
            .map(|stored| stored.message.body.text.clone())
            .collect();
        let distinct: BTreeSet<_> = bots.iter().collect();
        assert_eq!(distinct.len(), bots.len(), "the bot repeated itself: {bots:#?}");
    }
    db.close().await;
}

on_both!(nothing_is_lost_or_doubled_by_a_kill);

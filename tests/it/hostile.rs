//! What the street sends: forged, broken, endless. Refused or bounded, and nobody else is held up.

use reqwest::{Client, Response};
use serde_json::{Value, json};
use sportello::config::{Config, Hidden, Telegram, TelegramMode};
use sportello::service::access::hash_secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::process::Setup;
use crate::support::{Backend, LIMIT, TestApp, on_both};
use crate::telegram::fake::{FakeTelegram, TOKEN};

const SHOP: &str = TOKEN;
const OTHER: &str = "222:BBB";

/// Two bots by webhook.
async fn two_bots(backend: Backend) -> (FakeTelegram, TestApp) {
    let fake = FakeTelegram::start();
    let bot = |token: &str| Telegram {
        token: Hidden(token.to_owned()),
        api_root: Some(fake.api_root().to_string()),
        mode: TelegramMode::Webhook,
    };
    fake.knows(42);
    let (shop, other) = (bot(SHOP), bot(OTHER));
    let app = TestApp::start_with(backend, move |config: &mut Config| {
        "https://help.example".clone_into(&mut config.http.public_url);
        config.channels.telegram.insert("shop".to_owned(), shop);
        config.channels.telegram.insert("other".to_owned(), other);
    })
    .await;
    (fake, app)
}

fn secret(token: &str) -> String {
    hash_secret(&format!("sportello webhook {token}"))
}

#[expect(clippy::disallowed_methods, reason = "the test's own client")]
fn client() -> Client {
    Client::builder().timeout(LIMIT).build().expect("a client")
}

async fn delivers(app: &TestApp, body: Vec<u8>, secret: Option<&str>) -> Response {
    let url = format!("http://{}/webhooks/telegram/shop", app.address);
    let mut request = client().post(url).body(body);
    if let Some(secret) = secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    request.send().await.expect("an answer")
}

fn update(id: i64, text: &str) -> Value {
    json!({"update_id": id, "message": {
        "message_id": id, "date": 1_795_319_728, "text": text,
        "from": {"id": 42, "is_bot": false, "first_name": "Ada"},
        "chat": {"id": 42, "type": "private", "first_name": "Ada"},
    }})
}

async fn kept(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM inbox").await
}

async fn unparsed(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM inbox WHERE status = 'unparsed'").await
}

async fn only_the_own_secret_opens(backend: Backend) {
    let (_fake, app) = two_bots(backend).await;
    let body = update(1, "when do you open?").to_string().into_bytes();
    let own = secret(SHOP);
    let almost = format!("{}x", &own[..own.len() - 1]);
    let longer = format!("{own}x");
    for wrong in [None, Some(""), Some("no"), Some(&*secret(OTHER)), Some(&*almost), Some(&*longer)]
    {
        let answer = delivers(&app, body.clone(), wrong).await;
        assert_eq!(answer.status().as_u16(), 403, "{wrong:?}");
    }
    assert_eq!(kept(&app).await, 0, "nothing forged is stored");
    assert_eq!(delivers(&app, body.clone(), Some(&own)).await.status().as_u16(), 200);
    assert_eq!(delivers(&app, body, Some(&own)).await.status().as_u16(), 200);
    assert_eq!(kept(&app).await, 1);
    app.settle().await;
    app.stop().await;
}

/// A signed update that cannot be read is stored and acknowledged: refused, it would come for days.
async fn what_is_signed_and_unreadable_is_kept(backend: Backend) {
    let (_fake, app) = two_bots(backend).await;
    let own = secret(SHOP);
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let nested = format!("{{\"update_id\":5,\"message\":{deep}}}");
    let mut broken = update(6, "XX").to_string().into_bytes();
    let place = broken.windows(2).position(|pair| pair == b"XX").expect("the text");
    broken[place..place + 2].copy_from_slice(&[0xff, 0xfe]);
    let bodies = [
        Vec::new(),
        b"{".to_vec(),
        b"null".to_vec(),
        vec![0; 1_000],
        deep.into_bytes(),
        nested.into_bytes(),
        broken,
    ];
    let n = i64::try_from(bodies.len()).expect("a few");
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        for _ in 0..2 {
            let answer = delivers(&app, body.clone(), Some(&own)).await;
            assert_eq!(answer.status().as_u16(), 200, "{shown}");
        }
    }
    assert_eq!((kept(&app).await, unparsed(&app).await), (n, n), "each once");
    let after = update(7, "when do you open?").to_string().into_bytes();
    assert_eq!(delivers(&app, after, Some(&own)).await.status().as_u16(), 200);
    app.settle().await;
    let answered = "SELECT COUNT(*) FROM message WHERE author = 'bot'";
    assert!(app.number(answered).await > 0, "the service goes on");
    app.stop().await;
}

/// A large update of the provider's is taken whole; what no provider sends is refused unread.
async fn large_bodies_are_bounded(backend: Backend) {
    let (_fake, app) = two_bots(backend).await;
    let own = secret(SHOP);
    let long = update(1, &"parola ".repeat(150_000)).to_string().into_bytes();
    assert!(long.len() > 1_000_000);
    assert_eq!(delivers(&app, long, Some(&own)).await.status().as_u16(), 200);
    app.settle().await;
    let length = "SELECT CAST(MAX(LENGTH(CAST(body AS TEXT))) AS BIGINT) FROM message WHERE author = 'customer'";
    assert!(app.number(length).await > 1_000_000, "stored whole");
    let endless = vec![b' '; 50_000_000];
    for (path, secret) in
        [("telegram/shop", Some(&*own)), ("telegram/shop", None), ("rest/webhook", None)]
    {
        let url = format!("http://{}/webhooks/{path}", app.address);
        let request = client().post(url).body(endless.clone());
        let request = request.header("X-Telegram-Bot-Api-Secret-Token", secret.unwrap_or("no"));
        // The answer may come before the body is read: then the connection breaks.
        if let Ok(answer) = request.send().await {
            assert!(matches!(answer.status().as_u16(), 403 | 404 | 413), "{path}: {answer:?}");
        }
    }
    assert_eq!(kept(&app).await, 1);
    app.stop().await;
}

/// Megabytes that a process holds.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("its memory");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).expect("kB") / 1024
}

/// Requests whose head or body never ends are hung up on; meanwhile everybody else is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_open_requests_hold_nobody_up() {
    const MANY: usize = 10_000;
    let mut setup = Setup::new(Backend::Embedded).await;
    setup.set("http.head_seconds", "10");
    setup.set("http.body_seconds", "10");
    let server = setup.serve().await;
    server.says("ada", "when do you open?", "0").await.expect("an answer");
    let before = resident(server.id());
    let head = "POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\n";
    let beginnings = [
        String::new(),
        "POST /webh".to_owned(),
        head.to_owned(),
        format!("{head}Content-Length: 100\r\nContent-Type: application/json\r\n\r\n{{\"sender\""),
    ];
    let mut open = Vec::new();
    for n in 0..MANY {
        // The machine may give out fewer files: then it is fewer.
        let Ok(mut stream) = TcpStream::connect(server.address).await else { break };
        let begun = stream.write_all(beginnings[n % beginnings.len()].as_bytes()).await;
        if begun.is_err() {
            break;
        }
        open.push(stream);
    }
    assert!(open.len() >= 500, "{} connections", open.len());
    let answers = server.says("ada", "how much is shipping?", "1").await.expect("an answer");
    assert!(!answers.is_empty());
    let grown = resident(server.id()).saturating_sub(before);
    assert!(grown < 400, "{grown} MB for {} connections", open.len());
    let hung_up = async {
        for stream in &mut open {
            let mut rest = Vec::new();
            // An end, or a reset: hung up either way.
            drop(stream.read_to_end(&mut rest).await);
        }
    };
    tokio::time::timeout(3 * LIMIT, hung_up).await.expect("all are hung up on");
    server.says("ada", "when do you open?", "2").await.expect("an answer");
    server.stop().await;
    setup.clean_up().await;
}

on_both!(
    only_the_own_secret_opens,
    what_is_signed_and_unreadable_is_kept,
    large_bodies_are_bounded,
);

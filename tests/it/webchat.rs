//! The web chat over HTTP: who may embed it, whose thread a browser reads, what is asked and typed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use reqwest::Response;
use serde_json::{Value, json};
use sha2::Sha256;
use sportello::config::{Asked, Config, Hidden};
use sportello::domain::time::{HOUR, MINUTE, UtcMillis};

use crate::support::cast::{agent, asks_for_a_person, newest, read};
use crate::support::policies::policies;
use crate::support::{Backend, MONDAY_10, TestApp, on_both};

const SECRET: &str = "a secret of the shop and the house";

fn opened(config: &mut Config) {
    config.channels.webchat.origins = vec!["https://shop.example.com".to_owned()];
    config.channels.webchat.identity_secret = Hidden(SECRET.to_owned());
}

/// What a shop signs for a customer.
fn signed(claims: &Value, until: UtcMillis) -> String {
    let mut claims = claims.clone();
    claims["exp"] = json!(until.0 / 1_000);
    let parts =
        [json!({"alg": "HS256"}), claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let body = parts.join(".");
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    let mac = mac.chain_update(body.as_bytes()).finalize().into_bytes();
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(mac))
}

/// A browser: its secret, and what the shop signed.
struct Browser<'a> {
    app: &'a TestApp,
    client: reqwest::Client,
    secret: String,
    token: String,
}

impl<'a> Browser<'a> {
    fn new(app: &'a TestApp, name: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the test's own client")]
        let client = reqwest::Client::new();
        let secret = format!("{name:-<40}");
        Self { app, client, secret, token: String::new() }
    }

    fn known(mut self, token: String) -> Self {
        self.token = token;
        self
    }

    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("http://{}{path}", self.app.address));
        let request = request.header("x-sportello-visitor", &self.secret);
        if self.token.is_empty() {
            request
        } else {
            request.header("x-sportello-identity", &self.token)
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(reqwest::Method::POST, path).body(body.to_string()).send().await.unwrap()
    }

    async fn standing(&self) -> Value {
        let answer = self.post("/chat/session", &Value::Null).await;
        assert_eq!(answer.status().as_u16(), 200);
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    async fn says(&self, id: &str, text: &str) -> u16 {
        let body = json!({"client_id": id, "text": text, "language": "en"});
        let status = self.post("/chat/messages", &body).await.status().as_u16();
        self.app.settle().await;
        status
    }

    async fn transcript(&self) -> String {
        let answer = self.request(reqwest::Method::GET, "/chat/transcript").send().await.unwrap();
        answer.text().await.unwrap()
    }
}

async fn get(app: &TestApp, path: &str) -> Response {
    Browser::new(app, "x").request(reqwest::Method::GET, path).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loader_is_small() {
    let app = TestApp::start(Backend::Embedded).await;
    let answer = get(&app, "/widget.js").await;
    assert!(answer.headers()["content-type"].to_str().unwrap().contains("javascript"));
    let bytes = answer.bytes().await.unwrap().len();
    assert!((2_000..5_000).contains(&bytes), "{bytes} bytes");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_listed_sites_may_frame_the_chat() {
    let app = TestApp::start_with(Backend::Embedded, opened).await;
    let policy = async |query: &str| {
        let answer = get(&app, &format!("/chat/frame{query}")).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        (policy, answer.text().await.unwrap())
    };
    let (listed, page) = policy("?site=https://shop.example.com").await;
    assert!(listed.ends_with("frame-ancestors https://shop.example.com"), "{listed}");
    assert!(
        listed.starts_with("default-src 'none'; script-src 'self'") && !listed.contains("unsafe")
    );
    assert!(page.contains(r#"data-site="https://shop.example.com""#));
    for other in [
        "",
        "?site=https://evil.example",
        "?site=https://shop.example.com.evil.example",
        "?site=*",
        "?site=https://shop.example.com%20https://evil.example",
        "?site=null",
    ] {
        let (policy, page) = policy(other).await;
        assert!(policy.ends_with("frame-ancestors 'self'"), "{other}: {policy}");
        assert!(page.contains(r#"data-site="""#), "{other}");
    }
    app.stop().await;
}

async fn a_signed_customer_has_one_thread(backend: Backend) {
    let app = TestApp::start_with(backend, opened).await;
    let until = MONDAY_10.plus(HOUR);
    let ada =
        |name| Browser::new(&app, name).known(signed(&json!({"id": "c-42", "name": "Ada"}), until));
    let home = Browser::new(&app, "home");
    assert_eq!(home.says("1", "when do you open?").await, 202);
    let home = home.known(ada("home").token);
    let standing = home.standing().await;
    assert_eq!(standing["customer"]["name"], "Ada");
    assert!(home.transcript().await.contains("when do you open?"), "the thread came along");
    assert_eq!(home.says("1", "when do you open?").await, 202);
    let same = home.transcript().await.matches("when do you open?").count();
    assert_eq!(same, 1, "sent again after the customer became known, it is the same message");
    let work = ada("work");
    work.standing().await;
    assert!(work.transcript().await.contains("when do you open?"));
    assert_eq!(work.says("1", "how much is shipping?").await, 202);
    assert!(home.transcript().await.contains("how much is shipping?"));
    for stranger in
        [Browser::new(&app, "home"), Browser::new(&app, "work"), Browser::new(&app, "x")]
    {
        assert!(!stranger.transcript().await.contains("open?"), "{}", stranger.secret);
    }
    let other = Browser::new(&app, "other").known(signed(&json!({"id": "c-43"}), until));
    other.standing().await;
    assert!(!other.transcript().await.contains("open?"));
    assert_eq!(app.number("SELECT COUNT(*) FROM contact WHERE verified_id = 'c-42'").await, 1);
    app.pass(HOUR + MINUTE).await;
    assert_eq!(home.says("2", "late").await, 403);
    assert_eq!(
        home.request(reqwest::Method::GET, "/chat/transcript")
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        403
    );
    let standing = home.standing().await;
    assert!(standing["problem"].as_str().unwrap().contains("expired"), "{standing}");
    assert!(standing["customer"].is_null());
    app.stop().await;
}

/// What a customer wrote into the shop's form is signed too; only what the shop checked links.
async fn only_a_checked_address_ties_customers_together(backend: Backend) {
    let app = TestApp::start_with(backend, opened).await;
    let tied = async |id: &str, flags: Value| {
        let mut claims = flags;
        claims["id"] = json!(id);
        claims["email"] = json!("ada@example.com");
        claims["phone"] = json!("+39 333 1234567");
        let browser = Browser::new(&app, id).known(signed(&claims, MONDAY_10.plus(HOUR)));
        assert!(browser.standing().await["problem"].is_null());
        app.number("SELECT COUNT(*) FROM person_member").await
    };
    let checked = json!({"email_verified": true});
    assert_eq!(tied("c-1", checked.clone()).await, 0);
    assert_eq!(tied("c-2", json!({"phone_number_verified": true})).await, 0);
    assert_eq!(tied("c-3", json!({"email_verified": false})).await, 0);
    assert_eq!(tied("c-4", json!({})).await, 0, "anybody can type an address");
    assert_eq!(tied("c-5", checked).await, 2);
    assert_eq!(tied("c-6", json!({"phone_number_verified": true})).await, 4);
    app.stop().await;
}

async fn the_form_asks_once_and_proves_nothing(backend: Backend) {
    let ask = |config: &mut Config| {
        opened(config);
        let asked = |field: &str, required| Asked {
            field: field.to_owned(),
            required,
            label: [("en".to_owned(), field.to_owned())].into(),
        };
        config.channels.webchat.form =
            vec![asked("name", true), asked("email", false), asked("order", false)];
    };
    let app = TestApp::start_with(backend, ask).await;
    let ada = Browser::new(&app, "ada");
    assert_eq!(ada.standing().await["ask"], json!(["name", "email", "order"]));
    let bad = ada.post("/chat/form", &json!({"name": "Ada", "email": "nowhere"})).await;
    assert_eq!(bad.status().as_u16(), 422);
    assert!(bad.text().await.unwrap().contains("email"));
    let form = json!({"name": "Ada", "email": "ada@example.com", "verified_id": "1"});
    assert_eq!(ada.post("/chat/form", &form).await.status().as_u16(), 204);
    assert_eq!(ada.standing().await["ask"], json!([]));
    assert_eq!(ada.says("1", "human please").await, 202);
    let anna = agent(&app, "anna").await;
    let ticket = newest(&app).await.ticket.id;
    let seen = read(&app, &anna, ticket).await;
    assert_eq!(seen.row.customer, "Ada");
    assert_eq!(seen.known.verified_id, None);
    assert_eq!(seen.known.typed[0], ("email".to_owned(), "ada@example.com".to_owned()));
    let token = signed(
        &json!({"id": "c-9", "name": "Bea", "email": "b@example.com"}),
        MONDAY_10.plus(HOUR),
    );
    let bea = Browser::new(&app, "bea").known(token);
    assert_eq!(bea.standing().await["ask"], json!(["order"]), "what the shop signed is not asked");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shut_team_tells_when_it_opens() {
    let rules = policies("  - {name: standard, calendar: office, targets: {resolution: 40h}}\n");
    let app = TestApp::start_on(Backend::Embedded, &rules, opened).await;
    app.pass(10 * HOUR).await;
    let standing = Browser::new(&app, "night").standing().await;
    let opens = standing["promise"]["opens"].as_i64().expect("when it opens");
    assert!(
        opens > MONDAY_10.plus(10 * HOUR).0 && opens <= MONDAY_10.plus(24 * HOUR).0,
        "{standing}"
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transcripts_are_in_the_readers_language_and_hide_notes() {
    let app = TestApp::start_with(Backend::Embedded, opened).await;
    let (visitor, _) = asks_for_a_person(&app).await;
    let ada = Browser { secret: visitor.secret().to_owned(), ..Browser::new(&app, "") };
    let path = "/chat/transcript?format=page&lang=it";
    let page = ada.request(reqwest::Method::GET, path).send().await.unwrap();
    assert_eq!(page.headers()["content-disposition"], "attachment");
    let page = page.text().await.unwrap();
    assert!(
        page.contains("Conversazione con l’assistenza") && page.contains("human please"),
        "{page}"
    );
    let nobody = Browser { secret: "short".to_owned(), ..Browser::new(&app, "") };
    let refused = nobody.request(reqwest::Method::GET, path).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 401);
    app.stop().await;
}

on_both!(
    a_signed_customer_has_one_thread,
    only_a_checked_address_ties_customers_together,
    the_form_asks_once_and_proves_nothing,
);

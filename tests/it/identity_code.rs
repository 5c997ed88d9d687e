//! A code by e-mail: who types it reads the mail of the order.

#[path = "../fakes/smtp.rs"]
mod smtp;

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sportello::config::Hidden;
use sportello::domain::agent::Role;
use sportello::domain::id::{CodeId, RequestId, TicketId};
use sportello::domain::time::{DAY, HOUR, MINUTE};
use sportello::service::access::Caller;
use sportello::service::chat::Visitor;
use sportello::service::clock::fresh_id;
use sportello::service::{ServiceError, identity};
use sportello::store::code::{Code, CodeState};
use sportello::store::{self};

use self::smtp::{FakeSmtp, Fault};
use crate::identity::{contact_of, members, shares};
use crate::support::call::Line;
use crate::support::cast::{
    hire, lines_of, newest, read, record, says, takes, thread, visitor, words,
};
use crate::support::{Backend, TestApp, on_both, shop_with};

/// The shop's own system: it knows whose each order is.
async fn shop() -> String {
    async fn order(Path(number): Path<String>) -> Result<Json<Value>, StatusCode> {
        match number.as_str() {
            "AB123456" | "CD654321" => {
                Ok(Json(json!({"email": "Ada@Example.com", "status": "sent"})))
            }
            _ => Err(StatusCode::NOT_FOUND),
        }
    }
    let router = axum::Router::new().route("/orders/{number}", axum::routing::get(order));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the test's own server")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// A house with a mail server, an agent, and a customer whose ticket she holds.
struct Scene {
    app: TestApp,
    mail: FakeSmtp,
    olga: Caller,
    customer: Visitor,
    ticket: TicketId,
}

impl Scene {
    async fn new(backend: Backend) -> Self {
        let (mail, shop) = (FakeSmtp::start().await, shop().await);
        let app = TestApp::start_with(backend, |config| {
            config.lookups.base_url = shop;
            config.mail.url = Hidden(format!("smtp://{}", mail.address));
            "Bottega di Prova <desk@shop.example>".clone_into(&mut config.mail.from);
        })
        .await;
        let olga = hire(&app, "olga", Role::Agent, &["ordini"], 3).await;
        let customer = visitor(&app);
        says(&app, &customer, "the item arrived broken").await;
        says(&app, &customer, "AB123456").await;
        let ticket = takes(&app, &olga).await;
        assert_eq!(ticket, newest(&app).await.ticket.id);
        Self { app, mail, olga, customer, ticket }
    }

    async fn asks(&self) -> Result<(), ServiceError> {
        let right = self.olga.desk();
        let asked = identity::ask_for_code(&self.app.house, &right, self.ticket, None).await;
        self.app.settle().await;
        asked
    }

    async fn says(&self, text: &str) -> String {
        words(&says(&self.app, &self.customer, text).await)
    }

    async fn state(&self) -> Option<String> {
        read(&self.app, &self.olga, self.ticket).await.code.state
    }

    fn wrong(&self) -> String {
        let right = self.mail.letters().last().unwrap().code();
        if right == "000000" { "000001".to_owned() } else { "000000".to_owned() }
    }
}

async fn the_code_of_the_orders_own_mail_is_proof(backend: Backend) {
    let scene = Scene::new(backend).await;
    let app = &scene.app;
    let contact = contact_of(app, scene.ticket).await;
    shares(app, "7", "contact_own", "393331234567").await;
    let telegram = sportello::domain::contact::ChannelName("telegram:shop".to_owned());
    let address = sportello::domain::contact::Address("7".to_owned());
    let known = store::person::contact_at(&app.house.db, &telegram, &address).await.unwrap();
    let other = known.unwrap();
    let proof = identity::Claim::Email("ada@example.com".to_owned());
    identity::claim(&app.house, other, proof, identity::Proof::SignedId).await.unwrap();

    let request = Some(RequestId(fresh_id()));
    for _ in 0..2 {
        let right = scene.olga.desk();
        identity::ask_for_code(&app.house, &right, scene.ticket, request).await.unwrap();
    }
    app.settle().await;
    let letters = scene.mail.letters();
    assert_eq!(letters.len(), 1, "the same request, one letter");
    assert_eq!(letters[0].to, "ada@example.com");
    assert!(letters[0].head.contains("Subject: Your code for Bottega di Prova"), "{letters:?}");
    assert!(letters[0].head.contains("Message-ID: <"), "{letters:?}");
    let code = letters[0].code();
    let asked = thread(app, scene.ticket).await;
    let asked: Vec<_> = asked.iter().map(|line| line.message.body.text.clone()).collect();
    assert!(asked.iter().any(|text| text.contains("a•••@example.com")), "{asked:?}");
    assert!(!asked.iter().any(|text| text.contains("ada@") || text.contains(&code)), "{asked:?}");
    assert_eq!(scene.state().await.as_deref(), Some("open"));

    let heard = scene.says(&scene.wrong()).await;
    assert!(heard.contains("not right") && heard.contains('4'), "{heard}");
    assert_eq!(members(app, contact).await, [contact]);
    let said = format!("the code is {} {}", &code[..3], &code[3..]);
    let heard = scene.says(&said).await;
    assert!(heard.contains("the code is right"), "{heard}");
    assert_eq!(members(app, contact).await.len(), 2, "one customer now");
    assert_eq!(scene.state().await.as_deref(), Some("used"));
    let lines: Vec<_> = thread(app, scene.ticket).await;
    let texts: Vec<_> = lines.iter().map(|line| line.message.body.text.as_str()).collect();
    assert!(texts.contains(&"the code is ••••••"), "{texts:?}");
    assert!(!texts.iter().any(|text| text.contains(&code[..3])), "nobody sees it: {texts:?}");
    assert_eq!(lines_of(app, scene.ticket, "code_used:a•••@example.com").await, 1);
    let hash = format!("SELECT COUNT(*) FROM identity_code WHERE hash LIKE '%{code}%'");
    assert_eq!(app.number(&hash).await, 0, "only a hash of it is kept");
    let line = Line::of(app, &scene.olga).await;
    let page = line.get(&format!("/desk/tickets/{}", scene.ticket)).await.body;
    assert!(page.contains("code received by e-mail") && page.contains("was confirmed"), "{page}");

    // It was used: the same digits are words like any other.
    scene.says(&code).await;
    let last = thread(app, scene.ticket).await;
    assert!(last.iter().any(|line| line.message.body.text == code));
    scene.app.stop().await;
}

async fn five_tries_ten_minutes_and_three_an_hour(backend: Backend) {
    let scene = Scene::new(backend).await;
    scene.asks().await.unwrap();
    let right = scene.mail.letters()[0].code();
    for _ in 0..4 {
        assert!(scene.says(&scene.wrong()).await.contains("Tries left"));
    }
    assert!(scene.says(&scene.wrong()).await.contains("no tries left"));
    assert_eq!(scene.state().await.as_deref(), Some("spent"));
    assert!(!scene.says(&right).await.contains("is right"), "it is spent");
    scene.asks().await.unwrap();
    scene.app.pass(10 * MINUTE).await;
    assert_eq!(scene.state().await.as_deref(), Some("expired"));
    let late = scene.mail.letters()[1].code();
    assert!(scene.says(&late).await.contains("expired"));
    assert_eq!(members(&scene.app, contact_of(&scene.app, scene.ticket).await).await.len(), 1);
    scene.asks().await.unwrap();
    let fourth = scene.asks().await;
    assert!(matches!(fourth, Err(ServiceError::Conflict { .. })), "{fourth:?}");
    // Another contact with the same order has none left either.
    let thief = visitor(&scene.app);
    says(&scene.app, &thief, "the item arrived broken").await;
    says(&scene.app, &thief, "AB123456").await;
    let theirs = takes(&scene.app, &scene.olga).await;
    let house = &scene.app.house;
    let fifth = identity::ask_for_code(house, &scene.olga.desk(), theirs, None).await;
    assert!(matches!(fifth, Err(ServiceError::Conflict { .. })), "{fifth:?}");
    let stolen = scene.mail.letters()[2].code();
    let heard = words(&says(&scene.app, &thief, &stolen).await);
    assert!(
        !heard.contains("is right"),
        "a code is of the contact that it was asked from: {heard}"
    );
    scene.app.pass(HOUR).await;
    scene.asks().await.unwrap();
    assert_eq!(scene.mail.letters().len(), 4);
    scene.app.stop().await;
}

/// A mailbox is protected however its orders are called, and whoever asks.
async fn one_mailbox_gets_three_an_hour_and_six_a_day(backend: Backend) {
    let scene = Scene::new(backend).await;
    let (app, house) = (&scene.app, &scene.app.house);
    for _ in 0..3 {
        scene.asks().await.unwrap();
    }
    let other = visitor(app);
    says(app, &other, "the item arrived broken").await;
    says(app, &other, "CD654321").await;
    let theirs = takes(app, &scene.olga).await;
    let fourth = identity::ask_for_code(house, &scene.olga.desk(), theirs, None).await;
    assert!(format!("{fourth:?}").contains("within the hour"), "{fourth:?}");
    app.sql("UPDATE identity_code SET created_at = created_at - 7200000").await;
    let ticket = record(app, scene.ticket).await.ticket;
    let mut tx = house.db.begin().await.unwrap();
    for _ in 0..3 {
        let code = Code {
            id: CodeId(fresh_id()),
            contact: ticket.contact_id,
            conversation: ticket.conversation_id,
            about: "order:another".to_owned(),
            email: "ada@example.com".to_owned(),
            by: None,
            hash: None,
            tries: 0,
            state: CodeState::Expired,
            created_at: house.now().plus(-2 * HOUR),
            expires_at: house.now().plus(-HOUR),
        };
        store::code::insert(&mut tx, &code).await.unwrap();
    }
    tx.commit().await.unwrap();
    let seventh = identity::ask_for_code(house, &scene.olga.desk(), theirs, None).await;
    assert!(format!("{seventh:?}").contains("within the day"), "{seventh:?}");
    app.sql(&format!("UPDATE identity_code SET created_at = created_at - {DAY}")).await;
    identity::ask_for_code(house, &scene.olga.desk(), theirs, None).await.unwrap();
    app.settle().await;
    assert_eq!(scene.mail.letters().len(), 4);
    scene.app.stop().await;
}

async fn an_old_code_keeps_no_words_back_and_groups_are_one_try(backend: Backend) {
    let scene = Scene::new(backend).await;
    scene.asks().await.unwrap();
    let (right, wrong) = (scene.mail.letters()[0].code(), scene.wrong());
    let heard = scene.says(&format!("order {wrong}, code {wrong}")).await;
    assert!(heard.contains("not right") && heard.contains('4'), "{heard}");
    let heard = scene.says(&format!("order {wrong}, the code {right}")).await;
    assert!(heard.contains("is right"), "{heard}");
    let has = async |text: &str| {
        let lines = thread(&scene.app, scene.ticket).await;
        lines.iter().any(|line| line.message.body.text == text)
    };
    assert!(has("order ••••••, the code ••••••").await);
    scene.asks().await.unwrap();
    scene.app.pass(10 * MINUTE + HOUR).await;
    scene.says("my customer number is 123456").await;
    assert!(has("my customer number is 123456").await, "nobody waits for that code any more");
    assert_eq!(scene.state().await.as_deref(), Some("expired"));
    scene.app.stop().await;
}

async fn a_letter_leaves_once_or_is_visibly_unconfirmed(backend: Backend) {
    let scene = Scene::new(backend).await;
    scene.mail.fail(Fault::Later);
    scene.asks().await.unwrap();
    assert_eq!(scene.mail.letters().len(), 0);
    scene.app.pass(5 * MINUTE).await;
    let letters = scene.mail.letters();
    assert_eq!(letters.len(), 1, "taken at the second try");
    scene.mail.fail(Fault::Cut);
    scene.asks().await.unwrap();
    scene.app.pass(MINUTE).await;
    assert_eq!(scene.mail.letters().len(), 2, "not sent again by itself");
    assert_eq!(lines_of(&scene.app, scene.ticket, "code_unconfirmed:").await, 1);
    let old = scene.says(&letters[0].code()).await;
    assert!(old.contains("not right"), "an older code is replaced: {old}");
    let right = scene.says(&scene.mail.letters()[1].code()).await;
    assert!(right.contains("is right"), "it may have left, so it counts: {right}");
    scene.mail.fail(Fault::Refused);
    scene.asks().await.unwrap();
    assert_eq!(lines_of(&scene.app, scene.ticket, "code_failed:").await, 1);
    assert_eq!(scene.state().await.as_deref(), Some("failed"));
    let told = thread(&scene.app, scene.ticket).await;
    assert!(told.iter().any(|line| line.message.body.text.starts_with("We could not send")));
    scene.app.stop().await;
}

async fn without_a_mail_server_it_is_off_and_says_so(backend: Backend) {
    let app = TestApp::start(backend).await;
    let olga = hire(&app, "olga", Role::Agent, &["ordini"], 3).await;
    let customer = visitor(&app);
    says(&app, &customer, "the item arrived broken").await;
    says(&app, &customer, "AB123456").await;
    let ticket = takes(&app, &olga).await;
    let off = identity::ask_for_code(&app.house, &olga.desk(), ticket, None).await;
    assert!(matches!(&off, Err(ServiceError::Invalid(why)) if why.contains("mail.url")), "{off:?}");
    let line = Line::of(&app, &olga).await;
    assert_eq!(line.post(&format!("/api/v1/tickets/{ticket}/code"), &json!({})).await.status, 422);
    let page = line.get(&format!("/desk/tickets/{ticket}")).await.body;
    assert!(page.contains("Code by e-mail: off"), "{page}");
    says(&app, &customer, "123456").await;
    let said = thread(&app, ticket).await;
    assert!(said.iter().any(|line| line.message.body.text == "123456"), "no code is awaited");
    app.stop().await;
}

async fn without_an_order_there_is_nowhere_to_send_it(backend: Backend) {
    let scene = Scene::new(backend).await;
    let strange = visitor(&scene.app);
    says(&scene.app, &strange, "the item arrived broken").await;
    says(&scene.app, &strange, "ZZ999999").await;
    let theirs = takes(&scene.app, &scene.olga).await;
    let house = &scene.app.house;
    let none = identity::ask_for_code(house, &scene.olga.desk(), theirs, None).await;
    assert!(matches!(none, Err(ServiceError::Conflict { .. })), "{none:?}");
    let other = hire(&scene.app, "otto", Role::Agent, &["ordini"], 3).await;
    let not_hers = identity::ask_for_code(house, &other.desk(), scene.ticket, None).await;
    assert!(matches!(not_hers, Err(ServiceError::Conflict { .. })), "{not_hers:?}");
    assert_eq!(scene.mail.letters().len(), 0);
    scene.app.stop().await;
}

/// The bot asks by itself when the intent says so, once, and not of somebody who proved it already.
async fn an_intent_has_it_verified_while_they_wait(backend: Backend) {
    let (mail, shop) = (FakeSmtp::start().await, shop().await);
    let mut sources = shop_with(include_str!("fixtures/sla.yaml"));
    let text = &mut sources.intents[0].text;
    *text = text.replace(
        "      escalate:\n        team: ordini\n",
        "      escalate:\n        verify: order_email\n        team: ordini\n",
    );
    assert!(text.contains("verify: order_email"));
    let app = TestApp::start_from(backend, sources, |config| {
        config.lookups.base_url = shop;
        config.mail.url = Hidden(format!("smtp://{}", mail.address));
        "desk@shop.example".clone_into(&mut config.mail.from);
    })
    .await;
    let customer = visitor(&app);
    says(&app, &customer, "the item arrived broken").await;
    says(&app, &customer, "AB123456").await;
    let ticket = newest(&app).await.ticket.id;
    let contact = contact_of(&app, ticket).await;
    app.until("the letter came", async || mail.letters().len() == 1).await;
    assert_eq!(lines_of(&app, ticket, "To be sure that the order is yours").await, 1);
    let heard = words(&says(&app, &customer, &mail.letters()[0].code()).await);
    assert!(heard.contains("is right"), "{heard}");
    let other = visitor(&app);
    says(&app, &other, "the item arrived broken").await;
    says(&app, &other, "ZZ999999").await;
    assert_eq!(mail.letters().len(), 1, "no such order, no letter");
    assert_eq!(members(&app, contact).await, [contact]);
    app.stop().await;
}

on_both!(
    an_intent_has_it_verified_while_they_wait,
    the_code_of_the_orders_own_mail_is_proof,
    five_tries_ten_minutes_and_three_an_hour,
    one_mailbox_gets_three_an_hour_and_six_a_day,
    an_old_code_keeps_no_words_back_and_groups_are_one_try,
    a_letter_leaves_once_or_is_visibly_unconfirmed,
    without_a_mail_server_it_is_off_and_says_so,
    without_an_order_there_is_nowhere_to_send_it,
);
